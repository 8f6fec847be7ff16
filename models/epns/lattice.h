/* SPDX-License-Identifier: MIT */
/* The published lattice network, EPNS-lattice (Minartz et al., Equivariant Neural Simulators for
 * Stochastic Spatiotemporal Dynamics, 2023, arXiv 2305.14286), equal to its authors' code number
 * for number.
 *
 *   e = Encoder (nodes)
 *   h = Processor (e) + e
 *   (mu_p, sigma_p) = Prior (h)
 *   (mu_q, sigma_q) = Posterior (CAT [h, nodes of the true next state])
 *   z = mu + sigma eps, one per node
 *   d = e + DecoderEnd (CAT [h, z])
 *   logit of a node at a site = 1 x 1 conv (d)
 *
 * Shapes: B lattices, C slots (see to-tensor.h), N = B*C nodes, E, Z, T as in lattice-config.h;
 * maps are [N, E, H, W]. A network is immutable and shared by threads [model]; evaluations belong
 * to their context's thread [run]. All of it is recorded if the context records and the network is
 * trainable: of processor, prior, posterior and decoder only what goes in and out is kept, and the
 * inside is computed again, one of them at a time, when backward comes by. */
#pragma once
#include "models/epns/lattice-config.h"
#include "models/epns/lattice-pass.h"
#include "models/epns/to-tensor.h"

typedef struct _EpnsLattice EpnsLattice;

/* Build from a weights file whose tensors have the published names. `description` may be NULL.
 * EPNS_FAILURE_FORMAT, EPNS_FAILURE_UNSUPPORTED, EPNS_FAILURE_RANGE. [any] */
EpnsLattice *epns_lattice_new (const EpnsSafetensors *weights, EpnsModelDescription *description,
                               gboolean trainable, GError **error);
/* A new trainable one, with weights drawn by place from `seed`; a configuration without defaults
 * left open (edge_emb_dim, num_prior_and_encoder_layers). [any] */
EpnsLattice *epns_lattice_draw (const EpnsLatticeConfig *config, guint64 seed);
/* The same network with gradients of its own, for one thread to train with; `of` is trainable and
 * must live longer. [any] */
EpnsLattice *epns_lattice_worker (const EpnsLattice *of);
void epns_lattice_free (EpnsLattice *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (EpnsLattice, epns_lattice_free)

const EpnsLatticeConfig *epns_lattice_config (const EpnsLattice *self);
const EpnsWeights *epns_lattice_weights (const EpnsLattice *self);

/* Is a lattice of this size large enough, and a multiple of the downsampling factors?
 * EPNS_FAILURE_MISMATCH naming what would be; *axis (0: height, 1: width) and *need say so as
 * numbers. [model] */
gboolean epns_lattice_takes (const EpnsLattice *self, gsize height, gsize width, int *axis,
                             gsize *need, GError **error);

/* A pass over states like this one. */
EpnsPass epns_lattice_pass (const EpnsLattice *self, EpnsContext *ctx, const EpnsSlots *slots);

typedef struct {     /* where it was recorded, it must stay in its place until backward is done */
  EpnsTensor *e, *h; /* [N, E, H/g, W/g] */
  EpnsTensor *mu, *sigma; /* prior, [N, Z] */

  /*< private >*/
  const EpnsLattice *net;
  EpnsPass pass; /* of the latest evaluation */
} EpnsLatticeEncoding;

void epns_lattice_encoding_clear (EpnsLatticeEncoding *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (EpnsLatticeEncoding, epns_lattice_encoding_clear)

/* Encoder, processor, prior. The lattice must have been accepted by epns_lattice_takes() and types
 * be below T. [run] */
void epns_lattice_encode (const EpnsLattice *self, const EpnsPass *pass, const EpnsSlots *slots,
                          EpnsLatticeEncoding *encoding);
/* mu, sigma [N, Z] given the true next state, which has the same slots. [run] */
void epns_lattice_posterior (const EpnsLattice *self, const EpnsPass *pass,
                             EpnsLatticeEncoding *encoding, const EpnsSlots *truth, EpnsTensor **mu,
                             EpnsTensor **sigma);
/* Logits [B, C, H, W] given z [N, Z]. [run] */
EpnsTensor *epns_lattice_decode (const EpnsLattice *self, const EpnsPass *pass,
                                 EpnsLatticeEncoding *encoding, EpnsTensor *z);
