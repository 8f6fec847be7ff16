/* SPDX-License-Identifier: MIT */
/* What the shipped models' steps cost on one thread, beside the native steps that they stand for;
 * or, `bench-shipped growth`, how the lattice step grows with the tissue. */
#include "bench/clock.h"
#include "bench/line.h"
#include "bench/shipped.h"
#include "models/epns/kind-graph.h"
#include "models/reference/nbody.h"
#include "models/reference/physicell.h"
#include "tests/particles-setup.h"

enum { REPEATS = 5, LONG_MCS = 500 };

/* Milliseconds of one step of so many MCS from this tissue, which stays as it is. */
static double
learned (const epns_model *model, const CpmTissue *tissue, guint mcs, guint repeats)
{
  g_autofree gint32 *ids = g_new (gint32, cpm_tissue_sites (tissue));
  epns_view views[2] = { tissue->views[0], tissue->views[1] };
  epns_frame frame = { .views = views, .n_views = 2 };
  epns_run *run = bench_start (&epns_kind_lattice, model, 2, 0);
  double best = G_MAXDOUBLE;

  views[0].data = ids;
  for (guint r = 0; r < repeats; r++) {
    memcpy (ids, tissue->ids, cpm_tissue_sites (tissue) * sizeof *ids);
    const double began = bench_thread_seconds ();
    bench_step (&epns_kind_lattice, &run, &frame, 1, mcs);
    best = MIN (best, bench_thread_seconds () - began);
  }
  epns_kind_lattice.stop (run);
  return 1e3 * best;
}

static double
native (const CpmTissue *tissue, guint mcs, int way)
{
  CpmSetup setup = cpm_setup_open (NULL);
  CpmTissue mine = *tissue;
  double best = G_MAXDOUBLE;

  cpm_setup_cell_sorting (&setup);
  cpm_setup_way (&setup, way);
  mine.ids = g_new (gint32, cpm_tissue_sites (tissue));
  mine.views[0].data = mine.ids;
  mine.views[2].data = NULL;
  epns_run *run = cpm_setup_start (&setup, 1, 0);
  for (guint r = 0; r < 4 * REPEATS; r++) {
    memcpy (mine.ids, tissue->ids, cpm_tissue_sites (tissue) * sizeof *mine.ids);
    const double began = bench_thread_seconds ();
    cpm_tissue_step (&mine, run, mcs, NULL);
    best = MIN (best, bench_thread_seconds () - began);
  }
  epns_kind_cpm.stop (run);
  g_free (mine.ids);
  cpm_setup_close (&setup);
  return 1e3 * best;
}

static void
beside_native (const CpmTissue *tissue, const char *name, const epns_model *model, guint mcs)
{
  g_autofree char *ours = g_strdup_printf ("%s, 64 x 64, 64 cells", name);
  g_autofree char *theirs = g_strdup_printf ("cpm, 64 x 64, 64 cells, %u MCS", mcs);
  g_autofree char *border = g_strconcat (theirs, ", border", NULL);

  bench_line ("shipped", ours, 1, "ms", learned (model, tissue, mcs, REPEATS));
  bench_line ("shipped", theirs, 1, "ms", native (tissue, mcs, CPM_BY_PLACE));
  bench_line ("shipped", border, 1, "ms", native (tissue, mcs, CPM_BORDER));
}

static void
cell_sorting (const epns_model *model)
{
  epns_model *long_step = bench_open (&epns_kind_lattice, NULL, "cellsort-long");
  CpmTissue tissue;

  bench_block (&tissue, 64, 8);
  beside_native (&tissue, "cellsort", model, BENCH_CELLSORT_MCS);
  beside_native (&tissue, "cellsort-long", long_step, LONG_MCS);
  cpm_tissue_clear (&tissue);
  epns_kind_lattice.close (long_step);
  bench_block (&tissue, 100, 8);
  bench_line ("shipped", "cellsort, 100 x 100, 64 cells", 1, "ms",
              learned (model, &tissue, BENCH_CELLSORT_MCS, REPEATS));
  cpm_tissue_clear (&tissue);
}

/* Of as many sites a cell, whatever their number; warmed up, or the first touch of memory would be
 * what is measured. */
static void
growth (const epns_model *model)
{
  static const gint32 blocks[] = { 8, 32, 100 };

  for (guint i = 0; i < G_N_ELEMENTS (blocks); i++) {
    const gint32 cells = blocks[i] * blocks[i];
    g_autofree char *what = g_strdup_printf ("cellsort, a cell of %d", cells);
    g_autofree char *memory = g_strdup_printf ("cellsort, memory with %d cells", cells);
    CpmTissue tissue;
    bench_block (&tissue, 8 * blocks[i], blocks[i]);
    bench_line ("shipped", what, 1, "us",
                1e3 * learned (model, &tissue, BENCH_CELLSORT_MCS, i == 0 ? 2 * REPEATS : 3)
                    / cells);
    bench_peak ("shipped", memory, 1);
    cpm_tissue_clear (&tissue);
  }
}

static double
bodies (const epns_kind *kind, epns_model *model, gsize n, gint axes, double spacing,
        double dt, guint steps)
{
  KindSetup setup = { .kind = kind, .model = model };
  double best = G_MAXDOUBLE;
  guint n_fields;
  Swarm swarm;

  setup.fields = kind->fields (model, &n_fields, NULL, NULL);
  while (setup.fields[setup.n_params].role == EPNS_PARAM)
    setup.n_params++;
  swarm_init (&swarm, &setup, n, axes, 8.4);
  epns_run *run = bench_start (kind, model, swarm.n_views, 0);
  for (guint r = 0; r < 4 * REPEATS; r++) {
    swarm_lay (&swarm, spacing);
    memset (swarm.velocity, 0, n * (gsize) axes * sizeof (double));
    const double began = bench_thread_seconds ();
    if (swarm_step (&swarm, &setup, run, steps, dt, NULL) != EPNS_OK)
      g_error ("a step was refused");
    best = MIN (best, bench_thread_seconds () - began);
  }
  kind->stop (run);
  swarm_clear (&swarm);
  return 1e3 * best;
}

static void
bodies_of (const char *name, const epns_kind *kind, gsize n, gint axes, double spacing, double dt,
           double native_dt)
{
  g_autofree char *ours = g_strdup_printf ("%s, %zu bodies", name, n);
  g_autofree char *theirs = g_strdup_printf ("%s, %zu bodies, native", name, n);
  epns_model *model = bench_open (&epns_kind_graph, NULL, name), *other = NULL;

  kind->open (NULL, NULL, &other, NULL);
  bench_line ("shipped", ours, 1, "ms", bodies (&epns_kind_graph, model, n, axes, spacing, dt, 1));
  bench_line ("shipped", theirs, 1, "ms",
              bodies (kind, other, n, axes, spacing, native_dt, (guint) (dt / native_dt + 0.5)));
  epns_kind_graph.close (model);
  kind->close (other);
}

int
main (int argc, char **argv)
{
  epns_model *cellsort = bench_open (&epns_kind_lattice, NULL, "cellsort");
  const gboolean grows = argc > 1 && g_str_equal (argv[1], "growth");

  if (grows)
    growth (cellsort);
  else
    cell_sorting (cellsort);
  epns_kind_lattice.close (cellsort);
  if (grows)
    return 0;
  bodies_of ("physicell-sorting", &epns_kind_physicell_mechanics, 50, 2, 15, 10, 0.1);
  bodies_of ("nbody-demo", &epns_kind_nbody, 5, 3, 1, 0.1, 0.01);
  return 0;
}
