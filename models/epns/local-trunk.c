/* SPDX-License-Identifier: MIT */
/* The convolutional part of the local network. Recorded, it can be trained. */
#include "models/epns/local-trunk.h"
#include "models/nn/elementary.h"

#include <string.h>

#define HALO 3            /* lattice layers of kernel 3 behind one another */
#define CELLS_AT_ONCE 16 /* so that their maps stay near, unless they have to be kept */

static EpnsTensor *
conv (EpnsContext *ctx, EpnsTensor *x, const EpnsLocalLayer *layer, EpnsActivation activation)
{
  return epns_conv2d (ctx, x, layer->weight, layer->bias,
                      epns_conv_same (layer->weight->shape[2], activation));
}

EpnsTensor *
epns_local_linear (EpnsContext *ctx, EpnsTensor *x, const EpnsLocalLayer *layer,
                   EpnsActivation activation)
{
  return epns_linear (ctx, x, layer->weight, layer->bias, activation);
}

/* *x = relu (*x + y); takes over y. */
static void
add_relu (EpnsContext *ctx, EpnsTensor **x, EpnsTensor *y)
{
  g_autoptr (EpnsTensor) term = y;

  epns_tensor_set (x, epns_add_relu (ctx, *x, term));
}

static void
residual (EpnsContext *ctx, EpnsTensor **x, const EpnsLocalLayer *layer)
{
  add_relu (ctx, x, conv (ctx, *x, layer, EPNS_LINEAR));
}

void
epns_local_add_stay (const EpnsLocalNetwork *self, EpnsContext *ctx, const EpnsLocalWindows *w,
                     EpnsTensor **logits)
{
  g_autoptr (EpnsTensor) own = epns_tensor_new_zero (ctx, (*logits)->rank, (*logits)->shape);

  for (gsize s = 0; s < w->height * w->width; s++)
    for (guint32 i = w->start[s]; i < w->start[s + 1]; i++)
      if (w->owner[s] == (gint32) (w->covering[i] / (w->window * w->window)))
        own->data[w->covering[i]] = 1;
  epns_tensor_set (&own, epns_mul (ctx, own, self->stay));
  epns_tensor_set (logits, epns_add (ctx, *logits, own));
}

void
epns_local_squash (EpnsContext *ctx, EpnsTensor **x, float bound)
{
  epns_tensor_set (x, epns_affine (ctx, *x, 1 / bound, 0));
  epns_tensor_set (x, epns_tanh (ctx, *x));
  epns_tensor_set (x, epns_affine (ctx, *x, bound, 0));
}

void
epns_local_bound (gsize n, float *x)
{
  for (gsize i = 0; i < n; i++)
    x[i] *= 1 / EPNS_LOCAL_BOUND;
  epns_tanh_of (n, x, x);
  for (gsize i = 0; i < n; i++)
    x[i] *= EPNS_LOCAL_BOUND;
}

/* --- Lattice --- */

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

EpnsTensor *
epns_local_lattice_trunk (const EpnsLocalNetwork *self, EpnsContext *ctx, const EpnsLocalPass *pass,
                          EpnsTensor **medium)
{
  const EpnsLocalWindows *w = pass->windows;
  g_autoptr (EpnsTensor)
      h = epns_tensor_new (ctx, EPNS_SHAPE (1, epns_local_lattice_channels (&self->config),
                                            (gint64) w->height, (gint64) w->width));

  epns_local_lattice_features (&self->config, ctx, pass, h);
  wrap_halo (ctx, &h, w->periodic);
  epns_tensor_set (&h, conv (ctx, h, &self->lattice_in, EPNS_RELU));
  residual (ctx, &h, &self->lattice_res);

  *medium = conv (ctx, h, &self->medium_in, EPNS_RELU);
  cut_halo (ctx, medium, w);

  EpnsTensor *crop = conv (ctx, h, &self->lattice_out, EPNS_LINEAR);
  cut_halo (ctx, &crop, w);
  return crop;
}

void
epns_local_medium_last (const EpnsLocalNetwork *self, EpnsContext *ctx, EpnsTensor **medium)
{
  epns_tensor_set (medium, conv (ctx, *medium, &self->medium_out, EPNS_LINEAR));
}

/* --- Cells --- */

float
epns_local_scaled_volume (const EpnsLocalNetwork *self, const EpnsLocalCell *cell)
{
  return ((float) cell->volume - (float) self->config.target_volume) / EPNS_LOCAL_VOLUME_SCALE;
}

