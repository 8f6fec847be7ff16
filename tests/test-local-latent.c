/* SPDX-License-Identifier: MIT */
/* The local network with latents of every cell: its gradients, what it minimises, and a step. */
#include "models/epns/local-train.h"
#include "models/train/trainer.h"
#include "tests/training-data.h"

#include <glib/gstdio.h>

enum { STEPS = 20, SIZE = 3 };

static const EpnsLocalConfig config = { .passes = 12,
                                        .window = 8,
                                        .n_types = 3,
                                        .target_volume = MOVIE_AREA,
                                        .latent = EPNS_LOCAL_LATENT_CELL,
                                        .latent_size = SIZE,
                                        .early_temperature = 1,
                                        .temperature = 1 };
static const EpnsLocalWidths widths = { .trunk = 8, .width = 8, .film_hidden = 8, .volume_hidden = 8 };

typedef struct {
  Movie movie;
  EpnsTrainable net;
  gpointer worker;
  EpnsContext *ctx;
  EpnsPair pair;
  EpnsDrawKey key;
} Setup;

static Setup
setup_new (double free_bits)
{
  const EpnsLocalObjective objective = { .later_weight = 0.15, .free_bits = free_bits };
  Setup self = { .movie = movie_new (1, 3, 5),
                 .ctx = epns_context_new (NULL),
                 .key = { .seed = 3, .stream = 1 } };

  self.net = epns_local_trainable (epns_local_network_draw (&config, &widths, 11), &objective);
  self.worker = self.net.form->worker_new (self.net.net);
  return self;
}

static void
setup_free (Setup *self)
{
  self->net.form->worker_free (self->worker);
  self->net.form->free (self->net.net);
  epns_context_free (self->ctx);
  movie_free (&self->movie);
}

/* The loss; gradients add up in the worker. */
static double
learn (Setup *self, double beta)
{
  const EpnsPairs pairs = { .sets = &self->movie.set, .n_sets = 1, .stride = 1 };
  const EpnsPair pair = epns_pairs_nth (&pairs, 1, 1);
  double loss;

  ck_assert (self->net.form->learn (self->worker, self->ctx, &pair, beta, &self->key, &loss, NULL));
  return loss;
}

static EpnsTensor *
find (Setup *self, const char *name)
{
  for (gsize p = 0; p < self->net.form->n_parameters (self->net.net); p++) {
    g_autofree char *other = self->net.form->parameter_name (self->net.net, p);
    if (g_str_equal (name, other))
      return self->net.form->worker_parameter (self->worker, p);
  }
  ck_abort_msg ("there is no parameter %s", name);
}

static void
clear_gradients (Setup *self)
{
  for (gsize p = 0; p < self->net.form->n_parameters (self->net.net); p++) {
    EpnsTensor *grad = self->net.form->worker_parameter (self->worker, p)->grad;
    memset (grad->data, 0, grad->count * sizeof (float));
  }
}

/* Central differences of the loss by each element of a parameter, against its gradient: how far
 * apart, as a share of the gradient's norm. */
static double
distance (Setup *self, const char *name)
{
  const float step = 1e-2f;
  EpnsTensor *parameter = find (self, name);
  double square = 0, norm = 0;

  clear_gradients (self);
  learn (self, 5);
  g_autofree float *gradient = g_memdup2 (parameter->grad->data,
                                          parameter->count * sizeof *gradient);
  for (gsize k = 0; k < parameter->count; k++) {
    float at = parameter->data[k];
    parameter->data[k] = at + step;
    double slope = learn (self, 5);
    parameter->data[k] = at - step;
    slope = (slope - learn (self, 5)) / (2 * (double) step);
    parameter->data[k] = at;
    square += pow (slope - (double) gradient[k], 2);
    norm += pow ((double) gradient[k], 2);
  }
  ck_assert_double_gt (norm, 1e-10);
  return sqrt (square / norm);
}

/* Behind prior_out there is nothing but the divergence; behind the others are kinks. */
START_TEST (gradients_are_right)
{
  Setup self = setup_new (0);

  for (self.key.step = 0; self.key.step < 3; self.key.step++) {
    ck_assert_double_lt (distance (&self, "prior_out.weight"), 0.02);
    ck_assert_double_lt (distance (&self, "prior_out.bias"), 0.02);
    ck_assert_double_lt (distance (&self, "prior_hidden.bias"), 0.1);
    ck_assert_double_lt (distance (&self, "posterior_out.bias"), 0.1);
    ck_assert_double_lt (distance (&self, "posterior_hidden.bias"), 0.1);
  }
  setup_free (&self);
}
END_TEST

/* Below them the divergence keeps its value and has no gradient. */
START_TEST (free_bits_are_free)
{
  Setup dear = setup_new (0), free = setup_new (100);
  EpnsTensor *paid = find (&dear, "prior_out.bias"), *kept = find (&free, "prior_out.bias");
  double loss = learn (&dear, 5), sum = 0;

  ck_assert_double_eq (loss, learn (&free, 5));
  ck_assert_double_gt (loss, learn (&dear, 0));
  for (gsize k = 0; k < kept->count; k++) {
    ck_assert_float_eq (kept->grad->data[k], 0);
    sum += fabs ((double) paid->grad->data[k]);
  }
  ck_assert_double_gt (sum, 0);
  setup_free (&dear);
  setup_free (&free);
}
END_TEST

