/* SPDX-License-Identifier: MIT */
/* Members a second of ensembles in one call, native and learned, on one thread and on two, in turn;
 * by the wall's clock. */
#include "bench/clock.h"
#include "bench/line.h"
#include "bench/shipped.h"

enum { MEMBERS = 8, REPEATS = 3, MCS = 500 };

typedef struct {
  CpmTissue tissues[MEMBERS];
  epns_frame frames[MEMBERS];
} Ensemble;

static void
ensemble_init (Ensemble *self, guint n_views)
{
  for (guint m = 0; m < MEMBERS; m++) {
    bench_block (&self->tissues[m], 64, 8);
    self->frames[m] = (epns_frame){ .views = self->tissues[m].views, .n_views = n_views };
  }
}

static double
seconds (const epns_kind *kind, epns_run **runs, epns_frame *frames, guint steps, double dt)
{
  const double began = bench_wall_seconds ();
  epns_error error;

  if (kind->step (runs, frames, MEMBERS, steps, dt, &error) != EPNS_OK)
    g_error ("%s", error.text);
  return bench_wall_seconds () - began;
}

int
main (void)
{
  static const char *const names[] = { "cpm", "cellsort" };
  double best[2][2] = { { G_MAXDOUBLE, G_MAXDOUBLE }, { G_MAXDOUBLE, G_MAXDOUBLE } };
  epns_run *runs[2][2][MEMBERS];
  const epns_host hosts[2] = { { .size = sizeof *hosts, .threads = 1 },
                               { .size = sizeof *hosts, .threads = 2 } };
  epns_model *learned[2];
  CpmSetup native[2];
  Ensemble ensemble;

  ensemble_init (&ensemble, 3);
  for (guint t = 0; t < 2; t++) {
    native[t] = cpm_setup_open (&hosts[t]);
    cpm_setup_cell_sorting (&native[t]);
    learned[t] = bench_open (&epns_kind_lattice, &hosts[t], "cellsort");
    for (guint m = 0; m < MEMBERS; m++) {
      runs[0][t][m] = cpm_setup_start (&native[t], 1, m);
      runs[1][t][m] = bench_start (&epns_kind_lattice, learned[t], 2, m);
    }
  }
  for (guint i = 0; i < 2 * REPEATS; i++) {
    const guint t = i % 2;
    for (guint m = 0; m < MEMBERS; m++)
      ensemble.frames[m].n_views = 3;
    best[0][t] = MIN (best[0][t], seconds (&epns_kind_cpm, runs[0][t], ensemble.frames, MCS, 1));
    for (guint m = 0; m < MEMBERS; m++)
      ensemble.frames[m].n_views = 2;
    best[1][t] = MIN (best[1][t], seconds (&epns_kind_lattice, runs[1][t], ensemble.frames, 1,
                                           BENCH_CELLSORT_MCS));
  }
  for (guint k = 0; k < 2; k++)
    for (guint t = 0; t < 2; t++) {
      g_autofree char *what = g_strdup_printf ("members of %s", names[k]);
      bench_line ("ensemble", what, t + 1, "1/s", MEMBERS / best[k][t]);
    }
  for (guint t = 0; t < 2; t++) {
    for (guint m = 0; m < MEMBERS; m++) {
      epns_kind_cpm.stop (runs[0][t][m]);
      epns_kind_lattice.stop (runs[1][t][m]);
    }
    cpm_setup_close (&native[t]);
    epns_kind_lattice.close (learned[t]);
  }
  for (guint m = 0; m < MEMBERS; m++)
    cpm_tissue_clear (&ensemble.tissues[m]);
  return 0;
}
