/* SPDX-License-Identifier: MIT */
/* The loops of a kernel, written once for all widths. Before including this, define KERNEL (name),
 * TARGET (function attribute), VECTOR (type) and LANES; LOAD (p), STORE (p, v), ZERO (), REPEAT (x),
 * FMA (a, b, c) = a b + c and MAX_OF (a, x), which is x where that is NaN or both are 0; ROWS of a tile; DOT_ROWS and DOT_TAPS, divisors of EPNS_DOT_ROWS and
 * EPNS_DOT_TAPS. The compiler keeps the sums in registers: ROWS * EPNS_KERNEL_VECTORS of them in a
 * tile, DOT_ROWS * DOT_TAPS * (EPNS_DOT_LANES / LANES) in a dot product. */
#include "models/nn/kernel.h"

#include <float.h>
#include <math.h>
#include <string.h>

#if defined(__clang__)
#define UNROLL _Pragma ("unroll")
#else
#define UNROLL _Pragma ("GCC unroll 16")
#endif
#define JOIN(a, b)   a##b
#define EXPAND(a, b) JOIN (a, b)
#define NAMED(what)  EXPAND (what, KERNEL)
#define INLINE TARGET static inline __attribute__ ((always_inline))
/* clang-format off */

INLINE void
tile_of (const gsize vectors, gsize n_k, const float *left, const float *right,
         const gint32 *offsets, gsize stride, float *tile)
{
  VECTOR sum[ROWS][EPNS_KERNEL_VECTORS], x[EPNS_KERNEL_VECTORS];

  UNROLL for (gsize r = 0; r < ROWS; r++)
    UNROLL for (gsize v = 0; v < vectors; v++)
      sum[r][v] = ZERO ();
  for (gsize k = 0; k < n_k; k++, left += ROWS) {
    const float *line = right + (offsets != NULL ? (gsize) offsets[k] : k * stride);
    UNROLL for (gsize v = 0; v < vectors; v++)
      x[v] = LOAD (line + v * LANES);
    UNROLL for (gsize r = 0; r < ROWS; r++) {
      const VECTOR w = REPEAT (left[r]);
      UNROLL for (gsize v = 0; v < vectors; v++)
        sum[r][v] = FMA (w, x[v], sum[r][v]);
    }
  }
  UNROLL for (gsize r = 0; r < ROWS; r++)
    UNROLL for (gsize v = 0; v < vectors; v++)
      STORE (tile + (r * EPNS_KERNEL_VECTORS + v) * LANES, sum[r][v]);
}

#define TILE(vectors) \
  TARGET static void tile_##vectors (gsize n_k, const float *left, const float *right, \
                                     const gint32 *offsets, gsize stride, float *tile) \
  { \
    tile_of (vectors, n_k, left, right, offsets, stride, tile); \
  }
TILE (1)
TILE (2)
TILE (3)

/* The first n of a vector's numbers. */
INLINE void
store_some (gsize n, VECTOR values, float *to)
{
  float lanes[LANES];

  STORE (lanes, values);
  for (gsize i = 0; i < n; i++)
    to[i] = lanes[i];
}

INLINE VECTOR
load_some (gsize n, const float *from)
{
  float lanes[LANES] = { 0 };

  for (gsize i = 0; i < n; i++)
    lanes[i] = from[i];
  return LOAD (lanes);
}

