/* SPDX-License-Identifier: MIT */
/* The layers of the local network: found by name in a weights file, or made anew to be trained. */
#include "models/epns/local-bids.h"
#include "models/nn/op.h"
#include "plugin/error.h"

#include <math.h>

/* Extents: some are fixed, some follow from the configuration, the others are those of a few
 * tensors of the file. */
typedef enum {
  ONE,
  TWO,
  THREE,
  FIVE,
  CELL,
  LATTICE,
  FILM,
  VOLUME,
  TRUNK,
  WIDTH,
  WIDE,
  FILM_HIDDEN,
  VOLUME_HIDDEN,
  TYPES,
  TAPS, /* of what a site sees around it */
  HIDDEN,
  MOVES,
  WHOLE, /* what a site's bidder knows of a whole cell */
  MEDIUM_WHOLE,
  BID, /* what is bid: a logit, with the decoder of sites beside what it begins with */
  PRIOR, /* maps */
  POSTERIOR,
  PRIOR_PLAIN, /* means of maps, and what else there is */
  POSTERIOR_PLAIN,
  GAUSSIAN,
  N_SIZES
} Size;

typedef enum { ALWAYS, WINDOWS, SITES, LATENTS } When;

/* What a new parameter is drawn within, beside its scale: 1 / sqrt (of inputs of one output); the
 * same as the parameter before it, which it is the bias of; 1 / sqrt (of TAPS). Or it is 1. */
typedef enum { INPUTS, AS_BEFORE, SEEN, EXACTLY_ONE } Bound;

