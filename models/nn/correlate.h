/* SPDX-License-Identifier: MIT */
/* What convolutions and transposed convolutions are made of: the correlation of an image with
 * filters, its adjoint, and the filters' gradient, one sample at a time.
 *
 * No matrix of patches is built. The image is laid out with its zeros around it, so that what
 * filter element (c, i, j) sees is the same run of memory for all sites, shifted: the site's number
 * plus one offset for the element. Site numbers then count the columns between two rows, too; what
 * is computed there is not stored. With a stride s the layout has s x s planes a channel, of every
 * s-th row and column, and the same holds. */
#pragma once
#include "models/nn/context.h"
#include "models/nn/ops.h"

typedef struct {
  gsize channels, height, width; /* the image [channels, height, width] */
  gsize filters, kh, kw;         /* the filters [filters, channels, kh, kw] */
  gsize stride;
  gint64 top, left;   /* zeros before the first row and column */
  gsize out_h, out_w; /* sites [filters, out_h, out_w] */
} EpnsCorrelation;

/* A correlation made ready for many samples. */
typedef struct {
  EpnsCorrelation shape;
  gsize plane_h, plane_w; /* of the layout's planes */
  EpnsTensor *offsets;    /* [K] integers, K = channels kh kw */
  EpnsTensor *weights;    /* packed */
} EpnsCorrelator;

/* w: [filters, channels, kh, kw]. */
EpnsCorrelator epns_correlator_new (EpnsContext *ctx, const EpnsCorrelation *shape, const float *w);
void epns_correlator_clear (EpnsCorrelator *self);

/* out[m][y][x] = act (bias[m] + sum over c, i, j of w[m][c][i][j] image[c][y stride - top + i]
 * [x stride - left + j]), 0 outside the image; bias may be NULL. With `add`, the sum is added to
 * out, and bias and act are not used. EPNS_KERNEL_SLACK floats behind image must be readable.
 * scratch: epns_correlate_scratch() bytes. */
void epns_correlate (const EpnsCorrelator *self, const float *image, const float *bias,
                     EpnsActivation activation, gboolean add, float *out, void *scratch);
gsize epns_correlate_scratch (const EpnsCorrelator *self);

/* The filters' gradient, made ready for many samples. Samples are taken in stacks, one below the
 * other in the layout: many small images cost as much as one large one. */
typedef struct {
  EpnsCorrelation shape;
  gsize plane_h, plane_w; /* of one sample in the layout */
  gsize stack;            /* samples taken at once, at most */
  EpnsTensor *offsets;    /* [K] integers */
} EpnsFilterGradient;

EpnsFilterGradient epns_filter_gradient_new (EpnsContext *ctx, const EpnsCorrelation *shape);
void epns_filter_gradient_clear (EpnsFilterGradient *self);

/* dw[m][c][i][j] += sum over n <= stack samples and sites of v[n][m][y][x]
 * image[n][c][y stride - top + i][x stride - left + j]. */
void epns_correlate_filters (const EpnsFilterGradient *self, gsize n, const float *image,
                             const float *v, float *dw, void *scratch);
gsize epns_correlate_filters_scratch (const EpnsFilterGradient *self);

/* The adjoint, made ready for many samples. */
typedef struct {
  EpnsCorrelation shape;
  EpnsTensor *weights; /* packed, one after the other for each of the stride^2 phases of the image's
                          rows and columns */
  EpnsTensor *offsets; /* [filters kh kw] integers, likewise */
  gsize pad_h, pad_w, plane_h, plane_w;
} EpnsAdjoint;

EpnsAdjoint epns_adjoint_new (EpnsContext *ctx, const EpnsCorrelation *shape, const float *w);
void epns_adjoint_clear (EpnsAdjoint *self);

/* image[c][y stride - top + i][x stride - left + j] += w[m][c][i][j] v[m][y][x] for all sites and
 * filters. Without `add`, the image is bias[c] (may be NULL: 0) at first; then every row and column
 * of it must be in some site's reach. */
void epns_correlate_adjoint (const EpnsAdjoint *self, const float *v, const float *bias,
                             gboolean add, float *image, void *scratch);
gsize epns_correlate_adjoint_scratch (const EpnsAdjoint *self);

/* For the above: what element (c, i, j) adds to a site's number, in planes of `plane` floats and
 * rows of plane_w; [K + EPNS_DOT_TAPS] integers, the last ones 0. */
EpnsTensor *epns_correlation_offsets (EpnsContext *ctx, const EpnsCorrelation *shape, gsize plane,
                                      gsize plane_w);
