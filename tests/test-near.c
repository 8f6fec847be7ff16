/* SPDX-License-Identifier: MIT */
/* Points in cells against every pair. */
#include "plugin/near.h"
#include "plugin/random.h"
#include "tests/suite.h"

#include <math.h>

static double
apart (const double *position, gsize i, gsize j, gsize axes)
{
  double square = 0;

  for (gsize a = 0; a < axes; a++) {
    double d = position[i * axes + a] - position[j * axes + a];
    square += d * d;
  }
  return sqrt (square);
}

/* Every point within reach is in a range, none twice; how many are in ranges altogether. */
static gsize
expect_all (const EpnsNear *near, const double *position, gsize n, gsize axes, double reach)
{
  const guint32 *order = epns_near_order (near);
  g_autofree guint8 *seen = g_new (guint8, n);
  EpnsNearRange ranges[EPNS_NEAR_MAX_RANGES];
  gsize total = 0, wrong = 0; /* counted: millions of checks would take their time */

  for (gsize i = 0; i < n; i++) {
    guint n_ranges = epns_near_ranges (near, position + i * axes, ranges);
    memset (seen, 0, n);
    for (guint r = 0; r < n_ranges; r++)
      for (guint32 j = ranges[r].begin; j < ranges[r].end; j++, total++)
        wrong += order[j] >= n || seen[order[j]]++ != 0;
    for (gsize j = 0; j < n; j++)
      wrong += !seen[j] && apart (position, i, j, axes) <= reach;
  }
  ck_assert_uint_eq (wrong, 0);
  return total;
}

static void
scatter (double *position, gsize n, gsize axes, double size)
{
  const EpnsDrawKey key = { .seed = 3 };

  for (gsize i = 0; i < n * axes; i++)
    position[i] = size * (epns_random_uniform (&key, 0, i) - 0.5);
}

START_TEST (finds_all_within_reach)
{
  g_autoptr (EpnsNear) near = epns_near_new ();
  gsize n = suite_trials (500, 60);
  g_autofree double *position = g_new (double, 3 * n);

  for (gsize axes = 2; axes <= 3; axes++)
    for (double reach = 0; reach < 20; reach = 2 * reach + 0.5) {
      scatter (position, n, axes, 30);
      epns_near_sort (near, position, n, (gint) axes, reach);
      expect_all (near, position, n, axes, reach);
    }
}
END_TEST

START_TEST (looks_at_few)
{
  g_autoptr (EpnsNear) near = epns_near_new ();
  g_autofree double *position = g_new (double, 3 * 2000);

  scatter (position, 2000, 2, 100); /* cells of 3: about 2 points each */
  epns_near_sort (near, position, 2000, 2, 3);
  ck_assert_uint_lt (expect_all (near, position, 2000, 2, 3), 2000 * 9 * 3);
}
END_TEST

START_TEST (odd_places)
{
  static const double line[] = { 0, 1, 1, 1, 2, 1, 3, 1, 3, 1, 4, 1 };
  static const double far[] = { 0, 0, 1, 1, 1e9, -1e9, 2, 2, -1e9, 1e9 };
  static const double wide[] = { -1e308, 0, 1e308, 0, 0, 0 };
  const double same[10] = { 0 };
  g_autoptr (EpnsNear) near = epns_near_new ();

  epns_near_sort (near, line, 6, 2, 1);
  expect_all (near, line, 6, 2, 1);
  epns_near_sort (near, far, 5, 2, 1.5);
  expect_all (near, far, 5, 2, 1.5);
  epns_near_sort (near, same, 5, 2, 0);
  expect_all (near, same, 5, 2, 0);
  epns_near_sort (near, same, 1, 3, 1);
  expect_all (near, same, 1, 3, 1);
  epns_near_sort (near, wide, 3, 2, 1);
  expect_all (near, wide, 3, 2, 1);
}
END_TEST

START_TEST (points_of_a_cell_keep_their_order)
{
  static const double position[] = { 5, 5, 0, 0, 5, 5, 0, 0, 5, 5 };
  static const guint32 expected[] = { 1, 3, 0, 2, 4 };
  g_autoptr (EpnsNear) near = epns_near_new ();

  epns_near_sort (near, position, 5, 2, 2);
  ck_assert_mem_eq (epns_near_order (near), expected, sizeof expected);
}
END_TEST

SUITE ("near", finds_all_within_reach, looks_at_few, odd_places, points_of_a_cell_keep_their_order)