/* `rows` x `columns` of a product, columns in so many vectors. */
INLINE void
block_of (const gsize rows, const gsize vectors, gsize columns, const EpnsProduct *p,
          const float *left, const float *right, const float *bias, float *c)
{
  const gsize row = p->left_row, whole = columns / LANES, some = columns % LANES;
  const gboolean add = p->add, more = bias != NULL || p->relu;
  const VECTOR least = REPEAT (p->relu ? 0.0f : -INFINITY);
  VECTOR sum[ROWS][EPNS_KERNEL_VECTORS], x[EPNS_KERNEL_VECTORS];

  UNROLL for (gsize r = 0; r < rows; r++)
    UNROLL for (gsize v = 0; v < vectors; v++)
      sum[r][v] = ZERO ();
  for (gsize k = 0; k < p->k; k++, left += p->left_column, right += p->right_row) {
    UNROLL for (gsize v = 0; v < vectors; v++)
      x[v] = LOAD (right + v * LANES);
    UNROLL for (gsize r = 0; r < rows; r++) {
      const VECTOR w = REPEAT (left[r * row]);
      UNROLL for (gsize v = 0; v < vectors; v++)
        sum[r][v] = FMA (w, x[v], sum[r][v]);
    }
  }
  UNROLL for (gsize v = 0; v < vectors; v++, c += LANES) {
    const VECTOR b = bias == NULL ? ZERO () : v < whole ? LOAD (bias + v * LANES)
                                                        : load_some (some, bias + v * LANES);
    UNROLL for (gsize r = 0; r < rows; r++) {
      float *to = c + r * p->c_row;
      if (add)
        sum[r][v] = (v < whole ? LOAD (to) : load_some (some, to)) + sum[r][v];
      if (more)
        sum[r][v] = MAX_OF (least, sum[r][v] + b);
      if (v < whole)
        STORE (to, sum[r][v]);
      else
        store_some (some, sum[r][v], to);
    }
  }
}

/* Columns from j on, row after row: as many at a time as a tile has, then half as many. */
INLINE void
panel_of (const gsize vectors, gsize columns, const EpnsProduct *p, gsize j)
{
  const float *right = p->right + j / (EPNS_KERNEL_VECTORS * LANES) * p->right_panel,
              *bias = p->bias != NULL ? p->bias + j : NULL;

  for (gsize i = 0, rows; i < p->m; i += rows) {
    const float *left = p->left + i * p->left_row;
    const gsize most = MIN (p->m - i, ROWS);
    float *c = p->c + i * p->c_row + j;

    rows = most >= 8 ? 8 : most >= 4 ? 4 : most >= 2 ? 2 : 1;
    if (rows == 8)
      block_of (MIN (8, ROWS), vectors, columns, p, left, right, bias, c);
    else if (rows == 4)
      block_of (4, vectors, columns, p, left, right, bias, c);
    else if (rows == 2)
      block_of (2, vectors, columns, p, left, right, bias, c);
    else
      block_of (1, vectors, columns, p, left, right, bias, c);
  }
}

TARGET static void
multiply (const EpnsProduct *p)
{
  for (gsize j = 0; j < p->n; j += EPNS_KERNEL_VECTORS * LANES) {
    const gsize columns = MIN (p->n - j, EPNS_KERNEL_VECTORS * LANES);

    if (columns > 2 * LANES)
      panel_of (3, columns, p, j);
    else if (columns > LANES)
      panel_of (2, columns, p, j);
    else
      panel_of (1, columns, p, j);
  }
}

/* Moments of what has no gradient any more fade, in the end to denormal numbers, which are nothing
 * beside eps but take a processor thirty times as long. */
INLINE float
normal (float x)
{
  return fabsf (x) < FLT_MIN ? 0.0f : x;
}

TARGET static void
adam (const EpnsAdamRates *rates, gsize n, const float *restrict grad, float *restrict w,
      float *restrict m, float *restrict v)
{
  const EpnsAdamRates r = *rates;

  for (gsize i = 0; i < n; i++) {
    const float g = grad[i] + r.decay * w[i];
    m[i] = normal (r.beta1 * m[i] + r.rest1 * g);
    v[i] = normal (r.beta2 * v[i] + r.rest2 * g * g);
    w[i] -= r.rate * m[i] / (sqrtf (v[i]) * r.spread + r.eps);
  }
}

#define PARTS (EPNS_DOT_LANES / LANES) /* vectors that make up the lanes of one sum */

typedef float Quarter __attribute__ ((vector_size (16)));

/* Lane l takes lane l + 8, then l + 4, l + 2, l + 1. */
INLINE float
sum_lanes (const VECTOR parts[PARTS])
{
  float lanes[EPNS_DOT_LANES];
  Quarter quarter[4];

  UNROLL for (gsize p = 0; p < PARTS; p++)
    STORE (lanes + p * LANES, parts[p]);
  memcpy (quarter, lanes, sizeof quarter);
  const Quarter sum = (quarter[0] + quarter[2]) + (quarter[1] + quarter[3]);
  return (sum[0] + sum[2]) + (sum[1] + sum[3]);
}

