/* SPDX-License-Identifier: MIT */
/* Neighbours by cell lists: space is cut into cells at least as wide as the cut-off, so that a
 * body's neighbours lie in its own cell and those next to it. */
#include "models/epns/graph-edges.h"
#include "plugin/error.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
  gsize n[3];              /* cells along each axis */
  double low[3], width[3]; /* of the space; of a cell */
  gboolean round[3];       /* the last cell is next to the first */
  gint32 *first, *body;    /* [cells + 1]; [bodies] cell after cell, ascending in each */
  gint32 *cell;            /* [bodies] */
} Grid;

static void
add_edge (EpnsNeighbours *self, gsize sender)
{
  gint32 row = (gint32) sender;

  g_array_append_val (self->senders, row);
}

static void
end_receiver (EpnsNeighbours *self)
{
  gint32 end = (gint32) self->senders->len;

  g_array_append_val (self->starts, end);
}

/* --- The grid --- */

/* Where bodies are along an axis: the periodic box, else what they span. */
static void
span (const EpnsSystems *bodies, gsize first, guint axis, double *low, double *high)
{
  if (bodies->box.wraps[axis]) {
    *low = bodies->box.low[axis];
    *high = bodies->box.high[axis];
    return;
  }
  *low = INFINITY;
  *high = -INFINITY;
  for (gsize i = first; i < first + bodies->n; i++) {
    *low = fmin (*low, bodies->position[i * bodies->dimensions + axis]);
    *high = fmax (*high, bodies->position[i * bodies->dimensions + axis]);
  }
}

/* No more cells than about four a body, however far the bodies are apart. */
static void
lay_out (Grid *grid, const EpnsSystems *bodies, gsize first, double cutoff)
{
  const double most = floor (pow (4.0 * (double) bodies->n, 1.0 / bodies->dimensions)) + 1;

  for (guint a = 0; a < 3; a++) {
    double high = 0, cells = 1;

    grid->n[a] = 1;
    grid->low[a] = 0;
    grid->width[a] = 1;
    grid->round[a] = FALSE;
    if (a >= bodies->dimensions)
      continue;
    span (bodies, first, a, &grid->low[a], &high);
    cells = fmin (floor ((high - grid->low[a]) / cutoff), most);
    if (bodies->box.wraps[a] && cells < 3) /* a cell would be next to another twice */
      cells = 1;
    grid->n[a] = (gsize) fmax (cells, 1);
    grid->width[a] = (high - grid->low[a]) / (double) grid->n[a];
    grid->round[a] = bodies->box.wraps[a] && grid->n[a] > 1;
  }
}

static gsize
cell_along (const Grid *grid, const EpnsSystems *bodies, gsize row, guint a)
{
  double at = bodies->position[row * bodies->dimensions + a] - grid->low[a];

  if (grid->n[a] == 1)
    return 0;
  if (grid->round[a])
    at -= (double) grid->n[a] * grid->width[a]
          * floor (at / ((double) grid->n[a] * grid->width[a]));
  return MIN ((gsize) fmax (at / grid->width[a], 0), grid->n[a] - 1);
}

static void
sort_into_cells (Grid *grid, const EpnsSystems *bodies, gsize first)
{
  const gsize cells = grid->n[0] * grid->n[1] * grid->n[2];

  grid->first = g_new0 (gint32, cells + 2);
  grid->body = g_new (gint32, bodies->n);
  grid->cell = g_new (gint32, bodies->n);
  for (gsize i = 0; i < bodies->n; i++) {
    gsize cell = 0;
    for (guint a = bodies->dimensions; a-- > 0;)
      cell = cell * grid->n[a] + cell_along (grid, bodies, first + i, a);
    grid->cell[i] = (gint32) cell;
    grid->first[cell + 2]++;
  }
  for (gsize c = 2; c < cells + 2; c++)
    grid->first[c] += grid->first[c - 1];
  for (gsize i = 0; i < bodies->n; i++)
    grid->body[grid->first[grid->cell[i] + 1]++] = (gint32) i;
}

static void
grid_clear (Grid *grid)
{
  g_free (grid->first);
  g_free (grid->body);
  g_free (grid->cell);
}

/* --- Looking around --- */

/* The cells next to number c of an axis, itself included. */
static guint
next_to (const Grid *grid, guint a, gsize c, gsize cells[3])
{
  guint n = 0;

  for (gint step = -1; step <= 1; step++) {
    gint64 other = (gint64) c + step;

    if (grid->round[a])
      other = (other + (gint64) grid->n[a]) % (gint64) grid->n[a];
    if (other >= 0 && other < (gint64) grid->n[a])
      cells[n++] = (gsize) other;
  }
  return n;
}

static void
look_into (EpnsNeighbours *self, const Grid *grid, const EpnsSystems *bodies, gsize first, gsize i,
           gsize cell, double cutoff)
{
  const guint d = bodies->dimensions;
  const double *here = bodies->position + (first + i) * d;

  for (gint32 k = grid->first[cell]; k < grid->first[cell + 1]; k++) {
    const gsize other = first + (gsize) grid->body[k];
    double way[3], square = 0;

    epns_box_displacement (&bodies->box, d, here, bodies->position + other * d, way);
    for (guint a = 0; a < d; a++)
      square += way[a] * way[a];
    if (other == first + i || square < cutoff * cutoff)
      add_edge (self, other);
  }
}

