/* SPDX-License-Identifier: MIT */
/* How unequal the cells of a tissue are. */
#include "compare/observables/all.h"

#include <math.h>

static double
on_lattice (const EpnsMeasures *of, gsize index G_GNUC_UNUSED)
{
  double n = of->cells, sum = 0, squares = 0;

  for (gsize c = 1; c < of->n_rows; c++)
    sum += of->volume[c];
  for (gsize c = 1; c < of->n_rows; c++)
    if (of->volume[c] > 0)
      squares += (of->volume[c] - sum / n) * (of->volume[c] - sum / n);
  return n > 1 ? sqrt (squares / (n - 1)) : NAN;
}

const EpnsObservable epns_observable_volume_spread = {
  .name = "volume-spread",
  .title = "Spread of cell volumes",
  .unit = "site",
  .scope = EPNS_PER_FRAME,
  .on_lattice = on_lattice,
  .formula = "standard deviation (n - 1) of volume over the cells of a frame",
  .source = "Graner and Glazier, Phys. Rev. Lett. 69, 2013 (1992)",
};
