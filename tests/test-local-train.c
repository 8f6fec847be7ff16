/* SPDX-License-Identifier: MIT */
/* The local network as something to train: its gradients, and what its loss is made of. */
#include "models/epns/local-train.h"
#include "models/epns/local.h"
#include "models/nn/gradcheck.h"
#include "tests/local-golden.h"
#include "tests/training-data.h"

typedef struct {
  Movie movie;
  EpnsTrainable net;
  gpointer worker;
  EpnsContext *ctx;
  EpnsPair pair;
  EpnsDrawKey key;
} Setup;

static const EpnsLocalConfig config = {
  .passes = 12, .window = 8, .n_types = 3, .target_volume = MOVIE_AREA
};
static const EpnsLocalObjective objective = { .later_weight = 0.15 };
static const EpnsLocalWidths widths = {
  .trunk = 5, .width = 4, .film_hidden = 6, .volume_hidden = 5
};

static Setup
setup_new_with (const EpnsLocalConfig *of)
{
  Setup self = { .movie = movie_new (1, 3, 5),
                 .ctx = epns_context_new (NULL),
                 .key = { .seed = 3, .stream = 1 } };

  self.net = epns_local_trainable (epns_local_network_draw (of, &widths, 11), &objective);
  self.worker = self.net.form->worker_new (self.net.net);
  return self;
}

static Setup
setup_new (void)
{
  return setup_new_with (&config);
}

static void
setup_pair (Setup *self)
{
  self->pair = epns_pairs_nth (&(EpnsPairs){ .sets = &self->movie.set, .n_sets = 1, .stride = 1 },
                               1, 1);
}

static void
setup_free (Setup *self)
{
  self->net.form->worker_free (self->worker);
  self->net.form->free (self->net.net);
  epns_context_free (self->ctx);
  movie_free (&self->movie);
}

static EpnsTensor *
loss_of (EpnsContext *ctx, EpnsTensor *const *inputs G_GNUC_UNUSED, gpointer user)
{
  Setup *self = user;
  GError *error = NULL;
  EpnsTensor *loss = self->net.form->loss (self->worker, ctx, &self->pair, &self->key, &error);

  ck_assert_msg (loss != NULL, "%s", error ? error->message : "");
  return loss;
}

/* What lies behind the last ReLU against central differences, walled and wrapped: there the two
 * operators of this network alone count, and nothing has kinks. */
static void
assert_gradients (const EpnsLocalConfig *of)
{
  static const char *const smooth[] = { "medium_out.weight",
                                        "medium_out.bias",
                                        "logit.weight",
                                        "logit.bias",
                                        "volume_out.bias",
                                        "stay",
                                        NULL };
  Setup self = setup_new_with (of);
  gsize n = self.net.form->n_parameters (self.net.net);

  setup_pair (&self);
  for (self.key.step = 0; self.key.step < 4; self.key.step++)
    for (gsize p = 0; p < n; p++) {
      EpnsTensor *parameter = self.net.form->worker_parameter (self.worker, p);
      g_autofree char *name = self.net.form->parameter_name (self.net.net, p);
      if (!g_strv_contains (smooth, name))
        continue;
      self.pair.periodic[0] = self.key.step % 2 == 1;
      self.pair.periodic[1] = self.key.step >= 2;
      double worst = epns_gradcheck (self.ctx, loss_of, &self, &parameter, 1, 1e-2, p);
      ck_assert_msg (worst < 2e-3, "%s, sample %zu: %g", name, (gsize) self.key.step, worst);
    }
  setup_free (&self);
}

START_TEST (gradients_are_right) { assert_gradients (&config); }
END_TEST

/* Samples of wide and of narrow passes are among the four. */
START_TEST (gradients_are_right_where_passes_are_wide)
{
  EpnsLocalConfig wide = config;

  wide.wide_passes = 6;
  wide.first_window = 14;
  assert_gradients (&wide);
}
END_TEST

/* What a window of x does not cover is learned where windows follow, and wide ones cost more. */
START_TEST (wide_passes_cover_more)
{
  EpnsLocalConfig wide = config;
  double nats[2];

  wide.wide_passes = 4;
  wide.first_window = 20;
  for (gsize i = 0; i < 2; i++) {
    Setup self = setup_new_with (i == 0 ? &config : &wide);
    EpnsTrainMeasure sum = { 0 };
    g_autofree gint32 *moved = g_new0 (gint32, MOVIE_SIDE * MOVIE_SIDE);

    setup_pair (&self);
    for (gsize s = 0; s < (MOVIE_SIDE - 6) * MOVIE_SIDE; s++) /* six rows down */
      moved[s + 6 * MOVIE_SIDE] = self.pair.now[s];
    self.pair.next = moved;
    ck_assert (self.net.form->measure (self.worker, self.ctx, &self.pair, &self.key, &sum, NULL));
    nats[i] = sum.nats;
    setup_free (&self);
  }
  ck_assert_double_gt (nats[1], 1.5 * nats[0]);
}
END_TEST

START_TEST (follows_pytorch)
{
  const EpnsLocalConfig golden = { .passes = 12, .window = 12, .n_types = 3, .target_volume = 23 };

  local_golden_follows (&golden, &objective, "passes");
}
END_TEST

/* A new network's bids say next to nothing, so that the loss is about the logarithm of the number
 * of bidders. */
START_TEST (starts_undecided)
{
  Setup self = setup_new ();
  EpnsTrainMeasure sum = { 0 };

  setup_pair (&self);
  g_autoptr (EpnsTensor) loss = loss_of (self.ctx, NULL, &self);
  ck_assert_double_gt ((double) epns_tensor_item (loss), 0.3);
  ck_assert_double_lt ((double) epns_tensor_item (loss), log (MOVIE_IDS));
  ck_assert (self.net.form->measure (self.worker, self.ctx, &self.pair, &self.key, &sum, NULL));
  ck_assert_double_eq (sum.cells, MOVIE_CELLS);
  ck_assert_double_gt (sum.nats / sum.cells, 10);
  setup_free (&self);
}
END_TEST

/* Twenty-four samples of one pair are about as many grids and passes. */
START_TEST (samples_differ)
{
  Setup self = setup_new ();
  double losses[24];

  setup_pair (&self);
  for (gsize i = 0; i < 24; i++) {
    self.key.step = i;
    g_autoptr (EpnsTensor) loss = loss_of (self.ctx, NULL, &self);
    losses[i] = (double) epns_tensor_item (loss);
    for (gsize j = 0; j < i; j++)
      ck_assert (losses[i] < losses[j] || losses[i] > losses[j]);
  }
  setup_free (&self);
}
END_TEST

SUITE ("local-train", gradients_are_right, gradients_are_right_where_passes_are_wide,
       wide_passes_cover_more, follows_pytorch, starts_undecided, samples_differ)
