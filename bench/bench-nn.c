/* SPDX-License-Identifier: MIT */
/* What the networks' convolutions cost, forward and backward, as a part of what a plain matrix
 * product reaches on the same thread, counting the multiply-adds of the direct sums: those that take
 * fewer come to more than 100 %. */
#include "bench/clock.h"
#include "bench/line.h"
#include "bench/product.h"
#include "bench/scenes.h"
#include "models/nn/ops.h"

enum { REPEATS = 3 };
#define SECONDS 0.5 /* that small ones are repeated for: the first ones are slower */

/* Best forward and backward times in seconds. */
static void
measure (EpnsContext *ctx, const BenchScene *scene, double *forward, double *backward)
{
  g_autoptr (EpnsTensor) x =
      bench_random_tensor (ctx, 1, EPNS_SHAPE (scene->samples, scene->in, scene->side, scene->side));
  g_autoptr (EpnsTensor) w =
      bench_random_tensor (ctx, 2, EPNS_SHAPE (scene->out, scene->in, scene->k, scene->k));
  g_autoptr (EpnsTensor) b = bench_random_tensor (ctx, 3, EPNS_SHAPE (scene->out));

  *forward = *backward = G_MAXDOUBLE;
  x->requires_grad = w->requires_grad = b->requires_grad = TRUE;
  epns_context_record (ctx, TRUE);
  const double began = bench_thread_seconds ();
  for (int repeat = 0; repeat < REPEATS || bench_thread_seconds () < began + SECONDS; repeat++) {
    double start = bench_thread_seconds ();
    g_autoptr (EpnsTensor) y = epns_conv2d (ctx, x, w, b, epns_conv_same (scene->k, EPNS_RELU));
    *forward = MIN (*forward, bench_thread_seconds () - start);
    g_autoptr (EpnsTensor) loss = epns_sum (ctx, y);
    start = bench_thread_seconds ();
    epns_context_backward (ctx, loss);
    *backward = MIN (*backward, bench_thread_seconds () - start);
  }
  epns_context_record (ctx, FALSE);
}

int
main (void)
{
  g_autoptr (EpnsContext) ctx = epns_context_new (NULL);
  double most = bench_product_gflops (ctx);

  bench_line ("nn", "product of 512 x 512", 1, "GFLOP/s", most);
  for (gsize s = 0; s < G_N_ELEMENTS (bench_scenes); s++) {
    const BenchScene *scene = &bench_scenes[s];
    const double gflop = bench_scene_gflop (scene);
    g_autofree char *there = bench_scene_name (scene, "forward");
    g_autofree char *back = bench_scene_name (scene, "back");
    g_autofree char *there_part = bench_scene_name (scene, "forward, of the product");
    g_autofree char *back_part = bench_scene_name (scene, "back, of the product");
    double forward, backward;
    measure (ctx, scene, &forward, &backward);
    bench_line ("nn", there, 1, "ms", 1e3 * forward);
    bench_line ("nn", back, 1, "ms", 1e3 * backward);
    bench_line ("nn", there_part, 1, "%", 100 * gflop / forward / most);
    bench_line ("nn", back_part, 1, "%", 200 * gflop / backward / most);
  }
  return 0;
}
