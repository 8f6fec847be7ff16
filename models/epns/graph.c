/* SPDX-License-Identifier: MIT */
/* The graph network: evaluation. */
#include "models/epns/graph-private.h"

/* --- What a scene gives, as tensors --- */

static EpnsTensor *
single (EpnsContext *ctx, const double *values, gsize rows, gsize columns)
{
  EpnsTensor *tensor = epns_tensor_new (ctx, EPNS_SHAPE ((gint64) rows, (gint64) columns));

  for (gsize i = 0; i < tensor->count; i++)
    tensor->data[i] = (float) values[i];
  return tensor;
}

/* The signs of every frame for numbers along axes, d at a time, behind `first` that have none. */
static EpnsTensor *
signs_of (EpnsContext *ctx, const EpnsGraphConfig *config, gsize first, gsize columns)
{
  const guint frames = epns_graph_config_frames (config), d = config->dimensions;
  EpnsTensor *signs = epns_tensor_new (ctx, EPNS_SHAPE (frames, (gint64) columns));

  for (guint f = 0; f < frames; f++)
    for (gsize k = 0; k < columns; k++)
      signs->data[f * columns + k] = k < first ? 1.0f
                                               : (float) epns_frame_sign (
                                                   d, f, (guint) ((k - first) % d));
  return signs;
}

/* [R][P] along the axes, [F R, P] in the frames. */
static EpnsTensor *
in_frames (EpnsContext *ctx, const EpnsGraphConfig *config, const double *along, gsize rows)
{
  const gsize width = epns_graph_config_framed (config);
  g_autoptr (EpnsTensor) signs = signs_of (ctx, config, 0, width);
  EpnsTensor *framed = epns_tensor_new (
      ctx, EPNS_SHAPE (signs->shape[0] * (gint64) rows, (gint64) width));

  for (gsize i = 0; i < framed->count; i++) {
    const gsize f = i / (rows * width), k = i % width;
    framed->data[i] = signs->data[f * width + k] * (float) along[i % (rows * width)];
  }
  return framed;
}

static void
take_edges (EpnsContext *ctx, const EpnsGraphConfig *config, EpnsGraphEncoding *encoding)
{
  const gsize m = encoding->scene->neighbours.list.n_edges, width = epns_graph_config_edge (config);

  encoding->edges[1] = single (ctx, encoding->scene->edges, m, width);
  encoding->signs[1] = signs_of (ctx, config, epns_graph_config_scalars (config), width);
  encoding->signs[0] = epns_tensor_new (ctx, EPNS_SHAPE (1, EPNS_GRAPH_PAIR));
  for (gsize k = 0; k < EPNS_GRAPH_PAIR; k++)
    encoding->signs[0]->data[k] = 1;
  encoding->edges[0] = width > EPNS_GRAPH_PAIR
                           ? epns_slice (ctx, encoding->edges[1], 1, 0, EPNS_GRAPH_PAIR)
                           : epns_tensor_ref (encoding->edges[1]);
}

static void
take_scene (EpnsContext *ctx, const EpnsGraphConfig *config, EpnsGraphEncoding *encoding)
{
  const EpnsGraphScene *scene = encoding->scene;
  const gint64 d = config->dimensions;

  encoding->features = single (ctx, scene->features, scene->rows,
                               epns_graph_config_features (config));
  encoding->framed = in_frames (ctx, config, scene->framed, scene->rows);
  take_edges (ctx, config, encoding);
  encoding->velocity = epns_tensor_new (ctx, EPNS_SHAPE ((gint64) scene->rows, 1, d));
  for (gsize i = 0; i < encoding->velocity->count; i++)
    encoding->velocity->data[i] = (float) scene->velocity[i];
  encoding->axes = epns_tensor_new (ctx, EPNS_SHAPE ((gint64) scene->n_systems, d, d));
  for (gsize i = 0; i < encoding->axes->count; i++)
    encoding->axes->data[i] = (float) scene->frames[i / (gsize) (d * d)]
                                  .axes[i / (gsize) d % (gsize) d][i % (gsize) d];
  if (config->linear_motion)
    encoding->linear = single (ctx, scene->linear, scene->rows * config->dimensions,
                               epns_graph_config_linear (config));
}

