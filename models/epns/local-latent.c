/* SPDX-License-Identifier: MIT */
/* Prior and posterior of the cells' latent variables. */
#include "models/epns/local-latent.h"
#include "models/epns/local-layers.h"

#include <string.h>

#define SMALLEST_SIGMA 1e-3f
#define CELLS_AT_ONCE 256 /* as in the decoder */

void
epns_local_gaussian_clear (EpnsLocalGaussian *self)
{
  epns_tensor_set (&self->mu, NULL);
  epns_tensor_set (&self->sigma, NULL);
}

typedef struct { /* what an encoder sees */
  const EpnsLocalNetwork *network;
  const EpnsLocalWindows *windows;
  const float *told;  /* NULL where the network is told nothing */
  const gint32 *next; /* NULL: prior */
} Seen;

typedef struct { /* inputs of cells first, first + 1, ... */
  const EpnsLocalConfig *config;
  const EpnsLocalWindows *windows;
  const float *told;
  const gint32 *next;
  gsize first;
  EpnsTensor *maps, *plain;
} Inputs;

/* Whose site it is: 1 in the first map if the cell's, and 1 in that of the owner's type. */
static void
mark (const Inputs *in, gsize cell, gint32 owner, float *maps, gsize plane)
{
  maps[0] = owner == (gint32) cell;
  maps[(1 + (gsize) (owner >= 0 ? in->windows->cells[owner].type : 0)) * plane] = 1;
}

typedef struct {
  double sites, y, x; /* of the next state in the window, around its centre */
} Moved;

static Moved
fill_maps (const Inputs *in, gsize cell, float *maps)
{
  const EpnsLocalWindows *w = in->windows;
  const EpnsLocalCell *c = &w->cells[cell];
  gsize plane = w->window * w->window, owners = (1 + in->config->n_types) * plane;
  double half = (double) in->config->window / 2;
  Moved moved = { 0, 0, 0 };

  for (gsize p = 0; p < plane; p++) {
    gssize site = epns_local_windows_site (w, cell * plane + p);
    double y = ((double) (c->first_y + (gint32) (p / w->window)) - c->middle_y) / half;
    double x = ((double) (c->first_x + (gint32) (p % w->window)) - c->middle_x) / half;
    if (site < 0)
      continue;
    float *at = maps + p;
    *at = 1;
    at[plane] = (float) y;
    at[2 * plane] = (float) x;
    mark (in, cell, w->owner[site], at + 3 * plane, plane);
    if (in->next == NULL)
      continue;
    mark (in, cell, in->next[site], at + 3 * plane + owners, plane);
    if (in->next[site] == (gint32) cell)
      moved = (Moved){ moved.sites + 1, moved.y + y, moved.x + x };
  }
  return moved;
}

static float
scaled (const Inputs *in, double volume)
{
  return (float) (volume - in->config->target_volume) / EPNS_LOCAL_VOLUME_SCALE;
}

static void
fill_cell (void *arg, gsize i, void *scratch G_GNUC_UNUSED)
{
  const Inputs *in = arg;
  gsize cell = in->first + i, n_types = in->config->n_types;
  const EpnsLocalCell *c = &in->windows->cells[cell];
  float *maps = in->maps->data + i * (in->maps->count / (gsize) in->maps->shape[0]);
  float *row = in->plain->data + i * (gsize) in->plain->shape[1];
  const Moved moved = fill_maps (in, cell, maps);

  row[c->type - 1] = 1;
  row += n_types - 1;
  *row++ = scaled (in, c->volume);
  for (gsize k = 0; k < epns_local_n_inputs (in->config); k++)
    *row++ = in->told[k];
  if (in->next == NULL)
    return;
  row[0] = scaled (in, moved.sites);
  row[1] = moved.sites > 0 ? (float) (moved.y / moved.sites) : 0;
  row[2] = moved.sites > 0 ? (float) (moved.x / moved.sites) : 0;
}

