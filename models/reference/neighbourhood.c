/* SPDX-License-Identifier: MIT */
/* Offsets by distance. */
#include "models/reference/neighbourhood.h"

#include <math.h>

static gint32
squared_length (const gint32 by[3])
{
  return by[0] * by[0] + by[1] * by[1] + by[2] * by[2];
}

/* The order-th smallest squared length on the axes that are not flat. On a line it is order
 * squared, which bounds the others. */
static gint32
longest_square (guint order, const gboolean flat[3])
{
  gint32 n = (gint32) order, bound = n * n, high[3];
  g_autofree gboolean *occurs = g_new0 (gboolean, bound + 1);

  for (int a = 0; a < 3; a++)
    high[a] = flat[a] ? 0 : n;
  for (gint32 z = 0; z <= high[0]; z++)
    for (gint32 y = 0; y <= high[1]; y++)
      for (gint32 x = 0; x <= high[2]; x++) {
        gint32 square = squared_length ((gint32[]){ z, y, x });
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
compare_offsets (gconstpointer left, gconstpointer right)
{
  const gint32 *l = ((const EpnsOffset *) left)->by, *r = ((const EpnsOffset *) right)->by;
  gint32 ls[3], rs[3], difference = squared_length (l) - squared_length (r);

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
epns_neighbourhood_fill (EpnsNeighbourhood *self, guint order, const gboolean flat[3])
{
  g_return_if_fail (order <= EPNS_NEIGHBOURHOOD_MAX_ORDER);
  g_autoptr (GArray) offsets = g_array_new (FALSE, FALSE, sizeof (EpnsOffset));
  gint32 longest = longest_square (order, flat), reach[3];
  EpnsOffset offset;

  epns_neighbourhood_clear (self);
  for (int a = 0; a < 3; a++)
    reach[a] = flat[a] ? 0 : (gint32) sqrt ((double) longest);
  for (offset.by[0] = -reach[0]; offset.by[0] <= reach[0]; offset.by[0]++)
    for (offset.by[1] = -reach[1]; offset.by[1] <= reach[1]; offset.by[1]++)
      for (offset.by[2] = -reach[2]; offset.by[2] <= reach[2]; offset.by[2]++) {
        gint32 square = squared_length (offset.by);
        offset.distance = sqrt ((double) square);
        if (square > 0 && square <= longest)
          g_array_append_val (offsets, offset);
      }
  g_array_sort (offsets, compare_offsets);
  for (int a = 0; a < 3; a++)
    self->reach[a] = reach[a];
  self->n = offsets->len;
  self->offsets = (EpnsOffset *) (gpointer) g_array_free (g_steal_pointer (&offsets), FALSE);
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
