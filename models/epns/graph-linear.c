/* SPDX-License-Identifier: MIT */
/* Least squares by normal equations. */
#include "models/epns/graph-linear.h"
#include "models/epns/graph-passes.h"
#include "models/epns/graph-private.h"
#include "plugin/error.h"

#include <float.h>
#include <math.h>
#include <string.h>

enum { SAMPLES = 2000, DRAW_PAIR = EPNS_GRAPH_DRAWS };
#define RIDGE 1e-9 /* of each column's own square, so that columns may repeat each other */

typedef struct { /* sums over rows: x x^T, x y, y^2, of positions and velocities */
  gsize width, rows;
  double *xx, *xy[2], yy[2]; /* [width][width], [width] */
} Sums;

static void
sums_clear (Sums *self)
{
  g_free (self->xx);
  g_free (self->xy[0]);
  g_free (self->xy[1]);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Sums, sums_clear)

EpnsSystems *
epns_graph_pair_state (const EpnsPair *pair, guint k)
{
  const gsize numbers = pair->bodies * pair->axes;
  EpnsSystems *bodies = epns_systems_new (1, pair->bodies, (guint) pair->axes);

  memcpy (bodies->position, pair->position + k * pair->apart, numbers * sizeof (double));
  memcpy (bodies->velocity, pair->velocity + k * pair->apart, numbers * sizeof (double));
  if (pair->mass != NULL)
    memcpy (bodies->mass, pair->mass, pair->bodies * sizeof (double));
  if (pair->body_type != NULL)
    memcpy (bodies->type, pair->body_type, pair->bodies * sizeof (gint32));
  return bodies;
}

static void
add_row (Sums *sums, const double *x, const double y[2])
{
  for (gsize i = 0; i < sums->width; i++) {
    for (gsize k = 0; k <= i; k++)
      sums->xx[i * sums->width + k] += x[i] * x[k];
    for (guint q = 0; q < 2; q++)
      sums->xy[q][i] += x[i] * y[q];
  }
  for (guint q = 0; q < 2; q++)
    sums->yy[q] += y[q] * y[q];
  sums->rows++;
}

/* Every body along every axis, from `now` to `next`, in the network's units. */
static gboolean
add_step (Sums *sums, const EpnsGraphConfig *config, const EpnsSystems *now,
          const EpnsSystems *next, const double *drawn, const EpnsDrawKey *key, GError **error)
{
  const gsize d = config->dimensions, columns = epns_graph_config_linear (config);
  g_auto (EpnsGraphScene) scene = { .config = NULL };
  g_autofree double *x = g_new (double, sums->width);
  gint axis;

  if (!epns_graph_scene_init (&scene, config, now, NULL, key, &axis, error))
    return FALSE;
  for (gsize i = 0; i < now->n; i++)
    for (gsize a = 0; a < d; a++) {
      double y[2] = { 0, 0 }, off = 0;
      for (gsize c = 0; c < d; c++) {
        const double along = scene.frames[0].axes[c][a];
        y[0] += along * (next->position[i * d + c] - now->position[i * d + c]) / config->scale;
        y[1] += along * (next->velocity[i * d + c] - now->velocity[i * d + c])
                / config->velocity_scale;
        off += along * (drawn != NULL ? drawn[i * d + c] : 0);
      }
      memcpy (x, scene.linear + (i * d + a) * columns, columns * sizeof *x);
      if (sums->width > columns)
        x[columns] = off;
      add_row (sums, x, y);
    }
  return TRUE;
}

/* How far bodies went beyond what the network's W has them go: [n][d], in its units. */
static double *
drawn_positions (const EpnsGraph *net, const EpnsSystems *now, const EpnsSystems *next,
                 const EpnsDrawKey *key, GError **error)
{
  const gsize d = net->config.dimensions, columns = (gsize) net->linear->shape[1];
  g_auto (EpnsGraphScene) scene = { .config = NULL };
  gint axis;

  if (!epns_graph_scene_init (&scene, &net->config, now, NULL, key, &axis, error))
    return NULL;
  double *drawn = g_new (double, now->n *d);
  for (gsize i = 0; i < now->n * d; i++)
    drawn[i] = (next->position[i] - now->position[i]) / net->config.scale;
  for (gsize row = 0; row < now->n * d; row++) {
    double along = 0;
    for (gsize k = 0; k < columns; k++)
      along += (double) net->linear->data[k] * scene.linear[row * columns + k];
    for (gsize c = 0; c < d; c++)
      drawn[row / d * d + c] -= along * scene.frames[0].axes[c][row % d];
  }
  return drawn;
}

