/* SPDX-License-Identifier: MIT */
/* Numbers from views, for the first types, which are those of the model. */
#include "models/epns/lattice-told.h"
#include "plugin/error.h"
#include "plugin/view.h"

gboolean
epns_lattice_told_find (EpnsLatticeTold *self, const EpnsLatticeNetwork *network,
                        epns_field *fields, guint n, const char *path, GError **error)
{
  const EpnsLocalTold *told = NULL;

  self->n = 0;
  if (network->form.told != NULL)
    told = network->form.told (network->net, &self->n);
  for (guint k = 0; k < self->n; k++) {
    guint i = 0;
    while (i < n && !g_str_equal (fields[i].name, told[k].name))
      i++;
    if (i == n) {
      g_set_error (error, EPNS_FAILURE, EPNS_FAILURE_MISMATCH,
                   "%s: the network is told of %s, and <validity> does not state what it was "
                   "trained at; add <parameter name=\"%s\" ... min=\"...\" max=\"...\"/>",
                   path, told[k].name, told[k].name);
      return FALSE;
    }
    self->at[k] = (gint32) i;
    fields[i].optional = 0;
  }
  return TRUE;
}

/* [n_types as often as the rank says], row-major; NULL where the view has fewer types. */
static double *
read_numbers (const epns_view *view, gsize n_types)
{
  const gsize rows = view->rank > 0 ? n_types : 1, columns = view->rank > 1 ? n_types : 1;

  for (gint32 axis = 0; axis < view->rank; axis++)
    if (view->shape[axis] < (gint64) n_types)
      return NULL;
  double *numbers = g_new (double, rows * columns);
  for (gsize i = 0; i < rows; i++)
    for (gsize j = 0; j < columns; j++)
      numbers[i * columns + j] = epns_view_element (view, (gint64) i, (gint64) j);
  return numbers;
}

float *
epns_lattice_told_read (const EpnsLatticeTold *self, const EpnsLatticeNetwork *network,
                        const epns_view *views, gint32 *field, GError **error)
{
  double *values[EPNS_LOCAL_N_TOLD] = { NULL };
  gboolean complete = self->n > 0;
  float *inputs = NULL;

  for (guint k = 0; complete && k < self->n; k++) {
    *field = self->at[k];
    values[k] = read_numbers (&views[self->at[k]], network->n_types);
    complete = values[k] != NULL;
    if (!complete)
      g_set_error (error, EPNS_FAILURE, EPNS_FAILURE_MISMATCH,
                   "the model knows %" G_GSIZE_FORMAT
                   " types, medium included, and is told of fewer; give a value for each",
                   network->n_types);
  }
  if (complete)
    inputs = network->form.tell (network->net, (const double *const *) values, error);
  for (guint k = 0; k < EPNS_LOCAL_N_TOLD; k++)
    g_free (values[k]);
  return inputs;
}
