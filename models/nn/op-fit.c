/* SPDX-License-Identifier: MIT */
/* Images of another size: cropped, padded, repeated. */
#include "models/nn/op.h"

#include <string.h>

/* --- place2d: y[r][s] = x[r - top][s - left], and outside x zeros, or (wrap) x repeated; n = {
 * top, left, H', W', wrap }. Negative top, left crop. dx[r][s] = the sum of dy wherever it went.
 * --- */

static gboolean
place2d_shape (const EpnsCall *call, guint *rank, gint64 *shape)
{
  *rank = 4;
  memcpy (shape, call->in[0]->shape, 2 * sizeof *shape);
  shape[2] = call->attr.n[2];
  shape[3] = call->attr.n[3];
  return call->in[0]->rank == 4 && shape[2] > 0 && shape[3] > 0;
}

/* Along an axis, y's samples from `at` on come from consecutive ones of x, from `first` on, or from
 * none (first < 0): how many there are before the next border. */
static gint64
run_at (gint64 at, gint64 before, gint64 extent, gint64 target, gint64 wrap, gint64 *first)
{
  gint64 from = at - before;

  if (wrap)
    from = ((from % extent) + extent) % extent;
  *first = from >= 0 && from < extent ? from : -1;
  if (from < 0)
    return MIN (-from, target - at);
  return from < extent ? MIN (extent - from, target - at) : target - at;
}

typedef struct {
  const EpnsCall *call;
  float *dx;
} Place;

static void
place2d_map (void *arg, gsize map, void *scratch G_GNUC_UNUSED)
{
  const EpnsCall *call = ((Place *) arg)->call;
  const gint64 *n = call->attr.n, height = call->in[0]->shape[2], width = call->in[0]->shape[3];
  const float *x = call->in[0]->data + (gint64) map * height * width;
  float *y = call->out->data + (gint64) map * n[2] * n[3];
  gint64 row, column, length;

  for (gint64 r = 0; r < n[2]; r++) {
    run_at (r, n[0], height, n[2], n[4], &row);
    for (gint64 s = 0; s < n[3]; s += length, y += length) {
      length = run_at (s, n[1], width, n[3], n[4], &column);
      if (row >= 0 && column >= 0)
        memcpy (y, x + row * width + column, (gsize) length * sizeof *y);
      else
        memset (y, 0, (gsize) length * sizeof *y);
    }
  }
}

static void
place2d_map_back (void *arg, gsize map, void *scratch G_GNUC_UNUSED)
{
  const Place *place = arg;
  const gint64 *n = place->call->attr.n;
  const gint64 height = place->call->in[0]->shape[2], width = place->call->in[0]->shape[3];
  float *dx = place->dx + (gint64) map * height * width;
  const float *dy = place->call->out->grad->data + (gint64) map * n[2] * n[3];
  gint64 row, column, length;

  for (gint64 r = 0; r < n[2]; r++) {
    run_at (r, n[0], height, n[2], n[4], &row);
    for (gint64 s = 0; s < n[3]; s += length, dy += length) {
      length = run_at (s, n[1], width, n[3], n[4], &column);
      for (gint64 i = 0; row >= 0 && column >= 0 && i < length; i++)
        dx[row * width + column + i] += dy[i];
    }
  }
}

static void
each_map (EpnsContext *ctx, const EpnsCall *call, EpnsBody body, float *dx)
{
  gsize maps = (gsize) (call->out->shape[0] * call->out->shape[1]);
  Place place = { call, dx };

  epns_context_each (ctx, maps, 4.0 * (double) (call->out->count / maps), 0, body, &place);
}

static void
place2d_forward (EpnsContext *ctx, const EpnsCall *call)
{
  each_map (ctx, call, place2d_map, NULL);
}

static void
place2d_backward (EpnsContext *ctx, const EpnsCall *call)
{
  each_map (ctx, call, place2d_map_back, epns_call_grad (ctx, call, 0));
}

const EpnsOp epns_op_place2d = { "place2d", place2d_shape, place2d_forward, place2d_backward,
                                 0,         NULL };

/* What a centre crop or pad puts before an axis of extent m to make it t. */
static gint64
fit_before (gint64 m, gint64 t)
{
  if (m <= t)
    return (t - m) / 2;
  gint64 half = (m - t) / 2; /* round half to even: up where the half is odd */
  return (m - t) % 2 == 1 && half % 2 == 1 ? -(half + 1) : -half;
}

EpnsTensor *
epns_fit2d (EpnsContext *ctx, EpnsTensor *x, gint64 height, gint64 width)
{
  if (x == NULL)
    return NULL;
  EpnsAttr attr = { .n = { fit_before (x->shape[2], height), fit_before (x->shape[3], width),
                           height, width, FALSE } };

  return EPNS_APPLY (ctx, &epns_op_place2d, &attr, x);
}

