/* SPDX-License-Identifier: MIT */
/* How elongated a cell is. */
#include "compare/observables/all.h"

static double
on_lattice (const EpnsMeasures *of, gsize cell)
{
  return of->aspect[cell];
}

const EpnsObservable epns_observable_aspect_ratio = {
  .name = "aspect-ratio",
  .title = "Aspect ratio of cells",
  .unit = "1",
  .scope = EPNS_PER_CELL,
  .on_lattice = on_lattice,
  .formula = "square root of the ratio of the larger to the smaller principal second "
             "moment of the cell's unit squares about its centre; 2D",
  .source = "Mombach et al., Phys. Rev. Lett. 75, 2244 (1995): elongation by second "
            "moments",
};
