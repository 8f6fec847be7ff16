/* SPDX-License-Identifier: MIT */
/* Who hears whom, and from which sides bodies are seen: cell lists against all pairs, axes of
 * systems that have no unique ones. */
#include "models/epns/graph-scene.h"
#include "plugin/error.h"
#include "tests/suite.h"

#include <math.h>

static EpnsSystems *
random_bodies (gsize systems, gsize n, guint d, double extent, guint64 seed)
{
  const EpnsDrawKey key = { seed, 0, 0 };
  EpnsSystems *bodies = epns_systems_new (systems, n, d);

  for (gsize i = 0; i < systems * n * d; i++) {
    bodies->position[i] = extent * epns_random_uniform (&key, 0, i);
    bodies->velocity[i] = epns_random_normal (&key, 1, i);
  }
  return bodies;
}

static void
equals_all_pairs (const EpnsSystems *bodies, double cutoff)
{
  g_auto (EpnsNeighbours) found = { .starts = NULL };
  g_autoptr (GError) error = NULL;
  const guint d = bodies->dimensions;
  gsize at = 0;
  gint axis;

  ck_assert_msg (epns_neighbours_find (&found, bodies, cutoff, &axis, &error), "%s",
                 error ? error->message : "");
  for (gsize i = 0; i < epns_systems_rows (bodies); i++) {
    ck_assert_uint_eq ((gsize) found.list.starts[i], at);
    for (gsize j = i / bodies->n * bodies->n; j < (i / bodies->n + 1) * bodies->n; j++) {
      double way[3], square = 0;
      epns_box_displacement (&bodies->box, d, bodies->position + i * d, bodies->position + j * d,
                             way);
      for (guint a = 0; a < d; a++)
        square += way[a] * way[a];
      if (i == j || square < cutoff * cutoff) {
        ck_assert_uint_lt (at, found.list.n_edges);
        ck_assert_uint_eq ((gsize) found.list.senders[at++], j);
      }
    }
  }
  ck_assert_uint_eq (at, found.list.n_edges);
  ck_assert_uint_eq ((gsize) found.list.starts[epns_systems_rows (bodies)], at);
}

/* Free, walled and periodic, narrow and wide, bodies on top of each other, all in a line, and one
 * very far away. */
START_TEST (cell_lists_equal_all_pairs)
{
  for (guint64 seed = 0; seed < suite_trials (24, 4); seed++) {
    const guint d = 2 + seed % 2;
    g_autoptr (EpnsSystems) bodies = random_bodies (1 + seed % 3, 90, d, 10, seed);

    for (guint a = 0; a < d; a++) {
      bodies->box.wraps[a] = (seed >> (1 + a)) & 1;
      bodies->box.high[a] = 10 - (double) a;
    }
    bodies->position[4 * d] = bodies->position[5 * d];
    bodies->position[4 * d + 1] = bodies->position[5 * d + 1];
    if (seed % 5 == 4)
      bodies->position[7 * d] = 1e12 * (bodies->box.wraps[0] ? 0 : 1);
    for (gsize i = 0; seed % 6 == 5 && i < epns_systems_rows (bodies); i++)
      bodies->position[i * d + 1] = 3;
    equals_all_pairs (bodies, 0.4 + (double) (seed % 4));
  }
}
END_TEST

/* Every row once, in its own system, and cell mates side by side: the mean way from row to row is
 * shorter than at random. */
START_TEST (order_brings_near_bodies_together)
{
  g_autoptr (EpnsSystems) bodies = random_bodies (2, 400, 2, 20, 3);
  g_autofree gsize *order = epns_neighbours_order (bodies, 1);
  g_autofree gboolean *seen = g_new0 (gboolean, 800);
  g_autoptr (EpnsSystems) sorted = epns_systems_reorder (bodies, order);
  double way[2] = { 0, 0 };

  for (gsize i = 0; i < 800; i++) {
    ck_assert_uint_eq (order[i] / 400, i / 400);
    ck_assert (!seen[order[i]]);
    seen[order[i]] = TRUE;
    ck_assert_double_eq (sorted->velocity[2 * i + 1], bodies->velocity[2 * order[i] + 1]);
    for (guint k = 0; i % 400 > 0 && k < 2; k++) {
      const double *x = k ? sorted->position : bodies->position;
      way[k] += hypot (x[2 * i] - x[2 * i - 2], x[2 * i + 1] - x[2 * i - 1]);
    }
  }
  ck_assert (way[1] < way[0] / 4);
}
END_TEST

