/* SPDX-License-Identifier: MIT */
/* From parameters to rules: what a run looks up while it steps. */
#include "models/reference/cpm.h"
#include "plugin/error.h"

enum { COMBINE_MIN, COMBINE_MAX, COMBINE_MEAN };

const EpnsParamField epns_cpm_fields[] = {
  EPNS_PARAM_NUMBER ("temperature", 0, 0, G_MAXDOUBLE),
  EPNS_PARAM_BY_TYPE ("fluctuation-amplitude", EPNS_F64, 0, G_MAXDOUBLE),
  EPNS_PARAM_CHOICE ("fluctuation-combine", "min,max,mean", 3),
  EPNS_PARAM_NUMBER ("acceptance-offset", 0, EPNS_PARAM_ANY),
  EPNS_PARAM_NUMBER ("boltzmann-constant", 1, G_MINDOUBLE, G_MAXDOUBLE),
  EPNS_PARAM_NUMBER ("attempts-per-site", 1, 0, 1e6),
  EPNS_PARAM_INTEGER ("neighbor-order", 1, 1, EPNS_NEIGHBOURHOOD_MAX_ORDER),
  { { .name = "periodic",
      .unit = "1",
      .axes = "axis",
      .role = EPNS_PARAM,
      .dtype = EPNS_I32,
      .rank = 1,
      .optional = 1,
      .extent = { 3 } },
    0,
    1 },
  EPNS_PARAM_BY_TYPE ("frozen", EPNS_I32, 0, 1),
  EPNS_PARAM_CHOICE ("grid", "square,hexagonal", 2),
  { { .name = "border",
      .unit = "1",
      .axes = "axis,side",
      .role = EPNS_PARAM,
      .dtype = EPNS_I32,
      .rank = 2,
      .optional = 1,
      .extent = { 3, 2 } },
    EPNS_CPM_WALL,
    EPNS_CPM_OPEN },
  EPNS_PARAM_CHOICE ("last-site", "free,kept", 2),
  EPNS_PARAM_CHOICE ("sampling", "attempts,border", 2),
};
const guint epns_cpm_n_fields = G_N_ELEMENTS (epns_cpm_fields);

/* Two cells' amplitudes make one. The medium has none, so against it the cell's counts. */
static double
combine (const EpnsParams *params, guint winner, guint loser)
{
  double a = epns_params_at (params, "fluctuation-amplitude", epns_cpm_slot_type (winner), 0);
  double b = epns_params_at (params, "fluctuation-amplitude", epns_cpm_slot_type (loser), 0);

  if (winner < EPNS_CPM_SLOT_TYPE || loser < EPNS_CPM_SLOT_TYPE)
    return winner < EPNS_CPM_SLOT_TYPE ? b : a;
  switch ((int) epns_params_number (params, "fluctuation-combine")) {
  case COMBINE_MAX:
    return MAX (a, b);
  case COMBINE_MEAN:
    return (a + b) / 2;
  default:
    return MIN (a, b);
  }
}

static void
fill_tables (EpnsCpmRules *self, const EpnsParams *params)
{
  gboolean by_type = epns_params_given (params, "fluctuation-amplitude");
  double temperature = epns_params_number (params, "temperature");

  self->frozen = g_new0 (gboolean, self->n_slots);
  self->amplitude = g_new0 (double, (gsize) self->n_slots * self->n_slots);
  for (guint s = EPNS_CPM_SLOT_TYPE; s < self->n_slots; s++) /* the medium is never frozen */
    self->frozen[s] = epns_params_at (params, "frozen", epns_cpm_slot_type (s), 0) > 0;
  for (guint s = EPNS_CPM_SLOT_MEDIUM; s < self->n_slots; s++)
    for (guint t = EPNS_CPM_SLOT_MEDIUM; t < self->n_slots; t++)
      self->amplitude[s * self->n_slots + t] = by_type ? combine (params, s, t) : temperature;
}

EpnsCpmRules *
epns_cpm_rules_new (const EpnsParams *params, epns_error *error)
{
  EpnsCpmRules *self = g_new0 (EpnsCpmRules, 1);
  epns_status status = EPNS_OK;

  self->attempts_per_site = epns_params_number (params, "attempts-per-site");
  self->offset = epns_params_number (params, "acceptance-offset");
  self->boltzmann = epns_params_number (params, "boltzmann-constant");
  self->order = (guint) epns_params_number (params, "neighbor-order");
  self->n_slots = epns_cpm_slots (params);
  self->grid = (EpnsGrid) epns_params_number (params, "grid");
  self->keeps_last = epns_params_number (params, "last-site") > 0;
  self->keeps_bonds = epns_params_number (params, "sampling") > 0;
  for (int a = 0; a < 3; a++) {
    self->periodic[a] = epns_params_at (params, "periodic", a, 0) > 0;
    for (int side = 0; side < 2 && epns_params_given (params, "border"); side++)
      self->border[a][side] = (EpnsCpmBorder) epns_params_at (params, "border", a, side);
  }
  fill_tables (self, params);
  if (!epns_params_given (params, "temperature") &&
      !epns_params_given (params, "fluctuation-amplitude"))
    status = epns_params_refuse (params, "temperature", error,
                                     "neither temperature nor fluctuation-amplitude is given; "
                                     "give one");
  for (guint e = 0; e < EPNS_CPM_N_ENERGIES && status == EPNS_OK; e++)
    status = epns_cpm_energies[e]->bind (params, &self->rules[e], error);
  if (status == EPNS_OK)
    return self;
  epns_cpm_rules_free (self);
  return NULL;
}

void
epns_cpm_rules_free (EpnsCpmRules *self)
{
  for (guint e = 0; self != NULL && e < EPNS_CPM_N_ENERGIES; e++)
    g_free (self->rules[e]);
  if (self != NULL) {
    g_free (self->frozen);
    g_free (self->amplitude);
  }
  g_free (self);
}
