/* SPDX-License-Identifier: MIT */
/* Triangles and Voronoi borders where they are known. */
#include "compare/delaunay.h"
#include "compare/voronoi.h"
#include "tests/suite.h"

#include <math.h>

#define NEAR(x, y) ck_assert_double_eq_tol (x, y, 1e-9)

START_TEST (triangles)
{
  const double square[][2] = { { 0, 0 }, { 2, 0 }, { 2, 2 }, { 0, 2 }, { 1, 1 } };
  const double line[][2] = { { 0, 0 }, { 1, 1 }, { 2, 2 }, { 3, 3 } };
  g_autoptr (GArray) five = epns_delaunay (square, 5), none = epns_delaunay (line, 4),
                     two = epns_delaunay (square, 2);
  g_autoptr (GArray) sides = epns_triangle_sides (five);
  int rim = 0;

  ck_assert_uint_eq (five->len, 4);
  ck_assert_uint_eq (none->len, 0);
  ck_assert_uint_eq (two->len, 0);
  ck_assert_uint_eq (sides->len, 8);
  for (guint i = 0; i < sides->len; i++) {
    const EpnsSide *side = &g_array_index (sides, EpnsSide, i);
    ck_assert_uint_lt (side->a, side->b);
    ck_assert_uint_eq (side->n_triangles, side->b == 4 ? 2 : 1); /* the spokes are within */
    rim += side->n_triangles == 1;
  }
  ck_assert_int_eq (rim, 4);
}
END_TEST

/* A checkerboard of k x k cells one apart: borders within are 1 long, those that reach the rim end
 * where cell and ghost are equally far: 0.25 + h^2 = 0.16 + (1 - h)^2, so h = 0.455. */
START_TEST (checkerboard)
{
  enum { K = 10 };
  double at[K * K][2];
  gint32 type[K * K];
  EpnsVoronoi out;

  for (int i = 0; i < K * K; i++) {
    at[i][0] = i % K + 3.7;
    at[i][1] = i / K - 1.2;
    type[i] = (i / K + i % K) % 2 + 1;
  }
  ck_assert (epns_voronoi ((const double (*)[2]) at, type, K * K, &out));
  ck_assert_uint_eq (out.unlike_connections, 2 * K * (K - 1));
  NEAR (out.unlike_length, 144 + 36 * 0.955);
  NEAR (out.length, out.unlike_length);
  for (int i = 0; i < K * K; i++)
    type[i] = 1 + (i % K >= K / 2); /* two halves */
  epns_voronoi ((const double (*)[2]) at, type, K * K, &out);
  ck_assert_uint_eq (out.unlike_connections, K);
  NEAR (out.unlike_length, 8 + 2 * 0.955);
  ck_assert_uint_eq (out.connections, 2 * K * (K - 1));
}
END_TEST

START_TEST (too_few)
{
  const double two[][2] = { { 0, 0 }, { 1, 0 } }, apart[][2] = { { 0, 0 }, { 9, 0 }, { 0, 9 } };
  const gint32 type[] = { 1, 2, 1 };
  EpnsVoronoi out;

  ck_assert (!epns_voronoi (two, type, 2, &out));
  NEAR (out.length, 0);
  ck_assert (epns_voronoi (apart, type, 3, &out)); /* no tissue, so no ghosts: borders to infinity */
  ck_assert_uint_eq (out.connections, 0);
}
END_TEST

SUITE ("Voronoi", triangles, checkerboard, too_few)
