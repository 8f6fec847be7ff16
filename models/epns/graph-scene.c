/* SPDX-License-Identifier: MIT */
/* From bodies to the numbers that the network sees. */
#include "models/epns/graph-scene.h"

#include <math.h>
#include <string.h>

/* Columns whose product with those wanted is negative are turned round. */
static void
take_signs (EpnsSystemFrames *frames, guint d, const double *wanted)
{
  for (guint a = 0; a < d; a++) {
    double along = 0;
    for (guint c = 0; c < d; c++)
      along += frames->axes[c][a] * wanted[c * d + a];
    for (guint c = 0; along < 0 && c < d; c++)
      frames->axes[c][a] = -frames->axes[c][a];
  }
}

static void
find_frames (EpnsGraphScene *self, const EpnsSystems *bodies, const double *align,
             const EpnsDrawKey *keys)
{
  const guint d = bodies->dimensions;

  self->frames = g_new (EpnsSystemFrames, self->n_systems);
  for (gsize b = 0; b < self->n_systems; b++) {
    if (self->config->frames == EPNS_FRAMES_BOX)
      epns_frames_box (&self->frames[b]);
    else
      epns_frames_principal (bodies, b, &keys[b], EPNS_GRAPH_DRAW_FRAMES, &self->frames[b]);
    if (align != NULL)
      take_signs (&self->frames[b], d, align + b * d * d);
  }
}

static void
project (const EpnsSystemFrames *frames, guint d, const double *vector, double unit, double *along)
{
  for (guint a = 0; a < d; a++) {
    along[a] = 0;
    for (guint c = 0; c < d; c++)
      along[a] += vector[c] * frames->axes[c][a];
    along[a] /= unit;
  }
}

/* How much nearer the upper wall is than the lower, no farther than the cut-off: 0 in the open, and
 * of the other sign in the mirror. */
static void
feel_walls (const EpnsGraphConfig *config, const EpnsBox *box, guint d, const double *position,
            double *felt)
{
  for (guint a = 0; a < d; a++) {
    const double below = fmin (fmax (position[a] - box->low[a], 0), config->cutoff);
    const double above = fmin (fmax (box->high[a] - position[a], 0), config->cutoff);
    felt[a] = box->walled[a] ? (below - above) / config->scale : 0;
  }
}

static void
describe_bodies (EpnsGraphScene *self, const EpnsSystems *bodies)
{
  const EpnsGraphConfig *config = self->config;
  const guint d = bodies->dimensions, n_features = epns_graph_config_features (config),
              n_framed = epns_graph_config_framed (config);

  self->features = g_new0 (double, self->rows *n_features);
  self->framed = g_new0 (double, self->rows *n_framed);
  self->velocity = g_new (double, self->rows *d);
  for (gsize i = 0; i < self->rows * d; i++)
    self->velocity[i] = bodies->velocity[i] / config->velocity_scale;
  for (gsize i = 0; i < self->rows; i++) {
    const EpnsSystemFrames *frames = &self->frames[i / self->n];
    double *feature = self->features + i * n_features, *framed = self->framed + i * n_framed;

    *feature++ = bodies->mass[i] / config->scale;
    if (config->species > 1) {
      feature[bodies->type[i]] = 1;
      feature += config->species;
    }
    if (config->radius)
      *feature++ = bodies->radius[i] / config->scale;
    if (config->passes > 1)
      *feature = bodies->moved[i];
    if (config->node_position) {
      double away[3];
      for (guint c = 0; c < d; c++)
        away[c] = bodies->position[i * d + c] - frames->centre[c];
      project (frames, d, away, config->scale, framed);
      framed += d;
    }
    project (frames, d, self->velocity + i * d, 1, framed);
    framed += d;
    if (config->walls) {
      feel_walls (config, &bodies->box, d, bodies->position + i * d, framed);
      framed += d;
    }
    if (epns_graph_config_knows_way (config))
      project (frames, d, bodies->way + i * d, config->scale, framed);
  }
}

