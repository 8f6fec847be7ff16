/* SPDX-License-Identifier: MIT */
/* What single bids are made of (their formula: local-bids.h): shared by the operator, which has
 * gradients, and by the sampler. H = hidden, a multiple of EPNS_DOT_LANES. All [any]. */
#pragma once
#include "models/epns/local-network.h"
#include "models/nn/kernel.h"

#define EPNS_LOCAL_MOVES 4         /* rows of `move` */
#define EPNS_LOCAL_LEANS 6         /* columns of `lean` */
#define EPNS_LOCAL_BID_BOUND 20.0f /* B */
#define EPNS_LOCAL_MOST_TYPES 256

/* Loops over n numbers, a multiple of EPNS_DOT_LANES, in runs that the compiler makes vectors of.
 */
#define EPNS_BY_LANES(n, statement)                                                                \
  for (gsize first_ = 0; first_ < (n); first_ += EPNS_DOT_LANES)                                   \
    for (gsize i = first_; i < first_ + EPNS_DOT_LANES; i++)                                       \
  statement

static inline float
epns_local_relu (float x)
{
  return x < 0.0f ? 0.0f : x; /* NaN stays */
}

/* The moves of a cell with this `lean`, of a place of its window. */
void epns_local_moves (const EpnsLocalWindows *windows, const EpnsLocalCell *cell, gsize row,
                       gsize column, const float lean[EPNS_LOCAL_LEANS],
                       float moves[EPNS_LOCAL_MOVES]);

/* three . relu (v), H numbers. */
float epns_local_last_layer (const float *three, const float *v, gsize hidden);
