/* SPDX-License-Identifier: MIT */
/* The hyper-parameters of the graph network: those of the published one (Minartz et al.,
 * Equivariant Neural Simulators for Stochastic Spatiotemporal Dynamics, 2023, arXiv 2305.14286;
 * constructor arguments of its code), and the axes along which this one goes further. Kept as
 * settings.h says. */
#pragma once
#include "models/description.h"
#include "models/nn/safetensors.h"

typedef enum {
  EPNS_VELOCITY_FULL,     /* |w_i - w_j| */
  EPNS_VELOCITY_PUBLISHED /* of its last two components alone, as the published weights want it: a
                             step is then equivariant to rotations about x only */
} EpnsEdgeVelocity;

typedef enum {
  EPNS_FRAMES_PRINCIPAL, /* axes of the whole system's principal components */
  EPNS_FRAMES_BOX        /* x, y, z: for a box, whose symmetries are its mirrors */
} EpnsFrameAxes;

typedef struct {
  guint num_layers;             /* message layers of processor, prior and posterior */
  guint emb_dim;                /* E, features of a body */
  guint num_latent_dim;         /* Z, latents a body; 0: none, nor their networks */
  gboolean do_node_aggregation; /* one set of latents for all bodies */
  gboolean sample_from_pred;    /* the next state drawn instead of its mean */
  double EPS;                   /* added to standard deviations */
  double free_bits;             /* training: KL below it is not penalised */
  double clip_reconstr_loss_to; /* training: bound of a log-probability; infinite: none */

  guint dimensions;        /* d: 2 or 3 */
  guint species;           /* types of bodies; above 1 each body's is a feature, one-hot */
  gboolean radius;         /* bodies' radii are a feature */
  double cutoff;           /* only bodies closer than this exchange messages; 0: all do */
  guint edge_velocity;     /* EpnsEdgeVelocity */
  gboolean edge_direction; /* edges know the way from body to body, in each frame */
  guint edge_radial; /* K: edges know K functions of distance, and as many of the way, see
                        graph-scene.h; with edge_direction */
  double edge_reach; /* s, the shortest length that these tell apart; host's units */
  double edge_ahead; /* edges know distance and way after a free flight of half this time and of all
                        of it, too; 0: not; with edge_direction */
  gboolean node_position;  /* bodies know where they are from the centre, in each frame */
  gboolean walls; /* bodies feel the walls of their box, and stay inside; with FRAMES_BOX */
  guint frames;   /* EpnsFrameAxes */
  double scale, velocity_scale; /* the network's units: lengths and masses; velocities (0: scale) */
  gboolean joint_spread; /* a body's velocity is spread about a mean that follows where its position
                            has been drawn; else both are drawn apart */
  double widening[2]; /* stepping draws positions and velocities that much further off their means
                         than was learned: 0.1, a tenth. Tuned by hand, as temperatures are */
  gboolean linear_motion; /* bodies also move by learned multiples of their velocity and of what
                             senders' ways add up to, see graph-scene.h; with edge_direction */
  guint linear_knots; /* N: linear_motion also takes multiples of N hats of distance, evenly up to the
                         cut-off, which together are any pull that is linear between them */
  gboolean velocity_after; /* velocities come from a second network, which knows where all bodies have
                              been drawn; without latents and passes. With joint_spread it does not
                              know by what ways, and a velocity follows its own body's draw evenly,
                              which is right in its moments even where draws should not be normal */
  guint passes; /* above 1, bodies are dealt to so many passes at random, and each pass is drawn
                   given the next states of those before; without latents */
  guint parts; /* evaluations in a row that make one step, each having learned its part of the time */

  gboolean second; /* not a setting: this is the network of velocity_after */
} EpnsGraphConfig;

/* Layers of the decoder's end, whatever num_layers is. */
#define EPNS_GRAPH_DECODER_LAYERS 3

/* From the weights' metadata (may be NULL) and, where `description` is not NULL, from its
 * <network>. A configuration in metadata is a published one and has edge_velocity "published"
 * unless it says otherwise. EPNS_FAILURE_FORMAT, EPNS_FAILURE_UNSUPPORTED, EPNS_FAILURE_RANGE; one
 * line. [any] */
gboolean epns_graph_config_read (EpnsGraphConfig *self, const EpnsSafetensors *weights,
                                 EpnsModelDescription *description, GError **error);

#define EPNS_GRAPH_MOST_RADIAL 8
#define EPNS_GRAPH_MOST_KNOTS 64
#define EPNS_GRAPH_MOST_COLUMNS 128 /* more than an edge ever has */
#define EPNS_GRAPH_PAIR 2 /* numbers of an edge outside frames: distance and relative speed */

/* Features of a body that no frame turns: mass, type, radius, and whether it has been moved. */
guint epns_graph_config_features (const EpnsGraphConfig *self);
/* Whether bodies know the way by which they have been moved in the step under way. */
gboolean epns_graph_config_knows_way (const EpnsGraphConfig *self);
/* Numbers of a body that depend on the frame: position, velocity, walls, that way. */
guint epns_graph_config_framed (const EpnsGraphConfig *self);
/* Times at which edges are looked at: now, and twice ahead; by the second network, back. */
guint epns_graph_config_looks (const EpnsGraphConfig *self);
/* Numbers of an edge in frames; those that frames do not turn come first. */
guint epns_graph_config_scalars (const EpnsGraphConfig *self);
guint epns_graph_config_edge (const EpnsGraphConfig *self);
/* How often linear_motion adds up ways: over all senders, over their masses, and, where there are
 * several types, over those of the body's own. */
guint epns_graph_config_sums (const EpnsGraphConfig *self);
/* Numbers along each axis that linear_motion takes multiples of; 0 without. */
guint epns_graph_config_linear (const EpnsGraphConfig *self);
/* Numbers of a body's spread: deviations of position and velocity; how the latter follows. */
guint epns_graph_config_spreads (const EpnsGraphConfig *self);
/* 2^d, or, for the box, as many. */
guint epns_graph_config_frames (const EpnsGraphConfig *self);