static gint
ascending (gconstpointer a, gconstpointer b)
{
  return *(const gint32 *) a - *(const gint32 *) b;
}

static void
look_around (EpnsNeighbours *self, const Grid *grid, const EpnsSystems *bodies, gsize first,
             gsize i, double cutoff)
{
  const guint begin = self->senders->len;
  gsize cell = (gsize) grid->cell[i], around[3][3];
  guint n[3];

  for (guint a = 0; a < 3; a++) {
    n[a] = next_to (grid, a, cell % grid->n[a], around[a]);
    cell /= grid->n[a];
  }
  for (guint z = 0; z < n[2]; z++)
    for (guint y = 0; y < n[1]; y++)
      for (guint x = 0; x < n[0]; x++)
        look_into (self, grid, bodies, first, i,
                   (around[2][z] * grid->n[1] + around[1][y]) * grid->n[0] + around[0][x], cutoff);
  qsort (&g_array_index (self->senders, gint32, begin), self->senders->len - begin, sizeof (gint32),
         ascending);
  end_receiver (self);
}

/* --- Both kinds of graph --- */

static void
all_of (EpnsNeighbours *self, const EpnsSystems *bodies, gsize first)
{
  for (gsize i = 0; i < bodies->n; i++) {
    for (gsize j = 0; j < bodies->n; j++)
      add_edge (self, first + j);
    end_receiver (self);
  }
}

static void
near_ones_of (EpnsNeighbours *self, const EpnsSystems *bodies, gsize first, double cutoff)
{
  Grid grid;

  lay_out (&grid, bodies, first, cutoff);
  sort_into_cells (&grid, bodies, first);
  for (gsize i = 0; i < bodies->n; i++)
    look_around (self, &grid, bodies, first, i, cutoff);
  grid_clear (&grid);
}

static gboolean
is_wide_enough (const EpnsSystems *bodies, double cutoff, gint *axis, GError **error)
{
  for (guint a = 0; a < bodies->dimensions; a++) {
    double length = bodies->box.high[a] - bodies->box.low[a];

    if (!bodies->box.wraps[a] || length >= 2 * cutoff)
      continue;
    *axis = (gint) a;
    g_set_error (error, EPNS_FAILURE, EPNS_FAILURE_MISMATCH,
                 "the periodic box is %g long along axis %u and the model's cut-off is %g; a body "
                 "would meet another twice, so use a box of at least %g",
                 length, a, cutoff, 2 * cutoff);
    return FALSE;
  }
  return TRUE;
}

#define MOST_EDGES 100000000u /* keeps 32-bit numbers, and memory, in bounds */

static gboolean
too_many (gsize edges, GError **error)
{
  if (edges <= MOST_EDGES)
    return FALSE;
  g_set_error (error, EPNS_FAILURE, EPNS_FAILURE_MISMATCH,
               "%" G_GSIZE_FORMAT " edges between bodies are more than the %u there may be; use a "
               "model with a cut-off, or a smaller one",
               edges, MOST_EDGES);
  return TRUE;
}

gboolean
epns_neighbours_find (EpnsNeighbours *self, const EpnsSystems *bodies, double cutoff, gint *axis,
                      GError **error)
{
  const gsize rows = epns_systems_rows (bodies);
  const gint32 zero = 0;

  *self = (EpnsNeighbours){ .starts = NULL };
  *axis = -1;
  if (!is_wide_enough (bodies, cutoff, axis, error)
      || too_many (cutoff > 0 ? rows : rows * bodies->n, error))
    return FALSE;
  self->starts = g_array_sized_new (FALSE, FALSE, sizeof (gint32), (guint) rows + 1);
  self->senders = g_array_new (FALSE, FALSE, sizeof (gint32));
  g_array_append_val (self->starts, zero);
  for (gsize b = 0; b < bodies->n_systems && self->senders->len <= MOST_EDGES; b++)
    if (cutoff > 0)
      near_ones_of (self, bodies, b * bodies->n, cutoff);
    else
      all_of (self, bodies, b * bodies->n);
  if (too_many (self->senders->len, error)) {
    epns_neighbours_clear (self);
    return FALSE;
  }
  self->list = (EpnsEdges){ rows, self->senders->len,
                            (const gint32 *) (gpointer) self->starts->data,
                            (const gint32 *) (gpointer) self->senders->data };
  return TRUE;
}

gsize *
epns_neighbours_order (const EpnsSystems *bodies, double cutoff)
{
  gsize *order = g_new (gsize, epns_systems_rows (bodies));

  for (gsize b = 0; b < bodies->n_systems; b++) {
    const gsize first = b * bodies->n;
    Grid grid;

    lay_out (&grid, bodies, first, cutoff);
    sort_into_cells (&grid, bodies, first);
    for (gsize i = 0; i < bodies->n; i++)
      order[first + i] = first + (gsize) grid.body[i];
    grid_clear (&grid);
  }
  return order;
}

void
epns_neighbours_clear (EpnsNeighbours *self)
{
  g_clear_pointer (&self->starts, g_array_unref);
  g_clear_pointer (&self->senders, g_array_unref);
}
