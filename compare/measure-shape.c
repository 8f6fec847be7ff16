/* SPDX-License-Identifier: MIT */
/* What the cells' forms and places tell: elongation, contacts, distance from the middle, Voronoi
 * borders. */
#include "compare/measures-private.h"

#include "adapters/centres.h"
#include "compare/bonds.h"

#include <math.h>
#include <string.h>

/* Second moments of each cell's unit squares about its centre, and from them the ratio of its
 * axes. */
static void
measure_aspect (EpnsMeasures *self, const gint32 *id)
{
  const EpnsTrajectoryMeta *meta = self->of->meta;
  const gint32 *size = meta->size;
  double (*moment)[3] = self->moments; /* yy, xx, xy */

  memset (moment, 0, self->n_rows * sizeof *moment);
  for (gint32 y = 0; y < size[1]; y++)
    for (gint32 x = 0; x < size[2]; x++) {
      gint32 c = id[(gsize) y * (gsize) size[2] + (gsize) x];
      const double *centre = self->centre[c];
      double dy = (meta->periodic[1] ? epns_unwrap (y, centre[1], size[1]) : y) - centre[1],
             dx = (meta->periodic[2] ? epns_unwrap (x, centre[2], size[2]) : x) - centre[2];
      moment[c][0] += dy * dy + 1 / 12.0;
      moment[c][1] += dx * dx + 1 / 12.0;
      moment[c][2] += dy * dx;
    }
  for (gsize c = 1; c < self->n_rows; c++) {
    double middle = (moment[c][0] + moment[c][1]) / 2,
           half = hypot ((moment[c][0] - moment[c][1]) / 2, moment[c][2]);
    self->aspect[c] = self->volume[c] > 0 ? sqrt ((middle + half) / (middle - half)) : NAN;
  }
}

static int
by_value (gconstpointer a, gconstpointer b)
{
  guint64 x = *(const guint64 *) a, y = *(const guint64 *) b;

  return (x > y) - (x < y);
}

static void
measure_neighbours (EpnsMeasures *self, const gint32 *id)
{
  const EpnsTrajectoryMeta *meta = self->of->meta;
  GArray *pairs = self->pairs;

  g_array_set_size (pairs, 0);
  EPNS_FOR_BONDS (meta->size, meta->periodic, a, b, {
    if (id[a] != id[b] && id[a] > 0 && id[b] > 0) {
      guint64 pair = (guint64) MIN (id[a], id[b]) << 32 | (guint64) MAX (id[a], id[b]);
      g_array_append_val (pairs, pair);
    }
  })
  g_array_sort (pairs, by_value);
  memset (self->neighbours, 0, self->n_rows * sizeof *self->neighbours);
  for (guint i = 0; i < pairs->len; i++) {
    guint64 pair = g_array_index (pairs, guint64, i);
    if (i > 0 && pair == g_array_index (pairs, guint64, i - 1))
      continue;
    self->neighbours[pair >> 32]++;
    self->neighbours[pair & G_MAXUINT32]++;
  }
}

static void
measure_radii (EpnsMeasures *self)
{
  double middle[3] = { 0, 0, 0 };

  for (gsize c = 1; c < self->n_rows; c++)
    for (int axis = 0; axis < 3 && self->volume[c] > 0; axis++)
      middle[axis] += self->centre[c][axis] / self->cells;
  for (gsize c = 1; c < self->n_rows; c++)
    self->radius[c] = self->volume[c] > 0 ? sqrt (epns_squared_distance (self->centre[c], middle))
                                          : NAN;
}

static void
measure_voronoi (EpnsMeasures *self)
{
  gsize n = 0;

  for (gsize c = 1; c < self->n_rows; c++)
    if (self->volume[c] > 0) {
      self->points[n][0] = self->centre[c][2] / self->diameter;
      self->points[n][1] = self->centre[c][1] / self->diameter;
      self->point_types[n++] = self->type[c];
    }
  self->has_voronoi = epns_voronoi ((const double (*)[2]) self->points, self->point_types, n,
                                    &self->voronoi);
}

/* The diameter of the benchmark's table: square start cells lie one apart. */
static double
mean_diameter (const EpnsMeasures *self)
{
  double sites = 0;

  for (gsize c = 1; c < self->n_rows; c++)
    sites += self->volume[c];
  return self->cells > 0 ? sqrt (sites / self->cells) : 1;
}

void
epns_measure_shapes (EpnsMeasures *self, const gint32 *id)
{
  const EpnsTrajectoryMeta *meta = self->of->meta;
  gboolean flat = meta->size[0] == 1,
           open = !meta->periodic[0] && !meta->periodic[1] && !meta->periodic[2];

  for (gsize c = 0; c < self->n_rows; c++)
    self->aspect[c] = self->radius[c] = NAN;
  if (self->frame == 0)
    self->diameter = mean_diameter (self);
  measure_neighbours (self, id);
  if (flat)
    measure_aspect (self, id);
  if (open)
    measure_radii (self);
  self->has_voronoi = FALSE;
  if (flat && open)
    measure_voronoi (self);
}
