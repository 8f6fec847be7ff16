/* SPDX-License-Identifier: MIT */
/* Training of the graph network through the plugin's interface: it learns, ends with the same bits
 * however it got there, and what does not fit is refused in one line. */
#include "models/epns/kind-graph.h"
#include "plugin/epns_train.h"
#include "plugin/random.h"
#include "tests/reading.h"
#include "tests/suite.h"

#include <math.h>

enum { MEMBERS = 6, FRAMES = 9, BODIES = 4, AXES = 2 };

static const epns_train_value network[] = {
  { "num-layers", "1", 3 },     { "emb-dim", "8", 3 },
  { "num-latent-dim", "2", 3 }, { "do-node-aggregation", "false", 3 },
  { "dimensions", "2", 3 },     { "scale", "1", 3 }
};
static const epns_train_value objective[] = { { "multi-step-after", "0", 5 },
                                              { "multi-step-every", "1", 5 },
                                              { "multi-step-most", "3", 5 } };

/* Bodies that drift, drawn to the origin, with a little noise. */
typedef struct {
  double position[MEMBERS][FRAMES][BODIES][AXES], velocity[MEMBERS][FRAMES][BODIES][AXES];
} Movie;

static void
movie_make (Movie *movie, guint64 seed)
{
  const EpnsDrawKey key = { seed, 0, 0 };
  guint64 place = 0;

  for (guint m = 0; m < MEMBERS; m++)
    for (guint t = 0; t < FRAMES; t++)
      for (guint k = 0; k < BODIES * AXES; k++) {
        double *x = (double *) movie->position[m][t] + k;
        double *v = (double *) movie->velocity[m][t] + k;
        const double noise = epns_random_normal (&key, 0, place++);
        if (t == 0) {
          *x = 2 * noise;
          *v = epns_random_normal (&key, 1, place);
          continue;
        }
        const double before = ((double *) movie->position[m][t - 1])[k];
        *v = ((double *) movie->velocity[m][t - 1])[k] - 0.1 * before + 0.02 * noise;
        *x = before + 0.1 * *v;
      }
}

typedef struct {
  const epns_train *train;
  epns_train_plan plan;
  Movie movie;
  epns_train_bodies set;
  char *folder;
  epns_error error;
} Setup;

static Setup *
setup_new (void)
{
  Setup *self = g_new0 (Setup, 1);

  self->train = epns_kind_graph.extension (EPNS_TRAIN_EXTENSION);
  self->folder = reading_folder ();
  movie_make (&self->movie, 1);
  self->set = (epns_train_bodies){ .position = &self->movie.position[0][0][0][0],
                                   .velocity = &self->movie.velocity[0][0][0][0],
                                   .members = MEMBERS,
                                   .frames = FRAMES,
                                   .bodies = BODIES,
                                   .axes = AXES };
  self->plan = (epns_train_plan){ .size = sizeof self->plan,
                                  .path = "plan.xml",
                                  .network = network,
                                  .n_network = G_N_ELEMENTS (network),
                                  .objective = objective,
                                  .n_objective = G_N_ELEMENTS (objective),
                                  .folder = self->folder,
                                  .seed = 4,
                                  .steps = 200,
                                  .n_types = 1,
                                  .batch = 4,
                                  .stride = 1,
                                  .rate = 1e-2,
                                  .last_rate = 1e-3,
                                  .beta1 = 0.9,
                                  .beta2 = 0.98,
                                  .epsilon = 1e-8,
                                  .clip = 100,
                                  .average = 0.9,
                                  .validation_samples = 8 };
  return self;
}

static void
setup_free (Setup *self)
{
  reading_remove (self->folder);
  g_free (self->folder);
  g_free (self);
}

static epns_training *
begin (Setup *self, guint threads)
{
  static epns_host host = { .size = sizeof host };
  const epns_train_data data = { .size = sizeof data, .bodies = &self->set, .n_bodies = 1 };
  epns_training *training = NULL;

  host.threads = threads;
  self->train->begin (&host, &self->plan, &data, &data, &training, &self->error);
  return training;
}

