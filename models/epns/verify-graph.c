/* SPDX-License-Identifier: MIT */
/* The graph network's symmetries: what happens to bodies happens to where they go. Each is tried on
 * one step in double, with the latents' noise going along with its bodies. */
#include "models/epns/verify-graph.h"
#include "models/epns/graph-exact.h"
#include "models/epns/source.h"
#include "models/epns/verify.h"

#include <math.h>
#include <string.h>

#define TOLERANCE 1e-9        /* of a step in double, of the largest number or of 1 */
#define SINGLE_TOLERANCE 1e-4 /* of one in single beside that */
#define BODIES 7

enum { DRAW_BODIES, DRAW_NOISE, DRAW_TURN, DRAW_ORDER };

typedef struct { /* what is done to a system: x -> turn x + shift, and its bodies reordered */
  const char *name;
  double turn[3][3], shift[3];
  gboolean shuffles;
} Symmetry;

typedef struct {
  const EpnsGraph *net;
  const EpnsGraphConfig *config;
  EpnsDrawKey key;
  EpnsSystems *bodies;
  double *eps; /* [BODIES][Z], or [Z] */
  gsize order[BODIES];
  epns_verify_report report;
  gpointer data;
} Trial;

typedef struct { /* where bodies go */
  EpnsSystems *next;
  double *spread; /* [BODIES][2 or 3] */
} Result;

static void
result_clear (Result *self)
{
  epns_systems_free (self->next);
  g_free (self->spread);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Result, result_clear)

/* --- A system, and what it becomes --- */

EpnsSystems *
epns_verify_graph_bodies (const EpnsGraphConfig *config, const EpnsDrawKey *key)
{
  const double reach = config->cutoff > 0 ? config->cutoff / 2 : config->scale / 10;
  EpnsSystems *bodies = epns_systems_new (1, BODIES, config->dimensions);
  guint64 place = 0;

  for (gsize i = 0; i < BODIES * config->dimensions; i++) {
    bodies->position[i] = reach * epns_random_normal (key, DRAW_BODIES, place++);
    bodies->velocity[i] = config->velocity_scale / 10
                          * epns_random_normal (key, DRAW_BODIES, place++);
  }
  for (gsize i = 0; i < BODIES; i++) {
    bodies->mass[i] = 0.5 + epns_random_uniform (key, DRAW_BODIES, place++);
    bodies->radius[i] = reach * epns_random_uniform (key, DRAW_BODIES, place++);
    bodies->type[i] = (gint32) (i % config->species);
  }
  for (gsize i = 0; config->second && i < BODIES * config->dimensions; i++)
    bodies->way[i] = reach / 10 * epns_random_normal (key, DRAW_BODIES, place++);
  for (guint a = 0; a < config->dimensions && config->frames == EPNS_FRAMES_BOX; a++) {
    bodies->box.walled[a] = config->walls;
    bodies->box.wraps[a] = !config->walls;
    bodies->box.low[a] = -6 * reach;
    bodies->box.high[a] = 6 * reach;
    for (gsize i = 0; i < BODIES; i++)
      epns_box_keep (&bodies->box, config->dimensions, bodies->position + i * config->dimensions);
  }
  return bodies;
}

static void
turn (const Symmetry *symmetry, guint d, const double *from, gboolean shifted, double *to)
{
  for (guint c = 0; c < d; c++) {
    to[c] = shifted ? symmetry->shift[c] : 0;
    for (guint k = 0; k < d; k++)
      to[c] += symmetry->turn[c][k] * from[k];
  }
}

static EpnsSystems *
transform (const Trial *trial, const Symmetry *symmetry, const EpnsSystems *from)
{
  const guint d = from->dimensions;
  EpnsSystems *to = epns_systems_copy (from);

  for (gsize i = 0; i < BODIES; i++) {
    const gsize old = symmetry->shuffles ? trial->order[i] : i;
    turn (symmetry, d, from->position + old * d, TRUE, to->position + i * d);
    turn (symmetry, d, from->velocity + old * d, FALSE, to->velocity + i * d);
    turn (symmetry, d, from->way + old * d, FALSE, to->way + i * d);
    epns_box_keep (&to->box, d, to->position + i * d);
    to->mass[i] = from->mass[old];
    to->radius[i] = from->radius[old];
    to->type[i] = from->type[old];
  }
  return to;
}

static double *
transform_rows (const Trial *trial, const Symmetry *symmetry, const double *from, gsize rows,
                gsize width)
{
  double *to = g_memdup2 (from, rows * width * sizeof *from);

  for (gsize i = 0; to != NULL && symmetry->shuffles && rows == BODIES && i < rows; i++)
    memcpy (to + i * width, from + trial->order[i] * width, width * sizeof *from);
  return to;
}

/* --- Steps and verdicts --- */

