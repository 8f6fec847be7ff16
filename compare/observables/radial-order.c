/* SPDX-License-Identifier: MIT */
/* Which type lies inside. */
#include "compare/observables/all.h"

#include <math.h>

static double
on_lattice (const EpnsMeasures *of, gsize type)
{
  double own = 0, all = 0;
  gsize n = 0;

  for (gsize c = 1; c < of->n_rows; c++) {
    all += of->volume[c] > 0 ? of->radius[c] : 0;
    if (of->volume[c] > 0 && of->type[c] == (gint32) type) {
      own += of->radius[c];
      n++;
    }
  }
  return n > 0 && all > 0 ? own / (double) n / (all / of->cells) : NAN;
}

static double
on_particles (const EpnsSwarm *of, gsize type)
{
  double own = 0, all = 0;
  gsize n = 0, places = 0;

  if (of->of->meta->space.boundary == EPNS_BOUNDARY_PERIODIC)
    return NAN;
  for (gsize i = 0; i < of->n; i++) {
    if (isnan (of->radius_of[i]))
      continue;
    all += of->radius_of[i];
    places++;
    if (of->type[i] == (gint32) type) {
      own += of->radius_of[i];
      n++;
    }
  }
  return n > 0 && all > 0 ? own / (double) n / (all / (double) places) : NAN;
}

const EpnsObservable epns_observable_radial_order = {
  .name = "radial-order",
  .title = "Radial order of",
  .unit = "1",
  .scope = EPNS_PER_TYPE,
  .on_lattice = on_lattice,
  .on_particles = on_particles,
  .formula = "mean distance of the type's cells from the mean of all cells' centres / the "
             "same for all cells: below 1 inside, above 1 outside; no periodic axes",
  .source = "after Steinberg, J. Exp. Zool. 173, 395 (1970): which tissue comes to lie "
            "within the other",
};