START_TEST (without_a_cut_off_all_hear_all)
{
  g_autoptr (EpnsSystems) bodies = random_bodies (3, 4, 3, 1, 1);
  g_auto (EpnsNeighbours) found = { .starts = NULL };
  gint axis;

  ck_assert (epns_neighbours_find (&found, bodies, 0, &axis, NULL));
  ck_assert_uint_eq (found.list.n_edges, 3 * 4 * 4);
  ck_assert_int_eq (found.list.senders[17], 5); /* system 1, body 0 hears body 1 */
}
END_TEST

START_TEST (a_narrow_box_is_refused)
{
  g_autoptr (EpnsSystems) bodies = random_bodies (1, 5, 2, 1, 1);
  g_auto (EpnsNeighbours) found = { .starts = NULL };
  g_autoptr (GError) error = NULL;
  gint axis;

  bodies->box.wraps[1] = TRUE;
  bodies->box.high[1] = 3;
  ck_assert (!epns_neighbours_find (&found, bodies, 2, &axis, &error));
  ck_assert (g_error_matches (error, EPNS_FAILURE, EPNS_FAILURE_MISMATCH));
  ck_assert_int_eq (axis, 1);
  ck_assert_ptr_nonnull (strstr (error->message, "use a box of at least 4"));
}
END_TEST

/* --- Frames --- */

static void
assert_orthonormal (const EpnsSystemFrames *frames, guint d)
{
  for (guint p = 0; p < d; p++)
    for (guint q = 0; q < d; q++) {
      double product = 0;
      for (guint c = 0; c < d; c++)
        product += frames->axes[c][p] * frames->axes[c][q];
      ck_assert_double_eq_tol (product, p == q, 1e-12);
    }
}

/* R v = value v, values ascending. */
START_TEST (axes_are_principal)
{
  for (guint64 seed = 0; seed < 20; seed++) {
    const guint d = 2 + seed % 2;
    g_autoptr (EpnsSystems) bodies = random_bodies (1, 6, d, 5, seed);
    EpnsSystemFrames frames;

    epns_frames_principal (bodies, 0, &(EpnsDrawKey){ 1, 0, 0 }, 0, &frames);
    assert_orthonormal (&frames, d);
    ck_assert_uint_eq (frames.drawn, 0);
    for (guint a = 0; a < d; a++) {
      double image[3] = { 0 };
      for (gsize i = 0; i < bodies->n; i++) {
        double along = 0;
        for (guint c = 0; c < d; c++)
          along += (bodies->position[i * d + c] - frames.centre[c]) * frames.axes[c][a];
        for (guint c = 0; c < d; c++)
          image[c] += along * (bodies->position[i * d + c] - frames.centre[c]);
      }
      for (guint c = 0; c < d; c++)
        ck_assert_double_eq_tol (image[c], frames.values[a] * frames.axes[c][a], 1e-11);
      ck_assert (a == 0 || frames.values[a] >= frames.values[a - 1]);
    }
  }
}
END_TEST

typedef struct {
  const char *name;
  guint n, drawn; /* bodies; axes without a direction of their own */
  double position[8][3];
} Shape;

static const Shape shapes[] = {
  { "one body", 1, 3, { { 3, 1, 2 } } },
  { "coincident", 3, 3, { { 1, 1, 1 }, { 1, 1, 1 }, { 1, 1, 1 } } },
  { "two bodies", 2, 2, { { 0, 0, 0 }, { 1, 2, 3 } } },
  { "collinear", 4, 2, { { 0, 0, 0 }, { 1, 2, 3 }, { 2, 4, 6 }, { -3, -6, -9 } } },
  { "square", 4, 2, { { 1, 0, 0 }, { 0, 1, 0 }, { -1, 0, 0 }, { 0, -1, 0 } } },
  { "tetrahedron", 4, 3, { { 1, 1, 1 }, { 1, -1, -1 }, { -1, 1, -1 }, { -1, -1, 1 } } },
  { "coplanar", 4, 0, { { 0, 0, 5 }, { 3, 0, 5 }, { 1, 2, 5 }, { 0, 1, 5 } } },
  { "cube",
    8,
    3,
    { { 0, 0, 0 },
      { 1, 0, 0 },
      { 0, 1, 0 },
      { 1, 1, 0 },
      { 0, 0, 1 },
      { 1, 0, 1 },
      { 0, 1, 1 },
      { 1, 1, 1 } } },
};

static EpnsSystems *
turned_shape (const Shape *shape, const double turn[3][3])
{
  EpnsSystems *bodies = epns_systems_new (1, shape->n, 3);

  for (guint i = 0; i < shape->n; i++)
    for (guint c = 0; c < 3; c++)
      for (guint k = 0; k < 3; k++)
        bodies->position[3 * i + c] += turn[c][k] * shape->position[i][k];
  return bodies;
}

