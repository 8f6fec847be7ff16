/* SPDX-License-Identifier: MIT */
/* Group normalisation. */
#include "models/nn/op.h"
#include "models/nn/partials.h"

#include <math.h>

/* Over one group of one sample: u = (x - mean) / s, s = sqrt (var + eps); y = u gain[c] + bias[c];
 * with v = dy gain[c]:  dx = (v - mean (v) - u mean (v u)) / s;  dgain[c] = sum dy u;  dbias[c] =
 * sum dy. n = { groups }, f = { eps }. */

static gboolean
group_norm_shape (const EpnsCall *call, guint *rank, gint64 *shape)
{
  const EpnsTensor *x = call->in[0], *gain = call->in[1];
  const gint64 groups = call->attr.n[0];

  *rank = 4;
  for (guint i = 0; i < 4; i++)
    shape[i] = x->shape[i];
  return x->rank == 4 && gain->rank == 1 && gain->shape[0] == x->shape[1] && groups > 0 &&
         x->shape[1] % groups == 0 && epns_tensor_same_shape (gain, call->in[2]);
}

typedef struct {
  const EpnsCall *call;
  gsize groups, channels, sites; /* groups; channels of one; H W */
  float *dx;
  EpnsPartials partials; /* over samples: dgain [C], dbias [C] */
} Norm;

static Norm
norm_new (const EpnsCall *call)
{
  const gint64 *x = call->in[0]->shape;

  return (Norm){ .call = call,
                 .groups = (gsize) call->attr.n[0],
                 .channels = (gsize) (x[1] / call->attr.n[0]),
                 .sites = (gsize) (x[2] * x[3]) };
}

static void
moments (const Norm *norm, const float *x, double *mean, double *scale)
{
  gsize n = norm->channels * norm->sites;
  double sum = 0.0, squares = 0.0;

  for (gsize i = 0; i < n; i++)
    sum += (double) x[i];
  *mean = sum / (double) n;
  for (gsize i = 0; i < n; i++)
    squares += ((double) x[i] - *mean) * ((double) x[i] - *mean);
  *scale = 1.0 / sqrt (squares / (double) n + (double) norm->call->attr.f[0]);
}

static void
norm_group (void *arg, gsize group, void *scratch G_GNUC_UNUSED)
{
  const Norm *norm = arg;
  gsize at = group * norm->channels * norm->sites, channel = group % norm->groups * norm->channels;
  const float *x = norm->call->in[0]->data + at;
  float *y = norm->call->out->data + at;
  double mean, scale;

  moments (norm, x, &mean, &scale);
  for (gsize c = 0; c < norm->channels; c++) {
    const float gain = (float) scale * norm->call->in[1]->data[channel + c];
    const float bias = norm->call->in[2]->data[channel + c];
    for (gsize s = 0; s < norm->sites; s++)
      *y++ = (*x++ - (float) mean) * gain + bias;
  }
}

static void
norm_group_back (const Norm *norm, gsize group, float *sums)
{
  gsize at = group * norm->channels * norm->sites, channel = group % norm->groups * norm->channels;
  const float *x = norm->call->in[0]->data + at, *dy = norm->call->out->grad->data + at;
  const float *gain = norm->call->in[1]->data + channel;
  double mean, scale, v_mean = 0.0, vu_mean = 0.0, n = (double) (norm->channels * norm->sites);

  moments (norm, x, &mean, &scale);
  for (gsize c = 0; c < norm->channels; c++) {
    double dgain = 0.0, dbias = 0.0;
    for (gsize i = c * norm->sites; i < (c + 1) * norm->sites; i++) {
      dgain += (double) dy[i] * ((double) x[i] - mean) * scale;
      dbias += (double) dy[i];
    }
    sums[channel + c] += (float) dgain;
    sums[norm->groups * norm->channels + channel + c] += (float) dbias;
    v_mean += dbias * (double) gain[c] / n;
    vu_mean += dgain * (double) gain[c] / n;
  }
  for (gsize i = 0; norm->dx != NULL && i < norm->channels * norm->sites; i++) {
    double u = ((double) x[i] - mean) * scale, v = (double) dy[i] * (double) gain[i / norm->sites];
    norm->dx[at + i] += (float) ((v - v_mean - u * vu_mean) * scale);
  }
}

static void
norm_samples_back (void *arg, gsize g, void *scratch G_GNUC_UNUSED)
{
  const Norm *norm = arg;
  gsize lo, hi;

  epns_partials_range (&norm->partials, g, &lo, &hi);
  for (gsize group = lo * norm->groups; group < hi * norm->groups; group++)
    norm_group_back (norm, group, epns_partials_of (&norm->partials, g));
}

static void
group_norm_forward (EpnsContext *ctx, const EpnsCall *call)
{
  Norm norm = norm_new (call);

  epns_context_each (ctx, (gsize) call->in[0]->shape[0] * norm.groups,
                     6.0 * (double) (norm.channels * norm.sites), 0, norm_group, &norm);
}

static void
group_norm_backward (EpnsContext *ctx, const EpnsCall *call)
{
  Norm norm = norm_new (call);
  gsize channels = norm.groups * norm.channels;

  norm.dx = epns_call_grad (ctx, call, 0);
  norm.partials = epns_partials_new (ctx, (gsize) call->in[0]->shape[0], 2 * channels);
  epns_context_each (ctx, norm.partials.n_groups, 12.0 * (double) (channels * norm.sites), 0,
                     norm_samples_back, &norm);
  epns_partials_add (&norm.partials, 0, channels, epns_call_grad (ctx, call, 1));
  epns_partials_add (&norm.partials, channels, channels, epns_call_grad (ctx, call, 2));
  epns_partials_clear (&norm.partials);
}

const EpnsOp epns_op_group_norm = {
  "group_norm", group_norm_shape, group_norm_forward, group_norm_backward, 0, NULL
};

EpnsTensor *
epns_group_norm (EpnsContext *ctx, EpnsTensor *x, EpnsTensor *gain, EpnsTensor *bias, guint groups,
                 float eps)
{
  EpnsAttr attr = { .n = { groups }, .f = { eps } };

  return EPNS_APPLY (ctx, &epns_op_group_norm, &attr, x, gain, bias);
}
