/* SPDX-License-Identifier: MIT */
/* The decoder of sites: what is bid, against its formula written out; its gradients; passes one by
 * one and all at once; and that it learns. */
#include "models/epns/local-board.h"
#include "models/epns/local-choice.h"
#include "models/epns/local-layers.h"
#include "models/epns/local-ops.h"
#include "models/epns/local-train.h"
#include "models/epns/local.h"
#include "models/nn/gradcheck.h"
#include "models/train/trainer.h"
#include "tests/local-golden.h"
#include "tests/training-data.h"

#include <glib/gstdio.h>
#include <math.h>

enum { HIDDEN = 16, REACH = 2, SIDE = 2 * REACH + 1, TAPS = SIDE * SIDE };

static const EpnsLocalConfig config = { .passes = 12,
                                        .window = 8,
                                        .n_types = 3,
                                        .target_volume = MOVIE_AREA,
                                        .decoder = EPNS_LOCAL_DECODER_SITES,
                                        .reach = REACH,
                                        .temperature = 1,
                                        .early_temperature = 1,
                                        .attempts = 1 };
static const EpnsLocalObjective objective = { .start_weight = 0.1, .free_bits = 0.1 };
static const EpnsLocalWidths widths = {
  .trunk = 5, .width = 4, .film_hidden = 6, .site_hidden = HIDDEN
};

typedef struct {
  Movie movie;
  EpnsTrainable net;
  EpnsLocalNetwork *network; /* net's */
  gpointer worker;
  EpnsContext *ctx;
  EpnsPair pair;
  EpnsDrawKey key;
} Setup;

