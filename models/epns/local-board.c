/* SPDX-License-Identifier: MIT */
/* A state under way. */
#include "models/epns/local-board.h"
#include "models/epns/local-latent.h"

#include <string.h>

EpnsLocalBoard *
epns_local_board_new (const EpnsLocalConfig *config)
{
  EpnsLocalBoard *self = g_new0 (EpnsLocalBoard, 1);

  self->config = *config;
  self->windows = epns_local_windows_new (epns_local_first_window (config));
  if (epns_local_n_inputs (config) > 0)
    self->inputs = g_new (float, epns_local_n_inputs (config));
  return self;
}

void
epns_local_board_free (EpnsLocalBoard *self)
{
  if (self == NULL)
    return;
  epns_local_pass_clear (&self->pass);
  epns_local_encoding_clear (&self->encoding);
  epns_tensor_set (&self->latent, NULL);
  epns_tensor_set (&self->held, NULL);
  epns_local_windows_free (self->windows);
  g_free (self->drawn);
  g_free (self->count);
  g_free (self->pass_of_site);
  g_free (self->inputs);
  g_free (self);
}

gboolean
epns_local_board_set (EpnsLocalBoard *self, const EpnsLocalState *state, GError **error)
{
  gsize sites = state->height * state->width;

  epns_tensor_set (&self->latent, NULL);
  epns_local_encoding_clear (&self->encoding);
  if (!epns_local_windows_find (self->windows, state, self->config.n_types, error))
    return FALSE;
  if (self->inputs != NULL)
    memcpy (self->inputs, state->inputs, epns_local_n_inputs (&self->config) * sizeof (float));
  epns_local_windows_centre (self->windows, epns_local_first_window (&self->config), NULL);
  if (sites > self->sites) {
    self->sites = sites;
    self->drawn = g_renew (gint32, self->drawn, sites);
    self->pass_of_site = g_renew (guint8, self->pass_of_site, sites);
  }
  if (self->count == NULL || self->windows->n_cells > self->cells) {
    self->cells = MAX (self->windows->n_cells, 1);
    self->count = g_renew (gint32, self->count, self->cells);
  }
  return TRUE;
}

void
epns_local_board_draw_latents (EpnsLocalBoard *self, const EpnsLocalNetwork *network,
                               EpnsContext *ctx, const EpnsDrawKey *key)
{
  if (self->config.latent == EPNS_LOCAL_LATENT_NONE || self->windows->n_cells == 0)
    return;
  g_auto (EpnsLocalGaussian) prior = epns_local_gaussian (network, ctx, self->windows, self->inputs,
                                                         NULL);
  epns_tensor_set (&self->latent, key != NULL
                                      ? epns_local_gaussian_draw (&prior, ctx, self->windows, key)
                                      : epns_tensor_ref (prior.mu));
}

void
epns_local_board_lay (EpnsLocalBoard *self, const EpnsLocalGrid *grid)
{
  const EpnsLocalWindows *w = self->windows;

  for (gsize y = 0; y < w->height; y++)
    for (gsize x = 0; x < w->width; x++)
      self->pass_of_site[y * w->width + x] = (guint8) epns_local_grid_pass (grid, y, x);
}

/* The index of a cell by its id; the cells are in ascending order of ids. */
static gint32
find_cell (const EpnsLocalWindows *w, gint32 id)
{
  gsize low = 0, high = w->n_cells;

  while (low < high) {
    gsize middle = (low + high) / 2;
    if (w->cells[middle].id < id)
      low = middle + 1;
    else
      high = middle;
  }
  return low < w->n_cells && w->cells[low].id == id ? (gint32) low : EPNS_LOCAL_MEDIUM;
}

void
epns_local_board_reveal (EpnsLocalBoard *self, const gint32 *next)
{
  const EpnsLocalWindows *w = self->windows;

  for (gsize s = 0; s < w->height * w->width; s++)
    self->drawn[s] = next[s] == 0 ? EPNS_LOCAL_MEDIUM : find_cell (w, next[s]);
}

void
epns_local_board_forget (EpnsLocalBoard *self, guint pass)
{
  for (gsize s = 0; s < self->windows->height * self->windows->width; s++)
    if (self->pass_of_site[s] >= pass)
      self->drawn[s] = EPNS_LOCAL_UNDRAWN;
}

/* Wide windows where cells were, then narrow ones that follow them. */
static void
centre_windows (EpnsLocalBoard *self, guint pass)
{
  if (pass < self->config.wide_passes)
    epns_local_windows_centre (self->windows, self->config.first_window, NULL);
  else
    epns_local_windows_centre (self->windows, self->config.window, self->drawn);
}

void
epns_local_board_set_pass (EpnsLocalBoard *self, guint first, guint end)
{
  self->pass.windows = self->windows;
  self->pass.drawn = self->drawn;
  self->pass.latent = self->latent;
  self->pass.inputs = self->inputs;
  self->pass.pass_of_site = self->pass_of_site;
  self->pass.pass = first;
  self->pass.end = end;
  self->pass.volume_lean = (float) self->config.volume_lean;
}

/* The windows are encoded at the first evaluation, when latents have been drawn. */
static void
evaluate_sites (EpnsLocalBoard *self, const EpnsLocalNetwork *network, EpnsContext *ctx)
{
  if (self->encoding.medium == NULL)
    epns_local_encode (network, ctx, &self->pass, &self->encoding);
  if (self->held != NULL)
    epns_tensor_set (&self->encoding.expected, epns_tensor_ref (self->held));
  epns_local_sites_evaluate (network, ctx, &self->encoding, &self->pass);
}

static void
evaluate_windows (EpnsLocalBoard *self, const EpnsLocalNetwork *network, EpnsContext *ctx,
                  guint pass)
{
  const EpnsLocalWindows *w = self->windows;

  if (self->config.wide_passes > 0)
    centre_windows (self, pass);
  memset (self->count, 0, w->n_cells * sizeof *self->count);
  for (gsize s = 0; s < w->height * w->width; s++)
    if (self->drawn[s] >= 0)
      self->count[self->drawn[s]]++;
  self->pass.count = self->count;
  epns_local_network_evaluate (network, ctx, &self->pass);
}

void
epns_local_board_evaluate (EpnsLocalBoard *self, const EpnsLocalNetwork *network, EpnsContext *ctx,
                           guint pass)
{
  epns_local_board_set_pass (self, pass, pass + 1);
  if (self->config.decoder == EPNS_LOCAL_DECODER_SITES)
    evaluate_sites (self, network, ctx);
  else
    evaluate_windows (self, network, ctx, pass);
}

void
epns_local_board_evaluate_all (EpnsLocalBoard *self, const EpnsLocalNetwork *network,
                               EpnsContext *ctx)
{
  epns_local_board_set_pass (self, 0, self->config.passes);
  evaluate_sites (self, network, ctx);
}
