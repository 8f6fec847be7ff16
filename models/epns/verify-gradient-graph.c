/* SPDX-License-Identifier: MIT */
/* The graph network's loss, on bodies and a step of its own. */
#include "models/epns/graph-exact.h"
#include "models/epns/graph-objective.h"
#include "models/epns/source.h"
#include "models/epns/verify-gradient.h"
#include "models/epns/verify-graph.h"

enum { DRAW_LATENTS = EPNS_GRAPH_DRAWS, DRAW_NEXT };

typedef struct {
  EpnsGraphObjective objective;
  EpnsSystems *now, *next;
  guint *learned; /* numbers of the weights that training changes */
  double loss;    /* heard last */
} Graph;

static EpnsTensor *
parameter (gpointer of, gsize i)
{
  const Graph *self = of;

  return epns_weights_tensor (epns_graph_weights (self->objective.net), self->learned[i]);
}

static char *
name (gpointer of, gsize i)
{
  const Graph *self = of;

  return g_strdup (epns_weights_name (epns_graph_weights (self->objective.net), self->learned[i]));
}

/* An EpnsGraphNoise. */
static gboolean
draw_noise (gpointer user, gsize k G_GNUC_UNUSED, EpnsTensor *eps, GError **error G_GNUC_UNUSED)
{
  for (gsize i = 0; i < eps->count; i++)
    eps->data[i] = (float) epns_random_normal (((Graph *) user)->objective.keys, DRAW_LATENTS, i);
  return TRUE;
}

/* An EpnsGraphHeard. */
static void
hear (gpointer user, gsize k G_GNUC_UNUSED, const EpnsGraphTerms *terms,
      const EpnsSystems *predicted G_GNUC_UNUSED)
{
  ((Graph *) user)->loss = terms->loss;
}

static gboolean
evaluate (gpointer of, double *loss, GError **error)
{
  Graph *self = of;
  EpnsSystems *const truths[] = { self->next };
  gboolean done = epns_graph_learn (&self->objective, self->now, truths, 1, draw_noise, hear, self,
                                    error);

  *loss = self->loss;
  return done;
}

static guint *
learned_weights (const EpnsGraph *net, gsize *n)
{
  const EpnsWeights *weights = epns_graph_weights (net);
  guint *learned = g_new (guint, epns_weights_n (weights));

  *n = 0;
  for (guint i = 0; i < epns_weights_n (weights); i++)
    if (!epns_graph_is_fitted (net, epns_weights_tensor (weights, i)))
      learned[(*n)++] = i;
  return learned;
}

/* Where the network takes the bodies, each a draw off its mean. */
static EpnsSystems *
step (const EpnsGraph *net, const EpnsSystems *now, const EpnsDrawKey *key, GError **error)
{
  const EpnsGraphConfig *config = epns_graph_config (net);
  const guint d = config->dimensions, spreads = epns_graph_config_spreads (config);
  g_auto (EpnsGraphScene) scene = { .config = NULL };
  g_auto (EpnsGraphExact) exact = { .latents = 0 };
  gint axis;

  if (!epns_graph_scene_init (&scene, config, now, NULL, key, &axis, error))
    return NULL;
  const gsize latents = epns_graph_noises (net, &scene);
  g_autofree double *eps = g_new (double, latents);
  for (gsize i = 0; i < latents; i++)
    eps[i] = epns_random_normal (key, DRAW_LATENTS, i);
  epns_graph_exact (net, &scene, eps, &exact);
  EpnsSystems *next = epns_systems_copy (now);
  epns_graph_move (config, next, exact.change);
  for (gsize i = 0; i < now->n * d; i++) {
    const double *spread = exact.spread + i / d * spreads;
    next->position[i] += spread[0] * epns_random_normal (key, DRAW_NEXT, 2 * i);
    next->velocity[i] += spread[1] * epns_random_normal (key, DRAW_NEXT, 2 * i + 1);
  }
  return next;
}

gboolean
epns_verify_graph_gradient (const char *path, guint64 seed, epns_verify_report report,
                            gpointer data, GError **error)
{
  g_auto (EpnsSource) source = { NULL, NULL };
  const EpnsDrawKey key = { .seed = seed };
  const EpnsReporter reporter = { report, data };
  EpnsGraphConfig config;

  if (!epns_source_open (&source, path, error)
      || !epns_graph_config_read (&config, source.weights, source.description, error))
    return FALSE;
  config.free_bits = 0;
  g_autoptr (EpnsGraph) net = epns_graph_load (&config, source.weights, TRUE, error);
  g_autoptr (EpnsSystems) now = net ? epns_verify_graph_bodies (&config, &key) : NULL;
  g_autoptr (EpnsSystems) next = net ? step (net, now, &key, error) : NULL;
  if (next == NULL)
    return FALSE;
  g_autoptr (EpnsContext) ctx = epns_context_new (NULL);
  gsize n;
  g_autofree guint *learned = learned_weights (net, &n);
  Graph self = { { net, ctx, 1, &key }, now, next, learned, 0 };
  const EpnsLossOf loss = { &self, n, parameter, name, evaluate };
  return epns_verify_gradient_of (&loss, seed, &reporter, error);
}
