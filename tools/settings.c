/* SPDX-License-Identifier: MIT */
/* Parameters by name: parsed by what the model declares, so that no parameter is known here. */
#include "tools/settings.h"

#include "adapters/parameters.h"
#include "plugin/error.h"
#include "plugin/view.h"

#include <errno.h>
#include <string.h>

static void
set_number (void *data, int32_t dtype, gint64 i, double value)
{
  switch (dtype) {
  case EPNS_I32: ((gint32 *) data)[i] = (gint32) value; break;
  case EPNS_I64: ((gint64 *) data)[i] = (gint64) value; break;
  case EPNS_F32: ((float *) data)[i] = (float) value; break;
  default: ((double *) data)[i] = value; break;
  }
}

static double
get_number (const epns_view *view, const void *data, gint64 i)
{
  switch (view->dtype) {
  case EPNS_I32: return ((const gint32 *) data)[i];
  case EPNS_I64: return (double) ((const gint64 *) data)[i];
  case EPNS_F32: return (double) ((const float *) data)[i];
  default: return ((const double *) data)[i];
  }
}

/* The index of `word` in "a,b,c", or -1. */
static gint
choice_index (const char *values, const char *word)
{
  g_auto (GStrv) words = g_strsplit (values, ",", -1);

  for (gint i = 0; words[i] != NULL; i++)
    if (strcmp (words[i], word) == 0)
      return i;
  return -1;
}

static gboolean
parse_number (const epns_field *field, const char *text, double *value)
{
  char *end;

  errno = 0;
  *value = g_ascii_strtod (text, &end);
  if (end == text || *end != '\0' || errno != 0 || *value != *value)
    return FALSE;
  if (field->dtype == EPNS_I32)
    return *value == (double) (gint32) CLAMP (*value, G_MININT32, G_MAXINT32);
  if (field->dtype == EPNS_I64)
    return *value > -9e15 && *value < 9e15 && *value == (double) (gint64) *value;
  return TRUE;
}

static gboolean
parse_element (const epns_field *field, const char *text, double *value, const char *where,
               GError **error)
{
  gboolean whole = field->dtype == EPNS_I32 || field->dtype == EPNS_I64;

  if (field->values == NULL) {
    if (parse_number (field, text, value))
      return TRUE;
    g_set_error (error, EPNS_FAILURE, EPNS_FAILURE_RANGE,
                 "%s: '%s' is not a %snumber; %s takes %s numbers [%s] in %s", where, text,
                 whole ? "whole " : "", field->name, whole ? "whole" : "real", field->axes,
                 field->unit);
    return FALSE;
  }
  *value = choice_index (field->values, text);
  if (*value >= 0)
    return TRUE;
  g_set_error (error, EPNS_FAILURE, EPNS_FAILURE_RANGE, "%s: '%s' is none of what %s takes: %s",
               where, text, field->name, field->values);
  return FALSE;
}

/* The extents of a field's axes as scenario and list length fix them. */
static gboolean
find_shape (const epns_field *field, const EpnsScenario *scenario, guint n_values, gint64 *shape,
            gint64 *count, const char *where, GError **error)
{
  g_auto (GStrv) axes = g_strsplit (field->axes, ",", -1);

  *count = 1;
  for (int32_t a = 0; a < field->rank; a++) {
    const char *axis = (guint) a < g_strv_length (axes) ? axes[a] : "";
    shape[a] = field->extent[a];
    if (shape[a] < 0 && strcmp (axis, "type") == 0)
      shape[a] = scenario->types->len;
    else if (shape[a] < 0)
      shape[a] = field->rank == 1 ? (gint64) n_values : -1;
    if (shape[a] < 1) {
      g_set_error (error, EPNS_FAILURE, EPNS_FAILURE_RANGE,
                   "%s: the extent of axis '%s' of %s is open and cannot be stated in a line",
                   where, axis, field->name);
      return FALSE;
    }
    *count *= shape[a];
  }
  if (n_values == 1 || n_values == *count)
    return TRUE;
  g_set_error (error, EPNS_FAILURE, EPNS_FAILURE_RANGE,
               "%s: %u values; %s takes %" G_GINT64_FORMAT " [%s], or one for all", where, n_values,
               field->name, *count, field->axes);
  return FALSE;
}