static EpnsTrainer *
trainer_new (const Movie *movie, const epns_host *host)
{
  const EpnsTrainerOptions options = {
    .seed = 17,
    .steps = STEPS,
    .batch = 6,
    .symmetries = TRUE,
    .rate = { .first = 5e-3, .warm_up = 2, .steps = STEPS },
    .objective = { .epoch = 1, .epochs = STEPS, .beta = 1, .every = 1, .most = 1 },
    .adam = { .beta1 = 0.9, .beta2 = 0.98, .eps = 1e-8 },
    .clip = 1,
    .average = 0.8,
    .validation_samples = 3,
  };
  const EpnsPairs pairs = { .sets = &movie->set, .n_sets = 1, .stride = 1 };
  const EpnsLocalObjective objective = { .later_weight = 0.15, .free_bits = 0.1 };
  EpnsLocalNetwork *network = epns_local_network_draw (&config, &widths, 5);

  return epns_trainer_new (epns_local_trainable (network, &objective), &options, &pairs, &pairs,
                           host);
}

static EpnsTrainMeasure
train (EpnsTrainer *self, guint64 until)
{
  g_autoptr (GError) error = NULL;
  EpnsTrainMeasure sum;

  while (self->state.step < until)
    ck_assert_msg (epns_trainer_step (self, &error), "%s", error ? error->message : "");
  ck_assert_msg (epns_trainer_validate (self, &sum, &error), "%s", error ? error->message : "");
  epns_trainer_judge (self, sum.nats / sum.cells);
  return sum;
}

START_TEST (learns)
{
  Movie movie = movie_new (2, 6, 9);
  g_autoptr (EpnsTrainer) self = trainer_new (&movie, NULL);
  const EpnsTrainMeasure before = train (self, 0), after = train (self, STEPS);

  ck_assert_double_gt (before.kl, 0);
  ck_assert_double_gt (after.kl, 0);
  ck_assert_msg (after.nats / after.cells < 0.75 * before.nats / before.cells,
                 "%g nats a cell, then %g", before.nats / before.cells, after.nats / after.cells);
  movie_free (&movie);
}
END_TEST

/* The trained network as a model, stepped from the movie's first frame. */
static void
step_with (const char *weights, const Movie *movie, guint threads, gint32 *id)
{
  const epns_host host = { .size = sizeof host, .threads = threads };
  const EpnsDrawKey key = { .seed = 2 };
  g_autoptr (EpnsSafetensors) file = epns_safetensors_read (weights, NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (EpnsLocal) model = epns_local_new (&config, file, &error);

  ck_assert_msg (model != NULL, "%s", error ? error->message : "");
  g_autoptr (EpnsLocalScratch) scratch = epns_local_scratch_new (model, &host);
  EpnsLocalState state = {
    .id = id, .height = MOVIE_SIDE, .width = MOVIE_SIDE, .type = movie->type, .n_ids = MOVIE_IDS
  };
  memcpy (id, movie->id, MOVIE_SIDE * MOVIE_SIDE * sizeof *id);
  ck_assert (epns_local_step (scratch, &state, &key, NULL));
}

/* Neither in training nor in stepping; and the prior's spread matters to a step. */
START_TEST (threads_change_nothing)
{
  const epns_host host = { .size = sizeof host, .threads = 3 };
  Movie movie = movie_new (2, 6, 9);
  g_autoptr (EpnsTrainer) one = trainer_new (&movie, NULL), three = trainer_new (&movie, &host);
  g_autofree char *path = g_strdup ("/tmp/epns-latent-XXXXXX");
  gint32 alone[MOVIE_SIDE * MOVIE_SIDE], together[MOVIE_SIDE * MOVIE_SIDE],
      other[MOVIE_SIDE * MOVIE_SIDE];
  const EpnsTrainMeasure a = train (one, 5), b = train (three, 5);

  ck_assert_mem_eq (&a, &b, sizeof a);
  for (gsize p = 0; p < one->n; p++)
    ck_assert_mem_eq (one->parameters[p]->data, three->parameters[p]->data,
                      one->parameters[p]->count * sizeof (float));
  g_close (g_mkstemp (path), NULL);
  ck_assert (epns_trainer_export (one, FALSE, path, NULL));
  step_with (path, &movie, 1, alone);
  step_with (path, &movie, 3, together);
  ck_assert_mem_eq (alone, together, sizeof alone);
  for (gsize p = 0; p < one->n; p++) {
    g_autofree char *name = one->net.form->parameter_name (one->net.net, p);
    for (gsize k = 0; g_str_equal (name, "prior_out.bias") && k < SIZE; k++)
      one->ema->average[p]->data[k] += 20; /* other latents by far */
  }
  ck_assert (epns_trainer_export (one, TRUE, path, NULL));
  step_with (path, &movie, 1, other);
  ck_assert_mem_ne (alone, other, sizeof alone);
  g_unlink (path);
  movie_free (&movie);
}
END_TEST

SUITE ("local-latent", gradients_are_right, free_bits_are_free, learns, threads_change_nothing)
