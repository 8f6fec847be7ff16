/* SPDX-License-Identifier: MIT */
/* How much the whole moves. */
#include "compare/observables/all.h"

#include <math.h>

static double
on_particles (const EpnsSwarm *of, gsize index G_GNUC_UNUSED)
{
  double square = 0.0;

  for (gint32 axis = 0; axis < of->axes; axis++) {
    double sum = 0.0;
    for (gsize i = 0; i < of->n; i++)
      sum += of->mass[i] * of->velocity[i * (gsize) of->axes + (gsize) axis];
    square += sum * sum;
  }
  return sqrt (square);
}

const EpnsObservable epns_observable_momentum = {
  .name = "momentum",
  .title = "Momentum",
  .unit = "mass site time-1",
  .scope = EPNS_PER_FRAME,
  .on_particles = on_particles,
  .formula = "|sum of m v|",
  .source = "by definition",
};
