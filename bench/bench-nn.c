/* SPDX-License-Identifier: MIT */
/* What the networks' convolutions cost, forward and backward, as a part of what a plain matrix
 * product reaches on the same thread. */
#include "models/nn/kernel.h"
#include "models/nn/multiply.h"
#include "models/nn/ops.h"
#include "plugin/random.h"

#include <stdio.h>
#include <time.h>

typedef struct {
  const char *what;
  gint64 samples, in, out, side, k;
} Scene;

static const Scene scenes[] = {
  { "published, full map", 65, 32, 32, 100, 5 },   { "published, kernel 9", 8, 32, 32, 50, 9 },
  { "published, lower level", 65, 64, 64, 25, 5 }, { "local, windows", 256, 16, 16, 16, 3 },
  { "local, coarse windows", 256, 32, 32, 8, 3 },  { "local, lattice", 1, 26, 24, 64, 3 },
};
enum { REPEATS = 7, PRODUCT = 512 };

/* Processor time of this thread: what other programs take does not count. */
static double
seconds (void)
{
  struct timespec now;

  clock_gettime (CLOCK_THREAD_CPUTIME_ID, &now);
  return (double) now.tv_sec + 1e-9 * (double) now.tv_nsec;
}

static EpnsTensor *
random_tensor (EpnsContext *ctx, guint32 purpose, guint rank, const gint64 *shape)
{
  const EpnsDrawKey key = { 1, 0, 0 };
  EpnsTensor *self = epns_tensor_new (ctx, rank, shape);

  for (gsize i = 0; i < self->count; i++)
    self->data[i] = (float) epns_random_uniform (&key, purpose, i) - 0.5f;
  return self;
}

/* GFLOP/s of a square product of packed operands. */
static double
peak (EpnsContext *ctx)
{
  const gsize n = PRODUCT;
  g_autoptr (EpnsTensor) left =
      random_tensor (ctx, 1, EPNS_SHAPE ((gint64) epns_left_count (n, n)));
  g_autoptr (EpnsTensor) right =
      random_tensor (ctx, 2, EPNS_SHAPE ((gint64) epns_right_count (n, n)));
  g_autoptr (EpnsTensor) product = epns_tensor_new (ctx, EPNS_SHAPE (PRODUCT, PRODUCT));
  double best = 0.0;

  for (int repeat = 0; repeat < 5 * REPEATS; repeat++) {
    double start = seconds ();
    epns_multiply (n, n, n, left->data, right->data, FALSE, product->data, n);
    best = MAX (best, 2e-9 * (double) (n * n * n) / (seconds () - start));
  }
  return best;
}

/* Best forward and backward times in seconds. */
static void
measure (EpnsContext *ctx, const Scene *scene, double *forward, double *backward)
{
  g_autoptr (EpnsTensor) x =
      random_tensor (ctx, 1, EPNS_SHAPE (scene->samples, scene->in, scene->side, scene->side));
  g_autoptr (EpnsTensor) w =
      random_tensor (ctx, 2, EPNS_SHAPE (scene->out, scene->in, scene->k, scene->k));
  g_autoptr (EpnsTensor) b = random_tensor (ctx, 3, EPNS_SHAPE (scene->out));

  *forward = *backward = G_MAXDOUBLE;
  x->requires_grad = w->requires_grad = b->requires_grad = TRUE;
  epns_context_record (ctx, TRUE);
  for (int repeat = 0; repeat < REPEATS; repeat++) {
    double start = seconds ();
    g_autoptr (EpnsTensor) y = epns_conv2d (ctx, x, w, b, epns_conv_same (scene->k, EPNS_RELU));
    *forward = MIN (*forward, seconds () - start);
    g_autoptr (EpnsTensor) loss = epns_sum (ctx, y);
    start = seconds ();
    epns_context_backward (ctx, loss);
    *backward = MIN (*backward, seconds () - start);
  }
  epns_context_record (ctx, FALSE);
}

int
main (void)
{
  g_autoptr (EpnsContext) ctx = epns_context_new (NULL);
  double most = peak (ctx);

  printf ("Convolutions, kernel %s, one thread, best of %d; 100 %% is a %d x %d product at %.1f "
          "GFLOP/s\n",
          epns_kernel ()->name, REPEATS, PRODUCT, PRODUCT, most);
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