/* Distance and relative speed of two rows; the way from the first to the second. */
static void
look_at_pair (const EpnsGraphConfig *config, const EpnsSystems *bodies, gsize i, gsize j,
              double pair[2], double *way)
{
  const guint d = bodies->dimensions;
  const guint first = config->edge_velocity == EPNS_VELOCITY_PUBLISHED ? 1 : 0;
  double distance = 0, speed = 0;

  epns_box_displacement (&bodies->box, d, bodies->position + i * d, bodies->position + j * d, way);
  for (guint a = 0; a < d; a++)
    distance += way[a] * way[a];
  for (guint a = first; a < d; a++) {
    const double v = bodies->velocity[j * d + a] - bodies->velocity[i * d + a];
    speed += v * v;
  }
  pair[0] = sqrt (distance) / config->scale;
  pair[1] = sqrt (speed) / config->velocity_scale;
}

typedef struct { /* of one edge, where its columns are written next */
  const EpnsGraphConfig *config;
  const EpnsSystemFrames *frames;
  guint d;
  double *scalar, *vector;
} EdgeLook;

/* The way from receiver to sender as it is at one time. */
static void
look_along (EdgeLook *at, const double *way)
{
  const EpnsGraphConfig *config = at->config;
  double square = 0;

  for (guint a = 0; a < at->d; a++)
    square += way[a] * way[a];
  project (at->frames, at->d, way, config->scale, at->vector);
  for (guint k = 0; k < config->edge_radial; k++) {
    const double s = ldexp (config->edge_reach, (gint) k), far = sqrt (square + s * s);
    *at->scalar++ = s / far;
    project (at->frames, at->d, way, far * far * far / (s * s), at->vector + (k + 1) * at->d);
  }
  at->vector += (config->edge_radial + 1) * at->d;
}

/* After half of the flight and all of it: a free one ahead; or back, and by the ways that bodies
 * came, where they are known. */
static void
look_on (EdgeLook *at, const double *way, const double *flight)
{
  for (guint half = 1; half <= 2; half++) {
    double then[3], square = 0;

    for (guint a = 0; a < at->d; a++) {
      then[a] = way[a] + half * flight[a] / 2;
      square += then[a] * then[a];
    }
    *at->scalar++ = sqrt (square) / at->config->scale;
    look_along (at, then);
  }
}

static void
describe_edge (EpnsGraphScene *self, const EpnsSystems *bodies, gsize i, gsize j, double *edge)
{
  const EpnsGraphConfig *config = self->config;
  EdgeLook at = { .config = config,
                  .frames = &self->frames[i / self->n],
                  .d = bodies->dimensions,
                  .scalar = edge + EPNS_GRAPH_PAIR,
                  .vector = edge + epns_graph_config_scalars (config) };
  const gboolean by_way = config->second && epns_graph_config_knows_way (config);
  const double *come = by_way ? bodies->way : bodies->velocity;
  const double unit = (config->second ? -1 : 1) * (by_way ? 1 : config->edge_ahead);
  double way[3], flight[3];

  look_at_pair (config, bodies, i, j, edge, way);
  if (!config->edge_direction)
    return;
  for (guint a = 0; a < at.d; a++)
    flight[a] = unit * (come[j * at.d + a] - come[i * at.d + a]);
  look_along (&at, way);
  if (config->edge_ahead > 0)
    look_on (&at, way, flight);
}

static void
describe_edges (EpnsGraphScene *self, const EpnsSystems *bodies)
{
  const EpnsEdges *list = &self->neighbours.list;
  const guint width = epns_graph_config_edge (self->config);

  self->edges = g_new (double, list->n_edges *width);
  for (gsize i = 0; i < list->n_nodes; i++)
    for (gint32 m = list->starts[i]; m < list->starts[i + 1]; m++)
      describe_edge (self, bodies, i, (gsize) list->senders[m], self->edges + (gsize) m * width);
}

/* What a way in one of the network's columns adds to its receiver's sums, [d][L], of which it is
 * column `first` of each kind of sum. */
static void
add_way (const EpnsGraphConfig *config, const double *way, const double *weights, guint first,
         double *linear)
{
  const guint d = config->dimensions, sums = epns_graph_config_sums (config),
              width = epns_graph_config_linear (config),
              n = epns_graph_config_looks (config)
                  * (1 + config->edge_radial + config->linear_knots);

  for (guint a = 0; a < d; a++)
    for (guint s = 0; s < sums; s++)
      linear[(a + 1) * width - (sums - s) * n + first] += weights[s] * way[a];
}

