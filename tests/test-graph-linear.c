/* SPDX-License-Identifier: MIT */
/* What of a motion is linear, and velocities that know where bodies went: least squares find a law
 * that they can state, both precisions step alike, gradients are those of the loss. */
#include "models/epns/graph-exact.h"
#include "models/epns/graph-linear.h"
#include "models/epns/graph-objective.h"
#include "models/epns/graph-passes.h"
#include "models/epns/graph-step.h"
#include "tests/suite.h"

#include <math.h>
#include <string.h>

enum { MEMBERS = 20, FRAMES = 6, BODIES = 4, AXES = 2, NUMBERS = BODIES * AXES };
#define NOISE 0.02

static const EpnsGraphConfig config = { .num_layers = 1,
                                        .emb_dim = 6,
                                        .sample_from_pred = TRUE,
                                        .EPS = 1e-5,
                                        .clip_reconstr_loss_to = INFINITY,
                                        .dimensions = AXES,
                                        .species = 2,
                                        .edge_direction = TRUE,
                                        .edge_radial = 1,
                                        .edge_reach = 2,
                                        .edge_ahead = 0.1,
                                        .node_position = TRUE,
                                        .linear_motion = TRUE,
                                        .velocity_after = TRUE,
                                        .scale = 2,
                                        .velocity_scale = 3,
                                        .passes = 1,
                                        .parts = 1 };

/* Springs: a body is pulled to the others by their masses, and more by those of its own type. */
typedef struct {
  double position[MEMBERS][FRAMES][NUMBERS], velocity[MEMBERS][FRAMES][NUMBERS],
      mass[MEMBERS][BODIES];
  gint32 type[MEMBERS][BODIES];
  epns_train_bodies set;
  EpnsPairs pairs;
} Springs;

static void
advance (Springs *self, guint m, guint t, const EpnsDrawKey *key)
{
  const double *x = self->position[m][t - 1], *v = self->velocity[m][t - 1];

  for (guint i = 0; i < NUMBERS; i++) {
    const guint body = i / AXES;
    double pull = 0;
    for (guint j = 0; j < BODIES; j++)
      pull += (x[j * AXES + i % AXES] - x[i])
              * (0.1 * self->mass[m][j] + (self->type[m][j] == self->type[m][body] ? 0.05 : 0));
    self->velocity[m][t][i] = v[i] + pull + NOISE * epns_random_normal (key, 3, t * NUMBERS + i);
    self->position[m][t][i] = x[i] + 0.1 * self->velocity[m][t][i];
  }
}

static Springs *
springs_new (void)
{
  Springs *self = g_new0 (Springs, 1);

  for (guint m = 0; m < MEMBERS; m++) {
    const EpnsDrawKey key = { 1, m, 0 };
    for (guint i = 0; i < NUMBERS; i++) {
      self->position[m][0][i] = epns_random_normal (&key, 0, i);
      self->velocity[m][0][i] = epns_random_normal (&key, 1, i);
    }
    for (guint i = 0; i < BODIES; i++) {
      self->mass[m][i] = 1 + epns_random_uniform (&key, 2, i);
      self->type[m][i] = (gint32) (i % 2);
    }
    for (guint t = 1; t < FRAMES; t++)
      advance (self, m, t, &key);
  }
  self->set = (epns_train_bodies){ .position = &self->position[0][0][0],
                                   .velocity = &self->velocity[0][0][0],
                                   .mass = &self->mass[0][0],
                                   .type = &self->type[0][0],
                                   .members = MEMBERS,
                                   .frames = FRAMES,
                                   .bodies = BODIES,
                                   .axes = AXES };
  self->pairs = (EpnsPairs){ .bodies = &self->set, .n_bodies = 1, .stride = 1 };
  return self;
}

static EpnsGraph *
fitted (const EpnsGraphConfig *of, const Springs *springs)
{
  EpnsGraph *net = epns_graph_draw (of, 3);
  g_autoptr (GError) error = NULL;

  ck_assert_msg (epns_graph_fit_linear (net, &springs->pairs, 1, &error), "%s",
                 error ? error->message : "");
  return net;
}

static const EpnsTensor *
weight (const EpnsGraph *net, const char *name)
{
  const EpnsWeights *weights = epns_graph_weights (net);

  for (guint i = 0; i < epns_weights_n (weights); i++)
    if (g_str_equal (epns_weights_name (weights, i), name))
      return epns_weights_tensor (weights, i);
  ck_abort_msg ("there is no weight %s", name);
  return NULL;
}

/* All of the springs' law is linear, so that what remains is the noise; once positions are known
 * velocities have none. */
