/* SPDX-License-Identifier: MIT */
/* The local form of the network on a host's lattice. Attributes of <network>, defaults in local.h:
 * window="4..128" output="passes" decoder="windows" or "sites", reach (of those), latent="none" or
 * "cell", latent-size (of those), inputs="none" or "energies", num-cell-types
 * (else as many as <types> lists), target-volume, passes, wide-passes, first-window (of those; else
 * as window), early-temperature, early-passes, temperature, redraw-sweeps, volume-lean, least-chance
 * (of decoder "sites"), attempts, least-volume. */
#include "models/epns/lattice-network.h"
#include "models/epns/local-grid.h"
#include "plugin/error.h"

/* An attribute that says nothing without another. */
static gboolean
refuse_without (EpnsModelDescription *description, const char *name, gboolean has_other,
                const char *other, GError **error)
{
  if (has_other || epns_model_description_text (description, name) == NULL)
    return TRUE;
  g_set_error (error, EPNS_FAILURE, EPNS_FAILURE_MISMATCH,
               "%s: %s of <network> says nothing without %s; add that or remove it",
               description->path, name, other);
  return FALSE;
}

static gboolean
wide_config (EpnsLocalConfig *config, EpnsModelDescription *description, GError **error)
{
  gint64 wide, first;

  if (!epns_model_description_int (description, "wide-passes", 0, config->passes, 0, &wide, error))
    return FALSE;
  config->wide_passes = (guint) wide;
  config->first_window = config->window;
  if (!refuse_without (description, "first-window", wide > 0, "wide-passes", error)
      || !epns_model_description_int (description, "first-window", (gint64) config->window, 128,
                                      (gint64) config->window, &first, error))
    return FALSE;
  config->first_window = (gsize) first;
  return TRUE;
}

static gboolean
decoder_config (EpnsLocalConfig *config, EpnsModelDescription *description, GError **error)
{
  guint decoder;
  gint64 reach;

  if (!epns_model_description_choice (description, "decoder", "windows|sites", 0, &decoder, error)
      || !refuse_without (description, "reach", decoder == EPNS_LOCAL_DECODER_SITES,
                          "decoder=\"sites\"", error)
      || !epns_model_description_int (description, "reach", 1, 15, (gint64) config->reach, &reach,
                                      error)
      || !refuse_without (description, "least-chance", decoder == EPNS_LOCAL_DECODER_SITES,
                          "decoder=\"sites\"", error)
      || !epns_model_description_number (description, "least-chance", 0, 0.01, config->least_chance,
                                         &config->least_chance, error))
    return FALSE;
  config->decoder = (EpnsLocalDecoder) decoder;
  config->reach = (gsize) reach;
  return TRUE;
}

static gboolean
latent_config (EpnsLocalConfig *config, EpnsModelDescription *description, GError **error)
{
  gint64 size;

  if (!refuse_without (description, "latent-size", config->latent != EPNS_LOCAL_LATENT_NONE,
                       "latent=\"cell\"", error)
      || !epns_model_description_int (description, "latent-size", 1, 64,
                                      (gint64) config->latent_size, &size, error))
    return FALSE;
  config->latent_size = (gsize) size;
  return TRUE;
}

