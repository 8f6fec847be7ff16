/* SPDX-License-Identifier: MIT */
/* Lattice states as the published network sees them: every cell id has a slot c in 0..C-1 in each
 * of B lattices, every (lattice, slot) is one node, and node n = b*C + c is a map of 1+T channels:
 * its own mask, then the type of each site, one-hot, medium included (published code,
 * Cellsort_Simulator; equation of the input in Minartz et al. 2023, section 4.2). Medium is slot 0
 * and is treated like any cell. All functions [any] on distinct objects. */
#pragma once
#include <glib.h>

typedef struct {
  gsize n_batch, n_slots, height, width; /* B, C, H, W */
  gint32 *slot;                          /* [B][H][W], 0..C-1; owned */
  gint32 *type;                          /* [B][H][W], type id of the site; owned */
} EpnsSlots;

EpnsSlots *epns_slots_new (gsize n_batch, gsize n_slots, gsize height, gsize width);
EpnsSlots *epns_slots_copy (const EpnsSlots *self);
void epns_slots_free (EpnsSlots *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (EpnsSlots, epns_slots_free)

/* Slots for a host's ids, which may have gaps: 0 for the medium, 1.. for the cells that a state has,
 * ascending. Cells that it has not have no slot. */
typedef struct {
  gint32 *slot_of; /* [n_ids], 0 where there is none; owned */
  gint32 *id_of;   /* [n_slots]; owned */
  gsize n_ids, n_slots;
  gsize room; /* of both arrays */
} EpnsSlotIds;

/* Number the cells of the state id[n_sites]; n_ids is larger than every id. Memory is used again. */
void epns_slot_ids_set (EpnsSlotIds *self, const gint32 *id, gsize n_sites, gsize n_ids);
void epns_slot_ids_clear (EpnsSlotIds *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (EpnsSlotIds, epns_slot_ids_clear)

/* One lattice id[height][width] by these numbers; type: [n_ids]. Cells without a slot are medium. */
EpnsSlots *epns_slots_of_ids (const EpnsSlotIds *ids, const gint32 *id, const gint32 *type,
                              gsize height, gsize width);

/* What is known of the slots: made from the first state of a trajectory and carried through it. */
typedef struct {
  gsize n_batch, n_slots;
  gint32 *type;    /* [B][C]; 0 where the cell is absent from that lattice; owned */
  gboolean *known; /* [C]: does any lattice have it?; owned */
} EpnsSlotTypes;

/* The largest type over the sites of each slot. */
EpnsSlotTypes *epns_slot_types_new (const EpnsSlots *slots);
void epns_slot_types_free (EpnsSlotTypes *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (EpnsSlotTypes, epns_slot_types_free)

/* A carried table beside a state with more slots: the new ones are unknown. Returns a new table. */
EpnsSlotTypes *epns_slot_types_extended (const EpnsSlotTypes *self, gsize n_slots);

/* The node tensor of nodes first .. first+count-1: float [count][1+n_types][H][W]. Types must be
 * below n_types. */
void epns_slots_to_nodes (const EpnsSlots *slots, gsize n_types, gsize first, gsize count,
                          float *nodes);

/* Replace the sites by predicted slots [B][H][W] and set each site's type from the table. */
void epns_slots_assign (EpnsSlots *self, const gint32 *predicted, const EpnsSlotTypes *types);
