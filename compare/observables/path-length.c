/* SPDX-License-Identifier: MIT */
/* How far a cell has gone in all. */
#include "compare/observables/all.h"

static double
on_lattice (const EpnsMeasures *of, gsize cell)
{
  return of->path[cell];
}

static double
on_particles (const EpnsSwarm *of, gsize body)
{
  return of->path[body];
}

const EpnsObservable epns_observable_path_length = {
  .name = "path-length",
  .title = "Path length",
  .unit = "site",
  .scope = EPNS_PER_CELL,
  .on_lattice = on_lattice,
  .on_particles = on_particles,
  .formula = "sum of displacement since frame 0",
  .source = "by definition; periodic borders unwrapped (adapters/centres.h)",
};
