/* SPDX-License-Identifier: MIT */
/* The kind nbody at its boundary: energies known by hand, what is conserved, what is refused, and
 * that bits depend on time alone. */
#include "models/reference/nbody.h"
#include "plugin/archive.h"
#include "tests/suite.h"
#include "tests/particles-setup.h"

#include <math.h>

typedef struct {
  double kinetic, potential, total, momentum[3];
} Outputs;

static void
lend_outputs (Swarm *swarm, Outputs *outputs)
{
  const int64_t axes = swarm->axes;
  epns_view *own = swarm->views + EPNS_PARTICLES_N_VIEWS;

  own[0] = epns_view_contiguous (&outputs->kinetic, EPNS_F64, 0, NULL);
  own[1] = epns_view_contiguous (&outputs->potential, EPNS_F64, 0, NULL);
  own[2] = epns_view_contiguous (&outputs->total, EPNS_F64, 0, NULL);
  own[3] = epns_view_contiguous (outputs->momentum, EPNS_F64, 1, &axes);
}

/* Three bodies of unlike masses, in motion. */
static void
three (Swarm *swarm, const KindSetup *setup, gint axes)
{
  static const double at[3][3] = { { 0, 0, 0.2 }, { 1, 0.5, 0 }, { -1, 1, -0.5 } };
  static const double speed[3][3] = { { 0, 0.1, 0 }, { 0, -1, 0.3 }, { 0.5, 0.5, 0 } };

  swarm_init (swarm, setup, 3, axes, 0);
  for (int i = 0; i < 3; i++) {
    swarm->mass[i] = 3 - i;
    for (int a = 0; a < axes; a++) {
      swarm->position[i * axes + a] = at[i][a];
      swarm->velocity[i * axes + a] = speed[i][a];
    }
  }
}

START_TEST (energies_by_hand)
{
  KindSetup setup = kind_setup_open (&epns_kind_nbody, NULL);
  Swarm swarm;
  Outputs found = { 0 };

  kind_setup_number (&setup, "gravitational-constant", 2);
  kind_setup_number (&setup, "softening", 9);
  swarm_init (&swarm, &setup, 2, 2, 0);
  lend_outputs (&swarm, &found);
  swarm.position[2] = 4; /* 5 away, with the softening */
  swarm.velocity[1] = 3;
  swarm.mass[0] = 2;
  swarm.mass[1] = 10;
  epns_run *run = kind_setup_start (&setup, 1, 0);
  ck_assert_int_eq (swarm_step (&swarm, &setup, run, 0, 0.01, NULL), EPNS_OK);
  ck_assert_double_eq_tol (found.kinetic, 9, 1e-14);
  ck_assert_double_eq_tol (found.potential, -8, 1e-14);
  ck_assert_double_eq_tol (found.total, 1, 1e-14);
  ck_assert_double_eq_tol (found.momentum[0], 0, 1e-14);
  ck_assert_double_eq_tol (found.momentum[1], 6, 1e-14);
  epns_kind_nbody.stop (run);
  swarm_clear (&swarm);
  kind_setup_close (&setup);
}
END_TEST

START_TEST (conserves_without_noise)
{
  KindSetup setup = kind_setup_open (&epns_kind_nbody, NULL);

  kind_setup_number (&setup, "noise", 0);
  kind_setup_number (&setup, "integrator-step", 1e-3);
  for (gint axes = 2; axes <= 3; axes++) {
    Swarm swarm;
    Outputs before, after;
    three (&swarm, &setup, axes);
    epns_run *run = kind_setup_start (&setup, 1, 0);
    lend_outputs (&swarm, &before);
    ck_assert_int_eq (swarm_step (&swarm, &setup, run, 0, 0.01, NULL), EPNS_OK);
    lend_outputs (&swarm, &after);
    ck_assert_int_eq (swarm_step (&swarm, &setup, run, 300, 0.01, NULL), EPNS_OK);
    ck_assert_double_eq_tol (after.total, before.total, 1e-4 * fabs (before.total));
    for (int a = 0; a < axes; a++)
      ck_assert_double_eq_tol (after.momentum[a], before.momentum[a], 1e-12);
    ck_assert_double_gt (fabs (after.kinetic - before.kinetic), 1e-3);
    epns_kind_nbody.stop (run);
    swarm_clear (&swarm);
  }
  kind_setup_close (&setup);
}
END_TEST

static void
expect_same (const Swarm *a, const Swarm *b)
{
  gsize bytes = a->n * (gsize) a->axes * sizeof (double);

  ck_assert_mem_eq (a->position, b->position, bytes);
  ck_assert_mem_eq (a->velocity, b->velocity, bytes);
}

START_TEST (time_alone_counts)
{
  KindSetup setup = kind_setup_open (&epns_kind_nbody, NULL);
  Swarm one, many, other;

  three (&one, &setup, 3);
  three (&many, &setup, 3);
  three (&other, &setup, 3);
  epns_run *a = kind_setup_start (&setup, 7, 2), *b = kind_setup_start (&setup, 7, 2);
  epns_run *c = kind_setup_start (&setup, 7, 3);
  ck_assert_int_eq (swarm_step (&one, &setup, a, 1, 0.1, NULL), EPNS_OK);
  for (int s = 0; s < 10; s++)
    ck_assert_int_eq (swarm_step (&many, &setup, b, 1, 0.01, NULL), EPNS_OK);
  expect_same (&one, &many);
  ck_assert_int_eq (swarm_step (&other, &setup, c, 1, 0.1, NULL), EPNS_OK);
  ck_assert (memcmp (one.position, other.position, sizeof (double)) != 0);
  epns_kind_nbody.stop (a);
  epns_kind_nbody.stop (b);
  epns_kind_nbody.stop (c);
  swarm_clear (&one);
  swarm_clear (&many);
  swarm_clear (&other);
  kind_setup_close (&setup);
}
END_TEST