static gboolean
parse_value (const epns_field *field, const EpnsScenario *scenario, const char *text,
             epns_view *view, const char *where, GError **error)
{
  g_auto (GStrv) words = g_strsplit (text, ",", -1);
  guint n_words = g_strv_length (words);
  gint64 shape[EPNS_MAX_RANK] = { 0 }, count;

  if (!find_shape (field, scenario, n_words, shape, &count, where, error))
    return FALSE;
  g_autofree void *data = g_malloc0_n ((gsize) count, epns_dtype_size (field->dtype));
  for (gint64 i = 0; i < count; i++) {
    double value;
    const char *word = n_words > 0 ? g_strstrip (words[n_words == 1 ? 0 : i]) : "";
    if (!parse_element (field, word, &value, where, error))
      return FALSE;
    set_number (data, field->dtype, i, value);
  }
  *view = epns_view_contiguous (g_steal_pointer (&data), field->dtype, field->rank, shape);
  return TRUE;
}

static char *
declared_names (const EpnsStepModel *model)
{
  GString *names = g_string_new (NULL);

  for (guint32 i = 0; i < model->n_params; i++)
    g_string_append_printf (names, "%s%s", i ? ", " : "", model->fields[i].name);
  return g_string_free (names, FALSE);
}

static gboolean
set_by_hand (EpnsSettings *self, const EpnsScenario *scenario, const char *name, const char *value,
             const char *where, GError **error)
{
  int32_t i = epns_find_field (self->model->fields, self->model->n_params, name);

  if (i < 0) {
    g_autofree char *names = declared_names (self->model);
    g_set_error (error, EPNS_FAILURE, EPNS_FAILURE_MISMATCH,
                 "%s: %s has no parameter '%s'; it has %s", where, self->model->kind->id, name,
                 *names ? names : "none");
    return FALSE;
  }
  epns_view view;
  if (!parse_value (&self->model->fields[i], scenario, value, &view, where, error))
    return FALSE;
  if (self->owned[i])
    g_free (self->views[i].data);
  self->views[i] = view;
  self->owned[i] = TRUE;
  return TRUE;
}

static gboolean
set_planned (EpnsSettings *self, const EpnsScenario *scenario, GError **error)
{
  const EpnsPlanModel *planned = self->model->planned;

  for (guint i = 0; planned != NULL && i < planned->settings->len; i++) {
    const EpnsSetting *setting = &g_array_index (planned->settings, EpnsSetting, i);
    g_autofree char *where = g_strdup_printf ("%s:%d", scenario->path, setting->line);
    if (!set_by_hand (self, scenario, setting->name, setting->value, where, error))
      return FALSE;
  }
  return TRUE;
}

static gboolean
set_overrides (EpnsSettings *self, const EpnsScenario *scenario, const char *const *overrides,
               GError **error)
{
  for (guint i = 0; overrides != NULL && overrides[i] != NULL; i++) {
    const char *equals = strchr (overrides[i], '=');
    g_autofree char *where = g_strdup_printf ("--set %s", overrides[i]);
    g_autofree char *name = equals ? g_strndup (overrides[i], (gsize) (equals - overrides[i]))
                                   : NULL;
    if (name == NULL || *name == '\0') {
      g_set_error (error, EPNS_FAILURE, EPNS_FAILURE_RANGE,
                   "%s: it has no NAME=VALUE; write one, as in --set rng=positional", where);
      return FALSE;
    }
    if (!set_by_hand (self, scenario, name, equals + 1, where, error))
      return FALSE;
  }
  return TRUE;
}

static gboolean
fill_and_check (EpnsSettings *self, const EpnsScenario *scenario, GError **error)
{
  for (guint32 i = 0; i < self->model->n_params; i++) {
    const epns_field *field = &self->model->fields[i];
    epns_error failure;
    if (self->views[i].data == NULL)
      epns_scenario_parameter (scenario, field->name, &self->views[i]);
    if (self->views[i].data == NULL) {
      self->views[i] = (epns_view){ .dtype = field->dtype, .rank = field->rank };
      if (!field->optional) {
        g_set_error (error, EPNS_FAILURE, EPNS_FAILURE_MISMATCH,
                     "%s: %s needs the parameter %s [%s], which the scenario does not state; add "
                     "it, or give --set %s=...",
                     scenario->path, self->model->kind->id, field->name, field->axes, field->name);
        return FALSE;
      }
    }
    if (epns_view_check (&self->views[i], field, (int32_t) i, &failure) != EPNS_OK)
      return epns_step_model_failed (self->model, &failure, error);
  }
  return TRUE;
}

EpnsSettings *
epns_settings_resolve (const EpnsStepModel *model, const EpnsScenario *scenario,
                       const char *const *overrides, GError **error)
{
  g_autofree gint *arrays = epns_step_model_arrays (model, scenario->layout, error);

  if (arrays == NULL) /* before parameters are missed that are of something else */
    return NULL;
  g_autoptr (EpnsSettings) self = g_new0 (EpnsSettings, 1);
  self->model = model;
  self->views = g_new0 (epns_view, model->n_params + 1);
  self->owned = g_new0 (gboolean, model->n_params + 1);
  if (!set_planned (self, scenario, error) || !set_overrides (self, scenario, overrides, error)
      || !fill_and_check (self, scenario, error))
    return NULL;
  return g_steal_pointer (&self);
}

