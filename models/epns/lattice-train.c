/* SPDX-License-Identifier: MIT */
/* Which lattice network a plan asks for: the local form or the published one. */
#include "models/epns/lattice-train.h"
#include "models/description-private.h"
#include "models/epns/kind-lattice.h"
#include "models/epns/lattice-network.h"
#include "models/epns/local-train.h"
#include "models/epns/published-train.h"
#include "models/train/training.h"
#include "plugin/error.h"

static const EpnsTrainingKind kind;

/* --- The local form --- */

static gboolean
read_widths (const epns_train_plan *plan, EpnsLocalWidths *widths, GError **error)
{
  g_autoptr (EpnsModelDescription)
      description = epns_training_values (&kind, plan, plan->layers, plan->n_layers);
  const struct {
    const char *name;
    gint64 fallback;
    gsize *value;
  } wanted[] = {
    { "trunk", 24, &widths->trunk },
    { "width", 16, &widths->width },
    { "film-hidden", 32, &widths->film_hidden },
    { "volume-hidden", 24, &widths->volume_hidden },
    { "site-hidden", 48, &widths->site_hidden },
  };

  for (guint i = 0; i < G_N_ELEMENTS (wanted); i++) {
    gint64 value;
    if (!epns_model_description_int (description, wanted[i].name, 1, 512, wanted[i].fallback,
                                     &value, error))
      return FALSE;
    *wanted[i].value = (gsize) value;
  }
  if (widths->site_hidden % EPNS_LOCAL_SITE_HIDDEN_STEP != 0) {
    g_set_error (error, EPNS_FAILURE, EPNS_FAILURE_RANGE,
                 "%s: site-hidden of <layers> is %" G_GSIZE_FORMAT "; set it to a multiple of %d",
                 plan->path, widths->site_hidden, EPNS_LOCAL_SITE_HIDDEN_STEP);
    return FALSE;
  }
  return epns_model_description_all_used (description, error);
}

static gboolean
refuse_multi_step (EpnsModelDescription *stated, const epns_train_plan *plan, GError **error)
{
  static const char *const names[] = { "multi-step-after", "multi-step-every", "multi-step-most" };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    if (epns_model_description_text (stated, names[i]) != NULL) {
      g_set_error (error, EPNS_FAILURE, EPNS_FAILURE_UNSUPPORTED,
                   "%s: the local form learns from single steps; remove %s of <objective>",
                   plan->path, names[i]);
      return FALSE;
    }
  return TRUE;
}

/* Of <objective>, later-weight or start-weight, as the decoder is; with latents also free-bits and
 * the schedule of beta: over the first eighth of the training it rises to 1, unless told otherwise.
 * Always one learned step in a row. */
static gboolean
read_objective (const EpnsLocalConfig *config, const epns_train_plan *plan, const EpnsPairs *pairs,
                EpnsModelDescription *stated, EpnsLocalObjective *objective,
                EpnsObjectiveSchedule *schedule, GError **error)
{
  const gboolean sites = config->decoder == EPNS_LOCAL_DECODER_SITES;

  *objective = (EpnsLocalObjective){ .later_weight = 0.15, .start_weight = 0.1, .free_bits = 0.1 };
  if (!epns_model_description_number (stated, sites ? "start-weight" : "later-weight", 0, 1,
                                      sites ? objective->start_weight : objective->later_weight,
                                      sites ? &objective->start_weight : &objective->later_weight,
                                      error))
    return FALSE;
  if (config->latent == EPNS_LOCAL_LATENT_NONE)
    return epns_model_description_all_used (stated, error);
  *schedule = (EpnsObjectiveSchedule){ .beta = 1, .ramp = 0.125, .cycles = 1, .every = 1 };
  if (!refuse_multi_step (stated, plan, error)
      || !epns_model_description_number (stated, "free-bits", 0, 100, objective->free_bits,
                                         &objective->free_bits, error)
      || !epns_training_read_schedule (stated, plan, pairs, schedule, error))
    return FALSE;
  schedule->most = 1;
  return epns_model_description_all_used (stated, error);
}

/* Do all data say what the network is told? */
static gboolean
told (const EpnsLocalConfig *config, const epns_train_plan *plan, const EpnsPairs pairs[2],
      GError **error)
{
  g_autofree float *inputs = g_new (float, epns_local_n_inputs (config) + 1);

  if (config->inputs == EPNS_LOCAL_INPUTS_NONE)
    return TRUE;
  for (guint i = 0; i < 2; i++)
    for (gsize k = 0; k < pairs[i].n_sets; k++) {
      const epns_train_set *set = &pairs[i].sets[k];
      if (epns_local_train_inputs (config, set->parameters, set->n_parameters, inputs, error))
        continue;
      g_prefix_error (error, "%s: ", plan->path);
      return FALSE;
    }
  return TRUE;
}

