/* SPDX-License-Identifier: MIT */
/* Checking and reading parameters. */
#include "models/reference/params.h"
#include "plugin/error.h"
#include "plugin/view.h"

#include <math.h>
#include <stdarg.h>
#include <string.h>

static guint
find (const EpnsParams *self, const char *name)
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
epns_params_refuse (const EpnsParams *self, const char *name, epns_error *error,
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
check_limits (const EpnsParams *self, const EpnsParamField *field, const epns_view *view,
              epns_error *error)
{
  for (gint64 i = 0; i < extent (view, 0); i++)
    for (gint64 j = 0; j < extent (view, 1); j++) {
      double value = element (view, (view->rank > 0 ? i * view->stride[0] : 0) +
                                        (view->rank > 1 ? j * view->stride[1] : 0));
      if (!isfinite (value))
        return epns_params_refuse (self, field->field.name, error,
                                       "%s is %g; give a finite number", field->field.name, value);
      if (value < field->low)
        return epns_params_refuse (self, field->field.name, error,
                                       "%s is %g; it must be at least %g", field->field.name, value,
                                       field->low);
      if (value > field->high)
        return epns_params_refuse (self, field->field.name, error,
                                       "%s is %g; it must be at most %g", field->field.name, value,
                                       field->high);
    }
  return EPNS_OK;
}

/* Is axis a of "type,axis" called "type"? */
static gboolean
is_by_type (const epns_field *field, int axis)
{
  const char *name = field->axes;

  for (; axis > 0; axis--)
    name = strchr (name, ',') + 1;
  return strncmp (name, "type", 4) == 0 && (name[4] == '\0' || name[4] == ',');
}

/* Every array by type has one entry for each type: the first one given says how many there are. */
static epns_status
check_types (EpnsParams *self, guint f, epns_error *error)
{
  const epns_field *field = &self->fields[f].field;
  const epns_view *view = &self->views[f];

  for (int a = 0; a < field->rank; a++) {
    gboolean first = self->n_types == 0;
    if (!is_by_type (field, a))
      continue;
    if (first)
      self->n_types = (guint) MIN (view->shape[a], EPNS_PARAMS_MAX_TYPES);
    if (view->shape[a] == self->n_types)
      continue;
    epns_params_refuse (
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
epns_params_check (EpnsParams *self, epns_error *error)
{
  self->n_types = 0;
  for (guint f = 0; f < self->n; f++) {
    const EpnsParamField *field = &self->fields[f];
    const epns_view *view = &self->views[f];

    if (epns_view_check (view, &field->field, (gint32) f, error) != EPNS_OK)
      return EPNS_DISCARD;
    if (view->data != NULL && (check_limits (self, field, view, error) != EPNS_OK ||
                               check_types (self, f, error) != EPNS_OK))
      return EPNS_DISCARD;
  }
  return EPNS_OK;
}

gboolean
epns_params_given (const EpnsParams *self, const char *name)
{
  return self->views[find (self, name)].data != NULL;
}

double
epns_params_at (const EpnsParams *self, const char *name, gint64 i, gint64 j)
{
  guint f = find (self, name);
  const epns_view *view = &self->views[f];

  if (view->data == NULL)
    return self->fields[f].field.fallback;
  return element (view, (view->rank > 0 ? i * view->stride[0] : 0) +
                            (view->rank > 1 ? j * view->stride[1] : 0));
}

double
epns_params_number (const EpnsParams *self, const char *name)
{
  return epns_params_at (self, name, 0, 0);
}

gint64
epns_params_extent (const EpnsParams *self, const char *name, int axis)
{
  return extent (&self->views[find (self, name)], axis);
}

gboolean
epns_params_any (const EpnsParams *self, const char *name)
{
  gint64 n = epns_params_given (self, name) ? epns_params_extent (self, name, 0) : 0;

  for (gint64 i = 0; i < n; i++)
    if (epns_params_at (self, name, i, 0) > 0)
      return TRUE;
  return FALSE;
}
