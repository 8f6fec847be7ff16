/* SPDX-License-Identifier: MIT */
/* Opening the parts of a hybrid through the table of kinds, and joining what they declare. */
#include "models/hybrid/hybrid-parts.h"

#include "plugin/error.h"
#include "plugin/kinds.h"

#include <string.h>

#define NEEDED_CAPS (EPNS_ARCHIVES | EPNS_EXACT_RESUME)

static gboolean refuse (const char *path, GError **error, const char *format, ...)
    G_GNUC_PRINTF (3, 4);

static gboolean
refuse (const char *path, GError **error, const char *format, ...)
{
  va_list args;

  va_start (args, format);
  g_autofree char *text = g_strdup_vprintf (format, args);
  va_end (args);
  g_set_error (error, EPNS_FAILURE, EPNS_FAILURE_MISMATCH, "%s: %s", path, text);
  return FALSE;
}

static const epns_kind *
find_kind (const char *path, const char *id, GError **error)
{
  g_autoptr (GString) names = g_string_new (NULL);

  for (guint32 k = 0; k < epns_n_kinds; k++) {
    if (g_str_equal (epns_kinds[k]->id, id))
      return epns_kinds[k];
    g_string_append_printf (names, "%s%s", k > 0 ? ", " : "", epns_kinds[k]->id);
  }
  refuse (path, error, "<hybrid>: there is no kind '%s'; there are %s", id, names->str);
  return NULL;
}

/* --- Opening --- */

static gboolean
open_part (EpnsHybridPart *self, const char *path, const char *id, const char *source,
           const epns_host *host, GError **error)
{
  epns_error failure;

  self->kind = find_kind (path, id, error);
  if (self->kind == NULL)
    return FALSE;
  if ((self->kind->caps & NEEDED_CAPS) != NEEDED_CAPS || (self->kind->caps & EPNS_GROWS))
    return refuse (path, error,
                   "<hybrid>: kind '%s' cannot be a part: it must archive to the same bits and "
                   "keep its rows; name another",
                   id);
  if (self->kind->open (host, source, &self->model, &failure) != EPNS_OK) {
    self->model = NULL;
    g_set_error (error, EPNS_FAILURE, EPNS_FAILURE_PLUGIN, "%s: %s", path, failure.text);
    return FALSE;
  }
  self->fields = self->kind->fields (self->model, &self->n_fields, &self->dt, &self->unit);
  if (self->unit == NULL)
    self->unit = self->kind->time_unit ? self->kind->time_unit : "1";
  while (self->n_params < self->n_fields && self->fields[self->n_params].role == EPNS_PARAM)
    self->n_params++;
  self->place = g_new0 (guint32, self->n_fields);
  return TRUE;
}

/* The learned model's own model.xml says what kind it is. */
static gboolean
open_learned (EpnsHybridPart *self, const EpnsModelDescription *description, const epns_host *host,
              GError **error)
{
  g_autoptr (EpnsModelDescription)
      learned = epns_model_description_load (description->hybrid.learned, error);

  if (learned == NULL)
    return FALSE;
  if (g_str_equal (learned->kind, description->kind))
    return refuse (description->path, error,
                   "<hybrid>: %s is a hybrid itself; name the learned model that it is made of",
                   description->hybrid.learned);
  return open_part (self, description->path, learned->kind, description->hybrid.learned, host,
                    error);
}

/* --- Fields --- */

/* Can one view serve both? */
static gboolean
same_form (const epns_field *a, const epns_field *b)
{
  gboolean same = a->role == b->role && a->dtype == b->dtype && a->rank == b->rank
                  && g_str_equal (a->axes, b->axes) && g_str_equal (a->unit, b->unit)
                  && (!a->values || !b->values || g_str_equal (a->values, b->values));

  for (gint32 axis = 0; same && axis < a->rank; axis++)
    same = a->extent[axis] < 0 || b->extent[axis] < 0 || a->extent[axis] == b->extent[axis];
  return same;
}

