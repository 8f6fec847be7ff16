/* SPDX-License-Identifier: MIT */
/* How long a cell's border is. */
#include "compare/observables/all.h"

static double
on_lattice (const EpnsMeasures *of, gsize cell)
{
  return of->perimeter[cell];
}

const EpnsObservable epns_observable_perimeter = {
  .name = "perimeter",
  .title = "Cell perimeter",
  .unit = "site",
  .scope = EPNS_PER_CELL,
  .on_lattice = on_lattice,
  .formula = "bonds (pairs of face neighbours) of the cell with other cells and medium, "
             "not with the border of the lattice",
  .source = "Graner and Glazier, Phys. Rev. Lett. 69, 2013 (1992)",
};
