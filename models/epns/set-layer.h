/* SPDX-License-Identifier: MIT */
/* The permutation-equivariant layer of the lattice network (Minartz et al. 2023, section 4.2; in
 * the spirit of Zaheer et al., Deep Sets, NeurIPS 2017): every cell's map is updated from itself
 * and from the mean over all cells' maps.
 *
 *   D = patches f x f (X)
 *   M = [same conv, ReLU] * edge layers (D)
 *   A_b = mean of M over the nodes of lattice b
 *   U_b = transposed patches f x f (A_b)
 *   Y = node network (CAT [X, U_b])
 *
 * Node network: 1 x 1 conv then a U-Net; or same convs with a ReLU between any two. */
#pragma once
#include "models/epns/lattice-config.h"
#include "models/epns/unet.h"

typedef struct {
  EpnsAffine down, up, *edge, *node;
  guint n_edge, n_node; /* with a U-Net, n_node is 1 */
  gboolean has_unet;
  EpnsUnet unet;
} EpnsSetLayer;

/* The input: x [N, C, H, W] and, if not NULL, z [N, Z] appended as channels, alike
 * everywhere. */
typedef struct {
  EpnsTensor *x, *z;
} EpnsSetInput;

/* Take the tensors PREFIX.*. */
void epns_set_layer_load (EpnsSetLayer *self, EpnsWeights *weights, const EpnsLatticeConfig *config,
                          gsize channels, gsize kernel, const char *prefix);
void epns_set_layer_clear (EpnsSetLayer *self);

/* U [B, Fe, H, W] of all nodes, and Y [count, E, H, W] of some, given U. `name` is what the probe
 * hears. [run] */
EpnsTensor *epns_set_layer_aggregate (const EpnsSetLayer *self, const EpnsPass *pass,
                                      EpnsSetInput input, const char *name);
EpnsTensor *epns_set_layer_update (const EpnsSetLayer *self, const EpnsPass *pass,
                                   EpnsSetInput input, EpnsTensor *aggregate, gsize first,
                                   gsize count, const char *name);

/* A stack of n layers PREFIX.0, PREFIX.1, ...: the first takes `channels`, the others E. */
EpnsSetLayer *epns_set_layers_load (guint n, EpnsWeights *weights, const EpnsLatticeConfig *config,
                                    gsize channels, gsize kernel, const char *prefix);
void epns_set_layers_free (EpnsSetLayer *layers, guint n);
/* Y [N, E, H, W]; the probe hears NAME.0, NAME.1, ... [run] */
EpnsTensor *epns_set_layers_apply (const EpnsSetLayer *layers, guint n, const EpnsPass *pass,
                                   EpnsSetInput input, const char *name);
