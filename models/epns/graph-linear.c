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
          const EpnsSystems *next, const EpnsDrawKey *key, GError **error)
{
  const gsize d = config->dimensions;
  g_auto (EpnsGraphScene) scene = { .config = NULL };
  gint axis;

  if (!epns_graph_scene_init (&scene, config, now, NULL, key, &axis, error))
    return FALSE;
  for (gsize i = 0; i < now->n; i++)
    for (gsize a = 0; a < d; a++) {
      double y[2] = { 0, 0 };
      for (gsize c = 0; c < d; c++) {
        const double along = scene.frames[0].axes[c][a];
        y[0] += along * (next->position[i * d + c] - now->position[i * d + c]) / config->scale;
        y[1] += along * (next->velocity[i * d + c] - now->velocity[i * d + c])
                / config->velocity_scale;
      }
      add_row (sums, scene.linear + (i * d + a) * sums->width, y);
    }
  return TRUE;
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
  const gsize n = sums->width;

  for (gsize i = 0; i < n; i++)
    sums->xx[i * n + i] = fmax (sums->xx[i * n + i] * (1 + RIDGE), DBL_MIN);
  factorise (sums->xx, n);
  for (guint q = 0; q < 2; q++) {
    g_autofree double *w = g_memdup2 (sums->xy[q], n * sizeof *w);
    double left = sums->yy[q];

    solve (sums->xx, n, w);
    for (gsize i = 0; i < n; i++) {
      left -= w[i] * sums->xy[q][i];
      net->linear->data[q * n + i] = (float) w[i];
    }
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

static gboolean
fit_network (EpnsGraph *net, const EpnsPairs *pairs, guint64 seed, GError **error)
{
  const gsize width = epns_graph_config_linear (&net->config);
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
                            now = net->config.second ? epns_graph_pass_all (before, next->position)
                                                     : epns_systems_copy (before);
    if (net->config.second) /* positions are where they were; how far is not asked */
      memcpy (next->position, before->position,
              before->n * before->dimensions * sizeof (double));
    if (!add_step (&sums, &net->config, now, next, &key, error))
      return FALSE;
  }
  return fit (net, &sums, error);
}

gboolean
epns_graph_fit_linear (EpnsGraph *net, const EpnsPairs *pairs, guint64 seed, GError **error)
{
  return fit_network (net, pairs, seed, error)
         && (net->after == NULL || fit_network (net->after, pairs, seed, error));
}
