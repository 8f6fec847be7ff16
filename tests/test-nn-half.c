/* SPDX-License-Identifier: MIT */
/* Convolutions in half precision: rounding number by number, sums against sums in double of the
 * rounded numbers, the same bits by every kernel and by the processor's tiles. */
#include "models/nn/half.h"
#include "models/nn/ops.h"
#include "plugin/random.h"
#include "tests/suite.h"

#include <math.h>

static float
of_bits (guint32 bits)
{
  float x;

  memcpy (&x, &bits, sizeof x);
  return x;
}

/* Nearest, ties to even; below the normal numbers 0 with the sign. */
static const struct {
  guint32 from, to; /* a float's bits; the upper half's */
} roundings[] = {
  { 0x3f800000, 0x3f80 }, { 0x3f808000, 0x3f80 }, { 0x3f818000, 0x3f82 }, { 0x3f808001, 0x3f81 },
  { 0xbf80ffff, 0xbf81 }, { 0x3fffffff, 0x4000 }, { 0x00000000, 0x0000 }, { 0x80000000, 0x8000 },
  { 0x00000001, 0x0000 }, { 0x807fffff, 0x8000 }, { 0x00800000, 0x0080 }, { 0x7f7fffff, 0x7f80 },
  { 0x7f800000, 0x7f80 }, { 0xff800000, 0xff80 },
};
enum { N_ROUNDINGS = G_N_ELEMENTS (roundings) };

START_TEST (rounds_to_the_nearest)
{
  const EpnsKernel *kernel = epns_kernel_nth ((guint) _i);
  float a[N_ROUNDINGS], b[N_ROUNDINGS];
  guint32 pairs[N_ROUNDINGS + 1] = { 0 };

  if (kernel == NULL)
    return;
  for (guint i = 0; i < N_ROUNDINGS; i++) {
    a[i] = of_bits (roundings[i].from);
    b[i] = of_bits (roundings[N_ROUNDINGS - 1 - i].from);
  }
  kernel->pair (N_ROUNDINGS, a, b, pairs);
  for (guint i = 0; i < N_ROUNDINGS; i++) {
    const guint32 even = roundings[i].to, odd = roundings[N_ROUNDINGS - 1 - i].to;
    ck_assert_msg (pairs[i] == (even | odd << 16), "%08x and %08x gave %08x", roundings[i].from,
                   roundings[N_ROUNDINGS - 1 - i].from, pairs[i]);
  }
  ck_assert_uint_eq (pairs[N_ROUNDINGS], 0);
  a[0] = of_bits (0x7f800001);
  kernel->pair (1, a, b, pairs);
  ck_assert (isnan (of_bits (pairs[0] << 16)));
}
END_TEST

enum { N_K = 7, PAIRS = 16, PLANE = 101, N_RIGHT = N_K * 23 + PAIRS * PLANE + EPNS_HALF_SIDE };

typedef struct {
  guint32 left[N_K * EPNS_HALF_SIDE * PAIRS], right[N_RIGHT];
  gint32 offsets[N_K];
} Operands;

static void
draw_pairs (guint32 purpose, gsize n, guint32 *to)
{
  const EpnsDrawKey key = { 3, 0, 0 };

  for (gsize i = 0; i < n; i++) {
    const float a = (float) epns_random_normal (&key, purpose, 2 * i),
                b = (float) epns_random_normal (&key, purpose, 2 * i + 1);
    epns_kernel_nth (0)->pair (1, &a, &b, &to[i]);
  }
}

static void
draw_operands (Operands *self)
{
  draw_pairs (0, G_N_ELEMENTS (self->left), self->left);
  draw_pairs (1, N_RIGHT, self->right);
  for (gint32 k = 0; k < N_K; k++)
    self->offsets[k] = k * 3 % N_K * 23;
}

static double
part (guint32 pair, gboolean odd)
{
  return (double) of_bits (odd ? pair & 0xffff0000u : pair << 16);
}

/* Pairs of one step: all, some, one. */
static const gsize pair_counts[] = { PAIRS, 5, 1 };

