/* SPDX-License-Identifier: MIT */
/* The graph network's objective on recorded trajectories. */
#include "models/epns/graph-train.h"
#include "models/epns/graph-linear.h"
#include "models/epns/graph-objective.h"
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
    g_ptr_array_add (states, epns_graph_pair_state (pair, k));
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
  const EpnsGraphObjective objective = { worker, ctx, 1, key };
  g_autoptr (EpnsSystems) now = epns_graph_pair_state (pair, 0), next = epns_graph_pair_state (pair, 1);
  g_auto (EpnsGraphOutcome) outcome = { .motion = { NULL, NULL } };
  Sample sample = { .key = key };

  if (!epns_graph_outcome (&objective, 0, now, next, draw_noise, &sample, &outcome, error))
    return FALSE;
  const double masses = (double) pair->bodies
                        * epns_graph_mass_log_prob (epns_graph_config (worker));
  sum->nats += outcome.loss.nll + masses + outcome.loss.kl_loss;
  sum->kl += outcome.loss.kl_loss;
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
  else if (config->linear_motion && plan->decay > 0)
    why = g_strdup ("weight decay would undo what linear-motion has fitted; leave decay out of "
                    "<optimiser>");
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

/* A new network, what is linear of its motion fitted to the pairs that one part of a step spans. */
static EpnsGraph *
new_network (const epns_train_plan *plan, const EpnsPairs *pairs, const EpnsGraphConfig *config,
             GError **error)
{
  g_autoptr (EpnsGraph) net = epns_graph_draw (config, plan->seed);
  EpnsPairs of_part = *pairs;

  of_part.stride = MAX (pairs->stride / config->parts, 1);
  if (config->linear_motion && !epns_graph_fit_linear (net, &of_part, plan->seed, error))
    return NULL;
  return g_steal_pointer (&net);
}

static EpnsGraph *
make_network (const epns_train_plan *plan, const EpnsPairs *pairs, const EpnsGraphConfig *config,
              GError **error)
{
  if (plan->start == NULL)
    return new_network (plan, pairs, config, error);
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
  EpnsGraph *graph = make_network (plan, pairs, &config, error);
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