static gboolean
step_exactly (const Trial *trial, const EpnsSystems *bodies, const double *eps, Result *result,
              GError **error)
{
  g_auto (EpnsGraphScene) scene = { .config = NULL };
  g_auto (EpnsGraphExact) exact = { .latents = 0 };
  gint axis;

  if (!epns_graph_scene_init (&scene, trial->config, bodies, NULL, &trial->key, &axis, error))
    return FALSE;
  epns_graph_exact (trial->net, &scene, eps, &exact);
  result->next = epns_systems_copy (bodies);
  epns_graph_move (trial->config, result->next, exact.change);
  result->spread = g_steal_pointer (&exact.spread);
  return TRUE;
}

static void
compare (const Trial *trial, const char *name, const char *what, const double *a, const double *b,
         gsize n, double unit, double tolerance)
{
  g_autofree char *full = g_strdup_printf ("%s%s: %s", name,
                                           trial->config->second ? ", then" : "", what);
  double error = 0, largest = 1;

  for (gsize i = 0; i < n; i++) {
    const double off = fabs (a[i] - b[i]) / unit;
    error = off >= 0 ? fmax (error, off) : INFINITY; /* not a number */
    largest = fmax (largest, fabs (a[i]) / unit);
  }
  trial->report (trial->data, full, error, tolerance * largest, error <= tolerance * largest);
}

/* Positions the shortest way apart, so that a body on a periodic border is on both sides. */
static void
compare_results (const Trial *trial, const char *name, const Result *wanted, const Result *found,
                 double tolerance)
{
  const guint d = trial->config->dimensions;
  g_autofree double *moved = g_memdup2 (wanted->next->position, BODIES * d * sizeof (double));

  for (gsize i = 0; i < BODIES; i++) {
    double way[3];
    epns_box_displacement (&wanted->next->box, d, wanted->next->position + i * d,
                           found->next->position + i * d, way);
    for (guint c = 0; c < d; c++)
      moved[i * d + c] += way[c];
  }
  compare (trial, name, "positions", wanted->next->position, moved, BODIES * d,
           trial->config->scale, tolerance);
  compare (trial, name, "velocities", wanted->next->velocity, found->next->velocity, BODIES * d,
           trial->config->velocity_scale, tolerance);
  compare (trial, name, "deviations", wanted->spread, found->spread,
           BODIES * epns_graph_config_spreads (trial->config), 1, tolerance);
}

static gboolean
try_symmetry (const Trial *trial, const Symmetry *symmetry, const Result *plain, GError **error)
{
  const gsize rows = trial->config->do_node_aggregation ? 1 : BODIES;
  g_autoptr (EpnsSystems) other = transform (trial, symmetry, trial->bodies);
  g_autofree double *eps = transform_rows (trial, symmetry, trial->eps, rows,
                                           trial->config->num_latent_dim);
  g_auto (Result) found = { NULL, NULL };
  g_auto (Result) wanted = { transform (trial, symmetry, plain->next),
                             transform_rows (trial, symmetry, plain->spread, BODIES,
                                             epns_graph_config_spreads (trial->config)) };

  if (!step_exactly (trial, other, eps, &found, error))
    return FALSE;
  compare_results (trial, symmetry->name, &wanted, &found, TOLERANCE);
  return TRUE;
}

static gboolean
try_single (const Trial *trial, const Result *plain, GError **error)
{
  g_autoptr (EpnsContext) ctx = epns_context_new (NULL);
  const EpnsGraphPass pass = { ctx, NULL, NULL };
  g_auto (EpnsGraphScene) scene = { .config = NULL };
  g_auto (EpnsGraphEncoding) encoding = { .e = NULL };
  g_auto (EpnsGraphMotion) motion = { .change = NULL };
  g_autoptr (EpnsTensor) z = NULL;
  g_auto (Result) found = { epns_systems_copy (trial->bodies), g_new (double, 3 * BODIES) };
  gint axis;

  if (!epns_graph_scene_init (&scene, trial->config, trial->bodies, NULL, &trial->key, &axis,
                              error))
    return FALSE;
  epns_graph_encode (trial->net, &pass, &scene, &encoding);
  if (encoding.mu != NULL) {
    g_autoptr (EpnsTensor) eps = epns_tensor_new (ctx, encoding.mu->rank, encoding.mu->shape);
    for (gsize i = 0; i < eps->count; i++)
      eps->data[i] = (float) trial->eps[i];
    z = epns_reparameterise (ctx, encoding.mu, encoding.sigma, eps);
  }
  epns_graph_decode (trial->net, &pass, &encoding, z, &motion);
  g_autofree double *change = g_new (double, motion.change->count);
  for (gsize i = 0; i < motion.change->count; i++)
    change[i] = (double) motion.change->data[i];
  for (gsize i = 0; i < motion.spread->count; i++)
    found.spread[i] = (double) motion.spread->data[i];
  epns_graph_move (trial->config, found.next, change);
  compare_results (trial, "in single precision", plain, &found, SINGLE_TOLERANCE);
  return TRUE;
}

/* --- Which there are --- */

