/* SPDX-License-Identifier: MIT */
/* The innermost loops of matrix products and convolutions, once for each width of vectors.
 *
 * Every element of a result is one chain of fused multiply-adds over k in order, wherever it lies
 * in a tile and however large the matrices are. So results depend neither on batch nor on threads,
 * and all kernels with fused multiply-adds agree bit by bit. (That, and speed on processors younger
 * than the library, is why no BLAS is used; doc/architecture.md.) */
#pragma once
#include <glib.h>

#define EPNS_KERNEL_MAX_COLUMNS 48
#define EPNS_KERNEL_MAX_TILE    (8 * EPNS_KERNEL_MAX_COLUMNS) /* rows x columns */
#define EPNS_KERNEL_VECTORS     3                             /* of a full tile's columns */
#define EPNS_DOT_ROWS           4
#define EPNS_DOT_TAPS           6
#define EPNS_DOT_LANES          16
#define EPNS_KERNEL_SLACK       64 /* floats behind an operand that may be read, unused */
#define EPNS_KERNEL_WIDEST      16 /* lanes, a multiple of every kernel's */

/* tile[r][c] = sum over k of left[k rows + r] * right[at (k) + c], at (k) = offsets[k], or k *
 * stride where offsets is NULL; tile is rows x (vectors * lanes), its row length is `columns`. */
typedef void (*EpnsTileFunction) (gsize n_k, const float *left, const float *right,
                                  const gint32 *offsets, gsize stride, float *tile);
/* sums[r][t] = sum over i < n of a[r row_length + i] * b[offsets[t] + i]; n a multiple of
 * EPNS_DOT_LANES. Lanes are summed apart and then pairwise. */
typedef void (*EpnsDotFunction) (gsize n, const float *a, gsize row_length, const float *b,
                                 const gint32 *offsets, float sums[EPNS_DOT_ROWS][EPNS_DOT_TAPS]);

/* to[c] += sum over k of table[offsets[k] + c], in the order of k, and its adjoint table[offsets[k] +
 * c] += from[c]; c < width, a multiple of EPNS_DOT_LANES. Nothing is fused: all kernels agree. */
typedef void (*EpnsSumRowsFunction) (gsize n, const gint32 *offsets, const float *table,
                                     gsize width, float *to);
typedef void (*EpnsAddToRowsFunction) (gsize n, const gint32 *offsets, const float *from,
                                       gsize width, float *table);

/* Pairs of bfloat16 numbers are words, the first number in the lower half. What half.h says of sums:
 * tile[r][c] = sum over k < n and p < pairs of left[(k SIDE + r) pairs + p] . right[offsets[k] + p
 * plane + c] for r < rows (16 or SIDE) and c < SIDE = EPNS_HALF_SIDE. */
#define EPNS_HALF_SIDE  32
#define EPNS_HALF_PAIRS 16 /* at most */
typedef void (*EpnsHalfFunction) (gsize n, gsize pairs, gsize rows, const guint32 *left,
                                  const guint32 *right, const gint32 *offsets, gsize plane,
                                  float *tile);
/* to[i] = the pair of a[i] and b[i], rounded to the nearest, ties to even; what is below the normal
 * numbers is 0. */
typedef void (*EpnsPairFunction) (gsize n, const float *a, const float *b, guint32 *to);

typedef struct { /* c [m, n] = relu ((c +) left [m, k] right [k, n] + bias [n]) */
  gsize m, n, k;
  const float *left; /* (i, l) at i * left_row + l * left_column */
  gsize left_row, left_column;
  const float *right; /* (l, j) at j / columns * right_panel + l * right_row + j % columns; less than
                         a vector's width behind a row is read, too, and unused */
  gsize right_panel, right_row;
  float *c; /* (i, j) at i * c_row + j; overlaps neither */
  gsize c_row;
  gboolean add, relu; /* what is to be done */
  const float *bias;  /* or NULL */
} EpnsProduct;

typedef void (*EpnsMultiplyFunction) (const EpnsProduct *product);

/* A step of Adam (optim.h): g = grad + decay w, m = beta1 m + rest1 g, v = beta2 v + rest2 g g, w -= rate
 * m / (sqrt (v) spread + eps), the corrections of both moments in rate and spread. Nothing is fused:
 * all kernels agree. */
typedef struct {
  float decay, beta1, rest1, beta2, rest2, rate, spread, eps;
} EpnsAdamRates;
typedef void (*EpnsAdamFunction) (const EpnsAdamRates *rates, gsize n, const float *grad, float *w,
                                  float *m, float *v);

/* One-dimensional transforms of Winograd's tiles (kernel-toom.h), of many numbers side by side:
 * to[r to_run + o to_step + l] = sum over e of matrix[o][e] from[r from_run + e from_step + l],
 * r < runs, l < lanes, a multiple of EPNS_KERNEL_WIDEST. */
typedef struct {
  gsize runs, lanes, from_run, from_step, to_run, to_step;
} EpnsSweep;
typedef void (*EpnsSweepFunction) (const EpnsSweep *sweep, const float *from, float *to);
#define EPNS_TOOM_POINTS 8
#define EPNS_TOOM_SITES  4
#define EPNS_TOOM_TAPS   5
enum { /* in order of EpnsKernel.toom */
  EPNS_IMAGE_TO_POINTS, /* as many numbers as points */
  EPNS_POINTS_TO_SITES,
  EPNS_SITES_TO_POINTS, /* its adjoint */
  EPNS_TAPS_TO_POINTS,
  EPNS_POINTS_TO_TAPS, /* its adjoint */
  EPNS_TOOM_KINDS
};

typedef struct {
  const char *name;
  gsize rows, lanes, columns;                 /* columns = EPNS_KERNEL_VECTORS * lanes */
  EpnsTileFunction tile[EPNS_KERNEL_VECTORS]; /* with 1, 2, 3 vectors of columns */
  EpnsMultiplyFunction multiply;
  EpnsAdamFunction adam;
  EpnsDotFunction dot;
  EpnsSumRowsFunction sum_rows;
  EpnsAddToRowsFunction add_to_rows;
  EpnsPairFunction pair;
  EpnsHalfFunction half;
  EpnsSweepFunction toom[EPNS_TOOM_KINDS];
} EpnsKernel;

/* The last by the processor's own tiles, which have their own instructions; NULL where it has none,
 * or the system does not lend them. [any] */
EpnsHalfFunction epns_kernel_half_tiles (void);

/* The widest this processor has. Static. [any] */
const EpnsKernel *epns_kernel (void);
/* All that this processor has, for tests: i = 0, 1, ... until NULL; the portable one comes first.
 * [any] */
const EpnsKernel *epns_kernel_nth (guint i);

#if defined(__x86_64__)
extern const EpnsKernel epns_kernel_avx2, epns_kernel_avx512;
#endif
extern const EpnsKernel epns_kernel_portable;
