/* SPDX-License-Identifier: MIT */
/* Every kernel this processor has: right against sums in double, and those with fused multiply-adds
 * alike bit by bit. */
#include "models/nn/kernel.h"
#include "plugin/random.h"
#include "tests/suite.h"

#include <math.h>

enum {
  N_K = 37,
  STRIDE = 53,
  N_SITES = 96,
  N_RIGHT = N_K * STRIDE + N_SITES + EPNS_KERNEL_MAX_COLUMNS
};

static float left_of[N_K][8], right_of[N_RIGHT];
static gint32 offsets[N_K];

static void
fill (void)
{
  const EpnsDrawKey key = { 5, 0, 0 };

  for (guint k = 0; k < N_K; k++) {
    offsets[k] = (gint32) (k * 29 % N_K * STRIDE);
    for (guint r = 0; r < 8; r++)
      left_of[k][r] = (float) epns_random_normal (&key, 0, 8 * k + r);
  }
  for (guint i = 0; i < N_RIGHT; i++)
    right_of[i] = (float) epns_random_normal (&key, 1, i);
}

/* The tile with its rows' weights from left_of, whatever its height: result[r][c], 0 where there is
 * none. */
static void
run_tile (const EpnsKernel *kernel, gsize vectors, gboolean with_offsets,
          float result[8][EPNS_KERNEL_MAX_COLUMNS])
{
  float packed[N_K * 8], tile[EPNS_KERNEL_MAX_TILE];

  memset (result, 0, 8 * sizeof *result);
  for (gsize first = 0; first < 8; first += kernel->rows) {
    for (guint k = 0; k < N_K; k++)
      memcpy (packed + k * kernel->rows, &left_of[k][first], kernel->rows * sizeof (float));
    kernel->tile[vectors - 1](N_K, packed, right_of, with_offsets ? offsets : NULL, STRIDE, tile);
    for (gsize r = 0; r < kernel->rows; r++)
      memcpy (result[first + r], tile + r * kernel->columns,
              vectors * kernel->lanes * sizeof (float));
  }
}

START_TEST (tiles_are_right)
{
  const EpnsKernel *kernel = epns_kernel_nth ((guint) _i);
  float result[8][EPNS_KERNEL_MAX_COLUMNS];

  if (kernel == NULL)
    return;
  fill ();
  for (gsize vectors = 1; vectors <= EPNS_KERNEL_VECTORS; vectors++)
    for (gint with_offsets = 0; with_offsets < 2; with_offsets++) {
      run_tile (kernel, vectors, with_offsets, result);
      for (guint r = 0; r < 8; r++)
        for (gsize c = 0; c < vectors * kernel->lanes; c++) {
          double sum = 0.0;
          for (guint k = 0; k < N_K; k++)
            sum += (double) left_of[k][r] *
                   (double) right_of[(with_offsets ? (guint) offsets[k] : k * STRIDE) + c];
          ck_assert_msg (fabs (sum - (double) result[r][c]) < 1e-5,
                         "%s, %d vectors: [%u][%d] is %g, not %g", kernel->name, (int) vectors, r,
                         (int) c, (double) result[r][c], sum);
        }
    }
}
END_TEST

/* m x n of a product in rows of C_ROW, which hold 1 or -1 before. The left operand lies in
 * columns, the right one in rows, or in panels of its first columns again and again; the latter is
 * the bias, too. */
enum { C_ROW = 130, MOST = 20 };
enum { ADD = 1, IN_PANELS = 2, BIAS = 4, OPEN = 8, WAYS = 16 };

static float
before (gsize j)
{
  return j % 2 == 0 ? 1 : -1;
}

static void
run_product (const EpnsKernel *kernel, gsize m, gsize n, guint way, float c[MOST][C_ROW])
{
  for (gsize i = 0; i < MOST; i++)
    for (gsize j = 0; j < C_ROW; j++)
      c[i][j] = before (j);
  kernel->multiply (&(EpnsProduct){ .m = m,
                                    .n = n,
                                    .k = N_K,
                                    .left = (const float *) left_of,
                                    .left_row = 3,
                                    .left_column = 5,
                                    .right = right_of,
                                    .right_panel = way & IN_PANELS ? 0 : kernel->columns,
                                    .right_row = STRIDE,
                                    .c = c[0],
                                    .c_row = C_ROW,
                                    .add = (way & ADD) != 0,
                                    .relu = (way & OPEN) != 0,
                                    .bias = way & BIAS ? right_of : NULL });
}

static double
element_of_product (const EpnsKernel *kernel, gsize i, gsize j, guint way)
{
  const gsize column = way & IN_PANELS ? j % kernel->columns : j;
  const float *left = (const float *) left_of;
  double sum = (way & ADD ? (double) before (j) : 0) + (way & BIAS ? (double) right_of[j] : 0);

  for (gsize k = 0; k < N_K; k++)
    sum += (double) left[i * 3 + k * 5] * (double) right_of[k * STRIDE + column];
  return way & OPEN ? fmax (sum, 0) : sum;
}

