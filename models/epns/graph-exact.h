/* SPDX-License-Identifier: MIT */
/* The graph network's step in double precision, without gradients: the same layers and weights by
 * plain loops. What symmetry the network has, this has to rounding in double; it is what
 * equivariance is checked on, and what a host may step with where it wants that exactness more than
 * speed. */
#pragma once
#include "models/epns/graph.h"

typedef struct {
  gsize latents;      /* numbers: R Z, or B Z where latents are the system's */
  double *mu, *sigma; /* [latents] of the prior */
  double *change;     /* [R][2][d] of position and velocity, in the network's units */
  double *spread;     /* [R][2 or 3] as in EpnsGraphMotion */
} EpnsGraphExact;

/* z = mu + sigma eps, eps shaped like mu; NULL: z = mu. [any] */
void epns_graph_exact (const EpnsGraph *net, const EpnsGraphScene *scene, const double *eps,
                       EpnsGraphExact *exact);
void epns_graph_exact_clear (EpnsGraphExact *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (EpnsGraphExact, epns_graph_exact_clear)
