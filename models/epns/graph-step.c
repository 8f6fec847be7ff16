/* SPDX-License-Identifier: MIT */
/* Learned steps. */
#include "models/epns/graph-step.h"
#include "models/epns/graph-exact.h"
#include "models/epns/graph-passes.h"
#include "plugin/error.h"

#include <math.h>
#include <string.h>

typedef struct {  /* what either precision comes to */
  double *change; /* [R][2][d] in the network's units */
  double *spread; /* [R][2 or 3] in the host's */
} Outcome;

static void
outcome_clear (Outcome *self)
{
  g_clear_pointer (&self->change, g_free);
  g_clear_pointer (&self->spread, g_free);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Outcome, outcome_clear)

typedef struct {           /* where draws are placed */
  const EpnsDrawKey *keys; /* [B] */
  const gsize *order;      /* of rows: the host's numbers; NULL: they are those */
} Places;

/* The body's number in its system, as the host has it. */
static gsize
number_of (const Places *places, gsize n, gsize row)
{
  return (places->order != NULL ? places->order[row] : row) % n;
}

/* Number i of `count` latents, by its place in its own system as the host numbers bodies. */
static double
noise (const Places *places, const EpnsGraphScene *scene, gsize count, gsize i)
{
  const gsize each = count / scene->n_systems, width = scene->config->num_latent_dim;
  const gsize place = scene->config->do_node_aggregation
                          ? i % each
                          : number_of (places, scene->n, i / width) * width + i % width;

  return epns_random_normal (&places->keys[i / each], EPNS_GRAPH_DRAW_LATENT, place);
}

static double *
doubles (const EpnsTensor *tensor)
{
  double *values = g_new (double, tensor->count);

  for (gsize i = 0; i < tensor->count; i++)
    values[i] = (double) tensor->data[i];
  return values;
}

static void
move_in_single (const EpnsGraph *net, EpnsContext *ctx, const EpnsGraphScene *scene,
                const Places *places, Outcome *outcome)
{
  const EpnsGraphPass pass = { ctx, NULL, NULL };
  g_auto (EpnsGraphEncoding) encoding = { .e = NULL };
  g_auto (EpnsGraphMotion) motion = { .change = NULL };
  g_autoptr (EpnsTensor) z = NULL;

  epns_graph_encode (net, &pass, scene, &encoding);
  if (encoding.mu != NULL) {
    g_autoptr (EpnsTensor) eps = epns_tensor_new (ctx, encoding.mu->rank, encoding.mu->shape);
    for (gsize i = 0; i < eps->count; i++)
      eps->data[i] = (float) noise (places, scene, eps->count, i);
    z = epns_reparameterise (ctx, encoding.mu, encoding.sigma, eps);
  }
  epns_graph_decode (net, &pass, &encoding, z, &motion);
  outcome->change = doubles (motion.change);
  outcome->spread = doubles (motion.spread);
}

static void
move_in_double (const EpnsGraph *net, const EpnsGraphScene *scene, const Places *places,
                Outcome *outcome)
{
  const gsize count = epns_graph_noises (net, scene);
  g_autofree double *eps = g_new (double, count);
  g_auto (EpnsGraphExact) exact = { .latents = 0 };

  for (gsize i = 0; i < count; i++)
    eps[i] = noise (places, scene, count, i);
  epns_graph_exact (net, scene, eps, &exact);
  outcome->change = g_steal_pointer (&exact.change);
  outcome->spread = g_steal_pointer (&exact.spread);
}

/* Each number of a body off its mean by its deviation, widened, at its place in the system; with
 * joint spread, velocities after positions, whose deviation is that of `first`. */
static void
spread_out (const EpnsGraphConfig *config, const Places *places, gsize n, const Outcome *first,
            Outcome *outcome, gsize row)
{
  const gsize d = config->dimensions, number = number_of (places, n, row),
              width = epns_graph_config_spreads (config);
  const double spread[] = { first->spread[row * width], outcome->spread[row * width + 1],
                            config->joint_spread ? outcome->spread[row * width + 2] : 0 };
  double *change = outcome->change + row * 2 * d;

  for (gsize a = 0; a < d; a++) {
    double off[2];
    for (gsize k = 0; k < 2; k++)
      off[k] = spread[k]
               * epns_random_normal (&places->keys[row / n], EPNS_GRAPH_DRAW_STATE,
                                     number * 2 * d + k * d + a);
    off[1] += spread[2] * off[0];
    change[a] += (1 + config->widening[0]) * off[0] / config->scale;
    change[d + a] += (1 + config->widening[1]) * off[1] / config->velocity_scale;
  }
}

static gboolean
is_finite (const double *change, gsize d, gsize number, GError **error)
{
  for (gsize k = 0; k < 2 * d; k++)
    if (!isfinite (change[k])) {
      g_set_error (error, EPNS_FAILURE, EPNS_FAILURE_RANGE,
                   "the network moves body %" G_GSIZE_FORMAT " by a number that is not finite; its "
                   "weights are broken or this state is far from its training",
                   number);
      return FALSE;
    }
  return TRUE;
}

/* Bodies of one pass move. */
static gboolean
follow (const EpnsGraphConfig *config, EpnsGraphManner manner, const Places *places, guint pass,
        Outcome *outcome, EpnsSystems *bodies, GError **error)
{
  const gsize d = config->dimensions, n = bodies->n;

  for (gsize row = 0; row < epns_systems_rows (bodies); row++) {
    const double *change = outcome->change + row * 2 * d;
    const gsize number = number_of (places, n, row);
    double position[3], velocity[3];

    if (epns_graph_pass_of (config, &places->keys[row / n], number) != pass)
      continue;
    if (manner.drawn)
      spread_out (config, places, n, outcome, outcome, row);
    if (!is_finite (change, d, number, error))
      return FALSE;
    for (gsize a = 0; a < d; a++) {
      position[a] = bodies->position[row * d + a] + config->scale * change[a];
      velocity[a] = bodies->velocity[row * d + a] + config->velocity_scale * change[d + a];
    }
    epns_graph_pass_move (bodies, row, position, velocity);
  }
  return TRUE;
}

