/* SPDX-License-Identifier: MIT */
/* Matrix products, left right of (m x k) and (k x n): each element is one chain of multiply-adds over k
 * in order. Operands are read where they lie, or packed into panels, which are known here alone. [any]
 */
#pragma once
#include <glib.h>

typedef struct { /* element (i, k) at from[i * row + k * column] */
  const float *from;
  gsize row, column;
} EpnsLeft;

typedef struct { /* columns in panels `panel` apart, rows of one `row` apart */
  const float *from;
  gsize row, panel;
} EpnsRight;

/* Element (k, j) at from[k * row + j]. Up to EPNS_KERNEL_SLACK floats behind it are read, as there
 * are behind a tensor, and unused. */
EpnsRight epns_right_rows (const float *from, gsize row);
/* From epns_pack_right(), which packed k rows: those from `first` on. */
EpnsRight epns_right_packed (const float *packed, gsize k, gsize first);

typedef struct { /* to[i * row + j] = relu (to[i * row + j] + element (i, j) + bias[j]) */
  float *to;          /* overlaps no operand */
  gsize row;
  gboolean add;       /* else what `to` holds is not added */
  const float *bias;  /* or NULL */
  gboolean relu;      /* else linear; NaN stays in either case */
} EpnsResult;

void epns_product (gsize m, gsize n, gsize k, EpnsLeft left, EpnsRight right, EpnsResult result);

/* Floats that a packed left (m x k, for EpnsKernel's tiles) or right (k x n) operand takes. */
gsize epns_left_count (gsize m, gsize k);
gsize epns_right_count (gsize k, gsize n);

/* Pack a matrix whose element (i, j) is from[i * row + j * column]; so row and column exchanged
 * pack the transpose. */
void epns_pack_left (gsize m, gsize k, const float *from, gsize row, gsize column, float *to);
void epns_pack_right (gsize k, gsize n, const float *from, gsize row, gsize column, float *to);
