/* SPDX-License-Identifier: MIT */
/* What gravitating bodies keep as long as nothing pushes them. */
#include "compare/observables/all.h"

#include <math.h>

static double
on_particles (const EpnsSwarm *of, gsize index G_GNUC_UNUSED)
{
  return of->radius == NULL ? epns_swarm_kinetic (of) + of->potential : NAN;
}

const EpnsObservable epns_observable_total_energy = {
  .name = "total-energy",
  .title = "Total energy",
  .unit = "mass site2 time-2",
  .scope = EPNS_PER_FRAME,
  .on_particles = on_particles,
  .formula = "kinetic-energy + potential-energy",
  .source = "arXiv 2305.14286, evaluation of celestial dynamics",
};
