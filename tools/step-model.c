/* SPDX-License-Identifier: MIT */
/* Opening step models through the plugin's C interface, and finding them by what a user calls
 * them. */
#include "tools/step-model.h"

#include "plugin/error.h"
#include "tools/shipped.h"

#include <string.h>

/* An epns_host.log: from any thread. */
static void
print_note (void *ctx, int32_t level, const char *text)
{
  EpnsStepModel *self = ctx;

  g_printerr ("%s%s\n", level > 0 ? "warning: " : "", text);
  if (level <= 0)
    return;
  g_mutex_lock (&self->lock);
  g_ptr_array_add (self->warnings, g_strdup (text));
  g_mutex_unlock (&self->lock);
}

static gboolean
read_fields (EpnsStepModel *self, GError **error)
{
  self->fields = self->kind->fields (self->model, &self->n_fields, &self->native_dt,
                                     &self->time_unit);
  while (self->n_params < self->n_fields && self->fields[self->n_params].role == EPNS_PARAM)
    self->n_params++;
  for (guint32 i = 0; i < self->n_fields; i++)
    if ((self->fields[i].role == EPNS_PARAM) != (i < self->n_params)
        || self->fields[i].rank > EPNS_MAX_RANK) {
      g_set_error (error, EPNS_FAILURE, EPNS_FAILURE_PLUGIN,
                   "%s: its field '%s' breaks the step interface's rules; rebuild the plugin",
                   self->kind->id, self->fields[i].name);
      return FALSE;
    }
  if (!(self->native_dt > 0)) {
    g_set_error (error, EPNS_FAILURE, EPNS_FAILURE_PLUGIN,
                 "%s: it states no time for one step; state one in its model file", self->kind->id);
    return FALSE;
  }
  if (self->time_unit == NULL)
    self->time_unit = self->kind->time_unit ? self->kind->time_unit : "1";
  return TRUE;
}

EpnsStepModel *
epns_step_model_open (const epns_kind *kind, const char *source, guint32 threads, GError **error)
{
  g_autoptr (EpnsStepModel) self = g_new0 (EpnsStepModel, 1);
  epns_error failure = { 0 };

  self->kind = kind;
  self->warnings = g_ptr_array_new_with_free_func (g_free);
  g_mutex_init (&self->lock);
  self->source = g_strdup (source);
  self->host = (epns_host){ .size = sizeof (epns_host),
                            .threads = MAX (threads, 1),
                            .ctx = self,
                            .log = print_note };
  if (kind->open (&self->host, source, &self->model, &failure) != EPNS_OK) {
    self->model = NULL;
    epns_step_model_failed (self, &failure, error);
    return NULL;
  }
  return read_fields (self, error) ? g_steal_pointer (&self) : NULL;
}

void
epns_step_model_close (EpnsStepModel *self)
{
  if (self == NULL)
    return;
  if (self->model != NULL)
    self->kind->close (self->model);
  g_ptr_array_unref (self->warnings);
  g_mutex_clear (&self->lock);
  g_free (self->source);
  g_free (self);
}

void
epns_step_model_add_warnings (const EpnsStepModel *self, JsonBuilder *json)
{
  json_builder_set_member_name (json, "warnings");
  json_builder_begin_array (json);
  for (guint i = 0; i < self->warnings->len; i++)
    json_builder_add_string_value (json, g_ptr_array_index (self->warnings, i));
  json_builder_end_array (json);
}

gboolean
epns_step_model_failed (const EpnsStepModel *self, const epns_error *from, GError **error)
{
  g_autofree char *member = from->member > 0 ? g_strdup_printf ("member %d: ", from->member)
                                             : g_strdup ("");

  g_set_error (error, EPNS_FAILURE, EPNS_FAILURE_PLUGIN, "%s: %s%s", self->kind->id, member,
               from->text[0] ? from->text : "it failed without a word");
  return FALSE;
}

const epns_field *
epns_step_model_field (const EpnsStepModel *self, const char *name, int32_t role)
{
  int32_t i = epns_find_field (self->fields, self->n_fields, name);

  return i >= 0 && self->fields[i].role == role ? &self->fields[i] : NULL;
}

static EpnsStepModel *
open_planned (const EpnsPlanModel *planned, guint32 threads, GError **error)
{
  epns_error failure;
  const epns_kind *kind = epns_load_kind (NULL, planned->kind, &failure);

  if (kind == NULL) {
    g_set_error_literal (error, EPNS_FAILURE, EPNS_FAILURE_PLUGIN, failure.text);
    return NULL;
  }
  EpnsStepModel *self = epns_step_model_open (kind, planned->source, threads, error);
  if (self != NULL)
    self->planned = planned;
  return self;
}

static const EpnsPlanModel *
find_planned (const EpnsScenario *scenario, const char *name)
{
  for (guint i = 0; scenario != NULL && i < scenario->plan.models->len; i++) {
    const EpnsPlanModel *planned = g_ptr_array_index (scenario->plan.models, i);
    if (name == NULL || strcmp (planned->name, name) == 0)
      return planned;
  }
  return NULL;
}

