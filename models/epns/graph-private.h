/* SPDX-License-Identifier: MIT */
/* The graph network's layers, for its evaluations in single and in double precision. */
#pragma once
#include "models/epns/graph.h"
#include "models/epns/message-layers.h"

struct _EpnsGraph {
  EpnsGraphConfig config;
  EpnsWeights *weights;
  EpnsAffine encoder, spread;                      /* spread: of both deviations */
  EpnsMessageLayer *processor, *prior, *posterior; /* [num_layers] */
  EpnsMessageLayer decoder[EPNS_GRAPH_DECODER_LAYERS];
  EpnsAffine change[2], coefficient[2]; /* two layers each */
  EpnsTensor *linear, *unit;            /* [2, L] and [1, 2] of linear_motion, or NULL */
  EpnsAffine mu[2], log_sigma[2];       /* of prior and posterior */
  EpnsGraph *after; /* the second network, on the same weights; or NULL */
};

#define EPNS_GRAPH_LEAST_SIGMA 1e-5 /* of latents */
