/* SPDX-License-Identifier: MIT */
/* The local network: weights by name, lattice part, cell part, volume head. */
#include "models/epns/local-network.h"
#include "plugin/error.h"

#include <math.h>

#define BOUND          14.0f /* logits are 14 tanh (l / 14) before the volume head */
#define LIMIT          30.0f /* and within +-30 after it */
#define EXPECTED_SCALE 3.0f
#define HALO           3   /* lattice layers of kernel 3 behind one another */
#define CELLS_AT_ONCE  256 /* bounds the memory of the maps */

typedef struct {
  EpnsTensor *weight, *bias;
} Layer;

struct _EpnsLocalNetwork {
  EpnsLocalConfig config;
  Layer lattice_in, lattice_res, lattice_out, medium_in, medium_out;
  Layer cell_in, film_in, film_out, fine_res1, down, coarse_res1, mean_in, mean_out, coarse_res2, up, fine_res2, logit;
  Layer volume_in, volume_out;
  float stay; /* added to a cell's logits where it is now */
};

/* Channels: some are fixed, some follow from the configuration, the others are those of four tensors of the file. */
typedef enum { ONE, TWO, CELL, LATTICE, FILM, VOLUME, TRUNK, WIDTH, WIDE, FILM_HIDDEN, VOLUME_HIDDEN, N_SIZES } Size;

static const struct {
  const char *name;
  gsize at;
  Size out, in;
  gsize kernel; /* 0: a linear layer */
} layers[] = {
#define LAYER(name, out, in, kernel) { #name, G_STRUCT_OFFSET (EpnsLocalNetwork, name), out, in, kernel }
  LAYER (lattice_in, TRUNK, LATTICE, 3),
  LAYER (lattice_res, TRUNK, TRUNK, 3),
  LAYER (lattice_out, WIDTH, TRUNK, 3),
  LAYER (medium_in, TRUNK, TRUNK, 3),
  LAYER (medium_out, ONE, TRUNK, 1),
  LAYER (cell_in, WIDTH, CELL, 5),
  LAYER (film_in, FILM_HIDDEN, FILM, 0),
  LAYER (film_out, WIDE, FILM_HIDDEN, 0),
  LAYER (fine_res1, WIDTH, WIDTH, 3),
  LAYER (down, WIDE, WIDTH, 3),
  LAYER (coarse_res1, WIDE, WIDE, 3),
  LAYER (mean_in, WIDE, WIDE, 0),
  LAYER (mean_out, WIDE, WIDE, 0),
  LAYER (coarse_res2, WIDE, WIDE, 3),
  LAYER (up, WIDTH, WIDE, 1),
  LAYER (fine_res2, WIDTH, WIDTH, 3),
  LAYER (logit, ONE, WIDTH, 1),
  LAYER (volume_in, VOLUME_HIDDEN, VOLUME, 0),
  LAYER (volume_out, TWO, VOLUME_HIDDEN, 0),
#undef LAYER
};

static EpnsTensor *
load (const EpnsSafetensors *weights, const char *layer, const char *part, guint rank, const gsize *shape,
      GError **error)
{
  g_autofree char *name = g_strconcat (layer, part, NULL);
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
  g_set_error (error, EPNS_FAILURE, EPNS_FAILURE_FORMAT,
               "%s: tensor %s has shape %s instead of [n], n from 1 to 4096; export the model again",
               epns_safetensors_path (weights), name, shape);
  return FALSE;
}

static gboolean
read_sizes (const EpnsLocalConfig *config, const EpnsSafetensors *weights, gsize size[N_SIZES], GError **error)
{
  gsize what = config->n_types - 1 + EPNS_LOCAL_PASSES; /* one-hot type and pass */

  size[ONE] = 1;
  size[TWO] = 2;
  size[CELL] = EPNS_LOCAL_CELL_CHANNELS;
  size[LATTICE] = (gsize) epns_local_lattice_channels (config);
  size[FILM] = what + 2;
  size[VOLUME] = what + 3;
  if (!read_size (weights, "lattice_in.bias", &size[TRUNK], error)
      || !read_size (weights, "lattice_out.bias", &size[WIDTH], error)
      || !read_size (weights, "film_in.bias", &size[FILM_HIDDEN], error)
      || !read_size (weights, "volume_in.bias", &size[VOLUME_HIDDEN], error))
    return FALSE;
  size[WIDE] = 2 * size[WIDTH];
  return TRUE;
}