EpnsTensor *
epns_pad2d (EpnsContext *ctx, EpnsTensor *x, gint64 top, gint64 bottom, gint64 left, gint64 right,
            gboolean wrap)
{
  if (x == NULL)
    return NULL;
  EpnsAttr attr = { .n = { top, left, x->shape[2] + top + bottom, x->shape[3] + left + right,
                           wrap != FALSE } };

  return EPNS_APPLY (ctx, &epns_op_place2d, &attr, x);
}

/* --- broadcast_hw: y[n, k, h, w] = x[n, k]; n = { H, W }; dx = sum of dy over sites --- */

static gboolean
broadcast_hw_shape (const EpnsCall *call, guint *rank, gint64 *shape)
{
  *rank = 4;
  memcpy (shape, call->in[0]->shape, 2 * sizeof *shape);
  memcpy (shape + 2, call->attr.n, 2 * sizeof *shape);
  return call->in[0]->rank == 2 && shape[2] > 0 && shape[3] > 0;
}

static void
broadcast_hw_map (void *arg, gsize map, void *scratch G_GNUC_UNUSED)
{
  const EpnsCall *call = ((Place *) arg)->call;
  gsize sites = call->out->count / call->in[0]->count;

  for (gsize s = 0; s < sites; s++)
    call->out->data[map * sites + s] = call->in[0]->data[map];
}

static void
broadcast_hw_map_back (void *arg, gsize map, void *scratch G_GNUC_UNUSED)
{
  const Place *place = arg;
  gsize sites = place->call->out->count / place->call->in[0]->count;

  place->dx[map] += (float) epns_sum_of (place->call->out->grad->data + map * sites, sites);
}

static void
broadcast_hw_forward (EpnsContext *ctx, const EpnsCall *call)
{
  each_map (ctx, call, broadcast_hw_map, NULL);
}

static void
broadcast_hw_backward (EpnsContext *ctx, const EpnsCall *call)
{
  each_map (ctx, call, broadcast_hw_map_back, epns_call_grad (ctx, call, 0));
}

const EpnsOp epns_op_broadcast_hw = {
  "broadcast_hw", broadcast_hw_shape, broadcast_hw_forward, broadcast_hw_backward, 0, NULL
};

EpnsTensor *
epns_broadcast_hw (EpnsContext *ctx, EpnsTensor *x, gint64 height, gint64 width)
{
  EpnsAttr attr = { .n = { height, width } };

  return EPNS_APPLY (ctx, &epns_op_broadcast_hw, &attr, x);
}

/* --- upsample2x: y[2 r + i][2 s + j] = x[r][s], i, j in {0, 1}; dx = the sum of the four dy --- */

static gboolean
upsample2x_shape (const EpnsCall *call, guint *rank, gint64 *shape)
{
  *rank = 4;
  for (guint i = 0; i < 4; i++)
    shape[i] = call->in[0]->shape[i] * (i < 2 ? 1 : 2);
  return call->in[0]->rank == 4;
}

static void
upsample2x_map (void *arg, gsize map, void *scratch G_GNUC_UNUSED)
{
  const EpnsCall *call = ((Place *) arg)->call;
  gsize height = (gsize) call->out->shape[2], width = (gsize) call->out->shape[3];
  const float *x = call->in[0]->data + map * height * width / 4;
  float *y = call->out->data + map * height * width;

  for (gsize r = 0; r < height; r += 2, x += width / 2, y += 2 * width) {
    for (gsize s = 0; s < width / 2; s++)
      y[2 * s] = y[2 * s + 1] = x[s];
    memcpy (y + width, y, width * sizeof *y);
  }
}

static void
upsample2x_map_back (void *arg, gsize map, void *scratch G_GNUC_UNUSED)
{
  const Place *place = arg;
  gsize height = (gsize) place->call->out->shape[2], width = (gsize) place->call->out->shape[3];
  float *dx = place->dx + map * height * width / 4;
  const float *dy = place->call->out->grad->data + map * height * width;

  for (gsize r = 0; r < height; r++)
    for (gsize s = 0; s < width; s++)
      dx[r / 2 * (width / 2) + s / 2] += dy[r * width + s];
}

static void
upsample2x_forward (EpnsContext *ctx, const EpnsCall *call)
{
  each_map (ctx, call, upsample2x_map, NULL);
}

static void
upsample2x_backward (EpnsContext *ctx, const EpnsCall *call)
{
  each_map (ctx, call, upsample2x_map_back, epns_call_grad (ctx, call, 0));
}

const EpnsOp epns_op_upsample2x = {
  "upsample2x", upsample2x_shape, upsample2x_forward, upsample2x_backward, 0, NULL
};

EpnsTensor *
epns_upsample2x (EpnsContext *ctx, EpnsTensor *x)
{
  return EPNS_APPLY (ctx, &epns_op_upsample2x, NULL, x);
}
