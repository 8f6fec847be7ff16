/* SPDX-License-Identifier: MIT */
/* What the local network of latent "cell" knows of a step before any site is drawn: z_c of every
 * cell c, Gaussian with independent elements.
 *
 * Prior p (z_c | x) and posterior q (z_c | x, x') are small nets on the cell's first window: maps
 * of its own sites, of the owners' types, of coordinates; conv 5 of stride 2, conv 3 of stride 2,
 * mean; a perceptron of that with type, volumes and what the network is told, and for the posterior the way the cell went;
 * two heads, sigma = 0.001 + softplus. Kingma and Welling (ICLR 2014), Sohn et al. (NeurIPS 2015);
 * in the published form of this network, Minartz et al. 2023 (arXiv 2305.14286). All [run] of ctx.
 */
#pragma once
#include "models/epns/local-network.h"

typedef struct {
  EpnsTensor *mu, *sigma; /* [n_cells, latent size] */
} EpnsLocalGaussian;

void epns_local_gaussian_clear (EpnsLocalGaussian *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (EpnsLocalGaussian, epns_local_gaussian_clear)

/* For windows as epns_local_board_set() leaves them, of at least one cell. inputs: as of
 * EpnsLocalState. next: [height, width]
 * indices of the next owners or EPNS_LOCAL_MEDIUM for the posterior, NULL for the prior. */
EpnsLocalGaussian epns_local_gaussian (const EpnsLocalNetwork *network, EpnsContext *ctx,
                                       const EpnsLocalWindows *windows, const float *inputs,
                                       const gint32 *next);

/* mu + sigma eps, [n_cells, latent size]; eps depends on key and the cell's first site alone. */
EpnsTensor *epns_local_gaussian_draw (const EpnsLocalGaussian *self, EpnsContext *ctx,
                                      const EpnsLocalWindows *windows, const EpnsDrawKey *key);