void
epns_graph_encoding_clear (EpnsGraphEncoding *self)
{
  EpnsTensor **const tensors[] = { &self->e,        &self->h,        &self->mu,
                                   &self->sigma,    &self->features, &self->framed,
                                   &self->edges[0], &self->edges[1], &self->signs[0],
                                   &self->signs[1], &self->axes,     &self->velocity,
                                   &self->linear };

  for (guint i = 0; i < G_N_ELEMENTS (tensors); i++)
    epns_tensor_set (tensors[i], NULL);
}

/* --- Layers --- */

static EpnsLayerWays
ways_of (const EpnsGraphEncoding *encoding, gboolean in_frames)
{
  return (EpnsLayerWays){ encoding->edges[in_frames], encoding->signs[in_frames],
                          &encoding->scene->neighbours.list };
}

static void
saw (const EpnsGraphPass *pass, const char *name, EpnsTensor *tensor)
{
  if (pass->probe != NULL)
    pass->probe (pass->probe_data, name, tensor);
}

/* What a stack sees, joined, for who watches. */
static void
saw_input (const EpnsGraphPass *pass, const char *name, const EpnsLayerInput *input)
{
  const guint frames = (guint) (input->framed->shape[0] / input->shared->shape[0]);
  EpnsTensor *copies[EPNS_CONCAT_MAX];

  if (pass->probe == NULL)
    return;
  for (guint f = 0; f < frames; f++)
    copies[f] = input->shared;
  g_autoptr (EpnsTensor) shared = epns_concat (pass->ctx, 0, frames, copies);
  g_autoptr (EpnsTensor) all = epns_concat_of (pass->ctx, 1, input->framed, shared);
  saw (pass, name, all);
}

/* --- Encoder, processor, latents --- */

/* Latents from the last layer: mu, and sigma = softplus (s) + 1e-5. */
static void
spread_latents (const EpnsGraph *self, EpnsContext *ctx, EpnsTensor *x, gsize n_systems,
                guint which, EpnsTensor **mu, EpnsTensor **sigma)
{
  g_autoptr (EpnsTensor) seen = self->config.do_node_aggregation
                                    ? epns_mean_groups (ctx, x, n_systems, NULL)
                                    : epns_tensor_ref (x);
  const EpnsAffine *m = &self->mu[which], *s = &self->log_sigma[which];
  g_autoptr (EpnsTensor) raw = epns_linear (ctx, seen, s->w, s->b, EPNS_LINEAR);
  g_autoptr (EpnsTensor) soft = epns_softplus (ctx, raw);

  *mu = epns_linear (ctx, seen, m->w, m->b, EPNS_LINEAR);
  *sigma = epns_affine (ctx, soft, 1, (float) EPNS_GRAPH_LEAST_SIGMA);
}

void
epns_graph_encode (const EpnsGraph *self, const EpnsGraphPass *pass, const EpnsGraphScene *scene,
                   EpnsGraphEncoding *encoding)
{
  EpnsContext *ctx = pass->ctx;
  const guint n = self->config.num_layers;

  encoding->scene = scene;
  take_scene (ctx, &self->config, encoding);
  encoding->e = epns_linear (ctx, encoding->features, self->encoder.w, self->encoder.b,
                             EPNS_LINEAR);
  const EpnsLayerWays framed = ways_of (encoding, TRUE), plain = ways_of (encoding, FALSE);
  const EpnsLayerInput input = { encoding->framed, encoding->e };
  g_autoptr (EpnsTensor) seen = epns_message_layers_apply (ctx, self->processor, n, input, &framed);
  g_autoptr (EpnsTensor) mean = epns_mean_of_frames (ctx, seen, (gint64) scene->rows);
  g_autoptr (EpnsTensor) sum = epns_add (ctx, mean, encoding->e);
  encoding->h = epns_concat_of (ctx, 1, encoding->features, sum);

  saw (pass, "enc", encoding->e);
  saw_input (pass, "debug.proc.frame_out.in", &input);
  saw (pass, "debug.proc.frame_out", seen);
  saw (pass, "h", encoding->h);
  if (self->config.num_latent_dim == 0)
    return;
  g_autoptr (EpnsTensor) last = epns_message_layers_apply (
      ctx, self->prior, n, (EpnsLayerInput){ NULL, encoding->h }, &plain);
  spread_latents (self, ctx, last, scene->n_systems, 0, &encoding->mu, &encoding->sigma);
  saw (pass, "prior.mu", encoding->mu);
  saw (pass, "prior.sigma", encoding->sigma);
}

