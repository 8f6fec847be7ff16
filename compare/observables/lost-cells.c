/* SPDX-License-Identifier: MIT */
/* How many cells have vanished. */
#include "compare/observables/all.h"

static double
on_lattice (const EpnsMeasures *of, gsize index G_GNUC_UNUSED)
{
  return of->lost;
}

static double
on_particles (const EpnsSwarm *of, gsize index G_GNUC_UNUSED)
{
  return (double) of->lost;
}

const EpnsObservable epns_observable_lost_cells = {
  .name = "lost-cells",
  .title = "Lost cells",
  .unit = "1",
  .scope = EPNS_PER_FRAME,
  .on_lattice = on_lattice,
  .on_particles = on_particles,
  .formula = "cells that have owned a site before and own none now; bodies without a finite "
             "position",
  .source = "by definition",
};
