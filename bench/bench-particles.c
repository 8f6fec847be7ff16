/* SPDX-License-Identifier: MIT */
/* What a step of PhysiCell's mechanics costs a cell, at one density and many sizes: neighbours are
 * found in cells, so the cost is linear. And gravity, where every pair counts. One thread. */
#include "bench/clock.h"
#include "models/reference/nbody.h"
#include "models/reference/physicell.h"
#include "tests/particles-setup.h"

#include <math.h>
#include <stdio.h>

enum { WARM_UP = 20, REPEATS = 15, CELL_STEPS = 400000, BODY_STEPS = 15000 };

#define SPACING 15.0 /* micron: a crowd, with about 8 neighbours each in a plane */

/* A square or cubic array, shaken. */
static void
lay (Swarm *swarm, double spacing)
{
  const EpnsDrawKey key = { .seed = 1 };
  gsize axes = (gsize) swarm->axes;
  gsize side = (gsize) ceil (pow ((double) swarm->n, 1.0 / (double) axes) - 1e-9);

  for (gsize i = 0; i < swarm->n; i++) {
    gsize rest = i;
    for (gsize a = 0; a < axes; a++, rest /= side)
      swarm->position[i * axes + a]
          = spacing * ((double) (rest % side) + 0.5 * epns_random_uniform (&key, (guint32) a, i));
  }
}

/* Nanoseconds a body and step: the best of some repeats. */
static double
nanoseconds (const KindSetup *setup, gsize n, gint axes, double spacing, double dt, gsize work)
{
  guint32 steps = (guint32) MAX (work / n / REPEATS, 1);
  double best = G_MAXDOUBLE;
  Swarm swarm;

  swarm_init (&swarm, setup, n, axes, EPNS_PHYSICELL_RADIUS);
  lay (&swarm, spacing);
  epns_run *run = kind_setup_start (setup, 1, 0);
  swarm_step (&swarm, setup, run, MIN (WARM_UP, steps), dt, NULL);
  for (int repeat = 0; repeat < REPEATS; repeat++) {
    double start = bench_thread_seconds ();
    if (swarm_step (&swarm, setup, run, steps, dt, NULL) != EPNS_OK)
      g_error ("a step was refused");
    best = MIN (best, bench_thread_seconds () - start);
  }
  setup->kind->stop (run);
  swarm_clear (&swarm);
  return best * 1e9 / steps / (double) n;
}

static void
cells (void)
{
  static const gsize sizes[] = { 50, 1000, 10000 };
  KindSetup setup = kind_setup_open (&epns_kind_physicell_mechanics, NULL);

  kind_setup_number (&setup, "motility-enabled", 1);
  kind_setup_number (&setup, "persistence-time", 2);
  printf ("PhysiCell's mechanics, one thread, best of %d\n", REPEATS);
  printf ("%4s %7s %12s %10s %14s\n", "axes", "cells", "ns/cell", "ms/step", "of 1,000's");
  for (gint axes = 2; axes <= 3; axes++)
    for (double thousand = 0, i = 0; i < G_N_ELEMENTS (sizes); i++) {
      gsize n = sizes[(gsize) i];
      double ns = nanoseconds (&setup, n, axes, SPACING, 0.1, CELL_STEPS);
      thousand = n == 1000 ? ns : thousand;
      printf ("%4d %7zu %12.0f %10.4f ", axes, n, ns, ns * (double) n / 1e6);
      if (thousand > 0)
        printf ("%14.2f\n", ns / thousand);
      else
        printf ("%14s\n", "-");
    }
  kind_setup_close (&setup);
}

static void
bodies (void)
{
  KindSetup setup = kind_setup_open (&epns_kind_nbody, NULL);

  printf ("\nGravity with noise, 3 axes, 100 integrator steps an output\n%7s %12s\n", "bodies",
          "ms/output");
  for (gsize n = 5; n <= 20; n *= 2)
    printf ("%7zu %12.4f\n", n,
            nanoseconds (&setup, n, 3, 1.0, 0.01, BODY_STEPS) * (double) n / 1e6);
  kind_setup_close (&setup);
}

int
main (void)
{
  cells ();
  bodies ();
  return 0;
}
