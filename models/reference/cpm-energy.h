/* SPDX-License-Identifier: MIT */
/* One term of the Hamiltonian, or a condition on copies. Each lives in a file of its own and enters
 * the solver through the table epns_cpm_energies alone (cpm.c). A term declares its parameters,
 * binds them into a rule that never changes, and says what an attempted copy would cost; it may
 * keep one number for each cell ("tally": a volume, a surface). */
#pragma once
#include "models/reference/cpm-lattice.h"
#include "models/reference/cpm-bonds.h"
#include "models/reference/neighbourhood.h"
#include "models/reference/params.h"

typedef struct _EpnsCpmEnergy EpnsCpmEnergy;

/* Cells are looked up by slot: what may own a site, as far as rules can tell. */
enum { EPNS_CPM_SLOT_NOBODY = 0, EPNS_CPM_SLOT_MEDIUM = 1, EPNS_CPM_SLOT_TYPE = 2 /* + type id */ };

/* Number of slots, and the type whose parameters a slot takes: a type's own; medium is type 0. */
static inline guint
epns_cpm_slots (const EpnsParams *params)
{
  return EPNS_CPM_SLOT_TYPE + params->n_types;
}

static inline gint64
epns_cpm_slot_type (guint slot)
{
  return slot < EPNS_CPM_SLOT_TYPE ? 0 : slot - EPNS_CPM_SLOT_TYPE;
}

/* A copy of the cell at a neighbouring site into a target site. */
typedef struct {
  gsize target; /* one of the host's sites, an index into the padded lattice */
  gint32 winner; /* id of the cell that spreads */
  gint32 loser;  /* id of the cell that owns the target, another one */
} EpnsCpmCopy;

/* Head of every term's rule, which is one block that g_free releases. */
typedef struct {
  guint order;    /* of the neighbours the term looks at, 0: none */
  gboolean round; /* it wants them listed going round */
} EpnsCpmRule;

/* A term at work in one run. */
typedef struct {
  const EpnsCpmEnergy *energy;
  const EpnsCpmRule *rule;
  EpnsNeighbourhood neighbours; /* laid on the run's lattice */
  double *tally;                /* [n_cells]; the term's own number for each cell */
} EpnsCpmPart;

/* A lattice and the cells on it. */
typedef struct {
  EpnsCpmLattice lattice;
  EpnsNeighbourhood copies; /* from a site to those it may be copied into */
  EpnsCpmBonds bonds;       /* those of `copies` with different owners, if the rules want them */
  gsize n_cells;            /* rows: larger than every id */
  gsize room;               /* rows for which memory is held */
  gint32 *slot;             /* [EPNS_CPM_NOBODY .. n_cells-1]: see above */
  gint32 *volume;           /* [n_cells]: sites it owns; a cell that owns none is gone */
  EpnsCpmPart *parts;       /* [n_parts] */
  guint n_parts;
} EpnsCpmState;

struct _EpnsCpmEnergy {
  const char *name;
  const EpnsParamField *fields; /* [n_fields] its parameters */
  guint n_fields;
  /* A rule for the caller to own, NULL where the parameters switch the term off; EPNS_DISCARD where
   * they contradict. */
  epns_status (*bind) (const EpnsParams *params, EpnsCpmRule **rule, epns_error *error);
  /* Work out the tally, which holds zeros, from the lattice; NULL: no tally. */
  void (*count) (const EpnsCpmPart *part, const EpnsCpmState *state);
  /* May the copy not be made, whatever it costs? The lattice is as before. NULL: any may. */
  gboolean (*forbids) (const EpnsCpmPart *part, const EpnsCpmState *state, EpnsCpmCopy copy);
  /* Energy after the copy less energy before. The lattice is as before. NULL: none. */
  double (*change) (const EpnsCpmPart *part, const EpnsCpmState *state, EpnsCpmCopy copy);
  /* The copy is about to be made, the lattice is as before: follow with the tally. NULL: none. */
  void (*copied) (const EpnsCpmPart *part, const EpnsCpmState *state, EpnsCpmCopy copy);
  /* The whole lattice's energy. NULL: none. */
  double (*total) (const EpnsCpmPart *part, const EpnsCpmState *state);
};

extern const EpnsCpmEnergy epns_cpm_volume, epns_cpm_surface, epns_cpm_contact,
    epns_cpm_connectivity;

#define EPNS_CPM_N_ENERGIES 4
extern const EpnsCpmEnergy *const epns_cpm_energies[EPNS_CPM_N_ENERGIES];

/* The elastic terms, strength * (size - target)^2, share their parameters' form: by slot, and 0 for
 * the medium, which has no size of its own. */
typedef struct {
  double target, strength;
} EpnsCpmElastic;

/* Fill by_slot [epns_cpm_slots] from two arrays by type. *given is FALSE, and nothing is
 * filled, where both are absent; one without the other is EPNS_DISCARD. Implemented in
 * cpm-volume.c. */
epns_status epns_cpm_elastic_bind (const EpnsParams *params, const char *target,
                                   const char *strength, EpnsCpmElastic *by_slot, gboolean *given,
                                   epns_error *error);