void
epns_graph_posterior (const EpnsGraph *self, const EpnsGraphPass *pass,
                      const EpnsGraphEncoding *encoding, const EpnsSystems *truth, EpnsTensor **mu,
                      EpnsTensor **sigma)
{
  EpnsContext *ctx = pass->ctx;
  const EpnsGraphScene *scene = encoding->scene;
  const gsize m = scene->neighbours.list.n_edges;
  g_autofree double *pairs = g_new (double, 2 * m);

  if (self->config.num_latent_dim == 0)
    return;
  epns_graph_scene_pairs (scene, truth, pairs);
  g_autoptr (EpnsTensor) then = single (ctx, pairs, m, 2);
  g_autoptr (EpnsTensor) edges = epns_concat_of (ctx, 1, encoding->edges[0], then);
  g_autoptr (EpnsTensor) signs = epns_concat_of (ctx, 1, encoding->signs[0], encoding->signs[0]);
  const EpnsLayerWays ways = { edges, signs, &scene->neighbours.list };
  g_autoptr (EpnsTensor) last = epns_message_layers_apply (
      ctx, self->posterior, self->config.num_layers, (EpnsLayerInput){ NULL, encoding->h }, &ways);
  spread_latents (self, ctx, last, scene->n_systems, 1, mu, sigma);
}

gsize
epns_graph_noises (const EpnsGraph *self, const EpnsGraphScene *scene)
{
  return (self->config.do_node_aggregation ? scene->n_systems : scene->rows)
         * self->config.num_latent_dim;
}

/* --- Decoder --- */

void
epns_graph_motion_clear (EpnsGraphMotion *self)
{
  epns_tensor_set (&self->change, NULL);
  epns_tensor_set (&self->spread, NULL);
}

/* Linear (ReLU (Linear (ReLU (x)))) */
static EpnsTensor *
apply_head (EpnsContext *ctx, const EpnsAffine head[2], EpnsTensor *x)
{
  g_autoptr (EpnsTensor) open = epns_relu (ctx, x);
  g_autoptr (EpnsTensor) hidden = epns_linear (ctx, open, head[0].w, head[0].b, EPNS_RELU);

  return epns_linear (ctx, hidden, head[1].w, head[1].b, EPNS_LINEAR);
}

/* [R, 2, d] along the axes -> turned out of them. */
static EpnsTensor *
turn_rows (EpnsContext *ctx, EpnsTensor *both, EpnsTensor *axes)
{
  const gint64 rows = both->shape[0], d = both->shape[2], systems = axes->shape[0];
  g_autoptr (EpnsTensor)
      stacked = epns_reshape (ctx, both, EPNS_SHAPE (systems, 2 * rows / systems, d));
  g_autoptr (EpnsTensor) turned = epns_matmul (ctx, stacked, axes, FALSE, TRUE);

  return epns_reshape (ctx, turned, EPNS_SHAPE (rows, 2, d));
}

/* What the network's position (0) and velocity (1) are in units of. */
static float
unit_of (const EpnsGraph *self, guint k)
{
  return self->unit != NULL ? self->unit->data[k] : 1;
}

