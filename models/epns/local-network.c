/* SPDX-License-Identifier: MIT */
/* The local network's forward pass: lattice part, cell part, volume head. Recorded, it can be
 * trained. */
#include "models/epns/local-layers.h"
#include "models/epns/local-ops.h"

#include <string.h>

#define BOUND 14.0f /* logits are 14 tanh (l / 14) before the volume head */
#define LIMIT 30.0f /* and within +-30 after it */
#define EXPECTED_SCALE 3.0f
#define HALO 3            /* lattice layers of kernel 3 behind one another */
#define CELLS_AT_ONCE 256 /* bounds the memory of the maps, unless they have to be kept */

static EpnsTensor *
conv (EpnsContext *ctx, EpnsTensor *x, const EpnsLocalLayer *layer, EpnsActivation activation)
{
  return epns_conv2d (ctx, x, layer->weight, layer->bias,
                      epns_conv_same (layer->weight->shape[2], activation));
}

static EpnsTensor *
linear (EpnsContext *ctx, EpnsTensor *x, const EpnsLocalLayer *layer, EpnsActivation activation)
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
residual (EpnsContext *ctx, EpnsTensor **x, const EpnsLocalLayer *layer)
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

/* *x = bound tanh (*x / bound) */
static void
squash (EpnsContext *ctx, EpnsTensor **x)
{
  epns_tensor_set (x, epns_affine (ctx, *x, 1 / BOUND, 0));
  epns_tensor_set (x, epns_tanh (ctx, *x));
  epns_tensor_set (x, epns_affine (ctx, *x, BOUND, 0));
}

/* What the cells crop, [1, width, height, width]; sets pass->medium. */
static EpnsTensor *
lattice_part (const EpnsLocalNetwork *self, EpnsContext *ctx, EpnsLocalPass *pass)
{
  const EpnsLocalWindows *w = pass->windows;
  g_autoptr (EpnsTensor)
      h = epns_tensor_new (ctx, EPNS_SHAPE (1, epns_local_lattice_channels (&self->config),
                                            (gint64) w->height, (gint64) w->width));

  epns_local_lattice_features (&self->config, ctx, pass, h);
  wrap_halo (ctx, &h, w->periodic);
  epns_tensor_set (&h, conv (ctx, h, &self->lattice_in, EPNS_RELU));
  residual (ctx, &h, &self->lattice_res);

  g_autoptr (EpnsTensor) medium = conv (ctx, h, &self->medium_in, EPNS_RELU);
  epns_tensor_set (&medium, conv (ctx, medium, &self->medium_out, EPNS_LINEAR));
  cut_halo (ctx, &medium, w);
  squash (ctx, &medium);
  pass->medium = epns_reshape (ctx, medium, EPNS_SHAPE ((gint64) w->height, (gint64) w->width));

  EpnsTensor *crop = conv (ctx, h, &self->lattice_out, EPNS_LINEAR);
  cut_halo (ctx, &crop, w);
  return crop;
}

static float
scaled_volume (const EpnsLocalNetwork *self, const EpnsLocalCell *cell)
{
  return ((float) cell->volume - (float) self->config.target_volume) / EPNS_LOCAL_VOLUME_SCALE;
}

/* One-hot type and pass of a cell. */
static void
what (const EpnsLocalNetwork *self, const EpnsLocalPass *pass, gsize cell, float *row)
{
  gsize kinds = self->config.n_types - 1;

  for (gsize i = 0; i < kinds + self->config.passes; i++)
    row[i] = 0;
  row[pass->windows->cells[cell].type - 1] = 1;
  row[kinds + pass->pass] = 1;
}