EpnsLocalNetwork *
epns_local_network_new (const EpnsLocalConfig *config, const EpnsSafetensors *weights, GError **error)
{
  g_autoptr (EpnsLocalNetwork) self = g_new0 (EpnsLocalNetwork, 1);
  gsize size[N_SIZES];

  self->config = *config;
  if (!read_sizes (config, weights, size, error))
    return NULL;
  for (gsize i = 0; i < G_N_ELEMENTS (layers); i++) {
    Layer *layer = G_STRUCT_MEMBER_P (self, layers[i].at);
    const gsize shape[4] = { size[layers[i].out], size[layers[i].in], layers[i].kernel, layers[i].kernel };

    layer->weight = load (weights, layers[i].name, ".weight", layers[i].kernel > 0 ? 4 : 2, shape, error);
    if (layer->weight == NULL)
      return NULL;
    layer->bias = load (weights, layers[i].name, ".bias", 1, shape, error);
    if (layer->bias == NULL)
      return NULL;
  }
  g_autoptr (EpnsTensor) stay = load (weights, "stay", "", 1, &size[ONE], error);
  if (stay == NULL)
    return NULL;
  self->stay = stay->data[0];
  return g_steal_pointer (&self);
}

void
epns_local_network_free (EpnsLocalNetwork *self)
{
  if (self == NULL)
    return;
  for (gsize i = 0; i < G_N_ELEMENTS (layers); i++) {
    Layer *layer = G_STRUCT_MEMBER_P (self, layers[i].at);
    g_clear_pointer (&layer->weight, epns_tensor_unref);
    g_clear_pointer (&layer->bias, epns_tensor_unref);
  }
  g_free (self);
}

static EpnsTensor *
conv (EpnsContext *ctx, EpnsTensor *x, const Layer *layer, EpnsActivation activation)
{
  return epns_conv2d (ctx, x, layer->weight, layer->bias, epns_conv_same (layer->weight->shape[2], activation));
}

static EpnsTensor *
linear (EpnsContext *ctx, EpnsTensor *x, const Layer *layer, EpnsActivation activation)
{
  return epns_linear (ctx, x, layer->weight, layer->bias, activation);
}

/* *x = relu (*x + y); takes over y. */
static void
add_relu (EpnsContext *ctx, EpnsTensor **x, EpnsTensor *y)
{
  g_autoptr (EpnsTensor) term = y;
  g_autoptr (EpnsTensor) sum = epns_add (ctx, *x, term);

  epns_tensor_set (x, epns_relu (ctx, sum));
}

static void
residual (EpnsContext *ctx, EpnsTensor **x, const Layer *layer)
{
  add_relu (ctx, x, conv (ctx, *x, layer, EPNS_LINEAR));
}

/* Along a periodic axis the lattice goes on for as far as the layers can see. */
static void
wrap_halo (EpnsContext *ctx, EpnsTensor **x, const gboolean periodic[2])
{
  if (periodic[0])
    epns_tensor_set (x, epns_pad2d (ctx, *x, HALO, HALO, 0, 0, TRUE));
  if (periodic[1])
    epns_tensor_set (x, epns_pad2d (ctx, *x, 0, 0, HALO, HALO, TRUE));
}

static void
cut_halo (EpnsContext *ctx, EpnsTensor **x, const EpnsLocalWindows *w)
{
  if (w->periodic[0])
    epns_tensor_set (x, epns_slice (ctx, *x, 2, HALO, (gint64) w->height));
  if (w->periodic[1])
    epns_tensor_set (x, epns_slice (ctx, *x, 3, HALO, (gint64) w->width));
}

/* What the cells crop, [1, width, height, width]; fills pass->medium. */
static EpnsTensor *
lattice_part (const EpnsLocalNetwork *self, EpnsContext *ctx, EpnsLocalPass *pass)
{
  const EpnsLocalWindows *w = pass->windows;
  g_autoptr (EpnsTensor) h = epns_tensor_new (
      ctx, EPNS_SHAPE (1, epns_local_lattice_channels (&self->config), (gint64) w->height, (gint64) w->width));

  epns_local_lattice_features (&self->config, ctx, pass, h);
  wrap_halo (ctx, &h, w->periodic);
  epns_tensor_set (&h, conv (ctx, h, &self->lattice_in, EPNS_RELU));
  residual (ctx, &h, &self->lattice_res);

  g_autoptr (EpnsTensor) medium = conv (ctx, h, &self->medium_in, EPNS_RELU);
  epns_tensor_set (&medium, conv (ctx, medium, &self->medium_out, EPNS_LINEAR));
  cut_halo (ctx, &medium, w);
  for (gsize s = 0; s < w->height * w->width; s++)
    pass->medium[s] = BOUND * tanhf (medium->data[s] / BOUND);

  EpnsTensor *crop = conv (ctx, h, &self->lattice_out, EPNS_LINEAR);
  cut_halo (ctx, &crop, w);
  return crop;
}

