/* SPDX-License-Identifier: MIT */
/* How close the nearest other body is. */
#include "compare/observables/all.h"

static double
on_particles (const EpnsSwarm *of, gsize body)
{
  return of->nearest[body];
}

const EpnsObservable epns_observable_nearest_distance = {
  .name = "nearest-distance",
  .title = "Nearest-neighbour distance",
  .unit = "site",
  .scope = EPNS_PER_CELL,
  .on_particles = on_particles,
  .formula = "least distance to another body",
  .source = "Clark and Evans, Ecology 35, 445 (1954)",
};
