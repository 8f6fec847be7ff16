/* SPDX-License-Identifier: MIT */
/* The part of a learned motion that is linear in the scene's `linear` numbers (velocities, and what
 * the ways to other bodies add up to): found by least squares before training, and left as it is,
 * so that the network learns what remains, in units of its root mean square.
 *
 *   change = W linear + unit * network's,   W [2, L] and unit [2] least squares over recorded steps
 *
 * Where velocities follow their own body's draw (joint_spread, of a second network), how far the first
 * network's W was off is one more column, so that W does not stand in for it. */
#pragma once
#include "models/epns/graph.h"
#include "models/train/pair.h"

/* The state k learned steps after the pair's first. */
EpnsSystems *epns_graph_pair_state (const EpnsPair *pair, guint k);

/* Give a new network with linear_motion its W and unit, from some of these pairs, drawn by place
 * from `seed`. EPNS_FAILURE_MISMATCH as epns_graph_scene_init(); EPNS_FAILURE_RANGE where the
 * recorded bodies do not move. [any] */
gboolean epns_graph_fit_linear (EpnsGraph *net, const EpnsPairs *pairs, guint64 seed,
                                GError **error);
