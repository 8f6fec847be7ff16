/* SPDX-License-Identifier: MIT */
/* The training loop. */
#include "models/train/trainer.h"
#include "plugin/error.h"
#include "plugin/parallel.h"

#include <math.h>
#include <string.h>

enum { DRAW_PAIR = 0x50 };                             /* purposes */
enum { STREAM_TRAINING = 1 << 30, STREAM_VALIDATION }; /* far from the streams of runs */

/* What is summed over samples beside gradients. */
enum { SUM_FAILED, SUM_LOSS, N_SUMS };
enum { SUM_NATS = 1, SUM_KL, SUM_CELLS, N_MEASURES };

typedef struct { /* what one thread works with */
  EpnsContext *ctx;
  gpointer worker;
  gint32 *room; /* of a turned pair */
} Lane;

typedef struct { /* what came of one sample */
  EpnsPair pair;
  double loss;
  EpnsTrainMeasure measure;
  float *gradient; /* [all parameters after one another] */
  GError *error;
} Sample;

struct EpnsTrainerLanes {
  const epns_host *host;
  gsize n, n_samples, size; /* lanes; samples; floats of all parameters */
  double *sums;             /* [N_SUMS + size] of a step, over all processes */
  Lane *lanes;
  Sample *samples;
};

/* Numbers of the lattices that one sample is of. */
static gsize
largest_sample (const EpnsTrainer *trainer)
{
  gsize sites = 0, steps = MAX (trainer->options.objective.most, 1);

  for (gsize i = 0; i < trainer->pairs.n_sets; i++)
    sites = MAX (sites, (gsize) trainer->pairs.sets[i].height * trainer->pairs.sets[i].width);
  return (steps + 1) * sites;
}

static struct EpnsTrainerLanes *
lanes_new (const EpnsTrainer *trainer, const epns_host *host)
{
  struct EpnsTrainerLanes *self = g_new0 (struct EpnsTrainerLanes, 1);
  gsize threads = host != NULL ? MAX (host->threads, 1) : 1;

  self->host = host;
  self->n_samples = MAX (trainer->options.batch, trainer->options.validation_samples);
  self->n = MIN (threads, self->n_samples);
  self->lanes = g_new0 (Lane, self->n);
  self->samples = g_new0 (Sample, self->n_samples);
  for (gsize p = 0; p < trainer->n; p++)
    self->size += trainer->parameters[p]->count;
  for (gsize i = 0; i < self->n; i++)
    self->lanes[i] = (Lane){ .ctx = epns_context_new (NULL),
                             .worker = trainer->net.form->worker_new (trainer->net.net),
                             .room = g_new (gint32, largest_sample (trainer)) };
  self->sums = g_new (double, N_SUMS + self->size);
  gsize first, own;
  epns_team_share (trainer->options.team, trainer->options.batch, &first, &own);
  for (gsize i = first; i < first + own; i++)
    self->samples[i].gradient = g_new (float, self->size);
  return self;
}

static void
lanes_free (struct EpnsTrainerLanes *self, const EpnsTrainable *net)
{
  for (gsize i = 0; i < self->n; i++) {
    net->form->worker_free (self->lanes[i].worker);
    epns_context_free (self->lanes[i].ctx);
    g_free (self->lanes[i].room);
  }
  for (gsize i = 0; i < self->n_samples; i++) {
    g_free (self->samples[i].gradient);
    g_clear_error (&self->samples[i].error);
  }
  g_free (self->lanes);
  g_free (self->samples);
  g_free (self->sums);
  g_free (self);
}

EpnsTrainer *
epns_trainer_new (EpnsTrainable net, const EpnsTrainerOptions *options, const EpnsPairs *pairs,
                  const EpnsPairs *validation, const epns_host *host)
{
  EpnsTrainer *self = g_new0 (EpnsTrainer, 1);

  self->net = net;
  self->options = *options;
  self->pairs = *pairs;
  self->validation = *validation;
  self->state.best = INFINITY;
  self->n = net.form->n_parameters (net.net);
  self->names = g_new0 (char *, self->n + 1);
  self->parameters = g_new (EpnsTensor *, self->n);
  self->best = g_new (EpnsTensor *, self->n);
  for (gsize p = 0; p < self->n; p++) {
    EpnsTensor *parameter = net.form->parameter (net.net, p);
    self->names[p] = net.form->parameter_name (net.net, p);
    self->parameters[p] = parameter;
    self->best[p] = epns_tensor_new_from (NULL, parameter->rank, parameter->shape, parameter->data);
    if (parameter->grad == NULL)
      parameter->grad = epns_tensor_new_zero (NULL, parameter->rank, parameter->shape);
  }
  self->adam = epns_adam_new (self->parameters, self->n, options->adam);
  self->ema = epns_ema_new (self->parameters, self->n, options->average);
  self->lanes = lanes_new (self, host);
  return self;
}

