/* SPDX-License-Identifier: MIT */
/* What training of the graph network adds up: gradients of one step, and of several in a row
 * steered by the posterior (Minartz et al. 2023, section 3.3 and the multi-step training of its
 * appendix; published code).
 *
 * One step: z = mu_q + sigma_q eps with the posterior of the true next state. Several: step k
 * starts from the mean of step k - 1, made with that step's z and without gradient through it; the
 * gradients of all steps add up, undivided, for one update of the weights. */
#pragma once
#include "models/epns/graph-loss.h"

typedef struct {
  const EpnsGraph *net; /* trainable */
  EpnsContext *ctx;
  double beta; /* weight of the KL */
  const EpnsDrawKey
      *keys; /* [B]: place drawn axes of degenerate systems, of step k at stream + k */
} EpnsGraphObjective;

typedef struct { /* sums over the systems; loss = nll + beta kl */
  double loss, nll, kl;
} EpnsGraphTerms;

/* Noise of step k into eps, standard normal numbers shaped like the latents. FALSE: *error says why
 * there is none. */
typedef gboolean (*EpnsGraphNoise) (gpointer user, gsize k, EpnsTensor *eps, GError **error);
/* How step k went: its terms and the state it predicts, lent for the call. */
typedef void (*EpnsGraphHeard) (gpointer user, gsize k, const EpnsGraphTerms *terms,
                                const EpnsSystems *predicted);

typedef struct { /* what a step's evaluation came to; clear it before the context is cleared */
  EpnsGraphMotion motion;
  EpnsGraphLoss loss;
} EpnsGraphOutcome;

void epns_graph_outcome_clear (EpnsGraphOutcome *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (EpnsGraphOutcome, epns_graph_outcome_clear)

/* The loss of step k from `now` to `truth`, nothing moved yet. EPNS_FAILURE_MISMATCH as
 * epns_graph_scene_init(). [run] */
gboolean epns_graph_outcome (const EpnsGraphObjective *self, gsize k, const EpnsSystems *now,
                             const EpnsSystems *truth, EpnsGraphNoise noise, gpointer user,
                             EpnsGraphOutcome *outcome, GError **error);

/* n_steps steps from x to truths[0], truths[1], ..., the same bodies; d loss / d parameter of all
 * of them is added to the parameters' gradients. `heard` may be NULL. EPNS_FAILURE_MISMATCH as
 * epns_graph_scene_init(); EPNS_FAILURE_RANGE where a prediction is not finite. Gradients are then
 * those of the steps before. [run] */
gboolean epns_graph_learn (const EpnsGraphObjective *self, const EpnsSystems *x,
                           EpnsSystems *const *truths, gsize n_steps, EpnsGraphNoise noise,
                           EpnsGraphHeard heard, gpointer user, GError **error);

/* Let bodies move as `motion` has it, to the mean. FALSE where that is not finite:
 * EPNS_FAILURE_RANGE. */
gboolean epns_graph_follow (const EpnsGraphConfig *config, const EpnsGraphMotion *motion,
                            EpnsSystems *bodies, GError **error);
