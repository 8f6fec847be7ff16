/* SPDX-License-Identifier: MIT */
/* What a tissue costs by the scenario's own energies, whoever made it. */
#include "compare/observables/all.h"

#include <math.h>

static double
on_lattice (const EpnsMeasures *of, gsize index G_GNUC_UNUSED)
{
  const EpnsTrajectory *from = of->of;

  return from->hamiltonian ? from->hamiltonian[of->member * from->meta->frames + of->frame] : NAN;
}

const EpnsObservable epns_observable_hamiltonian = {
  .name = "hamiltonian",
  .title = "Hamiltonian",
  .unit = "1",
  .scope = EPNS_PER_FRAME,
  .on_lattice = on_lattice,
  .formula = "sum of the scenario's energies, evaluated by the native kind on every frame, native "
             "or learned; without a native kind that has an output of this name: none",
  .source = "Graner and Glazier, Phys. Rev. Lett. 69, 2013 (1992); terms of "
            "models/reference/cpm-energy.h",
};
