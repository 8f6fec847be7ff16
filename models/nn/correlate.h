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
  EpnsTensor *weights; /* packed; NULL where only the filters' gradient is wanted */
  EpnsTensor *offsets; /* [K] integers, K = channels kh kw */
  gsize plane_h, plane_w;
} EpnsCorrelator;

/* w: [filters, channels, kh, kw], or NULL. */
EpnsCorrelator epns_correlator_new (EpnsContext *ctx, const EpnsCorrelation *shape, const float *w);
void epns_correlator_clear (EpnsCorrelator *self);

/* out[m][y][x] = act (bias[m] + sum over c, i, j of w[m][c][i][j] image[c][y stride - top + i][x
 * stride - left + j]), 0 outside the image; bias may be NULL. With `add`, the sum is added to out,
 * and bias and act are not used. EPNS_KERNEL_SLACK floats behind image must be readable. scratch:
 * epns_correlate_scratch() bytes. */
void epns_correlate (const EpnsCorrelator *self, const float *image, const float *bias,
                     EpnsActivation activation, gboolean add, float *out, void *scratch);
gsize epns_correlate_scratch (const EpnsCorrelator *self);

/* dw[m][c][i][j] += sum over sites of v[m][y][x] image[c][y stride - top + i][x stride - left + j].
 */
void epns_correlate_filters (const EpnsCorrelator *self, const float *image, const float *v,
                             float *dw, void *scratch);
gsize epns_correlate_filters_scratch (const EpnsCorrelator *self);

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
