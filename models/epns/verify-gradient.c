/* SPDX-License-Identifier: MIT */
/* Central differences, one parameter after another. */
#include "models/epns/verify-gradient.h"
#include "plugin/random.h"

#include <math.h>
#include <string.h>

#define TOLERANCE  0.05 /* of a gradient's norm */
#define LEAST_NORM 0.01 /* of the largest norm */
#define CHANGE     1e-3 /* of the loss, by the largest step */
#define SMALLER    8.0  /* so many times is the next one */
#define SIZES      3

typedef struct {
  const EpnsLossOf *loss;
  guint64 seed;
  double at;    /* the loss where nothing is moved */
  double least; /* of the norm that errors are in units of */
  double **gradient;
} Trial;

static double
norm_of (const double *a, gsize n)
{
  double sum = 0;

  for (gsize k = 0; k < n; k++)
    sum += a[k] * a[k];
  return sqrt (sum);
}

static void
forget_gradients (const EpnsLossOf *loss)
{
  for (gsize i = 0; i < loss->n; i++) {
    EpnsTensor *parameter = loss->parameter (loss->of, i);
    memset (parameter->grad->data, 0, parameter->count * sizeof (float));
  }
}

/* A unit vector along g / |g| + a / 2 |a|, a normal. */
static double *
direction (const Trial *self, gsize i, gsize n)
{
  const EpnsDrawKey key = { .seed = self->seed, .stream = i };
  const double *gradient = self->gradient[i];
  double *u = g_new (double, n);

  for (gsize k = 0; k < n; k++)
    u[k] = epns_random_normal (&key, 0, k);
  const double along = norm_of (gradient, n), anywhere = norm_of (u, n);
  for (gsize k = 0; k < n; k++)
    u[k] = u[k] / (2 * anywhere) + (along > 0 ? gradient[k] / along : 0);
  const double both = norm_of (u, n);
  for (gsize k = 0; k < n; k++)
    u[k] /= both;
  return u;
}

static void
move (EpnsTensor *parameter, const float *from, const double *u, double h)
{
  for (gsize k = 0; k < parameter->count; k++)
    parameter->data[k] = (float) ((double) from[k] + h * u[k]);
}

/* The difference's slope, by steps of h to both sides. */
static gboolean
slope (const Trial *self, EpnsTensor *parameter, const double *u, double h, double *found,
       GError **error)
{
  const EpnsLossOf *loss = self->loss;
  g_autofree float *kept = g_memdup2 (parameter->data, parameter->count * sizeof *kept);
  double after = 0, before = 0;

  move (parameter, kept, u, h);
  gboolean done = loss->evaluate (loss->of, &after, error);
  move (parameter, kept, u, -h);
  done = done && loss->evaluate (loss->of, &before, error);
  memcpy (parameter->data, kept, parameter->count * sizeof *kept);
  *found = (after - before) / (2 * h);
  return done;
}

static gboolean
try_parameter (const Trial *self, gsize i, const EpnsReporter *reporter, GError **error)
{
  const EpnsLossOf *loss = self->loss;
  EpnsTensor *parameter = loss->parameter (loss->of, i);
  g_autofree char *of = loss->name (loss->of, i), *name = g_strconcat ("gradient of ", of, NULL);
  g_autofree double *u = direction (self, i, parameter->count);
  const double unit = fmax (norm_of (self->gradient[i], parameter->count), self->least);
  double h = CHANGE * fabs (self->at) / unit, expected = 0, nearest = INFINITY;

  for (gsize k = 0; k < parameter->count; k++)
    expected += self->gradient[i][k] * u[k];
  for (int size = 0; size < SIZES; size++, h /= SMALLER) {
    double found;
    if (!slope (self, parameter, u, h, &found, error))
      return FALSE;
    const double off = fabs (found - expected) / unit;
    nearest = off >= 0 ? fmin (nearest, off) : nearest;
  }
  reporter->report (reporter->data, name, nearest, TOLERANCE, nearest <= TOLERANCE);
  return TRUE;
}

/* The loss and its gradient where nothing is moved. */
static gboolean
take_gradient (Trial *self, GError **error)
{
  const EpnsLossOf *loss = self->loss;

  forget_gradients (loss);
  if (!loss->evaluate (loss->of, &self->at, error))
    return FALSE;
  for (gsize i = 0; i < loss->n; i++) {
    const EpnsTensor *parameter = loss->parameter (loss->of, i);
    self->gradient[i] = g_new (double, parameter->count);
    for (gsize k = 0; k < parameter->count; k++)
      self->gradient[i][k] = (double) parameter->grad->data[k];
    self->least = fmax (self->least, LEAST_NORM * norm_of (self->gradient[i], parameter->count));
  }
  return TRUE;
}

gboolean
epns_verify_gradient_of (const EpnsLossOf *loss, guint64 seed, const EpnsReporter *reporter,
                         GError **error)
{
  Trial trial = { .loss = loss, .seed = seed, .gradient = g_new0 (double *, loss->n) };
  gboolean done = take_gradient (&trial, error);

  for (gsize i = 0; done && i < loss->n; i++)
    done = try_parameter (&trial, i, reporter, error);
  for (gsize i = 0; i < loss->n; i++)
    g_free (trial.gradient[i]);
  g_free (trial.gradient);
  forget_gradients (loss);
  return done;
}
