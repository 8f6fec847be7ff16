/* SPDX-License-Identifier: MIT */
/* The parameters that training data were made with. */
#include "adapters/parameters.h"
#include "adapters/training.h"
#include "plugin/view.h"

#include <math.h>

typedef struct {
  gsize n;
  double value[]; /* [n], row-major */
} Values;

static Values *
values_of (const epns_view *view)
{
  gsize n = (gsize) epns_view_count (view);
  Values *values = g_malloc (sizeof *values + n * sizeof *values->value);

  values->n = n;
  if (view->dtype == EPNS_F64) {
    epns_view_gather (view, values->value);
    return values;
  }
  g_autofree gint32 *whole = g_new (gint32, n);
  epns_view_gather (view, whole);
  for (gsize i = 0; i < n; i++)
    values->value[i] = whole[i];
  return values;
}

void
epns_training_data_made_with (EpnsTrainingData *self, const EpnsCondition *conditions, gsize n)
{
  GHashTable *all = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, g_free);

  for (gsize i = 0; i < n; i++)
    for (guint k = 0; k < epns_n_known_parameters; k++) {
      const EpnsKnownParameter *about = &epns_known_parameters[k];
      const epns_view *view = conditions[i].view;
      if (g_str_equal (about->name, conditions[i].name) && view->data != NULL
          && view->dtype == about->dtype && view->rank == about->rank)
        g_hash_table_insert (all, (gpointer) about->name, values_of (view));
    }
  g_ptr_array_add (self->conditions, all);
}

/* Element i of a parameter, if all sets were made with it alike. */
static gboolean
alike (const EpnsTrainingData *self, const char *name, gsize n, gsize i, double *value)
{
  for (guint k = 0; k < self->conditions->len; k++) {
    const Values *values = g_hash_table_lookup (self->conditions->pdata[k], name);
    if (values == NULL || values->n != n || !isfinite (values->value[i]))
      return FALSE;
    if (k > 0 && values->value[i] != *value)
      return FALSE;
    *value = values->value[i];
  }
  return TRUE;
}

static void
put (GString *xml, const EpnsKnownParameter *about, const char *type, const char *with,
     double value)
{
  g_auto (GStrv) words = g_strsplit (about->values != NULL ? about->values : "", ",", -1);
  char digits[G_ASCII_DTOSTR_BUF_SIZE];
  const char *text = digits;

  if (g_ascii_strtod (g_ascii_formatd (digits, sizeof digits, "%.15g", value), NULL) != value)
    g_ascii_formatd (digits, sizeof digits, "%.17g", value);
  if (about->values != NULL && (value < 0 || value >= g_strv_length (words)))
    return;
  if (about->values != NULL)
    text = words[(gsize) value];
  g_string_append_printf (xml, "    <parameter name=\"%s\"", about->name);
  const char *const names[] = { type, with };
  for (guint i = 0; i < 2; i++) {
    g_autofree char *escaped = names[i] != NULL ? g_markup_escape_text (names[i], -1) : NULL;
    if (escaped != NULL)
      g_string_append_printf (xml, " %s=\"%s\"", i == 0 ? "type" : "with", escaped);
  }
  g_string_append_printf (xml, " value=\"%s\"/>\n", text);
}

/* Type 0, a lattice's medium, has no energy with itself and no volume to keep. */
static void
put_parameter (GString *xml, const EpnsTrainingData *self, const EpnsKnownParameter *about,
               const char *const *types, gsize n)
{
  gsize rows = about->rank > 0 ? n : 1, columns = about->rank > 1 ? n : 1, all = rows * columns;
  gboolean directed = (about->of & EPNS_DIRECTED) != 0,
           lattice = (about->of & EPNS_OF_LATTICE) != 0;

  for (gsize i = 0; i < rows; i++)
    for (gsize j = about->rank > 1 && !directed ? i : 0; j < columns; j++) {
      double value = NAN;
      if (lattice && about->rank > 0 && i == 0 && j == 0)
        continue;
      if (alike (self, about->name, all, i * columns + j, &value))
        put (xml, about, about->rank > 0 ? types[i] : NULL, about->rank > 1 ? types[j] : NULL,
             value);
    }
}

void
epns_training_put_conditions (GString *xml, const EpnsTrainingData *self, const char *const *types,
                              gsize n_types)
{
  if (self->conditions->len == 0 || self->conditions->len != epns_training_data_sets (self, FALSE))
    return;
  for (guint k = 0; k < epns_n_known_parameters; k++)
    put_parameter (xml, self, &epns_known_parameters[k], types, n_types);
}
