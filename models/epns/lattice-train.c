/* SPDX-License-Identifier: MIT */
/* Which lattice network a plan asks for: the local form or the published one. */
#include "models/epns/lattice-train.h"
#include "models/epns/kind-lattice.h"
#include "models/epns/lattice-network.h"
#include "models/epns/local-train.h"
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
  };

  for (guint i = 0; i < G_N_ELEMENTS (wanted); i++) {
    gint64 value;
    if (!epns_model_description_int (description, wanted[i].name, 1, 512, wanted[i].fallback,
                                     &value, error))
      return FALSE;
    *wanted[i].value = (gsize) value;
  }
  return epns_model_description_all_used (description, error);
}

static gboolean
make_local (const epns_train_plan *plan, EpnsModelDescription *description, EpnsTrainable *net,
            GError **error)
{
  g_autoptr (EpnsModelDescription)
      objective = epns_training_values (&kind, plan, plan->objective, plan->n_objective);
  g_autoptr (EpnsLocalNetwork) network = NULL;
  EpnsLocalConfig config;
  EpnsLocalWidths widths;
  double later;

  if (!epns_windowed_config (&config, description, error)
      || !epns_model_description_all_used (description, error)
      || !read_widths (plan, &widths, error)
      || !epns_model_description_number (objective, "later-weight", 0, 1, 0.15, &later, error)
      || !epns_model_description_all_used (objective, error))
    return FALSE;
  if (plan->start == NULL)
    network = epns_local_network_draw (&config, &widths, plan->seed);
  else {
    g_autoptr (EpnsSafetensors) weights = epns_safetensors_read (plan->start, error);
    network = weights != NULL ? epns_local_network_new (&config, weights, error) : NULL;
  }
  if (network == NULL)
    return FALSE;
  *net = epns_local_trainable (g_steal_pointer (&network), later);
  return TRUE;
}

/* --- Either --- */

static gboolean
make (const epns_train_plan *plan, const EpnsPairs *pairs G_GNUC_UNUSED, EpnsTrainable *net,
      EpnsObjectiveSchedule *schedule G_GNUC_UNUSED, GError **error)
{
  g_autoptr (EpnsModelDescription)
      description = epns_training_values (&kind, plan, plan->network, plan->n_network);
  gint64 window;

  if (!epns_model_description_int (description, "window", 0, 128, 0, &window, error))
    return FALSE;
  if (window == 0) {
    g_set_error (error, EPNS_FAILURE, EPNS_FAILURE_UNSUPPORTED,
                 "%s: the published form, window 0, cannot be trained here; give <network "
                 "window=\"16\"> or another even width",
                 plan->path);
    return FALSE;
  }
  return make_local (plan, description, net, error);
}

static const EpnsTrainingKind kind = { .id = "epns-lattice", .make = make };

static epns_status
begin (const epns_host *host, const epns_train_plan *plan, const epns_train_data *data,
       const epns_train_data *validation, epns_training **training, epns_error *error)
{
  return epns_training_begin (&kind, host, plan, data, validation, training, error);
}

const epns_train epns_lattice_train = EPNS_TRAINING (begin);
