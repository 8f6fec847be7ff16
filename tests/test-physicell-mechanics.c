/* SPDX-License-Identifier: MIT */
/* PhysiCell's mechanics: its own trajectory, the law by hand, walls, those that leave, motility. */
#include "models/reference/physicell.h"
#include "plugin/archive.h"
#include "tests/npz.h"
#include "tests/suite.h"
#include "tests/particles-setup.h"

#include <math.h>

static const epns_kind *const kind = &epns_kind_physicell_mechanics;

static void
give_box (KindSetup *setup, gint axes, double low, double high, gboolean wall)
{
  const double box[] = { low, high, low, high, low, high };

  kind_setup_give (setup, "domain", (const int64_t[]){ axes, 2 }, box);
  kind_setup_number (setup, "virtual-wall", wall);
}

static void
step (Swarm *swarm, const KindSetup *setup, epns_run *run, guint32 n)
{
  epns_error error;

  ck_assert_msg (swarm_step (swarm, setup, run, n, 0.1, &error) == EPNS_OK, "%s", error.text);
}

/* The reference data: types A and B that hold to their like; columns ID, x, y, z, total_volume,
 * cell_type, radius, motility x, y, z. */
enum { X = 1, TYPE = 5, RADIUS = 6, MOTILITY = 7, COLUMNS = 10 };

static KindSetup
sorting (void)
{
  static const double adhesion[] = { 4, 4 }, repulsion[] = { 10, 10 }, reach[] = { 1.5, 1.5 };
  static const double affinity[] = { 1, 0.1, 0.1, 1 };
  static const int64_t types[] = { 2, 2 };
  KindSetup setup = kind_setup_open (kind, NULL);

  kind_setup_give (&setup, "cell-cell-adhesion-strength", types, adhesion);
  kind_setup_give (&setup, "cell-cell-repulsion-strength", types, repulsion);
  kind_setup_give (&setup, "relative-maximum-adhesion-distance", types, reach);
  kind_setup_give (&setup, "cell-adhesion-affinity", types, affinity);
  give_box (&setup, 2, -160, 160, TRUE);
  return setup;
}

START_TEST (follows_physicell)
{
  g_autofree char *path = suite_data ("physicell/fine_all_saves.npz");
  if (path == NULL)
    return;
  g_autoptr (GError) error = NULL;
  g_autoptr (EpnsNpz) saves = epns_npz_read (path, "cells", &error);
  ck_assert_msg (saves != NULL && saves->real != NULL && saves->shape[2] == COLUMNS, "%s",
                 error ? error->message : "another shape");
  gsize n = (gsize) saves->shape[1];
  KindSetup setup = sorting ();
  Swarm swarm;
  double worst = 0;

  swarm_init (&swarm, &setup, n, 2, 0);
  g_autofree double *motility = g_new (double, 2 * n);
  swarm.views[EPNS_PARTICLES_N_VIEWS]
      = epns_view_contiguous (motility, EPNS_F64, 2, (const int64_t[]){ (int64_t) n, 2 });
  for (gsize i = 0; i < n; i++) {
    const double *cell = saves->real + i * COLUMNS;
    swarm.position[2 * i] = cell[X];
    swarm.position[2 * i + 1] = cell[X + 1];
    swarm.type[i] = (gint32) cell[TYPE];
    swarm.radius[i] = cell[RADIUS];
  }
  epns_run *run = kind_setup_start (&setup, 1, 0);
  for (gsize save = 1; save < (gsize) saves->shape[0]; save++) {
    const double *cells = saves->real + save * n * COLUMNS;
    for (gsize k = 0; k < 2 * n; k++)
      motility[k] = cells[k / 2 * COLUMNS + MOTILITY + k % 2];
    step (&swarm, &setup, run, 1);
    for (gsize k = 0; k < 2 * n; k++)
      worst = MAX (worst, fabs (swarm.position[k] - cells[k / 2 * COLUMNS + X + k % 2]));
  }
  printf ("PhysiCell: largest distance after 50 steps %.3g micron\n", worst);
  ck_assert_double_lt (worst, 1e-10);
  kind->stop (run);
  swarm_clear (&swarm);
  kind_setup_close (&setup);
}
END_TEST

