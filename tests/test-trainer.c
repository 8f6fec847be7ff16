/* SPDX-License-Identifier: MIT */
/* The training loop: it learns, threads change no bit, and what is killed goes on where it was
 * saved. */
#include "models/epns/local-train.h"
#include "models/epns/published-train.h"
#include "models/train/trainer.h"
#include "plugin/error.h"
#include "tests/training-data.h"

#include <glib/gstdio.h>
#include <math.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

enum { STEPS = 20 };

/* --- The networks that are trained --- */

static EpnsTrainable
local (void)
{
  const EpnsLocalConfig config = {
    .passes = 12, .window = 8, .n_types = 3, .target_volume = MOVIE_AREA
  };
  const EpnsLocalWidths widths = { .trunk = 8, .width = 8, .film_hidden = 8, .volume_hidden = 8 };
  const EpnsLocalObjective objective = { .later_weight = 0.15 };

  return epns_local_trainable (epns_local_network_draw (&config, &widths, 5), &objective);
}

static EpnsTrainable
published (void)
{
  const EpnsLatticeConfig config = { .num_layers = 1,
                                     .emb_dim = 4,
                                     .kernel_size = 3,
                                     .decoder_kernel_size = 3,
                                     .num_latent_dim = 2,
                                     .num_cell_types = 3,
                                     .edge_network_downsampling_factor = 2,
                                     .edge_emb_dim = 4,
                                     .num_edge_network_layers = 1,
                                     .num_node_network_layers = 2,
                                     .global_downsampling_factor = 1,
                                     .prior_and_encoder_arch = EPNS_LATENT_CONV,
                                     .num_prior_and_encoder_layers = 2,
                                     .use_unet = TRUE,
                                     .unet_kernel_size = 3,
                                     .EPS = 1e-6,
                                     .free_bits = 0.01,
                                     .clip_reconstr_loss_to = INFINITY };

  return epns_published_trainable (epns_lattice_draw (&config, 5));
}

typedef struct {
  EpnsTrainable (*make) (void);
  double rate;
  double falls_to; /* nats a cell after a training, of those before */
} Network;

/* NAME_of() for each of them. */
#define TEST_NETWORKS(name)                                                                        \
  START_TEST (name)                                                                                \
  {                                                                                                \
    for (gsize i = 0; i < G_N_ELEMENTS (networks); i++)                                            \
      name##_of (&networks[i]);                                                                    \
  }                                                                                                \
  END_TEST

static const Network networks[] = { { local, 5e-3, 0.75 }, { published, 2e-2, 0.75 } };

static EpnsTrainer *
team_trainer_new (const Movie *movie, const epns_host *host, const Network *network,
                  const epns_train_team *team)
{
  const double rate = network->rate;
  const EpnsTrainerOptions options = {
    .seed = 17,
    .steps = STEPS,
    .batch = 6,
    .symmetries = TRUE,
    .objective = { .epoch = 2, .epochs = STEPS / 2, .beta = 1, .ramp = 0.5, .cycles = 1,
                   .single = 4, .every = 3, .most = 2 },
    .rate = { .cosine = TRUE, .first = rate, .last = rate / 10, .warm_up = 2, .steps = STEPS },
    .adam = { .beta1 = 0.9, .beta2 = 0.98, .eps = 1e-8 },
    .clip = 1,
    .average = 0.8,
    .validation_samples = 3,
    .team = team,
  };
  const EpnsPairs pairs = { .sets = &movie->set, .n_sets = 1, .stride = 1 };

  return epns_trainer_new (network->make (), &options, &pairs, &pairs, host);
}

static EpnsTrainer *
trainer_new (const Movie *movie, const epns_host *host, const Network *network)
{
  return team_trainer_new (movie, host, network, NULL);
}

static void
take_steps (EpnsTrainer *self, guint64 until)
{
  g_autoptr (GError) error = NULL;

  while (self->state.step < until)
    ck_assert_msg (epns_trainer_step (self, &error), "%s", error ? error->message : "");
}

/* Nats a cell, and the averaged weights judged by them. */
static double
validate (EpnsTrainer *self)
{
  g_autoptr (GError) error = NULL;
  EpnsTrainMeasure sum;

  ck_assert_msg (epns_trainer_validate (self, &sum, &error), "%s", error ? error->message : "");
  epns_trainer_judge (self, sum.nats / sum.cells);
  return sum.nats / sum.cells;
}