/* DOT_ROWS x DOT_TAPS of the sums. */
INLINE void
dot_block (gsize n, const float *a, gsize row_length, const float *b, const gint32 *offsets,
           float *sums)
{
  VECTOR sum[DOT_ROWS][DOT_TAPS][PARTS], x[DOT_TAPS];

  UNROLL for (gsize r = 0; r < DOT_ROWS; r++)
    UNROLL for (gsize t = 0; t < DOT_TAPS; t++)
      UNROLL for (gsize p = 0; p < PARTS; p++)
        sum[r][t][p] = ZERO ();
  for (gsize i = 0; i < n; i += EPNS_DOT_LANES) {
    UNROLL for (gsize p = 0; p < PARTS; p++) {
      UNROLL for (gsize t = 0; t < DOT_TAPS; t++)
        x[t] = LOAD (b + offsets[t] + i + p * LANES);
      UNROLL for (gsize r = 0; r < DOT_ROWS; r++) {
        const VECTOR y = LOAD (a + r * row_length + i + p * LANES);
        UNROLL for (gsize t = 0; t < DOT_TAPS; t++)
          sum[r][t][p] = FMA (x[t], y, sum[r][t][p]);
      }
    }
  }
  UNROLL for (gsize r = 0; r < DOT_ROWS; r++)
    UNROLL for (gsize t = 0; t < DOT_TAPS; t++)
      sums[r * EPNS_DOT_TAPS + t] = sum_lanes (sum[r][t]);
}

TARGET static void
dot (gsize n, const float *a, gsize row_length, const float *b, const gint32 *offsets,
     float sums[EPNS_DOT_ROWS][EPNS_DOT_TAPS])
{
  for (gsize r = 0; r < EPNS_DOT_ROWS; r += DOT_ROWS)
    for (gsize t = 0; t < EPNS_DOT_TAPS; t += DOT_TAPS)
      dot_block (n, a + r * row_length, row_length, b, offsets + t, &sums[r][t]);
}

/* Columns first .. first + vectors * LANES - 1 of the sum. */
INLINE void
sum_columns (const gsize vectors, gsize n, const gint32 *offsets, const float *table, float *to)
{
  VECTOR sum[EPNS_KERNEL_VECTORS];

  UNROLL for (gsize v = 0; v < vectors; v++)
    sum[v] = LOAD (to + v * LANES);
  for (gsize k = 0; k < n; k++)
    UNROLL for (gsize v = 0; v < vectors; v++)
      sum[v] = sum[v] + LOAD (table + offsets[k] + v * LANES);
  UNROLL for (gsize v = 0; v < vectors; v++)
    STORE (to + v * LANES, sum[v]);
}

TARGET static void
sum_rows (gsize n, const gint32 *offsets, const float *table, gsize width, float *to)
{
  gsize c = 0;

  for (; c + EPNS_KERNEL_VECTORS * LANES <= width; c += EPNS_KERNEL_VECTORS * LANES)
    sum_columns (EPNS_KERNEL_VECTORS, n, offsets, table + c, to + c);
  for (; c < width; c += LANES)
    sum_columns (1, n, offsets, table + c, to + c);
}

TARGET static void
add_to_rows (gsize n, const gint32 *offsets, const float *from, gsize width, float *table)
{
  for (gsize k = 0; k < n; k++)
    for (gsize c = 0; c < width; c += LANES) {
      float *to = table + offsets[k] + c;
      STORE (to, LOAD (to) + LOAD (from + c));
    }
}

typedef guint32 NAMED (Words) __attribute__ ((vector_size (LANES * sizeof (guint32))));
#define WORDS NAMED (Words)

INLINE WORDS
words_at (const void *p)
{
  WORDS words;

  memcpy (&words, p, sizeof words);
  return words;
}

