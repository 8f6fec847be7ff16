/* SPDX-License-Identifier: MIT */
/* The life of a training. */
#include "models/train/training.h"
#include "models/train/data.h"
#include "models/train/training-plan.h"
#include "plugin/error.h"

#include <string.h>

struct epns_training {
  EpnsTrainer *trainer;
  epns_train_set *sets; /* the host's descriptions; their arrays stay with the host */
  epns_train_bodies *bodies;
  char *checkpoint; /* path */
  char *identity;
  gboolean resumed;
};

void
epns_training_end (epns_training *self)
{
  if (self->trainer != NULL)
    epns_trainer_free (self->trainer);
  g_free (self->sets);
  g_free (self->bodies);
  g_free (self->checkpoint);
  g_free (self->identity);
  g_free (self);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (epns_training, epns_training_end)

/* Both arrays in one, so that the host's may go. */
static gpointer
joined (gconstpointer a, gsize n_a, gconstpointer b, gsize n_b, gsize size)
{
  char *to = g_malloc ((n_a + n_b) * size + 1);

  if (n_a > 0)
    memcpy (to, a, n_a * size);
  if (n_b > 0)
    memcpy (to + n_a * size, b, n_b * size);
  return to;
}

static void
take_data (epns_training *self, guint32 stride, const epns_train_data *data,
           const epns_train_data *validation, EpnsPairs pairs[2])
{
  self->sets = joined (data->sets, data->n_sets, validation->sets, validation->n_sets,
                       sizeof *self->sets);
  self->bodies = joined (data->bodies, data->n_bodies, validation->bodies, validation->n_bodies,
                         sizeof *self->bodies);
  pairs[0] = (EpnsPairs){ self->sets, data->n_sets, self->bodies, data->n_bodies, stride };
  pairs[1] = (EpnsPairs){ self->sets + data->n_sets, validation->n_sets,
                          self->bodies + data->n_bodies, validation->n_bodies, stride };
}

/* Data of the sort that the kind learns from, and sound. */
static gboolean
check_data (const EpnsTrainingKind *kind, const epns_train_plan *plan, const epns_train_data *data,
            const epns_train_data *validation, guint64 *hash, GError **error)
{
  const gboolean lattices = data->n_sets + validation->n_sets > 0,
                 bodies = data->n_bodies + validation->n_bodies > 0;

  if (kind->bodies ? lattices : bodies) {
    g_set_error (error, EPNS_FAILURE, EPNS_FAILURE_MISMATCH,
                 "%s: kind %s learns from %s; give such data, or another <network kind>",
                 plan->path, kind->id, kind->bodies ? "bodies" : "lattices");
    return FALSE;
  }
  if (data->n_sets + data->n_bodies == 0) {
    g_set_error (error, EPNS_FAILURE, EPNS_FAILURE_MISMATCH,
                 "%s: there is nothing to learn from; give training data", plan->path);
    return FALSE;
  }
  return epns_train_data_check (data, plan->n_types, plan->stride, "training", hash, error)
         && epns_train_data_check (validation, plan->n_types, plan->stride, "validation", hash,
                                   error);
}

/* Pairs are as far apart as one evaluation leads. */
static gboolean
divide_stride (const epns_train_plan *plan, guint parts, EpnsPairs pairs[2], GError **error)
{
  if (parts <= 1)
    return TRUE;
  for (guint i = 0; i < 2; i++)
    pairs[i].stride = plan->stride / parts;
  if (plan->stride % parts == 0)
    return TRUE;
  g_set_error (error, EPNS_FAILURE, EPNS_FAILURE_MISMATCH,
               "%s: a learned step of %u parts spans %u frames of the data; record so many frames a "
               "step that the parts divide them",
               plan->path, parts, plan->stride);
  return FALSE;
}

static epns_training *
begin (const EpnsTrainingKind *kind, const epns_host *host, const epns_train_plan *plan,
       const epns_train_data *data, const epns_train_data *validation, GError **error)
{
  g_autoptr (epns_training) self = g_new0 (epns_training, 1);
  guint64 hash = G_GUINT64_CONSTANT (0xcbf29ce484222325);
  EpnsObjectiveSchedule schedule = { .epoch = 1, .epochs = 1, .every = 1, .most = 1 };
  EpnsTrainable net;
  EpnsPairs pairs[2];

  if (!epns_training_check_plan (plan, error)
      || !check_data (kind, plan, data, validation, &hash, error))
    return NULL;
  take_data (self, plan->stride, data, validation, pairs);
  if (!kind->make (plan, pairs, &net, &schedule, error))
    return NULL;
  if (!divide_stride (plan, net.parts, pairs, error)) {
    net.form->free (net.net);
    return NULL;
  }
  const EpnsTrainerOptions options = epns_training_options (plan, &schedule);
  self->trainer = epns_trainer_new (net, &options, &pairs[0], &pairs[1], host);
  self->identity = epns_training_identity (kind, plan, hash);
  self->checkpoint = g_build_filename (plan->folder, "checkpoint.safetensors", NULL);
  self->resumed = g_file_test (self->checkpoint, G_FILE_TEST_EXISTS);
  if (self->resumed && !epns_trainer_load (self->trainer, self->checkpoint, self->identity, error))
    return NULL;
  return g_steal_pointer (&self);
}

epns_status
epns_training_begin (const EpnsTrainingKind *kind, const epns_host *host,
                     const epns_train_plan *plan, const epns_train_data *data,
                     const epns_train_data *validation, epns_training **training,
                     epns_error *error)
{
  const struct {
    const char *what;
    guint32 size;
    gsize need;
  } sizes[] = { { "plan", plan->size, sizeof *plan },
                { "data description", data->size, sizeof *data },
                { "data description", validation->size, sizeof *validation } };
  g_autoptr (GError) failure = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    if (sizes[i].size < sizes[i].need)
      return epns_error_set (
          error, EPNS_DISCARD,
          "the %s has %u bytes and must have %u; build the host against this plugin", sizes[i].what,
          sizes[i].size, (guint) sizes[i].need);
  *training = begin (kind, host, plan, data, validation, &failure);
  return *training != NULL ? EPNS_OK : epns_error_take (error, EPNS_DISCARD, &failure);
}

void
epns_training_progress (const epns_training *self, epns_train_progress *to)
{
  const EpnsTrainer *trainer = self->trainer;

  *to = (epns_train_progress){ .step = trainer->state.step,
                               .steps = trainer->options.steps,
                               .loss = trainer->state.loss,
                               .gradient = trainer->state.norm,
                               .rate = epns_trainer_rate (trainer),
                               .beta = epns_trainer_beta (trainer),
                               .in_a_row = epns_trainer_steps_in_a_row (trainer),
                               .over = epns_trainer_is_over (trainer),
                               .resumed = self->resumed };
}

epns_status
epns_training_advance (epns_training *self, guint32 n, epns_error *error)
{
  g_autoptr (GError) failure = NULL;

  for (guint32 i = 0; i < n && !epns_trainer_is_over (self->trainer); i++)
    if (!epns_trainer_step (self->trainer, &failure))
      return epns_error_take (error, EPNS_ERROR, &failure);
  return EPNS_OK;
}

epns_status
epns_training_validate (epns_training *self, epns_train_score *score, epns_error *error)
{
  g_autoptr (GError) failure = NULL;
  EpnsTrainMeasure sum;

  if (!epns_trainer_validate (self->trainer, &sum, &failure))
    return epns_error_take (error, EPNS_DISCARD, &failure);
  double cells = MAX (sum.cells, 1);
  *score = (epns_train_score){ .step = self->trainer->state.step,
                               .nats = sum.nats / cells,
                               .reconstruction = (sum.nats - sum.kl) / cells,
                               .kl = sum.kl / cells };
  return EPNS_OK;
}

void
epns_training_judge (epns_training *self, double figure)
{
  epns_trainer_judge (self->trainer, figure);
}

epns_status
epns_training_checkpoint (epns_training *self, epns_error *error)
{
  g_autoptr (GError) failure = NULL;

  if (!epns_trainer_save (self->trainer, self->checkpoint, self->identity, &failure))
    return epns_error_take (error, EPNS_DISCARD, &failure);
  return EPNS_OK;
}

epns_status
epns_training_weights (const epns_training *self, gint32 latest, const char *path,
                       epns_error *error)
{
  g_autoptr (GError) failure = NULL;

  if (!epns_trainer_export (self->trainer, latest != 0, path, &failure))
    return epns_error_take (error, EPNS_DISCARD, &failure);
  return EPNS_OK;
}
