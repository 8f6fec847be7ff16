/* SPDX-License-Identifier: MIT */
/* The U-Net inside a set layer (Ronneberger et al., U-Net, MICCAI 2015, as in the published code of
 * EPNS).
 *
 * Widths E, 2E, 4E, ... (doubling stops at 1024).
 * Block: two same convolutions of size k, a ReLU after each.
 * Down: s_0 = Block (x), s_i = Block (maxpool (s_{i-1})).
 * Up, from the lowest: y = Block (CAT [transposed conv (y), s_i fitted to it]), with a k x k kernel
 * of stride 2, so maps grow beyond x and the result is cropped to it. */
#pragma once
#include "models/epns/lattice-pass.h"

typedef struct {
  EpnsAffine conv1, conv2;
} EpnsUnetBlock;

typedef struct {
  guint levels;
  EpnsUnetBlock *down;  /* [levels] */
  EpnsAffine *up;       /* [levels - 1] */
  EpnsUnetBlock *merge; /* [levels - 1] */
} EpnsUnet;

/* Take the tensors PREFIX.encoder.*, PREFIX.decoder.*. [any] */
void epns_unet_load (EpnsUnet *self, EpnsWeights *weights, guint levels, gsize width, gsize kernel,
                     const char *prefix);
void epns_unet_clear (EpnsUnet *self);

/* x [n, E, H, W] -> [n, E, H, W]; rows first .. of all nodes. `name` is what the probe hears
 * ("debug.proc.0"). [run] */
EpnsTensor *epns_unet_apply (const EpnsUnet *self, const EpnsPass *pass, EpnsTensor *x, gsize first,
                             const char *name);

/* Smallest extent: the lowest level must have 2 sites. */
gsize epns_unet_smallest (guint levels);