void
epns_trainer_free (EpnsTrainer *self)
{
  if (self == NULL)
    return;
  lanes_free (self->lanes, &self->net);
  epns_adam_free (self->adam);
  epns_ema_free (self->ema);
  for (gsize p = 0; p < self->n; p++)
    epns_tensor_unref (self->best[p]);
  g_free (self->best);
  g_free (self->parameters);
  g_strfreev (self->names);
  self->net.form->free (self->net.net);
  g_free (self);
}

gboolean
epns_trainer_is_over (const EpnsTrainer *self)
{
  return self->state.step >= self->options.steps
         || (self->options.patience > 0 && self->state.since_best >= self->options.patience);
}

static guint64
latest_step (const EpnsTrainer *self)
{
  return self->state.step > 0 ? self->state.step - 1 : 0;
}

double
epns_trainer_rate (const EpnsTrainer *self)
{
  return epns_rate_at (&self->options.rate, latest_step (self));
}

static gboolean
has_schedule (const EpnsTrainer *self)
{
  return self->net.form->learn != NULL;
}

static double
beta_at (const EpnsTrainer *self, guint64 step)
{
  return has_schedule (self) ? epns_beta_at (&self->options.objective, step) : NAN;
}

static guint
steps_in_a_row_at (const EpnsTrainer *self, guint64 step)
{
  return has_schedule (self) ? epns_steps_in_a_row_at (&self->options.objective, step) : 1;
}

double
epns_trainer_beta (const EpnsTrainer *self)
{
  return beta_at (self, latest_step (self));
}

guint
epns_trainer_steps_in_a_row (const EpnsTrainer *self)
{
  return steps_in_a_row_at (self, latest_step (self));
}

/* --- Samples, shared by lanes --- */

typedef struct {
  const EpnsTrainer *trainer;
  void (*body) (const EpnsTrainer *trainer, Lane *lane, Sample *sample, gsize i);
  gsize first, n;
  int next; /* the first of n samples that no lane has taken; atomic */
} Loop;

static void
run_lane (void *arg, guint32 i)
{
  Loop *loop = arg;
  struct EpnsTrainerLanes *lanes = loop->trainer->lanes;

  for (;;) {
    gsize s = (gsize) g_atomic_int_add (&loop->next, 1);
    if (s >= loop->n)
      return;
    s += loop->first;
    loop->body (loop->trainer, &lanes->lanes[i], &lanes->samples[s], s);
  }
}

/* body for this process's part of `all` samples; the first sample's failure is the loop's. */
static gboolean
each_sample (EpnsTrainer *self, gsize all,
             void (*body) (const EpnsTrainer *trainer, Lane *lane, Sample *sample, gsize i),
             GError **error)
{
  Loop loop = { .trainer = self, .body = body };
  GError *first = NULL;

  epns_team_share (self->options.team, all, &loop.first, &loop.n);
  epns_parallel_for (self->lanes->host, (guint32) MIN (self->lanes->n, loop.n), run_lane, &loop);
  for (gsize i = loop.first; i < loop.first + loop.n; i++) {
    Sample *sample = &self->lanes->samples[i];
    if (sample->error != NULL && first == NULL)
      first = g_steal_pointer (&sample->error);
    g_clear_error (&sample->error);
  }
  if (first == NULL)
    return TRUE;
  g_propagate_error (error, first);
  return FALSE;
}

