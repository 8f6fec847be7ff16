/* SPDX-License-Identifier: MIT */
/* The convolutional part that both decoders of the local network share: of the lattice, and of the
 * cells' windows. All [run] of ctx. */
#pragma once
#include "models/epns/local-layers.h"

#define EPNS_LOCAL_BOUND 14.0f /* a network's logits are bound tanh (l / bound) */

/* *x = bound tanh (*x / bound) */
void epns_local_squash (EpnsContext *ctx, EpnsTensor **x, float bound);

/* The same of n numbers, in place, with EPNS_LOCAL_BOUND. [any] */
void epns_local_bound (gsize n, float *x);

/* A linear layer with its activation. */
EpnsTensor *epns_local_linear (EpnsContext *ctx, EpnsTensor *x, const EpnsLocalLayer *layer,
                               EpnsActivation activation);

/* From the lattice features of pass->windows, drawn or not: what cells crop, [1, width, height,
 * width]; *medium: what the medium's last layer takes, [1, trunk, height, width]. */
EpnsTensor *epns_local_lattice_trunk (const EpnsLocalNetwork *self, EpnsContext *ctx,
                                      const EpnsLocalPass *pass, EpnsTensor **medium);

/* *medium becomes what the medium bids, [1, channels, height, width]. */
void epns_local_medium_last (const EpnsLocalNetwork *self, EpnsContext *ctx, EpnsTensor **medium);

/* (V - target) / EPNS_LOCAL_VOLUME_SCALE */
float epns_local_scaled_volume (const EpnsLocalNetwork *self, const EpnsLocalCell *cell);

/* One-hot type of a cell, what the network is told and, with the decoder of windows, pass. Returns
 * how many numbers. */
gsize epns_local_what (const EpnsLocalNetwork *self, const EpnsLocalPass *pass, gsize cell,
                       float *row);

/* *logits, of n_cells windows, more where the cell is now. */
void epns_local_add_stay (const EpnsLocalNetwork *self, EpnsContext *ctx, const EpnsLocalWindows *w,
                          EpnsTensor **logits);

/* What all cells bid, [n_cells, channels, window, window]. With `last`, which may be NULL, the
 * channels of a place lie side by side, [n_cells window^2, channels], and the last of them is also
 * in *last, [n_cells, 1, window, window]. */
EpnsTensor *epns_local_cell_trunk (const EpnsLocalNetwork *self, EpnsContext *ctx,
                                   const EpnsLocalPass *pass, EpnsTensor *lattice,
                                   EpnsTensor **last);

/* What the last layer of the cells' part takes, the channels of a place side by side: [n_cells
 * window^2, width]. */
EpnsTensor *epns_local_cell_rows (const EpnsLocalNetwork *self, EpnsContext *ctx,
                                  const EpnsLocalPass *pass, EpnsTensor *lattice);
