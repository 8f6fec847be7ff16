/* SPDX-License-Identifier: MIT */
/* The plain matrix product. */
#include "bench/product.h"
#include "bench/clock.h"
#include "models/nn/multiply.h"
#include "plugin/random.h"

enum { REPEATS = 35 };

EpnsTensor *
bench_random_tensor (EpnsContext *ctx, guint32 purpose, guint rank, const gint64 *shape)
{
  const EpnsDrawKey key = { 1, 0, 0 };
  EpnsTensor *self = epns_tensor_new (ctx, rank, shape);

  for (gsize i = 0; i < self->count; i++)
    self->data[i] = (float) epns_random_uniform (&key, purpose, i) - 0.5f;
  return self;
}

double
bench_product_gflops (EpnsContext *ctx)
{
  const gsize n = BENCH_PRODUCT;
  g_autoptr (EpnsTensor)
      left = bench_random_tensor (ctx, 1, EPNS_SHAPE (BENCH_PRODUCT, BENCH_PRODUCT));
  g_autoptr (EpnsTensor)
      right = bench_random_tensor (ctx, 2, EPNS_SHAPE ((gint64) epns_right_count (n, n)));
  g_autoptr (EpnsTensor) product = epns_tensor_new (ctx, EPNS_SHAPE (BENCH_PRODUCT, BENCH_PRODUCT));
  double best = 0.0;

  for (int repeat = 0; repeat < REPEATS; repeat++) {
    double start = bench_thread_seconds ();
    epns_product (n, n, n, (EpnsLeft){ left->data, n, 1 }, epns_right_packed (right->data, n, 0),
                  (EpnsResult){ .to = product->data, .row = n });
    best = MAX (best, 2e-9 * (double) (n * n * n) / (bench_thread_seconds () - start));
  }
  return best;
}
