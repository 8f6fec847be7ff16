/* SPDX-License-Identifier: MIT */
/* The graph network in double. */
#include "models/epns/graph-exact.h"
#include "models/epns/graph-private.h"

#include <math.h>
#include <string.h>

static double
relu (double x)
{
  return x < 0 ? 0 : x;
}

static double
softplus (double x)
{
  return x > 20 ? x : log1p (exp (x));
}

/* y[out] (+)= w[:, first : first + in] x (+ b) */
static void
product (const EpnsTensor *w, gsize first, gsize in, const EpnsTensor *b, const double *x,
         gboolean add, double *y)
{
  const gsize out = (gsize) w->shape[0], row = (gsize) w->shape[1];

  for (gsize o = 0; o < out; o++) {
    double sum = (add ? y[o] : 0) + (b != NULL ? (double) b->data[o] : 0);
    for (gsize k = 0; k < in; k++)
      sum += (double) w->data[o * row + first + k] * x[k];
    y[o] = sum;
  }
}

static void
apply (const EpnsAffine *layer, const double *x, gboolean open, double *y)
{
  product (layer->w, 0, (gsize) layer->w->shape[1], layer->b, x, FALSE, y);
  for (gsize o = 0; open && o < (gsize) layer->w->shape[0]; o++)
    y[o] = relu (y[o]);
}

/* --- Message layers --- */

typedef struct {
  const EpnsEdges *list;
  const double *edges; /* [M][width], of which `used` are, in this order */
  gsize width, used;
  double signs[EPNS_GRAPH_MOST_COLUMNS]; /* [used] */
} Ways;

/* [rows][in] -> [rows][E] */
static double *
layer_apply (const EpnsMessageLayer *layer, const Ways *ways, const double *v, gsize in)
{
  const gsize rows = ways->list->n_nodes, e = (gsize) layer->node[1].w->shape[0],
              row = (gsize) layer->edge[0].w->shape[1];
  double *y = g_new (double, rows *e);
  g_autofree double *from = g_new (double, rows *e), *u = g_new (double, e),
                    *heard = g_new (double, e), *hidden = g_new (double, e),
                    *to = g_new (double, e);

  for (gsize j = 0; j < rows; j++)
    product (layer->edge[0].w, ways->used, in, NULL, v + j * in, FALSE, from + j * e);
  for (gsize i = 0; i < rows; i++) {
    memset (heard, 0, e * sizeof *heard);
    product (layer->edge[0].w, ways->used + in, in, layer->edge[0].b, v + i * in, FALSE, to);
    for (gint32 m = ways->list->starts[i]; m < ways->list->starts[i + 1]; m++) {
      const double *edge = ways->edges + (gsize) m * ways->width;
      for (gsize k = 0; k < e; k++) {
        u[k] = to[k] + from[(gsize) ways->list->senders[m] * e + k];
        for (gsize c = 0; c < ways->used; c++)
          u[k] += (double) layer->edge[0].w->data[k * row + c] * ways->signs[c] * edge[c];
        u[k] = relu (u[k]);
      }
      apply (&layer->edge[1], u, TRUE, hidden);
      for (gsize k = 0; k < e; k++)
        heard[k] += hidden[k];
    }
    product (layer->node[0].w, 0, in, layer->node[0].b, v + i * in, FALSE, hidden);
    product (layer->node[0].w, in, e, NULL, heard, TRUE, hidden);
    for (gsize k = 0; k < e; k++)
      hidden[k] = relu (hidden[k]);
    apply (&layer->node[1], hidden, FALSE, y + i * e);
  }
  return y;
}

static double *
layers_apply (const EpnsMessageLayer *layers, guint n, const Ways *ways, const double *input,
              gsize in)
{
  double *v = layer_apply (&layers[0], ways, input, in);

  for (guint l = 1; l < n; l++) {
    double *next = layer_apply (&layers[l], ways, v, (gsize) layers[l].node[1].w->shape[0]);
    g_free (v);
    v = next;
  }
  return v;
}

/* --- Frames --- */

typedef struct {
  const EpnsGraph *net;
  const EpnsGraphScene *scene;
  gsize e, d, frames;
} Eval;

static Ways
ways_plain (const Eval *self)
{
  return (Ways){ .list = &self->scene->neighbours.list,
                 .edges = self->scene->edges,
                 .width = epns_graph_config_edge (&self->net->config),
                 .used = EPNS_GRAPH_PAIR,
                 .signs = { 1, 1 } };
}

