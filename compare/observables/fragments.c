/* SPDX-License-Identifier: MIT */
/* Into how many pieces a cell falls. */
#include "compare/observables/all.h"

static double
on_lattice (const EpnsMeasures *of, gsize cell)
{
  return of->fragments[cell];
}

const EpnsObservable epns_observable_fragments = {
  .name = "fragments",
  .title = "Fragments per cell",
  .unit = "1",
  .scope = EPNS_PER_CELL,
  .on_lattice = on_lattice,
  .formula = "4-connected (3D: 6-connected) pieces of the cell's sites",
  .source = "by definition",
};