/* mu and the logit of sigma of n cells, [n, 2 latent size]. */
static EpnsTensor *
encode (const Seen *seen, EpnsContext *ctx, gsize first, gsize n)
{
  const EpnsLocalNetwork *self = seen->network;
  const EpnsLocalEncoder *net = seen->next == NULL ? &self->prior : &self->posterior;
  const gint64 side = (gint64) seen->windows->window, width = net->down.weight->shape[0];
  g_autoptr (EpnsTensor) maps = epns_tensor_new_zero (
      ctx, 4, (gint64[]){ (gint64) n, net->in.weight->shape[1], side, side });
  g_autoptr (EpnsTensor) plain = epns_tensor_new_zero (
      ctx, 2, (gint64[]){ (gint64) n, net->hidden.weight->shape[1] - width });
  Inputs in = { &self->config, seen->windows, seen->told, seen->next, first, maps, plain };

  epns_context_each (ctx, n, 30.0 * (double) (side * side), 0, fill_cell, &in);
  g_autoptr (EpnsTensor) h = epns_conv2d (ctx, maps, net->in.weight, net->in.bias,
                                          epns_conv_strided (2, 2, EPNS_RELU));
  epns_tensor_set (&h, epns_conv2d (ctx, h, net->down.weight, net->down.bias,
                                    epns_conv_strided (2, 1, EPNS_RELU)));
  epns_tensor_set (&h, epns_mean_hw (ctx, h));
  epns_tensor_set (&h, epns_concat_of (ctx, 1, h, plain));
  epns_tensor_set (&h, epns_linear (ctx, h, net->hidden.weight, net->hidden.bias, EPNS_RELU));
  return epns_linear (ctx, h, net->out.weight, net->out.bias, EPNS_LINEAR);
}

EpnsLocalGaussian
epns_local_gaussian (const EpnsLocalNetwork *network, EpnsContext *ctx,
                     const EpnsLocalWindows *windows, const float *inputs, const gint32 *next)
{
  const Seen seen = { network, windows, inputs, next };
  const gint64 n = (gint64) windows->n_cells, size = (gint64) network->config.latent_size;
  g_autoptr (EpnsTensor) both = NULL;

  if (n <= CELLS_AT_ONCE || epns_context_is_recording (ctx))
    both = encode (&seen, ctx, 0, (gsize) n);
  else {
    both = epns_tensor_new (ctx, EPNS_SHAPE (n, 2 * size));
    for (gsize first = 0; first < (gsize) n; first += CELLS_AT_ONCE) {
      g_autoptr (EpnsTensor)
          some = encode (&seen, ctx, first, MIN (CELLS_AT_ONCE, (gsize) n - first));
      memcpy (both->data + first * 2 * (gsize) size, some->data, some->count * sizeof (float));
    }
  }
  g_autoptr (EpnsTensor) sigma = epns_slice (ctx, both, 1, size, size);
  epns_tensor_set (&sigma, epns_softplus (ctx, sigma));
  return (EpnsLocalGaussian){ .mu = epns_slice (ctx, both, 1, 0, size),
                              .sigma = epns_affine (ctx, sigma, 1, SMALLEST_SIGMA) };
}

EpnsTensor *
epns_local_gaussian_draw (const EpnsLocalGaussian *self, EpnsContext *ctx,
                          const EpnsLocalWindows *windows, const EpnsDrawKey *key)
{
  gsize size = (gsize) self->mu->shape[1];
  g_autoptr (EpnsTensor) eps = epns_tensor_new (ctx, self->mu->rank, self->mu->shape);

  for (gsize c = 0; c < windows->n_cells; c++)
    for (gsize i = 0; i < size; i++)
      eps->data[c * size + i] = (float) epns_random_normal (
          key, EPNS_LOCAL_DRAW_LATENT, (guint64) windows->cells[c].first_site << 8 | i);
  return epns_reparameterise (ctx, self->mu, self->sigma, eps);
}
