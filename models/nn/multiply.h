/* SPDX-License-Identifier: MIT */
/* Matrix products of packed operands. Which panels a kernel wants is known here alone. [any] */
#pragma once
#include <glib.h>

/* Floats that a packed left (m x k) or right (k x n) operand takes. */
gsize epns_left_count (gsize m, gsize k);
gsize epns_right_count (gsize k, gsize n);

/* Pack a matrix whose element (i, j) is from[i * row + j * column]; so row and column exchanged
 * pack the transpose. */
void epns_pack_left (gsize m, gsize k, const float *from, gsize row, gsize column, float *to);
void epns_pack_right (gsize k, gsize n, const float *from, gsize row, gsize column, float *to);

/* c (+)= left right: element (i, j) at c[i * row + j]. Each element is one chain of multiply-adds
 * over k in order. */
void epns_multiply (gsize m, gsize n, gsize k, const float *left, const float *right, gboolean add,
                    float *c, gsize row);