START_TEST (refuses_parameters)
{
  static const struct {
    const char *name;
    double value;
    const char *fragment;
  } bad[] = {
    { "softening", 0, "at least" },
    { "noise", -1, "at least 0" },
    { "noise", NAN, "finite" },
    { "integrator-step", 0.02, "at most 0.01" },
    { "integrator-step", 0.003, "0.0025, say" },
    { "gravitational-constant", -1, "at least 0" },
    { "periodic", 1, "free space" },
    { "virtual-wall", 1, "free space" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++) {
    KindSetup setup = kind_setup_open (&epns_kind_nbody, NULL);
    epns_run *run = NULL;
    epns_error error;
    kind_setup_number (&setup, bad[i].name, bad[i].value);
    ck_assert_int_eq (
        epns_kind_nbody.start (setup.model, setup.params, setup.n_params, 1, 0, &run, &error),
        EPNS_DISCARD);
    ck_assert_msg (strstr (error.text, bad[i].fragment) != NULL, "'%s' does not say '%s'",
                   error.text, bad[i].fragment);
    ck_assert_str_eq (setup.fields[error.field].name, bad[i].name);
    kind_setup_close (&setup);
  }
}
END_TEST

static void
expect_refused (Swarm *swarm, const KindSetup *setup, double dt, const char *field, int axis,
                const char *fragment)
{
  epns_run *run = kind_setup_start (setup, 1, 0);
  gsize bytes = swarm->n * (gsize) swarm->axes * sizeof (double);
  g_autofree double *before = g_memdup2 (swarm->position, bytes);
  epns_error error;

  ck_assert_int_eq (swarm_step (swarm, setup, run, 1, dt, &error), EPNS_DISCARD);
  ck_assert_msg (strstr (error.text, fragment) != NULL, "'%s' does not say '%s'", error.text,
                 fragment);
  if (field != NULL)
    ck_assert_str_eq (setup->fields[error.field].name, field);
  ck_assert_int_eq (error.axis, axis);
  ck_assert_mem_eq (swarm->position, before, bytes);
  setup->kind->stop (run);
}

START_TEST (refuses_frames)
{
  KindSetup setup = kind_setup_open (&epns_kind_nbody, NULL);
  static const double odd[] = { 0.015, 0.001, 0, -0.01, NAN, INFINITY, 1e300 };
  Swarm swarm;
  Outputs outputs;

  three (&swarm, &setup, 3);
  lend_outputs (&swarm, &outputs);
  for (gsize i = 0; i < G_N_ELEMENTS (odd); i++)
    expect_refused (&swarm, &setup, odd[i], NULL, -1, "whole multiple of 0.01");
  swarm.views[EPNS_PARTICLES_VELOCITY].shape[0] = 2;
  expect_refused (&swarm, &setup, 0.01, "velocity", 0, "2 bodies");
  swarm.views[EPNS_PARTICLES_VELOCITY].shape[0] = 3;
  swarm.views[EPNS_PARTICLES_VELOCITY].shape[1] = 2;
  expect_refused (&swarm, &setup, 0.01, "velocity", 1, "2 axes");
  swarm.views[EPNS_PARTICLES_VELOCITY].shape[1] = 3;
  swarm.views[EPNS_PARTICLES_POSITION].shape[1] = 4;
  expect_refused (&swarm, &setup, 0.01, "position", 1, "give 2 or 3");
  swarm.views[EPNS_PARTICLES_POSITION].shape[1] = 3;
  swarm.views[EPNS_PARTICLES_N_VIEWS + 3].shape[0] = 2;
  expect_refused (&swarm, &setup, 0.01, "momentum", 0, "give as many");
  swarm.views[EPNS_PARTICLES_N_VIEWS + 3].shape[0] = 3;
  swarm.mass[1] = 0;
  expect_refused (&swarm, &setup, 0.01, "mass", 0, "mass of body 1 is 0");
  swarm.mass[1] = 1;
  swarm.radius[2] = -1;
  expect_refused (&swarm, &setup, 0.01, "radius", 0, "at least 0");
  swarm.radius[2] = 1;
  swarm.type[0] = -1;
  expect_refused (&swarm, &setup, 0.01, "cell-type", 0, "0 or more");
  swarm.type[0] = 0;
  swarm.velocity[4] = 1e308;
  swarm.velocity[3] = NAN;
  expect_refused (&swarm, &setup, 0.01, "velocity", 0, "velocity of body 1");
  swarm.velocity[3] = 0;
  swarm.position[4] = 1.7e308;
  expect_refused (&swarm, &setup, 10, NULL, -1, "range of numbers");
  swarm.n_views--;
  expect_refused (&swarm, &setup, 0.01, NULL, -1, "lend position, velocity, mass (or no data)");
  swarm_clear (&swarm);
  kind_setup_close (&setup);
}
END_TEST

SUITE ("nbody", energies_by_hand, conserves_without_noise, time_alone_counts, refuses_parameters,
       refuses_frames)
