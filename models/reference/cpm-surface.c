/* SPDX-License-Identifier: MIT */
/* Surface: E = sum over cells of strength * (scale * S - target)^2, S the number of pairs (a site
 * of the cell, a neighbour of it that another cell or the medium owns), as CompuCell3D's Surface
 * plugin counts it. A wall is no surface. With surface-target=round the target is that many times
 * the circumference of a disc (in 3D: the surface of a ball) of the cell's volume, as Morpheus'
 * SurfaceConstraint with mode aspherity has it. */
#include "models/reference/cpm-energy.h"

#include <math.h>

typedef struct {
  EpnsCpmRule head;
  double scale;
  gboolean round;
  EpnsCpmElastic by_slot[];
} SurfaceRule;

static const EpnsParamField fields[] = {
  EPNS_PARAM_BY_TYPE ("target-surface", EPNS_F64, 0, G_MAXDOUBLE),
  EPNS_PARAM_BY_TYPE ("surface-strength", EPNS_F64, EPNS_PARAM_ANY),
  EPNS_PARAM_INTEGER ("surface-neighbor-order", 1, 1, EPNS_NEIGHBOURHOOD_MAX_ORDER),
  EPNS_PARAM_NUMBER ("surface-scale", 1, 0, G_MAXDOUBLE),
  EPNS_PARAM_CHOICE ("surface-target", "fixed,round", 2),
};

static epns_status
surface_bind (const EpnsParams *params, EpnsCpmRule **rule, epns_error *error)
{
  g_autofree SurfaceRule *self = g_malloc0 (sizeof *self + epns_cpm_slots (params) *
                                                               sizeof self->by_slot[0]);
  gboolean given;
  epns_status status = epns_cpm_elastic_bind (params, fields[0].field.name, fields[1].field.name,
                                              self->by_slot, &given, error);

  self->head.order = (guint) epns_params_number (params, "surface-neighbor-order");
  self->scale = epns_params_number (params, "surface-scale");
  self->round = epns_params_number (params, "surface-target") > 0;
  *rule = status == EPNS_OK && given ? (EpnsCpmRule *) g_steal_pointer (&self) : NULL;
  return status;
}

static void
surface_count (const EpnsCpmPart *part, const EpnsCpmState *state)
{
  const EpnsCpmLattice *lattice = &state->lattice;

  for (gsize site = 0; site < lattice->n; site++) {
    gint32 owner = lattice->ids[site];
    if (!epns_cpm_lattice_is_own (lattice, site))
      continue;
    for (guint i = 0; i < part->neighbours.n; i++) {
      gint32 neighbour = lattice->ids[(gssize) site + part->neighbours.step[i]];
      part->tally[owner] += neighbour != owner && neighbour != EPNS_CPM_NOBODY;
    }
  }
}

typedef struct {
  gint32 winner, loser;
} Growth;

/* By how much either cell's surface grows: a new site brings its foreign neighbours and closes off
 * its own ones. */
static Growth
growth (const EpnsCpmPart *part, const EpnsCpmState *state, EpnsCpmCopy copy)
{
  const gint32 *target = state->lattice.ids + copy.target;
  gint32 existing = 0, winners = 0, losers = 0;

  for (guint i = 0; i < part->neighbours.n; i++) {
    gint32 neighbour = target[part->neighbours.step[i]];
    existing += neighbour != EPNS_CPM_NOBODY;
    winners += neighbour == copy.winner;
    losers += neighbour == copy.loser;
  }
  return (Growth){ .winner = existing - 2 * winners, .loser = 2 * losers - existing };
}

static double
elastic_change (const SurfaceRule *self, EpnsCpmElastic rule, double surface, gint32 more)
{
  double difference = self->scale * more;

  return rule.strength *
         (difference * difference + 2 * difference * (self->scale * surface - rule.target));
}

/* The surface of a disc or ball of this volume. */
static double
roundest (const EpnsCpmPart *part, gint32 volume)
{
  const gint32 *reach = part->neighbours.reach;

  if (reach[0] > 0 && reach[1] > 0 && reach[2] > 0)
    return cbrt (36 * G_PI * volume * (double) volume);
  return 2 * sqrt (G_PI * volume);
}

static double
excess_energy (const EpnsCpmPart *part, EpnsCpmElastic rule, double surface, gint32 volume)
{
  const SurfaceRule *self = (const SurfaceRule *) part->rule;
  double target = self->round ? rule.target * roundest (part, volume) : rule.target;
  double excess = self->scale * surface - target;

  return rule.strength * excess * excess;
}

/* With a target that follows the volume there is no shorter way than the difference. */
static double
round_change (const EpnsCpmPart *part, EpnsCpmElastic rule, double surface, gint32 more,
              gint32 volume, gint32 sites)
{
  if (fabs (rule.strength) <= 0)
    return 0;
  return excess_energy (part, rule, surface + more, volume + sites) -
         excess_energy (part, rule, surface, volume);
}

static double
surface_change (const EpnsCpmPart *part, const EpnsCpmState *state, EpnsCpmCopy copy)
{
  const SurfaceRule *self = (const SurfaceRule *) part->rule;
  EpnsCpmElastic won = self->by_slot[state->slot[copy.winner]];
  EpnsCpmElastic lost = self->by_slot[state->slot[copy.loser]];
  double winners = part->tally[copy.winner], losers = part->tally[copy.loser];
  Growth more = growth (part, state, copy);

  if (self->round)
    return round_change (part, won, winners, more.winner, state->volume[copy.winner], 1) +
           round_change (part, lost, losers, more.loser, state->volume[copy.loser], -1);
  return elastic_change (self, won, winners, more.winner) +
         elastic_change (self, lost, losers, more.loser);
}

static void
surface_copied (const EpnsCpmPart *part, const EpnsCpmState *state, EpnsCpmCopy copy)
{
  Growth more = growth (part, state, copy);

  part->tally[copy.winner] += more.winner;
  part->tally[copy.loser] += more.loser;
}

static double
surface_total (const EpnsCpmPart *part, const EpnsCpmState *state)
{
  const SurfaceRule *self = (const SurfaceRule *) part->rule;
  double energy = 0;

  for (gsize cell = 1; cell < state->n_cells; cell++)
    if (state->volume[cell] > 0)
      energy += excess_energy (part, self->by_slot[state->slot[cell]], part->tally[cell],
                               state->volume[cell]);
  return energy;
}

const EpnsCpmEnergy epns_cpm_surface = {
  .name = "surface",
  .fields = fields,
  .n_fields = G_N_ELEMENTS (fields),
  .bind = surface_bind,
  .count = surface_count,
  .change = surface_change,
  .copied = surface_copied,
  .total = surface_total,
};
