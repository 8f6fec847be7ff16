/* SPDX-License-Identifier: MIT */
/* Learned steps. */
#include "models/epns/graph-step.h"
#include "models/epns/graph-exact.h"
#include "plugin/error.h"

#include <math.h>
#include <string.h>

typedef struct {  /* what either precision comes to */
  double *change; /* [R][2][d] in the network's units */
  double *spread; /* [R][2] in the host's */
} Outcome;

static void
outcome_clear (Outcome *self)
{
  g_free (self->change);
  g_free (self->spread);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Outcome, outcome_clear)

typedef struct {           /* where draws are placed */
  const EpnsDrawKey *keys; /* [B] */
  const gsize *order;      /* of rows: the host's numbers; NULL: they are those */
} Places;

/* Number i of `count` latents, by its place in its own system as the host numbers bodies. */
static double
noise (const Places *places, const EpnsGraphScene *scene, gsize count, gsize i)
{
  const gsize each = count / scene->n_systems, width = scene->config->num_latent_dim;
  gsize place = i % each;

  if (places->order != NULL && !scene->config->do_node_aggregation)
    place = places->order[i / width] % scene->n * width + i % width;
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

  epns_graph_encode (net, &pass, scene, &encoding);
  g_autoptr (EpnsTensor) eps = epns_tensor_new (ctx, encoding.mu->rank, encoding.mu->shape);
  for (gsize i = 0; i < eps->count; i++)
    eps->data[i] = (float) noise (places, scene, eps->count, i);
  g_autoptr (EpnsTensor) z = epns_reparameterise (ctx, encoding.mu, encoding.sigma, eps);
  epns_graph_decode (net, &pass, &encoding, z, &motion);
  outcome->change = doubles (motion.change);
  outcome->spread = doubles (motion.sigma);
}

static void
move_in_double (const EpnsGraph *net, const EpnsGraphScene *scene, const Places *places,
                Outcome *outcome)
{
  const EpnsGraphConfig *config = epns_graph_config (net);
  const gsize count = (config->do_node_aggregation ? scene->n_systems : scene->rows)
                      * config->num_latent_dim;
  g_autofree double *eps = g_new (double, count);
  g_auto (EpnsGraphExact) exact = { .latents = 0 };

  for (gsize i = 0; i < count; i++)
    eps[i] = noise (places, scene, count, i);
  epns_graph_exact (net, scene, eps, &exact);
  outcome->change = g_steal_pointer (&exact.change);
  outcome->spread = g_steal_pointer (&exact.spread);
}

/* Each number of a body by its deviation, at its place in the system. */
static void
spread_out (const EpnsGraphConfig *config, const EpnsDrawKey *keys, gsize n, Outcome *outcome,
            gsize rows)
{
  const double units[] = { config->scale, config->velocity_scale };
  const gsize d = config->dimensions;

  for (gsize i = 0; i < rows * 2 * d; i++) {
    const gsize row = i / (2 * d), which = i / d % 2;
    outcome->change[i] += outcome->spread[2 * row + which] / units[which]
                          * epns_random_normal (&keys[row / n], EPNS_GRAPH_DRAW_STATE,
                                                i - row / n * n * 2 * d);
  }
}

/* Rows back to the host's order. */
static void
restore_order (const gsize *order, gsize rows, gsize width, double *values)
{
  g_autofree double *sorted = g_memdup2 (values, rows * width * sizeof *values);

  for (gsize i = 0; i < rows; i++)
    memcpy (values + order[i] * width, sorted + i * width, width * sizeof *values);
}

static gboolean
all_finite (const Outcome *outcome, gsize rows, gsize numbers, gsize n, GError **error)
{
  for (gsize i = 0; i < rows * numbers; i++)
    if (!isfinite (outcome->change[i])) {
      g_set_error (error, EPNS_FAILURE, EPNS_FAILURE_RANGE,
                   "the network moves body %" G_GSIZE_FORMAT " by a number that is not finite; its "
                   "weights are broken or this state is far from its training",
                   i / numbers % n);
      return FALSE;
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
  const gsize rows = epns_systems_rows (systems), numbers = 2 * config->dimensions;
  g_autofree gsize *order = config->cutoff > 0 ? epns_neighbours_order (systems, config->cutoff)
                                               : NULL;
  g_autoptr (EpnsSystems) sorted = order != NULL ? epns_systems_reorder (systems, order) : NULL;
  const Places places = { keys, order };
  g_auto (EpnsGraphScene) scene = { .config = NULL };
  g_auto (Outcome) outcome = { NULL, NULL };

  if (!epns_graph_scene_init (&scene, config, sorted ? sorted : systems, NULL, keys, axis, error))
    return FALSE;
  if (manner.exact)
    move_in_double (net, &scene, &places, &outcome);
  else
    move_in_single (net, ctx, &scene, &places, &outcome);
  if (order != NULL) {
    restore_order (order, rows, numbers, outcome.change);
    restore_order (order, rows, 2, outcome.spread);
  }
  if (manner.drawn)
    spread_out (config, keys, scene.n, &outcome, rows);
  if (!all_finite (&outcome, rows, numbers, scene.n, error))
    return FALSE;
  epns_graph_move (config, systems, outcome.change);
  return TRUE;
}

gboolean
epns_graph_step (const EpnsGraph *net, EpnsContext *ctx, EpnsGraphManner manner,
                 EpnsSystems *systems, EpnsDrawKey *keys, guint32 n_steps, gint *axis,
                 GError **error)
{
  *axis = -1;
  for (guint32 s = 0; s < n_steps; s++) {
    if (!step_once (net, ctx, manner, systems, keys, axis, error))
      return FALSE;
    for (gsize b = 0; b < systems->n_systems; b++)
      keys[b].step++;
  }
  return TRUE;
}
