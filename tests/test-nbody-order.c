/* SPDX-License-Identifier: MIT */
/* The scheme of nbody.c converges as its header says: order 2 along each path and in mean values,
 * and without noise the energy's error is bounded. Coarse steps take the integrals of fine ones. */
#include "models/reference/nbody.h"
#include "tests/suite.h"

#include <math.h>

enum { BODIES = 3, AXES = 2, VALUES = BODIES * AXES, FINE = 512, LEVELS = 3 };

static const EpnsNbodyRules rules = { .gravity = 1, .softening = 0.25, .noise = 0.5 };
static const double duration = 1;

typedef struct { /* over each of the fine steps */
  double dw[FINE][VALUES], dz[FINE][VALUES];
} Path;

static void
draw_path (Path *path, guint64 stream)
{
  EpnsDrawKey key = { .seed = 11, .stream = stream };

  for (; key.step < FINE; key.step++)
    epns_nbody_draw (&key, duration / FINE, VALUES, path->dw[key.step], path->dz[key.step]);
}

/* The integrals over `n` fine steps from `first`: W adds up, and what it has reached counts for the
 * rest of the time. */
static void
join (const Path *path, guint first, guint n, double *dw, double *dz)
{
  for (guint i = 0; i < VALUES; i++) {
    dw[i] = dz[i] = 0;
    for (guint s = first; s < first + n; s++) {
      dz[i] += dw[i] * duration / FINE + path->dz[s][i];
      dw[i] += path->dw[s][i];
    }
  }
}

typedef struct {
  double position[VALUES], velocity[VALUES];
} Place;

/* Where three bodies get to in `steps` steps of the path, FINE being a multiple. */
static Place
follow (const Path *path, const EpnsNbodyRules *law, guint steps)
{
  Place place = { .position = { 0, 0.2, 1, 0.5, -1, 1 }, .velocity = { 0, 0.1, 0, -1, 0.5, 0.5 } };
  double mass[BODIES] = { 3, 2, 1 }, acceleration[VALUES], dw[VALUES], dz[VALUES];
  EpnsParticles bodies = { .n = BODIES, .axes = AXES, .mass = mass, .position = place.position,
                           .velocity = place.velocity };

  epns_nbody_accelerate (law, &bodies, acceleration);
  for (guint s = 0; s < steps; s++) {
    join (path, s * (FINE / steps), FINE / steps, dw, dz);
    epns_nbody_advance (law, &bodies, duration / steps, dw, dz, acceleration);
  }
  return place;
}

START_TEST (draws_have_their_law)
{
  enum { N = 40000 };
  const double h = 0.3;
  const EpnsDrawKey key = { .seed = 5 };
  g_autofree double *dw = g_new (double, N), *dz = g_new (double, N);
  double sum[5] = { 0 };

  epns_nbody_draw (&key, h, N, dw, dz);
  for (guint i = 0; i < N; i++) {
    const double terms[] = { dw[i], dz[i], dw[i] * dw[i], dz[i] * dz[i], dw[i] * dz[i] };
    for (guint k = 0; k < 5; k++)
      sum[k] += terms[k] / N;
  }
  ck_assert_double_eq_tol (sum[0] / sqrt (h), 0, 0.02); /* 4 standard errors of 1 / sqrt (N) */
  ck_assert_double_eq_tol (sum[1] / sqrt (h * h * h / 3), 0, 0.02);
  ck_assert_double_eq_tol (sum[2] / h, 1, 0.03);
  ck_assert_double_eq_tol (sum[3] / (h * h * h / 3), 1, 0.03);
  ck_assert_double_eq_tol (sum[4] / (h * h / 2), 1, 0.03);
}
END_TEST

static const guint levels[LEVELS] = { 16, 32, 64 };

START_TEST (order_2_along_each_path)
{
  guint paths = suite_trials (200, 20);
  g_autofree Path *path = g_new (Path, 1);
  double error[LEVELS] = { 0 };

  for (guint p = 0; p < paths; p++) {
    draw_path (path, p);
    Place exact = follow (path, &rules, FINE);
    for (guint k = 0; k < LEVELS; k++) {
      Place place = follow (path, &rules, levels[k]);
      for (guint i = 0; i < VALUES; i++)
        error[k] += (pow (place.position[i] - exact.position[i], 2)
                     + pow (place.velocity[i] - exact.velocity[i], 2))
                    / paths;
    }
  }
  for (guint k = 0; k + 1 < LEVELS; k++) {
    double order = log2 (sqrt (error[k] / error[k + 1]));
    printf ("strong: %u steps, error %.3g; order %.2f\n", levels[k], sqrt (error[k]), order);
    ck_assert_msg (order > 1.8 && order < 2.3, "%.2f", order);
  }
}
END_TEST

START_TEST (order_2_in_mean_values)
{
  guint paths = suite_trials (3000, 300);
  g_autofree Path *path = g_new (Path, 1);
  double bias[LEVELS] = { 0 };

  for (guint p = 0; p < paths; p++) {
    draw_path (path, p);
    Place exact = follow (path, &rules, FINE);
    for (guint k = 0; k < LEVELS; k++) {
      Place place = follow (path, &rules, levels[k]);
      bias[k] += (pow (place.velocity[2], 2) - pow (exact.velocity[2], 2)
                  + pow (place.position[3], 2) - pow (exact.position[3], 2))
                 / paths;
    }
  }
  for (guint k = 0; k + 1 < LEVELS; k++) {
    double order = log2 (fabs (bias[k] / bias[k + 1]));
    printf ("weak: %u steps, bias %.3g; order %.2f\n", levels[k], bias[k], order);
    ck_assert_msg (order > 1.7 && order < 2.4, "%.2f", order);
  }
}
END_TEST

/* The largest relative error of the energy in each half of a long time. */
static void
drift (double h, double worst[2])
{
  const EpnsNbodyRules quiet = { .gravity = 1, .softening = 0.01 };
  double position[4] = { 0.5, 0, -0.5, 0 }, velocity[4] = { 0, 0.5, 0, -0.5 }, mass[2] = { 1, 1 };
  double acceleration[4];
  EpnsParticles bodies = { .n = 2, .axes = 2, .mass = mass, .position = position,
                           .velocity = velocity };
  guint steps = (guint) (suite_trials (100, 10) / h);

  double start = epns_nbody_kinetic (&bodies) + epns_nbody_potential (&quiet, &bodies);
  worst[0] = worst[1] = 0;
  epns_nbody_accelerate (&quiet, &bodies, acceleration);
  for (guint s = 0; s < steps; s++) {
    epns_nbody_advance (&quiet, &bodies, h, NULL, NULL, acceleration);
    double now = epns_nbody_kinetic (&bodies) + epns_nbody_potential (&quiet, &bodies);
    worst[2 * s / steps] = MAX (worst[2 * s / steps], fabs (now / start - 1));
  }
}

START_TEST (energy_does_not_drift)
{
  double coarse[2], fine[2];

  drift (0.004, coarse);
  drift (0.002, fine);
  printf ("energy: %.3g then %.3g at 0.004; %.3g then %.3g at 0.002\n", coarse[0], coarse[1],
          fine[0], fine[1]);
  ck_assert_double_lt (coarse[0], 1e-3);
  ck_assert_double_lt (coarse[1], 1.1 * coarse[0]);
  ck_assert_double_lt (fine[1], 1.1 * fine[0]);
  ck_assert_double_eq_tol (coarse[0] / fine[0], 4, 0.4);
}
END_TEST

SUITE ("nbody order", draws_have_their_law, order_2_along_each_path, order_2_in_mean_values,
       energy_does_not_drift)