gsize
epns_local_what (const EpnsLocalNetwork *self, const EpnsLocalPass *pass, gsize cell, float *row)
{
  const gboolean windows = self->config.decoder == EPNS_LOCAL_DECODER_WINDOWS;
  gsize kinds = self->config.n_types - 1, inputs = epns_local_n_inputs (&self->config);
  gsize n = kinds + inputs + (windows ? self->config.passes : 0);

  for (gsize i = 0; i < n; i++)
    row[i] = 0;
  row[pass->windows->cells[cell].type - 1] = 1;
  for (gsize i = 0; i < inputs; i++)
    row[kinds + i] = pass->inputs[i];
  if (windows)
    row[kinds + inputs + pass->pass] = 1;
  return n;
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
    row += epns_local_what (self, pass, cell, row);
    row[0] = epns_local_scaled_volume (self, &pass->windows->cells[cell]);
    if (self->config.decoder == EPNS_LOCAL_DECODER_WINDOWS)
      row[1] = (float) pass->count[cell] / (float) self->config.target_volume;
  }
  if (pass->latent != NULL) {
    g_autoptr (EpnsTensor) z = epns_slice (ctx, pass->latent, 0, (gint64) first, n);
    epns_tensor_set (&v, epns_concat_of (ctx, 1, v, z));
  }
  epns_tensor_set (&v, epns_local_linear (ctx, v, &self->film_in, EPNS_RELU));
  epns_tensor_set (&v, epns_local_linear (ctx, v, &self->film_out, EPNS_LINEAR));
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
  epns_tensor_set (&mean, epns_local_linear (ctx, mean, &self->mean_in, EPNS_RELU));
  epns_tensor_set (&mean, epns_local_linear (ctx, mean, &self->mean_out, EPNS_LINEAR));
  epns_tensor_set (&mean, epns_reshape (ctx, mean, EPNS_SHAPE (c->shape[0], c->shape[1], 1, 1)));
  epns_tensor_set (&c, epns_add (ctx, c, mean));
  residual (ctx, &c, &self->coarse_res2);
  epns_tensor_set (&c, conv (ctx, c, &self->up, EPNS_LINEAR));
  epns_tensor_set (&c, epns_upsample2x (ctx, c));
  epns_tensor_set (x, epns_add (ctx, *x, c));
}

/* What the last layer takes, of cells first .. first + n - 1. */
static EpnsTensor *
some_cells (const EpnsLocalNetwork *self, EpnsContext *ctx, const EpnsLocalPass *pass,
            EpnsTensor *lattice, gsize first, gsize n)
{
  const EpnsLocalWindows *w = pass->windows;
  gint64 side = (gint64) w->window;
  EpnsWindows windows = { .places = w->places + 3 * first,
                          .n = n,
                          .size = side,
                          .wrap = { w->periodic[0], w->periodic[1] } };
  g_autoptr (EpnsTensor) maps = epns_tensor_new (
      ctx, EPNS_SHAPE ((gint64) n, epns_local_cell_channels (&self->config), side, side));

  epns_local_cell_features (&self->config, ctx, pass, first, maps);
  EpnsTensor *x = conv (ctx, maps, &self->cell_in, EPNS_LINEAR);
  add_relu (ctx, &x, epns_gather_windows (ctx, lattice, &windows));
  film (self, ctx, pass, first, &x);
  residual (ctx, &x, &self->fine_res1);
  coarse_part (self, ctx, &x);
  residual (ctx, &x, &self->fine_res2);
  return x;
}

/* The last layer, and as epns_local_cell_trunk() says. */
static void
bid (const EpnsLocalNetwork *self, EpnsContext *ctx, EpnsTensor **x, EpnsTensor **last)
{
  epns_tensor_set (x, conv (ctx, *x, &self->logit, EPNS_LINEAR));
  if (last == NULL)
    return;
  *last = epns_slice (ctx, *x, 1, (*x)->shape[1] - 1, 1);
  epns_tensor_set (x, epns_channels_last (ctx, *x));
}

EpnsTensor *
epns_local_cell_trunk (const EpnsLocalNetwork *self, EpnsContext *ctx, const EpnsLocalPass *pass,
                       EpnsTensor *lattice, EpnsTensor **last)
{
  const EpnsLocalWindows *w = pass->windows;
  const gsize n = w->n_cells, channels = (gsize) self->logit.bias->count;
  const gsize plane = w->window * w->window;
  const gint64 side = (gint64) w->window;

  if (n <= CELLS_AT_ONCE || epns_context_is_recording (ctx)) {
    EpnsTensor *all = some_cells (self, ctx, pass, lattice, 0, n);
    bid (self, ctx, &all, last);
    return all;
  }
  EpnsTensor *all
      = last != NULL ? epns_tensor_new (ctx, EPNS_SHAPE ((gint64) (n * plane), (gint64) channels))
                     : epns_tensor_new (ctx, EPNS_SHAPE ((gint64) n, (gint64) channels, side, side));
  if (last != NULL)
    *last = epns_tensor_new (ctx, EPNS_SHAPE ((gint64) n, 1, side, side));
  for (gsize first = 0; first < n; first += CELLS_AT_ONCE) {
    g_autoptr (EpnsTensor)
        some = some_cells (self, ctx, pass, lattice, first, MIN (CELLS_AT_ONCE, n - first));
    g_autoptr (EpnsTensor) its_last = NULL;

    bid (self, ctx, &some, last != NULL ? &its_last : NULL);
    memcpy (all->data + first * channels * plane, some->data, some->count * sizeof (float));
    if (last != NULL)
      memcpy ((*last)->data + first * plane, its_last->data, its_last->count * sizeof (float));
  }
  return all;
}

EpnsTensor *
epns_local_cell_rows (const EpnsLocalNetwork *self, EpnsContext *ctx, const EpnsLocalPass *pass,
                      EpnsTensor *lattice)
{
  const EpnsLocalWindows *w = pass->windows;
  const gint64 plane = (gint64) (w->window * w->window), width = self->logit.weight->shape[1];
  EpnsTensor *rows = epns_tensor_new (ctx, EPNS_SHAPE ((gint64) w->n_cells * plane, width));

  for (gsize first = 0; first < w->n_cells; first += CELLS_AT_ONCE) {
    g_autoptr (EpnsTensor) some = some_cells (self, ctx, pass, lattice, first,
                                              MIN (CELLS_AT_ONCE, w->n_cells - first));
    epns_tensor_set (&some, epns_channels_last (ctx, some));
    memcpy (rows->data + (gint64) first * plane * width, some->data, some->count * sizeof (float));
  }
  return rows;
}
