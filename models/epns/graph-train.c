/* SPDX-License-Identifier: MIT */
/* The graph network's objective on recorded trajectories. */
#include "models/epns/graph-train.h"
#include "models/epns/graph-objective.h"
#include "models/epns/graph-passes.h"
#include "models/epns/kind-graph.h"
#include "models/train/training.h"
#include "plugin/error.h"

#include <math.h>
#include <string.h>

/* --- Parameters --- */

static gsize
n_parameters (gpointer net)
{
  return epns_weights_n (epns_graph_weights (net));
}

static EpnsTensor *
parameter (gpointer net, gsize i)
{
  return epns_weights_tensor (epns_graph_weights (net), (guint) i);
}

static char *
parameter_name (gpointer net, gsize i)
{
  return g_strdup (epns_weights_name (epns_graph_weights (net), (guint) i));
}

static gpointer
worker_new (gpointer net)
{
  return epns_graph_share (net);
}

static void
net_free (gpointer net)
{
  epns_graph_free (net);
}

/* --- One sample --- */

/* The state k learned steps after the pair's first. */
static EpnsSystems *
state_of (const EpnsPair *pair, guint k)
{
  const gsize numbers = pair->bodies * pair->axes;
  EpnsSystems *bodies = epns_systems_new (1, pair->bodies, (guint) pair->axes);

  memcpy (bodies->position, pair->position + k * pair->apart, numbers * sizeof (double));
  memcpy (bodies->velocity, pair->velocity + k * pair->apart, numbers * sizeof (double));
  if (pair->mass != NULL)
    memcpy (bodies->mass, pair->mass, pair->bodies * sizeof (double));
  if (pair->body_type != NULL)
    memcpy (bodies->type, pair->body_type, pair->bodies * sizeof (gint32));
  return bodies;
}

typedef struct {
  const EpnsDrawKey *key;
  double loss, nll, kl; /* sums over steps */
} Sample;

/* Step k of a sample has a stream of its own. */
static gboolean
draw_noise (gpointer user, gsize k, EpnsTensor *eps, GError **error G_GNUC_UNUSED)
{
  const Sample *sample = user;
  const EpnsDrawKey key = { sample->key->seed, sample->key->stream + k, sample->key->step };

  for (gsize i = 0; i < eps->count; i++)
    eps->data[i] = (float) epns_random_normal (&key, EPNS_GRAPH_DRAW_LATENT, i);
  return TRUE;
}

static void
heard (gpointer user, gsize k G_GNUC_UNUSED, const EpnsGraphTerms *terms,
       const EpnsSystems *predicted G_GNUC_UNUSED)
{
  Sample *sample = user;

  sample->loss += terms->loss;
  sample->nll += terms->nll;
  sample->kl += terms->kl;
}

static gboolean
learn (gpointer worker, EpnsContext *ctx, const EpnsPair *pair, double beta, const EpnsDrawKey *key,
       double *loss, GError **error)
{
  const EpnsGraphObjective objective = { worker, ctx, beta, key };
  g_autoptr (GPtrArray)
      states = g_ptr_array_new_with_free_func ((GDestroyNotify) epns_systems_free);
  Sample sample = { .key = key };

  for (guint k = 0; k <= pair->steps; k++)
    g_ptr_array_add (states, state_of (pair, k));
  if (!epns_graph_learn (&objective, states->pdata[0], (EpnsSystems *const *) states->pdata + 1,
                         pair->steps, draw_noise, heard, &sample, error))
    return FALSE;
  *loss = sample.loss / pair->steps;
  return TRUE;
}

/* The evidence lower bound of one step by one draw of z: nats = nll of position and velocity given
 * z, and the KL. */
static gboolean
measure (gpointer worker, EpnsContext *ctx, const EpnsPair *pair, const EpnsDrawKey *key,
         EpnsTrainMeasure *sum, GError **error)
{
  const EpnsGraphConfig *config = epns_graph_config (worker);
  const EpnsGraphPass pass = { ctx, NULL, NULL };
  g_autoptr (EpnsSystems) now = state_of (pair, 0), next = state_of (pair, 1);
  g_auto (EpnsGraphScene) scene = { .config = NULL };
  g_auto (EpnsGraphEncoding) encoding = { .e = NULL };
  g_auto (EpnsGraphMotion) motion = { .change = NULL };
  g_auto (EpnsGraphLoss) loss = { .kl = NULL };
  g_autoptr (EpnsTensor) mu = NULL, sigma = NULL, z = NULL;
  Sample sample = { .key = key };
  gint axis;

  g_autoptr (EpnsSystems) start = epns_graph_pass_start (config, now, next, key);
  if (!epns_graph_scene_init (&scene, config, start, NULL, key, &axis, error))
    return FALSE;
  epns_graph_encode (worker, &pass, &scene, &encoding);
  epns_graph_posterior (worker, &pass, &encoding, next, &mu, &sigma);
  if (mu != NULL) {
    g_autoptr (EpnsTensor) eps = epns_tensor_new (ctx, mu->rank, mu->shape);
    draw_noise (&sample, 0, eps, NULL);
    z = epns_reparameterise (ctx, mu, sigma, eps);
  }
  epns_graph_decode (worker, &pass, &encoding, z, &motion);
  const EpnsGraphLatents latents = { encoding.mu, encoding.sigma, mu, sigma };
  epns_graph_loss (config, ctx, start, &motion, &latents, next, 1, &loss);

  const double masses = (double) pair->bodies * epns_graph_mass_log_prob (config);
  sum->nats += loss.nll + masses + loss.kl_loss;
  sum->kl += loss.kl_loss;
  sum->cells += (double) pair->bodies;
  return TRUE;
}

