/* SPDX-License-Identifier: MIT */
/* Images laid out for shifted runs, and runs cut back into rows. For correlate*.c. */
#pragma once
#include "models/nn/kernel.h"

typedef struct {
  gsize channels, height, width; /* what is laid out */
  gsize stride;
  gint64 top, left;       /* zeros before the first row and column */
  gsize plane_h, plane_w; /* of each of the stride^2 planes a channel */
  gsize plane;            /* floats from plane to plane, >= plane_h plane_w */
} EpnsLayout;

/* to[((c s + p) s + q) plane + y plane_w + x] = from[c][y s + p - top][x s + q - left] where that
 * is inside; the rest of the planes is 0, and what lies between them is left alone. */
void epns_lay_out (const EpnsLayout *layout, const float *from, float *to);

/* A run of numbers first .. first + n - 1, numbered with row length `pitch`, cut where rows end, to
 * columns lo .. hi - 1. */
typedef struct {
  gsize from, n; /* place in the run; length */
  gsize row, column;
} EpnsPiece;

guint epns_cut_rows (gsize first, gsize n, gsize pitch, gsize lo, gsize hi, EpnsPiece *segments);
