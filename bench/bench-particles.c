/* SPDX-License-Identifier: MIT */
/* What a step of PhysiCell's mechanics costs a cell, at one density and many sizes: neighbours are
 * found in cells, so the cost is linear. And gravity, where every pair counts. One thread. */
#include "bench/clock.h"
#include "bench/line.h"
#include "models/reference/nbody.h"
#include "models/reference/physicell.h"
#include "tests/particles-setup.h"

enum { WARM_UP = 20, REPEATS = 15, CELL_STEPS = 400000, BODY_STEPS = 15000 };

#define SPACING 15.0 /* micron: a crowd, with about 8 neighbours each in a plane */

/* Nanoseconds a body and step: the best of some repeats. */
static double
nanoseconds (const KindSetup *setup, gsize n, gint axes, double spacing, double dt, gsize work)
{
  guint32 steps = (guint32) MAX (work / n / REPEATS, 1);
  double best = G_MAXDOUBLE;
  Swarm swarm;

  swarm_init (&swarm, setup, n, axes, EPNS_PHYSICELL_RADIUS);
  swarm_lay (&swarm, spacing);
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
  for (gint axes = 2; axes <= 3; axes++)
    for (gsize i = 0; i < G_N_ELEMENTS (sizes); i++) {
      g_autofree char *what = g_strdup_printf ("a PhysiCell cell of %zu, %d axes", sizes[i], axes);
      bench_line ("particles", what, 1, "us",
                  nanoseconds (&setup, sizes[i], axes, SPACING, 0.1, CELL_STEPS) / 1e3);
    }
  kind_setup_close (&setup);
}

static void
bodies (void)
{
  KindSetup setup = kind_setup_open (&epns_kind_nbody, NULL);

  for (gsize n = 5; n <= 20; n *= 2) {
    g_autofree char *what = g_strdup_printf ("gravity of %zu, 0.01", n);
    bench_line ("particles", what, 1, "ms",
                nanoseconds (&setup, n, 3, 1.0, 0.01, BODY_STEPS) * (double) n / 1e6);
  }
  kind_setup_close (&setup);
}

int
main (void)
{
  cells ();
  bodies ();
  return 0;
}