static gboolean
evaluate (const EpnsGraph *net, EpnsContext *ctx, EpnsGraphManner manner, const Places *places,
          const EpnsSystems *bodies, Outcome *outcome, gint *axis, GError **error)
{
  g_auto (EpnsGraphScene) scene = { .config = NULL };

  if (!epns_graph_scene_init (&scene, epns_graph_config (net), bodies, NULL, places->keys, axis,
                              error))
    return FALSE;
  if (manner.exact)
    move_in_double (net, &scene, places, outcome);
  else
    move_in_single (net, ctx, &scene, places, outcome);
  return TRUE;
}

static gboolean
step_pass (const EpnsGraph *net, EpnsContext *ctx, EpnsGraphManner manner, const Places *places,
           guint pass, EpnsSystems *bodies, Outcome *outcome, gint *axis, GError **error)
{
  outcome_clear (outcome);
  return evaluate (net, ctx, manner, places, bodies, outcome, axis, error)
         && follow (epns_graph_config (net), manner, places, pass, outcome, bodies, error);
}

/* Where a second network gives velocities, it gives them to bodies that have gone from where they
 * were before, as `first` came to. */
static gboolean
step_after (const EpnsGraph *net, EpnsContext *ctx, EpnsGraphManner manner, const Places *places,
            const EpnsSystems *before, const Outcome *first, EpnsSystems *bodies, gint *axis,
            GError **error)
{
  const EpnsGraphConfig *config = epns_graph_config (net);
  const gsize d = config->dimensions;
  g_autoptr (EpnsSystems) moved = epns_graph_pass_all (before, bodies->position);
  g_auto (Outcome) outcome = { NULL, NULL };

  if (!evaluate (net, ctx, manner, places, moved, &outcome, axis, error))
    return FALSE;
  for (gsize row = 0; row < epns_systems_rows (bodies); row++) {
    const double *change = outcome.change + row * 2 * d;

    if (manner.drawn)
      spread_out (config, places, bodies->n, first, &outcome, row);
    if (!is_finite (change, d, number_of (places, bodies->n, row), error))
      return FALSE;
    for (gsize a = 0; a < d; a++)
      bodies->velocity[row * d + a] = before->velocity[row * d + a]
                                      + config->velocity_scale * change[d + a];
  }
  return TRUE;
}

/* Where there is a cut-off, bodies are evaluated in an order in which near ones are near in memory.
 */
static gboolean
step_once (const EpnsGraph *net, EpnsContext *ctx, EpnsGraphManner manner, EpnsSystems *systems,
           const EpnsDrawKey *keys, gint *axis, GError **error)
{
  const EpnsGraphConfig *config = epns_graph_config (net);
  const gsize rows = epns_systems_rows (systems), d = config->dimensions;
  g_autofree gsize *order = config->cutoff > 0 ? epns_neighbours_order (systems, config->cutoff)
                                               : NULL;
  g_autoptr (EpnsSystems) bodies = order != NULL ? epns_systems_reorder (systems, order)
                                                 : epns_systems_copy (systems);
  const EpnsGraph *after = epns_graph_after (net);
  g_autoptr (EpnsSystems) before = after != NULL ? epns_systems_copy (bodies) : NULL;
  const Places places = { keys, order };
  g_auto (Outcome) first = { NULL, NULL };

  for (guint pass = 0; pass < config->passes; pass++)
    if (!step_pass (net, ctx, manner, &places, pass, bodies, &first, axis, error))
      return FALSE;
  if (after != NULL
      && !step_after (after, ctx, manner, &places, before, &first, bodies, axis, error))
    return FALSE;
  for (gsize row = 0; row < rows; row++) {
    const gsize to = order != NULL ? order[row] : row;
    memcpy (systems->position + to * d, bodies->position + row * d, d * sizeof (double));
    memcpy (systems->velocity + to * d, bodies->velocity + row * d, d * sizeof (double));
  }
  return TRUE;
}

/* A step's parts one after the other, each with draws at a step of its own. */
static gboolean
step_parts (const EpnsGraph *net, EpnsContext *ctx, EpnsGraphManner manner, EpnsSystems *systems,
            const EpnsDrawKey *keys, gint *axis, GError **error)
{
  const guint parts = epns_graph_config (net)->parts;
  g_autofree EpnsDrawKey *of_part = g_memdup2 (keys, systems->n_systems * sizeof *keys);

  for (guint part = 0; part < parts; part++) {
    for (gsize b = 0; b < systems->n_systems; b++)
      of_part[b].step = keys[b].step * parts + part;
    if (!step_once (net, ctx, manner, systems, of_part, axis, error))
      return FALSE;
  }
  return TRUE;
}

gboolean
epns_graph_step (const EpnsGraph *net, EpnsContext *ctx, EpnsGraphManner manner,
                 EpnsSystems *systems, EpnsDrawKey *keys, guint32 n_steps, gint *axis,
                 GError **error)
{
  *axis = -1;
  for (guint32 s = 0; s < n_steps; s++) {
    if (!step_parts (net, ctx, manner, systems, keys, axis, error))
      return FALSE;
    for (gsize b = 0; b < systems->n_systems; b++)
      keys[b].step++;
  }
  return TRUE;
}
