/* SPDX-License-Identifier: MIT */
/* The layers of the local network: found by name in a weights file, or made anew to be trained. */
#include "models/epns/local-layers.h"
#include "models/nn/op.h"
#include "plugin/error.h"

#include <math.h>

/* Channels: some are fixed, some follow from the configuration, the others are those of four
 * tensors of the file. */
typedef enum {
  ONE,
  TWO,
  CELL,
  LATTICE,
  FILM,
  VOLUME,
  TRUNK,
  WIDTH,
  WIDE,
  FILM_HIDDEN,
  VOLUME_HIDDEN,
  PRIOR, /* maps */
  POSTERIOR,
  PRIOR_PLAIN, /* means of maps, and what else there is */
  POSTERIOR_PLAIN,
  GAUSSIAN,
  N_SIZES
} Size;

static const struct {
  const char *name;
  gsize at;
  Size out, in;
  gsize kernel;                    /* 0: a linear layer */
  double weight_scale, bias_scale; /* of a new layer, beside the usual 1 / sqrt (fan) */
} layers[] = {
/* clang-format off */
#define LAYER(name, out, in, kernel, ...) \
  { #name, G_STRUCT_OFFSET (EpnsLocalNetwork, name), out, in, kernel, __VA_ARGS__ }
#define ENCODER(name, PLAIN, maps) \
  { #name "_in", G_STRUCT_OFFSET (EpnsLocalNetwork, name.in), WIDTH, maps, 5, 1, 1 }, \
  { #name "_down", G_STRUCT_OFFSET (EpnsLocalNetwork, name.down), WIDE, WIDTH, 3, 1, 1 }, \
  { #name "_hidden", G_STRUCT_OFFSET (EpnsLocalNetwork, name.hidden), FILM_HIDDEN, PLAIN, 0, 1, \
    1 }, \
  { #name "_out", G_STRUCT_OFFSET (EpnsLocalNetwork, name.out), GAUSSIAN, FILM_HIDDEN, 0, 0.3, 0 }
  LAYER (lattice_in, TRUNK, LATTICE, 3, 1, 1),
  LAYER (lattice_res, TRUNK, TRUNK, 3, 1, 1),
  LAYER (lattice_out, WIDTH, TRUNK, 3, 1, 1),
  LAYER (medium_in, TRUNK, TRUNK, 3, 1, 1),
  LAYER (medium_out, ONE, TRUNK, 1, 1, 1),
  LAYER (cell_in, WIDTH, CELL, 5, 1, 1),
  LAYER (film_in, FILM_HIDDEN, FILM, 0, 1, 1),
  LAYER (film_out, WIDE, FILM_HIDDEN, 0, 0.3, 0), /* at first, all cells are modulated little */
  LAYER (fine_res1, WIDTH, WIDTH, 3, 1, 1),
  LAYER (down, WIDE, WIDTH, 3, 1, 1),
  LAYER (coarse_res1, WIDE, WIDE, 3, 1, 1),
  LAYER (mean_in, WIDE, WIDE, 0, 1, 1),
  LAYER (mean_out, WIDE, WIDE, 0, 1, 1),
  LAYER (coarse_res2, WIDE, WIDE, 3, 1, 1),
  LAYER (up, WIDTH, WIDE, 1, 1, 1),
  LAYER (fine_res2, WIDTH, WIDTH, 3, 1, 1),
  LAYER (logit, ONE, WIDTH, 1, 1, 1),
  LAYER (volume_in, VOLUME_HIDDEN, VOLUME, 0, 1, 1),
  LAYER (volume_out, TWO, VOLUME_HIDDEN, 0, 0.1, 0), /* at first, volumes hardly lean on the bids */
  ENCODER (prior, PRIOR_PLAIN, PRIOR), /* from here on: only with latents */
  ENCODER (posterior, POSTERIOR_PLAIN, POSTERIOR),
#undef ENCODER
#undef LAYER
  /* clang-format on */
};

#define LATENT_LAYERS 8

const EpnsLocalConfig *
epns_local_network_config (const EpnsLocalNetwork *self)
{
  return &self->config;
}

static gsize
n_layers (const EpnsLocalConfig *config)
{
  return G_N_ELEMENTS (layers) - (config->latent == EPNS_LOCAL_LATENT_NONE ? LATENT_LAYERS : 0);
}

/* Weights and biases in the order above, then stay. */
static gboolean
is_stay (const EpnsLocalConfig *config, gsize i)
{
  return i == 2 * n_layers (config);
}

gsize
epns_local_network_n_parameters (const EpnsLocalNetwork *self)
{
  return 2 * n_layers (&self->config) + 1;
}

/* Where parameter i hangs. */
static EpnsTensor **
slot (EpnsLocalNetwork *self, gsize i)
{
  if (is_stay (&self->config, i))
    return &self->stay;
  EpnsLocalLayer *layer = G_STRUCT_MEMBER_P (self, layers[i / 2].at);
  return i % 2 == 0 ? &layer->weight : &layer->bias;
}

EpnsTensor *
epns_local_network_parameter (EpnsLocalNetwork *self, gsize i)
{
  return *slot (self, i);
}

char *
epns_local_network_parameter_name (const EpnsLocalNetwork *self, gsize i)
{
  if (is_stay (&self->config, i))
    return g_strdup ("stay");
  return g_strconcat (layers[i / 2].name, i % 2 == 0 ? ".weight" : ".bias", NULL);
}

static guint
shape_of (const EpnsLocalConfig *config, gsize i, const gsize size[N_SIZES], gsize shape[4])
{
  for (guint k = 0; k < 4; k++)
    shape[k] = 1;
  if (is_stay (config, i))
    return 1;
  shape[0] = size[layers[i / 2].out];
  if (i % 2 == 1)
    return 1;
  shape[1] = size[layers[i / 2].in];
  if (layers[i / 2].kernel == 0)
    return 2;
  shape[2] = shape[3] = layers[i / 2].kernel;
  return 4;
}

/* All but the four that a network is free in, which are there already. */
static void
other_sizes (const EpnsLocalConfig *config, gsize size[N_SIZES])
{
  gsize latents = config->latent == EPNS_LOCAL_LATENT_NONE ? 0 : config->latent_size;
  gsize what = config->n_types - 1 + config->passes; /* one-hot type and pass */

  size[ONE] = 1;
  size[TWO] = 2;
  size[CELL] = EPNS_LOCAL_CELL_CHANNELS;
  size[LATTICE] = (gsize) epns_local_lattice_channels (config);
  size[FILM] = what + 2 + latents;
  size[VOLUME] = what + 3;
  size[WIDE] = 2 * size[WIDTH];
  size[PRIOR] = config->n_types + 4;
  size[POSTERIOR] = 2 * config->n_types + 5;
  size[PRIOR_PLAIN] = size[WIDE] + config->n_types;
  size[POSTERIOR_PLAIN] = size[PRIOR_PLAIN] + 3;
  size[GAUSSIAN] = 2 * latents;
}

void
epns_local_network_free (EpnsLocalNetwork *self)
{
  if (self == NULL)
    return;
  for (gsize i = 0; i < epns_local_network_n_parameters (self); i++)
    g_clear_pointer (slot (self, i), epns_tensor_unref);
  g_free (self);
}

/* --- From a file --- */

static EpnsTensor *
load (const EpnsSafetensors *weights, const char *name, guint rank, const gsize *shape,
      GError **error)
{
  const EpnsStored *stored = epns_safetensors_need_shape (weights, name, rank, shape, error);
  gint64 extents[4] = { 1, 1, 1, 1 };

  if (stored == NULL)
    return NULL;
  for (guint i = 0; i < rank; i++)
    extents[i] = (gint64) shape[i];
  EpnsTensor *tensor = epns_tensor_new (NULL, rank, extents);
  if (!epns_stored_to_f32 (stored, tensor->data)) {
    g_set_error (error, EPNS_FAILURE, EPNS_FAILURE_FORMAT, "%s: tensor %s is %s; store it as F32",
                 epns_safetensors_path (weights), name, epns_stored_type_name (stored->type));
    g_clear_pointer (&tensor, epns_tensor_unref);
  }
  return tensor;
}

/* The first extent of a layer's bias. */
static gboolean
read_size (const EpnsSafetensors *weights, const char *name, gsize *size, GError **error)
{
  const EpnsStored *stored = epns_safetensors_need (weights, name, error);

  if (stored == NULL)
    return FALSE;
  *size = stored->count;
  if (stored->rank == 1 && stored->count > 0 && stored->count <= 4096)
    return TRUE;
  g_autofree char *shape = epns_stored_shape_text (stored->rank, stored->shape);
  g_set_error (
      error, EPNS_FAILURE, EPNS_FAILURE_FORMAT,
      "%s: tensor %s has shape %s instead of [n], n from 1 to 4096; export the model again",
      epns_safetensors_path (weights), name, shape);
  return FALSE;
}

EpnsLocalNetwork *
epns_local_network_new (const EpnsLocalConfig *config, const EpnsSafetensors *weights,
                        GError **error)
{
  g_autoptr (EpnsLocalNetwork) self = g_new0 (EpnsLocalNetwork, 1);
  gsize size[N_SIZES], shape[4];

  self->config = *config;
  if (!read_size (weights, "lattice_in.bias", &size[TRUNK], error)
      || !read_size (weights, "lattice_out.bias", &size[WIDTH], error)
      || !read_size (weights, "film_in.bias", &size[FILM_HIDDEN], error)
      || !read_size (weights, "volume_in.bias", &size[VOLUME_HIDDEN], error))
    return NULL;
  other_sizes (config, size);
  for (gsize i = 0; i < epns_local_network_n_parameters (self); i++) {
    g_autofree char *name = epns_local_network_parameter_name (self, i);
    guint rank = shape_of (config, i, size, shape);
    if ((*slot (self, i) = load (weights, name, rank, shape, error)) == NULL)
      return NULL;
  }
  return g_steal_pointer (&self);
}

/* --- To be trained --- */

/* PyTorch's defaults: uniform within 1 / sqrt (inputs of one output), times a scale of its own. */
static void
draw_parameter (EpnsTensor *tensor, gsize i, const EpnsTensor *weight, guint64 seed)
{
  const EpnsDrawKey key = { .seed = seed };
  double bound = i % 2 == 0 ? layers[i / 2].weight_scale : layers[i / 2].bias_scale;

  bound /= sqrt ((double) weight->count / (double) weight->shape[0]);
  for (gsize k = 0; k < tensor->count; k++) {
    double u = epns_random_uniform (&key, EPNS_LOCAL_DRAW_WEIGHT, (guint64) i << 32 | k);
    tensor->data[k] = (float) (bound * (2 * u - 1));
  }
}

EpnsLocalNetwork *
epns_local_network_draw (const EpnsLocalConfig *config, const EpnsLocalWidths *widths, guint64 seed)
{
  EpnsLocalNetwork *self = g_new0 (EpnsLocalNetwork, 1);
  gsize size[N_SIZES], shape[4];

  self->config = *config;
  size[TRUNK] = widths->trunk;
  size[WIDTH] = widths->width;
  size[FILM_HIDDEN] = widths->film_hidden;
  size[VOLUME_HIDDEN] = widths->volume_hidden;
  other_sizes (config, size);
  for (gsize i = 0; i < epns_local_network_n_parameters (self); i++) {
    gint64 extents[4];
    guint rank = shape_of (config, i, size, shape);
    for (guint k = 0; k < rank; k++)
      extents[k] = (gint64) shape[k];
    *slot (self, i) = epns_tensor_new (NULL, rank, extents);
    if (!is_stay (config, i))
      draw_parameter (*slot (self, i), i, *slot (self, i - i % 2), seed);
  }
  self->stay->data[0] = 1;
  return self;
}

EpnsLocalNetwork *
epns_local_network_worker (EpnsLocalNetwork *self)
{
  EpnsLocalNetwork *worker = g_new0 (EpnsLocalNetwork, 1);

  worker->config = self->config;
  for (gsize i = 0; i < epns_local_network_n_parameters (self); i++) {
    EpnsTensor *shared = *slot (self, i);
    EpnsTensor *own = epns_tensor_view (NULL, shared, shared->rank, shared->shape);
    own->requires_grad = TRUE;
    own->grad = epns_tensor_new_zero (NULL, shared->rank, shared->shape);
    *slot (worker, i) = own;
  }
  return worker;
}
