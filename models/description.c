/* SPDX-License-Identifier: MIT */
/* Typed access to what a model file states about its network. Reading the file is
 * adapters/model-xml.c's business. */
#include "models/description-private.h"

#include "plugin/error.h"

#include <math.h>
#include <string.h>

static void
clear_parameter (gpointer data)
{
  g_free (((EpnsTrainedParameter *) data)->range);
}

EpnsModelDescription *
epns_model_description_new (const char *path)
{
  EpnsModelDescription *self = g_new0 (EpnsModelDescription, 1);
  const EpnsValidRange any = { 0.0, INFINITY };

  self->path = g_strdup (path);
  self->training.seed = -1;
  self->training.minutes = -1.0;
  self->validity.cells = self->validity.lattice = self->validity.volume = any;
  self->validity.parameters = g_array_new (FALSE, TRUE, sizeof (EpnsTrainedParameter));
  g_array_set_clear_func (self->validity.parameters, clear_parameter);
  self->attributes = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  return self;
}

void
epns_model_description_free (EpnsModelDescription *self)
{
  if (self == NULL)
    return;
  g_free (self->path);
  g_free (self->name);
  g_free (self->kind);
  g_free (self->weights);
  g_free (self->weights_sha256);
  g_strfreev (self->types);
  g_free (self->step_unit);
  g_free (self->hybrid.learned);
  g_free (self->hybrid.native);
  g_free (self->training.data);
  g_free (self->training.machine);
  g_free (self->training.text);
  g_free (self->validity.boundary);
  g_free (self->validity.text);
  g_array_unref (self->validity.parameters);
  g_hash_table_unref (self->attributes);
  g_free (self);
}

void
epns_model_description_put (EpnsModelDescription *self, const char *name, const char *value,
                            int line)
{
  gsize size = strlen (value) + 1;
  EpnsNetworkAttribute *attribute = g_malloc (sizeof *attribute + size);

  attribute->line = line;
  attribute->used = FALSE;
  memcpy (attribute->value, value, size);
  g_hash_table_replace (self->attributes, g_strdup (name), attribute);
}

static EpnsNetworkAttribute *
take (EpnsModelDescription *self, const char *name)
{
  EpnsNetworkAttribute *attribute = g_hash_table_lookup (self->attributes, name);

  if (attribute != NULL)
    attribute->used = TRUE;
  return attribute;
}

static gboolean refuse (const EpnsModelDescription *self, const EpnsNetworkAttribute *attribute,
                        const char *name, GError **error, const char *format, ...)
    G_GNUC_PRINTF (5, 6);

static gboolean
refuse (const EpnsModelDescription *self, const EpnsNetworkAttribute *attribute, const char *name,
        GError **error, const char *format, ...)
{
  va_list args;

  va_start (args, format);
  g_autofree char *accepted = g_strdup_vprintf (format, args);
  va_end (args);
  g_set_error (error, EPNS_FAILURE, EPNS_FAILURE_FORMAT, "%s:%d: <network %s=\"%.40s\">: %s",
               self->path, attribute->line, name, attribute->value, accepted);
  return FALSE;
}

/* One integer at *at, which moves past it. */
static gboolean
parse_integer (const char **at, gint64 minimum, gint64 maximum, gint64 *value)
{
  char *end;

  if (!g_ascii_isdigit (**at) && **at != '-')
    return FALSE;
  *value = g_ascii_strtoll (*at, &end,
                            10); /* out of range: clamped, and outside any range we pass */
  if (end == *at || *value < minimum || *value > maximum)
    return FALSE;
  *at = end;
  return TRUE;
}

gboolean
epns_model_description_int (EpnsModelDescription *self, const char *name, gint64 minimum,
                            gint64 maximum, gint64 fallback, gint64 *value, GError **error)
{
  EpnsNetworkAttribute *attribute = take (self, name);

  *value = fallback;
  if (attribute == NULL)
    return TRUE;
  const char *at = attribute->value;
  if (parse_integer (&at, minimum, maximum, value) && *at == '\0')
    return TRUE;
  return refuse (self, attribute, name, error,
                 "give an integer from %" G_GINT64_FORMAT " to %" G_GINT64_FORMAT, minimum,
                 maximum);
}

gboolean
epns_model_description_number (EpnsModelDescription *self, const char *name, double minimum,
                               double maximum, double fallback, double *value, GError **error)
{
  EpnsNetworkAttribute *attribute = take (self, name);
  char *end;

  *value = fallback;
  if (attribute == NULL)
    return TRUE;
  *value = g_ascii_strtod (attribute->value, &end);
  if (end != attribute->value && *end == '\0' && *value >= minimum
      && *value <= maximum) /* NaN fails */
    return TRUE;
  return refuse (self, attribute, name, error, "give a number from %g to %g", minimum, maximum);
}

