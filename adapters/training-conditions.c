/* SPDX-License-Identifier: MIT */
/* The parameters that training data were made with. */
#include "adapters/parameters.h"
#include "adapters/training.h"
#include "plugin/view.h"

#include <math.h>

/* The numbers of a view, kept by self. */
static const double *
keep_numbers (EpnsTrainingData *self, const epns_view *view)
{
  gsize n = (gsize) epns_view_count (view);
  double *numbers = g_new (double, n);

  g_ptr_array_add (self->made, numbers);
  if (view->dtype == EPNS_F64) {
    epns_view_gather (view, numbers);
    return numbers;
  }
  g_autofree gint32 *whole = g_new (gint32, n);
  epns_view_gather (view, whole);
  for (gsize i = 0; i < n; i++)
    numbers[i] = whole[i];
  return numbers;
}

static gboolean
may_be_stated (const EpnsCondition *condition, const EpnsKnownParameter *about)
{
  const epns_view *view = condition->view;

  return g_str_equal (about->name, condition->name) && view->data != NULL
         && view->dtype == about->dtype && view->rank == about->rank;
}

void
epns_training_data_made_with (EpnsTrainingData *self, gboolean validation,
                              const EpnsCondition *conditions, gsize n)
{
  const EpnsTrajectory *last = g_ptr_array_index (self->trajectories, self->trajectories->len - 1);
  GArray *sets = self->sets[validation], *bodies = self->bodies[validation];
  epns_train_parameter *kept = g_new (epns_train_parameter, n + 1);
  guint32 n_kept = 0;

  g_ptr_array_add (self->made, kept);
  for (gsize i = 0; i < n; i++)
    for (guint k = 0; k < epns_n_known_parameters; k++)
      if (may_be_stated (&conditions[i], &epns_known_parameters[k]))
        kept[n_kept++] = (epns_train_parameter){
          .name = epns_known_parameters[k].name,
          .value = keep_numbers (self, conditions[i].view),
          .n = (guint32) epns_view_count (conditions[i].view),
          .rank = epns_known_parameters[k].rank,
        };
  if (last->meta->layout == &epns_layout_lattice) {
    epns_train_set *set = &g_array_index (sets, epns_train_set, sets->len - 1);
    set->parameters = kept;
    set->n_parameters = n_kept;
  } else {
    epns_train_bodies *set = &g_array_index (bodies, epns_train_bodies, bodies->len - 1);
    set->parameters = kept;
    set->n_parameters = n_kept;
  }
}

typedef struct { /* what a set was made with; NULL: it was read */
  const epns_train_parameter *parameters;
  guint32 n;
} Made;

static Made
made_of (const EpnsTrainingData *self, guint i)
{
  if (i < self->sets[0]->len) {
    const epns_train_set *set = &g_array_index (self->sets[0], epns_train_set, i);
    return (Made){ set->parameters, set->n_parameters };
  }
  const epns_train_bodies *set = &g_array_index (self->bodies[0], epns_train_bodies,
                                                 i - self->sets[0]->len);
  return (Made){ set->parameters, set->n_parameters };
}

static const epns_train_parameter *
find (Made made, const char *name, gsize n)
{
  for (guint32 i = 0; i < made.n; i++)
    if (g_str_equal (made.parameters[i].name, name) && made.parameters[i].n == n)
      return &made.parameters[i];
  return NULL;
}

/* What element i of a parameter was between in all sets, if all were made with one. */
static gboolean
range_of (const EpnsTrainingData *self, const char *name, gsize n, gsize i, double range[2])
{
  for (guint k = 0; k < epns_training_data_sets (self, FALSE); k++) {
    const epns_train_parameter *found = find (made_of (self, k), name, n);
    if (found == NULL || !isfinite (found->value[i]))
      return FALSE;
    range[0] = k > 0 ? fmin (range[0], found->value[i]) : found->value[i];
    range[1] = k > 0 ? fmax (range[1], found->value[i]) : found->value[i];
  }
  return TRUE;
}

static void
put_number (GString *xml, const char *attribute, double value)
{
  char digits[G_ASCII_DTOSTR_BUF_SIZE];

  g_string_append_printf (xml, " %s=\"%s\"", attribute, epns_number_spell (digits, value));
}

/* A word has no range. */
static void
put_range (GString *xml, const EpnsKnownParameter *about, const char *type, const char *with,
           const double range[2])
{
  const gboolean one = range[0] >= range[1];
  g_auto (GStrv) words = g_strsplit (about->values != NULL ? about->values : "", ",", -1);

  if (about->values != NULL && (!one || range[0] < 0 || range[0] >= g_strv_length (words)))
    return;
  g_string_append_printf (xml, "    <parameter name=\"%s\"", about->name);
  const char *const names[] = { type, with };
  for (guint i = 0; i < 2; i++) {
    g_autofree char *escaped = names[i] != NULL ? g_markup_escape_text (names[i], -1) : NULL;
    if (escaped != NULL)
      g_string_append_printf (xml, " %s=\"%s\"", i == 0 ? "type" : "with", escaped);
  }
  if (about->values != NULL)
    g_string_append_printf (xml, " value=\"%s\"", words[(gsize) range[0]]);
  else if (one)
    put_number (xml, "value", range[0]);
  else {
    put_number (xml, "min", range[0]);
    put_number (xml, "max", range[1]);
  }
  g_string_append (xml, "/>\n");
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
      double range[2] = { NAN, NAN };
      if (lattice && about->rank > 0 && i == 0 && j == 0)
        continue;
      if (range_of (self, about->name, all, i * columns + j, range))
        put_range (xml, about, about->rank > 0 ? types[i] : NULL,
                   about->rank > 1 ? types[j] : NULL, range);
    }
}

void
epns_training_put_conditions (GString *xml, const EpnsTrainingData *self, const char *const *types,
                              gsize n_types)
{
  for (guint i = 0; i < epns_training_data_sets (self, FALSE); i++)
    if (made_of (self, i).parameters == NULL)
      return;
  for (guint k = 0; k < epns_n_known_parameters; k++)
    put_parameter (xml, self, &epns_known_parameters[k], types, n_types);
}
