/* SPDX-License-Identifier: MIT */
/* How many cells have vanished. */
#include "compare/observables/all.h"

static double
on_lattice (const EpnsMeasures *of, gsize index G_GNUC_UNUSED)
{
  return of->lost;
}

const EpnsObservable epns_observable_lost_cells = {
  .name = "lost-cells",
  .title = "Lost cells",
  .unit = "1",
  .scope = EPNS_PER_FRAME,
  .on_lattice = on_lattice,
  .formula = "cells that have owned a site before and own none now",
  .source = "by definition",
};