/* The velocity of one body after one step from rest. */
static void
expect_velocity (const Swarm *swarm, gsize body, const double *expected)
{
  for (gint a = 0; a < swarm->axes; a++)
    ck_assert_double_eq_tol (swarm->velocity[(gint) body * swarm->axes + a], expected[a], 1e-12);
}

START_TEST (two_cells_by_hand)
{
  static const int64_t types[] = { 2, 2 };
  static const double adhesion[] = { 1, 4 }, repulsion[] = { 9, 16 }, reach[] = { 1.5, 2 };
  static const double affinity[] = { 1, 0.5, 2, 1 };
  KindSetup setup = kind_setup_open (kind, NULL);
  Swarm swarm;

  kind_setup_give (&setup, "cell-cell-adhesion-strength", types, adhesion);
  kind_setup_give (&setup, "cell-cell-repulsion-strength", types, repulsion);
  kind_setup_give (&setup, "relative-maximum-adhesion-distance", types, reach);
  kind_setup_give (&setup, "cell-adhesion-affinity", types, affinity);
  for (gint axes = 2; axes <= 3; axes++) {
    swarm_init (&swarm, &setup, 2, axes, 4);
    swarm.type[1] = 1;
    swarm.radius[1] = 6;
    swarm.position[axes + 1] = 8; /* touching at 10, adhesive up to 18 */
    double speed = 12 * 0.2 * 0.2 - sqrt (1 * 0.5 * 4 * 2) * (10.0 / 18) * (10.0 / 18);
    epns_run *run = kind_setup_start (&setup, 1, 0);
    step (&swarm, &setup, run, 1);
    expect_velocity (&swarm, 0, (const double[]){ 0, -speed, 0 });
    expect_velocity (&swarm, 1, (const double[]){ 0, speed, 0 });
    ck_assert_double_eq_tol (swarm.position[1], -0.15 * speed, 1e-14);
    double before = swarm.velocity[1], at = swarm.position[1];
    step (&swarm, &setup, run, 1);
    ck_assert_double_eq_tol (swarm.position[1], at + 0.15 * swarm.velocity[1] - 0.05 * before,
                             1e-14);
    kind->stop (run);
    swarm_clear (&swarm);
  }
  kind_setup_close (&setup);
}
END_TEST

