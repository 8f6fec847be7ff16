/* SPDX-License-Identifier: MIT */
/* Every observable on lattices and bodies whose values one counts by hand. */
#include "compare/components.h"
#include "compare/observables.h"
#include "tests/swarm.h"
#include "tests/tissue.h"

#include <math.h>

/* What an observable is in a frame, by its series' name. */
static double
series_at (GPtrArray *all, const EpnsTrajectory *of, const char *name, guint32 member,
           guint32 frame)
{
  for (guint i = 0; i < all->len; i++) {
    const EpnsSeries *series = all->pdata[i];
    if (strcmp (series->name, name) == 0)
      return series->value[member * of->meta->frames + frame];
  }
  ck_abort_msg ("there is no series %s", name);
  return NAN;
}

/* A (5 sites), B (3, in two pieces), c (4), d (2) and 6 sites of medium. */
static const char *const tissue[] = { "AAcc.|"
                                      "AAcc.|"
                                      "AB.dd|"
                                      ".B.B." };

static const struct {
  const char *name;
  double closed, wrapped; /* by the borders */
} known[] = {
  { "volume", 14 / 4.0, 14 / 4.0 },
  { "volume-spread", 1.2909944487358056, 1.2909944487358056 }, /* sqrt (5/3) */
  { "perimeter", (5 + 8 + 6 + 5) / 4.0, (10 + 10 + 8 + 6) / 4.0 },
  { "aspect-ratio", 1.6604223867536492, 1.6604223867536492 }, /* (1.553 + 2.089 + 1 + 2) / 4 */
  { "fragments", 5 / 4.0, 5 / 4.0 },
  { "neighbours", 2, 3 },
  { "clusters", 3, 3 },
  { "clusters-of-type:Dark", 2, 2 },
  { "clusters-of-type:Light", 1, 1 },
  { "largest-cluster:Dark", 7 / 8.0, 7 / 8.0 },
  { "largest-cluster:Light", 1, 1 },
  { "heterotypic-boundary", 3, 5 },
  { "cell-boundary", 6, 9 },
  { "medium-boundary", 12, 16 },
  { "unlike-fraction", 3 / 6.0, 5 / 9.0 },
  { "voronoi-length", 2.1103841208583374, NAN },
  { "voronoi-connections", 3, NAN },
  { "radial-order:Dark", 1.0553838442971566, NAN },
  { "radial-order:Light", 0.9446161557028432, NAN },
  { "displacement", NAN, NAN },
  { "hamiltonian", NAN, NAN }, /* of a recording that nobody evaluated */
  { "path-length", 0, 0 },
  { "squared-displacement", 0, 0 },
  { "lost-cells", 0, 0 },
};

START_TEST (one_frame)
{
  g_autoptr (EpnsTrajectory) of = tissue_record (1, 1, tissue, _i ? tissue_wrapped : tissue_closed);
  g_autoptr (GPtrArray) all = epns_series_measure (of);

  ck_assert_uint_eq (all->len, G_N_ELEMENTS (known)); /* none that is not tested */
  for (gsize i = 0; i < G_N_ELEMENTS (known); i++) {
    double value = series_at (all, of, known[i].name, 0, 0),
           right = _i ? known[i].wrapped : known[i].closed;
    ck_assert_msg (isnan (right) ? isnan (value) : fabs (value - right) < 1e-12,
                   "%s is %.17g, not %.17g", known[i].name, value, right);
  }
}
END_TEST

/* A moves right by 1, then by 2 across the border; b moves (1, 1) and dies. */
START_TEST (motion)
{
  const char *const frames[] = { "....AA.|b......|.......|.......|.......|.......",
                                 ".....AA|.......|.b.....|.......|.......|.......",
                                 "AA.....|.......|.......|.......|.......|......." };
  g_autoptr (EpnsTrajectory) of = tissue_record (1, 3, frames, tissue_wrapped);
  g_autoptr (GPtrArray) all = epns_series_measure (of);
  static const struct {
    const char *name;
    double value[3];
  } ways[] = {
    { "displacement", { NAN, (1 + G_SQRT2) / 2, 2 } },
    { "path-length", { 0, (1 + G_SQRT2) / 2, 3 } },
    { "squared-displacement", { 0, (1 + 2) / 2.0, 9 } },
    { "lost-cells", { 0, 0, 1 } },
  };

  for (guint i = 0; i < G_N_ELEMENTS (ways); i++)
    for (guint32 f = 0; f < 3; f++) {
      double value = series_at (all, of, ways[i].name, 0, f), right = ways[i].value[f];
      ck_assert_msg (isnan (right) ? isnan (value) : fabs (value - right) < 1e-9,
                     "%s in frame %u is %.17g", ways[i].name, f, value);
    }
}
END_TEST