static void
assert_same (const EpnsTrainer *a, const EpnsTrainer *b)
{
  ck_assert_uint_eq (a->state.step, b->state.step);
  ck_assert_mem_eq (&a->state.loss, &b->state.loss, sizeof a->state.loss);
  for (gsize p = 0; p < a->n; p++) {
    ck_assert_mem_eq (a->parameters[p]->data, b->parameters[p]->data,
                      a->parameters[p]->count * sizeof (float));
    ck_assert_mem_eq (a->ema->average[p]->data, b->ema->average[p]->data,
                      a->parameters[p]->count * sizeof (float));
  }
}

static void
learns_of (const Network *network)
{
  Movie movie = movie_new (2, 6, 9);
  g_autoptr (EpnsTrainer) self = trainer_new (&movie, NULL, network);
  double before = validate (self);

  take_steps (self, STEPS);
  ck_assert (epns_trainer_is_over (self));
  double after = validate (self);
  ck_assert_msg (after < network->falls_to * before, "%g nats a cell, then %g", before, after);
  movie_free (&movie);
}

TEST_NETWORKS (learns)

static void
threads_change_nothing_of (const Network *network)
{
  Movie movie = movie_new (2, 6, 9);
  g_autoptr (EpnsTrainer) one = trainer_new (&movie, NULL, network);

  take_steps (one, 12);
  double first = validate (one);
  for (guint threads = 2; threads <= 4; threads += 2) {
    const epns_host host = { .size = sizeof host, .threads = threads };
    g_autoptr (EpnsTrainer) more = trainer_new (&movie, &host, network);
    take_steps (more, 12);
    double other = validate (more);
    assert_same (one, more);
    ck_assert_mem_eq (&first, &other, sizeof first);
  }
  movie_free (&movie);
}

TEST_NETWORKS (threads_change_nothing)

/* --- A team of two, which are threads here --- */

typedef struct {
  GAsyncQueue *forth, *back; /* of numbers */
  epns_train_team team;
} Member;

static int32_t
pop (GAsyncQueue *from, double *numbers, uint32_t n)
{
  g_autofree double *sent = g_async_queue_pop (from);

  memcpy (numbers, sent, n * sizeof *numbers);
  return 0;
}

static int32_t
receive (void *ctx, double *numbers, uint32_t n)
{
  return pop (((Member *) ctx)->forth, numbers, n);
}

static int32_t
send_on (void *ctx, const double *numbers, uint32_t n)
{
  g_async_queue_push (((Member *) ctx)->forth, g_memdup2 (numbers, n * sizeof *numbers));
  return 0;
}

static int32_t
share (void *ctx, double *numbers, uint32_t n)
{
  Member *self = ctx;

  if (self->team.rank == 0)
    return pop (self->back, numbers, n);
  g_async_queue_push (self->back, g_memdup2 (numbers, n * sizeof *numbers));
  return 0;
}

static gpointer
first_member (gpointer trainer)
{
  take_steps (trainer, 12);
  validate (trainer);
  return NULL;
}

/* Two with six samples between them, or with two of three. */
static void
processes_change_nothing_of (const Network *network)
{
  Movie movie = movie_new (2, 6, 9);
  GAsyncQueue *forth = g_async_queue_new (), *back = g_async_queue_new ();
  Member members[2];
  EpnsTrainer *trainers[2];

  for (guint i = 0; i < 2; i++) {
    members[i] = (Member){ .forth = forth, .back = back };
    members[i].team = (epns_train_team){ .size = sizeof members[i].team,
                                         .rank = i,
                                         .ranks = 2,
                                         .ctx = &members[i],
                                         .receive = receive,
                                         .send = send_on,
                                         .share = share };
    trainers[i] = team_trainer_new (&movie, NULL, network, &members[i].team);
  }
  g_autoptr (EpnsTrainer) alone = trainer_new (&movie, NULL, network);
  GThread *thread = g_thread_new ("rank 0", first_member, trainers[0]);
  take_steps (trainers[1], 12);
  double together = validate (trainers[1]);
  g_thread_join (thread);
  take_steps (alone, 12);
  double single = validate (alone);
  ck_assert_mem_eq (&single, &together, sizeof single);
  for (guint i = 0; i < 2; i++) {
    assert_same (alone, trainers[i]);
    epns_trainer_free (trainers[i]);
  }
  g_async_queue_unref (forth);
  g_async_queue_unref (back);
  movie_free (&movie);
}

TEST_NETWORKS (processes_change_nothing)

