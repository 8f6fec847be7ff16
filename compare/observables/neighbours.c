/* SPDX-License-Identifier: MIT */
/* How many cells touch a cell. */
#include "compare/observables/all.h"

static double
on_lattice (const EpnsMeasures *of, gsize cell)
{
  return of->neighbours[cell];
}

static double
on_particles (const EpnsSwarm *of, gsize body)
{
  return of->neighbours[body];
}

const EpnsObservable epns_observable_neighbours = {
  .name = "neighbours",
  .title = "Neighbours per cell",
  .unit = "1",
  .scope = EPNS_PER_CELL,
  .on_lattice = on_lattice,
  .on_particles = on_particles,
  .radii = 1,
  .formula = "other cells that share a bond with the cell; of particles, bodies nearer than 1.5 "
             "times the sum of both radii",
  .source = "Mombach et al., Phys. Rev. Lett. 75, 2244 (1995): number of sides",
};