static void
fail (const EpnsTrainer *self, Sample *sample, gsize i, const char *what)
{
  g_set_error (
      &sample->error, EPNS_FAILURE, EPNS_FAILURE_RANGE,
      "step %" G_GUINT64_FORMAT ", sample %" G_GSIZE_FORMAT
      " (data set %u, member %u, frame %u): the %s is not a "
      "finite number; the last checkpoint is as it was, resume it with a lower learning rate",
      self->state.step, i, sample->pair.set, sample->pair.member, sample->pair.frame, what);
}

/* --- A step --- */

static EpnsPair
draw_pair (const EpnsTrainer *self, const EpnsDrawKey *key, gint32 *room)
{
  guint steps = steps_in_a_row_at (self, self->state.step);
  guint32 words[4];

  epns_random_words (key, DRAW_PAIR, 0, words);
  double u = epns_random_uniform (key, DRAW_PAIR, 1);
  EpnsPair pair = epns_pairs_nth (&self->pairs, steps,
                                  (guint64) (u * (double) epns_pairs_count (&self->pairs, steps)));
  gboolean turns = self->options.symmetries && pair.now != NULL;
  return turns ? epns_pair_turn (&pair, words[0] & 7, room) : pair;
}

/* Move the worker's gradients to the sample; FALSE if one is not finite. */
static gboolean
take_gradients (const EpnsTrainer *self, Lane *lane, float *to)
{
  gboolean finite = TRUE;

  for (gsize p = 0; p < self->n; p++) {
    EpnsTensor *grad = self->net.form->worker_parameter (lane->worker, p)->grad;
    for (gsize k = 0; k < grad->count; k++)
      finite = finite && isfinite (grad->data[k]);
    memcpy (to, grad->data, grad->count * sizeof (float));
    memset (grad->data, 0, grad->count * sizeof (float));
    to += grad->count;
  }
  return finite;
}

/* The network's loss, and its gradients added to the worker's. */
static gboolean
learn_by_loss (const EpnsTrainer *self, Lane *lane, Sample *sample, const EpnsDrawKey *key)
{
  epns_context_record (lane->ctx, TRUE);
  g_autoptr (EpnsTensor)
      loss = self->net.form->loss (lane->worker, lane->ctx, &sample->pair, key, &sample->error);
  if (loss != NULL) {
    sample->loss = (double) epns_tensor_item (loss);
    epns_context_backward (lane->ctx, loss);
  }
  epns_context_record (lane->ctx, FALSE);
  epns_context_clear (lane->ctx);
  return loss != NULL;
}

static void
learn_sample (const EpnsTrainer *self, Lane *lane, Sample *sample, gsize i)
{
  const EpnsTrainableForm *form = self->net.form;
  const EpnsDrawKey key = { .seed = self->options.seed,
                            .stream = STREAM_TRAINING,
                            .step = self->state.step * self->options.batch + i };

  sample->pair = draw_pair (self, &key, lane->room);
  gboolean learned = form->learn != NULL
                         ? form->learn (lane->worker, lane->ctx, &sample->pair,
                                        beta_at (self, self->state.step), &key, &sample->loss,
                                        &sample->error)
                         : learn_by_loss (self, lane, sample, &key);
  gboolean finite = take_gradients (self, lane, sample->gradient);
  if (learned && (!isfinite (sample->loss) || !finite))
    fail (self, sample, i, isfinite (sample->loss) ? "gradient" : "loss");
}

typedef struct { /* user of what adds up */
  const EpnsTrainer *trainer;
  gboolean failed; /* one of this process's samples */
} Part;

/* An EpnsTeamAdd: gradients after N_SUMS numbers, the samples in their order. */
static void
add_gradients (gpointer user, gsize first, gsize n, double *to)
{
  const Part *part = user;
  const Sample *samples = part->trainer->lanes->samples;
  gsize from, own;

  epns_team_share (part->trainer->options.team, part->trainer->options.batch, &from, &own);
  for (gsize at = first; at < first + n; at++, to++)
    if (at == SUM_FAILED)
      *to += part->failed ? 1 : 0;
    else
      for (gsize i = from; i < from + own; i++)
        *to += at == SUM_LOSS ? samples[i].loss : (double) samples[i].gradient[at - N_SUMS];
}

/* The failure of a sample here, or elsewhere. */
static gboolean
all_well (const double *sums, GError **here, GError **error)
{
  if (*here != NULL)
    g_propagate_error (error, g_steal_pointer (here));
  else if (sums[SUM_FAILED] > 0)
    g_set_error (error, EPNS_FAILURE, EPNS_FAILURE_RANGE,
                 "a sample failed in another process of this training, which says why");
  return sums[SUM_FAILED] <= 0;
}

