/* SPDX-License-Identifier: MIT */
/* The phases of an adjoint: sites reach rows y stride + i of the image, which are of one remainder
 * of the stride, by the filter rows of that remainder; columns likewise. For correlate-adjoint.c
 * and half.c. */
#pragma once
#include "models/nn/correlate.h"

typedef struct {
  gsize p, q;           /* remainders of (padded) row and column */
  gsize taps_h, taps_w; /* filter rows p, p + stride, ...; columns likewise */
  /* Rows y and columns x of the phase, y stride + p - top of the image, that lie in the image:
   * none where an end is not above its beginning. */
  gsize y_lo, y_hi, x_lo, x_hi;
} EpnsPhase;

/* Phase i < stride^2. [any] */
EpnsPhase epns_phase_at (const EpnsCorrelation *shape, gsize i);