/* A parameter of the scenario, which this model has, and is not set for it alone. */
static gboolean
is_shared (const EpnsStepModel *model, const char *name)
{
  const GArray *own = model->planned ? model->planned->settings : NULL;
  gboolean known = FALSE;

  for (guint i = 0; i < epns_n_known_parameters; i++)
    known = known || g_str_equal (epns_known_parameters[i].name, name);
  for (guint i = 0; own != NULL && i < own->len; i++)
    known = known && !g_str_equal (g_array_index (own, EpnsSetting, i).name, name);
  return known && epns_find_field (model->fields, model->n_params, name) >= 0;
}

EpnsSettings *
epns_settings_resolve_beside (const EpnsStepModel *model, const EpnsScenario *scenario,
                              const char *const *overrides, GError **error)
{
  g_autoptr (GPtrArray) shared = g_ptr_array_new ();

  for (guint i = 0; overrides != NULL && overrides[i] != NULL; i++) {
    g_autofree char *name = g_strndup (overrides[i], strcspn (overrides[i], "="));
    if (is_shared (model, name))
      g_ptr_array_add (shared, (gpointer) overrides[i]);
  }
  g_ptr_array_add (shared, NULL);
  return epns_settings_resolve (model, scenario, (const char *const *) shared->pdata, error);
}

void
epns_settings_free (EpnsSettings *self)
{
  if (self == NULL)
    return;
  for (guint32 i = 0; i < self->model->n_params; i++)
    if (self->owned[i])
      g_free (self->views[i].data);
  g_free (self->views);
  g_free (self->owned);
  g_free (self);
}

/* What the scenario lent is copied before it is changed. */
gboolean
epns_settings_put (EpnsSettings *self, const char *name, gsize i, double value, GError **error)
{
  int32_t at = epns_find_field (self->model->fields, self->model->n_params, name);
  epns_view *view = at >= 0 ? &self->views[at] : NULL;

  if (view == NULL || view->data == NULL || (gint64) i >= epns_view_count (view)) {
    g_set_error (error, EPNS_FAILURE, EPNS_FAILURE_MISMATCH,
                 "%s has no value of %s to change; state it in the scenario, for every type",
                 self->model->kind->id, name);
    return FALSE;
  }
  if (!self->owned[at]) {
    gpointer own = g_malloc_n ((gsize) epns_view_count (view), epns_dtype_size (view->dtype));
    epns_view_gather (view, own);
    *view = epns_view_contiguous (own, view->dtype, view->rank, view->shape);
    self->owned[at] = TRUE;
  }
  set_number (view->data, view->dtype, (gint64) i, value);
  return TRUE;
}

gboolean
epns_settings_chosen (const EpnsSettings *self, const char *name, const char *word)
{
  int32_t i = epns_find_field (self->model->fields, self->model->n_params, name);

  if (i < 0 || self->model->fields[i].values == NULL || self->model->fields[i].rank != 0)
    return FALSE;
  gint wanted = choice_index (self->model->fields[i].values, word);
  const epns_view *view = &self->views[i];
  double chosen = view->data ? get_number (view, view->data, 0) : self->model->fields[i].fallback;
  return wanted >= 0 && chosen == (double) wanted;
}

gboolean
epns_settings_host_numbers (const EpnsSettings *self)
{
  return epns_settings_chosen (self, "rng", "compucell3d");
}

static void
append_values (GString *text, const epns_field *field, const epns_view *view)
{
  gint64 count = epns_view_count (view);
  g_autofree void *data = g_malloc_n ((gsize) count, epns_dtype_size (view->dtype));
  g_auto (GStrv) words = g_strsplit (field->values ? field->values : "", ",", -1);
  gint64 n_words = g_strv_length (words);

  epns_view_gather (view, data);
  for (gint64 i = 0; i < count; i++) {
    char buffer[G_ASCII_DTOSTR_BUF_SIZE];
    double value = get_number (view, data, i);
    gboolean named = value >= 0 && value < (double) n_words;
    g_string_append_printf (text, "%s%s", i ? "," : "",
                            named ? words[(gint64) value] : epns_number_spell (buffer, value));
  }
}

char *
epns_settings_text (const EpnsSettings *self)
{
  GString *text = g_string_new (NULL);

  for (guint32 i = 0; i < self->model->n_params; i++)
    if (self->views[i].data != NULL) {
      g_string_append_printf (text, "%s%s=", text->len ? " " : "", self->model->fields[i].name);
      append_values (text, &self->model->fields[i], &self->views[i]);
    }
  return g_string_free (text, FALSE);
}
