/* SPDX-License-Identifier: MIT */
/* What gravitating bodies keep as long as nothing pushes them. */
#include "compare/observables/all.h"

static double
on_particles (const EpnsSwarm *of, gsize index G_GNUC_UNUSED)
{
  return epns_swarm_kinetic (of) + of->potential;
}

const EpnsObservable epns_observable_total_energy = {
  .name = "total-energy",
  .title = "Total energy",
  .unit = "mass site2 time-2",
  .scope = EPNS_PER_FRAME,
  .on_particles = on_particles,
  .radii = -1,
  .formula = "kinetic-energy + potential-energy",
  .source = "arXiv 2305.14286, evaluation of celestial dynamics",
};