START_TEST (products_are_right)
{
  static const gsize sizes[][2] = { { 1, 1 }, { 7, 16 }, { 20, 53 }, { 13, 97 }, { 8, 128 } };
  const EpnsKernel *kernel = epns_kernel_nth ((guint) _i);
  float c[MOST][C_ROW];

  if (kernel == NULL)
    return;
  fill ();
  for (guint s = 0; s < WAYS * G_N_ELEMENTS (sizes); s++) {
    const gsize m = sizes[s / WAYS][0], n = sizes[s / WAYS][1];
    run_product (kernel, m, n, s % WAYS, c);
    for (gsize i = 0; i < MOST; i++)
      for (gsize j = 0; j < C_ROW; j++) {
        const double expected = i < m && j < n ? element_of_product (kernel, i, j, s % WAYS)
                                               : (double) before (j);
        ck_assert_msg (fabs (expected - (double) c[i][j]) < 1e-5,
                       "%s, %zu x %zu, way %u: [%zu][%zu] is %g, not %g", kernel->name, m, n,
                       s % WAYS, i, j, (double) c[i][j], expected);
      }
  }
}
END_TEST

START_TEST (dots_are_right)
{
  const EpnsKernel *kernel = epns_kernel_nth ((guint) _i);
  float sums[EPNS_DOT_ROWS][EPNS_DOT_TAPS];

  if (kernel == NULL)
    return;
  fill ();
  kernel->dot (N_SITES, right_of, 2 * STRIDE, right_of, offsets, sums);
  for (guint r = 0; r < EPNS_DOT_ROWS; r++)
    for (guint t = 0; t < EPNS_DOT_TAPS; t++) {
      double sum = 0.0;
      for (guint i = 0; i < N_SITES; i++)
        sum += (double) right_of[r * 2 * STRIDE + i] * (double) right_of[(guint) offsets[t] + i];
      ck_assert_msg (fabs (sum - (double) sums[r][t]) < 3e-5, "%s: [%u][%u] is %g, not %g",
                     kernel->name, r, t, (double) sums[r][t], sum);
    }
}
END_TEST

/* Sums of a table's rows, exactly alike in all kernels, and what is added to the rows. */
START_TEST (rows_are_summed)
{
  enum { WIDTH = 4 * EPNS_DOT_LANES, N = 9, ROWS = 5 };
  const EpnsKernel *kernel = epns_kernel_nth ((guint) _i);
  gint32 rows[N];
  float sum[WIDTH], table[ROWS * WIDTH] = { 0 };

  if (kernel == NULL)
    return;
  fill ();
  for (gint32 k = 0; k < N; k++)
    rows[k] = k * 2 % ROWS * WIDTH; /* some rows twice */
  for (gsize c = 0; c < WIDTH; c++)
    sum[c] = left_of[0][c % 8];
  kernel->sum_rows (N, rows, right_of, WIDTH, sum);
  for (gsize c = 0; c < WIDTH; c++) {
    float expected = left_of[0][c % 8];
    for (gsize k = 0; k < N; k++)
      expected += right_of[(gsize) rows[k] + c];
    ck_assert_msg (sum[c] == expected, "%s: [%zu] is %g, not %g", kernel->name, c, (double) sum[c],
                   (double) expected);
  }
  kernel->add_to_rows (N, rows, sum, WIDTH, table);
  for (gsize r = 0; r < ROWS; r++)
    for (gsize c = 0; c < WIDTH; c++)
      ck_assert (table[r * WIDTH + c] == (r != 3 ? 2 * sum[c] : sum[c]));
}
END_TEST

enum { LANES = EPNS_KERNEL_WIDEST, POINTS = EPNS_TOOM_POINTS, SITES = EPNS_TOOM_SITES };

static void
transform (const EpnsKernel *kernel, gint kind, const float *from, float *to)
{
  const EpnsSweep sweep = { .runs = 1, .lanes = LANES, .from_step = LANES, .to_step = LANES };

  kernel->toom[kind](&sweep, from, to);
}

static double
dot_of (gsize n, const float *a, const float *b, gsize lane)
{
  double sum = 0.0;

  for (gsize i = 0; i < n; i++)
    sum += (double) a[i * LANES + lane] * (double) b[i * LANES + lane];
  return sum;
}

/* An image at points, times taps at points, and back, is a correlation; two transforms are the
 * adjoints of two others. */