START_TEST (frames_that_are_missing)
{
  const char *const frames[] = { "AAb|AAb", "AAb|Abb", "AAb|AAb", NULL };
  g_autoptr (EpnsTrajectory) of = tissue_record (2, 2, frames, tissue_closed);
  g_autoptr (GPtrArray) all = epns_series_measure (of);

  ck_assert_double_eq (series_at (all, of, "volume", 0, 1), 3);
  ck_assert_double_eq (series_at (all, of, "volume", 1, 0), 3);
  ck_assert (isnan (series_at (all, of, "volume", 1, 1)));
}
END_TEST

START_TEST (components_in_three_axes)
{
  /* two planes of 2 x 3: key 1 joins through z only; key 2 is in two pieces, in one where z is
   * periodic as well as x */
  const gint32 size[3] = { 2, 2, 3 }, key[12] = { 1, 0, 2, 0, 2, 0, 1, 1, 0, 2, 0, 0 };
  guint32 scratch[24], count[3], largest[3];

  epns_components (size, tissue_closed, key, 3, scratch, count, largest);
  ck_assert_uint_eq (count[1], 1);
  ck_assert_uint_eq (largest[1], 3);
  ck_assert_uint_eq (count[2], 3);
  ck_assert_uint_eq (largest[2], 1);
  ck_assert_uint_eq (count[0], 0);
}
END_TEST

/* Energies come from outside, and find their frame. */
START_TEST (energies_of_frames)
{
  const char *const frames[] = { "AAb|AAb", "AAb|Abb", "AAb|AAb", "AAb|AAb" };
  g_autoptr (EpnsTrajectory) of = tissue_record (2, 2, frames, tissue_closed);

  of->hamiltonian = g_new (double, 4);
  for (guint i = 0; i < 4; i++)
    of->hamiltonian[i] = 10.5 * i;
  g_autoptr (GPtrArray) all = epns_series_measure (of);
  for (guint i = 0; i < 4; i++)
    ck_assert_double_eq (series_at (all, of, "hamiltonian", i / 2, i % 2), 10.5 * i);
}
END_TEST

/* A spiral makes chains of labels; whatever the path, it is one piece. */
START_TEST (a_long_piece)
{
  const char *const spiral[] = { "AAAAAAA|......A|AAAAA.A|A...A.A|A.AAA.A|A.....A|AAAAAAA" };
  g_autoptr (EpnsTrajectory) of = tissue_record (1, 1, spiral, tissue_closed);
  g_autoptr (GPtrArray) all = epns_series_measure (of);

  ck_assert_double_eq (series_at (all, of, "fragments", 0, 0), 1);
  ck_assert_double_eq (series_at (all, of, "clusters", 0, 0), 1);
}
END_TEST

START_TEST (the_table_is_whole)
{
  gsize n;
  const EpnsObservable *const *all = epns_observables (&n);

  for (gsize i = 0; i < n; i++) {
    ck_assert_ptr_eq (epns_observable_find (all[i]->name), all[i]);
    ck_assert (*all[i]->title && *all[i]->unit && *all[i]->formula && *all[i]->source);
  }
  ck_assert_ptr_null (epns_observable_find ("no such thing"));
}
END_TEST

/* Bodies 10 apart along each axis, of masses 1.5, 2.5, 3.5, that move by 1/7. */
START_TEST (bodies)
{
  const double apart = 10 * sqrt (2), half = 1.5, v[3] = { -2 * 0.1, -2 * 10.1, -2 * 20.1 },
               w[3] = { -2 * 0.2, -2 * 10.2, -2 * 20.2 };
  g_autoptr (EpnsTrajectory) of = swarm_record (2, TRUE, 1, 3, 2);
  of->type[2] = 1; /* 0 and 1 meet, unlike; 1 and 2, alike; 0 and 2 are 28.3 apart, of 27 */
  g_autoptr (GPtrArray) all = epns_series_measure (of);
  double kinetic = 0, px = 0, py = 0;

  for (int i = 0; i < 3; i++) {
    kinetic += 0.5 * (half + i) * (v[i] * v[i] + w[i] * w[i]);
    px += (half + i) * v[i];
    py += (half + i) * w[i];
  }
  ck_assert_double_eq_tol (series_at (all, of, "kinetic-energy", 0, 0), kinetic, 1e-9);
  ck_assert_double_eq_tol (series_at (all, of, "momentum", 0, 0), hypot (px, py), 1e-9);
  ck_assert_double_eq_tol (series_at (all, of, "nearest-distance", 0, 0), apart, 1e-12);
  ck_assert_double_eq_tol (series_at (all, of, "unlike-fraction", 0, 0), 0.5, 1e-12);
  ck_assert_double_eq_tol (series_at (all, of, "neighbours", 0, 0), 4 / 3.0, 1e-12);
  ck_assert_double_eq (series_at (all, of, "clusters-of-type:A", 0, 0), 1);
  ck_assert_double_eq (series_at (all, of, "clusters-of-type:B", 0, 0), 1);
  ck_assert_double_eq (series_at (all, of, "clusters", 0, 0), 2);
  ck_assert_double_eq (series_at (all, of, "largest-cluster:B", 0, 0), 1);
  ck_assert_double_eq_tol (series_at (all, of, "radial-order:A", 0, 0), 1.5, 1e-12);
  ck_assert_double_eq_tol (series_at (all, of, "radial-order:B", 0, 0), 0.75, 1e-12);
  ck_assert_double_eq (series_at (all, of, "lost-cells", 0, 0), 0);
  ck_assert_double_nan (series_at (all, of, "voronoi-length", 0, 0)); /* on one line */
  ck_assert_double_nan (series_at (all, of, "displacement", 0, 0));
  ck_assert_double_eq_tol (series_at (all, of, "displacement", 0, 1), sqrt (2) / 7, 1e-12);
  ck_assert_double_eq_tol (series_at (all, of, "squared-displacement", 0, 1), 2 / 49.0, 1e-12);
  ck_assert_double_nan (series_at (all, of, "speed", 0, 2)); /* not recorded */
  for (guint i = 0; i < all->len; i++) {
    const EpnsSeries *series = all->pdata[i];
    ck_assert_str_ne (series->name, "potential-energy"); /* not of bodies with radii */
    if (g_str_equal (series->name, "kinetic-energy"))
      ck_assert_str_eq (series->unit, "micron2 min-2");
  }
}
END_TEST