static Setup
setup_new (const EpnsLocalConfig *of, gboolean wraps)
{
  Setup self = { .movie = movie_new (1, 3, 5),
                 .ctx = epns_context_new (NULL),
                 .key = { .seed = 3, .stream = 1 } };

  self.network = epns_local_network_draw (of, &widths, 11);
  self.net = epns_local_trainable (self.network, &objective);
  self.worker = self.net.form->worker_new (self.net.net);
  self.movie.set.periodic[0] = self.movie.set.periodic[1] = wraps;
  self.pair = epns_pairs_nth (&(EpnsPairs){ .sets = &self.movie.set, .n_sets = 1, .stride = 1 }, 1,
                              1);
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

/* The pair on a board, the truth revealed. */
static EpnsLocalBoard *
board_new (const Setup *self)
{
  EpnsLocalBoard *board = epns_local_board_new (&config);
  const EpnsLocalGrid grid = epns_local_grid_draw (&self->key, config.passes);
  const EpnsLocalState state = { .id = (gint32 *) self->pair.now,
                                 .height = self->pair.height,
                                 .width = self->pair.width,
                                 .periodic = { self->pair.periodic[0], self->pair.periodic[1] },
                                 .type = self->pair.type,
                                 .n_ids = self->pair.n_ids };

  ck_assert (epns_local_board_set (board, &state, NULL));
  epns_local_board_lay (board, &grid);
  epns_local_board_reveal (board, self->pair.next);
  return board;
}

/* --- The formulas of local-sites.h and local-bids.h, site by site in double --- */

typedef struct {
  const EpnsLocalNetwork *net;
  const EpnsLocalBoard *board;
  gsize cell;
} Known;

/* u, m_y, m_x of a cell before a pass, the number of sites drawn for it and expected, and the
 * middle of those drawn. */
static void
whole_of (const Known *known, guint pass, double whole[7])
{
  const EpnsLocalBoard *board = known->board;
  const EpnsLocalCell *c = &board->windows->cells[known->cell];
  const gsize plane = config.window * config.window;
  double n[3] = { 0 }, e[3] = { 0 }, all = 0;

  for (gsize p = 0; p < plane; p++) {
    const gssize site = epns_local_windows_site (board->windows, known->cell * plane + p);
    if (site < 0)
      continue;
    const double q = exp ((double) board->encoding.start->data[known->cell * plane + p]
                          - (double) board->encoding.log_normaliser->data[site]);
    const double d[3] = { 1, (c->first_y + (double) (p / config.window) - c->middle_y) / 4,
                          (c->first_x + (double) (p % config.window) - c->middle_x) / 4 };
    all += q;
    for (guint i = 0; i < 3 && board->pass_of_site[site] < pass; i++) {
      e[i] += q * d[i];
      n[i] += board->drawn[site] == (gint32) known->cell ? d[i] : 0;
    }
  }
  whole[0] = (n[0] + all - e[0] - MOVIE_AREA) / 3;
  whole[1] = 4 * (n[1] - e[1]) / MOVIE_AREA;
  whole[2] = 4 * (n[2] - e[2]) / MOVIE_AREA;
  whole[3] = n[0];
  whole[4] = e[0];
  whole[5] = n[1] / MAX (n[0], 1);
  whole[6] = n[2] / MAX (n[0], 1);
}

static double
weight_at (const EpnsTensor *weight, gsize row, gsize column)
{
  return (double) weight->data[row * (weight->count / (gsize) weight->shape[0]) + column];
}

/* Add what is seen around a site. */
static void
add_seen (const Known *known, gsize site, const EpnsLocalBidder *bidder, gint32 viewer, gint32 cell,
          double u[HIDDEN])
{
  const EpnsLocalBoard *board = known->board;
  const EpnsLocalWindows *w = board->windows;

  for (gsize tap = 0; tap < TAPS; tap++) {
    gssize y = epns_local_at ((gssize) (site / w->width + tap / SIDE) - REACH, w->height,
                              w->periodic[0]);
    gssize x = epns_local_at ((gssize) (site % w->width + tap % SIDE) - REACH, w->width,
                              w->periodic[1]);
    if (y < 0 || x < 0)
      continue;
    const gsize other = (gsize) y * w->width + (gsize) x;
    const gint32 owner = board->drawn[other];
    const gsize type = owner < 0 ? 0 : (gsize) w->cells[owner].type;
    if (board->pass_of_site[other] >= board->pass_of_site[site])
      continue;
    for (gsize k = 0; k < HIDDEN; k++) {
      u[k] += (double) bidder->seen->data[((type * TAPS + tap) * 3 + (gsize) viewer) * HIDDEN + k];
      if (bidder->own != NULL && owner == cell)
        u[k] += weight_at (bidder->own, tap, k);
    }
  }
}

static double
bid_from (const EpnsLocalBidder *bidder, const double u[HIDDEN], double start)
{
  double bid = start;

  for (gsize k = 0; k < HIDDEN; k++) {
    double v = (double) bidder->two.bias->data[k];
    for (gsize l = 0; l < HIDDEN; l++)
      v += weight_at (bidder->two.weight, k, l) * MAX (u[l], 0);
    bid += (double) bidder->three->data[k] * MAX (v, 0);
  }
  return 20 * tanh (bid / 20);
}

static double
medium_bid (const Known *known, gsize site)
{
  const EpnsLocalBidder *bidder = &known->net->medium_site;
  const float *encoded = known->board->encoding.medium->data + site * (HIDDEN + 1);
  double u[HIDDEN];

  for (gsize k = 0; k < HIDDEN; k++)
    u[k] = (double) encoded[k] + (double) bidder->whole.bias->data[k]
           + weight_at (bidder->whole.weight, k, known->board->pass_of_site[site]);
  add_seen (known, site, bidder, 0, EPNS_LOCAL_MEDIUM, u);
  return bid_from (bidder, u, (double) known->board->encoding.medium_start->data[site]);
}

static double
cell_bid (const Known *known, gsize place, gsize site)
{
  const EpnsLocalBidder *bidder = &known->net->cell_site;
  const EpnsLocalCell *c = &known->board->windows->cells[known->cell];
  const guint pass = known->board->pass_of_site[site];
  const float *encoded = known->board->encoding.cells->data + place * (HIDDEN + 1);
  const gsize in = place % (config.window * config.window);
  const double dy = (c->first_y + (double) (in / config.window) - c->middle_y) / 4;
  const double dx = (c->first_x + (double) (in % config.window) - c->middle_x) / 4;
  double whole[7], u[HIDDEN], features[2 + 12 + EPNS_LOCAL_MOMENTS] = { 0 };

  whole_of (known, pass, whole);
  const double r = 4 * hypot (dy - whole[5], dx - whole[6]) / sqrt (MOVIE_AREA / G_PI);
  features[c->type - 1] = features[2 + pass] = 1;
  const double moments[EPNS_LOCAL_MOMENTS] = { whole[0],
                                               whole[0] * whole[0],
                                               (c->volume - (double) MOVIE_AREA) / 5,
                                               whole[3] / MOVIE_AREA,
                                               (whole[4] - whole[3]) / 3,
                                               whole[1] * whole[1] + whole[2] * whole[2],
                                               whole[1],
                                               whole[2] };
  memcpy (features + 14, moments, sizeof moments);
  for (gsize k = 0; k < HIDDEN; k++) {
    u[k] = (double) encoded[k] + (double) bidder->whole.bias->data[k];
    for (gsize f = 0; f < G_N_ELEMENTS (features); f++)
      u[k] += weight_at (bidder->whole.weight, k, f) * features[f];
    u[k] += weight_at (bidder->move, 0, k) * (whole[1] * dy + whole[2] * dx)
            + weight_at (bidder->move, 1, k) * whole[0] * (dy * dy + dx * dx);
    if (whole[3] > 0)
      u[k] += weight_at (bidder->move, 2, k) * exp (-r * r / 8)
              + weight_at (bidder->move, 3, k) * MIN (r, 8) / 4;
  }
  add_seen (known, site, bidder, c->type, (gint32) known->cell, u);
  return bid_from (bidder, u, (double) known->board->encoding.start->data[place]);
}

/* With walls (_i = 0) and without. */
START_TEST (bids_are_as_the_formula_says)
{
  Setup self = setup_new (&config, _i == 1);
  g_autoptr (EpnsLocalBoard) board = board_new (&self);
  Known known = { .net = self.network, .board = board };
  const gsize plane = config.window * config.window;
  guint compared = 0;

  epns_local_board_evaluate_all (board, self.network, self.ctx);
  for (gsize s = 0; s < MOVIE_SIDE * MOVIE_SIDE; s++)
    ck_assert_double_eq_tol ((double) board->pass.medium->data[s], medium_bid (&known, s), 1e-4);
  for (known.cell = 0; known.cell < board->windows->n_cells; known.cell++)
    for (gsize p = known.cell * plane; p < (known.cell + 1) * plane; p++) {
      const gssize site = epns_local_windows_site (board->windows, p);
      if (site < 0)
        continue;
      compared++;
      ck_assert_double_eq_tol ((double) board->pass.logits->data[p],
                               cell_bid (&known, p, (gsize) site), 1e-4);
    }
  ck_assert_uint_gt (compared, 500);
  setup_free (&self);
}
END_TEST

/* As a step does it, and as training does. */
START_TEST (passes_one_by_one_are_those_at_once)
{
  Setup self = setup_new (&config, FALSE);
  g_autoptr (EpnsLocalBoard) all = board_new (&self);
  g_autoptr (EpnsLocalBoard) one = board_new (&self);

  epns_local_board_evaluate_all (all, self.network, self.ctx);
  for (guint pass = 0; pass < config.passes; pass++) {
    epns_local_board_reveal (one, self.pair.next);
    epns_local_board_forget (one, pass);
    epns_local_board_evaluate (one, self.network, self.ctx, pass);
    for (gsize s = 0; s < MOVIE_SIDE * MOVIE_SIDE; s++) {
      if (one->pass_of_site[s] != pass)
        continue;
      ck_assert (one->pass.medium->data[s] == all->pass.medium->data[s]);
      for (guint32 i = one->windows->start[s]; i < one->windows->start[s + 1]; i++) {
        const guint32 p = one->windows->covering[i];
        ck_assert (one->pass.logits->data[p] == all->pass.logits->data[p]);
      }
    }
  }
  setup_free (&self);
}
END_TEST

/* A whole step's evaluations, once warm, ask malloc for no tensor. */
START_TEST (warm_steps_allocate_nothing)
{
  Setup self = setup_new (&config, FALSE);
  g_autoptr (EpnsLocalBoard) board = board_new (&self);
  guint64 misses = 0;

  for (guint step = 0; step < 4; step++) {
    epns_local_encoding_clear (&board->encoding);
    for (guint pass = 0; pass < config.passes; pass++) {
      epns_local_board_reveal (board, self.pair.next);
      epns_local_board_forget (board, pass);
      epns_local_board_evaluate (board, self.network, self.ctx, pass);
    }
    if (step < 2) /* the second still holds what the first has left on the board */
      misses = epns_context_misses (self.ctx);
    ck_assert_uint_gt (misses, 0);
    ck_assert_uint_eq (epns_context_misses (self.ctx), misses);
  }
  setup_free (&self);
}
END_TEST

static EpnsTensor *
loss_of (EpnsContext *ctx, EpnsTensor *const *inputs G_GNUC_UNUSED, gpointer user)
{
  Setup *self = user;

  return self->net.form->loss (self->worker, ctx, &self->pair, &self->key, NULL);
}

/* What a model adds to bids because of volumes, beyond what it learned. */
START_TEST (volumes_lean_on_bids)
{
  Setup self = setup_new (&config, FALSE);
  g_autoptr (EpnsLocalBoard) plain = board_new (&self);
  g_autoptr (EpnsLocalBoard) leaning = board_new (&self);
  Known known = { .net = self.network, .board = plain };
  const gsize plane = config.window * config.window;

  leaning->config.volume_lean = 0.7;
  epns_local_board_evaluate_all (plain, self.network, self.ctx);
  epns_local_board_evaluate_all (leaning, self.network, self.ctx);
  ck_assert_mem_eq (plain->pass.medium->data, leaning->pass.medium->data,
                    plain->pass.medium->count * sizeof (float));
  for (known.cell = 0; known.cell < plain->windows->n_cells; known.cell++)
    for (gsize p = known.cell * plane; p < (known.cell + 1) * plane; p++) {
      const gssize site = epns_local_windows_site (plain->windows, p);
      double whole[7];
      if (site < 0)
        continue;
      whole_of (&known, plain->pass_of_site[site], whole);
      const double before = 20 * atanh ((double) plain->pass.logits->data[p] / 20),
                   after = 20 * atanh ((double) leaning->pass.logits->data[p] / 20);
      ck_assert_double_eq_tol (after, before - 0.7 * whole[0], 1e-3);
    }
  setup_free (&self);
}
END_TEST

/* A model of these settings and of a network of its own, that the medium bids more by `more`. */
static EpnsLocal *
model_new (const Setup *self, const EpnsLocalConfig *of, float more)
{
  g_autofree char *path = g_strdup ("/tmp/epns-sites-XXXXXX");
  const EpnsPairs pairs = { .sets = &self->movie.set, .n_sets = 1, .stride = 1 };
  const EpnsTrainerOptions options = { .seed = 1, .steps = 1, .batch = 1, .clip = 1 };
  EpnsLocalNetwork *network = epns_local_network_draw (of, &widths, 11);

  g_close (g_mkstemp (path), NULL);
  network->medium_out.bias->data[HIDDEN] += more;
  g_autoptr (EpnsTrainer) trainer = epns_trainer_new (epns_local_trainable (network, &objective),
                                                      &options, &pairs, &pairs, NULL);
  ck_assert (epns_trainer_export (trainer, FALSE, path, NULL));
  g_autoptr (EpnsSafetensors) weights = epns_safetensors_read (path, NULL);
  EpnsLocal *model = epns_local_new (of, weights, NULL);
  ck_assert_ptr_nonnull (model);
  g_unlink (path);
  return model;
}

/* How many of 20 steps leave one of three cells, which have a site each, with fewer than `wanted`
 * where the medium bids high. */
static guint
losses_of_small_cells (guint attempts, guint least, guint wanted)
{
  EpnsLocalConfig of = config;
  Setup self = setup_new (&of, FALSE);
  gint32 id[MOVIE_SIDE * MOVIE_SIDE];
  guint lost = 0;

  of.attempts = attempts;
  of.least_volume = least;
  g_autoptr (EpnsLocal) model = model_new (&self, &of, 4);
  g_autoptr (EpnsLocalScratch) scratch = epns_local_scratch_new (model, NULL);
  for (guint i = 0; i < 20; i++) {
    const EpnsDrawKey key = { .seed = i };
    EpnsLocalState state = { .id = id,
                             .height = MOVIE_SIDE,
                             .width = MOVIE_SIDE,
                             .type = self.movie.type,
                             .n_ids = MOVIE_IDS };
    guint volume[MOVIE_IDS] = { 0 }, large = 0;
    memset (id, 0, sizeof id);
    for (gint32 c = 1; c <= 3; c++)
      id[MOVIE_SIDE * 12 + 10 + c] = c;
    ck_assert (epns_local_step (scratch, &state, &key, NULL));
    for (gsize s = 0; s < MOVIE_SIDE * MOVIE_SIDE; s++)
      volume[id[s]]++;
    for (gint32 c = 1; c < MOVIE_IDS; c++)
      large += volume[c] >= wanted;
    lost += large < 3;
  }
  setup_free (&self);
  return lost;
}

START_TEST (lost_cells_are_drawn_again)
{
  const guint once = losses_of_small_cells (1, 0, 1), often = losses_of_small_cells (100, 0, 1);

  ck_assert_msg (once > 0 && often == 0, "%u lost with one attempt, %u with many", once, often);
}
END_TEST

START_TEST (so_are_cells_below_the_least_volume)
{
  const guint free = losses_of_small_cells (100, 0, 2), bound = losses_of_small_cells (100, 2, 2);

  ck_assert_msg (free > bound, "%u below two sites where one is enough, %u where not", free, bound);
}
END_TEST

/* Draw the sites of a pass from the law that the operators state. */
static void
draw_from_law (EpnsLocalScratch *scratch, const EpnsLocalState *state, const EpnsLocalGrid *grid,
               guint pass, const EpnsLocalChoice *choice, gint32 *next)
{
  g_autoptr (EpnsLocalWindows) w = epns_local_windows_new (config.window);
  float bids[1 + MOVIE_IDS];
  EpnsLocalLaw law;

  ck_assert (epns_local_windows_find (w, state, config.n_types, NULL));
  epns_local_windows_centre (w, config.window, NULL);
  ck_assert (epns_local_law (scratch, state, next,
                             (const guint32[3]){ grid->shift_y, grid->shift_x, grid->turn }, pass,
                             &law, NULL));
  for (gsize s = 0; s < MOVIE_SIDE * MOVIE_SIDE; s++) {
    const guint32 first = w->start[s], n = w->start[s + 1] - first;
    if (epns_local_grid_pass (grid, s / MOVIE_SIDE, s % MOVIE_SIDE) != pass)
      continue;
    bids[0] = law.medium[s];
    for (guint32 i = 0; i < n; i++)
      bids[i + 1] = law.logits[w->covering[first + i]];
    const gssize drawn = epns_local_choose (choice, s, n + 1, bids);
    next[s] = drawn == 0
                  ? 0
                  : w->cells[w->covering[first + drawn - 1] / (w->window * w->window)].id;
  }
}

/* Site by site, where all bid: passes, then sweeps; with walls (_i = 0) and without. */
START_TEST (a_step_draws_from_the_law)
{
  EpnsLocalConfig of = config;
  of.redraw_sweeps = 8;
  of.volume_lean = 0.3;
  Setup self = setup_new (&of, _i == 1);
  g_autoptr (EpnsLocal) model = model_new (&self, &of, 0);
  g_autoptr (EpnsLocalScratch) scratch = epns_local_scratch_new (model, NULL);
  g_autoptr (EpnsLocalScratch) other = epns_local_scratch_new (model, NULL);
  g_autofree gint32 *id = g_memdup2 (self.pair.now, MOVIE_SIDE * MOVIE_SIDE * sizeof *id);
  g_autofree gint32 *next = g_new0 (gint32, MOVIE_SIDE * MOVIE_SIDE);
  EpnsLocalState state = { .id = id,
                           .height = MOVIE_SIDE,
                           .width = MOVIE_SIDE,
                           .periodic = { _i == 1, _i == 1 },
                           .type = self.movie.type,
                           .n_ids = MOVIE_IDS };

  for (self.key.step = 0; self.key.step < 3; self.key.step++) {
    EpnsLocalChoice choice = { .key = &self.key, .temperature = 1 };
    const EpnsLocalGrid grid = epns_local_grid_draw (&self.key, of.passes);
    for (guint k = 0; k < of.passes; k++, choice.evaluation++)
      draw_from_law (other, &state, &grid, k, &choice, next);
    for (guint i = 0; i < of.redraw_sweeps; i++, choice.evaluation++) {
      const EpnsLocalGrid sweep = epns_local_grid_sweep (&grid, i);
      draw_from_law (other, &state, &sweep, of.passes - 1, &choice, next);
    }
    ck_assert (epns_local_step (scratch, &state, &self.key, NULL));
    ck_assert_mem_eq (id, next, MOVIE_SIDE * MOVIE_SIDE * sizeof *id);
  }
  setup_free (&self);
}
END_TEST

/* An implementation apart, with gradients by automatic differentiation. */
START_TEST (follows_pytorch)
{
  const EpnsLocalConfig golden = { .passes = 12,
                                   .window = 12,
                                   .n_types = 3,
                                   .target_volume = 23,
                                   .decoder = EPNS_LOCAL_DECODER_SITES,
                                   .reach = 3 };

  local_golden_follows (&golden, &objective, "sites");
}
END_TEST

typedef struct {
  EpnsLocalNetwork *network; /* with gradients */
  EpnsLocalBoard *board;
  gboolean medium;
} Bidding;

static EpnsTensor *
bids_of (EpnsContext *ctx, EpnsTensor *const *inputs G_GNUC_UNUSED, gpointer user)
{
  Bidding *self = user;

  epns_local_board_evaluate_all (self->board, self->network, ctx);
  return epns_tensor_ref (self->medium ? self->board->pass.medium : self->board->pass.logits);
}

/* So that a ReLU is on or off whatever comes in, some of each: differences then cross no kink. */
static void
settle (EpnsLocalBidder *bidder)
{
  for (gsize k = 0; k < HIDDEN; k++) {
    bidder->whole.bias->data[k] = k % 4 == 0 ? -4 : 4;
    bidder->two.bias->data[k] = k % 4 == 1 ? -12 : 12;
  }
}

/* Of all that bidders are made of, with walls (_i = 0) and without. */
START_TEST (gradients_of_bids_are_right)
{
  Setup self = setup_new (&config, _i == 1);
  g_autoptr (EpnsLocalNetwork) network = epns_local_network_worker (self.network);
  g_autoptr (EpnsLocalBoard) board = board_new (&self);
  Bidding bidding = { .network = network, .board = board };
  guint checked = 0;

  settle (&network->cell_site);
  settle (&network->medium_site);
  for (gsize p = 0; p < epns_local_network_n_parameters (network); p++) {
    EpnsTensor *parameter = epns_local_network_parameter (network, p);
    g_autofree char *name = epns_local_network_parameter_name (network, p);
    bidding.medium = g_str_has_prefix (name, "medium_site");
    if (!bidding.medium && !g_str_has_prefix (name, "cell_site"))
      continue;
    double worst = epns_gradcheck (self.ctx, bids_of, &bidding, &parameter, 1, 5e-3, p);
    ck_assert_msg (worst < 1e-2, "%s: %g", name, worst);
    checked++;
  }
  ck_assert_uint_eq (checked, 14);
  setup_free (&self);
}
END_TEST

/* The rest of the way to the loss, by what lies behind the last ReLU and beside whole cells. */
START_TEST (gradients_of_the_loss_are_right)
{
  static const char *const smooth[] = { "cell_site.three", "medium_site.three", NULL };
  Setup self = setup_new (&config, _i == 1);

  for (gsize p = 0; p < self.net.form->n_parameters (self.net.net); p++) {
    EpnsTensor *parameter = self.net.form->worker_parameter (self.worker, p);
    g_autofree char *name = self.net.form->parameter_name (self.net.net, p);
    if (!g_strv_contains (smooth, name))
      continue;
    double worst = epns_gradcheck (self.ctx, loss_of, &self, &parameter, 1, 3e-3, p);
    ck_assert_msg (worst < 1e-2, "%s: %g", name, worst);
  }
  setup_free (&self);
}
END_TEST

/* Nats of the pair before and after some updates; none (_i = 0) or some latents. */
START_TEST (it_learns)
{
  EpnsLocalConfig of = config;
  EpnsTrainMeasure before = { 0 }, after = { 0 };

  of.latent = _i == 0 ? EPNS_LOCAL_LATENT_NONE : EPNS_LOCAL_LATENT_CELL;
  of.latent_size = 2;
  Setup self = setup_new (&of, FALSE);
  const gsize n = self.net.form->n_parameters (self.net.net);
  ck_assert (self.net.form->measure (self.worker, self.ctx, &self.pair, &self.key, &before, NULL));
  for (guint step = 0; step < 60; step++) {
    double loss = 0;
    self.key.step = step;
    if (self.net.form->learn != NULL)
      ck_assert (
          self.net.form->learn (self.worker, self.ctx, &self.pair, 1, &self.key, &loss, NULL));
    else {
      epns_context_record (self.ctx, TRUE);
      g_autoptr (EpnsTensor) cost = loss_of (self.ctx, NULL, &self);
      epns_context_backward (self.ctx, cost);
      epns_context_record (self.ctx, FALSE);
    }
    for (gsize p = 0; p < n; p++) {
      EpnsTensor *x = self.net.form->worker_parameter (self.worker, p);
      for (gsize i = 0; i < x->count; i++)
        x->data[i] -= 0.5f * x->grad->data[i];
      memset (x->grad->data, 0, x->count * sizeof (float));
    }
  }
  self.key.step = 0;
  ck_assert (self.net.form->measure (self.worker, self.ctx, &self.pair, &self.key, &after, NULL));
  ck_assert_double_lt (after.nats, 0.7 * before.nats);
  setup_free (&self);
}
END_TEST

SUITE_CASES ("local-sites", LOOP (bids_are_as_the_formula_says, 0, 2),
             ONCE (passes_one_by_one_are_those_at_once), ONCE (warm_steps_allocate_nothing),
             ONCE (follows_pytorch), ONCE (volumes_lean_on_bids), ONCE (lost_cells_are_drawn_again),
             ONCE (so_are_cells_below_the_least_volume),
             LOOP (a_step_draws_from_the_law, 0, 2),
             LOOP (gradients_of_bids_are_right, 0, 2), LOOP (gradients_of_the_loss_are_right, 0, 2),
             LOOP (it_learns, 0, 2))
