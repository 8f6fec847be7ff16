/* SPDX-License-Identifier: MIT */
/* Matrix products, row-major. The only door to BLAS; never touches its threads. [any] */
#pragma once
#include <glib.h>

/* C = op (A) op (B) + beta C, beta 0 or 1: op (A) is m x k, op (B) k x n, C m x n; ld* are row
 * lengths as stored. Calls of equal sizes and leading dimensions give equal bits for equal
 * operands. */
void epns_sgemm (gboolean transpose_a, gboolean transpose_b, gsize m, gsize n, gsize k,
                 const float *a, gsize lda, const float *b, gsize ldb, float beta, float *c,
                 gsize ldc);
