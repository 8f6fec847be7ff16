/* SPDX-License-Identifier: MIT */
/* How strongly the bodies are bound, if they gravitate. */
#include "compare/observables/all.h"

static double
on_particles (const EpnsSwarm *of, gsize index G_GNUC_UNUSED)
{
  return of->potential;
}

const EpnsObservable epns_observable_potential_energy = {
  .name = "potential-energy",
  .title = "Potential energy",
  .unit = "mass site2 time-2",
  .scope = EPNS_PER_FRAME,
  .on_particles = on_particles,
  .radii = -1,
  .formula = "- sum over pairs of G m_i m_j / sqrt (r^2 + softening), G and softening as the "
             "scenario states them, else 1 and 0.01; bodies without radii",
  .source = "arXiv 2305.14286, evaluation of celestial dynamics",
};
