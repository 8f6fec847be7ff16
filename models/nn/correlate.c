/* SPDX-License-Identifier: MIT */
/* Correlations. */
#include "models/nn/correlate.h"
#include "models/nn/activation.h"
#include "models/nn/layout.h"
#include "models/nn/multiply.h"
#include "models/nn/op.h"

#include <string.h>

static gsize
plane_of (const EpnsCorrelator *self)
{
  return self->plane_h * self->plane_w;
}

static gsize
depth_of (const EpnsCorrelation *shape)
{
  return shape->channels * shape->kh * shape->kw;
}

EpnsTensor *
epns_correlation_offsets (EpnsContext *ctx, const EpnsCorrelation *shape, gsize plane,
                          gsize plane_w)
{
  const gsize s = shape->stride;
  EpnsTensor *tensor =
      epns_tensor_new (ctx, EPNS_SHAPE ((gint64) depth_of (shape) + EPNS_DOT_TAPS));
  gint32 *offset = (gint32 *) (gpointer) tensor->data;

  g_assert (shape->channels * s * s * plane < G_MAXINT32);
  for (gsize c = 0; c < shape->channels; c++)
    for (gsize i = 0; i < shape->kh; i++)
      for (gsize j = 0; j < shape->kw; j++)
        *offset++ = (gint32) (((c * s + i % s) * s + j % s) * plane + i / s * plane_w + j / s);
  for (guint t = 0; t < EPNS_DOT_TAPS; t++)
    *offset++ = 0;
  return tensor;
}

EpnsCorrelator
epns_correlator_new (EpnsContext *ctx, const EpnsCorrelation *shape, const float *w)
{
  const gsize depth = depth_of (shape);
  EpnsCorrelator self = { .shape = *shape,
                          .plane_h = shape->out_h + (shape->kh - 1) / shape->stride,
                          .plane_w = shape->out_w + (shape->kw - 1) / shape->stride };

  self.offsets = epns_correlation_offsets (ctx, shape, plane_of (&self), self.plane_w);
  self.weights =
      epns_tensor_new (ctx, EPNS_SHAPE ((gint64) epns_left_count (shape->filters, depth)));
  epns_pack_left (shape->filters, depth, w, depth, 1, self.weights->data);
  return self;
}

void
epns_correlator_clear (EpnsCorrelator *self)
{
  epns_tensor_set (&self->weights, NULL);
  epns_tensor_set (&self->offsets, NULL);
}

/* TRUE if the image is its own layout. */
static gboolean
is_plain (const EpnsCorrelator *self)
{
  return self->shape.stride == 1 && self->shape.top == 0 && self->shape.left == 0 &&
         self->plane_h == self->shape.height && self->plane_w == self->shape.width;
}

static gsize
layout_count (const EpnsCorrelator *self)
{
  const EpnsCorrelation *shape = &self->shape;

  return shape->channels * shape->stride * shape->stride * plane_of (self) + EPNS_KERNEL_SLACK +
         shape->kw;
}

static void
lay_out_image (const EpnsCorrelator *self, const float *image, float *to)
{
  const EpnsCorrelation *shape = &self->shape;
  const EpnsLayout layout = { shape->channels, shape->height, shape->width,
                              shape->stride,   shape->top,    shape->left,
                              self->plane_h,   self->plane_w, plane_of (self) };

  const gsize planes = shape->channels * shape->stride * shape->stride * plane_of (self);

  epns_lay_out (&layout, image, to);
  memset (to + planes, 0, (layout_count (self) - planes) * sizeof *to);
}

gsize
epns_correlate_scratch (const EpnsCorrelator *self)
{
  return is_plain (self) ? 0 : layout_count (self) * sizeof (float);
}

void
epns_correlate (const EpnsCorrelator *self, const float *image, const float *bias,
                EpnsActivation activation, gboolean add, float *out, void *scratch)
{
  const EpnsKernel *kernel = epns_kernel ();
  const EpnsCorrelation *shape = &self->shape;
  const gsize depth = depth_of (shape), sites = shape->out_h * shape->out_w;
  const gsize n = (shape->out_h - 1) * self->plane_w + shape->out_w;
  const float *source = is_plain (self) ? image : scratch;
  float tile[EPNS_KERNEL_MAX_TILE];
  EpnsPiece pieces[EPNS_KERNEL_MAX_COLUMNS];

  if (!is_plain (self))
    lay_out_image (self, image, scratch);
  for (gsize q = 0; q < n; q += kernel->columns) {
    const gsize columns = MIN (kernel->columns, n - q),
                vectors = (columns + kernel->lanes - 1) / kernel->lanes;
    const guint n_pieces = epns_cut_rows (q, columns, self->plane_w, 0, shape->out_w, pieces);
    for (gsize m = 0; m < shape->filters; m++) {
      if (m % kernel->rows == 0)
        kernel->tile[vectors - 1](depth, self->weights->data + m * depth, source + q,
                                  epns_tensor_ints (self->offsets), 0, tile);
      const float *row = tile + m % kernel->rows * kernel->columns;
      for (guint p = 0; p < n_pieces; p++) {
        float *to = out + m * sites + pieces[p].row * shape->out_w + pieces[p].column;
        const float *from = row + pieces[p].from;
        if (!add)
          epns_activate (activation, bias != NULL ? bias[m] : 0.0f, from, to, pieces[p].n);
        else
          for (gsize i = 0; i < pieces[p].n; i++)
            to[i] += from[i];
      }
    }
  }
}