static Ways
ways_in_frame (const Eval *self, guint f)
{
  const gsize scalars = epns_graph_config_scalars (&self->net->config);
  Ways ways = ways_plain (self);

  for (gsize k = 0; k < ways.width; k++)
    ways.signs[k] = k < scalars ? 1
                                : epns_frame_sign ((guint) self->d, f,
                                                   (guint) ((k - scalars) % self->d));
  ways.used = ways.width;
  return ways;
}

/* The layers' result in one frame on what is the same in all: shared [rows][columns]. */
static double *
in_frame (const Eval *self, const EpnsMessageLayer *layers, guint n, guint f, const double *shared,
          gsize columns)
{
  const gsize framed = epns_graph_config_framed (&self->net->config), in = framed + columns;
  const Ways ways = ways_in_frame (self, f);
  g_autofree double *input = g_new (double, self->scene->rows *in);

  for (gsize i = 0; i < self->scene->rows; i++) {
    for (gsize k = 0; k < framed; k++)
      input[i * in + k] = self->scene->framed[i * framed + k]
                          * epns_frame_sign ((guint) self->d, f, (guint) (k % self->d));
    memcpy (input + i * in + framed, shared + i * columns, columns * sizeof *shared);
  }
  return layers_apply (layers, n, &ways, input, in);
}

/* --- The network's parts --- */

/* h [rows][C + E] and e [rows][E] */
static double *
encode (const Eval *self, double *e)
{
  const gsize rows = self->scene->rows, features = epns_graph_config_features (&self->net->config),
              width = features + self->e;
  double *h = g_new0 (double, rows *width);

  for (gsize i = 0; i < rows; i++)
    apply (&self->net->encoder, self->scene->features + i * features, FALSE, e + i * self->e);
  for (guint f = 0; f < self->frames; f++) {
    g_autofree double *seen = in_frame (self, self->net->processor, self->net->config.num_layers, f,
                                        e, self->e);
    for (gsize k = 0; k < rows * self->e; k++)
      h[k / self->e * width + features + k % self->e] += seen[k] / (double) self->frames;
  }
  for (gsize i = 0; i < rows; i++) {
    memcpy (h + i * width, self->scene->features + i * features, features * sizeof *h);
    for (gsize k = 0; k < self->e; k++)
      h[i * width + features + k] += e[i * self->e + k];
  }
  return h;
}

static void
prior (const Eval *self, const double *h, gsize width, EpnsGraphExact *exact)
{
  const EpnsGraphConfig *config = &self->net->config;
  const gsize z = config->num_latent_dim, rows = self->scene->rows,
              each = config->do_node_aggregation ? self->scene->n : 1, groups = rows / each;
  const Ways ways = ways_plain (self);
  g_autofree double *last = layers_apply (self->net->prior, config->num_layers, &ways, h, width),
                    *mean = g_new (double, self->e);

  exact->latents = groups * z;
  exact->mu = g_new (double, exact->latents);
  exact->sigma = g_new (double, exact->latents);
  for (gsize g = 0; g < groups; g++) {
    memset (mean, 0, self->e * sizeof *mean);
    for (gsize k = 0; k < each * self->e; k++)
      mean[k % self->e] += last[g * each * self->e + k] / (double) each;
    apply (&self->net->mu[0], mean, FALSE, exact->mu + g * z);
    apply (&self->net->log_sigma[0], mean, FALSE, exact->sigma + g * z);
    for (gsize k = 0; k < z; k++)
      exact->sigma[g * z + k] = softplus (exact->sigma[g * z + k]) + EPNS_GRAPH_LEAST_SIGMA;
  }
}

/* CAT [h, z] */
static double *
with_latents (const Eval *self, const double *h, gsize width, const EpnsGraphExact *exact,
              const double *eps)
{
  const gsize rows = self->scene->rows, z = self->net->config.num_latent_dim, in = width + z,
              each = z > 0 ? rows * z / exact->latents : 1;
  double *shared = g_new (double, rows *in);

  for (gsize i = 0; i < rows; i++) {
    memcpy (shared + i * in, h + i * width, width * sizeof *h);
    for (gsize k = 0; k < z; k++) {
      const gsize at = i / each * z + k;
      shared[i * in + width + k] = exact->mu[at] + (eps ? exact->sigma[at] * eps[at] : 0);
    }
  }
  return shared;
}

static void
head (const EpnsAffine layers[2], gsize e, const double *x, double *y)
{
  g_autofree double *open = g_new (double, e), *hidden = g_new (double, e);

  for (gsize k = 0; k < e; k++)
    open[k] = relu (x[k]);
  apply (&layers[0], open, TRUE, hidden);
  apply (&layers[1], hidden, FALSE, y);
}