START_TEST (least_squares_find_the_law)
{
  g_autofree Springs *springs = springs_new ();
  g_autoptr (EpnsGraph) net = fitted (&config, springs);
  const EpnsTensor *unit = weight (net, "motion_unit"), *after = weight (net, "after.motion_unit");

  ck_assert_double_eq_tol ((double) unit->data[0] * config.scale, 0.1 * NOISE, 0.1 * 0.1 * NOISE);
  ck_assert_double_eq_tol ((double) unit->data[1] * config.velocity_scale, NOISE, 0.1 * NOISE);
  ck_assert_double_lt ((double) after->data[1] * config.velocity_scale, 0.01 * NOISE);
}
END_TEST

/* A velocity that follows its own draw leaves little, once the draw is counted: unless it is,
 * the pull would stand in for it, and as much would remain as bodies were pushed. */
START_TEST (least_squares_count_a_body_s_own_draw)
{
  g_autofree Springs *springs = springs_new ();
  EpnsGraphConfig of = config;
  of.joint_spread = TRUE;
  g_autoptr (EpnsGraph) net = fitted (&of, springs);
  const EpnsTensor *after = weight (net, "after.motion_unit");

  ck_assert_double_lt ((double) after->data[1] * config.velocity_scale, 0.2 * NOISE);
}
END_TEST

START_TEST (bodies_at_rest_are_refused)
{
  g_autofree Springs *springs = springs_new ();
  g_autoptr (EpnsGraph) net = epns_graph_draw (&config, 3);
  g_autoptr (GError) error = NULL;

  memset (springs->velocity, 0, sizeof springs->velocity);
  ck_assert (!epns_graph_fit_linear (net, &springs->pairs, 1, &error));
  ck_assert_msg (strstr (error->message, "velocities never change") != NULL, "%s", error->message);
}
END_TEST

static EpnsSystems *
start_of (const Springs *springs)
{
  const EpnsPair pair = epns_pairs_nth (&springs->pairs, 1, 7);

  return epns_graph_pair_state (&pair, 0);
}

static EpnsSystems *
stepped (const EpnsGraph *net, const EpnsSystems *from, EpnsGraphManner manner)
{
  g_autoptr (EpnsContext) ctx = epns_context_new (NULL);
  EpnsSystems *next = epns_systems_copy (from);
  EpnsDrawKey key = { 5, 0, 0 };
  gint axis;

  ck_assert (epns_graph_step (net, ctx, manner, next, &key, 1, &axis, NULL));
  return next;
}

/* Both precisions, drawn and not; and a mean velocity is the second network's of bodies that are
 * where they were drawn. _i = 1: with joint_spread. */
START_TEST (velocities_know_where_bodies_went)
{
  g_autofree Springs *springs = springs_new ();
  EpnsGraphConfig of = config;
  of.joint_spread = _i == 1;
  g_autoptr (EpnsGraph) net = fitted (&of, springs);
  g_autoptr (EpnsSystems) from = start_of (springs);

  for (gboolean drawn = FALSE; drawn <= TRUE; drawn++) {
    g_autoptr (EpnsSystems) exact = stepped (net, from, (EpnsGraphManner){ drawn, TRUE }),
                            single = stepped (net, from, (EpnsGraphManner){ drawn, FALSE });
    for (guint i = 0; i < NUMBERS; i++) {
      ck_assert_double_eq_tol (exact->position[i], single->position[i], 1e-5);
      ck_assert_double_eq_tol (exact->velocity[i], single->velocity[i], 1e-5);
    }
    if (drawn)
      continue;
    const EpnsGraph *after = epns_graph_after (net);
    const EpnsDrawKey key = { 5, 0, 0 };
    g_autoptr (EpnsSystems) moved = epns_graph_pass_all (from, exact->position);
    g_auto (EpnsGraphScene) scene = { .config = NULL };
    g_auto (EpnsGraphExact) found = { .latents = 0 };
    gint axis;
    ck_assert (epns_graph_scene_init (&scene, epns_graph_config (after), moved, NULL, &key, &axis,
                                      NULL));
    epns_graph_exact (after, &scene, NULL, &found);
    for (guint i = 0; i < NUMBERS; i++)
      ck_assert_double_eq_tol (exact->velocity[i] - from->velocity[i],
                               config.velocity_scale
                                   * found.change[i / AXES * 2 * AXES + AXES + i % AXES],
                               1e-12);
  }
}
END_TEST

/* Twice and half as far off the means, by the same draws; what follows a position's draw follows it
 * as it was learned. */
