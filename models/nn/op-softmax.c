/* SPDX-License-Identifier: MIT */
/* Probabilities along an axis. */
#include "models/nn/op.h"

#include <math.h>
#include <string.h>

/* x is seen as [outer, axis, inner]; with m = max over the axis, l = m + ln sum e^(x - m), in
 * double: softmax:     y = e^(x - l);  dx = y (dy - sum y dy) log_softmax: y = x - l;      dx = dy
 * - e^y sum dy n = { axis }; detail: log. */

static gboolean
softmax_shape (const EpnsCall *call, guint *rank, gint64 *shape)
{
  return epns_shape_same (call, rank, shape) && call->attr.n[0] >= 0 && call->attr.n[0] < *rank;
}

#define TILE 128 /* inner places taken together, so that memory is read along rows */

typedef struct {
  const EpnsCall *call;
  gsize axis, inner, tiles; /* extents; tiles of the inner places */
  gboolean log;
  float *dx;
} Softmax;

static Softmax
softmax_new (const EpnsCall *call)
{
  const EpnsTensor *x = call->in[0];
  Softmax self = { .call = call, .inner = 1, .log = call->op->detail != NULL };

  self.axis = (gsize) x->shape[call->attr.n[0]];
  for (guint i = (guint) call->attr.n[0] + 1; i < x->rank; i++)
    self.inner *= (gsize) x->shape[i];
  self.tiles = (self.inner + TILE - 1) / TILE;
  return self;
}

/* First value of the tile and how many inner places it has. */
static gsize
tile_at (const Softmax *self, gsize i, gsize *n)
{
  gsize first = i % self->tiles * TILE;

  *n = MIN (self->inner - first, TILE);
  return i / self->tiles * self->axis * self->inner + first;
}

static void
softmax_tile (void *arg, gsize i, void *scratch G_GNUC_UNUSED)
{
  const Softmax *self = arg;
  gsize n, at = tile_at (self, i, &n);
  const float *x = self->call->in[0]->data + at;
  float *y = self->call->out->data + at, largest[TILE];
  double total[TILE] = { 0 };

  memcpy (largest, x, n * sizeof *x);
  for (gsize a = 1; a < self->axis; a++)
    for (gsize k = 0; k < n; k++)
      largest[k] = MAX (largest[k], x[a * self->inner + k]);
  for (gsize a = 0; a < self->axis; a++)
    for (gsize k = 0; k < n; k++)
      total[k] += (double) (y[a * self->inner + k] = expf (x[a * self->inner + k] - largest[k]));
  for (gsize k = 0; k < n; k++)
    total[k] = self->log ? log (total[k]) : 1.0 / total[k];
  for (gsize a = 0; a < self->axis; a++)
    for (gsize k = 0; k < n; k++) {
      float *to = y + a * self->inner + k;
      *to = self->log ? (float) ((double) (x[a * self->inner + k] - largest[k]) - total[k])
                      : (float) ((double) *to * total[k]);
    }
}

static void
softmax_tile_back (void *arg, gsize i, void *scratch G_GNUC_UNUSED)
{
  const Softmax *self = arg;
  gsize n, at = tile_at (self, i, &n);
  const float *y = self->call->out->data + at, *dy = self->call->out->grad->data + at;
  float *dx = self->dx + at;
  double total[TILE] = { 0 };

  for (gsize a = 0; a < self->axis; a++)
    for (gsize k = 0; k < n; k++) {
      gsize p = a * self->inner + k;
      total[k] += self->log ? (double) dy[p] : (double) y[p] * (double) dy[p];
    }
  for (gsize a = 0; a < self->axis; a++)
    for (gsize k = 0; k < n; k++) {
      gsize p = a * self->inner + k;
      dx[p] += self->log ? dy[p] - (float) ((double) expf (y[p]) * total[k])
                         : y[p] * (float) ((double) dy[p] - total[k]);
    }
}

static void
softmax_each (EpnsContext *ctx, Softmax *self, EpnsBody body)
{
  gsize outer = self->call->out->count / (self->axis * self->inner);

  epns_context_each (ctx, outer * self->tiles,
                     20.0 * (double) (self->axis * MIN (self->inner, TILE)), 0, body, self);
}

static void
softmax_forward (EpnsContext *ctx, const EpnsCall *call)
{
  Softmax self = softmax_new (call);

  softmax_each (ctx, &self, softmax_tile);
}

static void
softmax_backward (EpnsContext *ctx, const EpnsCall *call)
{
  Softmax self = softmax_new (call);

  self.dx = epns_call_grad (ctx, call, 0);
  softmax_each (ctx, &self, softmax_tile_back);
}

static const gboolean is_log = TRUE;

const EpnsOp epns_op_softmax = { "softmax", softmax_shape, softmax_forward, softmax_backward,
                                 0,         NULL };
const EpnsOp epns_op_log_softmax = {
  "log_softmax", softmax_shape, softmax_forward, softmax_backward, 0, &is_log
};

EpnsTensor *
epns_softmax (EpnsContext *ctx, EpnsTensor *x, guint axis)
{
  EpnsAttr attr = { .n = { axis } };

  return EPNS_APPLY (ctx, &epns_op_softmax, &attr, x);
}

EpnsTensor *
epns_log_softmax (EpnsContext *ctx, EpnsTensor *x, guint axis)
{
  EpnsAttr attr = { .n = { axis } };

  return EPNS_APPLY (ctx, &epns_op_log_softmax, &attr, x);
}
