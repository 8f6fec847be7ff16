/* SPDX-License-Identifier: MIT */
/* What the graph network sees of bodies, in its own units and in double: who hears whom, and
 * numbers of bodies and edges that do not depend on how the host turned the system, but for frames.
 */
#pragma once
#include "models/epns/systems.h"
#include "models/epns/graph-config.h"
#include "models/epns/graph-edges.h"
#include "models/epns/graph-frames.h"

typedef struct {
  const EpnsGraphConfig *config;
  gsize n_systems, n, rows;  /* B, bodies of each, B n */
  EpnsNeighbours neighbours; /* M edges */
  EpnsSystemFrames *frames;  /* [B] */
  double *features;          /* [rows][C]: mass, type one-hot, radius, moved */
  double *velocity;          /* [rows][d] as the host has them */
  double *framed; /* [rows][P] along the axes: position from the centre, velocity, walls, way */
  double *edges;  /* [M][D]: what frames do not turn, then ways to the sender along the axes, these
                     only with edge_direction. First distance r and relative speed; then for each
                     look K functions s_k / sqrt (r^2 + s_k^2), s_k = edge_reach 2^k, behind r where
                     the look is ahead. Of the ways w, for each look, w itself and K times
                     w s_k^2 / (r^2 + s_k^2)^(3/2), which fall as the square of distance. */
  double *linear; /* [rows][d][L] along the axes, with linear_motion: velocity; the way the body was
                     moved, where it knows it; sums over senders of each of the ways of edges; of
                     each times the sender's mass; and of each over senders of its own type. Ways
                     are those of edges, then, for each look, hats of distance k = 0 .. N - 1 along
                     them: max (0, 1 - |r N / cutoff - k|) w / r */
} EpnsGraphScene;

/* `align`: axes [B][component][axis] whose signs those found take over, so that stored results of
 * single frames can be compared; else NULL. keys: [B], each places the drawn axes of a degenerate
 * system. Bodies have finite numbers and the configuration's dimensions. EPNS_FAILURE_MISMATCH;
 * *axis as in epns_neighbours_find(). [any] */
gboolean epns_graph_scene_init (EpnsGraphScene *self, const EpnsGraphConfig *config,
                                const EpnsSystems *bodies, const double *align,
                                const EpnsDrawKey *keys, gint *axis, GError **error);
void epns_graph_scene_clear (EpnsGraphScene *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (EpnsGraphScene, epns_graph_scene_clear)

/* Distance and relative speed [M][2] of another state of the same bodies, along the scene's edges.
 */
void epns_graph_scene_pairs (const EpnsGraphScene *self, const EpnsSystems *bodies, double *pairs);

/* The draws of one step; draws of other purposes begin at EPNS_GRAPH_DRAWS. */
enum {
  EPNS_GRAPH_DRAW_FRAMES,
  EPNS_GRAPH_DRAW_LATENT,
  EPNS_GRAPH_DRAW_STATE,
  EPNS_GRAPH_DRAW_PASS,
  EPNS_GRAPH_DRAWS
};
