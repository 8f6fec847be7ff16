/* SPDX-License-Identifier: MIT */
/* Sums and means over sites, in double. */
#include "models/nn/op.h"

#include <string.h>

#define LANES 8

double
epns_sum_of (const float *values, gsize n)
{
  double lanes[LANES] = { 0 }, sum = 0.0;
  gsize i = 0;

  for (; i + LANES <= n; i += LANES)
    for (guint l = 0; l < LANES; l++)
      lanes[l] += (double) values[i + l];
  for (; i < n; i++)
    lanes[i % LANES] += (double) values[i];
  for (guint l = 0; l < LANES; l++)
    sum += lanes[l];
  return sum;
}

/* --- sum: y = sum_i x[i]; dx[i] = dy --- */

static gboolean
sum_shape (const EpnsCall *call G_GNUC_UNUSED, guint *rank, gint64 *shape G_GNUC_UNUSED)
{
  *rank = 1;
  return TRUE;
}

static void
sum_forward (EpnsContext *ctx G_GNUC_UNUSED, const EpnsCall *call)
{
  call->out->data[0] = (float) epns_sum_of (call->in[0]->data, call->in[0]->count);
}

static void
sum_range_back (const EpnsCall *call, float *grad, gsize lo, gsize hi)
{
  const float dy = call->out->grad->data[0];

  for (gsize i = lo; i < hi; i++)
    grad[i] += dy;
}

static void
sum_backward (EpnsContext *ctx, const EpnsCall *call)
{
  epns_call_flat (ctx, call, epns_call_grad (ctx, call, 0), call->in[0]->count, 1.0,
                  sum_range_back);
}

const EpnsOp epns_op_sum = { "sum", sum_shape, sum_forward, sum_backward, 0, NULL };

EpnsTensor *
epns_sum (EpnsContext *ctx, EpnsTensor *x)
{
  return EPNS_APPLY (ctx, &epns_op_sum, NULL, x);
}

/* --- mean_hw: y[n, c] = mean over sites of x[n, c]; dx = dy / sites --- */

static gboolean
mean_hw_shape (const EpnsCall *call, guint *rank, gint64 *shape)
{
  *rank = 2;
  memcpy (shape, call->in[0]->shape, 2 * sizeof *shape);
  return call->in[0]->rank == 4;
}

static void
mean_hw_map (void *arg, gsize map, void *scratch G_GNUC_UNUSED)
{
  const EpnsCall *call = arg;
  gsize sites = call->in[0]->count / call->out->count;

  call->out->data[map] =
      (float) (epns_sum_of (call->in[0]->data + map * sites, sites) / (double) sites);
}

static void
mean_hw_forward (EpnsContext *ctx, const EpnsCall *call)
{
  gsize maps = call->out->count;

  epns_context_each (ctx, maps, (double) (call->in[0]->count / maps), 0, mean_hw_map,
                     (gpointer) call);
}

static void
mean_hw_range_back (const EpnsCall *call, float *grad, gsize lo, gsize hi)
{
  gsize sites = call->in[0]->count / call->out->count;

  for (gsize i = lo; i < hi; i++)
    grad[i] += call->out->grad->data[i / sites] / (float) sites;
}

static void
mean_hw_backward (EpnsContext *ctx, const EpnsCall *call)
{
  epns_call_flat (ctx, call, epns_call_grad (ctx, call, 0), call->in[0]->count, 2.0,
                  mean_hw_range_back);
}

const EpnsOp epns_op_mean_hw = { "mean_hw", mean_hw_shape, mean_hw_forward, mean_hw_backward,
                                 0,         NULL };

EpnsTensor *
epns_mean_hw (EpnsContext *ctx, EpnsTensor *x)
{
  return EPNS_APPLY (ctx, &epns_op_mean_hw, NULL, x);
}
