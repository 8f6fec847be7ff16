/* SPDX-License-Identifier: MIT */
/* The graph network checked: against numbers its authors' code computed, and against the symmetries
 * it claims. */
#pragma once
#include "models/epns/graph.h"
#include "plugin/epns_verify.h"

/* Every tensor stored in the reference file beside what the weights at `source` (a model folder or
 * a weights file) give for its inputs x, x_true, eps_prior, eps_post; states are [B, n, 1 + 2 d]:
 * mass, position, velocity. As epns_verify_reference() otherwise, records of training included.
 * [any] */
gboolean epns_verify_graph_reference (const char *source, const char *reference, gboolean gradients,
                                      epns_verify_report report, gpointer data, GError **error);

/* Body permutation, translation, and as far as the network has them rotation and mirroring, of one
 * step in double precision on bodies made from `seed`; and that step beside the one in single
 * precision. [any] */
gboolean epns_verify_graph_equivariance (const char *source, guint64 seed,
                                         epns_verify_report report, gpointer data, GError **error);

/* The same of a network at hand. */
gboolean epns_verify_graph_symmetries (const EpnsGraph *net, guint64 seed,
                                       epns_verify_report report, gpointer data, GError **error);

/* The gradient of the loss (graph-objective.h, beta 1) against finite differences of it, on a step
 * that the network itself makes from `seed`; free bits, whose gradient is held back on purpose, are
 * left out. [any] */
gboolean epns_verify_graph_gradient (const char *path, guint64 seed, epns_verify_report report,
                                     gpointer data, GError **error);

/* One system of bodies near each other, in the middle of a box where the network knows one. */
EpnsSystems *epns_verify_graph_bodies (const EpnsGraphConfig *config, const EpnsDrawKey *key);

/* What extension ("epns.verify/1") returns. */
extern const epns_verify epns_graph_verify;
