/* SPDX-License-Identifier: MIT */
/* What a Cellular Potts step costs: nanoseconds per copy attempt and milliseconds per MCS, one
 * thread. */
#include "bench/clock.h"
#include "tests/cpm-setup.h"

#include <stdio.h>

typedef struct {
  const char *name;
  gint32 depth, side, n_rows;
  double radius;
  const char *elsewhere; /* CompuCell3D 4.8.0's figure, ms per MCS */
} Scene;

static const Scene scenes[] = {
  { "64 x 64", 1, 64, 100, 22, "0.41" },
  { "100 x 100", 1, 100, 300, 40, "-" },
  { "32 x 32 x 32", 32, 32, 400, 12, "-" },
};
enum { WARM_UP = 50, REPEATS = 60, ATTEMPTS = 400000 };

/* The best of some repeats: other programs on the machine, though their time does not count, can
 * only make it longer. */
static double
milliseconds_per_mcs (const Scene *scene, int rng, gint32 *cells)
{
  guint32 steps = (guint32) (ATTEMPTS / ((gint64) scene->depth * scene->side * scene->side));
  CpmSetup setup = cpm_setup_open (NULL);
  CpmTissue tissue;
  double best = G_MAXDOUBLE;

  cpm_setup_cell_sorting (&setup);
  if (scene->depth > 1) { /* a cube 5 sites wide */
    static const double volume[3] = { 0, 125, 125 };
    cpm_setup_give (&setup, "target-volume", 3, volume);
  }
  cpm_setup_number (&setup, "rng", rng);
  cpm_tissue_init (&tissue, scene->depth, scene->side, scene->side, scene->n_rows);
  *cells = cpm_tissue_blob (&tissue, scene->radius);
  tissue.views[2].data = NULL;
  epns_run *run = cpm_setup_start (&setup, 1, 0);
  cpm_tissue_step (&tissue, run, WARM_UP, NULL);
  for (int repeat = 0; repeat < REPEATS; repeat++) {
    double start = bench_thread_seconds ();
    cpm_tissue_step (&tissue, run, steps, NULL);
    best = MIN (best, bench_thread_seconds () - start);
  }
  epns_kind_cpm.stop (run);
  cpm_tissue_clear (&tissue);
  cpm_setup_close (&setup);
  return best * 1e3 / steps;
}

int
main (void)
{
  static const char *modes[] = { "positional", "compucell3d" };

  printf ("Cellular Potts, cell sorting, neighbour order 2, one thread, best of %d\n", REPEATS);
  printf ("%-14s %5s  %-12s %10s %10s %14s\n", "lattice", "cells", "rng", "ns/attempt", "ms/MCS",
          "CompuCell3D *");
  for (gsize s = 0; s < G_N_ELEMENTS (scenes); s++)
    for (int mode = 0; mode < 2; mode++) {
      gint32 cells;
      double ms = milliseconds_per_mcs (&scenes[s], mode, &cells);
      double sites = (double) scenes[s].depth * scenes[s].side * scenes[s].side;
      printf ("%-14s %5d  %-12s %10.1f %10.4f %14s\n", scenes[s].name, cells, modes[mode],
              ms * 1e6 / sites, ms, scenes[s].elsewhere);
    }
  printf (
      "* CompuCell3D 4.8.0, ms/MCS, measured once on one core of another machine; not run here.\n");
  return 0;
}
