/* SPDX-License-Identifier: MIT */
/* How far a cell has gone in all. */
#include "compare/observables/all.h"

static double
on_lattice (const EpnsMeasures *of, gsize cell)
{
  return of->path[cell];
}

const EpnsObservable epns_observable_path_length = {
  .name = "path-length",
  .title = "Path length",
  .unit = "site",
  .scope = EPNS_PER_CELL,
  .on_lattice = on_lattice,
  .formula = "sum of displacement since frame 0",
  .source = "by definition; periodic borders unwrapped (adapters/centres.h)",
};
