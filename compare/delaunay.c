/* SPDX-License-Identifier: MIT */
/* Delaunay triangles by qhull's reentrant library (Barber, Dobkin and Huhdanpaa, ACM Trans. Math.
 * Softw. 22, 469, 1996). */
#include "compare/delaunay.h"

#include <stdio.h>

/* qhull's macros convert and shadow as they please */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wconversion"
#pragma GCC diagnostic ignored "-Wpedantic"
#include <libqhull_r/qhull_ra.h>

static void
collect (qhT *qh, guint32 n, GArray *triangles)
{
  facetT *facet;
  vertexT *vertex, **vertexp;

  FORALLfacets {
    guint32 corner[3], k = 0;
    if (facet->upperdelaunay || qh_setsize (qh, facet->vertices) != 3)
      continue;
    FOREACHvertex_ (facet->vertices) {
      int id = qh_pointid (qh, vertex->point);
      if (id >= 0 && (guint32) id < n)
        corner[k++] = (guint32) id;
    }
    if (k == 3)
      g_array_append_val (triangles, corner);
  }
}

GArray *
epns_delaunay (const double (*points)[2], gsize n)
{
  GArray *triangles = g_array_new (FALSE, FALSE, sizeof (guint32[3]));
  char command[] = "qhull d Qt Qbb Qc Qz Q12 Pp";
  qhT qh;
  int kept, unread;

  if (n < 3 || n > G_MAXINT32)
    return triangles;
  /* it complains of points on a line at length: to where nobody reads it */
  FILE *nowhere = fopen ("/dev/null", "w");
  if (nowhere == NULL)
    return triangles;
  g_autofree double *copy = g_memdup2 (points, n * sizeof *points);
  qh_zero (&qh, nowhere);
  if (qh_new_qhull (&qh, 2, (int) n, copy, FALSE, command, NULL, nowhere) == 0)
    collect (&qh, (guint32) n, triangles);
  qh_freeqhull (&qh, qh_ALL);
  qh_memfreeshort (&qh, &kept, &unread);
  fclose (nowhere);
  return triangles;
}
#pragma GCC diagnostic pop

static int
by_points (gconstpointer a, gconstpointer b)
{
  const EpnsSide *x = a, *y = b;

  if (x->a != y->a)
    return x->a < y->a ? -1 : 1;
  return x->b < y->b ? -1 : x->b > y->b;
}

GArray *
epns_triangle_sides (const GArray *triangles)
{
  g_autoptr (GArray) single = g_array_new (FALSE, FALSE, sizeof (EpnsSide));
  GArray *sides = g_array_new (FALSE, FALSE, sizeof (EpnsSide));

  for (guint32 t = 0; t < triangles->len; t++) {
    const guint32 *corner = (const guint32 *) (const void *) triangles->data + 3 * (gsize) t;
    for (int k = 0; k < 3; k++) {
      guint32 p = corner[k], q = corner[(k + 1) % 3], r = corner[(k + 2) % 3];
      EpnsSide side = { MIN (p, q), MAX (p, q), { r, 0 }, { t, 0 }, 1 };
      g_array_append_val (single, side);
    }
  }
  g_array_sort (single, by_points);
  for (guint i = 0; i < single->len; i++) {
    const EpnsSide *side = &g_array_index (single, EpnsSide, i);
    EpnsSide *last = sides->len > 0 ? &g_array_index (sides, EpnsSide, sides->len - 1) : NULL;
    if (last == NULL || by_points (last, side) != 0) {
      g_array_append_val (sides, *side);
    } else if (last->n_triangles == 1) {
      last->opposite[1] = side->opposite[0];
      last->of[1] = side->of[0];
      last->n_triangles = 2;
    }
  }
  return sides;
}

void
epns_circumcentre (const double a[2], const double b[2], const double c[2], double centre[2])
{
  double bx = b[0] - a[0], by = b[1] - a[1], cx = c[0] - a[0], cy = c[1] - a[1];
  double twice = 2 * (bx * cy - by * cx), bb = bx * bx + by * by, cc = cx * cx + cy * cy;

  centre[0] = a[0] + (cy * bb - by * cc) / twice;
  centre[1] = a[1] + (bx * cc - cx * bb) / twice;
}
