/* SPDX-License-Identifier: MIT */
/* Training through the plugin's interface: a plan in, a model that opens out; what does not fit is
 * refused in one line. */
#include "models/epns/kind-lattice.h"
#include "plugin/epns_train.h"
#include "plugin/view.h"
#include "tests/reading.h"
#include "tests/training-data.h"

#include <math.h>

static const epns_train_value network[] = { { "window", "8", 3 }, { "target-volume", "16", 3 } };
static const epns_train_value sites[] = { { "window", "8", 3 },
                                          { "target-volume", "16", 3 },
                                          { "decoder", "sites", 3 },
                                          { "reach", "3", 3 } };
static const epns_train_value layers[] = { { "trunk", "6", 4 }, { "width", "6", 4 } };

typedef struct {
  const epns_train *train;
  epns_train_plan plan;
  Movie movie, validation;
  char *folder;
  epns_error error;
} Setup;

static Setup
setup_new (void)
{
  Setup self = { .train = epns_kind_lattice.extension (EPNS_TRAIN_EXTENSION),
                 .movie = movie_new (2, 5, 1),
                 .validation = movie_new (1, 3, 2),
                 .folder = reading_folder () };

  self.plan = (epns_train_plan){ .size = sizeof self.plan,
                                 .path = "plan.xml",
                                 .network = network,
                                 .n_network = G_N_ELEMENTS (network),
                                 .layers = layers,
                                 .n_layers = G_N_ELEMENTS (layers),
                                 .folder = self.folder,
                                 .seed = 4,
                                 .steps = 6,
                                 .n_types = 3,
                                 .batch = 2,
                                 .stride = 1,
                                 .symmetries = 1,
                                 .rate = 3e-3,
                                 .last_rate = 1e-3,
                                 .beta1 = 0.9,
                                 .beta2 = 0.98,
                                 .epsilon = 1e-8,
                                 .clip = 1,
                                 .average = 0.9,
                                 .validation_samples = 2 };
  return self;
}

static void
setup_free (Setup *self)
{
  reading_remove (self->folder);
  g_free (self->folder);
  movie_free (&self->movie);
  movie_free (&self->validation);
}

static epns_training *
begin (Setup *self)
{
  const epns_train_data data = { .size = sizeof data, .sets = &self->movie.set, .n_sets = 1 },
                        validation = { .size = sizeof data,
                                       .sets = &self->validation.set,
                                       .n_sets = 1 };
  epns_training *training = NULL;
  epns_status status = self->train->begin (NULL, &self->plan, &data, &validation, &training,
                                           &self->error);

  ck_assert ((training != NULL) == (status == EPNS_OK));
  return training;
}

static void
refused (Setup *self, const char *names)
{
  ck_assert_ptr_null (begin (self));
  ck_assert_msg (strstr (self->error.text, names) != NULL, "%s", self->error.text);
  ck_assert_ptr_null (strchr (self->error.text, '\n'));
}

/* The weights that come out open as a model. */
static void
assert_opens (const Setup *self)
{
  g_autofree char *model_xml = g_strdup_printf (
      "<model xmlns=\"https://epns.org/ns/model/1\" version=\"1\" name=\"x\">\n"
      "<network kind=\"epns-lattice\" window=\"8\" target-volume=\"16\" "
      "num-cell-types=\"3\" redraw-sweeps=\"0\" %s/>\n"
      "<weights file=\"weights.safetensors\"/></model>\n",
      self->plan.network == sites ? "decoder=\"sites\" reach=\"3\"" : "");
  g_autofree char *path G_GNUC_UNUSED = reading_write (self->folder, "model.xml", model_xml, -1);
  epns_model *model = NULL;
  epns_error error = { .status = EPNS_OK };

  ck_assert_msg (epns_kind_lattice.open (NULL, self->folder, &model, &error) == EPNS_OK, "%s",
                 error.text);
  epns_kind_lattice.close (model);
}

