/* SPDX-License-Identifier: MIT */
/* Checking and reading parameters. */
#include "models/reference/cpm-params.h"
#include "plugin/error.h"
#include "plugin/view.h"

#include <math.h>
#include <stdarg.h>
#include <string.h>

static guint
find (const EpnsCpmParams *self, const char *name)
{
  for (guint f = 0; f < self->n; f++)
    if (strcmp (self->fields[f].field.name, name) == 0)
      return f;
  g_error ("no parameter '%s' is declared", name);
}

/* One element as a double; the offset is in bytes. */
static double
element (const epns_view *view, gint64 offset)
{
  gint32 integer;
  double number;

  if (view->dtype == EPNS_I32) {
    memcpy (&integer, (const char *) view->data + offset, sizeof integer);
    return integer;
  }
  memcpy (&number, (const char *) view->data + offset, sizeof number);
  return number;
}

static gint64
extent (const epns_view *view, int axis)
{
  return axis < view->rank ? view->shape[axis] : 1;
}

epns_status
epns_cpm_params_refuse (const EpnsCpmParams *self, const char *name, epns_error *error,
                        const char *format, ...)
{
  va_list args;

  va_start (args, format);
  g_autofree char *text = g_strdup_vprintf (format, args);
  va_end (args);
  epns_status status = epns_error_set (error, EPNS_DISCARD, "%s", text);
  if (error != NULL)
    error->field = (gint32) find (self, name);
  return status;
}

static epns_status
check_limits (const EpnsCpmParams *self, const EpnsCpmField *field, const epns_view *view,
              epns_error *error)
{
  for (gint64 i = 0; i < extent (view, 0); i++)
    for (gint64 j = 0; j < extent (view, 1); j++) {
      double value = element (view, (view->rank > 0 ? i * view->stride[0] : 0) +
                                        (view->rank > 1 ? j * view->stride[1] : 0));
      if (!isfinite (value))
        return epns_cpm_params_refuse (self, field->field.name, error,
                                       "%s is %g; give a finite number", field->field.name, value);
      if (value < field->low)
        return epns_cpm_params_refuse (self, field->field.name, error,
                                       "%s is %g; it must be at least %g", field->field.name, value,
                                       field->low);
      if (value > field->high)
        return epns_cpm_params_refuse (self, field->field.name, error,
                                       "%s is %g; it must be at most %g", field->field.name, value,
                                       field->high);
    }
  return EPNS_OK;
}

/* Every array by type has one entry for each type: the first one given says how many there are. */
static epns_status
check_types (EpnsCpmParams *self, guint f, epns_error *error)
{
  const epns_field *field = &self->fields[f].field;
  const epns_view *view = &self->views[f];

  for (int a = 0; a < field->rank && g_str_has_prefix (field->axes, "type"); a++) {
    gboolean first = self->n_types == 0;
    if (first)
      self->n_types = (guint) MIN (view->shape[a], EPNS_CPM_MAX_TYPES);
    if (view->shape[a] == self->n_types)
      continue;
    epns_cpm_params_refuse (
        self, field->name, error, "%s has %" G_GINT64_FORMAT " types; give %s%u", field->name,
        view->shape[a], first ? "at most " : "as many as the other parameters by type, ",
        self->n_types);
    if (error != NULL) {
      error->axis = a;
      error->need = self->n_types;
    }
    return EPNS_DISCARD;
  }
  return EPNS_OK;
}

epns_status
epns_cpm_params_check (EpnsCpmParams *self, epns_error *error)
{
  self->n_types = 0;
  for (guint f = 0; f < self->n; f++) {
    const EpnsCpmField *field = &self->fields[f];
    const epns_view *view = &self->views[f];

    if (epns_view_check (view, &field->field, (gint32) f, error) != EPNS_OK)
      return EPNS_DISCARD;
    if (view->data != NULL && (check_limits (self, field, view, error) != EPNS_OK ||
                               check_types (self, f, error) != EPNS_OK))
      return EPNS_DISCARD;
  }
  if (self->n_types == 0)
    return epns_error_set (error, EPNS_DISCARD,
                           "no parameter is given by type, so the types are unknown; give "
                           "contact-energy or target-volume and volume-strength");
  return EPNS_OK;
}

gboolean
epns_cpm_params_given (const EpnsCpmParams *self, const char *name)
{
  return self->views[find (self, name)].data != NULL;
}

double
epns_cpm_params_at (const EpnsCpmParams *self, const char *name, gint64 i, gint64 j)
{
  guint f = find (self, name);
  const epns_view *view = &self->views[f];

  if (view->data == NULL)
    return self->fields[f].field.fallback;
  return element (view, (view->rank > 0 ? i * view->stride[0] : 0) +
                            (view->rank > 1 ? j * view->stride[1] : 0));
}

double
epns_cpm_params_number (const EpnsCpmParams *self, const char *name)
{
  return epns_cpm_params_at (self, name, 0, 0);
}

guint
epns_cpm_params_slots (const EpnsCpmParams *self)
{
  return EPNS_CPM_SLOT_TYPE + self->n_types;
}