/* The upper halves, rounded; a NaN stays one. */
INLINE WORDS
rounded (const float *x)
{
  const WORDS bits = words_at (x), exponent = bits & 0x7f800000u;
  const WORDS up = (bits + (0x7fffu + (bits >> 16 & 1u))) >> 16;
  const WORDS is_nan = (WORDS) ((bits & 0x7fffffffu) > 0x7f800000u),
              is_small = (WORDS) (exponent == 0u);

  return ((up & ~is_small) | (bits >> 16 & 0x8000u)) | (is_nan & 0x7fffu);
}

TARGET static void
pair (gsize n, const float *a, const float *b, guint32 *to)
{
  float rest[2][LANES] = { { 0 } };

  for (gsize i = 0; i < n; i += LANES) {
    const gboolean whole = i + LANES <= n;
    if (!whole) {
      memcpy (rest[0], a + i, (n - i) * sizeof *a);
      memcpy (rest[1], b + i, (n - i) * sizeof *b);
    }
    const WORDS pairs
        = rounded (whole ? a + i : rest[0]) | rounded (whole ? b + i : rest[1]) << 16;
    memcpy (to + i, &pairs, whole ? sizeof pairs : (n - i) * sizeof *to);
  }
}

#define HALF_ROWS 4

/* HALF_ROWS rows of one vector of columns. */
INLINE void
half_block (gsize n, gsize pairs, const guint32 *left, const guint32 *right, const gint32 *offsets,
            gsize plane, float *tile)
{
  VECTOR sum[HALF_ROWS], even[HALF_ROWS], odd[HALF_ROWS];

  UNROLL for (gsize r = 0; r < HALF_ROWS; r++)
    sum[r] = ZERO ();
  for (gsize k = 0; k < n; k++) {
    const guint32 *l = left + k * EPNS_HALF_SIDE * pairs;
    UNROLL for (gsize r = 0; r < HALF_ROWS; r++)
      even[r] = odd[r] = ZERO ();
    for (gsize p = 0; p < pairs; p++) {
      const WORDS x = words_at (right + (gsize) offsets[k] + p * plane);
      const VECTOR x_even = (VECTOR) (x << 16), x_odd = (VECTOR) (x & 0xffff0000u);
      UNROLL for (gsize r = 0; r < HALF_ROWS; r++) {
        const WORDS y = (WORDS) { 0 } + l[r * pairs + p];
        even[r] = FMA ((VECTOR) (y << 16), x_even, even[r]);
        odd[r] = FMA ((VECTOR) (y & 0xffff0000u), x_odd, odd[r]);
      }
    }
    UNROLL for (gsize r = 0; r < HALF_ROWS; r++)
      sum[r] = sum[r] + (even[r] + odd[r]);
  }
  UNROLL for (gsize r = 0; r < HALF_ROWS; r++)
    STORE (tile + r * EPNS_HALF_SIDE, sum[r]);
}

TARGET static void
half (gsize n, gsize pairs, gsize rows, const guint32 *left, const guint32 *right,
      const gint32 *offsets, gsize plane, float *tile)
{
  for (gsize r = 0; r < rows; r += HALF_ROWS)
    for (gsize c = 0; c < EPNS_HALF_SIDE; c += LANES)
      half_block (n, pairs, left + r * pairs, right + c, offsets, plane,
                  tile + r * EPNS_HALF_SIDE + c);
}

#include "models/nn/kernel-toom.h"

const EpnsKernel EXPAND (epns_kernel_, KERNEL) = {
  .name = G_STRINGIFY (KERNEL),
  .rows = ROWS,
  .lanes = LANES,
  .columns = EPNS_KERNEL_VECTORS * LANES,
  .tile = { tile_1, tile_2, tile_3 },
  .multiply = multiply,
  .adam = adam,
  .dot = dot,
  .sum_rows = sum_rows,
  .add_to_rows = add_to_rows,
  .pair = pair,
  .half = half,
  .toom = { sweep_image_to_points, sweep_points_to_sites, sweep_sites_to_points,
            sweep_taps_to_points, sweep_points_to_taps },
};
