/* SPDX-License-Identifier: MIT */
/* The graph network, EPNS-graph (Minartz et al., Equivariant Neural Simulators for Stochastic
 * Spatiotemporal Dynamics, 2023, arXiv 2305.14286): with the published configuration equal to its
 * authors' code number for number.
 *
 *   e = Encoder (features)
 *   h = CAT [features, FA (e) + e]
 *   (mu_p, sigma_p) = Prior (h, edges)
 *   (mu_q, sigma_q) = Posterior (h, CAT [edges, edges of the true next state])
 *   z = mu + sigma eps, one per body, or per system
 *   o_f = the decoder's layers in frame f on CAT [h, z];  o = mean over frames
 *   (dx, dv) = mean over frames of F_f Head (o_f)
 *   w' = w + dv;  p' = p + w' Coefficient (o) + dx;  deviations = softplus (Spread (e + o)) + EPS
 *   with linear_motion (dx, dv) are in units of their own and have a further part, see
 *   graph-linear.h
 *   with velocity_after dv and its deviation are those of a second network of the same form, which
 *   sees bodies where they have been drawn
 *   with joint_spread a third number c of Spread: given p', w' + c (p' - its mean)
 *
 * A layer: message_ij = ReLU (W2 ReLU (W1 CAT [edge_ij, v_j, v_i])), g_i = sum_j message_ij,
 * v_i' = W4 ReLU (W3 CAT [v_i, g_i]). FA runs layers in every frame on CAT [positions and
 * velocities in the frame, its argument] and takes the mean. The first layer's products of what is
 * the same in all frames are made once.
 *
 * Shapes: R rows (bodies of all systems), M edges, F frames, d dimensions, E, Z as in
 * graph-config.h. A network is immutable and shared by threads [model]; evaluations belong to their
 * context's thread [run], and are recorded if the context records and the network is trainable. */
#pragma once
#include "models/epns/graph-scene.h"
#include "models/epns/weights.h"
#include "models/nn/ops.h"

typedef struct _EpnsGraph EpnsGraph;

/* Build from a weights file whose tensors have the published names; `description` may be NULL.
 * EPNS_FAILURE_FORMAT, EPNS_FAILURE_UNSUPPORTED, EPNS_FAILURE_RANGE, EPNS_FAILURE_MISMATCH. [any]
 */
EpnsGraph *epns_graph_new (const EpnsSafetensors *weights, EpnsModelDescription *description,
                           gboolean trainable, GError **error);
/* The same with a configuration at hand. */
EpnsGraph *epns_graph_load (const EpnsGraphConfig *config, const EpnsSafetensors *weights,
                            gboolean trainable, GError **error);
/* A new trainable one, with weights drawn by place from `seed`. [any] */
EpnsGraph *epns_graph_draw (const EpnsGraphConfig *config, guint64 seed);
/* The same parameters, shared, with gradients of its own: for one more thread. `self` must outlive
 * it. */
EpnsGraph *epns_graph_share (const EpnsGraph *self);
void epns_graph_free (EpnsGraph *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (EpnsGraph, epns_graph_free)

const EpnsGraphConfig *epns_graph_config (const EpnsGraph *self);
/* The second network of velocity_after, or NULL; owned by the first, whose weights it shares. */
const EpnsGraph *epns_graph_after (const EpnsGraph *self);
const EpnsWeights *epns_graph_weights (const EpnsGraph *self);
/* Whether a weight has been fitted before training, which then leaves it as it is. */
gboolean epns_graph_is_fitted (const EpnsGraph *self, const EpnsTensor *weight);

/* Sees an intermediate result under the name it has in golden files; everything is lent. */
typedef void (*EpnsGraphProbe) (gpointer data, const char *name, EpnsTensor *tensor);

typedef struct {
  EpnsContext *ctx;
  EpnsGraphProbe probe; /* or NULL */
  gpointer probe_data;
} EpnsGraphPass;

typedef struct {
  EpnsTensor *e, *h;      /* [R, E], [R, C + E] */
  EpnsTensor *mu, *sigma; /* prior, [R, Z], or [B, Z] where latents are the system's; NULL: none */

  /*< private >*/
  const EpnsGraphScene *scene;
  EpnsTensor *features, *framed;   /* [R, C], [F R, P] */
  EpnsTensor *edges[2], *signs[2]; /* without and with directions: [M, D], [1 or F, D] */
  EpnsTensor *axes;                /* [B, d, d] */
  EpnsTensor *velocity;            /* [R, 1, d] */
  EpnsTensor *linear;              /* [R d, L], or NULL */
} EpnsGraphEncoding;

void epns_graph_encoding_clear (EpnsGraphEncoding *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (EpnsGraphEncoding, epns_graph_encoding_clear)

/* Encoder, processor, prior. The scene must live as long as the encoding. [run] */
void epns_graph_encode (const EpnsGraph *self, const EpnsGraphPass *pass,
                        const EpnsGraphScene *scene, EpnsGraphEncoding *encoding);
/* mu, sigma given the true next state of the same bodies; without latents nothing. [run] */
void epns_graph_posterior (const EpnsGraph *self, const EpnsGraphPass *pass,
                           const EpnsGraphEncoding *encoding, const EpnsSystems *truth,
                           EpnsTensor **mu, EpnsTensor **sigma);

/* Numbers of noise that a step takes: as many as mu has, or 0. */
gsize epns_graph_noises (const EpnsGraph *self, const EpnsGraphScene *scene);

typedef struct {
  EpnsTensor *change; /* [R, 2, d] of position and velocity, in the network's units */
  EpnsTensor *spread; /* [R, 2 or 3]: deviations of position and of velocity, in the host's units;
                         with joint_spread, a velocity's mean is moved by so many times what its
                         position was drawn off its own mean */
} EpnsGraphMotion;

void epns_graph_motion_clear (EpnsGraphMotion *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (EpnsGraphMotion, epns_graph_motion_clear)

/* How bodies move given z, shaped like mu, or NULL. [run] */
void epns_graph_decode (const EpnsGraph *self, const EpnsGraphPass *pass,
                        const EpnsGraphEncoding *encoding, EpnsTensor *z, EpnsGraphMotion *motion);

/* Let bodies move by [R, 2, d] changes in the network's units. */
void epns_graph_move (const EpnsGraphConfig *config, EpnsSystems *bodies, const double *change);
