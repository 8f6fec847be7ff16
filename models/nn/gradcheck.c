/* SPDX-License-Identifier: MIT */
/* Central differences. */
#include "models/nn/gradcheck.h"
#include "models/nn/ops.h"
#include "plugin/random.h"

#include <math.h>
#include <string.h>

#define DIRECTIONS 4

enum { DRAW_PROJECTION, DRAW_DIRECTION };

typedef struct {
  EpnsContext *ctx;
  EpnsGradFunction f;
  gpointer user;
  EpnsTensor *const *inputs;
  EpnsDrawKey key;
} Check;

/* L, with the weights r that the seed gives. */
static double
project (const Check *check)
{
  g_autoptr (EpnsTensor) y = check->f (check->ctx, check->inputs, check->user);
  double sum = 0.0;

  for (gsize i = 0; i < y->count; i++)
    sum +=
        (double) y->data[i] * (double) (float) epns_random_normal (&check->key, DRAW_PROJECTION, i);
  return sum;
}

static void
project_back (const Check *check)
{
  epns_context_record (check->ctx, TRUE);
  g_autoptr (EpnsTensor) y = check->f (check->ctx, check->inputs, check->user);
  g_autoptr (EpnsTensor) r = epns_tensor_new (check->ctx, y->rank, y->shape);
  for (gsize i = 0; i < r->count; i++)
    r->data[i] = (float) epns_random_normal (&check->key, DRAW_PROJECTION, i);
  g_autoptr (EpnsTensor) product = epns_mul (check->ctx, y, r);
  g_autoptr (EpnsTensor) loss = epns_sum (check->ctx, product);
  epns_context_backward (check->ctx, loss);
  epns_context_record (check->ctx, FALSE);
}

/* x = x0 + h d, with d of +-1 in `direction` */
static void
shift (EpnsTensor *x, const float *x0, double h, const Check *check, guint64 direction)
{
  for (gsize i = 0; i < x->count; i++) {
    double d =
        epns_random_uniform (&check->key, DRAW_DIRECTION, (direction << 32) + i) < 0.5 ? -1.0 : 1.0;
    x->data[i] = (float) ((double) x0[i] + h * d);
  }
}

/* The steps that floats really took, so that rounding of x does not count as an error of the
 * gradient. */
static double
along (const EpnsTensor *x, const float *grad, const float *upper, const float *lower)
{
  double sum = 0.0;

  for (gsize i = 0; i < x->count; i++)
    sum += (double) grad[i] * ((double) upper[i] - (double) lower[i]);
  return sum;
}

static double
check_input (const Check *check, EpnsTensor *x, const float *grad, double h,
             guint64 first_direction)
{
  g_autofree float *x0 = g_memdup2 (x->data, x->count * sizeof (float));
  g_autofree float *upper = g_new (float, x->count);
  double worst = 0.0, norm = 0.0;

  for (gsize i = 0; i < x->count; i++)
    norm += (double) grad[i] * (double) grad[i];
  for (guint64 d = first_direction; d < first_direction + DIRECTIONS; d++) {
    shift (x, x0, h, check, d);
    double measured = project (check);
    memcpy (upper, x->data, x->count * sizeof (float));
    shift (x, x0, -h, check, d);
    measured -= project (check);
    double expected = along (x, grad, upper, x->data);
    double scale = 2.0 * h * 0.3 * sqrt (norm);
    scale = MAX (scale, MAX (fabs (measured), fabs (expected)));
    if (scale > 0.0)
      worst = MAX (worst, fabs (measured - expected) / scale);
  }
  memcpy (x->data, x0, x->count * sizeof (float));
  return worst;
}

double
epns_gradcheck (EpnsContext *ctx, EpnsGradFunction f, gpointer user, EpnsTensor *const *inputs,
                guint n_inputs, double h, guint64 seed)
{
  Check check = { ctx, f, user, inputs, { seed, 0, 0 } };
  double worst = 0.0;

  for (guint i = 0; i < n_inputs; i++)
    epns_tensor_set (&inputs[i]->grad, NULL);
  project_back (&check);
  for (guint i = 0; i < n_inputs; i++)
    if (inputs[i]->requires_grad && inputs[i]->grad != NULL)
      worst = MAX (worst,
                   check_input (&check, inputs[i], inputs[i]->grad->data, h, 1 + i * DIRECTIONS));
    else if (inputs[i]->requires_grad)
      worst = INFINITY; /* nothing came back */
  return worst;
}
