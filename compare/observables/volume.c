/* SPDX-License-Identifier: MIT */
/* How many sites a cell has. */
#include "compare/observables/all.h"

static double
on_lattice (const EpnsMeasures *of, gsize cell)
{
  return of->volume[cell];
}

const EpnsObservable epns_observable_volume = {
  .name = "volume",
  .title = "Cell volume",
  .unit = "site",
  .scope = EPNS_PER_CELL,
  .on_lattice = on_lattice,
  .formula = "number of the cell's sites",
  .source = "Graner and Glazier, Phys. Rev. Lett. 69, 2013 (1992)",
};
