/* SPDX-License-Identifier: MIT */
/* The optimisers, against three steps of torch.optim.Adam and clip_grad_norm_ (PyTorch 1.13). */
#include "models/nn/optim.h"
#include "tests/suite.h"

#include <math.h>

static EpnsTensor *
parameter (gint64 n, const float *values)
{
  EpnsTensor *self = epns_parameter_new (EPNS_SHAPE (n));

  memcpy (self->data, values, (gsize) n * sizeof *values);
  return self;
}

static void
expect (const float *got, const double *expected, gsize n)
{
  for (gsize i = 0; i < n; i++)
    ck_assert_double_eq_tol ((double) got[i], expected[i], 1e-6);
}

START_TEST (adam_follows_pytorch)
{
  static const float grads[3][3] = { { 0.1f, -2, 0 }, { 0.3f, 1, -1e-4f }, { -5, 0.5f, 0.25f } };
  static const double expected[3][3] = { { 0.400000662, -0.900000036, 1.90000045 },
                                         { 0.305022836, -0.868073821, 1.80015779 },
                                         { 0.362986207, -0.855139315, 1.70497429 } };
  g_autoptr (EpnsTensor) w = parameter (3, (float[]){ 0.5f, -1, 2 });
  const EpnsAdamOptions options = { .beta1 = 0.9, .beta2 = 0.99, .eps = 1e-6, .decay = 0.1 };
  g_autoptr (EpnsAdam) adam = epns_adam_new (&w, 1, options);

  for (guint t = 0; t < 3; t++) {
    memcpy (w->grad->data, grads[t], sizeof grads[t]);
    epns_adam_step (adam, 0.1);
    expect (w->data, expected[t], 3);
  }
  ck_assert_int_eq (adam->t, 3);
  epns_grads_zero (&w, 1);
  expect (w->grad->data, (double[]){ 0, 0, 0 }, 3);
}
END_TEST

/* Moments and step number are all there is: a copy of them continues with the same bits. */
START_TEST (adam_resumes)
{
  g_autoptr (EpnsTensor) a = parameter (2, (float[]){ 1, 2 });
  g_autoptr (EpnsTensor) b = parameter (2, (float[]){ 0, 0 });
  const EpnsAdamOptions options = EPNS_ADAM_DEFAULTS;
  g_autoptr (EpnsAdam) first = epns_adam_new (&a, 1, options),
                       second = epns_adam_new (&b, 1, options);

  for (guint t = 0; t < 4; t++) {
    if (t == 2) {
      second->t = first->t;
      memcpy (b->data, a->data, 2 * sizeof (float));
      memcpy (second->m[0]->data, first->m[0]->data, 2 * sizeof (float));
      memcpy (second->v[0]->data, first->v[0]->data, 2 * sizeof (float));
    }
    for (guint i = 0; i < 2; i++)
      a->grad->data[i] = b->grad->data[i] = (float) t - 1.5f * (float) i;
    epns_adam_step (first, 0.01);
    if (t >= 2)
      epns_adam_step (second, 0.01);
  }
  ck_assert_mem_eq (a->data, b->data, 2 * sizeof (float));
}
END_TEST

/* Where no gradient comes any more a moment ends at 0, not among denormal numbers, and the weight
 * comes to rest. */
START_TEST (moments_fade_to_zero)
{
  g_autoptr (EpnsTensor) w = parameter (1, (float[]){ 1 });
  g_autoptr (EpnsAdam) adam = epns_adam_new (&w, 1, (EpnsAdamOptions) EPNS_ADAM_DEFAULTS);

  w->grad->data[0] = -1e-3f;
  epns_adam_step (adam, 0.1);
  ck_assert_float_gt (adam->m[0]->data[0], -1e-3f);
  ck_assert_float_gt (0, adam->m[0]->data[0]);
  epns_grads_zero (&w, 1);
  for (guint t = 0; t < 1000; t++)
    epns_adam_step (adam, 0.1);
  ck_assert (adam->m[0]->data[0] == 0);
}
END_TEST

START_TEST (clips_the_common_norm)
{
  EpnsTensor *both[] = { parameter (2, (float[]){ 0, 0 }), parameter (1, (float[]){ 0 }) };

  memcpy (both[0]->grad->data, (float[]){ 3, 4 }, 2 * sizeof (float));
  both[1]->grad->data[0] = 12;
  ck_assert_double_eq_tol (epns_grads_clip (both, 2, INFINITY), 13, 1e-6);
  expect (both[0]->grad->data, (double[]){ 3, 4 }, 2);
  ck_assert_double_eq_tol (epns_grads_clip (both, 2, 6.5), 13, 1e-6);
  expect (both[0]->grad->data, (double[]){ 1.5, 2 }, 2);
  expect (both[1]->grad->data, (double[]){ 6 }, 1);
  epns_tensor_unref (both[0]);
  epns_tensor_unref (both[1]);
}
END_TEST

START_TEST (averages_weights)
{
  g_autoptr (EpnsTensor) w = parameter (1, (float[]){ 4 });
  g_autoptr (EpnsEma) ema = epns_ema_new (&w, 1, 0.75);

  w->data[0] = 8;
  epns_ema_update (ema);
  epns_ema_swap (ema);
  expect (w->data, (double[]){ 5 }, 1);
  epns_ema_swap (ema);
  expect (w->data, (double[]){ 8 }, 1);
}
END_TEST

SUITE ("nn-optim", adam_follows_pytorch, adam_resumes, moments_fade_to_zero, clips_the_common_norm,
       averages_weights)
