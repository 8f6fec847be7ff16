/* SPDX-License-Identifier: MIT */
/* Optimisers. */
#include "models/nn/optim.h"
#include "models/nn/kernel.h"

#include <math.h>
#include <string.h>

void
epns_grads_zero (EpnsTensor *const *parameters, gsize n)
{
  for (gsize p = 0; p < n; p++)
    memset (parameters[p]->grad->data, 0, parameters[p]->count * sizeof (float));
}

double
epns_grads_clip (EpnsTensor *const *parameters, gsize n, double limit)
{
  double squares = 0.0;

  for (gsize p = 0; p < n; p++)
    for (gsize i = 0; i < parameters[p]->count; i++)
      squares += (double) parameters[p]->grad->data[i] * (double) parameters[p]->grad->data[i];
  double norm = sqrt (squares);
  if (norm > limit)
    for (gsize p = 0; p < n; p++)
      for (gsize i = 0; i < parameters[p]->count; i++)
        parameters[p]->grad->data[i] *= (float) (limit / (norm + 1e-6));
  return norm;
}

static EpnsTensor **
borrow (EpnsTensor *const *parameters, gsize n)
{
  return g_memdup2 (parameters, n * sizeof *parameters);
}

/* A heap tensor shaped like each parameter, all zero. */
static EpnsTensor **
zeros_like (EpnsTensor *const *parameters, gsize n)
{
  EpnsTensor **zeros = g_new (EpnsTensor *, n);

  for (gsize p = 0; p < n; p++)
    zeros[p] = epns_tensor_new_zero (NULL, parameters[p]->rank, parameters[p]->shape);
  return zeros;
}

static void
free_all (EpnsTensor **tensors, gsize n)
{
  for (gsize p = 0; p < n; p++)
    epns_tensor_unref (tensors[p]);
  g_free (tensors);
}

EpnsAdam *
epns_adam_new (EpnsTensor *const *parameters, gsize n, EpnsAdamOptions options)
{
  EpnsAdam *self = g_new0 (EpnsAdam, 1);

  *self = (EpnsAdam){ .options = options,
                      .n = n,
                      .parameters = borrow (parameters, n),
                      .m = zeros_like (parameters, n),
                      .v = zeros_like (parameters, n) };
  return self;
}

void
epns_adam_free (EpnsAdam *self)
{
  if (self == NULL)
    return;
  free_all (self->m, self->n);
  free_all (self->v, self->n);
  g_free (self->parameters);
  g_free (self);
}

static EpnsAdamRates
rates_at (const EpnsAdamOptions *o, gint64 t, double rate)
{
  const double first = 1.0 - pow (o->beta1, (double) t), second = 1.0 - pow (o->beta2, (double) t);

  return (EpnsAdamRates){ .decay = (float) o->decay,
                      .beta1 = (float) o->beta1,
                      .rest1 = (float) (1.0 - o->beta1),
                      .beta2 = (float) o->beta2,
                      .rest2 = (float) (1.0 - o->beta2),
                      .rate = (float) (rate / first),
                      .spread = (float) (1.0 / sqrt (second)),
                      .eps = (float) o->eps };
}

void
epns_adam_step (EpnsAdam *self, double rate)
{
  const EpnsAdamRates rates = rates_at (&self->options, ++self->t, rate);

  for (gsize p = 0; p < self->n; p++)
    epns_kernel ()->adam (&rates, self->parameters[p]->count, self->parameters[p]->grad->data,
                          self->parameters[p]->data, self->m[p]->data, self->v[p]->data);
}

EpnsEma *
epns_ema_new (EpnsTensor *const *parameters, gsize n, double decay)
{
  EpnsEma *self = g_new0 (EpnsEma, 1);

  *self = (EpnsEma){ .decay = decay,
                     .n = n,
                     .parameters = borrow (parameters, n),
                     .average = zeros_like (parameters, n) };
  for (gsize p = 0; p < n; p++)
    memcpy (self->average[p]->data, parameters[p]->data, parameters[p]->count * sizeof (float));
  return self;
}

void
epns_ema_free (EpnsEma *self)
{
  if (self == NULL)
    return;
  free_all (self->average, self->n);
  g_free (self->parameters);
  g_free (self);
}

void
epns_ema_update (EpnsEma *self)
{
  for (gsize p = 0; p < self->n; p++) {
    float *a = self->average[p]->data;
    const float *w = self->parameters[p]->data;
    for (gsize i = 0; i < self->average[p]->count; i++)
      a[i] = (float) (self->decay * (double) a[i] + (1.0 - self->decay) * (double) w[i]);
  }
}

void
epns_ema_swap (EpnsEma *self)
{
  for (gsize p = 0; p < self->n; p++)
    for (gsize i = 0; i < self->average[p]->count; i++) {
      float w = self->parameters[p]->data[i];
      self->parameters[p]->data[i] = self->average[p]->data[i];
      self->average[p]->data[i] = w;
    }
}
