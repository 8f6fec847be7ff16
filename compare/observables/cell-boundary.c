/* SPDX-License-Identifier: MIT */
/* How long all borders between cells are. */
#include "compare/observables/all.h"

static double
on_lattice (const EpnsMeasures *of, gsize index G_GNUC_UNUSED)
{
  return (double) (of->like + of->unlike);
}

const EpnsObservable epns_observable_cell_boundary = {
  .name = "cell-boundary",
  .title = "Boundary between cells",
  .unit = "site",
  .scope = EPNS_PER_FRAME,
  .on_lattice = on_lattice,
  .formula = "bonds between different cells, medium excluded",
  .source = "Graner and Glazier, Phys. Rev. Lett. 69, 2013 (1992)",
};
