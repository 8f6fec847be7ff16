/* SPDX-License-Identifier: MIT */
/* Learned steps of systems of bodies. */
#pragma once
#include "models/epns/graph.h"

typedef struct {
  gboolean drawn; /* next states are drawn; else they are the means */
  gboolean exact; /* in double precision */
} EpnsGraphManner;

/* n_steps steps of all systems, in place; keys: [B], places of the draws, whose steps are counted
 * on. A system's bits do not depend on what others it is stepped with. On failure systems and keys
 * are of no more use: EPNS_FAILURE_MISMATCH as epns_graph_scene_init(), and *axis;
 * EPNS_FAILURE_RANGE where a body's next state is not finite. [run] */
gboolean epns_graph_step (const EpnsGraph *net, EpnsContext *ctx, EpnsGraphManner manner,
                          EpnsSystems *systems, EpnsDrawKey *keys, guint32 n_steps, gint *axis,
                          GError **error);
