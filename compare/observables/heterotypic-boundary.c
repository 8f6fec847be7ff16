/* SPDX-License-Identifier: MIT */
/* How long the border between unlike cells is. */
#include "compare/observables/all.h"

static double
on_lattice (const EpnsMeasures *of, gsize index G_GNUC_UNUSED)
{
  return (double) of->unlike;
}

const EpnsObservable epns_observable_heterotypic_boundary = {
  .name = "heterotypic-boundary",
  .title = "Heterotypic boundary",
  .unit = "site",
  .scope = EPNS_PER_FRAME,
  .on_lattice = on_lattice,
  .formula = "bonds between cells of different types, medium excluded",
  .source = "Graner and Glazier, Phys. Rev. Lett. 69, 2013 (1992)",
};
