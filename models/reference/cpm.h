/* SPDX-License-Identifier: MIT */
/* The Cellular Potts model (Glazier and Graner, Phys. Rev. E 47, 1993): a lattice of cell ids
 * evolves by attempts to copy a site's owner into a neighbouring site, accepted by the Metropolis
 * rule on the Hamiltonian of cpm-energy.h. One Monte Carlo step (MCS) is attempts-per-site attempts
 * for each site of the lattice. Behind the step interface it is epns_kind_cpm (cpm-kind.c). */
#pragma once
#include "models/reference/cpm-energy.h"
#include "plugin/random.h"

extern const epns_kind epns_kind_cpm;

/* What does not change during a run. */
typedef struct {
  double attempts_per_site;
  double offset;    /* energy that an accepted copy may cost for free */
  double boltzmann; /* energy per unit of amplitude */
  EpnsGrid grid;
  gboolean periodic[3];
  EpnsCpmBorder border[3][2]; /* by axis, low and high side; of axes that are not periodic */
  gboolean keeps_last;        /* a cell's last site is never copied over */
  gboolean keeps_bonds;       /* see epns_cpm_sweep_border() */
  guint order;       /* of the neighbours that may be copied into */
  guint n_slots;     /* see cpm-energy.h */
  gboolean *frozen;  /* [slot] neither spreads nor yields */
  double *amplitude; /* [winner's slot][loser's slot] of the fluctuations: a copy's temperature */
  EpnsCpmRule *rules[EPNS_CPM_N_ENERGIES]; /* NULL where a term is switched off */
} EpnsCpmRules;

/* The solver's own parameters; the energies' are theirs. */
extern const EpnsParamField epns_cpm_fields[];
extern const guint epns_cpm_n_fields;

/* Rules from checked parameters; NULL and EPNS_DISCARD where they contradict each other. [any] */
EpnsCpmRules *epns_cpm_rules_new (const EpnsParams *params, epns_error *error);
void epns_cpm_rules_free (EpnsCpmRules *self);

/* An empty state for rules, which must outlive it. [any] */
EpnsCpmState *epns_cpm_state_new (const EpnsCpmRules *rules);
void epns_cpm_state_free (EpnsCpmState *self);

/* Take in the host's lattice (i32 [z,y,x] of ids) and types (i32 [cell]). Allocates only where the
 * shape is new or the rows are more than ever. EPNS_DISCARD where they do not fit the rules;
 * error->field is then 0 for ids, 1 for types. [run] */
epns_status epns_cpm_state_load (EpnsCpmState *self, const EpnsCpmRules *rules,
                                 const epns_view *ids, const epns_view *types, epns_error *error);

/* One MCS with draws by place. Attempt a takes words 2 (a mod 2) and the next of index a / 2: the
 * first chooses the site, the second the neighbour, and what is left of the second decides, in
 * steps of n_neighbours / 2^32. [run] */
void epns_cpm_sweep (EpnsCpmState *self, const EpnsCpmRules *rules, const EpnsDrawKey *key);

/* One MCS of the same law, with state->bonds: of its attempts, those between equal owners change
 * nothing and are only counted. While p is the part of all possible attempts that are along a bond,
 * the number before the next such one is geometric, floor (log (u) / log (1 - p)), and that one is
 * any of them with equal chance. Draws are by place, attempts along bonds one after the other, and
 * bonds are listed anew, so that the MCS does not depend on those before it but for the lattice.
 * [run] */
void epns_cpm_sweep_border (EpnsCpmState *self, const EpnsCpmRules *rules, const EpnsDrawKey *key);

/* One MCS drawn as CompuCell3D 4.8.0 draws it (metropolisFast on one node): x, y, z of the site;
 * unless its owner is frozen, the neighbour; where an uphill copy is to be decided, one more. A
 * draw of 2^32 - 1, there a site or neighbour past the last, names the last. [run] */
void epns_cpm_sweep_compucell3d (EpnsCpmState *self, const EpnsCpmRules *rules,
                                 EpnsMersenne *mersenne);

/* The Hamiltonian of the whole lattice, worked out anew. [run] */
double epns_cpm_hamiltonian (const EpnsCpmState *self);