static const EpnsTrainableForm form = {
  .n_parameters = n_parameters,
  .parameter = parameter,
  .parameter_name = parameter_name,
  .worker_new = worker_new,
  .worker_free = net_free,
  .worker_parameter = parameter,
  .learn = learn,
  .measure = measure,
  .free = net_free,
};

EpnsTrainable
epns_graph_trainable (EpnsGraph *net)
{
  return (EpnsTrainable){ &form, net, epns_graph_config (net)->parts };
}

/* --- What a plan asks for --- */

static const EpnsTrainingKind kind;

/* What recorded trajectories do not tell, a network cannot learn from them. */
static gboolean
data_fit (const epns_train_plan *plan, const EpnsPairs *pairs, const EpnsGraphConfig *config,
          GError **error)
{
  g_autofree char *why = NULL;

  if (config->radius)
    why = g_strdup ("trajectories do not record radii; leave radius out of <network>");
  else if (config->walls)
    why = g_strdup ("trajectories do not record the domain; leave walls out of <network>");
  else if (plan->n_types > 1 && plan->n_types != config->species)
    why = g_strdup_printf ("there are %u types of bodies; say <network species=\"%u\">",
                           plan->n_types, plan->n_types);
  for (gsize i = 0; why == NULL && i < pairs->n_bodies; i++)
    if (pairs->bodies[i].axes != config->dimensions)
      why = g_strdup_printf ("data set %" G_GSIZE_FORMAT " has %u axes; say <network "
                             "dimensions=\"%u\">",
                             i, pairs->bodies[i].axes, pairs->bodies[i].axes);
  if (why != NULL)
    g_set_error (error, EPNS_FAILURE, EPNS_FAILURE_MISMATCH, "%s: %s", plan->path, why);
  return why == NULL;
}

/* The mean of bodies that are drawn one given another is not the next state. */
static gboolean
passes_fit (const epns_train_plan *plan, const EpnsGraphConfig *config,
            const EpnsObjectiveSchedule *schedule, GError **error)
{
  if (config->passes == 1 || schedule->most == 1)
    return TRUE;
  g_set_error (error, EPNS_FAILURE, EPNS_FAILURE_MISMATCH,
               "%s: bodies that move in passes learn from one step at a time; say <objective "
               "multi-step-most=\"1\"/>",
               plan->path);
  return FALSE;
}

static EpnsGraph *
make_network (const epns_train_plan *plan, const EpnsGraphConfig *config, GError **error)
{
  if (plan->start == NULL)
    return epns_graph_draw (config, plan->seed);
  g_autoptr (EpnsSafetensors) weights = epns_safetensors_read (plan->start, error);

  return weights != NULL ? epns_graph_load (config, weights, TRUE, error) : NULL;
}

/* Published: the KL's weight rises evenly to 1 over the whole training; one step up to epoch 50. */
static gboolean
make (const epns_train_plan *plan, const EpnsPairs *pairs, EpnsTrainable *net,
      EpnsObjectiveSchedule *schedule, GError **error)
{
  g_autoptr (EpnsModelDescription)
      network = epns_training_values (&kind, plan, plan->network, plan->n_network),
      layers = epns_training_values (&kind, plan, plan->layers, plan->n_layers),
      objective = epns_training_values (&kind, plan, plan->objective, plan->n_objective);
  EpnsGraphConfig config;

  *schedule = (EpnsObjectiveSchedule){
    .beta = 1, .ramp = 1, .cycles = 1, .single = 50, .every = 10
  };
  if (!epns_graph_config_read (&config, NULL, network, error)
      || !epns_model_description_all_used (network, error)
      || !epns_model_description_all_used (layers, error)
      || !epns_training_read_schedule (objective, plan, pairs, schedule, error)
      || !epns_model_description_all_used (objective, error)
      || !data_fit (plan, pairs, &config, error)
      || !passes_fit (plan, &config, schedule, error))
    return FALSE;
  EpnsGraph *graph = make_network (plan, &config, error);
  if (graph == NULL)
    return FALSE;
  *net = epns_graph_trainable (graph);
  return TRUE;
}

static const EpnsTrainingKind kind = { .id = "epns-graph", .bodies = TRUE, .make = make };

static epns_status
begin (const epns_host *host, const epns_train_plan *plan, const epns_train_data *data,
       const epns_train_data *validation, epns_training **training, epns_error *error)
{
  return epns_training_begin (&kind, host, plan, data, validation, training, error);
}

const epns_train epns_graph_train = EPNS_TRAINING (begin);