START_TEST (draws_can_be_widened)
{
  g_autofree Springs *springs = springs_new ();
  EpnsGraphConfig of = config;
  of.velocity_after = FALSE;
  of.joint_spread = TRUE;
  g_autoptr (EpnsGraph) net = fitted (&of, springs);
  of.widening[0] = 1;
  of.widening[1] = -0.5;
  g_autoptr (EpnsGraph) wide = fitted (&of, springs);
  g_autoptr (EpnsSystems) from = start_of (springs);
  g_autoptr (EpnsSystems) mean = stepped (net, from, (EpnsGraphManner){ FALSE, TRUE }),
                          once = stepped (net, from, (EpnsGraphManner){ TRUE, TRUE }),
                          more = stepped (wide, from, (EpnsGraphManner){ TRUE, TRUE });

  for (guint i = 0; i < NUMBERS; i++) {
    ck_assert (fabs (once->position[i] - mean->position[i]) > 0);
    ck_assert_double_eq_tol (more->position[i] - mean->position[i],
                             2 * (once->position[i] - mean->position[i]), 1e-12);
    ck_assert_double_eq_tol (more->velocity[i] - mean->velocity[i],
                             0.5 * (once->velocity[i] - mean->velocity[i]), 1e-12);
  }
}
END_TEST

static double
loss_of (const EpnsGraph *net, EpnsContext *ctx, const EpnsPair *pair)
{
  const EpnsDrawKey key = { 1, 0, 0 };
  const EpnsGraphObjective objective = { net, ctx, 1, &key };
  g_autoptr (EpnsSystems) now = epns_graph_pair_state (pair, 0),
                          next = epns_graph_pair_state (pair, 1);
  g_auto (EpnsGraphOutcome) outcome = { .motion = { NULL, NULL } };

  ck_assert (epns_graph_outcome (&objective, 0, now, next, NULL, NULL, &outcome, NULL));
  return outcome.loss.nll;
}

/* By differences of several sizes, the one nearest to what is expected: a large one leaves the region
 * where a ReLU is on, a small one drowns in single precision. */
static double
nearest_slope (const EpnsGraph *net, EpnsContext *ctx, const EpnsPair *pair, float *weight,
               double expected)
{
  const float value = *weight;
  double nearest = INFINITY;

  for (float off = 1e-2f; off > 5e-5f; off /= 4) {
    *weight = value + off;
    const double above = loss_of (net, ctx, pair);
    *weight = value - off;
    const double found = (above - loss_of (net, ctx, pair)) / (2 * (double) off);
    if (fabs (found - expected) < fabs (nearest - expected))
      nearest = found;
  }
  *weight = value;
  return nearest;
}

/* Of the weight with the largest slope of every tensor; what is fitted has none. A second network
 * (0), joint_spread (1), and both. */
START_TEST (gradients_are_those_of_the_loss)
{
  g_autofree Springs *springs = springs_new ();
  EpnsGraphConfig of = config;
  of.velocity_after = _i != 1;
  of.joint_spread = _i > 0;
  g_autoptr (EpnsGraph) net = fitted (&of, springs);
  g_autoptr (EpnsContext) ctx = epns_context_new (NULL);
  const EpnsPair pair = epns_pairs_nth (&springs->pairs, 1, 7);
  const EpnsDrawKey key = { 1, 0, 0 };
  const EpnsGraphObjective objective = { net, ctx, 1, &key };
  const EpnsWeights *weights = epns_graph_weights (net);
  g_autoptr (EpnsSystems) now = epns_graph_pair_state (&pair, 0),
                          next = epns_graph_pair_state (&pair, 1);
  guint sloping = 0;

  ck_assert (epns_graph_learn (&objective, now, &next, 1, NULL, NULL, NULL, NULL));
  for (guint p = 0; p < epns_weights_n (weights); p++) {
    EpnsTensor *tensor = epns_weights_tensor (weights, p);
    gsize at = 0;
    for (gsize i = 0; i < tensor->count; i++)
      if (fabsf (tensor->grad->data[i]) > fabsf (tensor->grad->data[at]))
        at = i;
    const double slope = (double) tensor->grad->data[at];
    ck_assert (!epns_graph_is_fitted (net, tensor) || (slope <= 0 && slope >= 0));
    if (fabs (slope) < 0.3)
      continue;
    const double found = nearest_slope (net, ctx, &pair, tensor->data + at, slope);
    ck_assert_double_eq_tol (found, slope, 0.05 * fabs (slope) + 0.02);
    sloping++;
  }
  ck_assert_uint_gt (sloping, 12);
}
END_TEST

SUITE_CASES ("graph-linear", ONCE (least_squares_find_the_law),
             ONCE (least_squares_count_a_body_s_own_draw), ONCE (bodies_at_rest_are_refused),
             LOOP (velocities_know_where_bodies_went, 0, 2), ONCE (draws_can_be_widened),
             LOOP (gradients_are_those_of_the_loss, 0, 3))
