/* SPDX-License-Identifier: MIT */
/* Training of kind epns-graph behind plugin/epns_train.h, from trajectories of bodies. <network>
 * states the attributes of graph-config.h; <objective> the schedules of the KL's weight and of the
 * steps in a row. */
#pragma once
#include "models/epns/graph.h"
#include "models/train/trainable.h"

extern const epns_train epns_graph_train;

/* Takes over a trainable network. */
EpnsTrainable epns_graph_trainable (EpnsGraph *net);
