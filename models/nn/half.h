/* SPDX-License-Identifier: MIT */
/* Convolutions whose factors are rounded to bfloat16 (float's exponents, 8 bits of precision) and
 * whose sums stay in float: for who prefers speed to the last digits.
 *
 * What is summed in which order is what Intel's instruction TDPBF16PS does (Intel 64 and IA-32
 * Architectures Software Developer's Manual, volume 2): of up to 32 channels at one tap, those of
 * even and those of odd number are summed apart, then added to each other and to the result.
 * Products of two bfloat16 are exact in float. Processors without that instruction do the same in
 * vectors: the same bits, but no faster than single precision.
 *
 * Linux lends a process the registers for it once it asks, for good, and saves 8 KiB more for each
 * thread that uses them from then on. So half precision is never a default. */
#pragma once
#include "models/nn/layout.h"
#include "models/nn/phase.h"

#define EPNS_HALF_MAX_PHASES 16

/* A correlation, or an adjoint of one, made ready for many samples. */
typedef struct {
  EpnsLayout source;                 /* of the channels that are summed over */
  gsize rows, height, width, stride; /* of results: rows maps [height, width], in phases */
  gint64 top, left;
  gsize pairs, blocks; /* of channels: in one step of a sum, and steps a tap */
  gsize slack;         /* words behind the layout that may be read, unused */
  guint n_phases;
  EpnsPhase phases[EPNS_HALF_MAX_PHASES];
  EpnsTensor *weights, *offsets; /* words; integers */
  EpnsHalfFunction tile;
} EpnsHalf;

/* Is there enough to sum that rounding the image first is worth it? */
gboolean epns_half_pays (const EpnsCorrelation *shape);

/* The context must be half. out [filters, out_h, out_w] of an image, as epns_correlate(); w:
 * [filters, channels, kh, kw]. */
EpnsHalf epns_half_correlation (EpnsContext *ctx, const EpnsCorrelation *shape, const float *w);
/* The image [channels, height, width] of v, as epns_correlate_adjoint() without `add`. */
EpnsHalf epns_half_adjoint (EpnsContext *ctx, const EpnsCorrelation *shape, const float *w);
void epns_half_clear (EpnsHalf *self);

/* One sample. bias [rows] may be NULL; activations of adjoints are linear. scratch:
 * epns_half_scratch() bytes. */
void epns_half_apply (const EpnsHalf *self, const float *from, const float *bias,
                      EpnsActivation activation, float *out, void *scratch);
gsize epns_half_scratch (const EpnsHalf *self);
