/* SPDX-License-Identifier: MIT */
/* How far the cells of one type have come together. */
#include "compare/observables/all.h"

static double
on_lattice (const EpnsMeasures *of, gsize type)
{
  return of->clusters[type];
}

static double
on_particles (const EpnsSwarm *of, gsize type)
{
  return of->clusters[type];
}

const EpnsObservable epns_observable_clusters_of_type = {
  .name = "clusters-of-type",
  .title = "Clusters of",
  .unit = "1",
  .scope = EPNS_PER_TYPE,
  .on_lattice = on_lattice,
  .on_particles = on_particles,
  .radii = 1,
  .formula = "4-connected (3D: 6-connected) pieces of the sites of the type; of particles, "
             "pieces of its bodies, neighbours being nearer than 1.5 times the sum of their radii",
  .source = "arXiv 2305.14286, evaluation of cell sorting",
};