/* With the decoder of windows (_i = 0) and that of sites. */
START_TEST (plan_to_model)
{
  Setup self = setup_new ();
  if (_i == 1) {
    self.plan.network = sites;
    self.plan.n_network = G_N_ELEMENTS (sites);
  }
  epns_training *training = begin (&self);
  epns_train_progress progress;
  epns_train_score score;
  g_autofree char *weights = g_build_filename (self.folder, "weights.safetensors", NULL);

  ck_assert_msg (training != NULL, "%s", self.error.text);
  ck_assert_int_eq (self.train->advance (training, 4, &self.error), EPNS_OK);
  ck_assert_int_eq (self.train->validate (training, &score, &self.error), EPNS_OK);
  ck_assert_uint_eq (score.step, 4);
  ck_assert (isfinite (score.nats) && score.nats > 0 && score.kl == 0);
  self.train->judge (training, score.nats);
  ck_assert_int_eq (self.train->checkpoint (training, &self.error), EPNS_OK);
  self.train->end (training);

  training = begin (&self);
  ck_assert_msg (training != NULL, "%s", self.error.text);
  self.train->progress (training, &progress);
  ck_assert (progress.resumed && progress.step == 4 && progress.steps == 6 && !progress.over);
  ck_assert_int_eq (self.train->advance (training, 100, &self.error), EPNS_OK);
  self.train->progress (training, &progress);
  ck_assert (progress.over && progress.step == 6 && progress.loss > 0);
  ck_assert_int_eq (self.train->weights (training, 0, weights, &self.error), EPNS_OK);
  self.train->end (training);
  assert_opens (&self);

  self.plan.rate = 2e-3;
  refused (&self, "another training");
  setup_free (&self);
}
END_TEST

/* Attributes that say nothing on their own are refused, not passed over. */
START_TEST (what_says_nothing)
{
  static const epns_train_value objective[] = { { "multi-step-most", "2", 5 } };
  Setup self = setup_new ();
  epns_train_value more[3] = { network[0], network[1], { "first-window", "12", 3 } };

  self.plan.network = more;
  self.plan.n_network = 3;
  refused (&self, "first-window of <network> says nothing without wide-passes");
  more[2] = (epns_train_value){ "latent-size", "4", 3 };
  refused (&self, "latent-size of <network> says nothing without latent=\"cell\"");
  more[2] = (epns_train_value){ "reach", "4", 3 };
  refused (&self, "reach of <network> says nothing without decoder=\"sites\"");
  more[2] = (epns_train_value){ "least-chance", "1e-5", 3 };
  refused (&self, "least-chance of <network> says nothing without decoder=\"sites\"");
  more[2] = (epns_train_value){ "wide-passes", "13", 3 };
  refused (&self, "wide-passes");
  more[2] = (epns_train_value){ "latent", "cell", 3 };
  self.plan.objective = objective;
  self.plan.n_objective = 1;
  refused (&self, "multi-step-most of <objective>");
  setup_free (&self);
}
END_TEST

START_TEST (what_does_not_fit)
{
  Setup self = setup_new ();
  epns_train_value wrong[2] = { network[0], { "widow", "8", 7 } };

  self.plan.network = wrong;
  refused (&self, "plan.xml:7: ");
  self.plan.network = network;
  self.plan.n_network = 0;
  refused (&self, "num_layers is not stated");
  self.plan.n_network = G_N_ELEMENTS (network);
  self.plan.batch = 0;
  refused (&self, "batch is 0");
  self.plan.batch = 2;
  self.plan.stride = 5;
  refused (&self, "5 frames");
  self.plan.stride = 1;
  self.plan.n_types = 2;
  refused (&self, "has type 2");
  self.plan.n_types = 3;

  gint32 *frame = self.movie.id + 3 * MOVIE_SIDE * MOVIE_SIDE;
  for (gsize s = 0; s < 3 * MOVIE_SIDE * MOVIE_SIDE; s++)
    if (self.movie.id[s] == 7)
      self.movie.id[s] = 0;
  frame[0] = 7;
  refused (&self, "frame 3: cell 7 appears from nowhere");
  frame[0] = MOVIE_IDS;
  refused (&self, "has no row among the types");
  frame[0] = 0;
  setup_free (&self);
}
END_TEST

SUITE_CASES ("lattice-train", LOOP (plan_to_model, 0, 2), ONCE (what_says_nothing),
             ONCE (what_does_not_fit))
