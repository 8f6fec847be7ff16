/* SPDX-License-Identifier: MIT */
/* What share of the borders lies between unlike cells. */
#include "compare/observables/all.h"

#include <math.h>

static double
on_lattice (const EpnsMeasures *of, gsize index G_GNUC_UNUSED)
{
  guint64 all = of->like + of->unlike;

  return all > 0 ? (double) of->unlike / (double) all : NAN;
}

static double
on_particles (const EpnsSwarm *of, gsize index G_GNUC_UNUSED)
{
  guint64 all = of->like + of->unlike;

  return all > 0 ? (double) of->unlike / (double) all : NAN;
}

const EpnsObservable epns_observable_unlike_fraction = {
  .name = "unlike-fraction",
  .title = "Unlike share of boundary",
  .unit = "1",
  .scope = EPNS_PER_FRAME,
  .on_lattice = on_lattice,
  .on_particles = on_particles,
  .radii = 1,
  .formula = "heterotypic-boundary / cell-boundary; of particles, pairs of two types among all "
             "pairs nearer than 1.5 times the sum of their radii",
  .source = "Graner and Glazier, Phys. Rev. Lett. 69, 2013 (1992)",
};