static float
scaled_volume (const EpnsLocalNetwork *self, const EpnsLocalCell *cell)
{
  return ((float) cell->volume - (float) self->config.target_volume) / EPNS_LOCAL_VOLUME_SCALE;
}

/* One-hot type and pass, then `rest` more entries: where they begin. */
static float *
what (const EpnsLocalNetwork *self, const EpnsLocalPass *pass, gsize cell, float *row, gsize rest)
{
  gsize kinds = self->config.n_types - 1;

  for (gsize i = 0; i < kinds + EPNS_LOCAL_PASSES + rest; i++)
    row[i] = 0;
  row[pass->windows->cells[cell].type - 1] = 1;
  row[kinds + pass->pass] = 1;
  return row + kinds + EPNS_LOCAL_PASSES;
}

/* Modulate the channels by what the cell is. */
static void
film (const EpnsLocalNetwork *self, EpnsContext *ctx, const EpnsLocalPass *pass, gsize first, EpnsTensor **x)
{
  gint64 n = (*x)->shape[0], inputs = self->film_in.weight->shape[1], width = (*x)->shape[1];
  g_autoptr (EpnsTensor) v = epns_tensor_new (ctx, EPNS_SHAPE (n, inputs));

  for (gint64 i = 0; i < n; i++) {
    gsize cell = first + (gsize) i;
    float *rest = what (self, pass, cell, v->data + i * inputs, 2);
    rest[0] = scaled_volume (self, &pass->windows->cells[cell]);
    rest[1] = (float) pass->count[cell] / (float) self->config.target_volume;
  }
  epns_tensor_set (&v, linear (ctx, v, &self->film_in, EPNS_RELU));
  epns_tensor_set (&v, linear (ctx, v, &self->film_out, EPNS_LINEAR));
  g_autoptr (EpnsTensor) gain = epns_slice (ctx, v, 1, 0, width);
  g_autoptr (EpnsTensor) offset = epns_slice (ctx, v, 1, width, width);
  epns_tensor_set (&gain, epns_affine (ctx, gain, 1, 1));
  epns_tensor_set (x, epns_film (ctx, *x, gain, offset));
}

/* The coarse scale of the U-Net, added to the fine one. */
static void
coarse_part (const EpnsLocalNetwork *self, EpnsContext *ctx, EpnsTensor **x)
{
  g_autoptr (EpnsTensor) c
      = epns_conv2d (ctx, *x, self->down.weight, self->down.bias, epns_conv_strided (2, 1, EPNS_RELU));

  residual (ctx, &c, &self->coarse_res1);
  g_autoptr (EpnsTensor) mean = epns_mean_hw (ctx, c);
  epns_tensor_set (&mean, linear (ctx, mean, &self->mean_in, EPNS_RELU));
  epns_tensor_set (&mean, linear (ctx, mean, &self->mean_out, EPNS_LINEAR));
  epns_tensor_set (&mean, epns_reshape (ctx, mean, EPNS_SHAPE (c->shape[0], c->shape[1], 1, 1)));
  epns_tensor_set (&c, epns_add (ctx, c, mean));
  residual (ctx, &c, &self->coarse_res2);
  epns_tensor_set (&c, conv (ctx, c, &self->up, EPNS_LINEAR));
  epns_tensor_set (&c, epns_upsample2x (ctx, c));
  epns_tensor_set (x, epns_add (ctx, *x, c));
}

/* Logits of cells first .. first + n - 1, before the volume head. */
static void
cell_part (const EpnsLocalNetwork *self, EpnsContext *ctx, EpnsLocalPass *pass, EpnsTensor *lattice, gsize first,
           gsize n, gint32 *places)
{
  const EpnsLocalWindows *w = pass->windows;
  gsize plane = w->window * w->window;
  gint64 side = (gint64) w->window;
  EpnsWindows windows = { .places = places, .n = n, .size = side, .wrap = { w->periodic[0], w->periodic[1] } };

  for (gsize i = 0; i < n; i++) {
    places[3 * i] = 0;
    places[3 * i + 1] = w->cells[first + i].first_y;
    places[3 * i + 2] = w->cells[first + i].first_x;
  }
  g_autoptr (EpnsTensor) maps = epns_tensor_new (ctx, EPNS_SHAPE ((gint64) n, EPNS_LOCAL_CELL_CHANNELS, side, side));
  epns_local_cell_features (ctx, pass, first, maps);

  g_autoptr (EpnsTensor) x = conv (ctx, maps, &self->cell_in, EPNS_LINEAR);
  add_relu (ctx, &x, epns_gather_windows (ctx, lattice, &windows));
  film (self, ctx, pass, first, &x);
  residual (ctx, &x, &self->fine_res1);
  coarse_part (self, ctx, &x);
  residual (ctx, &x, &self->fine_res2);
  epns_tensor_set (&x, conv (ctx, x, &self->logit, EPNS_LINEAR));
  for (gsize i = 0; i < n; i++) {
    const float *own = maps->data + i * EPNS_LOCAL_CELL_CHANNELS * plane, *l = x->data + i * plane;
    float *out = pass->logits + (first + i) * plane;
    for (gsize p = 0; p < plane; p++)
      out[p] = BOUND * tanhf ((l[p] + self->stay * own[p]) / BOUND);
  }
}

