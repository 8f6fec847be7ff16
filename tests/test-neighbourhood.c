/* SPDX-License-Identifier: MIT */
/* Neighbourhoods: how many by order, and in which order. */
#include "models/reference/neighbourhood.h"
#include "tests/suite.h"

static const gboolean plane[3] = { TRUE, FALSE, FALSE }, space[3] = { FALSE, FALSE, FALSE };

START_TEST (sizes_by_order)
{
  static const guint in_plane[] = { 0, 4, 8, 12, 20, 24, 28 },
                     in_space[] = { 0, 6, 18, 26, 32, 56, 80, 92 };
  static const gboolean line[3] = { TRUE, TRUE, FALSE }, point[3] = { TRUE, TRUE, TRUE };
  EpnsNeighbourhood near = { 0 };

  for (guint order = 0; order < G_N_ELEMENTS (in_plane); order++) {
    epns_neighbourhood_fill (&near, order, EPNS_GRID_SQUARE, plane);
    ck_assert_uint_eq (near.n, in_plane[order]);
  }
  for (guint order = 0; order < G_N_ELEMENTS (in_space); order++) {
    epns_neighbourhood_fill (&near, order, EPNS_GRID_SQUARE, space);
    ck_assert_uint_eq (near.n, in_space[order]);
  }
  epns_neighbourhood_fill (&near, EPNS_NEIGHBOURHOOD_MAX_ORDER, EPNS_GRID_SQUARE, line);
  ck_assert_uint_eq (near.n, 2 * EPNS_NEIGHBOURHOOD_MAX_ORDER);
  ck_assert_int_eq (near.reach[2], EPNS_NEIGHBOURHOOD_MAX_ORDER);
  epns_neighbourhood_fill (&near, 3, EPNS_GRID_SQUARE, point);
  ck_assert_uint_eq (near.n, 0);
  epns_neighbourhood_clear (&near);
}
END_TEST

/* As CompuCell3D prints its list for a square lattice: x, y. */
START_TEST (listed_as_the_host_lists)
{
  static const gint32 listed[][2] = {
    { 1, 0 },   { -1, 0 },  { 0, 1 },  { 0, -1 }, { 1, 1 },  { 1, -1 },  { -1, 1 },
    { -1, -1 }, { 2, 0 },   { -2, 0 }, { 0, 2 },  { 0, -2 }, { 2, 1 },   { 2, -1 },
    { -2, 1 },  { -2, -1 }, { 1, 2 },  { 1, -2 }, { -1, 2 }, { -1, -2 },
  };
  EpnsNeighbourhood near = { 0 };

  epns_neighbourhood_fill (&near, 4, EPNS_GRID_SQUARE, plane);
  ck_assert_uint_eq (near.n, G_N_ELEMENTS (listed));
  for (guint i = 0; i < near.n; i++) {
    ck_assert_int_eq (near.offsets[i].by[2], listed[i][0]);
    ck_assert_int_eq (near.offsets[i].by[1], listed[i][1]);
    ck_assert_int_eq (near.offsets[i].by[0], 0);
    ck_assert_double_eq_tol (near.offsets[i].distance * near.offsets[i].distance,
                             listed[i][0] * listed[i][0] + listed[i][1] * listed[i][1], 1e-12);
  }
  epns_neighbourhood_clear (&near);
}
END_TEST

/* Six neighbours at 1, six at sqrt(3), six at 2, twelve at sqrt(7), six at 3, as Morpheus lists
 * them; the six nearest in x, y, counted round. */
START_TEST (hexagonal)
{
  static const guint sizes[] = { 0, 6, 12, 18, 30, 36 };
  static const double longest[] = { 0, 1, 1.7320508075688772, 2, 2.6457513110645907, 3 };
  static const gint32 round[6][2]
      = { { -1, 0 }, { 0, -1 }, { 1, -1 }, { 1, 0 }, { 0, 1 }, { -1, 1 } };
  EpnsNeighbourhood near = { 0 };

  for (guint order = 1; order < G_N_ELEMENTS (sizes); order++) {
    epns_neighbourhood_fill (&near, order, EPNS_GRID_HEXAGONAL, plane);
    ck_assert_uint_eq (near.n, sizes[order]);
    ck_assert_double_eq_tol (near.offsets[near.n - 1].distance, longest[order], 1e-12);
  }
  ck_assert_int_eq (near.reach[1], 3);
  epns_neighbourhood_fill (&near, 1, EPNS_GRID_HEXAGONAL, plane);
  epns_neighbourhood_go_round (&near, EPNS_GRID_HEXAGONAL);
  int first = near.offsets[0].by[2] == -1 && near.offsets[0].by[1] == 0 ? 0 : 1;
  for (int i = 0; i < 6; i++) {
    const gint32 *by = near.offsets[i].by, *expected = round[(first + i) % 6];
    ck_assert_int_eq (by[2], expected[0]);
    ck_assert_int_eq (by[1], expected[1]);
    ck_assert_double_eq_tol (near.offsets[i].distance, 1, 1e-12);
  }
  epns_neighbourhood_clear (&near);
}
END_TEST

START_TEST (steps_and_reach)
{
  EpnsNeighbourhood near = { 0 };

  epns_neighbourhood_fill (&near, 4, EPNS_GRID_SQUARE, space);
  epns_neighbourhood_lay (&near, (const gsize[]){ 700, 20, 1 });
  for (int a = 0; a < 3; a++)
    ck_assert_int_eq (near.reach[a], 2);
  for (guint i = 0; i < near.n; i++) {
    const gint32 *by = near.offsets[i].by;
    ck_assert_int_eq (near.step[i], 700 * by[0] + 20 * by[1] + by[2]);
  }
  epns_neighbourhood_clear (&near);
}
END_TEST

SUITE ("neighbourhood", sizes_by_order, listed_as_the_host_lists, hexagonal, steps_and_reach)
