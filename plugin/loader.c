/* SPDX-License-Identifier: MIT */
/* Finding and loading step plugins. The contract is epns_loader.h; every refusal has its reason. */
#include <config.h> /* scandir() is no C11 */

#define EPNS_API __attribute__ ((visibility ("default")))
#include "plugin/epns_loader.h"

#include <dirent.h>
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define PATH_ROOM 4096
#define WHY_ROOM 512

typedef struct {
  epns_visit visit;
  void *ctx;
} Search;

EPNS_API int     epns_visit_plugins (const char *path, epns_visit visit, void *ctx);
EPNS_API const epns_kind *epns_load_kind (const char *path, const char *id, epns_error *error);
EPNS_API int32_t epns_find_field (const epns_field *fields, uint32_t n, const char *name);

static const char *
kind_refusal (const epns_kind *kind)
{
  if (kind == NULL || kind->size < sizeof (epns_kind))
    return "a kind's table is shorter than this interface; rebuild the plugin against the installed epns_step.h";
  if (!kind->id || !kind->version || !kind->title || !kind->open || !kind->close || !kind->fields || !kind->start
      || !kind->stop || !kind->step || !kind->archive || !kind->extension)
    return "a kind's table has an empty entry; every member must be set";
  return NULL;
}

static const char *
plugin_refusal (const epns_plugin *plugin)
{
  if (plugin->size < sizeof (epns_plugin))
    return "its table is shorter than this interface; rebuild it against the installed epns_step.h";
  if (plugin->n_kinds == 0 || plugin->kinds == NULL)
    return "it offers no kind of step model";
  for (uint32_t i = 0; i < plugin->n_kinds; i++) {
    const char *refusal = kind_refusal (plugin->kinds[i]);
    if (refusal != NULL)
      return refusal;
  }
  return NULL;
}

static int
try_file (const Search *search, const char *file)
{
  char why[WHY_ROOM];
  void *handle = dlopen (file, RTLD_NOW | RTLD_LOCAL);

  if (handle == NULL) {
    snprintf (why, sizeof why, "the system's loader says: %s", dlerror ());
    return search->visit (search->ctx, file, NULL, why);
  }
  const epns_plugin *plugin = dlsym (handle, EPNS_STEP_SYMBOL);
  const char *refusal = plugin == NULL
                          ? "it has no symbol " EPNS_STEP_SYMBOL ": no step plugin, or one of another major version"
                          : plugin_refusal (plugin);
  if (refusal != NULL) {
    dlclose (handle);
    return search->visit (search->ctx, file, NULL, refusal);
  }
  return search->visit (search->ctx, file, plugin, NULL); /* the handle stays open: kinds are static */
}

static int
is_shared_object (const struct dirent *entry)
{
  size_t n = strlen (entry->d_name);

  return n > 3 && strcmp (entry->d_name + n - 3, ".so") == 0;
}

static int
by_bytes (const struct dirent **a, const struct dirent **b)
{
  return strcmp ((*a)->d_name, (*b)->d_name);
}

static int
try_folder (const Search *search, const char *folder)
{
  struct dirent **entries;
  int stopped = 0, n = scandir (folder, &entries, is_shared_object, by_bytes);

  if (n <= 0) {
    if (n == 0)
      free (entries);
    return search->visit (search->ctx, folder, NULL, n < 0 ? "the folder cannot be read" : "the folder holds no *.so");
  }
  for (int i = 0; i < n; i++) {
    char file[PATH_ROOM];
    int length = snprintf (file, sizeof file, "%s/%s", folder, entries[i]->d_name);
    if (!stopped && length > 0 && (size_t) length < sizeof file)
      stopped = try_file (search, file);
    free (entries[i]);
  }
  free (entries);
  return stopped;
}

static int
try_path (const Search *search, const char *path)
{
  char local[PATH_ROOM];
  struct stat info;

  if (stat (path, &info) != 0)
    return search->visit (search->ctx, path, NULL, "there is no such file or folder");
  if (S_ISDIR (info.st_mode))
    return try_folder (search, path);
  /* dlopen takes a name without '/' as a library to look up elsewhere */
  if (strchr (path, '/') == NULL && snprintf (local, sizeof local, "./%s", path) < (int) sizeof local)
    return try_file (search, local);
  return try_file (search, path);
}

static int
try_list (const Search *search, const char *list)
{
  while (*list != '\0') {
    char path[PATH_ROOM];
    size_t n = strcspn (list, ":");

    if (n > 0 && n < sizeof path) {
      memcpy (path, list, n);
      path[n] = '\0';
      int stopped = try_path (search, path);
      if (stopped)
        return stopped;
    }
    list += n + (list[n] == ':');
  }
  return 0;
}

static int
try_user (const Search *search)
{
  const char *data = getenv ("XDG_DATA_HOME"), *home = getenv ("HOME");
  char path[PATH_ROOM];
  int n = 0;

  if (data != NULL && *data == '/')
    n = snprintf (path, sizeof path, "%s/epns/plugins", data);
  else if (home != NULL && *home == '/')
    n = snprintf (path, sizeof path, "%s/.local/share/epns/plugins", home);
  return n > 0 && (size_t) n < sizeof path ? try_path (search, path) : 0;
}

int
epns_visit_plugins (const char *path, epns_visit visit, void *ctx)
{
  const Search search = { visit, ctx };
  const char *list = getenv ("EPNS_PLUGIN_PATH");
  int stopped;

  if (path != NULL)
    return try_path (&search, path);
  if (list != NULL && (stopped = try_list (&search, list)) != 0)
    return stopped;
  if ((stopped = try_user (&search)) != 0)
    return stopped;
  return try_path (&search, PKGLIBDIR);
}

typedef struct {
  const char *id;
  const epns_kind *kind;
  char tried[sizeof ((epns_error *) 0)->text]; /* refused paths with reasons, cut to fit */
} Wanted;

static int
take_kind (void *ctx, const char *path, const epns_plugin *plugin, const char *refusal)
{
  Wanted *wanted = ctx;
  size_t used = strlen (wanted->tried);

  for (uint32_t i = 0; plugin != NULL && i < plugin->n_kinds; i++)
    if (strcmp (plugin->kinds[i]->id, wanted->id) == 0) {
      wanted->kind = plugin->kinds[i];
      return 1;
    }
  snprintf (wanted->tried + used, sizeof wanted->tried - used, "; %s: %s", path,
            refusal ? refusal : "has no such kind");
  return 0;
}

const epns_kind *
epns_load_kind (const char *path, const char *id, epns_error *error)
{
  Wanted wanted = { .id = id };

  epns_visit_plugins (path, take_kind, &wanted);
  if (wanted.kind == NULL && error != NULL) {
    *error = (epns_error) { .status = EPNS_ERROR, .member = -1, .field = -1, .axis = -1, .need = -1 };
    snprintf (error->text, sizeof error->text, "no plugin offers kind '%.40s'; set EPNS_PLUGIN_PATH%.150s", id, wanted.tried);
  }
  return wanted.kind;
}

int32_t
epns_find_field (const epns_field *fields, uint32_t n, const char *name)
{
  for (uint32_t i = 0; i < n; i++)
    if (strcmp (fields[i].name, name) == 0)
      return (int32_t) i;
  return -1;
}