/* What is linear of the motion, which has been fitted and is not trained: [R d, L] -> [R, 2, d] */
static EpnsTensor *
linear_motion (const EpnsGraph *self, EpnsContext *ctx, const EpnsGraphEncoding *encoding)
{
  const gint64 rows = (gint64) encoding->scene->rows, d = self->config.dimensions;
  g_autoptr (EpnsTensor) fixed = epns_detach (ctx, self->linear);
  EpnsTensor *parts[2];

  for (gint64 k = 0; k < 2; k++) {
    g_autoptr (EpnsTensor) row = epns_slice (ctx, fixed, 0, k, 1);
    g_autoptr (EpnsTensor) sum = epns_linear (ctx, encoding->linear, row, NULL, EPNS_LINEAR);
    parts[k] = epns_reshape (ctx, sum, EPNS_SHAPE (rows, 1, d));
  }
  g_autoptr (EpnsTensor) both = epns_concat (ctx, 1, 2, parts);
  epns_tensor_unref (parts[0]);
  epns_tensor_unref (parts[1]);
  return turn_rows (ctx, both, encoding->axes);
}

/* (dx, dv), each the mean over frames of F s: [F R, 2 d] -> [R, 2, d]. */
static EpnsTensor *
out_of_frames (EpnsContext *ctx, const EpnsGraphConfig *config, const EpnsGraphEncoding *encoding,
               EpnsTensor *s)
{
  const gint64 rows = (gint64) encoding->scene->rows, d = config->dimensions,
               frames = s->shape[0] / rows;
  g_autoptr (EpnsTensor) signs = signs_of (ctx, config, 0, (gsize) d);
  g_autoptr (EpnsTensor) by_frame = epns_reshape (ctx, signs, EPNS_SHAPE (frames, 1, d));
  g_autoptr (EpnsTensor) split = epns_reshape (ctx, s, EPNS_SHAPE (frames, 2 * rows, d));
  g_autoptr (EpnsTensor) along = epns_mul (ctx, split, by_frame);
  g_autoptr (EpnsTensor) flat = epns_reshape (ctx, along, EPNS_SHAPE (frames * rows, 2 * d));
  g_autoptr (EpnsTensor) mean = epns_mean_of_frames (ctx, flat, rows);
  g_autoptr (EpnsTensor) both = epns_reshape (ctx, mean, EPNS_SHAPE (rows, 2, d));

  return turn_rows (ctx, both, encoding->axes);
}

/* Both in units of what is not linear, and what is. */
static EpnsTensor *
with_linear (const EpnsGraph *self, EpnsContext *ctx, const EpnsGraphEncoding *encoding,
             EpnsTensor *both)
{
  if (self->linear == NULL)
    return epns_tensor_ref (both);
  g_autoptr (EpnsTensor) linear = linear_motion (self, ctx, encoding);
  g_autoptr (EpnsTensor) fixed = epns_detach (ctx, self->unit);
  g_autoptr (EpnsTensor) unit = epns_reshape (ctx, fixed, EPNS_SHAPE (1, 2, 1));
  g_autoptr (EpnsTensor) own = epns_mul (ctx, both, unit);

  return epns_add (ctx, own, linear);
}

/* dp = w' coefficient + dx beside dv. */
static EpnsTensor *
changes (const EpnsGraph *self, EpnsContext *ctx, const EpnsGraphEncoding *encoding,
         EpnsTensor *in_frames, EpnsTensor *mean)
{
  const gint64 rows = (gint64) encoding->scene->rows;
  g_autoptr (EpnsTensor) s = apply_head (ctx, self->change, in_frames);
  g_autoptr (EpnsTensor) own = out_of_frames (ctx, &self->config, encoding, s);
  g_autoptr (EpnsTensor) both = with_linear (self, ctx, encoding, own);
  g_autoptr (EpnsTensor) dx = epns_slice (ctx, both, 1, 0, 1);
  g_autoptr (EpnsTensor) dv = epns_slice (ctx, both, 1, 1, 1);
  g_autoptr (EpnsTensor) flat = apply_head (ctx, self->coefficient, mean);
  g_autoptr (EpnsTensor) coefficient = epns_reshape (ctx, flat, EPNS_SHAPE (rows, 1, 1));
  g_autoptr (EpnsTensor) velocity = epns_add (ctx, encoding->velocity, dv);
  g_autoptr (EpnsTensor) free = epns_mul (ctx, velocity, coefficient);
  g_autoptr (EpnsTensor) drift = epns_affine (ctx, free, unit_of (self, 0), 0);
  g_autoptr (EpnsTensor) dp = epns_add (ctx, drift, dx);

  return epns_concat_of (ctx, 1, dp, dv);
}

