/* SPDX-License-Identifier: MIT */
/* Passes of a step: which bodies are drawn when, each pass given the next states of those before.
 * Positions of one pass are drawn independently of each other, so that the more passes there are,
 * the better do neighbours keep out of each other's way. Bodies are dealt to passes at random, by
 * place, so that their order means nothing. */
#pragma once
#include "models/epns/graph-scene.h"

/* The pass of body `body` of the system that key is of; 0 where there is one. [any] */
guint epns_graph_pass_of (const EpnsGraphConfig *config, const EpnsDrawKey *key, gsize body);

/* Let row i of bodies be moved to a next state, which it keeps while the step goes on. */
void epns_graph_pass_move (EpnsSystems *bodies, gsize row, const double *position,
                           const double *velocity);

/* All bodies at `position` [R][d], with the velocities they had: what the second network of
 * velocity_after sees. [any] */
EpnsSystems *epns_graph_pass_all (const EpnsSystems *now, const double *position);

/* A state on the way from `now` to `truth`, for training: all bodies of the passes before one that
 * is drawn, each pass as likely as it has bodies, are at their true next state. [any] */
EpnsSystems *epns_graph_pass_start (const EpnsGraphConfig *config, const EpnsSystems *now,
                                    const EpnsSystems *truth, const EpnsDrawKey *keys);
