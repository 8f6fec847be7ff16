/* SPDX-License-Identifier: MIT */
/* How far like cells have come together. */
#include "compare/observables/all.h"

static double
on_lattice (const EpnsMeasures *of, gsize index G_GNUC_UNUSED)
{
  double sum = 0;

  for (gint32 t = 1; t < of->n_types; t++)
    sum += of->clusters[t];
  return sum;
}

static double
on_particles (const EpnsSwarm *of, gsize index G_GNUC_UNUSED)
{
  double sum = 0;

  for (gint32 t = 0; t < of->n_types; t++)
    sum += of->clusters[t];
  return sum;
}

const EpnsObservable epns_observable_clusters = {
  .name = "clusters",
  .title = "Clusters",
  .unit = "1",
  .scope = EPNS_PER_FRAME,
  .on_lattice = on_lattice,
  .on_particles = on_particles,
  .radii = 1,
  .formula = "4-connected (3D: 6-connected) pieces of sites of one type, summed over the "
             "types but medium; of particles as clusters-of-type",
  .source = "arXiv 2305.14286, evaluation of cell sorting",
};
