/* SPDX-License-Identifier: MIT */
/* What a Cellular Potts step costs: milliseconds per MCS on one thread, for each way to draw. */
#include "bench/clock.h"
#include "bench/line.h"
#include "tests/cpm-setup.h"

typedef struct {
  const char *name;
  gint32 depth, side, n_rows;
  double radius;
} Scene;

static const Scene scenes[] = {
  { "64 x 64, 58 cells", 1, 64, 100, 22 },
  { "100 x 100, 193 cells", 1, 100, 300, 40 },
  { "32 x 32 x 32, 60 cells", 32, 32, 400, 12 },
};
static const char *const ways[CPM_WAYS] = { "by place", "compucell3d", "border" };
enum { WARM_UP = 50, REPEATS = 20, ATTEMPTS = 400000 };

/* The best of some repeats: other programs on the machine, though their time does not count, can
 * only make it longer. */
static double
milliseconds_per_mcs (const Scene *scene, int way)
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
  cpm_setup_way (&setup, way);
  cpm_tissue_init (&tissue, scene->depth, scene->side, scene->side, scene->n_rows);
  cpm_tissue_blob (&tissue, scene->radius);
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
  for (gsize s = 0; s < G_N_ELEMENTS (scenes); s++)
    for (int way = 0; way < CPM_WAYS; way++) {
      g_autofree char *what = g_strdup_printf ("%s, %s", scenes[s].name, ways[way]);
      bench_line ("cpm", what, 1, "ms", milliseconds_per_mcs (&scenes[s], way));
    }
  return 0;
}