/* Cholesky's factor in the lower half, in place. */
static void
factorise (double *a, gsize n)
{
  for (gsize j = 0; j < n; j++)
    for (gsize i = j; i < n; i++) {
      double sum = a[i * n + j];
      for (gsize k = 0; k < j; k++)
        sum -= a[i * n + k] * a[j * n + k];
      a[i * n + j] = i == j ? sqrt (fmax (sum, DBL_MIN)) : sum / a[j * n + j];
    }
}

static void
solve (const double *factor, gsize n, double *x)
{
  for (gsize i = 0; i < n; i++) {
    for (gsize k = 0; k < i; k++)
      x[i] -= factor[i * n + k] * x[k];
    x[i] /= factor[i * n + i];
  }
  for (gsize i = n; i-- > 0;) {
    for (gsize k = i + 1; k < n; k++)
      x[i] -= factor[k * n + i] * x[k];
    x[i] /= factor[i * n + i];
  }
}

/* The mean square of what remains is (y^2 - w x y) / rows at the minimum. */
static gboolean
fit (EpnsGraph *net, Sums *sums, GError **error)
{
  const gsize n = sums->width, columns = epns_graph_config_linear (&net->config);

  for (gsize i = 0; i < n; i++)
    sums->xx[i * n + i] = fmax (sums->xx[i * n + i] * (1 + RIDGE), DBL_MIN);
  factorise (sums->xx, n);
  for (guint q = 0; q < 2; q++) {
    g_autofree double *w = g_memdup2 (sums->xy[q], n * sizeof *w);
    double left = sums->yy[q];

    solve (sums->xx, n, w);
    for (gsize i = 0; i < n; i++)
      left -= w[i] * sums->xy[q][i];
    for (gsize i = 0; i < columns; i++)
      net->linear->data[q * columns + i] = (float) w[i];
    net->unit->data[q] = (float) sqrt (fmax (left, 1e-14 * sums->yy[q]) / (double) sums->rows);
    if (net->unit->data[q] > 0)
      continue;
    g_set_error (error, EPNS_FAILURE, EPNS_FAILURE_RANGE,
                 "the recorded bodies' %s never change; record a system that moves",
                 q == 0 ? "positions" : "velocities");
    return FALSE;
  }
  return TRUE;
}

/* `first` is the network that draws positions, where this is the second. */
static gboolean
fit_network (EpnsGraph *net, const EpnsGraph *first, const EpnsPairs *pairs, guint64 seed,
             GError **error)
{
  const gboolean follows = first != NULL && net->config.joint_spread;
  const gsize width = epns_graph_config_linear (&net->config) + (follows ? 1 : 0);
  const guint64 count = epns_pairs_count (pairs, 1);
  g_auto (Sums) sums = { .width = width,
                         .xx = g_new0 (double, width *width),
                         .xy = { g_new0 (double, width), g_new0 (double, width) } };

  for (guint s = 0; s < SAMPLES; s++) {
    const EpnsDrawKey key = { seed, s, 0 };
    const double u = epns_random_uniform (&key, DRAW_PAIR, 0);
    const EpnsPair pair = epns_pairs_nth (pairs, 1, (guint64) (u * (double) count));
    g_autoptr (EpnsSystems) before = epns_graph_pair_state (&pair, 0),
                            next = epns_graph_pair_state (&pair, 1),
                            now = first != NULL ? epns_graph_pass_all (before, next->position)
                                                : epns_systems_copy (before);
    g_autofree double *drawn = NULL;
    if (follows && (drawn = drawn_positions (first, before, next, &key, error)) == NULL)
      return FALSE;
    if (first != NULL) /* positions are where they were; how far is not asked */
      memcpy (next->position, before->position,
              before->n * before->dimensions * sizeof (double));
    if (!add_step (&sums, &net->config, now, next, drawn, &key, error))
      return FALSE;
  }
  return fit (net, &sums, error);
}

gboolean
epns_graph_fit_linear (EpnsGraph *net, const EpnsPairs *pairs, guint64 seed, GError **error)
{
  return fit_network (net, NULL, pairs, seed, error)
         && (net->after == NULL || fit_network (net->after, net, pairs, seed, error));
}
