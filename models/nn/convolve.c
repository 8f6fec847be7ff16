/* SPDX-License-Identifier: MIT */
/* The choice between ways to convolve. */
#include "models/nn/convolve.h"
#include "models/nn/op.h"

/* Measured on one thread (doc/performance.md): from so many channels and filters on, tiles take at
 * most half the time; with fewer, bringing images to points and back costs what is saved. Filters
 * of 3 x 3 leave less to save, and with tiles an update of stored training leaves its bounds.
 * Where most of a tile lies outside, it computes for nothing. */
enum { LEAST_CHANNELS = 16, LEAST_SIDE = 4, LEAST_TAPS = 4 };

static gboolean
winograd_pays (const EpnsCorrelation *shape)
{
  return shape->stride == 1 && shape->kh >= LEAST_TAPS && shape->kw >= LEAST_TAPS &&
         shape->channels >= LEAST_CHANNELS && shape->filters >= LEAST_CHANNELS &&
         shape->out_h >= LEAST_SIDE && shape->out_w >= LEAST_SIDE;
}

EpnsConvolver
epns_convolver_new (EpnsContext *ctx, const EpnsCorrelation *shape, const float *w)
{
  EpnsConvolver self = { .shape = *shape, .stack = 1 };

  if (winograd_pays (shape)) {
    self.winograd = epns_winograd_new (ctx, shape, w);
    self.stack = self.winograd.grid.stack;
  } else {
    self.direct = epns_correlator_new (ctx, shape, w);
  }
  return self;
}

EpnsConvolver
epns_convolver_new_adjoint (EpnsContext *ctx, const EpnsCorrelation *shape, const float *w)
{
  EpnsConvolver self = { .shape = *shape, .stack = 1 };

  if (winograd_pays (shape)) {
    self.winograd = epns_winograd_new_adjoint (ctx, shape, w);
    self.stack = self.winograd.grid.stack;
  } else {
    self.adjoint = epns_adjoint_new (ctx, shape, w);
  }
  return self;
}

void
epns_convolver_clear (EpnsConvolver *self)
{
  epns_correlator_clear (&self->direct);
  epns_adjoint_clear (&self->adjoint);
  epns_winograd_clear (&self->winograd);
}

void
epns_convolve (const EpnsConvolver *self, gsize n, const float *from, const float *bias,
               EpnsActivation activation, gboolean add, float *to, void *scratch)
{
  if (self->winograd.filters != NULL)
    epns_winograd_correlate (&self->winograd, n, from, bias, activation, add, to, scratch);
  else if (self->direct.weights != NULL)
    epns_correlate (&self->direct, from, bias, activation, add, to, scratch);
  else
    epns_correlate_adjoint (&self->adjoint, from, bias, add, to, scratch);
}

gsize
epns_convolve_scratch (const EpnsConvolver *self)
{
  return self->winograd.filters != NULL ? epns_winograd_scratch (&self->winograd)
         : self->direct.weights != NULL ? epns_correlate_scratch (&self->direct)
                                        : epns_correlate_adjoint_scratch (&self->adjoint);
}

EpnsConvolverGradient
epns_convolver_gradient_new (EpnsContext *ctx, const EpnsCorrelation *shape)
{
  EpnsConvolverGradient self = { .by_winograd = winograd_pays (shape) };

  if (self.by_winograd)
    self.winograd = epns_winograd_gradient_new (shape);
  else
    self.direct = epns_filter_gradient_new (ctx, shape);
  self.stack = self.by_winograd ? self.winograd.grid.stack : self.direct.stack;
  return self;
}

void
epns_convolver_gradient_clear (EpnsConvolverGradient *self)
{
  epns_filter_gradient_clear (&self->direct);
}

gsize
epns_convolver_gradient_sums (const EpnsConvolverGradient *self)
{
  return self->by_winograd ? epns_winograd_gradient_count (&self->winograd) * sizeof (float) : 0;
}

void
epns_convolver_gradient_add (const EpnsConvolverGradient *self, gsize n, const float *image,
                             const float *v, gboolean is_first, float *sums, float *dw,
                             void *scratch)
{
  if (self->by_winograd)
    epns_winograd_gradient_add (&self->winograd, n, image, v, !is_first, sums, scratch);
  else
    epns_correlate_filters (&self->direct, n, image, v, dw, scratch);
}

void
epns_convolver_gradient_end (const EpnsConvolverGradient *self, const float *sums, float *dw)
{
  if (self->by_winograd)
    epns_winograd_gradient_end (&self->winograd, sums, dw);
}

gsize
epns_convolver_gradient_scratch (const EpnsConvolverGradient *self)
{
  return self->by_winograd ? epns_winograd_gradient_scratch (&self->winograd)
                           : epns_correlate_filters_scratch (&self->direct);
}
