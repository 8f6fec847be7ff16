/* SPDX-License-Identifier: MIT */
/* The native kind's Hamiltonian of any lattice: what a learned state costs by the scenario's own
 * energies. */
#pragma once
#include "adapters/trajectory.h"
#include "tools/settings.h"
#include "tools/stepper.h"

typedef struct _EpnsEnergy EpnsEnergy;

/* NULL without an error where the model has no output `hamiltonian`, as of particles. The settings
 * are lent. */
EpnsEnergy *epns_energy_new (const EpnsSettings *native, const EpnsLayout *layout, GError **error);
void        epns_energy_free (EpnsEnergy *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (EpnsEnergy, epns_energy_free)

/* The energies of n states (lent, not changed) into value[n]; NaN where the kind refuses one. */
void epns_energy_of (EpnsEnergy *self, EpnsState *const *states, guint32 n, double *value);
