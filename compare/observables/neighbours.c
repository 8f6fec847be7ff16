/* SPDX-License-Identifier: MIT */
/* How many cells touch a cell. */
#include "compare/observables/all.h"

static double
on_lattice (const EpnsMeasures *of, gsize cell)
{
  return of->neighbours[cell];
}

const EpnsObservable epns_observable_neighbours = {
  .name = "neighbours",
  .title = "Neighbours per cell",
  .unit = "1",
  .scope = EPNS_PER_CELL,
  .on_lattice = on_lattice,
  .formula = "other cells that share a bond with the cell",
  .source = "Mombach et al., Phys. Rev. Lett. 75, 2244 (1995): number of sides",
};
