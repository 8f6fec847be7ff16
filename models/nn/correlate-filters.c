/* SPDX-License-Identifier: MIT */
/* The filters' gradient of a correlation: v is laid out with the image's pitch, so that element
 * (c, i, j) has one dot product of two runs of memory, v's and the image's shifted by its offset.
 */
#include "models/nn/correlate.h"
#include "models/nn/layout.h"
#include "models/nn/op.h"

#include <string.h>

/* Sites summed at a time, so that rows stay in cache; the sums of chunks are added in order. */
#define CHUNK 1024

static gsize
round_up (gsize n, gsize to)
{
  return (n + to - 1) / to * to;
}

static gsize
depth_of (const EpnsCorrelation *shape)
{
  return shape->channels * shape->kh * shape->kw;
}

/* Floats of one sample's plane, of a stack's plane of the image, and of a stack's row of v. */
static gsize
sample_of (const EpnsFilterGradient *self)
{
  return self->plane_h * self->plane_w;
}

static gsize
plane_of (const EpnsFilterGradient *self)
{
  return self->stack * sample_of (self);
}

static gsize
row_of (const EpnsFilterGradient *self)
{
  return round_up (plane_of (self), EPNS_DOT_LANES);
}

EpnsFilterGradient
epns_filter_gradient_new (EpnsContext *ctx, const EpnsCorrelation *shape)
{
  EpnsFilterGradient self = { .shape = *shape,
                              .plane_h = shape->out_h + (shape->kh - 1) / shape->stride,
                              .plane_w = shape->out_w + (shape->kw - 1) / shape->stride };

  self.stack = MAX (CHUNK / sample_of (&self), 1);
  self.offsets = epns_correlation_offsets (ctx, shape, plane_of (&self), self.plane_w);
  return self;
}

void
epns_filter_gradient_clear (EpnsFilterGradient *self)
{
  epns_tensor_set (&self->offsets, NULL);
}

static gsize
image_count (const EpnsFilterGradient *self)
{
  const EpnsCorrelation *shape = &self->shape;

  return round_up (shape->channels * shape->stride * shape->stride * plane_of (self) +
                       EPNS_KERNEL_SLACK + shape->kw,
                   EPNS_DOT_LANES);
}

static gsize
v_count (const EpnsFilterGradient *self)
{
  return round_up (self->shape.filters, EPNS_DOT_ROWS) * row_of (self);
}

gsize
epns_correlate_filters_scratch (const EpnsFilterGradient *self)
{
  return (image_count (self) + v_count (self)) * sizeof (float);
}

/* dw of EPNS_DOT_ROWS filters from m and EPNS_DOT_TAPS elements from k, over n sites. */
static void
add_dots (const EpnsFilterGradient *self, gsize m, gsize k, gsize n, const float *v,
          const float *image, float *dw)
{
  const gsize depth = depth_of (&self->shape);
  float sums[EPNS_DOT_ROWS][EPNS_DOT_TAPS];

  epns_kernel ()->dot (n, v + m * row_of (self), row_of (self), image,
                       epns_tensor_ints (self->offsets) + k, sums);
  for (gsize r = 0; r < MIN (EPNS_DOT_ROWS, self->shape.filters - m); r++)
    for (gsize t = 0; t < MIN (EPNS_DOT_TAPS, depth - k); t++)
      dw[(m + r) * depth + k + t] += sums[r][t];
}

/* Zeros behind the first `used` floats of each row: runs go on there for a few sites. */
static void
clear_rest (float *rows, gsize n_rows, gsize used, gsize row_length)
{
  for (gsize r = 0; r < n_rows && used < row_length; r++)
    memset (rows + r * row_length + used, 0, (row_length - used) * sizeof *rows);
}

void
epns_correlate_filters (const EpnsFilterGradient *self, gsize n, const float *image, const float *v,
                        float *dw, void *scratch)
{
  const EpnsCorrelation *shape = &self->shape;
  const EpnsLayout images = { shape->channels, shape->height, shape->width,
                              shape->stride,   shape->top,    shape->left,
                              self->plane_h,   self->plane_w, plane_of (self) };
  const EpnsLayout sites = { shape->filters, shape->out_h,  shape->out_w, 1, 0, 0,
                             self->plane_h,  self->plane_w, row_of (self) };
  const gsize all =
      round_up ((n - 1) * sample_of (self) + shape->out_h * self->plane_w, EPNS_DOT_LANES);
  const gsize used = shape->channels * shape->stride * shape->stride * plane_of (self);
  float *source = scratch, *laid = source + image_count (self);

  clear_rest (source, images.channels * images.stride * images.stride, n * sample_of (self),
              plane_of (self));
  memset (source + used, 0, (image_count (self) - used) * sizeof *source);
  clear_rest (laid, shape->filters, n * sample_of (self), row_of (self));
  for (gsize i = 0; i < n; i++) {
    epns_lay_out (&images, image + i * shape->channels * shape->height * shape->width,
                  source + i * sample_of (self));
    epns_lay_out (&sites, v + i * shape->filters * shape->out_h * shape->out_w,
                  laid + i * sample_of (self));
  }
  for (gsize q = 0; q < all; q += CHUNK)
    for (gsize m = 0; m < shape->filters; m += EPNS_DOT_ROWS)
      for (gsize k = 0; k < depth_of (shape); k += EPNS_DOT_TAPS)
        add_dots (self, m, k, MIN (CHUNK, all - q), laid + q, source + q, dw);
}
