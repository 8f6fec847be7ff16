/* SPDX-License-Identifier: MIT */
/* Pooling. */
#include "models/nn/op.h"

/* --- maxpool2x2: y[r][s] = max of x[2 r + i][2 s + j], i, j in {0, 1}; dx of the first maximum +=
 * dy --- */

static gboolean
maxpool2x2_shape (const EpnsCall *call, guint *rank, gint64 *shape)
{
  *rank = 4;
  for (guint i = 0; i < 4; i++)
    shape[i] = call->in[0]->shape[i] / (i < 2 ? 1 : 2);
  return call->in[0]->rank == 4 && shape[2] > 0 && shape[3] > 0;
}

typedef struct {
  const EpnsCall *call;
  float *dx;
} Pool;

static void
maxpool2x2_map (void *arg, gsize map, void *scratch G_GNUC_UNUSED)
{
  const EpnsCall *call = ((Pool *) arg)->call;
  gsize height = (gsize) call->in[0]->shape[2], width = (gsize) call->in[0]->shape[3];
  gsize out_h = height / 2, out_w = width / 2;
  float *y = call->out->data + map * out_h * out_w;

  for (gsize r = 0; r < out_h; r++) {
    const float *x = call->in[0]->data + map * height * width + 2 * r * width;
    for (gsize s = 0; s < out_w; s++, x += 2) {
      float upper = x[1] > x[0] ? x[1] : x[0],
            lower = x[width + 1] > x[width] ? x[width + 1] : x[width];
      *y++ = lower > upper ? lower : upper;
    }
  }
}

static void
maxpool2x2_map_back (void *arg, gsize map, void *scratch G_GNUC_UNUSED)
{
  const Pool *pool = arg;
  gsize height = (gsize) pool->call->in[0]->shape[2], width = (gsize) pool->call->in[0]->shape[3];
  gsize out_h = height / 2, out_w = width / 2;
  const float *y = pool->call->out->data + map * out_h * out_w,
              *dy = pool->call->out->grad->data + map * out_h * out_w;

  for (gsize r = 0; r < out_h; r++)
    for (gsize s = 0; s < out_w; s++, y++, dy++) {
      gsize at = map * height * width + 2 * r * width + 2 * s;
      const gsize corners[] = { at, at + 1, at + width, at + width + 1 };
      for (guint i = 0; i < 4; i++)
        if (pool->call->in[0]->data[corners[i]] == *y) {
          pool->dx[corners[i]] += *dy;
          break;
        }
    }
}

static void
each_map (EpnsContext *ctx, const EpnsCall *call, EpnsBody body, float *dx)
{
  gsize maps = (gsize) (call->out->shape[0] * call->out->shape[1]);
  Pool pool = { call, dx };

  epns_context_each (ctx, maps, 4.0 * (double) (call->out->count / maps), 0, body, &pool);
}

static void
maxpool2x2_forward (EpnsContext *ctx, const EpnsCall *call)
{
  each_map (ctx, call, maxpool2x2_map, NULL);
}

static void
maxpool2x2_backward (EpnsContext *ctx, const EpnsCall *call)
{
  each_map (ctx, call, maxpool2x2_map_back, epns_call_grad (ctx, call, 0));
}

const EpnsOp epns_op_maxpool2x2 = {
  "maxpool2x2", maxpool2x2_shape, maxpool2x2_forward, maxpool2x2_backward, 0, NULL
};

EpnsTensor *
epns_maxpool2x2 (EpnsContext *ctx, EpnsTensor *x)
{
  return EPNS_APPLY (ctx, &epns_op_maxpool2x2, NULL, x);
}
