/* SPDX-License-Identifier: MIT */
/* How long the tissue's rim is. */
#include "compare/observables/all.h"

static double
on_lattice (const EpnsMeasures *of, gsize index G_GNUC_UNUSED)
{
  return (double) of->medium;
}

const EpnsObservable epns_observable_medium_boundary = {
  .name = "medium-boundary",
  .title = "Boundary to medium",
  .unit = "site",
  .scope = EPNS_PER_FRAME,
  .on_lattice = on_lattice,
  .formula = "bonds between a cell and medium",
  .source = "Graner and Glazier, Phys. Rev. Lett. 69, 2013 (1992)",
};