START_TEST (sums_products)
{
  const EpnsKernel *kernel = epns_kernel_nth ((guint) _i);
  g_autofree Operands *x = g_new0 (Operands, 1);
  float tile[EPNS_HALF_SIDE * EPNS_HALF_SIDE];

  if (kernel == NULL)
    return;
  draw_operands (x);
  for (guint i = 0; i < G_N_ELEMENTS (pair_counts); i++) {
    const gsize pairs = pair_counts[i];
    kernel->half (N_K, pairs, EPNS_HALF_SIDE, x->left, x->right, x->offsets, PLANE, tile);
    for (gsize at = 0; at < G_N_ELEMENTS (tile); at++) {
      const gsize r = at / EPNS_HALF_SIDE, c = at % EPNS_HALF_SIDE;
      double sum = 0;
      for (gsize t = 0; t < N_K * pairs * 2; t++) {
        const gsize k = t / 2 / pairs, p = t / 2 % pairs;
        sum += part (x->left[(k * EPNS_HALF_SIDE + r) * pairs + p], t % 2) *
               part (x->right[(gsize) x->offsets[k] + p * PLANE + c], t % 2);
      }
      ck_assert_double_eq_tol ((double) tile[at], sum, 2e-5);
    }
  }
}
END_TEST

/* Whatever the processor has comes to the bits of the portable loops, tiles included. */
START_TEST (gives_the_same_bits_everywhere)
{
  const EpnsKernel *kernel;
  g_autofree Operands *x = g_new0 (Operands, 1);
  float expected[EPNS_HALF_SIDE * EPNS_HALF_SIDE], tile[EPNS_HALF_SIDE * EPNS_HALF_SIDE];
  EpnsHalfFunction by_tiles = epns_kernel_half_tiles ();

  draw_operands (x);
  if (by_tiles == NULL)
    printf ("SKIP: this processor has no tiles\n");
  for (guint i = 0; i < G_N_ELEMENTS (pair_counts); i++)
    for (gsize rows = EPNS_HALF_SIDE / 2; rows <= EPNS_HALF_SIDE; rows += EPNS_HALF_SIDE / 2) {
      const gsize bytes = rows * EPNS_HALF_SIDE * sizeof (float), pairs = pair_counts[i];
      epns_kernel_nth (0)->half (N_K, pairs, rows, x->left, x->right, x->offsets, PLANE, expected);
      for (guint n = 1; (kernel = epns_kernel_nth (n)) != NULL; n++) {
        kernel->half (N_K, pairs, rows, x->left, x->right, x->offsets, PLANE, tile);
        ck_assert_msg (memcmp (tile, expected, bytes) == 0, "by %s", kernel->name);
      }
      if (by_tiles == NULL)
        continue;
      by_tiles (N_K, pairs, rows, x->left, x->right, x->offsets, PLANE, tile);
      ck_assert_msg (memcmp (tile, expected, bytes) == 0, "by tiles");
    }
}
END_TEST

/* Normal numbers, of a filter bank so small that its results are of order 1. */
static EpnsTensor *
draw_tensor (EpnsContext *ctx, guint32 purpose, guint rank, const gint64 *shape)
{
  const EpnsDrawKey key = { 4, 0, 0 };
  EpnsTensor *self = epns_tensor_new (ctx, rank, shape);
  const double scale = purpose == 1 ? 1 / sqrt ((double) (shape[1] * shape[2] * shape[3])) : 1;

  for (gsize i = 0; i < self->count; i++)
    self->data[i] = (float) (scale * epns_random_normal (&key, purpose, i));
  return self;
}

/* The same with numbers that have no more digits than bfloat16, so that nothing is rounded. */
static void
round_off (EpnsTensor *x)
{
  for (gsize i = 0; i < x->count; i++) {
    guint32 pair;
    epns_kernel ()->pair (1, &x->data[i], &x->data[i], &pair);
    x->data[i] = of_bits (pair & 0xffff0000u);
  }
}

static void
expect_close (const EpnsTensor *got, const EpnsTensor *expected)
{
  ck_assert (epns_tensor_same_shape (got, expected));
  for (gsize i = 0; i < got->count; i++)
    ck_assert_double_eq_tol ((double) got->data[i], (double) expected->data[i],
                             2e-5 * fmax (1, fabs ((double) expected->data[i])));
}

