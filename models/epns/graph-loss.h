/* SPDX-License-Identifier: MIT */
/* The likelihood of a next state, and the loss (Minartz et al. 2023, section 3.3; published code,
 * independent normals of every number of a body):
 *
 *   log-probability of a position or velocity = -z^2 / 2 - ln sigma - ln (2 pi) / 2,
 *   z = (truth - mean) / sigma, mean = now + unit * change, sigma in the host's units
 *   and of a mass, which never changes: -ln (softplus (1e-5) + EPS) - ln (2 pi) / 2
 *   loss = -sum clip (log-probability, -c, c) + beta * sum KL
 *
 * KL elements whose average over systems, for each body and latent, is below free_bits count
 * without a gradient. */
#pragma once
#include "models/epns/graph.h"

/* Prior p, posterior q: shaped like the latents; NULL where there are none. */
typedef struct {
  EpnsTensor *mu_p, *sigma_p, *mu_q, *sigma_q;
} EpnsGraphLatents;

typedef struct {
  EpnsTensor *kl;       /* like the latents */
  EpnsTensor *log_prob; /* [R, 2, d] of the true position and velocity, not clipped */
  float *kl_average;    /* [n * Z], or [Z] of a system's latents: what free_bits is compared with */
  gboolean *kl_free;    /* no gradient through these */
  double nll, kl_loss;
  EpnsTensor *loss; /* [1]: nll + beta kl_loss; recorded */
} EpnsGraphLoss;

/* From `now` by `motion` to `truth`, the same bodies. [run] */
void epns_graph_loss (const EpnsGraphConfig *config, EpnsContext *ctx, const EpnsSystems *now,
                      const EpnsGraphMotion *motion, const EpnsGraphLatents *latents,
                      const EpnsSystems *truth, double beta, EpnsGraphLoss *loss);
void epns_graph_loss_clear (EpnsGraphLoss *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (EpnsGraphLoss, epns_graph_loss_clear)

/* The deviation and log-probability that every mass has. */
double epns_graph_mass_sigma (const EpnsGraphConfig *config);
double epns_graph_mass_log_prob (const EpnsGraphConfig *config);
