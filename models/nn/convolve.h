/* SPDX-License-Identifier: MIT */
/* Correlations, adjoints and filters' gradients by the faster of two ways: directly (correlate.h)
 * or by Winograd's tiles (winograd.h). Which it is follows from the shape alone, never from how
 * many samples there are, so that results do not depend on the batch. */
#pragma once
#include "models/nn/correlate.h"
#include "models/nn/winograd.h"

/* A correlation or an adjoint, made ready for many samples. */
typedef struct {
  EpnsCorrelation shape;
  gsize stack; /* samples taken at once, at most */
  EpnsCorrelator direct;
  EpnsAdjoint adjoint;
  EpnsWinograd winograd; /* of the three one is in use */
} EpnsConvolver;

/* w: [filters, channels, kh, kw]. */
EpnsConvolver epns_convolver_new (EpnsContext *ctx, const EpnsCorrelation *shape, const float *w);
EpnsConvolver epns_convolver_new_adjoint (EpnsContext *ctx, const EpnsCorrelation *shape,
                                          const float *w);
void epns_convolver_clear (EpnsConvolver *self);

/* n <= stack samples, from the image to sites or, by an adjoint, from sites to the image; the rest
 * is as in epns_correlate() and epns_correlate_adjoint(). An adjoint has no activation. */
void epns_convolve (const EpnsConvolver *self, gsize n, const float *from, const float *bias,
                    EpnsActivation activation, gboolean add, float *to, void *scratch);
gsize epns_convolve_scratch (const EpnsConvolver *self);

/* The filters' gradient over any number of samples. */
typedef struct {
  gsize stack;
  EpnsFilterGradient direct;
  gboolean by_winograd;
  EpnsWinogradGradient winograd;
} EpnsConvolverGradient;

EpnsConvolverGradient epns_convolver_gradient_new (EpnsContext *ctx, const EpnsCorrelation *shape);
void epns_convolver_gradient_clear (EpnsConvolverGradient *self);

/* dw += what n <= stack samples say, but for what remains in `sums` until the end: this many bytes,
 * of which the first call (is_first) expects nothing. */
gsize epns_convolver_gradient_sums (const EpnsConvolverGradient *self);
void epns_convolver_gradient_add (const EpnsConvolverGradient *self, gsize n, const float *image,
                                  const float *v, gboolean is_first, float *sums, float *dw,
                                  void *scratch);
void epns_convolver_gradient_end (const EpnsConvolverGradient *self, const float *sums, float *dw);
gsize epns_convolver_gradient_scratch (const EpnsConvolverGradient *self);
