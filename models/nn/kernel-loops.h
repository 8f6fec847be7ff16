/* SPDX-License-Identifier: MIT */
/* The loops of a kernel, written once. Define before including: KERNEL (name), TARGET (function attribute), VECTOR (type),
 * LANES, ROWS, DOT_TAPS (a divisor of EPNS_DOT_TAPS: taps that fit into registers at once), DOT_ROWS (likewise), and
 * LOAD (p), STORE (p, v), ZERO (), REPEAT (x), FMA (a, b, c) = a b + c. */
#include "models/nn/kernel.h"

#if defined(__clang__)
#define UNROLL _Pragma ("unroll")
#else
#define UNROLL _Pragma ("GCC unroll 16")
#endif

#define TILE(name, VECTORS)                                                                                   \
  TARGET static void name (gsize n_k, const float *left, const float *right, const gint32 *offsets,           \
                           gsize stride, gboolean add, float *tile)                                           \
  {                                                                                                           \
    VECTOR sum[ROWS][VECTORS];                                                                                \
    UNROLL for (guint r = 0; r < ROWS; r++) {                                                                 \
      UNROLL for (guint v = 0; v < VECTORS; v++)                                                              \
        sum[r][v] = add ? LOAD (tile + r * EPNS_KERNEL_VECTORS * LANES + v * LANES) : ZERO ();                \
    }                                                                                                         \
    for (gsize k = 0; k < n_k; k++, left += ROWS) {                                                           \
      const float *line = right + (offsets != NULL ? (gsize) offsets[k] : k * stride);                        \
      VECTOR x[VECTORS];                                                                                      \
      UNROLL for (guint v = 0; v < VECTORS; v++) x[v] = LOAD (line + v * LANES);                              \
      UNROLL for (guint r = 0; r < ROWS; r++) {                                                               \
        const VECTOR w = REPEAT (left[r]);                                                                    \
        UNROLL for (guint v = 0; v < VECTORS; v++) sum[r][v] = FMA (w, x[v], sum[r][v]);                      \
      }                                                                                                       \
    }                                                                                                         \
    UNROLL for (guint r = 0; r < ROWS; r++) {                                                                 \
      UNROLL for (guint v = 0; v < VECTORS; v++)                                                              \
        STORE (tile + r * EPNS_KERNEL_VECTORS * LANES + v * LANES, sum[r][v]);                                \
    }                                                                                                         \
  }

TILE (tile_1, 1)
TILE (tile_2, 2)
TILE (tile_3, 3)

#define PARTS (EPNS_DOT_LANES / LANES) /* vectors that make up the lanes of one sum */

/* DOT_ROWS x DOT_TAPS of the sums. */
TARGET static inline void
dot_block (gsize n, const float *a, gsize row_length, const float *b, const gint32 *offsets, float *sums)
{
  VECTOR sum[DOT_ROWS][DOT_TAPS][PARTS];

  UNROLL for (guint r = 0; r < DOT_ROWS; r++) {
    UNROLL for (guint t = 0; t < DOT_TAPS; t++) {
      UNROLL for (guint p = 0; p < PARTS; p++) sum[r][t][p] = ZERO ();
    }
  }
  for (gsize i = 0; i < n; i += EPNS_DOT_LANES) {
    UNROLL for (guint p = 0; p < PARTS; p++) {
      VECTOR x[DOT_TAPS];
      UNROLL for (guint t = 0; t < DOT_TAPS; t++) x[t] = LOAD (b + offsets[t] + i + p * LANES);
      UNROLL for (guint r = 0; r < DOT_ROWS; r++) {
        const VECTOR y = LOAD (a + r * row_length + i + p * LANES);
        UNROLL for (guint t = 0; t < DOT_TAPS; t++) sum[r][t][p] = FMA (x[t], y, sum[r][t][p]);
      }
    }
  }
  UNROLL for (guint r = 0; r < DOT_ROWS; r++) {
    UNROLL for (guint t = 0; t < DOT_TAPS; t++) {
      float lanes[EPNS_DOT_LANES], total = 0.0f;
      UNROLL for (guint p = 0; p < PARTS; p++) STORE (lanes + p * LANES, sum[r][t][p]);
      for (guint l = 0; l < EPNS_DOT_LANES; l++)
        total += lanes[l];
      sums[r * EPNS_DOT_TAPS + t] = total;
    }
  }
}

TARGET static void
dot (gsize n, const float *a, gsize row_length, const float *b, const gint32 *offsets,
     float sums[EPNS_DOT_ROWS][EPNS_DOT_TAPS])
{
  for (guint r = 0; r < EPNS_DOT_ROWS; r += DOT_ROWS)
    for (guint t = 0; t < EPNS_DOT_TAPS; t += DOT_TAPS)
      dot_block (n, a + r * row_length, row_length, b, offsets + t, &sums[r][t]);
}

#define JOIN(a, b)  a##b
#define EXPAND(a, b) JOIN (a, b)
const EpnsKernel EXPAND (epns_kernel_, KERNEL) = {
  .name = G_STRINGIFY (KERNEL),
  .rows = ROWS,
  .lanes = LANES,
  .columns = EPNS_KERNEL_VECTORS * LANES,
  .tile = { tile_1, tile_2, tile_3 },
  .dot = dot,
};
