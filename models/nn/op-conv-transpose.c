/* SPDX-License-Identifier: MIT */
/* Transposed convolution: the adjoint of a convolution of y, so patches change places with images.
 */
#include "models/nn/blas.h"
#include "models/nn/op.h"
#include "models/nn/partials.h"
#include "models/nn/patches.h"

/* y[n] = the patches of w^T x[n], added, + b; w as [I, O kh kw]; n = { stride, pad }. */

static gboolean
conv_transpose2d_shape (const EpnsCall *call, guint *rank, gint64 *shape)
{
  const EpnsTensor *x = call->in[0], *w = call->in[1], *b = call->in[2];
  const gint64 stride = call->attr.n[0], pad = call->attr.n[1];

  if (x->rank != 4 || w->rank != 4 || x->shape[1] != w->shape[0] || stride < 1 || pad < 0 ||
      (b != NULL && (b->rank != 1 || b->shape[0] != w->shape[1])))
    return FALSE;
  *rank = 4;
  shape[0] = x->shape[0];
  shape[1] = w->shape[1];
  for (guint i = 0; i < 2; i++)
    shape[2 + i] = (x->shape[2 + i] - 1) * stride + w->shape[2 + i] - 2 * pad;
  return shape[2] > 0 && shape[3] > 0;
}

typedef struct {
  const EpnsCall *call;
  EpnsPatches patches;           /* of y: its sites are those of x */
  gsize in, depth, sites, image; /* I; O kh kw; H W; O H' W' */
  float *dx;
  EpnsPartials partials; /* over samples: dw [I, depth], db [O] */
} Transpose;

static Transpose
transpose_new (const EpnsCall *call)
{
  const gint64 *x = call->in[0]->shape, *w = call->in[1]->shape, *y = call->out->shape;
  Transpose self = {
    .call = call,
    .patches = { .channels = (gsize) y[1],
                 .height = (gsize) y[2],
                 .width = (gsize) y[3],
                 .kh = (gsize) w[2],
                 .kw = (gsize) w[3],
                 .stride = (gsize) call->attr.n[0],
                 .top = call->attr.n[1],
                 .left = call->attr.n[1],
                 .out_h = (gsize) x[2],
                 .out_w = (gsize) x[3] },
    .in = (gsize) x[1],
  };

  epns_patches_set_rows (&self.patches);
  self.depth = epns_patches_depth (&self.patches);
  self.sites = self.patches.out_h * self.patches.out_w;
  self.image = (gsize) (y[1] * y[2] * y[3]);
  return self;
}

static void
transpose_sample (void *arg, gsize n, void *scratch)
{
  const Transpose *self = arg;
  const EpnsPatches *p = &self->patches;
  const float *x = self->call->in[0]->data + n * self->in * self->sites;
  float *y = self->call->out->data + n * self->image;
  gsize plane = p->height * p->width;

  for (gsize o = 0; o < p->channels; o++)
    for (gsize i = 0; i < plane; i++)
      y[o * plane + i] = self->call->in[2] != NULL ? self->call->in[2]->data[o] : 0.0f;
  for (gsize row = 0; row < p->out_h; row += p->rows) {
    gsize rows = MIN (p->rows, p->out_h - row), sites = rows * p->out_w;
    epns_sgemm (TRUE, FALSE, self->depth, sites, self->in, self->call->in[1]->data, self->depth,
                x + row * p->out_w, self->sites, 0.0f, scratch, sites);
    epns_patches_scatter (p, scratch, row, rows, y);
  }
}

static void
conv_transpose2d_forward (EpnsContext *ctx, const EpnsCall *call)
{
  Transpose self = transpose_new (call);

  epns_context_each (
      ctx, (gsize) call->in[0]->shape[0], 2.0 * (double) (self.in * self.depth * self.sites),
      self.depth * epns_patches_sites (&self.patches) * sizeof (float), transpose_sample, &self);
}

/* dx = w columns (dy);  dw = x columns (dy)^T;  db = sum of dy over samples and sites. */
static void
transpose_sample_back (Transpose *self, gsize n, float *dw, float *columns)
{
  const EpnsPatches *p = &self->patches;
  const float *dy = self->call->out->grad->data + n * self->image;
  const float *x = self->call->in[0]->data + n * self->in * self->sites;
  gsize plane = p->height * p->width;

  for (gsize o = 0; o < p->channels; o++) {
    double sum = 0.0;
    for (gsize i = 0; i < plane; i++)
      sum += dy[o * plane + i];
    dw[self->in * self->depth + o] += (float) sum;
  }
  for (gsize row = 0; row < p->out_h; row += p->rows) {
    gsize rows = MIN (p->rows, p->out_h - row), sites = rows * p->out_w, at = row * p->out_w;
    epns_patches_gather (p, dy, row, rows, columns);
    epns_sgemm (FALSE, TRUE, self->in, self->depth, sites, x + at, self->sites, columns, sites,
                1.0f, dw, self->depth);
    if (self->dx != NULL)
      epns_sgemm (FALSE, FALSE, self->in, sites, self->depth, self->call->in[1]->data, self->depth,
                  columns, sites, 1.0f, self->dx + n * self->in * self->sites + at, self->sites);
  }
}

static void
transpose_group_back (void *arg, gsize g, void *scratch)
{
  Transpose *self = arg;
  gsize lo, hi;

  epns_partials_range (&self->partials, g, &lo, &hi);
  for (gsize n = lo; n < hi; n++)
    transpose_sample_back (self, n, epns_partials_of (&self->partials, g), scratch);
}

static void
conv_transpose2d_backward (EpnsContext *ctx, const EpnsCall *call)
{
  Transpose self = transpose_new (call);
  gsize weights = self.in * self.depth, out = self.patches.channels;

  self.dx = epns_call_grad (ctx, call, 0);
  self.partials = epns_partials_new (ctx, (gsize) call->in[0]->shape[0], weights + out);
  epns_context_each (ctx, self.partials.n_groups, 4.0 * (double) (weights * self.sites),
                     self.depth * epns_patches_sites (&self.patches) * sizeof (float),
                     transpose_group_back, &self);
  epns_partials_add (&self.partials, 0, weights, epns_call_grad (ctx, call, 1));
  epns_partials_add (&self.partials, weights, out, epns_call_grad (ctx, call, 2));
  epns_partials_clear (&self.partials);
}

const EpnsOp epns_op_conv_transpose2d = { "conv_transpose2d",
                                          conv_transpose2d_shape,
                                          conv_transpose2d_forward,
                                          conv_transpose2d_backward,
                                          1u << 2,
                                          NULL };

EpnsTensor *
epns_conv_transpose2d (EpnsContext *ctx, EpnsTensor *x, EpnsTensor *w, EpnsTensor *b, gint64 stride,
                       gint64 pad)
{
  EpnsAttr attr = { .n = { stride, pad } };

  return EPNS_APPLY (ctx, &epns_op_conv_transpose2d, &attr, x, w, b);
}