/* Odd numbers of channels, more than one block of them, borders, strides, several rows of tiles. */
static const struct {
  gint64 samples, channels, side, filters, kernel, stride;
} shapes[] = {
  { 3, 9, 13, 8, 3, 1 },   { 2, 32, 20, 32, 5, 1 }, { 1, 45, 9, 40, 3, 1 },
  { 2, 16, 24, 16, 4, 2 }, { 1, 33, 40, 35, 9, 1 }, { 2, 8, 30, 12, 5, 3 },
};
enum { N_SHAPES = G_N_ELEMENTS (shapes) };

static EpnsTensor *
convolve (EpnsContext *ctx, EpnsTensor *x, EpnsTensor *w, EpnsTensor *b, gint64 stride,
          gboolean half)
{
  const gint64 k = w->shape[2];

  epns_context_set_half (ctx, half);
  return epns_conv2d (ctx, x, w, b,
                      stride == 1 ? epns_conv_same (k, EPNS_RELU)
                                  : epns_conv_strided (stride, k / 2, EPNS_TANH));
}

START_TEST (convolves)
{
  const gint64 n = shapes[_i].samples, c = shapes[_i].channels, side = shapes[_i].side,
               f = shapes[_i].filters, k = shapes[_i].kernel;
  g_autoptr (EpnsContext) ctx = epns_context_new (NULL);
  g_autoptr (EpnsTensor) x = draw_tensor (ctx, 0, EPNS_SHAPE (n, c, side, side + 3));
  g_autoptr (EpnsTensor) w = draw_tensor (ctx, 1, EPNS_SHAPE (f, c, k, k));
  g_autoptr (EpnsTensor) b = draw_tensor (ctx, 2, EPNS_SHAPE (f));
  g_autoptr (EpnsTensor) rough = convolve (ctx, x, w, b, shapes[_i].stride, TRUE);

  round_off (x);
  round_off (w);
  g_autoptr (EpnsTensor) expected = convolve (ctx, x, w, b, shapes[_i].stride, FALSE);
  g_autoptr (EpnsTensor) got = convolve (ctx, x, w, b, shapes[_i].stride, TRUE);
  expect_close (got, expected);
  ck_assert (memcmp (got->data, rough->data, got->count * sizeof (float)) == 0);
}
END_TEST

START_TEST (transposes)
{
  const gint64 n = shapes[_i].samples, c = shapes[_i].channels, side = shapes[_i].side / 2,
               f = shapes[_i].filters, stride = shapes[_i].stride;
  const gint64 k = MAX (shapes[_i].kernel, stride);
  g_autoptr (EpnsContext) ctx = epns_context_new (NULL);
  g_autoptr (EpnsTensor) x = draw_tensor (ctx, 0, EPNS_SHAPE (n, f, side, side + 1));
  g_autoptr (EpnsTensor) w = draw_tensor (ctx, 1, EPNS_SHAPE (f, c, k, k));
  g_autoptr (EpnsTensor) b = draw_tensor (ctx, 2, EPNS_SHAPE (c));

  round_off (x);
  round_off (w);
  g_autoptr (EpnsTensor) expected = epns_conv_transpose2d (ctx, x, w, b, stride, 1);
  epns_context_set_half (ctx, TRUE);
  g_autoptr (EpnsTensor) got = epns_conv_transpose2d (ctx, x, w, b, stride, 1);
  expect_close (got, expected);
}
END_TEST

/* Gradients are never of rounded numbers. */
START_TEST (is_single_while_recording)
{
  g_autoptr (EpnsContext) ctx = epns_context_new (NULL);

  epns_context_set_half (ctx, TRUE);
  ck_assert (epns_context_half (ctx) != NULL);
  epns_context_record (ctx, TRUE);
  ck_assert (epns_context_half (ctx) == NULL);
}
END_TEST

enum { N_KERNELS = 3 };

SUITE_CASES ("nn-half", LOOP (rounds_to_the_nearest, 0, N_KERNELS),
             LOOP (sums_products, 0, N_KERNELS), ONCE (gives_the_same_bits_everywhere),
             LOOP (convolves, 0, N_SHAPES), LOOP (transposes, 0, N_SHAPES),
             ONCE (is_single_while_recording))
