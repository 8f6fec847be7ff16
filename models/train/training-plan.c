/* SPDX-License-Identifier: MIT */
/* Plans, read, checked, and told apart. */
#include "models/train/training-plan.h"
#include "models/description-private.h"
#include "plugin/error.h"

EpnsModelDescription *
epns_training_values (const EpnsTrainingKind *kind, const epns_train_plan *plan,
                      const epns_train_value *values, guint n)
{
  EpnsModelDescription *description = epns_model_description_new (plan->path);

  description->kind = g_strdup (kind->id);
  description->n_types = plan->n_types;
  for (guint i = 0; i < n; i++)
    epns_model_description_put (description, values[i].name, values[i].value, values[i].line);
  return description;
}

/* A whole number of 1 or more. */
static gboolean
whole (EpnsModelDescription *objective, const char *name, guint64 least, guint64 *value,
       GError **error)
{
  gint64 integer;

  if (!epns_model_description_int (objective, name, (gint64) least, 1000000000, (gint64) *value,
                                   &integer, error))
    return FALSE;
  *value = (guint64) integer;
  return TRUE;
}

static guint64
n_trajectories (const EpnsPairs *pairs)
{
  guint64 n = 0;

  for (gsize i = 0; i < pairs->n_sets; i++)
    n += pairs->sets[i].members;
  for (gsize i = 0; i < pairs->n_bodies; i++)
    n += pairs->bodies[i].members;
  return n;
}

gboolean
epns_training_read_schedule (EpnsModelDescription *objective, const epns_train_plan *plan,
                             const EpnsPairs *pairs, EpnsObjectiveSchedule *schedule,
                             GError **error)
{
  guint64 longest = epns_pairs_longest (pairs), most = MAX (longest / 3, 1),
          cycles = schedule->cycles;

  schedule->epoch = (n_trajectories (pairs) + plan->batch - 1) / plan->batch;
  if (!epns_model_description_number (objective, "beta", 0, 1e6, schedule->beta, &schedule->beta,
                                      error)
      || !epns_model_description_number (objective, "ramp", 1e-6, 1, schedule->ramp,
                                         &schedule->ramp, error)
      || !whole (objective, "cycles", 0, &cycles, error)
      || !whole (objective, "epoch", 1, &schedule->epoch, error)
      || !whole (objective, "multi-step-after", 0, &schedule->single, error)
      || !whole (objective, "multi-step-every", 1, &schedule->every, error)
      || !whole (objective, "multi-step-most", 1, &most, error))
    return FALSE;
  if (most > longest) {
    g_set_error (error, EPNS_FAILURE, EPNS_FAILURE_MISMATCH,
                 "%s: multi-step-most is %" G_GUINT64_FORMAT " and the longest trajectory has %"
                 G_GUINT64_FORMAT " learned steps; lower it or give longer ones",
                 plan->path, most, longest);
    return FALSE;
  }
  schedule->epochs = (plan->steps + schedule->epoch - 1) / schedule->epoch;
  schedule->cycles = (guint) cycles;
  schedule->most = (guint) most;
  return TRUE;
}

EpnsTrainerOptions
epns_training_options (const epns_train_plan *plan, const EpnsObjectiveSchedule *schedule)
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
    .objective = *schedule,
    .adam = { .beta1 = plan->beta1,
              .beta2 = plan->beta2,
              .eps = plan->epsilon,
              .decay = plan->decay },
    .clip = plan->clip,
    .average = plan->average,
    .validation_samples = plan->validation_samples,
    .patience = plan->patience,
    .team = plan->team,
  };
}

gboolean
epns_training_check_plan (const epns_train_plan *plan, GError **error)
{
  const struct {
    const char *name;
    double value, minimum, maximum;
  } ranges[] = {
    { "the number of types", plan->n_types, 1, 256 },
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

static void
put_values (GString *text, const char *of, const epns_train_value *values, guint n)
{
  for (guint i = 0; i < n; i++)
    g_string_append_printf (text, "\n%s %s=%s", of, values[i].name, values[i].value);
}

char *
epns_training_identity (const EpnsTrainingKind *kind, const epns_train_plan *plan, guint64 data)
{
  g_autoptr (GString) text = g_string_new (kind->id);
  const double numbers[] = { plan->rate,  plan->last_rate, plan->beta1, plan->beta2,
                             plan->epsilon, plan->decay,   plan->clip,  plan->average };
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

  put_values (text, "network", plan->network, plan->n_network);
  put_values (text, "layers", plan->layers, plan->n_layers);
  put_values (text, "objective", plan->objective, plan->n_objective);
  g_string_append_printf (text, "\n%s", plan->judged != NULL ? plan->judged : "");
  for (guint i = 0; i < G_N_ELEMENTS (numbers); i++) {
    char number[G_ASCII_DTOSTR_BUF_SIZE];
    g_string_append_printf (text, "\n%s", g_ascii_dtostr (number, sizeof number, numbers[i]));
  }
  for (guint i = 0; i < G_N_ELEMENTS (counts); i++)
    g_string_append_printf (text, "\n%" G_GUINT64_FORMAT, counts[i]);
  return g_compute_checksum_for_string (G_CHECKSUM_SHA256, text->str, (gssize) text->len);
}
