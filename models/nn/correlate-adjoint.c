/* SPDX-License-Identifier: MIT */
/* The adjoint of a correlation, as correlations of v: one for each phase of the image's rows and
 * columns modulo the stride, since sites reach rows y stride + i of one phase i mod stride by the
 * same filter rows. */
#include "models/nn/correlate.h"
#include "models/nn/activation.h"
#include "models/nn/layout.h"
#include "models/nn/multiply.h"
#include "models/nn/op.h"
#include "models/nn/phase.h"

#include <string.h>

static gsize
depth_of (const EpnsCorrelation *shape, const EpnsPhase *phase)
{
  return shape->filters * phase->taps_h * phase->taps_w;
}

static gsize
plane_of (const EpnsAdjoint *self)
{
  return self->plane_h * self->plane_w;
}

/* Image row y of a phase is the sum over taps a of filter row p + a s times v's row y - a. */
static void
prepare_phase (EpnsAdjoint *self, const EpnsPhase *phase, gsize first, const float *w,
               float *unpacked)
{
  const EpnsCorrelation *shape = &self->shape;
  const gsize s = shape->stride, depth = depth_of (shape, phase), filter = shape->kh * shape->kw;
  gint32 *offset = (gint32 *) (gpointer) self->offsets->data + first;
  gsize k = 0;

  for (gsize m = 0; m < shape->filters; m++)
    for (gsize a = 0; a < phase->taps_h; a++)
      for (gsize b = 0; b < phase->taps_w; b++, k++) {
        offset[k] =
            (gint32) (m * plane_of (self) + (self->pad_h - a) * self->plane_w + self->pad_w - b);
        for (gsize c = 0; c < shape->channels; c++)
          unpacked[c * depth + k] = w[(m * shape->channels + c) * filter +
                                      (phase->p + a * s) * shape->kw + phase->q + b * s];
      }
  epns_pack_left (shape->channels, depth, unpacked, depth, 1,
                  self->weights->data + epns_left_count (shape->channels, first));
}

EpnsAdjoint
epns_adjoint_new (EpnsContext *ctx, const EpnsCorrelation *shape, const float *w)
{
  const gsize s = shape->stride, elements = shape->filters * shape->kh * shape->kw;
  EpnsAdjoint self = { .shape = *shape,
                       .pad_h = (shape->kh - 1) / s,
                       .pad_w = (shape->kw - 1) / s };
  g_autoptr (EpnsTensor) unpacked =
      epns_tensor_new (ctx, EPNS_SHAPE ((gint64) (shape->channels * elements)));
  gsize first = 0;

  self.plane_h = shape->out_h + 2 * self.pad_h;
  self.plane_w = shape->out_w + self.pad_w; /* the zeros left of a row end the row before */
  g_assert (shape->filters * plane_of (&self) < G_MAXINT32);
  self.offsets = epns_tensor_new (ctx, EPNS_SHAPE ((gint64) elements));
  self.weights =
      epns_tensor_new (ctx, EPNS_SHAPE ((gint64) epns_left_count (shape->channels, elements)));
  for (gsize i = 0; i < s * s; i++) {
    const EpnsPhase phase = epns_phase_at (shape, i);
    prepare_phase (&self, &phase, first, w, unpacked->data);
    first += depth_of (shape, &phase);
  }
  return self;
}

void
epns_adjoint_clear (EpnsAdjoint *self)
{
  epns_tensor_set (&self->weights, NULL);
  epns_tensor_set (&self->offsets, NULL);
}

gsize
epns_correlate_adjoint_scratch (const EpnsAdjoint *self)
{
  return (self->shape.filters * plane_of (self) + EPNS_KERNEL_SLACK + self->pad_w) * sizeof (float);
}

static void
put (gboolean add, float bias, const float *restrict from, gsize n, gsize stride,
     float *restrict to)
{
  if (add && stride == 1)
    EPNS_EACH (n, to[i] += from[i]);
  else if (add)
    for (gsize i = 0; i < n; i++)
      to[i * stride] += from[i];
  else if (stride == 1)
    EPNS_EACH (n, to[i] = bias + from[i]);
  else
    for (gsize i = 0; i < n; i++)
      to[i * stride] = bias + from[i];
}

static void
run_phase (const EpnsAdjoint *self, const EpnsPhase *phase, gsize first, const float *source,
           const float *bias, gboolean add, float *image)
{
  const EpnsKernel *kernel = epns_kernel ();
  const EpnsCorrelation *shape = &self->shape;
  const gsize s = shape->stride, depth = depth_of (shape, phase);
  const float *weights = self->weights->data + epns_left_count (shape->channels, first);
  const gint32 *offsets = epns_tensor_ints (self->offsets) + first;
  float tile[EPNS_KERNEL_MAX_TILE];
  EpnsPiece pieces[EPNS_KERNEL_MAX_COLUMNS];

  if (phase->y_lo >= phase->y_hi || phase->x_lo >= phase->x_hi)
    return;
  const gsize end = (phase->y_hi - 1) * self->plane_w + phase->x_hi;
  for (gsize at = phase->y_lo * self->plane_w + phase->x_lo; at < end; at += kernel->columns) {
    const gsize columns = MIN (kernel->columns, end - at),
                vectors = (columns + kernel->lanes - 1) / kernel->lanes;
    const guint n_pieces
        = epns_cut_rows (at, columns, self->plane_w, phase->x_lo, phase->x_hi, pieces);
    for (gsize c = 0; c < shape->channels; c++) {
      if (c % kernel->rows == 0)
        kernel->tile[vectors - 1](depth, weights + c * depth, source + at, offsets, 0, tile);
      for (guint i = 0; i < n_pieces; i++) {
        gint64 row = (gint64) (pieces[i].row * s + phase->p) - shape->top;
        gint64 column = (gint64) (pieces[i].column * s + phase->q) - shape->left;
        put (add, bias != NULL ? bias[c] : 0.0f,
             tile + c % kernel->rows * kernel->columns + pieces[i].from, pieces[i].n, s,
             image + (c * shape->height + (gsize) row) * shape->width + (gsize) column);
      }
    }
  }
}

void
epns_correlate_adjoint (const EpnsAdjoint *self, const float *v, const float *bias, gboolean add,
                        float *image, void *scratch)
{
  const EpnsCorrelation *shape = &self->shape;
  const EpnsLayout layout = {
    shape->filters, shape->out_h,  shape->out_w,   1, (gint64) self->pad_h, (gint64) self->pad_w,
    self->plane_h,  self->plane_w, plane_of (self)
  };
  gsize first = 0;

  const gsize planes = shape->filters * plane_of (self) * sizeof (float);

  epns_lay_out (&layout, v, scratch);
  memset ((char *) scratch + planes, 0, epns_correlate_adjoint_scratch (self) - planes);
  for (gsize i = 0; i < shape->stride * shape->stride; i++) {
    const EpnsPhase phase = epns_phase_at (shape, i);
    run_phase (self, &phase, first, scratch, bias, add, image);
    first += depth_of (shape, &phase);
  }
}