START_TEST (walls_and_corners)
{
  static const struct {
    gint axes;
    double at[3], towards[3], distance;
  } places[] = {
    { 2, { -98, 3 }, { 1, 0 }, 2 },        { 2, { 97, -3 }, { -1, 0 }, 3 },
    { 2, { 3, -96 }, { 0, 1 }, 4 },        { 2, { 2, 99 }, { 0, -1 }, 1 },
    { 2, { 50, 2 }, { 0, 0 }, 50 },        { 2, { 98, -97 }, { -1, 0 }, 2 },
    { 2, { 98, 98 }, { -0.70710678118, -0.70710678118 }, 2 },
    { 2, { -98, -98 }, { 0.70710678118, 0.70710678118 }, 2 },
    { 3, { 1, 2, 96 }, { 0, 0, -1 }, 4 },  { 3, { 1, 2, -96 }, { 0, 0, 1 }, 4 },
    { 3, { -97, -97, 2 }, { 1, 0, 0 }, 3 },
    { 3, { -97, -97, -97 }, { 0.57735026919, 0.57735026919, 0.57735026919 }, 3 },
    { 2, { -101, 3 }, { 1, 0 }, 0 },       { 2, { -500, 3 }, { 1, 0 }, 0 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (places); i++) {
    KindSetup setup = kind_setup_open (kind, NULL);
    Swarm swarm;
    double near = MAX (1 - places[i].distance / 8, 0), expected[3];
    give_box (&setup, places[i].axes, -100, 100, TRUE);
    swarm_init (&swarm, &setup, 1, places[i].axes, 8);
    memcpy (swarm.position, places[i].at, (gsize) places[i].axes * sizeof (double));
    for (int a = 0; a < 3; a++)
      expected[a] = 100 * near * near * places[i].towards[a];
    epns_run *run = kind_setup_start (&setup, 1, 0);
    step (&swarm, &setup, run, 1);
    expect_velocity (&swarm, 0, expected);
    kind->stop (run);
    swarm_clear (&swarm);
    kind_setup_close (&setup);
  }
}
END_TEST

/* A crowd for which every pair counts: 3 types of all sizes, some beyond each other's reach. */
static void
crowd (Swarm *swarm, const KindSetup *setup, gsize n, gint axes, double size)
{
  const EpnsDrawKey key = { .seed = 8 };

  swarm_init (swarm, setup, n, axes, 0);
  for (gsize i = 0; i < n; i++) {
    swarm->radius[i] = 3 + 6 * epns_random_uniform (&key, 0, i);
    swarm->type[i] = (gint32) (i % 2);
    for (gint a = 0; a < axes; a++)
      swarm->position[(gint) i * axes + a]
          = size * (epns_random_uniform (&key, 1 + (guint32) a, i) - 0.5);
  }
}

static double
pair_speed (double distance, double touch, double reach, double repulsion, double adhesion)
{
  double speed = 0;

  if (distance <= touch)
    speed += repulsion * pow (1 - distance / touch, 2);
  if (distance < reach)
    speed -= adhesion * pow (1 - distance / reach, 2);
  return speed;
}

START_TEST (cells_find_all_neighbours)
{
  KindSetup setup = sorting ();
  gsize n = suite_trials (400, 60);

  for (gint axes = 2; axes <= 3; axes++) {
    Swarm swarm;
    give_box (&setup, axes, -160, 160, FALSE);
    crowd (&swarm, &setup, n, axes, axes == 2 ? 220 : 90);
    g_autofree double *at = g_memdup2 (swarm.position, n * (gsize) axes * sizeof *at);
    epns_run *run = kind_setup_start (&setup, 1, 0);
    step (&swarm, &setup, run, 1);
    for (gsize i = 0; i < n; i++) {
      double expected[3] = { 0 };
      for (gsize j = 0; j < n; j++) {
        double apart[3], distance = 0, like = swarm.type[i] == swarm.type[j] ? 4 : 0.4;
        for (gint a = 0; a < axes; a++) {
          apart[a] = at[(gint) i * axes + a] - at[(gint) j * axes + a];
          distance += apart[a] * apart[a];
        }
        distance = sqrt (distance);
        double touch = swarm.radius[i] + swarm.radius[j];
        for (gint a = 0; j != i && a < axes; a++)
          expected[a] += pair_speed (distance, touch, 1.5 * touch, 10, like) * apart[a] / distance;
      }
      expect_velocity (&swarm, i, expected);
    }
    kind->stop (run);
    swarm_clear (&swarm);
  }
  kind_setup_close (&setup);
}
END_TEST

START_TEST (those_that_leave_stay)
{
  KindSetup setup = kind_setup_open (kind, NULL);
  Swarm swarm;

  give_box (&setup, 2, 0, 100, FALSE);
  swarm_init (&swarm, &setup, 3, 2, 8);
  const double at[] = { 99.9, 50, 98, 50, 80, 50 };
  memcpy (swarm.position, at, sizeof at);
  epns_run *run = kind_setup_start (&setup, 1, 0);
  step (&swarm, &setup, run, 1);
  double gone = swarm.position[0], other = swarm.position[2];
  ck_assert_double_gt (gone, 100);
  step (&swarm, &setup, run, 20);
  ck_assert (fabs (swarm.position[0] - gone) <= 0); /* frozen */
  ck_assert (fabs (swarm.velocity[0]) <= 0);
  ck_assert_double_lt (fabs (swarm.position[2] - other), 0.5); /* and pushes nobody: else by 10 */
  swarm.position[0] = 99; /* a host may put it back */
  step (&swarm, &setup, run, 1);
  ck_assert_double_gt (fabs (swarm.velocity[0]), 0.1);
  kind->stop (run);
  swarm_clear (&swarm);
  kind_setup_close (&setup);
}
END_TEST

START_TEST (motility_has_its_law)
{
  static const int64_t types[] = { 1, 3 };
  guint n = suite_trials (4000, 200);
  KindSetup setup = kind_setup_open (kind, NULL);
  Swarm swarm;
  double up = 0, moving = 0, slack = 4 / sqrt (n);

  kind_setup_number (&setup, "motility-enabled", 1);
  kind_setup_number (&setup, "speed", 3);
  kind_setup_number (&setup, "persistence-time", 0.4); /* so a quarter draws in each step */
  kind_setup_number (&setup, "migration-bias", 0.5);
  kind_setup_give (&setup, "migration-bias-direction", types, (const double[]){ 0, 0, 1 });
  swarm_init (&swarm, &setup, n, 3, 0);
  for (guint i = 0; i < n; i++)
    swarm.position[3 * i] = 10.0 * i;
  epns_run *run = kind_setup_start (&setup, 9, 0);
  step (&swarm, &setup, run, 1);
  for (guint i = 0; i < n; i++) {
    const double *v = swarm.velocity + 3 * i;
    double speed = sqrt (v[0] * v[0] + v[1] * v[1] + v[2] * v[2]);
    ck_assert (speed <= 0 || fabs (speed - 3) < 1e-12);
    moving += speed > 0 ? 1.0 / n : 0;
    up += v[2] / 3 / n;
  }
  ck_assert_double_eq_tol (moving, 0.25, slack);
  ck_assert_double_eq_tol (up / moving, 2.0 / 3, 2 * slack); /* of |b + r| for b, r of one length */
  kind->stop (run);
  swarm_clear (&swarm);
  kind_setup_close (&setup);
}
END_TEST

START_TEST (mechanics_when_due)
{
  static const double dts[] = { 0.1, 0.5, 0.05 };
  double at[3];

  for (gsize i = 0; i < G_N_ELEMENTS (dts); i++) {
    KindSetup setup = kind_setup_open (kind, NULL);
    Swarm swarm;
    kind_setup_number (&setup, "mechanics-dt", dts[i]);
    swarm_init (&swarm, &setup, 2, 2, 8);
    swarm.position[2] = 15;
    epns_run *run = kind_setup_start (&setup, 1, 0);
    step (&swarm, &setup, run, 1);
    double first = swarm.position[0];
    step (&swarm, &setup, run, 4);
    ck_assert ((fabs (first - swarm.position[0]) <= 0) == (dts[i] > 0.1)); /* not due again */
    at[i] = swarm.position[0];
    kind->stop (run);
    swarm_clear (&swarm);
    kind_setup_close (&setup);
  }
  ck_assert_double_eq_tol (at[1] / at[0], 1.45, 0.1); /* its first step counts one and a half */
  ck_assert_double_eq_tol (at[2] / at[0], 0.93, 0.05);
}
END_TEST

static void
expect_start_refused (const char *name, double value, const char *fragment)
{
  KindSetup setup = kind_setup_open (kind, NULL);
  epns_run *run = NULL;
  epns_error error;

  kind_setup_number (&setup, name, value);
  ck_assert_int_eq (kind->start (setup.model, setup.params, setup.n_params, 1, 0, &run, &error),
                    EPNS_DISCARD);
  ck_assert_msg (strstr (error.text, fragment) != NULL, "'%s' does not say '%s'", error.text,
                 fragment);
  ck_assert_str_eq (setup.fields[error.field].name, name);
  kind_setup_close (&setup);
}

START_TEST (refuses_parameters)
{
  KindSetup setup = kind_setup_open (kind, NULL);
  epns_run *run = NULL;
  epns_error error;

  expect_start_refused ("mechanics-dt", 0.25, "whole multiple of 0.1");
  expect_start_refused ("virtual-wall", 1, "no domain");
  expect_start_refused ("periodic", 1, "has sides");
  expect_start_refused ("speed", -1, "at least 0");
  expect_start_refused ("migration-bias", 1.5, "at most 1");
  kind_setup_give (&setup, "domain", (const int64_t[]){ 2, 2 }, (const double[]){ 0, 1, 5, 5 });
  ck_assert_int_eq (kind->start (setup.model, setup.params, setup.n_params, 1, 0, &run, &error),
                    EPNS_DISCARD);
  ck_assert_ptr_nonnull (strstr (error.text, "from 5 to 5 along y"));
  kind_setup_close (&setup);
}
END_TEST

static void
expect_refused (Swarm *swarm, const KindSetup *setup, epns_run *run, double dt,
                const char *fragment)
{
  gsize bytes = swarm->n * (gsize) swarm->axes * sizeof (double);
  g_autofree double *before = g_memdup2 (swarm->position, bytes);
  epns_error error;

  ck_assert_int_eq (swarm_step (swarm, setup, run, 1, dt, &error), EPNS_DISCARD);
  ck_assert_msg (strstr (error.text, fragment) != NULL, "'%s' does not say '%s'", error.text,
                 fragment);
  ck_assert_mem_eq (swarm->position, before, bytes);
}

START_TEST (refuses_frames)
{
  KindSetup setup = sorting ();
  Swarm swarm, flat;

  give_box (&setup, 3, 0, 100, FALSE);
  swarm_init (&swarm, &setup, 2, 3, 8);
  swarm_init (&flat, &setup, 2, 2, 8);
  epns_run *run = kind_setup_start (&setup, 1, 0);
  expect_refused (&flat, &setup, run, 0.1, "2 axes and domain has 3");
  swarm.position[4] = 120;
  expect_refused (&swarm, &setup, run, 0.1, "body 1 is at y = 120");
  swarm.position[4] = NAN;
  expect_refused (&swarm, &setup, run, 0.1, "position of body 1 is nan");
  swarm.position[4] = 20;
  swarm.type[1] = 2;
  expect_refused (&swarm, &setup, run, 0.1, "give one of 0 to 1");
  swarm.type[1] = 0;
  expect_refused (&swarm, &setup, run, 0.25, "whole multiple of 0.1");
  swarm.views[EPNS_PARTICLES_N_VIEWS] = swarm.views[EPNS_PARTICLES_VELOCITY];
  swarm.views[EPNS_PARTICLES_N_VIEWS].shape[0] = 1;
  expect_refused (&swarm, &setup, run, 0.1, "motility has 1 bodies");
  swarm.views[EPNS_PARTICLES_N_VIEWS].data = NULL;
  step (&swarm, &setup, run, 1);
  for (int v = 0; v < EPNS_PARTICLES_N_VIEWS; v++)
    swarm.views[v].shape[0] = 1;
  expect_refused (&swarm, &setup, run, 0.1, "this run began with 2");
  kind->stop (run);
  swarm_clear (&swarm);
  swarm_clear (&flat);
  kind_setup_close (&setup);
}
END_TEST

/* The step after a loaded archive takes the velocity before from there. */
START_TEST (archives_its_history)
{
  KindSetup setup = sorting ();
  Swarm swarm, again;
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  epns_archive writer = epns_archive_writer (bytes);

  crowd (&swarm, &setup, 20, 2, 60);
  crowd (&again, &setup, 20, 2, 60);
  epns_run *run = kind_setup_start (&setup, 1, 0), *other = kind_setup_start (&setup, 2, 5);
  step (&swarm, &setup, run, 3);
  ck_assert_int_eq (kind->archive (run, &writer, NULL), EPNS_OK);
  memcpy (again.position, swarm.position, 40 * sizeof (double));
  step (&swarm, &setup, run, 1);
  EpnsArchiveSource source = { .data = bytes->data, .size = bytes->len };
  epns_archive reader = epns_archive_reader (&source);
  ck_assert_int_eq (kind->archive (other, &reader, NULL), EPNS_OK);
  step (&again, &setup, other, 1);
  ck_assert_mem_eq (swarm.position, again.position, 40 * sizeof (double));
  for (gsize byte = 0; byte < bytes->len; byte++) { /* one bit wrong anywhere is refused */
    bytes->data[byte] ^= 4;
    source.at = 0;
    ck_assert_int_eq (kind->archive (other, &reader, NULL), EPNS_DISCARD);
    bytes->data[byte] ^= 4;
  }
  step (&swarm, &setup, run, 1);
  step (&again, &setup, other, 1);
  ck_assert_mem_eq (swarm.position, again.position, 40 * sizeof (double));
  kind->stop (run);
  kind->stop (other);
  swarm_clear (&swarm);
  swarm_clear (&again);
  kind_setup_close (&setup);
}
END_TEST

SUITE ("physicell mechanics", follows_physicell, two_cells_by_hand, walls_and_corners,
       cells_find_all_neighbours, those_that_leave_stay, motility_has_its_law, mechanics_when_due,
       refuses_parameters, refuses_frames, archives_its_history)
