/* SPDX-License-Identifier: MIT */
/* How much the bodies move. */
#include "compare/observables/all.h"

static double
on_particles (const EpnsSwarm *of, gsize index G_GNUC_UNUSED)
{
  return epns_swarm_kinetic (of);
}

const EpnsObservable epns_observable_kinetic_energy = {
  .name = "kinetic-energy",
  .title = "Kinetic energy",
  .unit = "mass site2 time-2",
  .scope = EPNS_PER_FRAME,
  .on_particles = on_particles,
  .formula = "sum of m v^2 / 2",
  .source = "arXiv 2305.14286, evaluation of celestial dynamics",
};
