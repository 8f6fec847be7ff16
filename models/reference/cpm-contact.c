/* SPDX-License-Identifier: MIT */
/* Contact: E = sum over bonds between sites with different owners of
 * J(type, type) [/ distance], each pair once (Glazier and Graner, Phys. Rev. E 47, 1993, eq. 1;
 * CompuCell3D's Contact plugin). A wall costs nothing, medium beyond a border what medium costs. */
#include "models/reference/cpm-energy.h"

#include <math.h>

typedef struct {
  EpnsCpmRule head;
  gboolean by_distance;
  gboolean exact; /* no sum of energies rounds: they are integers, and not by distance */
  guint n_slots;
  double energy[]; /* [slot][slot]; 0 beyond a wall */
} ContactRule;

static const EpnsParamField fields[] = {
  { { .name = "contact-energy",
      .unit = "1",
      .axes = "type,type",
      .role = EPNS_PARAM,
      .dtype = EPNS_F64,
      .rank = 2,
      .optional = 1,
      .extent = { -1, -1 } },
    EPNS_PARAM_ANY },
  EPNS_PARAM_INTEGER ("contact-neighbor-order", 1, 1, EPNS_NEIGHBOURHOOD_MAX_ORDER),
  EPNS_PARAM_INTEGER ("contact-weight-by-distance", 0, 0, 1),
};

static epns_status
check_symmetry (const EpnsParams *params, epns_error *error)
{
  for (guint i = 0; i < params->n_types; i++)
    for (guint j = 0; j < i; j++) {
      double one = epns_params_at (params, "contact-energy", i, j);
      double other = epns_params_at (params, "contact-energy", j, i);
      if (one < other || one > other)
        return epns_params_refuse (
            params, "contact-energy", error,
            "contact-energy is %g for types %u,%u and %g for %u,%u; make it symmetric", one, i, j,
            other, j, i);
    }
  return EPNS_OK;
}

#define LARGEST_EXACT 0x1p32 /* many neighbours' sum stays below 2^53 */

static gboolean
all_integers (const double *numbers, gsize n)
{
  for (gsize i = 0; i < n; i++)
    if (fabs (numbers[i]) > LARGEST_EXACT || fabs (numbers[i] - rint (numbers[i])) > 0)
      return FALSE;
  return TRUE;
}

static epns_status
contact_bind (const EpnsParams *params, EpnsCpmRule **rule, epns_error *error)
{
  guint n = epns_cpm_slots (params);

  *rule = NULL;
  if (!epns_params_given (params, "contact-energy"))
    return EPNS_OK;
  if (check_symmetry (params, error) != EPNS_OK)
    return EPNS_DISCARD;
  ContactRule *self = g_malloc0 (sizeof *self + n * n * sizeof self->energy[0]);
  self->head.order = (guint) epns_params_number (params, "contact-neighbor-order");
  self->by_distance = epns_params_number (params, "contact-weight-by-distance") > 0;
  self->n_slots = n;
  for (guint s = EPNS_CPM_SLOT_MEDIUM; s < n; s++)
    for (guint t = EPNS_CPM_SLOT_MEDIUM; t < n; t++)
      self->energy[s * n + t] = epns_params_at (params, "contact-energy",
                                                    epns_cpm_slot_type (s), epns_cpm_slot_type (t));
  self->exact = !self->by_distance && all_integers (self->energy, (gsize) n * n);
  *rule = &self->head;
  return EPNS_OK;
}

/* What the target's bonds cost after the copy less before. Terms are added one by one in the order
 * of the neighbours, loser before winner, as CompuCell3D does: another order rounds differently,
 * and a change of exactly 0 draws no number. A bond within a cell costs what one to nobody does,
 * nothing: its slot is masked to 0, where a branch would be a guess. */
static G_ALWAYS_INLINE inline double
bonds_change (const EpnsCpmPart *part, const EpnsCpmState *state, EpnsCpmCopy copy,
              gboolean by_distance)
{
  const ContactRule *self = (const ContactRule *) part->rule;
  const EpnsNeighbourhood *near = &part->neighbours;
  const gint32 *target = state->lattice.ids + copy.target;
  const double *winner = self->energy + (gsize) state->slot[copy.winner] * self->n_slots;
  const double *loser = self->energy + (gsize) state->slot[copy.loser] * self->n_slots;
  double change = 0;

  for (guint i = 0; i < near->n; i++) {
    gint32 id = target[near->step[i]], slot = state->slot[id];
    double before = loser[slot & -(id != copy.loser)], after = winner[slot & -(id != copy.winner)];

    change -= by_distance ? before / near->offsets[i].distance : before;
    change += by_distance ? after / near->offsets[i].distance : after;
  }
  return change;
}

/* The same where no sum rounds, so that the order is free: bonds within the cells are taken in, and
 * off again at the end. */
static double
exact_change (const EpnsCpmPart *part, const EpnsCpmState *state, EpnsCpmCopy copy)
{
  const ContactRule *self = (const ContactRule *) part->rule;
  const EpnsNeighbourhood *near = &part->neighbours;
  const gint32 *target = state->lattice.ids + copy.target, *step = near->step;
  const gint32 of_winner = state->slot[copy.winner], of_loser = state->slot[copy.loser];
  const double *winner = self->energy + (gsize) of_winner * self->n_slots;
  const double *loser = self->energy + (gsize) of_loser * self->n_slots;
  gint32 winners = 0, losers = 0;
  double change = 0;

  for (guint i = 0; i < near->n; i++) {
    const gint32 id = target[step[i]], slot = state->slot[id];

    change += winner[slot] - loser[slot];
    winners += id == copy.winner;
    losers += id == copy.loser;
  }
  return change - winners * winner[of_winner] + losers * loser[of_loser];
}

static double
contact_change (const EpnsCpmPart *part, const EpnsCpmState *state, EpnsCpmCopy copy)
{
  const ContactRule *self = (const ContactRule *) part->rule;

  return self->exact         ? exact_change (part, state, copy)
         : self->by_distance ? bonds_change (part, state, copy, TRUE)
                             : bonds_change (part, state, copy, FALSE);
}

static double
contact_total (const EpnsCpmPart *part, const EpnsCpmState *state)
{
  const ContactRule *self = (const ContactRule *) part->rule;
  const EpnsCpmLattice *lattice = &state->lattice;
  double energy = 0;

  for (gsize site = 0; site < lattice->n; site++) {
    gint32 owner = lattice->ids[site];
    if (!epns_cpm_lattice_is_own (lattice, site))
      continue;
    const double *row = self->energy + (gsize) state->slot[owner] * self->n_slots;
    for (guint i = 0; i < part->neighbours.n; i++) {
      gsize other = (gsize) ((gssize) site + part->neighbours.step[i]);
      gint32 id = lattice->ids[other];
      double distance = self->by_distance ? part->neighbours.offsets[i].distance : 1.0;
      int ends = lattice->home[other] < 0 ? 2 : 1; /* nobody counts for the end that lies outside */
      if (id != owner)
        energy += ends * row[state->slot[id]] / distance;
    }
  }
  return energy / 2; /* either end saw the bond */
}

const EpnsCpmEnergy epns_cpm_contact = {
  .name = "contact",
  .fields = fields,
  .n_fields = G_N_ELEMENTS (fields),
  .bind = contact_bind,
  .change = contact_change,
  .total = contact_total,
};
