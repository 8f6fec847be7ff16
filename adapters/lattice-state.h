/* SPDX-License-Identifier: MIT */
/* A lattice of cell ids and the table of the cells' types: what every lattice step takes and gives.
 * All functions [any], as long as one state is used by one thread at a time. */
#pragma once
#include "adapters/state.h"

/* `cell-id` i32 "z,y,x", `cell-type` i32 "cell". */
extern const EpnsLayout epns_layout_lattice;

typedef struct {
  EpnsState base; /* of epns_layout_lattice */
  gint32 size[3]; /* z, y, x: sites */
  gint32 *id;     /* [z][y][x], 0 = medium; owned */
  gint32 *type;   /* [n_rows], type id of cell id; type[0] = 0 (medium); owned */
  gsize n_rows;   /* larger than every id on the lattice */
} EpnsLatticeState;

/* All medium, type table of n_rows >= 1 zeros. The product of size must fit a gsize. */
EpnsLatticeState *epns_lattice_state_new (const gint32 size[3], gsize n_rows);
EpnsLatticeState *epns_lattice_state_copy (const EpnsLatticeState *self);
void              epns_lattice_state_free (EpnsLatticeState *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (EpnsLatticeState, epns_lattice_state_free)

/* Number of sites. */
gsize epns_lattice_state_sites (const EpnsLatticeState *self);

/* The type table with zeros added so that it has at least n_rows rows. */
void epns_lattice_state_grow (EpnsLatticeState *self, gsize n_rows);

/* Sites of every cell id: guint32 [n_rows], volumes[0] is the medium's. Free with g_free. */
guint32 *epns_lattice_state_volumes (const EpnsLatticeState *self);

/* Ids above 0 that own a site, ascending; how many goes to *n. Caller frees with g_free. */
gint32 *epns_lattice_state_present (const EpnsLatticeState *self, gsize *n);

/* Every id on the lattice has a row, no id is negative, row 0 is medium, every living cell's type
 * is in 1..n_types-1. EPNS_FAILURE_MISMATCH naming the first site or cell that breaks this. */
gboolean epns_lattice_state_check (const EpnsLatticeState *self, gint32 n_types, GError **error);

/* Views in the shape of the lattice kinds' fields: `cell-id` [z,y,x] and `cell-type` [cell], lent
 * by the state. */
epns_view epns_lattice_state_id_view (EpnsLatticeState *self);
epns_view epns_lattice_state_type_view (EpnsLatticeState *self);
