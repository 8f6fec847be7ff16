/* SPDX-License-Identifier: MIT */
/* Correlations of stride 1 by fewer multiplications: tiles of 4 x 4 sites, evaluated at points
 * where filter and image are multiplied number by number (Winograd's minimal filtering in two
 * dimensions, Lavin & Gray 2016, arXiv 1509.09308; kernel-toom.h has the one-dimensional
 * transforms). At every point that is a matrix product: filters x channels times channels x tiles.
 *
 * A filter of more than 5 rows or columns is cut into groups of 4 and at last 5 at most. A group
 * that starts 4 a further sees of each tile's image what the tile a further on sees by itself: the
 * image is transformed once, and the product is as much deeper as there are groups.
 *
 * Each number is made in one order of operations, whatever its place, its batch and the kernel, as
 * the direct correlation's are. The two differ by rounding: 5e-6 of the largest value was seen
 * where the direct one has 4e-7. What is not finite spoils its whole tile. */
#pragma once
#include "models/nn/correlate.h"
#include "models/nn/winograd-grid.h"

/* Made ready for many samples. */
typedef struct {
  EpnsCorrelation shape;
  EpnsGrid grid;
  EpnsTensor *filters; /* at all points */
} EpnsWinograd;

/* shape->stride is 1. The adjoint is one of v with the filters turned: its samples are v's and its
 * result the image. */
EpnsWinograd epns_winograd_new (EpnsContext *ctx, const EpnsCorrelation *shape, const float *w);
EpnsWinograd epns_winograd_new_adjoint (EpnsContext *ctx, const EpnsCorrelation *shape,
                                        const float *w);
void epns_winograd_clear (EpnsWinograd *self);

/* As epns_correlate(), for n <= grid.stack samples one after the other. */
void epns_winograd_correlate (const EpnsWinograd *self, gsize n, const float *image,
                              const float *bias, EpnsActivation activation, gboolean add,
                              float *out, void *scratch);
gsize epns_winograd_scratch (const EpnsWinograd *self);

/* The filters' gradient: sums at all points over any number of samples, then what dw makes of
 * them. */
typedef struct {
  EpnsCorrelation shape;
  EpnsGrid grid;
} EpnsWinogradGradient;

EpnsWinogradGradient epns_winograd_gradient_new (const EpnsCorrelation *shape);
/* Floats of the sums. */
gsize epns_winograd_gradient_count (const EpnsWinogradGradient *self);
/* The sums of n <= grid.stack samples, or what there was plus these; v: the sites' gradient. */
void epns_winograd_gradient_add (const EpnsWinogradGradient *self, gsize n, const float *image,
                                 const float *v, gboolean add, float *sums, void *scratch);
gsize epns_winograd_gradient_scratch (const EpnsWinogradGradient *self);
/* dw[m][c][i][j] += what the sums say. */
void epns_winograd_gradient_end (const EpnsWinogradGradient *self, const float *sums, float *dw);