static gboolean
make_local (const epns_train_plan *plan, EpnsModelDescription *description, const EpnsPairs *pairs,
            EpnsTrainable *net, EpnsObjectiveSchedule *schedule, GError **error)
{
  g_autoptr (EpnsModelDescription)
      stated = epns_training_values (&kind, plan, plan->objective, plan->n_objective);
  g_autoptr (EpnsLocalNetwork) network = NULL;
  EpnsLocalObjective objective;
  EpnsLocalConfig config;
  EpnsLocalWidths widths;

  if (!epns_windowed_config (&config, description, error)
      || !epns_model_description_all_used (description, error)
      || !read_widths (plan, &widths, error)
      || !read_objective (&config, plan, pairs, stated, &objective, schedule, error)
      || !told (&config, plan, pairs, error))
    return FALSE;
  if (plan->start == NULL)
    network = epns_local_network_draw (&config, &widths, plan->seed);
  else {
    g_autoptr (EpnsSafetensors) weights = epns_safetensors_read (plan->start, error);
    network = weights != NULL ? epns_local_network_new (&config, weights, error) : NULL;
  }
  if (network == NULL)
    return FALSE;
  *net = epns_local_trainable (g_steal_pointer (&network), &objective);
  return TRUE;
}

/* --- The published form --- */

/* The trajectories' lattices must be such as a step of the model will take. */
static gboolean
takes (const EpnsLattice *network, const epns_train_plan *plan, const EpnsPairs *pairs,
       GError **error)
{
  for (gsize i = 0; i < pairs->n_sets; i++) {
    const epns_train_set *set = &pairs->sets[i];
    gsize need;
    int axis;
    if (!epns_lattice_takes (network, set->height, set->width, &axis, &need, error)) {
      g_prefix_error (error, "%s: data set %" G_GSIZE_FORMAT ": ", plan->path, i);
      return FALSE;
    }
    if (set->periodic[0] || set->periodic[1]) {
      g_set_error (error, EPNS_FAILURE, EPNS_FAILURE_MISMATCH,
                   "%s: data set %" G_GSIZE_FORMAT
                   " has periodic borders, which the published form, window 0, pads with zeros; "
                   "give no-flux ones, or <network window=\"16\">",
                   plan->path, i);
      return FALSE;
    }
  }
  return TRUE;
}

static EpnsLattice *
load_published (const epns_train_plan *plan, EpnsModelDescription *description, GError **error)
{
  EpnsLatticeConfig config;

  if (plan->start != NULL) {
    g_autoptr (EpnsSafetensors) weights = epns_safetensors_read (plan->start, error);
    return weights != NULL ? epns_lattice_new (weights, description, TRUE, error) : NULL;
  }
  return epns_lattice_config_read (&config, NULL, description, error)
             ? epns_lattice_draw (&config, plan->seed)
             : NULL;
}

static gboolean
make_published (const epns_train_plan *plan, EpnsModelDescription *description,
                const EpnsPairs *pairs, EpnsTrainable *net, EpnsObjectiveSchedule *schedule,
                GError **error)
{
  g_autoptr (EpnsModelDescription)
      layers = epns_training_values (&kind, plan, plan->layers, plan->n_layers),
      objective = epns_training_values (&kind, plan, plan->objective, plan->n_objective);
  const char *free_bits = epns_model_description_text (objective, "free-bits");

  if (free_bits != NULL) /* before what <network> says */
    epns_model_description_put (description, "free-bits", free_bits, 0);
  g_autoptr (EpnsLattice) network = load_published (plan, description, error);
  if (network == NULL)
    return FALSE;
  schedule->beta = 64;
  schedule->ramp = 0.125;
  schedule->cycles = 1;
  schedule->single = 50;
  schedule->every = 10;
  if (!epns_model_description_all_used (description, error)
      || !epns_model_description_all_used (layers, error)
      || !epns_training_read_schedule (objective, plan, pairs, schedule, error)
      || !epns_model_description_all_used (objective, error)
      || !takes (network, plan, pairs, error))
    return FALSE;
  *net = epns_published_trainable (g_steal_pointer (&network));
  return TRUE;
}

/* --- Either --- */

static gboolean
make (const epns_train_plan *plan, const EpnsPairs *pairs, EpnsTrainable *net,
      EpnsObjectiveSchedule *schedule, GError **error)
{
  g_autoptr (EpnsModelDescription)
      description = epns_training_values (&kind, plan, plan->network, plan->n_network);
  gint64 window;

  if (!epns_model_description_int (description, "window", 0, 128, 0, &window, error))
    return FALSE;
  return (window == 0 ? make_published : make_local) (plan, description, pairs, net, schedule,
                                                      error);
}

static const EpnsTrainingKind kind = { .id = "epns-lattice", .make = make };

static epns_status
begin (const epns_host *host, const epns_train_plan *plan, const epns_train_data *data,
       const epns_train_data *validation, epns_training **training, epns_error *error)
{
  return epns_training_begin (&kind, host, plan, data, validation, training, error);
}

const epns_train epns_lattice_train = EPNS_TRAINING (begin);
