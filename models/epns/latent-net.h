/* SPDX-License-Identifier: MIT */
/* Prior and posterior nets of the lattice network: from every node's map to the mean and deviation
 * of its latents.
 *
 * conv: valid conv, ReLU; then (L-1) x [valid conv, ReLU, maxpool 2 x 2]; mean over the lattice;
 *   linear, ReLU. Aggregated: the aggregator instead of the mean over the lattice.
 * griddeepset: L set layers, then the aggregator; nothing after it.
 * Aggregator: 1 x 1 conv, ReLU, 1 x 1 conv on every node (2Z channels), mean over the nodes, 1 x 1
 *   conv, ReLU, 1 x 1 conv, mean over the lattice, copied to every node.
 *
 * mu and softplus (s) + 1e-5 come from two linear heads. (Published code; Minartz et al. 2023,
 * appendix.) */
#pragma once
#include "models/epns/set-layer.h"

typedef struct {
  EpnsLatentNet arch;
  gboolean aggregates;
  guint n_layers;
  EpnsAffine *convs;              /* [n_layers], for conv */
  EpnsSetLayer *layers;           /* [n_layers], for griddeepset */
  EpnsAffine embed[2], global[2]; /* the aggregator */
  EpnsAffine hidden;              /* the linear layer after the means, for conv */
  EpnsAffine mu, log_sigma;
} EpnsLatent;

/* `channels` of the input; tensors engine.dec.NET.*, engine.dec.HEAD_mu.*,
 * engine.dec.HEAD_log_sigma.*. */
void epns_latent_load (EpnsLatent *self, EpnsWeights *weights, const EpnsLatticeConfig *config,
                       gsize channels, const char *net, const char *head);
void epns_latent_clear (EpnsLatent *self);

/* mu, sigma [N, Z] from h [N, E, H, W] and, for the posterior, the truth [N, C', H, W] appended (or
 * NULL). The probe hears "debug.NET.i" with NET as loaded. [run] */
void epns_latent_apply (const EpnsLatent *self, const EpnsPass *pass, EpnsTensor *h,
                        EpnsTensor *truth, const char *net, EpnsTensor **mu, EpnsTensor **sigma);

/* Smallest extent the convolutions leave something of. */
gsize epns_latent_smallest (const EpnsLatticeConfig *config);
