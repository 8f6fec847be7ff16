/* SPDX-License-Identifier: MIT */
/* How long the border between unlike cells is, from centres alone. */
#include "compare/observables/all.h"

#include <math.h>

static double
on_lattice (const EpnsMeasures *of, gsize index G_GNUC_UNUSED)
{
  return of->has_voronoi ? of->voronoi.unlike_length : NAN;
}

static double
on_particles (const EpnsSwarm *of, gsize index G_GNUC_UNUSED)
{
  return of->has_voronoi ? of->voronoi.unlike_length : NAN;
}

const EpnsObservable epns_observable_voronoi_length = {
  .name = "voronoi-length",
  .title = "Heterotypic Voronoi length",
  .unit = "1",
  .scope = EPNS_PER_FRAME,
  .on_lattice = on_lattice,
  .on_particles = on_particles,
  .radii = 1,
  .formula = "length, in cell diameters at the start (of bodies: mean diameters), of Voronoi "
             "borders between centres of different types, ended by ghosts around the rim; 2D "
             "without periodic axes",
  .source = "OpenVT cell-sorting benchmark (2026), metrics of its Chaste entry; "
            "compare/voronoi.h",
};
