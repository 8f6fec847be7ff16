/* SPDX-License-Identifier: MIT */
/* Voronoi borders as duals of Delaunay sides, with ghosts around the rim. */
#include "compare/voronoi.h"

#include "compare/delaunay.h"

#include <math.h>
#include <string.h>

#define LONGEST 2.0    /* side of a triangle that counts as tissue */
#define AWAY 1.0       /* from the rim to its ghosts */
#define ALONG 0.1      /* share of a rim side from its ends to its ghosts */
#define SHORTEST 1e-9  /* border that counts: four cells may meet in a point */

static double
distance (const double a[2], const double b[2])
{
  return hypot (a[0] - b[0], a[1] - b[1]);
}

/* The triangles without a long side. */
static GArray *
tissue (const GArray *triangles, const double (*points)[2])
{
  GArray *kept = g_array_new (FALSE, FALSE, sizeof (guint32[3]));

  for (guint t = 0; t < triangles->len; t++) {
    const guint32 *c = (const guint32 *) (const void *) triangles->data + 3 * (gsize) t;
    if (distance (points[c[0]], points[c[1]]) <= LONGEST
        && distance (points[c[1]], points[c[2]]) <= LONGEST
        && distance (points[c[2]], points[c[0]]) <= LONGEST)
      g_array_append_vals (kept, c, 1);
  }
  return kept;
}

/* Two ghosts beyond a side of the rim, away from its triangle's third point. */
static void
add_ghosts (GArray *points, const double a[2], const double b[2], const double third[2])
{
  double length = distance (a, b);
  double normal[2] = { (a[1] - b[1]) / length, (b[0] - a[0]) / length };
  double inwards = normal[0] * (third[0] - a[0]) + normal[1] * (third[1] - a[1]);
  double away = inwards > 0 ? -AWAY : AWAY;
  const double shares[] = { ALONG, 1 - ALONG };

  for (gsize k = 0; k < G_N_ELEMENTS (shares); k++) {
    double ghost[2];
    for (int axis = 0; axis < 2; axis++)
      ghost[axis] = a[axis] + shares[k] * (b[axis] - a[axis]) + away * normal[axis];
    g_array_append_val (points, ghost);
  }
}

/* The centres, and the ghosts behind them: double [2]. */
static GArray *
with_ghosts (const double (*centres)[2], gsize n)
{
  GArray *points = g_array_new (FALSE, FALSE, sizeof (double[2]));
  g_autoptr (GArray) triangles = epns_delaunay (centres, n), kept = tissue (triangles, centres);
  g_autoptr (GArray) sides = epns_triangle_sides (kept);

  g_array_append_vals (points, centres, (guint) n);
  for (guint i = 0; i < sides->len; i++) {
    const EpnsSide *side = &g_array_index (sides, EpnsSide, i);
    if (side->n_triangles == 1)
      add_ghosts (points, centres[side->a], centres[side->b], centres[side->opposite[0]]);
  }
  return points;
}

static void
add_border (EpnsVoronoi *out, double length, gboolean unlike)
{
  if (!isfinite (length) || length <= SHORTEST)
    return;
  out->length += length;
  out->connections++;
  out->unlike_length += unlike ? length : 0;
  out->unlike_connections += unlike ? 1 : 0;
}

gboolean
epns_voronoi (const double (*centres)[2], const gint32 *types, gsize n, EpnsVoronoi *out)
{
  g_autoptr (GArray) points = with_ghosts (centres, n);
  const double (*at)[2] = (const double (*)[2]) (const void *) points->data;
  g_autoptr (GArray) triangles = epns_delaunay (at, points->len),
                     sides = epns_triangle_sides (triangles);
  const guint32 (*corner)[3] = (const guint32 (*)[3]) (const void *) triangles->data;

  memset (out, 0, sizeof *out);
  for (guint i = 0; i < sides->len; i++) {
    const EpnsSide *side = &g_array_index (sides, EpnsSide, i);
    double end[2][2];
    if (side->b >= n || side->n_triangles < 2) /* a < b */
      continue;
    for (int k = 0; k < 2; k++) {
      const guint32 *c = corner[side->of[k]];
      epns_circumcentre (at[c[0]], at[c[1]], at[c[2]], end[k]);
    }
    add_border (out, distance (end[0], end[1]), types[side->a] != types[side->b]);
  }
  return triangles->len > 0;
}
