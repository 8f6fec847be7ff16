/* SPDX-License-Identifier: MIT */
/* Training of the local form, as a host asks for it: plan in, weights out. */
#include "models/epns/lattice-train.h"
#include "models/description-private.h"
#include "models/epns/kind-lattice.h"
#include "models/epns/lattice-network.h"
#include "models/epns/local-train.h"
#include "models/train/data.h"
#include "models/train/trainer.h"
#include "plugin/error.h"

#include <string.h>

struct epns_training {
  EpnsTrainer *trainer;
  epns_train_set *sets; /* the host's descriptions; their arrays stay with the host */
  char *checkpoint;     /* path */
  char *identity;
  gboolean resumed;
};

/* --- The plan --- */

static EpnsModelDescription *
describe (const epns_train_plan *plan, const epns_train_value *values, guint n)
{
  EpnsModelDescription *description = epns_model_description_new (plan->path);

  description->n_types = plan->n_types;
  for (guint i = 0; i < n; i++)
    epns_model_description_put (description, values[i].name, values[i].value, values[i].line);
  return description;
}

static gboolean
read_config (const epns_train_plan *plan, EpnsLocalConfig *config, GError **error)
{
  g_autoptr (EpnsModelDescription) description = describe (plan, plan->network, plan->n_network);
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
  return epns_windowed_config (config, description, error)
         && epns_model_description_all_used (description, error);
}