/* What both ask for. Where a parameter is left out the later part's default is the one stated. */
static void
join (epns_field *into, const epns_field *other)
{
  into->optional = into->optional && other->optional;
  into->fallback = other->fallback;
  if (into->values == NULL)
    into->values = other->values;
  for (gint32 axis = 0; axis < into->rank; axis++)
    if (into->extent[axis] < 0)
      into->extent[axis] = other->extent[axis];
}

static gboolean
add_field (EpnsHybridParts *self, const char *path, const epns_field *field, guint32 *place,
           GError **error)
{
  for (*place = 0; *place < self->n_fields; ++*place) {
    epns_field *known = &self->fields[*place];
    if (!g_str_equal (known->name, field->name))
      continue;
    if (!same_form (known, field))
      return refuse (path, error,
                     "<hybrid>: '%s' is declared in two forms, by '%s' and by '%s'; choose parts "
                     "that agree",
                     field->name, self->part[EPNS_HYBRID_LEARNED].kind->id,
                     self->part[EPNS_HYBRID_NATIVE].kind->id);
    join (known, field);
    return TRUE;
  }
  self->fields[self->n_fields++] = *field;
  return TRUE;
}

/* PARAMs of both, then what is lent in a step. */
static gboolean
join_fields (EpnsHybridParts *self, const char *path, GError **error)
{
  self->fields = g_new0 (epns_field, self->part[0].n_fields + self->part[1].n_fields);
  for (guint round = 0; round < 2; round++) {
    for (guint p = 0; p < EPNS_HYBRID_N_PARTS; p++) {
      EpnsHybridPart *part = &self->part[p];
      guint32 from = round == 0 ? 0 : part->n_params,
              to = round == 0 ? part->n_params : part->n_fields;
      for (guint32 i = from; i < to; i++)
        if (!add_field (self, path, &part->fields[i], &part->place[i], error))
          return FALSE;
    }
    if (round == 0)
      self->n_params = self->n_fields;
  }
  return TRUE;
}

static gboolean
has_state (const EpnsHybridPart *part, guint32 place)
{
  for (guint32 i = part->n_params; i < part->n_fields; i++)
    if (part->place[i] == place)
      return TRUE;
  return FALSE;
}

/* What only one of them moves would be left behind by the other. */
static gboolean
check_state (const EpnsHybridParts *self, const char *path, GError **error)
{
  for (guint32 i = self->n_params; i < self->n_fields; i++)
    for (guint p = 0; p < EPNS_HYBRID_N_PARTS; p++)
      if (self->fields[i].role == EPNS_STATE && !has_state (&self->part[p], i))
        return refuse (path, error,
                       "<hybrid>: kind '%s' does not step '%s', which the other part does; choose "
                       "parts that step the same state",
                       self->part[p].kind->id, self->fields[i].name);
  return TRUE;
}

gboolean
epns_hybrid_parts_open (EpnsHybridParts *self, const EpnsModelDescription *description,
                        const epns_host *host, GError **error)
{
  EpnsHybridPart *learned = &self->part[EPNS_HYBRID_LEARNED],
                 *native = &self->part[EPNS_HYBRID_NATIVE];
  const char *path = description->path;

  if (!open_learned (learned, description, host, error)
      || !open_part (native, path, description->hybrid.native, NULL, host, error)
      || !join_fields (self, path, error) || !check_state (self, path, error))
    return FALSE;
  return g_str_equal (learned->unit, native->unit)
         || refuse (path, error,
                    "<hybrid>: the learned step is in %s and a native one in %s; choose parts of "
                    "one unit of time",
                    learned->unit, native->unit);
}

void
epns_hybrid_parts_clear (EpnsHybridParts *self)
{
  for (guint p = 0; p < EPNS_HYBRID_N_PARTS; p++) {
    if (self->part[p].model != NULL)
      self->part[p].kind->close (self->part[p].model);
    g_free (self->part[p].place);
  }
  g_free (self->fields);
}

void
epns_hybrid_parts_translate (const EpnsHybridParts *self, guint p, epns_error *error)
{
  if (error->field >= 0 && (guint32) error->field < self->part[p].n_fields)
    error->field = (int32_t) self->part[p].place[error->field];
}