/* The two hats that a distance is under, along the way, from column `first` on. */
static void
add_hats (const EpnsGraphConfig *config, const double *way, const double *weights, guint first,
          double *linear)
{
  const guint d = config->dimensions;
  double square = 0;

  for (guint a = 0; a < d; a++)
    square += way[a] * way[a];
  const double r = sqrt (square), at = r * config->scale * config->linear_knots / config->cutoff;
  if (!(r > 0 && at < config->linear_knots))
    return;
  const guint knot = (guint) at;
  for (guint k = knot; k <= knot + 1 && k < config->linear_knots; k++) {
    double along[3];
    for (guint a = 0; a < d; a++)
      along[a] = (1 - fabs (at - k)) * way[a] / r;
    add_way (config, along, weights, first + k, linear);
  }
}

/* All ways of an edge; the first of each look is the way itself. */
static void
add_ways (const EpnsGraphConfig *config, const double *ways, const double *weights, double *linear)
{
  const guint d = config->dimensions, looks = epns_graph_config_looks (config),
              each = 1 + config->edge_radial, knots = config->linear_knots;

  for (guint k = 0; k < looks * each; k++)
    add_way (config, ways + k * d, weights, k, linear);
  for (guint look = 0; knots > 0 && look < looks; look++)
    add_hats (config, ways + look * each * d, weights, looks * each + look * knots, linear);
}

static void
describe_linear (EpnsGraphScene *self, const EpnsSystems *bodies)
{
  const EpnsGraphConfig *config = self->config;
  const EpnsEdges *list = &self->neighbours.list;
  const guint d = config->dimensions, width = epns_graph_config_linear (config),
              edge = epns_graph_config_edge (config), first = epns_graph_config_scalars (config);

  self->linear = g_new0 (double, self->rows *d *width);
  for (gsize i = 0; i < self->rows; i++) {
    const EpnsSystemFrames *frames = &self->frames[i / self->n];
    double *linear = self->linear + i * d * width, velocity[3], way[3];

    project (frames, d, self->velocity + i * d, 1, velocity);
    project (frames, d, bodies->way + i * d, config->scale, way);
    for (guint a = 0; a < d; a++) {
      linear[a * width] = velocity[a];
      if (epns_graph_config_knows_way (config))
        linear[a * width + 1] = way[a];
    }
    for (gint32 m = list->starts[i]; m < list->starts[i + 1]; m++) {
      const gint32 j = list->senders[m];
      const double weights[] = { 1, bodies->mass[j] / config->scale,
                                 bodies->type[j] == bodies->type[i] };
      add_ways (config, self->edges + (gsize) m * edge + first, weights, linear);
    }
  }
}

gboolean
epns_graph_scene_init (EpnsGraphScene *self, const EpnsGraphConfig *config,
                       const EpnsSystems *bodies, const double *align, const EpnsDrawKey *keys,
                       gint *axis, GError **error)
{
  *self = (EpnsGraphScene){ .config = config,
                            .n_systems = bodies->n_systems,
                            .n = bodies->n,
                            .rows = epns_systems_rows (bodies) };
  if (!epns_neighbours_find (&self->neighbours, bodies, config->cutoff, axis, error))
    return FALSE;
  find_frames (self, bodies, align, keys);
  describe_bodies (self, bodies);
  describe_edges (self, bodies);
  if (config->linear_motion)
    describe_linear (self, bodies);
  return TRUE;
}

void
epns_graph_scene_clear (EpnsGraphScene *self)
{
  epns_neighbours_clear (&self->neighbours);
  g_clear_pointer (&self->frames, g_free);
  g_clear_pointer (&self->features, g_free);
  g_clear_pointer (&self->velocity, g_free);
  g_clear_pointer (&self->framed, g_free);
  g_clear_pointer (&self->edges, g_free);
  g_clear_pointer (&self->linear, g_free);
}

void
epns_graph_scene_pairs (const EpnsGraphScene *self, const EpnsSystems *bodies, double *pairs)
{
  const EpnsEdges *list = &self->neighbours.list;
  double way[3];

  for (gsize i = 0; i < list->n_nodes; i++)
    for (gint32 m = list->starts[i]; m < list->starts[i + 1]; m++)
      look_at_pair (self->config, bodies, i, (gsize) list->senders[m], pairs + 2 * m, way);
}
