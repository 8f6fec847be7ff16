/* SPDX-License-Identifier: MIT */
/* How many pairs of unlike cells are neighbours, from centres alone. */
#include "compare/observables/all.h"

#include <math.h>

static double
on_lattice (const EpnsMeasures *of, gsize index G_GNUC_UNUSED)
{
  return of->has_voronoi ? (double) of->voronoi.unlike_connections : NAN;
}

static double
on_particles (const EpnsSwarm *of, gsize index G_GNUC_UNUSED)
{
  return of->has_voronoi ? (double) of->voronoi.unlike_connections : NAN;
}

const EpnsObservable epns_observable_voronoi_connections = {
  .name = "voronoi-connections",
  .title = "Heterotypic connections",
  .unit = "1",
  .scope = EPNS_PER_FRAME,
  .on_lattice = on_lattice,
  .on_particles = on_particles,
  .radii = 1,
  .formula = "number of the borders that voronoi-length adds up",
  .source = "OpenVT cell-sorting benchmark (2026), metrics of its Chaste entry; "
            "compare/voronoi.h",
};