gboolean
epns_windowed_config (EpnsLocalConfig *config, EpnsModelDescription *description, GError **error)
{
  gint64 window, types, passes, early, sweeps, attempts, least;
  guint output, latent, inputs;

  *config = (EpnsLocalConfig) EPNS_LOCAL_CONFIG_DEFAULT;
  if (!epns_model_description_int (description, "window", 4, 128, 0, &window, error)
      || !epns_model_description_choice (description, "output", "passes", 0, &output, error)
      || !epns_model_description_choice (description, "latent", "none|cell", 0, &latent, error)
      || !epns_model_description_choice (description, "inputs", "none|energies", 0, &inputs, error)
      || !epns_model_description_int (description, "num-cell-types", 2, 256,
                                      description->n_types ? (gint64) description->n_types
                                                           : (gint64) config->n_types,
                                      &types, error)
      || !epns_model_description_number (description, "target-volume", 1, 1e6,
                                         config->target_volume, &config->target_volume, error)
      || !epns_model_description_number (description, "early-temperature", 1e-3, 1e3,
                                         config->early_temperature, &config->early_temperature,
                                         error)
      || !epns_model_description_int (description, "passes", 1, EPNS_LOCAL_MOST_PASSES,
                                      config->passes, &passes, error)
      || !epns_model_description_int (description, "early-passes", 0, passes, config->early_passes,
                                      &early, error)
      || !epns_model_description_number (description, "temperature", 1e-3, 1e3, config->temperature,
                                         &config->temperature, error)
      || !epns_model_description_int (description, "redraw-sweeps", 0, 1000, config->redraw_sweeps,
                                      &sweeps, error)
      || !epns_model_description_number (description, "volume-lean", 0, 10, config->volume_lean,
                                         &config->volume_lean, error)
      || !epns_model_description_int (description, "attempts", 1, 100, config->attempts, &attempts,
                                      error)
      || !epns_model_description_int (description, "least-volume", 1, G_MAXINT32, 1, &least, error))
    return FALSE;
  config->window = (gsize) window;
  config->n_types = (gsize) types;
  config->passes = (guint) passes;
  config->early_passes = (guint) early;
  config->redraw_sweeps = (guint) sweeps;
  config->attempts = (guint) attempts;
  config->least_volume = (guint) least;
  config->latent = (EpnsLocalLatent) latent;
  config->inputs = (EpnsLocalInputs) inputs;
  return wide_config (config, description, error) && decoder_config (config, description, error)
         && latent_config (config, description, error);
}

static gpointer
scratch_new (gconstpointer net, const epns_host *host)
{
  return epns_local_scratch_new (net, host);
}

static void
scratch_free (gpointer scratch)
{
  epns_local_scratch_free (scratch);
}

static gboolean
takes (gconstpointer net G_GNUC_UNUSED, const EpnsSites *sites G_GNUC_UNUSED,
       EpnsObstacle *obstacle, GError **error G_GNUC_UNUSED)
{
  *obstacle = (EpnsObstacle){ -1, -1 };
  return TRUE; /* its step itself refuses what it cannot do, before it changes anything */
}

static gboolean
step (gconstpointer net G_GNUC_UNUSED, gpointer scratch, EpnsSites *sites,
      gboolean drawn G_GNUC_UNUSED, const EpnsDrawKey *key, GError **error)
{
  EpnsLocalState state = { .id = sites->id,
                           .height = sites->height,
                           .width = sites->width,
                           .periodic = { sites->periodic[0], sites->periodic[1] },
                           .type = sites->type,
                           .n_ids = sites->n_ids,
                           .inputs = sites->told,
                           .half = sites->half };

  return epns_local_step (scratch, &state, key, error);
}

static const EpnsLocalTold *
told (gconstpointer net, guint *n)
{
  *n = epns_local_n_inputs (epns_local_config (net)) > 0 ? EPNS_LOCAL_N_TOLD : 0;
  return epns_local_told;
}

static float *
tell (gconstpointer net, const double *const *values, GError **error)
{
  g_autofree float *inputs = g_new (float, epns_local_n_inputs (epns_local_config (net)));

  return epns_local_inputs (epns_local_config (net), values, inputs, error)
             ? g_steal_pointer (&inputs)
             : NULL;
}

static void
free_net (gpointer net)
{
  epns_local_free (net);
}

gboolean
epns_windowed_open (EpnsLatticeNetwork *self, EpnsSource *source, GError **error)
{
  EpnsLocalConfig config;

  if (!epns_windowed_config (&config, source->description, error))
    return FALSE;
  self->net = epns_local_new (&config, source->weights, error);
  self->n_types = config.n_types;
  self->form = (EpnsLatticeForm){ .wraps = TRUE,
                                  .free = free_net,
                                  .scratch_new = scratch_new,
                                  .scratch_free = scratch_free,
                                  .told = told,
                                  .tell = tell,
                                  .takes = takes,
                                  .step = step,
                                  .symmetries = epns_windowed_symmetries };
  return self->net != NULL;
}
