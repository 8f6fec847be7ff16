/* SPDX-License-Identifier: MIT */
/* How far a cell has come. */
#include "compare/observables/all.h"

static double
on_lattice (const EpnsMeasures *of, gsize cell)
{
  return of->squared[cell];
}

static double
on_particles (const EpnsSwarm *of, gsize body)
{
  return of->squared[body];
}

const EpnsObservable epns_observable_squared_displacement = {
  .name = "squared-displacement",
  .title = "Mean squared displacement",
  .unit = "site2",
  .scope = EPNS_PER_CELL,
  .on_lattice = on_lattice,
  .on_particles = on_particles,
  .formula = "|r(k) - r(0)|^2; its mean over cells is the MSD",
  .source = "by definition; periodic borders unwrapped (adapters/centres.h)",
};
