/* SPDX-License-Identifier: MIT */
/* What the networks' convolutions cost, forward and backward, as a part of what a plain matrix
 * product reaches on the same thread. */
#include "bench/clock.h"
#include "bench/product.h"
#include "models/nn/kernel.h"
#include "models/nn/ops.h"

#include <stdio.h>

typedef struct {
  const char *what;
  gint64 samples, in, out, side, k;
} Scene;

static const Scene scenes[] = {
  { "published, full map", 65, 32, 32, 100, 5 },   { "published, kernel 9", 8, 32, 32, 50, 9 },
  { "published, lower level", 65, 64, 64, 25, 5 }, { "local, windows", 256, 16, 16, 16, 3 },
  { "local, coarse windows", 256, 32, 32, 8, 3 },  { "local, lattice", 1, 26, 24, 64, 3 },
};
enum { REPEATS = 7 };

/* Best forward and backward times in seconds. */
static void
measure (EpnsContext *ctx, const Scene *scene, double *forward, double *backward)
{
  g_autoptr (EpnsTensor) x =
      bench_random_tensor (ctx, 1, EPNS_SHAPE (scene->samples, scene->in, scene->side, scene->side));
  g_autoptr (EpnsTensor) w =
      bench_random_tensor (ctx, 2, EPNS_SHAPE (scene->out, scene->in, scene->k, scene->k));
  g_autoptr (EpnsTensor) b = bench_random_tensor (ctx, 3, EPNS_SHAPE (scene->out));

  *forward = *backward = G_MAXDOUBLE;
  x->requires_grad = w->requires_grad = b->requires_grad = TRUE;
  epns_context_record (ctx, TRUE);
  for (int repeat = 0; repeat < REPEATS; repeat++) {
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

  printf ("Convolutions, kernel %s, one thread, best of %d; 100 %% is a %d x %d product at %.1f "
          "GFLOP/s\n",
          epns_kernel ()->name, REPEATS, BENCH_PRODUCT, BENCH_PRODUCT, most);
  printf ("%-24s %-22s %12s %6s %12s %6s\n", "", "N x I -> O, side, k", "forward ms", "",
          "backward ms", "");
  for (gsize s = 0; s < G_N_ELEMENTS (scenes); s++) {
    const Scene *scene = &scenes[s];
    const double gflop = 2e-9 * (double) (scene->samples * scene->in * scene->out) *
                         (double) (scene->side * scene->side * scene->k * scene->k);
    g_autofree char *shape =
        g_strdup_printf ("%d x %d -> %d, %d, %d", (int) scene->samples, (int) scene->in,
                         (int) scene->out, (int) scene->side, (int) scene->k);
    double forward, backward;
    measure (ctx, scene, &forward, &backward);
    printf ("%-24s %-22s %12.3f %4.0f %% %12.3f %4.0f %%\n", scene->what, shape, forward * 1e3,
            100.0 * gflop / forward / most, backward * 1e3, 200.0 * gflop / backward / most);
  }
  return 0;
}