/* What the network's position (0) and velocity (1) are in units of. */
static double
unit_of (const Eval *self, gsize k)
{
  return self->net->unit != NULL ? (double) self->net->unit->data[k] : 1;
}

/* Add what one frame says of (dx, dv). */
static void
turn_back (const Eval *self, guint f, const double *seen, double *change)
{
  const gsize d = self->d;
  double s[6];

  for (gsize i = 0; i < self->scene->rows; i++) {
    const EpnsSystemFrames *frames = &self->scene->frames[i / self->scene->n];
    head (self->net->change, self->e, seen + i * self->e, s);
    for (gsize k = 0; k < 2 * d; k++)
      for (gsize a = 0; a < d; a++)
        change[i * 2 * d + k] += unit_of (self, k / d) * frames->axes[k % d][a] * epns_frame_sign ((guint) d, f, (guint) a)
                                 * s[k / d * d + a] / (double) self->frames;
  }
}

/* Add what is linear, which is along the axes. */
static void
move_linearly (const Eval *self, double *change)
{
  const gsize d = self->d, width = (gsize) self->net->linear->shape[1];

  for (gsize i = 0; i < self->scene->rows; i++)
    for (gsize k = 0; k < 2; k++)
      for (gsize a = 0; a < d; a++) {
        double along = 0;
        const double *numbers = self->scene->linear + (i * d + a) * width;
        const float *w = self->net->linear->data + k * width;

        for (gsize c = 0; c < width; c++)
          along += (double) w[c] * numbers[c];
        for (gsize c = 0; c < d; c++)
          change[(2 * i + k) * d + c] += self->scene->frames[i / self->scene->n].axes[c][a] * along;
      }
}

static void
decode (const Eval *self, const double *e, const double *shared, gsize columns,
        EpnsGraphExact *exact)
{
  const EpnsGraphConfig *config = &self->net->config;
  const gsize rows = self->scene->rows, d = self->d, spreads = epns_graph_config_spreads (config);
  const gboolean own = self->net->unit != NULL;
  const double units[] = { unit_of (self, 0) * (own ? config->scale : 1),
                           unit_of (self, 1) * (own ? config->velocity_scale : 1) };
  g_autofree double *mean = g_new0 (double, rows * self->e), *both = g_new (double, self->e);

  exact->change = g_new0 (double, rows * 2 * d);
  exact->spread = g_new (double, rows *spreads);
  for (guint f = 0; f < self->frames; f++) {
    g_autofree double *seen = in_frame (self, self->net->decoder, EPNS_GRAPH_DECODER_LAYERS, f,
                                        shared, columns);
    turn_back (self, f, seen, exact->change);
    for (gsize k = 0; k < rows * self->e; k++)
      mean[k] += seen[k] / (double) self->frames;
  }
  if (self->net->linear != NULL)
    move_linearly (self, exact->change);
  for (gsize i = 0; i < rows; i++) {
    double *change = exact->change + i * 2 * d, coefficient;
    head (self->net->coefficient, self->e, mean + i * self->e, &coefficient);
    for (gsize c = 0; c < d; c++)
      change[c] += (self->scene->velocity[i * d + c] + change[d + c]) * coefficient
                   * unit_of (self, 0);
    for (gsize k = 0; k < self->e; k++)
      both[k] = e[i * self->e + k] + mean[i * self->e + k];
    double *spread = exact->spread + spreads * i;
    apply (&self->net->spread, both, FALSE, spread);
    for (guint k = 0; k < 2; k++)
      spread[k] = (softplus (spread[k]) + config->EPS) * units[k];
    if (config->joint_spread)
      spread[2] *= units[1] / units[0];
  }
}

void
epns_graph_exact (const EpnsGraph *net, const EpnsGraphScene *scene, const double *eps,
                  EpnsGraphExact *exact)
{
  const Eval self = { .net = net,
                      .scene = scene,
                      .e = net->config.emb_dim,
                      .d = net->config.dimensions,
                      .frames = epns_graph_config_frames (&net->config) };
  const gsize width = epns_graph_config_features (&net->config) + self.e;
  g_autofree double *e = g_new (double, scene->rows *self.e), *h = encode (&self, e);

  if (net->config.num_latent_dim > 0)
    prior (&self, h, width, exact);
  g_autofree double *shared = with_latents (&self, h, width, exact, eps);
  decode (&self, e, shared, width + net->config.num_latent_dim, exact);
}

void
epns_graph_exact_clear (EpnsGraphExact *self)
{
  g_clear_pointer (&self->mu, g_free);
  g_clear_pointer (&self->sigma, g_free);
  g_clear_pointer (&self->change, g_free);
  g_clear_pointer (&self->spread, g_free);
}