static double
nats (Setup *self, epns_training *training)
{
  epns_train_score score;

  ck_assert_msg (self->train->validate (training, &score, &self->error) == EPNS_OK, "%s",
                 self->error.text);
  ck_assert (isfinite (score.nats) && score.kl >= 0);
  ck_assert_double_eq_tol (score.reconstruction + score.kl, score.nats, 1e-9 * fabs (score.nats));
  return score.nats;
}

START_TEST (it_learns)
{
  Setup *self = setup_new ();
  epns_training *training = begin (self, 1);
  epns_train_progress progress;

  ck_assert_msg (training != NULL, "%s", self->error.text);
  const double before = nats (self, training);
  ck_assert_msg (self->train->advance (training, 200, &self->error) == EPNS_OK, "%s",
                 self->error.text);
  const double after = nats (self, training);
  self->train->progress (training, &progress);
  ck_assert_uint_gt (progress.in_a_row, 1);
  ck_assert (progress.over);
  ck_assert_msg (after < before - 2, "%g nats a body before, %g after", before, after);
  self->train->end (training);
  setup_free (self);
}
END_TEST

static char *
weights_after (Setup *self, epns_training *training, gsize *size)
{
  g_autofree char *path = g_build_filename (self->folder, "weights.safetensors", NULL);
  char *bytes = NULL;

  ck_assert_int_eq (self->train->weights (training, 1, path, &self->error), EPNS_OK);
  ck_assert (g_file_get_contents (path, &bytes, size, NULL));
  return bytes;
}

/* 30 steps on 1 thread; on 3; and 12 steps, then 18 more from the checkpoint. */
START_TEST (the_same_bits_on_every_way)
{
  g_autofree char *wanted = NULL;
  gsize n_wanted = 0;

  for (guint way = 0; way < 3; way++) {
    Setup *self = setup_new ();
    epns_training *training = begin (self, way == 1 ? 3 : 1);
    gsize n;

    ck_assert_msg (training != NULL, "%s", self->error.text);
    ck_assert_int_eq (self->train->advance (training, way == 2 ? 12 : 30, &self->error), EPNS_OK);
    if (way == 2) {
      ck_assert_int_eq (self->train->checkpoint (training, &self->error), EPNS_OK);
      self->train->end (training);
      training = begin (self, 1);
      ck_assert_ptr_nonnull (training);
      ck_assert_int_eq (self->train->advance (training, 18, &self->error), EPNS_OK);
    }
    g_autofree char *found = weights_after (self, training, &n);
    if (wanted == NULL) {
      wanted = g_steal_pointer (&found);
      n_wanted = n;
    } else {
      ck_assert_uint_eq (n, n_wanted);
      ck_assert_mem_eq (found, wanted, n);
    }
    self->train->end (training);
    setup_free (self);
  }
}
END_TEST

static void
refused (Setup *self, const char *says)
{
  ck_assert_ptr_null (begin (self, 1));
  ck_assert_msg (strstr (self->error.text, says) != NULL, "%s", self->error.text);
  ck_assert_ptr_null (strchr (self->error.text, '\n'));
}

START_TEST (what_does_not_fit_is_refused)
{
  Setup *self = setup_new ();
  const epns_train_value radius[] = { { "num-layers", "1", 3 },
                                      { "emb-dim", "8", 3 },
                                      { "num-latent-dim", "2", 3 },
                                      { "dimensions", "2", 3 },
                                      { "radius", "true", 3 } };
  const epns_train_value unknown[] = { { "num-layers", "1", 3 },
                                       { "emb-dim", "8", 3 },
                                       { "num-latent-dim", "2", 3 },
                                       { "cut-off", "2", 3 } };

  self->plan.n_types = 2;
  refused (self, "species=\"2\"");
  self->plan.n_types = 1;
  self->plan.network = radius;
  self->plan.n_network = G_N_ELEMENTS (radius);
  refused (self, "leave radius out");
  self->plan.n_network--;
  self->set.axes = 3;
  self->set.bodies = 2;
  refused (self, "dimensions=\"3\"");
  self->plan.network = unknown;
  self->plan.n_network = G_N_ELEMENTS (unknown);
  refused (self, "cut-off");
  setup_free (self);
}
END_TEST

SUITE ("graph-train", it_learns, the_same_bits_on_every_way, what_does_not_fit_is_refused)