gboolean
epns_model_description_flag (EpnsModelDescription *self, const char *name, gboolean fallback,
                             gboolean *value, GError **error)
{
  guint index;

  if (!epns_model_description_choice (self, name, "false|true|0|1", fallback ? 1 : 0, &index,
                                      error))
    return FALSE;
  *value = index % 2 == 1;
  return TRUE;
}

gboolean
epns_model_description_choice (EpnsModelDescription *self, const char *name, const char *values,
                               guint fallback, guint *index, GError **error)
{
  EpnsNetworkAttribute *attribute = take (self, name);

  *index = fallback;
  if (attribute == NULL)
    return TRUE;
  g_auto (GStrv) words = g_strsplit (values, "|", -1);
  for (guint i = 0; words[i] != NULL; i++)
    if (g_str_equal (words[i], attribute->value)) {
      *index = i;
      return TRUE;
    }
  return refuse (self, attribute, name, error, "give one of %s", values);
}

gboolean
epns_model_description_ints (EpnsModelDescription *self, const char *name, gint64 minimum,
                             gint64 maximum, gint64 *values, gsize room, gsize *n, GError **error)
{
  EpnsNetworkAttribute *attribute = take (self, name);

  *n = 0;
  if (attribute == NULL)
    return TRUE;
  const char *at = attribute->value;
  while (*n < room && parse_integer (&at, minimum, maximum, &values[*n])) {
    ++*n;
    gsize gap = strspn (at, ", ");
    at += gap;
    if (gap == 0)
      break;
  }
  if (*n > 0 && *at == '\0')
    return TRUE;
  return refuse (self, attribute, name, error,
                 "give 1 to %" G_GSIZE_FORMAT " integers from %" G_GINT64_FORMAT
                 " to %" G_GINT64_FORMAT ", separated by blanks",
                 room, minimum, maximum);
}

const char *
epns_model_description_text (EpnsModelDescription *self, const char *name)
{
  const EpnsNetworkAttribute *attribute = take (self, name);

  return attribute ? attribute->value : NULL;
}

gboolean
epns_model_description_all_used (const EpnsModelDescription *self, GError **error)
{
  GHashTableIter iter;
  gpointer key, value;
  const char *first = NULL;

  g_hash_table_iter_init (&iter, self->attributes);
  while (g_hash_table_iter_next (&iter, &key, &value))
    if (!((const EpnsNetworkAttribute *) value)->used && (first == NULL || strcmp (key, first) < 0))
      first = key; /* the first by name, so that the message does not depend on the table's order */
  if (first == NULL)
    return TRUE;
  return refuse (self, g_hash_table_lookup (self->attributes, first), first, error,
                 "kind \"%s\" has no attribute of this name; correct the spelling or remove it",
                 self->kind);
}

static void
say_range (GString *text, const EpnsValidRange *range, const char *of)
{
  if (isfinite (range->maximum))
    g_string_append_printf (text, "%s%.10g to %.10g %s", text->len > 0 ? ", " : "", range->minimum,
                            range->maximum, of);
}

static char *
say_validity (const EpnsModelDescription *self)
{
  GString *text = g_string_new (NULL);

  say_range (text, &self->validity.cells, "cells");
  say_range (text, &self->validity.volume, "sites a cell");
  say_range (text, &self->validity.lattice, "sites along the longest side");
  if (self->validity.boundary != NULL)
    g_string_append_printf (text, "%sborders %s", text->len > 0 ? ", " : "",
                            self->validity.boundary);
  return g_string_free (text, FALSE);
}

char *
epns_model_description_about (const EpnsModelDescription *self)
{
  g_autoptr (GString) text = g_string_new (NULL);

  if (self == NULL || self->training.data == NULL)
    g_string_append (text, "it does not state how it was trained");
  else
    g_string_append_printf (text, "trained on %s", self->training.data);
  if (self == NULL)
    return g_string_free (g_steal_pointer (&text), FALSE);
  if (self->training.seed >= 0)
    g_string_append_printf (text, ", seed %" G_GINT64_FORMAT, self->training.seed);
  if (self->training.minutes >= 0)
    g_string_append_printf (text, ", in %.1f minutes", self->training.minutes);
  if (self->training.machine != NULL)
    g_string_append_printf (text, " on %s", self->training.machine);
  g_autofree char *validity = say_validity (self);
  if (*validity != '\0')
    g_string_append_printf (text, "; to be trusted with %s", validity);
  g_strdelimit (text->str, "\n\r\t", ' ');
  return g_string_free (g_steal_pointer (&text), FALSE);
}
