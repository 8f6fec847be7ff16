/* SPDX-License-Identifier: MIT */
/* The hyper-parameters of the published lattice network (Minartz et al., Equivariant Neural
 * Simulators for Stochastic Spatiotemporal Dynamics, 2023, arXiv 2305.14286; constructor arguments
 * of its code), from where a model keeps them: the JSON text `config` in a weights file's
 * __metadata__, and the attributes of <network> in model.xml, which have the same names with dashes
 * ("emb-dim"), and the axes of the lattice family: window="0", output="independent",
 * latent="cell|aggregated". */
#pragma once
#include "models/description.h"
#include "models/nn/safetensors.h"

typedef enum {
  EPNS_LATENT_CONV,       /* "conv": a convolutional net on every cell's map */
  EPNS_LATENT_GRIDDEEPSET /* "griddeepset": set layers, then the aggregator */
} EpnsLatentNet;

typedef struct {
  guint num_layers;                       /* set layers of the processor */
  guint emb_dim;                          /* E, channels of a cell's map */
  guint kernel_size, decoder_kernel_size; /* of processor and prior; of the decoder's end */
  guint num_latent_dim;                   /* Z, latents a cell */
  guint num_cell_types;                   /* T, medium included */
  guint edge_network_downsampling_factor; /* f: lattice extents are multiples of it */
  guint edge_emb_dim;                     /* Fe, channels of what is averaged over cells; 0: E */
  guint num_edge_network_layers, num_node_network_layers;
  guint global_downsampling_factor; /* g, 1: none */
  EpnsLatentNet prior_and_encoder_arch;
  guint num_prior_and_encoder_layers; /* L, 0: num_layers */
  gboolean use_unet;
  guint unet_kernel_size;
  gboolean do_node_aggregation; /* latents shared by all cells but for the noise */
  gboolean sample_from_pred;    /* sites drawn instead of the likeliest cell */
  double EPS;                   /* added to the probabilities */
  double free_bits;             /* training: KL below it is not penalised */
  double clip_reconstr_loss_to; /* training: bound of a log-probability; infinite: none */
} EpnsLatticeConfig;

/* From the weights' metadata and from the <network> of `description`, whose attributes win; one of
 * the two may be NULL. At least one must state every size without a default, but for
 * num_cell_types, which may follow from the description's types. EPNS_FAILURE_FORMAT,
 * EPNS_FAILURE_UNSUPPORTED, EPNS_FAILURE_RANGE; one line naming the file and the setting. [any] */
gboolean epns_lattice_config_read (EpnsLatticeConfig *self, const EpnsSafetensors *weights,
                                   EpnsModelDescription *description, GError **error);

/* Set layers of the decoder's end: 1 with a U-Net, 3 without. */
guint epns_lattice_config_decoder_layers (const EpnsLatticeConfig *self);
/* Are the latents' mean and deviation equal for all cells? */
gboolean epns_lattice_config_aggregates (const EpnsLatticeConfig *self);