static gboolean
read_widths (const epns_train_plan *plan, EpnsLocalWidths *widths, GError **error)
{
  g_autoptr (EpnsModelDescription) description = describe (plan, plan->layers, plan->n_layers);
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

static EpnsLocalNetwork *
make_network (const epns_train_plan *plan, GError **error)
{
  EpnsLocalConfig config;
  EpnsLocalWidths widths;

  if (!read_config (plan, &config, error) || !read_widths (plan, &widths, error))
    return NULL;
  if (plan->start == NULL)
    return epns_local_network_draw (&config, &widths, plan->seed);
  g_autoptr (EpnsSafetensors) weights = epns_safetensors_read (plan->start, error);
  return weights != NULL ? epns_local_network_new (&config, weights, error) : NULL;
}

static EpnsTrainerOptions
options_of (const epns_train_plan *plan)
{
  return (EpnsTrainerOptions){
    .seed = plan->seed,
    .steps = plan->steps,
    .batch = plan->batch,
    .symmetries = plan->symmetries != 0,
    .rate = { .cosine = plan->schedule == EPNS_RATE_COSINE,
              .first = plan->rate,
              .last = plan->last_rate,
              .warm_up = plan->warm_up,
              .steps = plan->steps },
    .adam = { .beta1 = plan->beta1,
              .beta2 = plan->beta2,
              .eps = plan->epsilon,
              .decay = plan->decay },
    .clip = plan->clip,
    .average = plan->average,
    .validation_samples = plan->validation_samples,
    .patience = plan->patience,
  };
}

static gboolean
check_plan (const epns_train_plan *plan, GError **error)
{
  const struct {
    const char *name;
    double value, minimum, maximum;
  } ranges[] = {
    { "the number of cell types, medium included,", plan->n_types, 2, 256 },
    { "batch", plan->batch, 1, 4096 },
    { "steps", (double) plan->steps, 1, 1e12 },
    { "stride", plan->stride, 1, 1e6 },
    { "rate", plan->rate, 0, 1e3 },
    { "last rate", plan->last_rate, 0, 1e3 },
    { "beta1", plan->beta1, 0, 0.999999 },
    { "beta2", plan->beta2, 0, 0.999999999 },
    { "epsilon", plan->epsilon, 1e-30, 1 },
    { "decay", plan->decay, 0, 1e3 },
    { "clip", plan->clip, 1e-30, G_MAXDOUBLE },
    { "average", plan->average, 0, 0.9999999 },
    { "later weight", plan->later_weight, 0, 1 },
    { "validation samples", plan->validation_samples, 0, 1e6 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (ranges); i++)
    if (!(ranges[i].value >= ranges[i].minimum && ranges[i].value <= ranges[i].maximum)) {
      g_set_error (error, EPNS_FAILURE, EPNS_FAILURE_RANGE,
                   "%s: %s is %g; give a value from %g to %g", plan->path, ranges[i].name,
                   ranges[i].value, ranges[i].minimum, ranges[i].maximum);
      return FALSE;
    }
  return TRUE;
}

/* Everything that a bit of the result depends on, as one hash. */
static char *
identify (const epns_train_plan *plan, guint64 data)
{
  g_autoptr (GString) text = g_string_new (epns_kind_lattice.id);
  const double numbers[] = { plan->rate,  plan->last_rate, plan->beta1,
                             plan->beta2, plan->epsilon,   plan->decay,
                             plan->clip,  plan->average,   plan->later_weight };
  const guint64 counts[] = { plan->seed,
                             plan->steps,
                             plan->n_types,
                             plan->batch,
                             plan->stride,
                             plan->symmetries != 0,
                             (guint64) plan->schedule,
                             plan->warm_up,
                             plan->validation_samples,
                             data };

  for (guint i = 0; i < plan->n_network; i++)
    g_string_append_printf (text, "\n%s=%s", plan->network[i].name, plan->network[i].value);
  for (guint i = 0; i < plan->n_layers; i++)
    g_string_append_printf (text, "\n%s:%s", plan->layers[i].name, plan->layers[i].value);
  for (guint i = 0; i < G_N_ELEMENTS (numbers); i++) {
    char number[G_ASCII_DTOSTR_BUF_SIZE];
    g_string_append_printf (text, "\n%s", g_ascii_dtostr (number, sizeof number, numbers[i]));
  }
  for (guint i = 0; i < G_N_ELEMENTS (counts); i++)
    g_string_append_printf (text, "\n%" G_GUINT64_FORMAT, counts[i]);
  return g_compute_checksum_for_string (G_CHECKSUM_SHA256, text->str, (gssize) text->len);
}

/* --- The life of a training --- */

static void
end (epns_training *self)
{
  epns_trainer_free (self->trainer);
  g_free (self->sets);
  g_free (self->checkpoint);
  g_free (self->identity);
  g_free (self);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (epns_training, end)

/* The sets are copied so that the host's array may go. */
static void
take_sets (epns_training *self, const epns_train_plan *plan, const epns_train_set *sets, guint n,
           const epns_train_set *validation, guint n_validation, EpnsPairs pairs[2])
{
  self->sets = g_new (epns_train_set, n + n_validation);
  memcpy (self->sets, sets, n * sizeof *sets);
  if (n_validation > 0)
    memcpy (self->sets + n, validation, n_validation * sizeof *sets);
  pairs[0] = (EpnsPairs){ .sets = self->sets, .n_sets = n, .stride = plan->stride };
  pairs[1] = (EpnsPairs){ .sets = self->sets + n, .n_sets = n_validation, .stride = plan->stride };
}

static epns_training *
begin_training (const epns_host *host, const epns_train_plan *plan, const epns_train_set *sets,
                guint n, const epns_train_set *validation, guint n_validation, GError **error)
{
  g_autoptr (epns_training) self = g_new0 (epns_training, 1);
  guint64 data = G_GUINT64_CONSTANT (0xcbf29ce484222325);
  EpnsPairs pairs[2];

  if (!check_plan (plan, error)
      || !epns_train_data_check (sets, n, plan->n_types, plan->stride, "training", &data, error)
      || !epns_train_data_check (validation, n_validation, plan->n_types, plan->stride,
                                 "validation", &data, error))
    return NULL;
  take_sets (self, plan, sets, n, validation, n_validation, pairs);
  if (epns_pairs_count (&pairs[0]) == 0) {
    g_set_error (error, EPNS_FAILURE, EPNS_FAILURE_MISMATCH,
                 "%s: there is nothing to learn from; give training data", plan->path);
    return NULL;
  }
  EpnsLocalNetwork *network = make_network (plan, error);
  if (network == NULL)
    return NULL;
  const EpnsTrainerOptions options = options_of (plan);
  self->trainer = epns_trainer_new (epns_local_trainable (network, plan->later_weight), &options,
                                    &pairs[0], &pairs[1], host);
  self->identity = identify (plan, data);
  self->checkpoint = g_build_filename (plan->folder, "checkpoint.safetensors", NULL);
  self->resumed = g_file_test (self->checkpoint, G_FILE_TEST_EXISTS);
  if (self->resumed && !epns_trainer_load (self->trainer, self->checkpoint, self->identity, error))
    return NULL;
  return g_steal_pointer (&self);
}

static epns_status
begin (const epns_host *host, const epns_train_plan *plan, const epns_train_set *sets,
       uint32_t n_sets, const epns_train_set *validation, uint32_t n_validation,
       epns_training **training, epns_error *error)
{
  g_autoptr (GError) failure = NULL;

  if (plan->size < sizeof *plan)
    return epns_error_set (
        error, EPNS_DISCARD,
        "the plan has %u bytes and must have %u; build the host against this plugin", plan->size,
        (guint) sizeof *plan);
  *training = begin_training (host, plan, sets, n_sets, validation, n_validation, &failure);
  return *training != NULL ? EPNS_OK : epns_error_take (error, EPNS_DISCARD, &failure);
}

static void
progress (const epns_training *self, epns_train_progress *to)
{
  const EpnsTrainer *trainer = self->trainer;

  *to = (epns_train_progress){ .step = trainer->state.step,
                               .steps = trainer->options.steps,
                               .loss = trainer->state.loss,
                               .gradient = trainer->state.norm,
                               .rate = epns_trainer_rate (trainer),
                               .over = epns_trainer_is_over (trainer),
                               .resumed = self->resumed };
}

static epns_status
advance (epns_training *self, uint32_t n, epns_error *error)
{
  g_autoptr (GError) failure = NULL;

  for (uint32_t i = 0; i < n && !epns_trainer_is_over (self->trainer); i++)
    if (!epns_trainer_step (self->trainer, &failure))
      return epns_error_take (error, EPNS_ERROR, &failure);
  return EPNS_OK;
}

static epns_status
validate (epns_training *self, epns_train_score *score, epns_error *error)
{
  g_autoptr (GError) failure = NULL;
  const EpnsTrainerState *state = &self->trainer->state;
  double nats;

  if (!epns_trainer_validate (self->trainer, &nats, &failure))
    return epns_error_take (error, EPNS_DISCARD, &failure);
  *score = (epns_train_score){
    .step = state->step, .nats = nats, .best = state->best, .best_step = state->best_step
  };
  return EPNS_OK;
}

static epns_status
checkpoint (epns_training *self, epns_error *error)
{
  g_autoptr (GError) failure = NULL;

  if (!epns_trainer_save (self->trainer, self->checkpoint, self->identity, &failure))
    return epns_error_take (error, EPNS_DISCARD, &failure);
  return EPNS_OK;
}

static epns_status
weights (const epns_training *self, const char *path, epns_error *error)
{
  g_autoptr (GError) failure = NULL;

  if (!epns_trainer_export (self->trainer, path, &failure))
    return epns_error_take (error, EPNS_DISCARD, &failure);
  return EPNS_OK;
}

const epns_train epns_lattice_train = {
  .size = sizeof (epns_train),
  .begin = begin,
  .progress = progress,
  .advance = advance,
  .validate = validate,
  .checkpoint = checkpoint,
  .weights = weights,
  .end = end,
};
