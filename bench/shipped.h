/* SPDX-License-Identifier: MIT */
/* The models that ship, opened for benches, and the tissues they step. */
#pragma once
#include "models/epns/kind-lattice.h"
#include "tests/cpm-setup.h"

#define BENCH_CELLSORT_MCS 50 /* of one step of the shipped model */

/* A model of the source tree; ends the program where it cannot be opened. */
static inline epns_model *
bench_open (const epns_kind *kind, const epns_host *host, const char *name)
{
  g_autofree char *folder
      = g_build_filename (g_getenv ("EPNS_SRCDIR"), "models", "trained", name, NULL);
  epns_model *model = NULL;
  epns_error error;

  if (kind->open (host, folder, &model, &error) != EPNS_OK)
    g_error ("%s", error.text);
  return model;
}

/* A run of a model whose PARAMs are left to it. */
static inline epns_run *
bench_start (const epns_kind *kind, const epns_model *model, guint n_views, guint64 stream)
{
  static const epns_view absent[64];
  epns_run *run = NULL;
  epns_error error;
  guint n = 0;

  kind->fields (model, &n, NULL, NULL);
  if (kind->start (model, absent, n - n_views, 1, stream, &run, &error) != EPNS_OK)
    g_error ("%s", error.text);
  return run;
}

static inline void
bench_step (const epns_kind *kind, epns_run **runs, epns_frame *frames, guint n, double dt)
{
  epns_error error;

  if (kind->step (runs, frames, n, 1, dt, &error) != EPNS_OK)
    g_error ("%s", error.text);
}

/* A square of a_side x a_side cells of 5 x 5 sites in the middle of a lattice, shaken for a while. */
static inline void
bench_block (CpmTissue *tissue, gint32 side, gint32 a_side)
{
  const gint32 corner = (side - 5 * a_side) / 2;
  CpmSetup setup = cpm_setup_open (NULL);

  cpm_tissue_init (tissue, 1, side, side, a_side * a_side + 1);
  for (gint32 c = 0; c < a_side * a_side; c++) {
    tissue->types[c + 1] = 1 + c * 7 / 3 % 2;
    for (gint32 s = 0; s < 25; s++)
      tissue->ids[(corner + c / a_side * 5 + s / 5) * side + corner + c % a_side * 5 + s % 5]
          = c + 1;
  }
  cpm_setup_cell_sorting (&setup);
  epns_run *run = cpm_setup_start (&setup, 1, 0);
  cpm_tissue_step (tissue, run, BENCH_CELLSORT_MCS, NULL);
  epns_kind_cpm.stop (run);
  cpm_setup_close (&setup);
}
