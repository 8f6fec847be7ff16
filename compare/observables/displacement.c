/* SPDX-License-Identifier: MIT */
/* How far a cell moves from frame to frame. */
#include "compare/observables/all.h"

static double
on_lattice (const EpnsMeasures *of, gsize cell)
{
  return of->displacement[cell];
}

static double
on_particles (const EpnsSwarm *of, gsize body)
{
  return of->displacement[body];
}

const EpnsObservable epns_observable_displacement = {
  .name = "displacement",
  .title = "Displacement per frame",
  .unit = "site",
  .scope = EPNS_PER_CELL,
  .on_lattice = on_lattice,
  .on_particles = on_particles,
  .formula = "|r(k) - r(k-1)|, r(k) the centre of mass, or position, in recorded frame k",
  .source = "by definition; periodic borders unwrapped (adapters/centres.h)",
};