START_TEST (points_are_right)
{
  const EpnsKernel *kernel = epns_kernel_nth ((guint) _i);
  const float *d = right_of, *g = right_of + 500, *y = right_of + 1000;
  float seen[POINTS * LANES], taps[POINTS * LANES], spread[POINTS * LANES], made[SITES * LANES],
      back[EPNS_TOOM_TAPS * LANES];

  if (kernel == NULL)
    return;
  fill ();
  transform (kernel, EPNS_IMAGE_TO_POINTS, d, seen);
  transform (kernel, EPNS_TAPS_TO_POINTS, g, taps);
  transform (kernel, EPNS_SITES_TO_POINTS, y, spread);
  transform (kernel, EPNS_POINTS_TO_TAPS, d, back);
  transform (kernel, EPNS_POINTS_TO_SITES, d, made);
  for (gsize l = 0; l < LANES; l++) {
    ck_assert_double_eq_tol (dot_of (EPNS_TOOM_TAPS, g, back, l), dot_of (POINTS, taps, d, l),
                             2e-5);
    ck_assert_double_eq_tol (dot_of (SITES, made, y, l), dot_of (POINTS, d, spread, l), 2e-4);
  }
  for (gsize i = 0; i < POINTS * LANES; i++)
    seen[i] *= taps[i];
  transform (kernel, EPNS_POINTS_TO_SITES, seen, made);
  for (gsize i = 0; i < SITES * LANES; i++)
    ck_assert_double_eq_tol ((double) made[i],
                             dot_of (EPNS_TOOM_TAPS, d + i / LANES * LANES, g, i % LANES), 2e-5);
}
END_TEST

/* Three steps of Adam, exactly alike in all kernels. */
START_TEST (adam_steps_alike)
{
  enum { N = 37 };
  const EpnsAdamRates rates = { 1e-2f, 0.9f, 0.1f, 0.99f, 0.01f, 1e-2f, 1.5f, 1e-8f };
  const EpnsKernel *kernel = epns_kernel_nth ((guint) _i);
  float w[2][N], m[2][N] = { 0 }, v[2][N] = { 0 };

  if (kernel == NULL)
    return;
  fill ();
  for (guint k = 0; k < 2; k++) {
    const EpnsKernel *of = k == 0 ? kernel : epns_kernel_nth (0);
    memcpy (w[k], right_of + 500, sizeof w[k]);
    for (gsize t = 0; t < 3; t++)
      of->adam (&rates, N, right_of + t * N, w[k], m[k], v[k]);
  }
  ck_assert_mem_eq (w[0], w[1], sizeof w[0]);
  ck_assert_mem_eq (m[0], m[1], sizeof m[0]);
  ck_assert_mem_eq (v[0], v[1], sizeof v[0]);
}
END_TEST

/* The portable kernel (0) rounds products where the compiler has no fused multiply-add; the others
 * never do. */
START_TEST (widths_agree_bit_by_bit)
{
  const EpnsKernel *narrow = epns_kernel_nth (1), *wide = epns_kernel_nth (2);
  float a[8][EPNS_KERNEL_MAX_COLUMNS], b[8][EPNS_KERNEL_MAX_COLUMNS];
  float sums[2][EPNS_DOT_ROWS][EPNS_DOT_TAPS], a_product[MOST][C_ROW], b_product[MOST][C_ROW];

  if (wide == NULL) {
    printf ("SKIP: this processor has one width of vectors with fused multiply-add\n");
    return;
  }
  fill ();
  run_tile (narrow, 2, TRUE, a);
  run_tile (wide, 1, TRUE, b);
  ck_assert_mem_eq (a, b, sizeof a);
  narrow->dot (N_SITES, right_of, 2 * STRIDE, right_of, offsets, sums[0]);
  wide->dot (N_SITES, right_of, 2 * STRIDE, right_of, offsets, sums[1]);
  ck_assert_mem_eq (sums[0], sums[1], sizeof sums[0]);
  for (guint way = 0; way < WAYS; way++)
    if (!(way & IN_PANELS)) { /* whose widths differ */
      run_product (narrow, MOST, 101, way, a_product);
      run_product (wide, MOST, 101, way, b_product);
      ck_assert_mem_eq (a_product, b_product, sizeof a_product);
    }
  for (gint kind = 0; kind < EPNS_TOOM_KINDS; kind++) {
    float few[POINTS * LANES] = { 0 }, many[POINTS * LANES] = { 0 };
    transform (narrow, kind, right_of, few);
    transform (wide, kind, right_of, many);
    ck_assert_mem_eq (few, many, sizeof few);
  }
}
END_TEST

START_TEST (the_widest_is_used)
{
  guint n = 0;

  while (epns_kernel_nth (n) != NULL)
    n++;
  ck_assert_uint_ge (n, 1);
  ck_assert_ptr_eq (epns_kernel (), epns_kernel_nth (n - 1));
  ck_assert_uint_le (epns_kernel ()->rows * epns_kernel ()->columns, EPNS_KERNEL_MAX_TILE);
}
END_TEST

SUITE_CASES ("nn-kernel", LOOP (tiles_are_right, 0, 3), LOOP (products_are_right, 0, 3),
             LOOP (dots_are_right, 0, 3), LOOP (rows_are_summed, 0, 3),
             LOOP (adam_steps_alike, 1, 3),
             LOOP (points_are_right, 0, 3),
             ONCE (widths_agree_bit_by_bit), ONCE (the_widest_is_used))