static const struct {
  const char *name;
  gsize at;
  When when;
  guint rank;
  Size extent[4];
  Bound bound;
  double scale;
} parameters[] = {
/* clang-format off */
#define TENSOR(name, member, when, ...) \
  { name, G_STRUCT_OFFSET (EpnsLocalNetwork, member), when, __VA_ARGS__ }
#define BIASED(text, member, when, out, weight_scale, bias_scale, rank, ...) \
  TENSOR (text ".weight", member.weight, when, rank, { __VA_ARGS__ }, INPUTS, weight_scale), \
  TENSOR (text ".bias", member.bias, when, 1, { out }, AS_BEFORE, bias_scale)
#define CONV(name, when, out, in, kernel) \
  BIASED (#name, name, when, out, 1, 1, 4, out, in, kernel, kernel)
#define LINEAR(name, when, out, in, ...) BIASED (#name, name, when, out, __VA_ARGS__, 2, out, in)
#define ENCODER(name, PLAIN, maps) \
  BIASED (#name "_in", name.in, LATENTS, WIDTH, 1, 1, 4, WIDTH, maps, FIVE, FIVE), \
  BIASED (#name "_down", name.down, LATENTS, WIDE, 1, 1, 4, WIDE, WIDTH, THREE, THREE), \
  BIASED (#name "_hidden", name.hidden, LATENTS, FILM_HIDDEN, 1, 1, 2, FILM_HIDDEN, PLAIN), \
  BIASED (#name "_out", name.out, LATENTS, GAUSSIAN, 0.3, 0, 2, GAUSSIAN, FILM_HIDDEN)
#define BIDDER(name, whole_in) \
  TENSOR (#name ".seen", name.seen, SITES, 4, { TYPES, TAPS, TYPES, HIDDEN }, SEEN, 0.7), \
  BIASED (#name "_whole", name.whole, SITES, HIDDEN, 1, 1, 2, HIDDEN, whole_in), \
  BIASED (#name "_two", name.two, SITES, HIDDEN, 1, 1, 2, HIDDEN, HIDDEN), \
  TENSOR (#name ".three", name.three, SITES, 2, { ONE, HIDDEN }, INPUTS, 0.3)
  CONV (lattice_in, ALWAYS, TRUNK, LATTICE, THREE),
  CONV (lattice_res, ALWAYS, TRUNK, TRUNK, THREE),
  CONV (lattice_out, ALWAYS, WIDTH, TRUNK, THREE),
  CONV (medium_in, ALWAYS, TRUNK, TRUNK, THREE),
  CONV (medium_out, ALWAYS, BID, TRUNK, ONE),
  CONV (cell_in, ALWAYS, WIDTH, CELL, FIVE),
  LINEAR (film_in, ALWAYS, FILM_HIDDEN, FILM, 1, 1),
  LINEAR (film_out, ALWAYS, WIDE, FILM_HIDDEN, 0.3, 0), /* at first, cells are modulated little */
  CONV (fine_res1, ALWAYS, WIDTH, WIDTH, THREE),
  CONV (down, ALWAYS, WIDE, WIDTH, THREE),
  CONV (coarse_res1, ALWAYS, WIDE, WIDE, THREE),
  LINEAR (mean_in, ALWAYS, WIDE, WIDE, 1, 1),
  LINEAR (mean_out, ALWAYS, WIDE, WIDE, 1, 1),
  CONV (coarse_res2, ALWAYS, WIDE, WIDE, THREE),
  CONV (up, ALWAYS, WIDTH, WIDE, ONE),
  CONV (fine_res2, ALWAYS, WIDTH, WIDTH, THREE),
  CONV (logit, ALWAYS, BID, WIDTH, ONE),
  LINEAR (volume_in, WINDOWS, VOLUME_HIDDEN, VOLUME, 1, 1),
  LINEAR (volume_out, WINDOWS, TWO, VOLUME_HIDDEN, 0.1, 0), /* at first, volumes hardly matter */
  BIDDER (cell_site, WHOLE),
  TENSOR ("cell_site.own", cell_site.own, SITES, 2, { TAPS, HIDDEN }, SEEN, 1),
  TENSOR ("cell_site.move", cell_site.move, SITES, 2, { MOVES, HIDDEN }, INPUTS, 1),
  BIDDER (medium_site, MEDIUM_WHOLE),
  ENCODER (prior, PRIOR_PLAIN, PRIOR),
  ENCODER (posterior, POSTERIOR_PLAIN, POSTERIOR),
  TENSOR ("stay", stay, ALWAYS, 1, { ONE }, EXACTLY_ONE, 1),
#undef BIDDER
#undef ENCODER
#undef LINEAR
#undef CONV
#undef BIASED
#undef TENSOR
  /* clang-format on */
};

const EpnsLocalConfig *
epns_local_network_config (const EpnsLocalNetwork *self)
{
  return &self->config;
}

static gboolean
has (const EpnsLocalConfig *config, gsize row)
{
  switch (parameters[row].when) {
  case WINDOWS:
    return config->decoder == EPNS_LOCAL_DECODER_WINDOWS;
  case SITES:
    return config->decoder == EPNS_LOCAL_DECODER_SITES;
  case LATENTS:
    return config->latent != EPNS_LOCAL_LATENT_NONE;
  case ALWAYS:
    break;
  }
  return TRUE;
}

gsize
epns_local_network_n_parameters (const EpnsLocalNetwork *self)
{
  gsize n = 0;

  for (gsize row = 0; row < G_N_ELEMENTS (parameters); row++)
    n += has (&self->config, row);
  return n;
}

/* The row of parameter i. */
static gsize
row_of (const EpnsLocalConfig *config, gsize i)
{
  gsize row = 0;

  while (!has (config, row) || i-- > 0)
    row++;
  return row;
}

/* Where parameter i hangs. */
static EpnsTensor **
slot (EpnsLocalNetwork *self, gsize i)
{
  return G_STRUCT_MEMBER_P (self, parameters[row_of (&self->config, i)].at);
}

EpnsTensor *
epns_local_network_parameter (EpnsLocalNetwork *self, gsize i)
{
  return *slot (self, i);
}

char *
epns_local_network_parameter_name (const EpnsLocalNetwork *self, gsize i)
{
  return g_strdup (parameters[row_of (&self->config, i)].name);
}

static guint
shape_of (const EpnsLocalConfig *config, gsize i, const gsize size[N_SIZES], gsize shape[4])
{
  const gsize row = row_of (config, i);

  for (guint k = 0; k < 4; k++)
    shape[k] = k < parameters[row].rank ? size[parameters[row].extent[k]] : 1;
  return parameters[row].rank;
}

/* All but those that a network is free in, which are there already. */
static void
other_sizes (const EpnsLocalConfig *config, gsize size[N_SIZES])
{
  const gboolean sites = config->decoder == EPNS_LOCAL_DECODER_SITES;
  gsize latents = config->latent == EPNS_LOCAL_LATENT_NONE ? 0 : config->latent_size;
  gsize inputs = epns_local_n_inputs (config);
  gsize what = config->n_types - 1 + inputs + (sites ? 0 : config->passes); /* epns_local_what () */

  size[ONE] = 1;
  size[TWO] = 2;
  size[THREE] = 3;
  size[FIVE] = 5;
  size[CELL] = (gsize) epns_local_cell_channels (config);
  size[LATTICE] = (gsize) epns_local_lattice_channels (config);
  size[FILM] = what + (sites ? 1 : 2) + latents;
  size[VOLUME] = what + 3;
  size[WIDE] = 2 * size[WIDTH];
  size[TYPES] = config->n_types;
  size[TAPS] = (2 * config->reach + 1) * (2 * config->reach + 1);
  size[WHOLE] = what + config->passes + EPNS_LOCAL_MOMENTS;
  size[MOVES] = EPNS_LOCAL_MOVES;
  size[MEDIUM_WHOLE] = config->passes + inputs;
  size[BID] = sites ? size[HIDDEN] + 1 : 1;
  size[PRIOR] = config->n_types + 4;
  size[POSTERIOR] = 2 * config->n_types + 5;
  size[PRIOR_PLAIN] = size[WIDE] + config->n_types + inputs;
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

static gboolean
read_hidden (const EpnsSafetensors *weights, gsize *size, GError **error)
{
  if (!read_size (weights, "cell_site_two.bias", size, error))
    return FALSE;
  if (*size % EPNS_LOCAL_SITE_HIDDEN_STEP == 0)
    return TRUE;
  g_set_error (error, EPNS_FAILURE, EPNS_FAILURE_FORMAT,
               "%s: tensor cell_site_two.bias has %" G_GSIZE_FORMAT
               " values, not a multiple of %d; export the model again",
               epns_safetensors_path (weights), *size, EPNS_LOCAL_SITE_HIDDEN_STEP);
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
      || !(config->decoder == EPNS_LOCAL_DECODER_SITES
               ? read_hidden (weights, &size[HIDDEN], error)
               : read_size (weights, "volume_in.bias", &size[VOLUME_HIDDEN], error)))
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
draw_parameter (EpnsLocalNetwork *self, gsize i, guint64 seed)
{
  const gsize row = row_of (&self->config, i), reach = 2 * self->config.reach + 1;
  const EpnsDrawKey key = { .seed = seed };
  EpnsTensor *tensor = *slot (self, i);
  const Bound kind = parameters[row].bound;
  const EpnsTensor *scale = kind == AS_BEFORE ? *slot (self, i - 1) : tensor;
  double bound = kind == SEEN ? 1 / (double) reach
                              : 1 / sqrt ((double) scale->count / (double) scale->shape[0]);

  bound *= parameters[row].scale;
  for (gsize k = 0; k < tensor->count; k++) {
    double u = epns_random_uniform (&key, EPNS_LOCAL_DRAW_WEIGHT, (guint64) i << 32 | k);
    tensor->data[k] = kind == EXACTLY_ONE ? 1 : (float) (bound * (2 * u - 1));
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
  size[HIDDEN] = widths->site_hidden;
  other_sizes (config, size);
  for (gsize i = 0; i < epns_local_network_n_parameters (self); i++) {
    gint64 extents[4];
    guint rank = shape_of (config, i, size, shape);
    for (guint k = 0; k < rank; k++)
      extents[k] = (gint64) shape[k];
    *slot (self, i) = epns_tensor_new (NULL, rank, extents);
    draw_parameter (self, i, seed);
  }
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
