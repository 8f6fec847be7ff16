/* SPDX-License-Identifier: MIT */
/* Volume: E = sum over cells of strength * (V - target)^2, by the cell's type (Graner and Glazier,
 * Phys. Rev. Lett. 69, 1992, eq. 1; CompuCell3D's Volume plugin). The medium pays nothing. */
#include "models/reference/cpm-energy.h"

typedef struct {
  EpnsCpmRule head;
  EpnsCpmElastic by_slot[];
} VolumeRule;

static const EpnsParamField fields[] = {
  EPNS_PARAM_BY_TYPE ("target-volume", EPNS_F64, 0, G_MAXDOUBLE),
  EPNS_PARAM_BY_TYPE ("volume-strength", EPNS_F64, EPNS_PARAM_ANY),
};

epns_status
epns_cpm_elastic_bind (const EpnsParams *params, const char *target, const char *strength,
                       EpnsCpmElastic *by_slot, gboolean *given, epns_error *error)
{
  *given = epns_params_given (params, target);
  if (*given != epns_params_given (params, strength)) {
    const char *missing = *given ? strength : target;
    return epns_params_refuse (params, missing, error,
                                   "%s is given without %s; give both or neither",
                                   *given ? target : strength, missing);
  }
  for (guint s = EPNS_CPM_SLOT_TYPE; *given && s < epns_cpm_slots (params); s++)
    by_slot[s] = (EpnsCpmElastic){
      .target = epns_params_at (params, target, epns_cpm_slot_type (s), 0),
      .strength = epns_params_at (params, strength, epns_cpm_slot_type (s), 0)
    };
  return EPNS_OK;
}

static epns_status
volume_bind (const EpnsParams *params, EpnsCpmRule **rule, epns_error *error)
{
  g_autofree VolumeRule *self = g_malloc0 (sizeof *self + epns_cpm_slots (params) *
                                                              sizeof self->by_slot[0]);
  gboolean given;
  epns_status status = epns_cpm_elastic_bind (params, fields[0].field.name, fields[1].field.name,
                                              self->by_slot, &given, error);

  *rule = status == EPNS_OK && given ? (EpnsCpmRule *) g_steal_pointer (&self) : NULL;
  return status;
}

static double
volume_change (const EpnsCpmPart *part, const EpnsCpmState *state, EpnsCpmCopy copy)
{
  const EpnsCpmElastic *by_slot = ((const VolumeRule *) part->rule)->by_slot;
  const EpnsCpmElastic *won = &by_slot[state->slot[copy.winner]],
                       *lost = &by_slot[state->slot[copy.loser]];

  return won->strength * (1.0 + 2.0 * (state->volume[copy.winner] - won->target)) +
         lost->strength * (1.0 - 2.0 * (state->volume[copy.loser] - lost->target));
}

/* A cell that is gone pays nothing. */
static double
volume_total (const EpnsCpmPart *part, const EpnsCpmState *state)
{
  const VolumeRule *self = (const VolumeRule *) part->rule;
  double energy = 0;

  for (gsize cell = 1; cell < state->n_cells; cell++) {
    EpnsCpmElastic rule = self->by_slot[state->slot[cell]];
    double excess = state->volume[cell] - rule.target;
    if (state->volume[cell] > 0)
      energy += rule.strength * excess * excess;
  }
  return energy;
}

const EpnsCpmEnergy epns_cpm_volume = {
  .name = "volume",
  .fields = fields,
  .n_fields = G_N_ELEMENTS (fields),
  .bind = volume_bind,
  .change = volume_change,
  .total = volume_total,
};
