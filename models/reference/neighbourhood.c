/* SPDX-License-Identifier: MIT */
/* Offsets by distance. */
#include "models/reference/neighbourhood.h"

#include <math.h>

static gint32
squared_length (EpnsGrid grid, const gint32 by[3])
{
  gint32 square = by[0] * by[0] + by[1] * by[1] + by[2] * by[2];

  return grid == EPNS_GRID_HEXAGONAL ? square + by[1] * by[2] : square;
}

/* The order-th smallest squared length on the axes that are not flat. On a line it is order
 * squared, which bounds the others. */
static gint32
longest_square (guint order, EpnsGrid grid, const gboolean flat[3])
{
  gint32 n = (gint32) order, bound = n * n, high[3];
  g_autofree gboolean *occurs = g_new0 (gboolean, bound + 1);

  for (int a = 0; a < 3; a++)
    high[a] = flat[a] ? 0 : n;
  for (gint32 z = 0; z <= high[0]; z++)
    for (gint32 y = 0; y <= high[1]; y++)
      for (gint32 x = 0; x <= high[2]; x++) {
        gint32 square = squared_length (grid, (gint32[]){ z, y, x });
        if (square <= bound)
          occurs[square] = TRUE;
      }
  for (gint32 square = 1; square <= bound; square++)
    if (occurs[square] && --n == 0)
      return square;
  return 0;
}

static void
sorted_magnitudes (const gint32 by[3], gint32 sorted[3])
{
  gint32 a = ABS (by[0]), b = ABS (by[1]), c = ABS (by[2]);

  sorted[0] = MAX (a, MAX (b, c));
  sorted[2] = MIN (a, MIN (b, c));
  sorted[1] = a + b + c - sorted[0] - sorted[2];
}

static int
compare_offsets (gconstpointer left, gconstpointer right, gpointer grid)
{
  const gint32 *l = ((const EpnsOffset *) left)->by, *r = ((const EpnsOffset *) right)->by;
  EpnsGrid on = *(const EpnsGrid *) grid;
  gint32 ls[3], rs[3], difference = squared_length (on, l) - squared_length (on, r);

  sorted_magnitudes (l, ls);
  sorted_magnitudes (r, rs);
  for (int i = 0; i < 3 && difference == 0; i++)
    difference = ls[i] - rs[i];
  for (int a = 2; a >= 0 && difference == 0; a--)
    difference = ABS (r[a]) - ABS (l[a]);
  for (int a = 2; a >= 0 && difference == 0; a--)
    difference = r[a] - l[a];
  return difference;
}

void
epns_neighbourhood_fill (EpnsNeighbourhood *self, guint order, EpnsGrid grid,
                         const gboolean flat[3])
{
  g_return_if_fail (order <= EPNS_NEIGHBOURHOOD_MAX_ORDER);
  g_autoptr (GArray) offsets = g_array_new (FALSE, FALSE, sizeof (EpnsOffset));
  gint32 longest = longest_square (order, grid, flat), reach[3], most[3] = { 0 };
  EpnsOffset offset;

  epns_neighbourhood_clear (self);
  for (int a = 0; a < 3; a++)
    reach[a] = flat[a] ? 0 : (gint32) sqrt (longest * (grid == EPNS_GRID_HEXAGONAL ? 4 / 3.0 : 1));
  for (offset.by[0] = -reach[0]; offset.by[0] <= reach[0]; offset.by[0]++)
    for (offset.by[1] = -reach[1]; offset.by[1] <= reach[1]; offset.by[1]++)
      for (offset.by[2] = -reach[2]; offset.by[2] <= reach[2]; offset.by[2]++) {
        gint32 square = squared_length (grid, offset.by);
        offset.distance = sqrt ((double) square);
        if (square == 0 || square > longest)
          continue;
        g_array_append_val (offsets, offset);
        for (int a = 0; a < 3; a++)
          most[a] = MAX (most[a], offset.by[a]);
      }
  g_array_sort_with_data (offsets, compare_offsets, &grid);
  for (int a = 0; a < 3; a++)
    self->reach[a] = most[a];
  self->n = offsets->len;
  self->offsets = (EpnsOffset *) (gpointer) g_array_free (g_steal_pointer (&offsets), FALSE);
}

/* The angle of an offset in the plane of its two axes, from -pi to pi. */
static double
angle_of (EpnsGrid grid, const gint32 by[3], const int axes[2])
{
  if (grid == EPNS_GRID_HEXAGONAL)
    return atan2 (by[1] * sqrt (0.75), by[2] + 0.5 * by[1]);
  return atan2 (by[axes[0]], by[axes[1]]);
}

typedef struct {
  EpnsGrid grid;
  int axes[2];
} Plane;

static int
compare_angles (gconstpointer left, gconstpointer right, gpointer data)
{
  const EpnsOffset *l = left, *r = right;
  const Plane *plane = data;
  double a = angle_of (plane->grid, l->by, plane->axes);
  double b = angle_of (plane->grid, r->by, plane->axes);

  if (fabs (a - b) > 1e-9)
    return a < b ? -1 : 1;
  return (l->distance > r->distance) - (l->distance < r->distance);
}

void
epns_neighbourhood_go_round (EpnsNeighbourhood *self, EpnsGrid grid)
{
  Plane plane = { .grid = grid };
  int n = 0;

  for (int a = 0; a < 3; a++)
    if (self->reach[a] > 0 && n++ < 2)
      plane.axes[n - 1] = a;
  if (n == 2)
    g_qsort_with_data (self->offsets, (gint) self->n, sizeof self->offsets[0], compare_angles,
                       &plane);
}

void
epns_neighbourhood_lay (EpnsNeighbourhood *self, const gsize stride[3])
{
  g_free (self->step);
  self->step = g_new (gint32, self->n);
  for (guint i = 0; i < self->n; i++) {
    gint64 step = 0;
    for (int a = 0; a < 3; a++)
      step += self->offsets[i].by[a] * (gint64) stride[a];
    self->step[i] = (gint32) step;
  }
}

void
epns_neighbourhood_clear (EpnsNeighbourhood *self)
{
  g_free (self->offsets);
  g_free (self->step);
  *self = (EpnsNeighbourhood){ 0 };
}