static Symmetry
identity (const char *name)
{
  return (Symmetry){ .name = name, .turn = { { 1, 0, 0 }, { 0, 1, 0 }, { 0, 0, 1 } } };
}

/* Any orthogonal matrix; one that leaves x alone where only that is a symmetry. */
static void
draw_turn (const Trial *trial, gboolean about_x, Symmetry *symmetry)
{
  const guint d = trial->config->dimensions, first = about_x ? 1 : 0;
  double basis[3][3];

  epns_frames_draw (d - first, &trial->key, DRAW_TURN, basis);
  for (guint i = first; i < d; i++)
    for (guint k = first; k < d; k++)
      symmetry->turn[i][k] = basis[i - first][k - first];
}

static gboolean
try_all (const Trial *trial, const Result *plain, GError **error)
{
  const gboolean boxed = trial->config->frames == EPNS_FRAMES_BOX,
                 about_x = trial->config->edge_velocity == EPNS_VELOCITY_PUBLISHED;
  Symmetry renumbered = identity ("renumbered bodies"), moved = identity ("moved"),
           mirrored = identity ("mirrored"),
           turned = identity (about_x ? "turned about x or mirrored along y and z"
                                      : "turned and mirrored");

  renumbered.shuffles = TRUE;
  mirrored.turn[0][0] = -1;
  for (guint c = 0; c < 3; c++)
    moved.shift[c] = (3 - c) * trial->config->scale;
  draw_turn (trial, about_x, &turned);
  return try_symmetry (trial, &renumbered, plain, error)
         && (trial->config->walls || try_symmetry (trial, &moved, plain, error))
         && try_symmetry (trial, &mirrored, plain, error)
         && (boxed || try_symmetry (trial, &turned, plain, error))
         && try_single (trial, plain, error);
}

static void
draw_order (Trial *trial)
{
  for (gsize i = 0; i < BODIES; i++)
    trial->order[i] = i;
  for (gsize i = BODIES - 1; i > 0; i--) {
    const gsize k = (gsize) (epns_random_uniform (&trial->key, DRAW_ORDER, i) * (double) (i + 1));
    const gsize swapped = trial->order[i];
    trial->order[i] = trial->order[k];
    trial->order[k] = swapped;
  }
}

static gboolean
try_network (const EpnsGraph *net, guint64 seed, epns_verify_report report, gpointer data,
             GError **error)
{
  const EpnsGraphConfig *config = epns_graph_config (net);
  const gsize latents = (config->do_node_aggregation ? 1 : BODIES) * config->num_latent_dim;
  Trial trial = {
    .net = net, .config = config, .key = { seed, 0, 0 }, .report = report, .data = data
  };
  g_autoptr (EpnsSystems) bodies = epns_verify_graph_bodies (config, &trial.key);
  g_autofree double *eps = g_new (double, latents);
  g_auto (Result) plain = { NULL, NULL };

  for (gsize i = 0; i < latents; i++)
    eps[i] = epns_random_normal (&trial.key, DRAW_NOISE, i);
  draw_order (&trial);
  trial.bodies = bodies;
  trial.eps = eps;
  return step_exactly (&trial, bodies, eps, &plain, error) && try_all (&trial, &plain, error);
}

gboolean
epns_verify_graph_symmetries (const EpnsGraph *net, guint64 seed, epns_verify_report report,
                              gpointer data, GError **error)
{
  const EpnsGraph *after = epns_graph_after (net);

  return try_network (net, seed, report, data, error)
         && (after == NULL || try_network (after, seed, report, data, error));
}

gboolean
epns_verify_graph_equivariance (const char *path, guint64 seed, epns_verify_report report,
                                gpointer data, GError **error)
{
  g_auto (EpnsSource) source = { NULL, NULL };

  if (!epns_source_open (&source, path, error))
    return FALSE;
  g_autoptr (EpnsGraph) net = epns_graph_new (source.weights, source.description, FALSE, error);
  if (net == NULL)
    return FALSE;
  return epns_verify_graph_symmetries (net, seed, report, data, error);
}

static epns_status
reference (const char *source, const char *file, int32_t gradients, epns_verify_report report,
           void *ctx, epns_error *error)
{
  return epns_verify_compare (epns_verify_graph_reference, source, file, gradients, report, ctx,
                              error);
}

static epns_status
equivariance (const char *source, uint64_t seed, epns_verify_report report, void *ctx,
              epns_error *error)
{
  return epns_verify_try (epns_verify_graph_equivariance, source, seed, report, ctx, error);
}

static epns_status
gradient (const char *source, uint64_t seed, epns_verify_report report, void *ctx,
          epns_error *error)
{
  return epns_verify_try (epns_verify_graph_gradient, source, seed, report, ctx, error);
}

const epns_verify epns_graph_verify = {
  .size = sizeof (epns_verify),
  .reference = reference,
  .equivariance = equivariance,
  .gradient = gradient,
};
