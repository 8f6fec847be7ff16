/* SPDX-License-Identifier: MIT */
/* Who hears whom. */
#pragma once
#include "models/epns/systems.h"
#include "models/nn/ops.h"

typedef struct {
  EpnsEdges list; /* of all systems' rows; its arrays are the two below */
  GArray *starts, *senders;
} EpnsNeighbours;

/* All pairs of each system (cutoff 0), or those closer than the cut-off; every body hears itself.
 * A receiver's senders are in ascending order. With a cut-off by cell lists, at a cost that grows
 * as the number of bodies and edges. EPNS_FAILURE_MISMATCH where a periodic box is narrower than
 * twice the cut-off, or edges are too many to number; *axis is then the box's axis or -1. [any] */
gboolean epns_neighbours_find (EpnsNeighbours *self, const EpnsSystems *bodies, double cutoff,
                               gint *axis, GError **error);
/* Rows in an order in which near bodies are near each other, system by system: cell after cell.
 * Free with g_free(). [any] */
gsize *epns_neighbours_order (const EpnsSystems *bodies, double cutoff);
void epns_neighbours_clear (EpnsNeighbours *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (EpnsNeighbours, epns_neighbours_clear)