static void
normalise_row (void *arg, gsize y, void *scratch)
{
  const EpnsLocalPass *pass = arg;
  const EpnsLocalWindows *w = pass->windows;

  (void) scratch;
  for (gsize s = y * w->width; s < (y + 1) * w->width; s++) {
    float sum = expf (pass->medium[s]);
    for (guint32 i = w->start[s]; i < w->start[s + 1]; i++)
      sum += expf (pass->logits[w->covering[i]]);
    pass->log_normaliser[s] = logf (sum);
  }
}

static void
normalise (EpnsContext *ctx, EpnsLocalPass *pass)
{
  const EpnsLocalWindows *w = pass->windows;

  epns_context_each (ctx, w->height, 200.0 * (double) w->width, 0, normalise_row, pass);
}

/* The volume that a cell would have if all other sites were drawn now. */
static float
expected_volume (const EpnsLocalPass *pass, gsize cell)
{
  const EpnsLocalWindows *w = pass->windows;
  gsize plane = w->window * w->window;
  double sum = pass->count[cell];

  for (gsize p = cell * plane; p < (cell + 1) * plane; p++) {
    gssize s = epns_local_windows_site (w, p);
    if (s >= 0 && pass->drawn[s] == EPNS_LOCAL_UNDRAWN)
      sum += (double) expf (pass->logits[p] - pass->log_normaliser[s]);
  }
  return (float) sum;
}

typedef struct {
  const EpnsLocalNetwork *self;
  EpnsLocalPass *pass;
  EpnsTensor *rows;
} VolumeJob;

static void
volume_row (void *arg, gsize cell, void *scratch)
{
  const VolumeJob *job = arg;
  gint64 inputs = job->rows->shape[1];
  float *rest = what (job->self, job->pass, cell, job->rows->data + (gint64) cell * inputs, 3);
  float u = (expected_volume (job->pass, cell) - (float) job->self->config.target_volume) / EXPECTED_SCALE;

  (void) scratch;
  rest[0] = u;
  rest[1] = u * u;
  rest[2] = scaled_volume (job->self, &job->pass->windows->cells[cell]);
}

static void
volume_head (const EpnsLocalNetwork *self, EpnsContext *ctx, EpnsLocalPass *pass)
{
  const EpnsLocalWindows *w = pass->windows;
  gsize plane = w->window * w->window;
  gint64 inputs = self->volume_in.weight->shape[1], at_u = inputs - 3;
  g_autoptr (EpnsTensor) rows = epns_tensor_new (ctx, EPNS_SHAPE ((gint64) w->n_cells, inputs));

  epns_context_each (ctx, w->n_cells, 50.0 * (double) plane, 0, volume_row,
                     &(VolumeJob) { .self = self, .pass = pass, .rows = rows });
  g_autoptr (EpnsTensor) hidden = linear (ctx, rows, &self->volume_in, EPNS_RELU);
  g_autoptr (EpnsTensor) ab = linear (ctx, hidden, &self->volume_out, EPNS_LINEAR);
  for (gsize c = 0; c < w->n_cells; c++) {
    float lean = ab->data[2 * c] - ab->data[2 * c + 1] * rows->data[(gint64) c * inputs + at_u];
    for (gsize p = c * plane; p < (c + 1) * plane; p++)
      pass->logits[p] = CLAMP (pass->logits[p] + lean, -LIMIT, LIMIT);
  }
}

void
epns_local_network_evaluate (const EpnsLocalNetwork *self, EpnsContext *ctx, EpnsLocalPass *pass)
{
  const EpnsLocalWindows *w = pass->windows;
  g_autoptr (EpnsTensor) lattice = lattice_part (self, ctx, pass);
  gint32 places[3 * CELLS_AT_ONCE];

  for (gsize first = 0; first < w->n_cells; first += CELLS_AT_ONCE)
    cell_part (self, ctx, pass, lattice, first, MIN (CELLS_AT_ONCE, w->n_cells - first), places);
  normalise (ctx, pass);
  if (w->n_cells == 0)
    return;
  volume_head (self, ctx, pass);
  normalise (ctx, pass);
}