/* Every kind on the search path, asked in turn to open one source. */
typedef struct {
  const char *source;
  guint32 threads;
  EpnsStepModel *opened;
  GString *refusals; /* "; "-separated, one a kind */
} Asking;

static gboolean
takes_no_source (const epns_kind *kind)
{
  epns_model *model = NULL;

  if (kind->open (NULL, NULL, &model, NULL) != EPNS_OK)
    return FALSE;
  kind->close (model);
  return TRUE;
}

static int
ask_kinds (void *ctx, const char *path, const epns_plugin *plugin, const char *refusal)
{
  Asking *asking = ctx;

  (void) path;
  (void) refusal;
  for (guint32 i = 0; plugin != NULL && i < plugin->n_kinds && asking->opened == NULL; i++) {
    g_autoptr (GError) why = NULL;
    if (takes_no_source (plugin->kinds[i]))
      continue;
    asking->opened = epns_step_model_open (plugin->kinds[i], asking->source, asking->threads, &why);
    if (asking->opened == NULL)
      g_string_append_printf (asking->refusals, "%s%s", asking->refusals->len ? "; " : "",
                              why->message);
  }
  return asking->opened != NULL;
}

static EpnsStepModel *
open_path (const char *path, guint32 threads, GError **error)
{
  g_autoptr (GString) refusals = g_string_new (NULL);
  Asking asking = { path, threads, NULL, refusals };

  epns_visit_plugins (NULL, ask_kinds, &asking);
  if (asking.opened == NULL)
    g_set_error (error, EPNS_FAILURE, EPNS_FAILURE_MISMATCH, "%s: no kind opens it: %s", path,
                 refusals->len ? refusals->str
                               : "no plugin offers a kind that takes a file; see epns list -v");
  return asking.opened;
}

static int
stop_at_first (void *ctx, const char *path, const epns_plugin *plugin, const char *refusal)
{
  (void) ctx;
  (void) path;
  (void) refusal;
  return plugin != NULL;
}

gboolean
epns_step_model_any_plugin (void)
{
  return epns_visit_plugins (NULL, stop_at_first, NULL) != 0;
}

EpnsStepModel *
epns_step_model_find (const EpnsScenario *scenario, const char *name, guint32 threads,
                      GError **error)
{
  const EpnsPlanModel *planned = find_planned (scenario, name);

  if (planned != NULL)
    return open_planned (planned, threads, error);
  g_return_val_if_fail (name != NULL, NULL);
  const epns_kind *kind = epns_load_kind (NULL, name, NULL);
  if (kind != NULL)
    return epns_step_model_open (kind, NULL, threads, error);
  if (!epns_step_model_any_plugin ()) {
    g_set_error (
        error, EPNS_FAILURE, EPNS_FAILURE_PLUGIN,
        "no step plugin was found; set EPNS_PLUGIN_PATH (epns list -v says where it was sought)");
    return NULL;
  }
  if (g_file_test (name, G_FILE_TEST_EXISTS))
    return open_path (name, threads, error);
  g_autofree char *shipped = epns_shipped_model (name);
  if (shipped != NULL)
    return open_path (shipped, threads, error);
  g_set_error (error, EPNS_FAILURE, EPNS_FAILURE_MISMATCH,
               "%s: no model of this scenario, no kind, no file or folder and no shipped model is "
               "called this; see epns list",
               name);
  return NULL;
}

/* The array of the layout that is what the field asks for, or -1. */
static gint
find_array (const EpnsLayout *layout, const epns_field *field)
{
  gint i = epns_layout_find (layout, field->name);

  if (i < 0 || layout->arrays[i].dtype != field->dtype || layout->arrays[i].rank != field->rank
      || field->role != (layout->arrays[i].moves ? EPNS_STATE : EPNS_INPUT))
    return -1;
  return i;
}

gint *
epns_step_model_arrays (const EpnsStepModel *self, const EpnsLayout *layout, GError **error)
{
  guint32 n = self->n_fields - self->n_params;
  g_autofree gint *arrays = g_new (gint, n + 1);
  gboolean steps_it = FALSE;

  for (guint32 i = 0; i < n; i++) {
    const epns_field *field = &self->fields[self->n_params + i];
    arrays[i] = find_array (layout, field);
    steps_it = steps_it || arrays[i] == 0;
    if (arrays[i] >= 0 || field->optional)
      continue;
    g_set_error (error, EPNS_FAILURE, EPNS_FAILURE_MISMATCH,
                 "%s: it steps '%s', which %s does not have; choose %s (epns list)", self->kind->id,
                 field->name, layout->what, layout->model);
    return NULL;
  }
  if (steps_it)
    return g_steal_pointer (&arrays);
  g_set_error (error, EPNS_FAILURE, EPNS_FAILURE_MISMATCH,
               "%s: it does not step %s; choose %s (epns list)", self->kind->id, layout->what,
               layout->model);
  return NULL;
}
