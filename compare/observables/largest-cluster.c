/* SPDX-License-Identifier: MIT */
/* What share of a type hangs together. */
#include "compare/observables/all.h"

#include <math.h>

static double
on_lattice (const EpnsMeasures *of, gsize type)
{
  return of->type_sites[type] > 0 ? of->largest[type] / (double) of->type_sites[type] : NAN;
}

static double
on_particles (const EpnsSwarm *of, gsize type)
{
  return of->of_type[type] > 0 ? of->largest[type] / (double) of->of_type[type] : NAN;
}

const EpnsObservable epns_observable_largest_cluster = {
  .name = "largest-cluster",
  .title = "Largest cluster of",
  .unit = "1",
  .scope = EPNS_PER_TYPE,
  .on_lattice = on_lattice,
  .on_particles = on_particles,
  .radii = 1,
  .formula = "sites (bodies) of the type's largest cluster / those of the type",
  .source = "Stauffer and Aharony, Introduction to Percolation Theory (1994): strength "
            "of the largest cluster",
};
