/* SPDX-License-Identifier: MIT */
/* How fast a body is. */
#include "compare/observables/all.h"

#include <math.h>

static double
on_particles (const EpnsSwarm *of, gsize body)
{
  double square = 0.0;

  for (gint32 axis = 0; axis < of->axes; axis++) {
    double v = of->velocity[body * (gsize) of->axes + (gsize) axis];
    square += v * v;
  }
  return sqrt (square);
}

const EpnsObservable epns_observable_speed = {
  .name = "speed",
  .title = "Speed",
  .unit = "site time-1",
  .scope = EPNS_PER_CELL,
  .on_particles = on_particles,
  .formula = "|v|",
  .source = "by definition",
};