/* CAT [h, z] */
static EpnsTensor *
with_latents (EpnsContext *ctx, const EpnsGraph *self, EpnsTensor *h, EpnsTensor *z)
{
  if (z == NULL)
    return epns_tensor_ref (h);
  g_autoptr (EpnsTensor) own = self->config.do_node_aggregation
                                   ? epns_repeat_groups (ctx, z, (gsize) h->shape[0], NULL)
                                   : epns_tensor_ref (z);
  return epns_concat_of (ctx, 1, h, own);
}

/* softplus (raw) + EPS of the deviations, and what joins them, in the host's units where those of
 * the motion are known. */
static EpnsTensor *
spreads (EpnsContext *ctx, const EpnsGraph *self, EpnsTensor *embedded)
{
  const EpnsGraphConfig *config = &self->config;
  const float units[] = { unit_of (self, 0) * (self->unit ? (float) config->scale : 1),
                          unit_of (self, 1) * (self->unit ? (float) config->velocity_scale : 1) };
  g_autoptr (EpnsTensor)
      raw = epns_linear (ctx, embedded, self->spread.w, self->spread.b, EPNS_LINEAR);
  g_autoptr (EpnsTensor) two = epns_slice (ctx, raw, 1, 0, 2);
  g_autoptr (EpnsTensor) soft = epns_softplus (ctx, two);
  g_autoptr (EpnsTensor) plain = epns_affine (ctx, soft, 1, (float) config->EPS);
  g_autoptr (EpnsTensor) unit = epns_tensor_new_from (ctx, EPNS_SHAPE (1, 2), units);
  g_autoptr (EpnsTensor) sigma = epns_mul (ctx, plain, unit);

  if (!config->joint_spread)
    return epns_tensor_ref (sigma);
  g_autoptr (EpnsTensor) third = epns_slice (ctx, raw, 1, 2, 1);
  g_autoptr (EpnsTensor) joint = epns_affine (ctx, third, units[1] / units[0], 0);
  return epns_concat_of (ctx, 1, sigma, joint);
}

void
epns_graph_decode (const EpnsGraph *self, const EpnsGraphPass *pass,
                   const EpnsGraphEncoding *encoding, EpnsTensor *z, EpnsGraphMotion *motion)
{
  EpnsContext *ctx = pass->ctx;
  const gsize rows = encoding->scene->rows;
  const EpnsLayerWays ways = ways_of (encoding, TRUE);
  g_autoptr (EpnsTensor) shared = with_latents (ctx, self, encoding->h, z);
  const EpnsLayerInput input = { encoding->framed, shared };
  g_autoptr (EpnsTensor) seen = epns_message_layers_apply (ctx, self->decoder,
                                                           EPNS_GRAPH_DECODER_LAYERS, input, &ways);
  g_autoptr (EpnsTensor) mean = epns_mean_of_frames (ctx, seen, (gint64) rows);
  g_autoptr (EpnsTensor) embedded = epns_add (ctx, encoding->e, mean);

  motion->spread = spreads (ctx, self, embedded);
  motion->change = changes (self, ctx, encoding, seen, mean);
  saw_input (pass, "debug.dec.frame_out.in", &input);
  saw (pass, "debug.dec.frame_out", seen);
  saw (pass, "dec_end_out", mean);
  saw (pass, "dec_emb", embedded);
}

void
epns_graph_move (const EpnsGraphConfig *config, EpnsSystems *bodies, const double *change)
{
  const guint d = bodies->dimensions;

  for (gsize i = 0; i < epns_systems_rows (bodies); i++, change += 2 * d) {
    for (guint c = 0; c < d; c++) {
      bodies->position[i * d + c] += config->scale * change[c];
      bodies->velocity[i * d + c] += config->velocity_scale * change[d + c];
    }
    epns_box_keep (&bodies->box, d, bodies->position + i * d);
  }
}