/* In a process of its own: save every third step until killed. */
static void
train_until_killed (const Movie *movie, const Network *network, const char *path)
{
  EpnsTrainer *self = trainer_new (movie, NULL, network);

  for (;;) {
    if (self->state.step == 4)
      validate (self);
    if (self->state.step % 3 == 0 && !epns_trainer_save (self, path, "mine", NULL))
      _exit (1);
    if (self->state.step == 11)
      kill (getpid (), SIGKILL);
    if (!epns_trainer_step (self, NULL))
      _exit (1);
  }
}

static void
killed_and_resumed_of (const Network *network)
{
  Movie movie = movie_new (2, 6, 9);
  g_autofree char *folder = g_dir_make_tmp ("epns-test-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "checkpoint.safetensors", NULL);
  g_autoptr (GError) error = NULL;
  int status;
  pid_t child = fork ();

  if (child == 0)
    train_until_killed (&movie, network, path);
  ck_assert_int_eq (waitpid (child, &status, 0), child);
  ck_assert (WIFSIGNALED (status) && WTERMSIG (status) == SIGKILL);

  g_autoptr (EpnsTrainer) whole = trainer_new (&movie, NULL, network),
                          resumed = trainer_new (&movie, NULL, network);
  take_steps (whole, 4);
  validate (whole);
  take_steps (whole, STEPS);
  ck_assert_msg (epns_trainer_load (resumed, path, "mine", &error), "%s",
                 error ? error->message : "");
  ck_assert_uint_eq (resumed->state.step, 9);
  take_steps (resumed, STEPS);
  assert_same (whole, resumed);
  ck_assert_double_eq (whole->state.best, resumed->state.best);
  for (gsize p = 0; p < whole->n; p++)
    ck_assert_mem_eq (whole->best[p]->data, resumed->best[p]->data,
                      whole->best[p]->count * sizeof (float));

  ck_assert (!epns_trainer_load (resumed, path, "another", &error));
  ck_assert (g_error_matches (error, EPNS_FAILURE, EPNS_FAILURE_MISMATCH));
  assert_same (whole, resumed);
  ck_assert_int_eq (g_unlink (path), 0);
  ck_assert_int_eq (g_rmdir (folder), 0);
  movie_free (&movie);
}

TEST_NETWORKS (killed_and_resumed)

/* The culprit is named, and nothing of the step sticks. */
START_TEST (nan_stops)
{
  Movie movie = movie_new (1, 3, 9);
  g_autoptr (EpnsTrainer) self = trainer_new (&movie, NULL, &networks[0]),
                          twin = trainer_new (&movie, NULL, &networks[0]);
  g_autoptr (GError) error = NULL;

  take_steps (self, 2);
  take_steps (twin, 2);
  float kept = self->parameters[1]->data[0];
  self->parameters[1]->data[0] = NAN;
  ck_assert (!epns_trainer_step (self, &error));
  ck_assert (g_error_matches (error, EPNS_FAILURE, EPNS_FAILURE_RANGE));
  ck_assert_msg (g_str_has_prefix (error->message, "step 2, sample 0 ("), "%s", error->message);
  self->parameters[1]->data[0] = kept;
  take_steps (self, 4);
  take_steps (twin, 4);
  assert_same (self, twin);
  movie_free (&movie);
}
END_TEST

START_TEST (rates_follow_their_schedule)
{
  const EpnsRateSchedule constant = { .first = 2, .steps = 10 };
  const EpnsRateSchedule cosine = {
    .cosine = TRUE, .first = 2, .last = 1, .warm_up = 4, .steps = 100
  };

  ck_assert_double_eq (epns_rate_at (&constant, 0), 2);
  ck_assert_double_eq (epns_rate_at (&constant, 9), 2);
  ck_assert_double_eq_tol (epns_rate_at (&cosine, 0), 0.5, 1e-12);
  ck_assert_double_eq_tol (epns_rate_at (&cosine, 50), 1.5, 1e-12);
  ck_assert_double_eq_tol (epns_rate_at (&cosine, 100), 1, 1e-12);
}
END_TEST

START_TEST (patience_ends)
{
  Movie movie = movie_new (1, 3, 9);
  g_autoptr (EpnsTrainer) self = trainer_new (&movie, NULL, &networks[0]);

  self->options.patience = 2;
  for (guint i = 0; i < 3; i++) {
    ck_assert (!epns_trainer_is_over (self));
    validate (self); /* the same weights are never better */
  }
  ck_assert (epns_trainer_is_over (self));
  movie_free (&movie);
}
END_TEST

SUITE ("trainer", learns, threads_change_nothing, processes_change_nothing, killed_and_resumed, nan_stops,
       rates_follow_their_schedule, patience_ends)
