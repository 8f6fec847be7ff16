/* SPDX-License-Identifier: MIT */
/* Stacks of message layers, the backbone of the graph network (graph.h has the formula). R bodies
 * seen from F frames are F R rows, frame after frame; E features of a body. */
#pragma once
#include "models/epns/weights.h"
#include "models/nn/ops.h"

typedef struct {
  EpnsAffine edge[2], node[2]; /* W1, W2 and W3, W4 */
} EpnsMessageLayer;

typedef struct {      /* of a stack */
  EpnsTensor *framed; /* [F R, P], or NULL where there are no frames */
  EpnsTensor *shared; /* [R, C], the same in all frames; columns behind those of framed */
} EpnsLayerInput;

typedef struct {             /* what messages travel along */
  EpnsTensor *edges, *signs; /* [M, D], [F, D] */
  const EpnsEdges *list;
} EpnsLayerWays;

/* n layers for `edge` numbers of an edge, the first for `in` of a body; tensors
 * PREFIX.forward_network.LAYER.edge_network.0 and so on. */
void epns_message_layers_load (EpnsMessageLayer *layers, guint n, EpnsWeights *weights, gsize edge,
                               gsize in, gsize e, const char *prefix);
/* [F R, E] from the last layer. [run] */
EpnsTensor *epns_message_layers_apply (EpnsContext *ctx, const EpnsMessageLayer *layers, guint n,
                                       EpnsLayerInput input, const EpnsLayerWays *ways);
/* The mean over frames: [F R, K] -> [R, K]. [run] */
EpnsTensor *epns_mean_of_frames (EpnsContext *ctx, EpnsTensor *x, gint64 rows);
