/* SPDX-License-Identifier: MIT */
/* What becomes of the logits: probabilities, predictions, and the loss (Minartz et al. 2023,
 * section 3.3; published code, Cellsort_Simulator.postprocess_and_discretize, Categorical of
 * PyTorch).
 *
 *   P_id = (softmax_c (l) + EPS) / (1 + C EPS)
 *   q_t = sum of softmax_c (l) over the known slots of type t
 *   s = (q + 1e-6) / sum (q + 1e-6): C entries, not T
 *   P_type = (s + EPS) / sum (s + EPS)
 *   log-probability = ln of P clipped to [2^-23, 1 - 2^-23]
 *   loss = -sum clip (log-probability, -c, c) over ids and types + beta * sum KL / C
 *
 * The type part is a number without gradient, and so are KL elements whose average is below
 * free_bits. */
#pragma once
#include "models/epns/lattice.h"

/* Likeliest slot of each site, the first of equals: logits [B, C, H, W] -> slot [B][H][W]. [run] */
void epns_lattice_argmax (const EpnsTensor *logits, gint32 *slot);

/* ln P for all C entries: float [B][2][H][W][C], channel 0 ids, channel 1 types. [run] */
void epns_lattice_log_probs (const EpnsLatticeConfig *config, EpnsContext *ctx, EpnsTensor *logits,
                             const EpnsSlotTypes *types, float *log_probs);

/* Prior p, posterior q: [N, Z] each. */
typedef struct {
  EpnsTensor *mu_p, *sigma_p, *mu_q, *sigma_q;
} EpnsLatticeLatents;

typedef struct {
  EpnsTensor *kl;       /* [N, Z], not scaled */
  EpnsTensor *log_prob; /* [B, 2, H, W] of the truth, not clipped */
  float *kl_average;    /* [Z]: what free_bits is compared with */
  gboolean *kl_free;    /* [Z]: no gradient through these */
  double nll_id, nll_type, kl_loss;
  EpnsTensor *loss; /* [1]: nll_id + nll_type + beta kl_loss; recorded */
} EpnsLatticeLoss;

/* Logits [B, C, H, W] against the true next state. EPNS_FAILURE_MISMATCH where a type has no entry
 * among C slots. [run] */
gboolean epns_lattice_loss (const EpnsLatticeConfig *config, EpnsContext *ctx, EpnsTensor *logits,
                            const EpnsLatticeLatents *latents, const EpnsSlotTypes *types,
                            const EpnsSlots *truth, double beta, EpnsLatticeLoss *loss,
                            GError **error);
void epns_lattice_loss_clear (EpnsLatticeLoss *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (EpnsLatticeLoss, epns_lattice_loss_clear)
