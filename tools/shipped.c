/* SPDX-License-Identifier: MIT */
/* Which trained models ship: the folders with a model.xml. */
#include "tools/shipped.h"

#include "plugin/datadir.h"

#include <string.h>

static gboolean
is_model (const char *folder)
{
  g_autofree char *description = g_build_filename (folder, "model.xml", NULL);

  return g_file_test (description, G_FILE_TEST_IS_REGULAR);
}

char *
epns_shipped_model (const char *name)
{
  g_autofree char *relative = g_build_filename ("models", "trained", name, NULL);
  g_autofree char *folder = epns_data_file (relative);

  if (*name == '.' || strchr (name, G_DIR_SEPARATOR) != NULL || !is_model (folder))
    return NULL;
  return g_steal_pointer (&folder);
}

static gint
by_name (gconstpointer a, gconstpointer b)
{
  return strcmp (*(char *const *) a, *(char *const *) b);
}

char **
epns_shipped_models (void)
{
  g_autofree char *trained = epns_data_file ("models/trained");
  g_autoptr (GDir) dir = g_dir_open (trained, 0, NULL);
  g_autoptr (GPtrArray) names = g_ptr_array_new ();
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL) {
    g_autofree char *folder = epns_shipped_model (name);
    if (folder != NULL)
      g_ptr_array_add (names, g_strdup (name));
  }
  g_ptr_array_sort (names, by_name);
  g_ptr_array_add (names, NULL);
  return (char **) g_ptr_array_steal (names, NULL);
}
