/* SPDX-License-Identifier: MIT */
/* What training of the published lattice network adds up: gradients of one step, and of several in
 * a row steered by the posterior (Minartz et al. 2023, section 3.3 and the multi-step training of
 * its appendix; published code).
 *
 * One step: z = mu_q + sigma_q eps with the posterior of the true next state; the loss is that of
 * lattice-loss.h. Several: step k starts from the likeliest cells of step k-1, made with that
 * step's z and without gradient through them; the gradients of all steps add up, undivided, for one
 * update of the weights. The types of cells are those of the first state throughout. */
#pragma once
#include "models/epns/lattice-loss.h"

typedef struct {
  const EpnsLattice *net; /* trainable */
  EpnsContext *ctx;
  double beta; /* weight of the KL */
} EpnsLatticeObjective;

typedef struct { /* sums over the batch; loss = nll_id + nll_type + beta kl */
  double loss, nll_id, nll_type, kl;
} EpnsLatticeTerms;

/* Noise of step k into eps, [N, Z] standard normal numbers. FALSE: *error says why there is none.
 */
typedef gboolean (*EpnsLatticeNoise) (gpointer user, gsize k, EpnsTensor *eps, GError **error);
/* How step k went: its terms, the state it predicts and the logits that state was read off, lent
 * for the call. */
typedef void (*EpnsLatticeHeard) (gpointer user, gsize k, const EpnsLatticeTerms *terms,
                                  const EpnsSlots *predicted, const EpnsTensor *logits);

/* n_steps steps from x to truths[0], truths[1], ..., all of x's shape; d loss / d parameter of all
 * of them is added to the parameters' gradients. `heard` may be NULL. Slots are as many as the ids
 * of x and truths[0] need and grow with later truths. EPNS_FAILURE_MISMATCH where a type has no
 * entry among the slots; gradients are then those of the steps before. [run] */
gboolean epns_lattice_learn (const EpnsLatticeObjective *self, const EpnsSlots *x,
                             EpnsSlots *const *truths, gsize n_steps, EpnsLatticeNoise noise,
                             EpnsLatticeHeard heard, gpointer user, GError **error);

/* The terms of one step from x to truth, nothing recorded. Errors as above. [run] */
gboolean epns_lattice_weigh (const EpnsLatticeObjective *self, const EpnsSlots *x,
                             EpnsSlots *truth, EpnsLatticeNoise noise, gpointer user,
                             EpnsLatticeTerms *terms, GError **error);
