/* SPDX-License-Identifier: MIT */
/* Filters at the points of Winograd's tiles, and back. For winograd*.c. */
#pragma once
#include "models/nn/winograd-grid.h"

/* Which number of the weights is element (row i, column j) of filter f's channel c:
 * first + f filter + c channel + i row + j column. */
typedef struct {
  gsize filters, channels, kh, kw;
  gssize first, filter, channel, row, column;
} EpnsFilters;

/* [filters, channels, kh, kw] as they are, and turned round with filters and channels exchanged. */
EpnsFilters epns_filters_plain (const EpnsCorrelation *shape);
EpnsFilters epns_filters_turned (const EpnsCorrelation *shape);

/* Filters at all POINTS^2 = EPNS_TOOM_POINTS^2 points lie in blocks of EPNS_FILTER_BLOCK and the
 * rest, each as [POINTS^2][groups][channels][block], filters rounded up to whole vectors. */
#define EPNS_FILTER_BLOCK 64
gsize epns_filters_count (const EpnsGrid *grid, const EpnsFilters *filters);
void epns_filters_enter (const EpnsGrid *grid, const EpnsFilters *filters, const float *w,
                         float *points);

/* The adjoint, for gradients: adds to dw what points [POINTS^2][groups][filters][depth] make of
 * it, of which the first `channels` of each `depth` count; filters rounded up to whole vectors. */
void epns_filters_leave (const EpnsGrid *grid, const EpnsFilters *filters, gsize depth,
                         const float *points, float *dw);