/* As recorded, types are A, B, A: 0 and 2 do not meet. Then body 1 is lost. */
START_TEST (bodies_of_types)
{
  g_autoptr (EpnsTrajectory) of = swarm_record (2, TRUE, 1, 2, 2);
  of->position[2 * 3 + 2] = NAN; /* body 1, frame 1 */
  g_autoptr (GPtrArray) all = epns_series_measure (of);

  ck_assert_double_eq (series_at (all, of, "clusters-of-type:A", 0, 0), 2);
  ck_assert_double_eq (series_at (all, of, "largest-cluster:A", 0, 0), 0.5);
  ck_assert_double_eq (series_at (all, of, "clusters-of-type:B", 0, 1), 0);
  ck_assert_double_nan (series_at (all, of, "largest-cluster:B", 0, 1));
  ck_assert_double_nan (series_at (all, of, "radial-order:B", 0, 1));
  ck_assert_double_eq_tol (series_at (all, of, "radial-order:A", 0, 1), 1, 1e-12);
  ck_assert_double_eq (series_at (all, of, "neighbours", 0, 1), 0);
  g_clear_pointer (&all, g_ptr_array_unref);
  of->meta->space.boundary = EPNS_BOUNDARY_PERIODIC;
  all = epns_series_measure (of);
  ck_assert_double_nan (series_at (all, of, "radial-order:A", 0, 0));
}
END_TEST

START_TEST (bodies_that_gravitate)
{
  const double r = 10 * sqrt (3), m[3] = { 1.5, 2.5, 3.5 }, softening = 0.25;
  g_autoptr (EpnsTrajectory) of = swarm_record (3, FALSE, 1, 1, 1);
  epns_trajectory_meta_note (of->meta, "gravitational-constant", "2");
  epns_trajectory_meta_note (of->meta, "softening", "0.25");
  g_autoptr (GPtrArray) all = epns_series_measure (of);
  double near = sqrt (r * r + softening), far = sqrt (4 * r * r + softening),
         potential = -2 * ((m[0] * m[1] + m[1] * m[2]) / near + m[0] * m[2] / far);

  ck_assert_double_eq_tol (series_at (all, of, "potential-energy", 0, 0), potential, 1e-12);
  ck_assert_double_eq_tol (series_at (all, of, "total-energy", 0, 0),
                           potential + series_at (all, of, "kinetic-energy", 0, 0), 1e-9);
}
END_TEST

/* The shorter way across a periodic side. */
START_TEST (bodies_across_a_side)
{
  g_autoptr (EpnsTrajectory) of = swarm_record (2, TRUE, 1, 2, 2);
  of->meta->space = (EpnsSpace){ 2, TRUE, EPNS_BOUNDARY_PERIODIC, { 0, 0 }, { 30, 30 } };
  of->position[2 * 3 + 0] = 29.9; /* body 0, frame 1: was at 0.1 */
  g_autoptr (GPtrArray) all = epns_series_measure (of);
  double step = sqrt (2) / 7, across = hypot (0.2, 1 / 7.0);

  ck_assert_double_eq_tol (series_at (all, of, "displacement", 0, 1), (2 * step + across) / 3,
                           1e-12);
}
END_TEST

SUITE_CASES ("observables", LOOP (one_frame, 0, 2), ONCE (motion), ONCE (frames_that_are_missing),
             ONCE (energies_of_frames), ONCE (components_in_three_axes), ONCE (a_long_piece),
             ONCE (bodies), ONCE (bodies_of_types), ONCE (bodies_that_gravitate),
             ONCE (bodies_across_a_side),
             ONCE (the_table_is_whole))