/* Modulate the channels by what the cell is. */
static void
film (const EpnsLocalNetwork *self, EpnsContext *ctx, const EpnsLocalPass *pass, gsize first,
      EpnsTensor **x)
{
  gint64 latents = pass->latent != NULL ? pass->latent->shape[1] : 0;
  gint64 n = (*x)->shape[0], inputs = self->film_in.weight->shape[1] - latents,
         width = (*x)->shape[1];
  g_autoptr (EpnsTensor) v = epns_tensor_new (ctx, EPNS_SHAPE (n, inputs));

  for (gint64 i = 0; i < n; i++) {
    gsize cell = first + (gsize) i;
    float *row = v->data + i * inputs;
    what (self, pass, cell, row);
    row[inputs - 2] = scaled_volume (self, &pass->windows->cells[cell]);
    row[inputs - 1] = (float) pass->count[cell] / (float) self->config.target_volume;
  }
  if (pass->latent != NULL) {
    g_autoptr (EpnsTensor) z = epns_slice (ctx, pass->latent, 0, (gint64) first, n);
    epns_tensor_set (&v, epns_concat_of (ctx, 1, v, z));
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
  g_autoptr (EpnsTensor) c = epns_conv2d (ctx, *x, self->down.weight, self->down.bias,
                                          epns_conv_strided (2, 1, EPNS_RELU));

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

/* Logits of cells first .. first + n - 1, before the volume head: [n, window, window]. */
static EpnsTensor *
cell_part (const EpnsLocalNetwork *self, EpnsContext *ctx, const EpnsLocalPass *pass,
           EpnsTensor *lattice, gsize first, gsize n)
{
  const EpnsLocalWindows *w = pass->windows;
  gint64 side = (gint64) w->window;
  EpnsWindows windows = { .places = w->places + 3 * first,
                          .n = n,
                          .size = side,
                          .wrap = { w->periodic[0], w->periodic[1] } };
  g_autoptr (EpnsTensor)
      maps = epns_tensor_new (ctx, EPNS_SHAPE ((gint64) n, EPNS_LOCAL_CELL_CHANNELS, side, side));

  epns_local_cell_features (&self->config, ctx, pass, first, maps);
  g_autoptr (EpnsTensor) x = conv (ctx, maps, &self->cell_in, EPNS_LINEAR);
  add_relu (ctx, &x, epns_gather_windows (ctx, lattice, &windows));
  film (self, ctx, pass, first, &x);
  residual (ctx, &x, &self->fine_res1);
  coarse_part (self, ctx, &x);
  residual (ctx, &x, &self->fine_res2);
  epns_tensor_set (&x, conv (ctx, x, &self->logit, EPNS_LINEAR));

  g_autoptr (EpnsTensor) own = epns_slice (ctx, maps, 1, 0, 1);
  epns_tensor_set (&own, epns_mul (ctx, own, self->stay));
  epns_tensor_set (&x, epns_add (ctx, x, own));
  squash (ctx, &x);
  return epns_reshape (ctx, x, EPNS_SHAPE ((gint64) n, side, side));
}

/* The same of all cells: [n_cells, window, window]. */
static EpnsTensor *
cell_parts (const EpnsLocalNetwork *self, EpnsContext *ctx, const EpnsLocalPass *pass,
            EpnsTensor *lattice)
{
  gsize n = pass->windows->n_cells, plane = pass->windows->window * pass->windows->window;
  gint64 side = (gint64) pass->windows->window;

  if (n <= CELLS_AT_ONCE || epns_context_is_recording (ctx))
    return cell_part (self, ctx, pass, lattice, 0, n);
  EpnsTensor *all = epns_tensor_new (ctx, EPNS_SHAPE ((gint64) n, side, side));
  for (gsize first = 0; first < n; first += CELLS_AT_ONCE) {
    g_autoptr (EpnsTensor)
        some = cell_part (self, ctx, pass, lattice, first, MIN (CELLS_AT_ONCE, n - first));
    memcpy (all->data + first * plane, some->data, some->count * sizeof (float));
  }
  return all;
}

/* *logits += a - b u, where u says how far the expected volume is from the target. */
static void
volume_head (const EpnsLocalNetwork *self, EpnsContext *ctx, const EpnsLocalPass *pass,
             EpnsTensor **logits)
{
  const EpnsLocalWindows *w = pass->windows;
  gint64 n = (gint64) w->n_cells, kinds = self->volume_in.weight->shape[1] - 3;
  g_autoptr (EpnsTensor) types = epns_tensor_new (ctx, EPNS_SHAPE (n, kinds));
  g_autoptr (EpnsTensor) volume = epns_tensor_new (ctx, EPNS_SHAPE (n, 1));

  for (gsize c = 0; c < w->n_cells; c++) {
    what (self, pass, c, types->data + (gint64) c * kinds);
    volume->data[c] = scaled_volume (self, &w->cells[c]);
  }
  g_autoptr (EpnsTensor) u = epns_local_expected_volume (ctx, pass, *logits, pass->log_normaliser);
  epns_tensor_set (&u, epns_affine (ctx, u, 1 / EXPECTED_SCALE,
                                    -(float) self->config.target_volume / EXPECTED_SCALE));
  g_autoptr (EpnsTensor) squared = epns_mul (ctx, u, u);
  g_autoptr (EpnsTensor) ab = epns_concat_of (ctx, 1, types, u, squared, volume);
  epns_tensor_set (&ab, linear (ctx, ab, &self->volume_in, EPNS_RELU));
  epns_tensor_set (&ab, linear (ctx, ab, &self->volume_out, EPNS_LINEAR));

  g_autoptr (EpnsTensor) lean = epns_slice (ctx, ab, 1, 0, 1);
  g_autoptr (EpnsTensor) slope = epns_slice (ctx, ab, 1, 1, 1);
  epns_tensor_set (&slope, epns_mul (ctx, slope, u));
  epns_tensor_set (&lean, epns_sub (ctx, lean, slope));
  epns_tensor_set (&lean, epns_reshape (ctx, lean, EPNS_SHAPE (n, 1, 1)));
  epns_tensor_set (logits, epns_add (ctx, *logits, lean));
  epns_tensor_set (logits, epns_clip (ctx, *logits, -LIMIT, LIMIT));
}

void
epns_local_network_evaluate (const EpnsLocalNetwork *self, EpnsContext *ctx, EpnsLocalPass *pass)
{
  epns_local_pass_clear (pass);
  g_autoptr (EpnsTensor) lattice = lattice_part (self, ctx, pass);

  if (pass->windows->n_cells > 0)
    pass->logits = cell_parts (self, ctx, pass, lattice);
  pass->log_normaliser = epns_local_normaliser (ctx, pass->windows, pass->medium, pass->logits);
  if (pass->windows->n_cells == 0)
    return;
  volume_head (self, ctx, pass, &pass->logits);
  epns_tensor_set (&pass->log_normaliser,
                   epns_local_normaliser (ctx, pass->windows, pass->medium, pass->logits));
}

void
epns_local_pass_clear (EpnsLocalPass *pass)
{
  epns_tensor_set (&pass->logits, NULL);
  epns_tensor_set (&pass->medium, NULL);
  epns_tensor_set (&pass->log_normaliser, NULL);
}