/* The mean over samples, into gradients and state. */
static void
reduce (EpnsTrainer *self)
{
  const double *sums = self->lanes->sums, *at = sums + N_SUMS;
  guint batch = self->options.batch;

  for (gsize p = 0; p < self->n; p++)
    for (gsize k = 0; k < self->parameters[p]->count; k++)
      self->parameters[p]->grad->data[k] = (float) (*at++ / batch);
  self->state.loss = sums[SUM_LOSS] / batch;
}

gboolean
epns_trainer_step (EpnsTrainer *self, GError **error)
{
  g_autoptr (GError) failure = NULL;
  Part part = { .trainer = self };

  part.failed = !each_sample (self, self->options.batch, learn_sample, &failure);
  if (!epns_team_sum (self->options.team, self->lanes->sums, N_SUMS + self->lanes->size,
                      add_gradients, &part, error)
      || !all_well (self->lanes->sums, &failure, error))
    return FALSE;
  reduce (self);
  self->state.norm = epns_grads_clip (self->parameters, self->n, self->options.clip);
  epns_adam_step (self->adam, epns_rate_at (&self->options.rate, self->state.step));
  epns_ema_update (self->ema);
  self->state.step++;
  return TRUE;
}

/* --- Validation --- */

static void
measure_sample (const EpnsTrainer *self, Lane *lane, Sample *sample, gsize i)
{
  const EpnsDrawKey key = { .seed = self->options.seed, .stream = STREAM_VALIDATION, .step = i };
  guint64 at = epns_pairs_count (&self->validation, 1) * i / self->options.validation_samples;

  sample->pair = epns_pairs_nth (&self->validation, 1, at);
  sample->measure = (EpnsTrainMeasure){ 0 };
  self->net.form->measure (lane->worker, lane->ctx, &sample->pair, &key, &sample->measure,
                           &sample->error);
}

/* An EpnsTeamAdd. */
static void
add_measures (gpointer user, gsize first G_GNUC_UNUSED, gsize n G_GNUC_UNUSED, double *to)
{
  const Part *part = user;
  gsize from, own;

  epns_team_share (part->trainer->options.team, part->trainer->options.validation_samples, &from,
                   &own);
  to[SUM_FAILED] += part->failed ? 1 : 0;
  for (gsize i = from; i < from + own; i++) {
    const EpnsTrainMeasure *of = &part->trainer->lanes->samples[i].measure;
    to[SUM_NATS] += of->nats;
    to[SUM_KL] += of->kl;
    to[SUM_CELLS] += of->cells;
  }
}

gboolean
epns_trainer_validate (EpnsTrainer *self, EpnsTrainMeasure *sum, GError **error)
{
  g_autoptr (GError) failure = NULL;
  Part part = { .trainer = self };
  double sums[N_MEASURES];

  if (epns_pairs_count (&self->validation, 1) == 0 || self->options.validation_samples == 0) {
    g_set_error (error, EPNS_FAILURE, EPNS_FAILURE_MISMATCH,
                 "there is nothing to validate on; give validation data");
    return FALSE;
  }
  epns_ema_swap (self->ema);
  part.failed = !each_sample (self, self->options.validation_samples, measure_sample, &failure);
  epns_ema_swap (self->ema);
  if (!epns_team_sum (self->options.team, sums, N_MEASURES, add_measures, &part, error)
      || !all_well (sums, &failure, error))
    return FALSE;
  *sum = (EpnsTrainMeasure){ .nats = sums[SUM_NATS], .kl = sums[SUM_KL], .cells = sums[SUM_CELLS] };
  return TRUE;
}

void
epns_trainer_judge (EpnsTrainer *self, double figure)
{
  if (!(figure < self->state.best)) {
    self->state.since_best++;
    return;
  }
  self->state.best = figure;
  self->state.best_step = self->state.step;
  self->state.since_best = 0;
  for (gsize p = 0; p < self->n; p++)
    memcpy (self->best[p]->data, self->ema->average[p]->data,
            self->best[p]->count * sizeof (float));
}