/* An axis in the directions the shape was turned to: mean of products of its components, over
 * draws. */
static void
moments (const Shape *shape, const double turn[3][3], guint64 draws, double mean[3][3])
{
  g_autoptr (EpnsSystems) bodies = turned_shape (shape, turn);

  memset (mean, 0, 9 * sizeof (double));
  for (guint64 k = 0; k < draws; k++) {
    EpnsSystemFrames frames;
    double own[3] = { 0 };

    epns_frames_principal (bodies, 0, &(EpnsDrawKey){ 9, 0, k }, 0, &frames);
    assert_orthonormal (&frames, 3);
    ck_assert_msg (frames.drawn == shape->drawn, "%s: %u axes drawn", shape->name, frames.drawn);
    for (guint c = 0; c < 3; c++)
      for (guint i = 0; i < 3; i++)
        own[i] += turn[c][i] * frames.axes[c][0]; /* the first axis, turned back */
    for (guint p = 0; p < 3; p++)
      for (guint q = 0; q < 3; q++)
        mean[p][q] += own[p] * own[q] / (double) draws;
  }
}

/* A shape without axes of its own gets others at each draw, evenly spread, and turning the shape
 * turns their law: their second moments are the same however the shape lies. */
START_TEST (degenerate_axes_turn_with_the_shape)
{
  const double upright[3][3] = { { 1, 0, 0 }, { 0, 1, 0 }, { 0, 0, 1 } };
  const guint64 draws = suite_trials (4000, 400);
  const double tolerance = 4 / sqrt ((double) draws); /* of means of products below 1: > 4 sigma */
  double turn[3][3], first[3][3], second[3][3];

  epns_frames_draw (3, &(EpnsDrawKey){ 77, 0, 0 }, 0, turn);
  for (guint s = 0; s < G_N_ELEMENTS (shapes); s++) {
    moments (&shapes[s], upright, draws, first);
    moments (&shapes[s], (const double (*)[3]) turn, draws, second);
    for (guint p = 0; p < 3; p++)
      for (guint q = 0; q < 3; q++)
        ck_assert_msg (fabs (first[p][q] - second[p][q]) < tolerance, "%s: %g and %g",
                       shapes[s].name, first[p][q], second[p][q]);
    for (guint p = 0; shapes[s].drawn == 3 && p < 3; p++)
      ck_assert_double_eq_tol (first[p][p], 1.0 / 3, tolerance);
  }
}
END_TEST

/* What published weights were trained with: speeds without their x. */
START_TEST (published_speeds_depend_on_the_direction)
{
  const double turn[3][3] = { { 0, 1, 0 }, { 1, 0, 0 }, { 0, 0, 1 } };
  EpnsGraphConfig config = { .num_layers = 1,
                             .emb_dim = 1,
                             .num_latent_dim = 1,
                             .dimensions = 3,
                             .species = 1,
                             .node_position = TRUE,
                             .scale = 1,
                             .velocity_scale = 1 };
  g_autoptr (EpnsSystems) bodies = random_bodies (1, 4, 3, 5, 3),
                          turned = epns_systems_copy (bodies);
  gint axis;

  for (gsize i = 0; i < 12; i++) {
    turned->position[i] = turned->velocity[i] = 0;
    for (gsize k = 0; k < 3; k++) {
      turned->position[i] += turn[i % 3][k] * bodies->position[i / 3 * 3 + k];
      turned->velocity[i] += turn[i % 3][k] * bodies->velocity[i / 3 * 3 + k];
    }
  }
  for (config.edge_velocity = 0; config.edge_velocity < 2; config.edge_velocity++) {
    g_auto (EpnsGraphScene) one = { .config = NULL }, other = { .config = NULL };
    double off = 0;
    ck_assert (epns_graph_scene_init (&one, &config, bodies, NULL, &(EpnsDrawKey){ 0, 0, 0 }, &axis,
                                      NULL));
    ck_assert (epns_graph_scene_init (&other, &config, turned, NULL, &(EpnsDrawKey){ 0, 0, 0 },
                                      &axis, NULL));
    for (gsize m = 0; m < 2 * 16; m++)
      off = fmax (off, fabs (one.edges[m] - other.edges[m]));
    ck_assert (config.edge_velocity == EPNS_VELOCITY_FULL ? off < 1e-12 : off > 1e-3);
  }
}
END_TEST

SUITE ("graph-scene", cell_lists_equal_all_pairs, order_brings_near_bodies_together,
       without_a_cut_off_all_hear_all, a_narrow_box_is_refused, axes_are_principal,
       degenerate_axes_turn_with_the_shape, published_speeds_depend_on_the_direction)
