/* SPDX-License-Identifier: MIT */
/* What the local network sees. Everything is relative to the owner of a site or to one cell: ids
 * never enter. */
#include "models/epns/local-network.h"

#include <string.h>

typedef struct {
  const EpnsLocalConfig *config;
  const EpnsLocalPass *pass;
  gsize first; /* cell */
  float *out;
} Job;

/* East, south, south-east, south-west. */
static const gint8 neighbours[4][2] = { { 0, 1 }, { 1, 0 }, { 1, 1 }, { 1, -1 } };

static gint32
type_of (const EpnsLocalWindows *w, gint32 owner)
{
  return owner >= 0 ? w->cells[owner].type : 0;
}

/* Type one-hot and 4 same-owner flags of the owner of (y, x) among `owners`, `plane` apart. */
static void
owner_features (const Job *job, const gint32 *owners, gsize y, gsize x, float *type, float *same,
                gsize plane)
{
  const EpnsLocalWindows *w = job->pass->windows;
  gint32 owner = owners[y * w->width + x];

  type[(gsize) type_of (w, owner) * plane] = 1;
  for (guint i = 0; i < 4; i++) {
    gssize ny = epns_local_at ((gssize) y + neighbours[i][0], w->height, w->periodic[0]);
    gssize nx = epns_local_at ((gssize) x + neighbours[i][1], w->width, w->periodic[1]);
    if (ny >= 0 && nx >= 0)
      same[i * plane] = owners[(gsize) ny * w->width + (gsize) nx] == owner;
  }
}

static void
put_inputs (const Job *job, float *out, gsize plane)
{
  for (gsize i = 0; i < epns_local_n_inputs (job->config); i++)
    out[i * plane] = job->pass->inputs[i];
}

/* Features of one site, `plane` apart: x in the order type one-hot, 4 same-owner flags, volume of
 * the owner; x' in the order drawn, type one-hot, 4 same-owner flags, same owner as in x; ones (so
 * that a wall shows); pass one-hot. The encoder's: those of x, and ones. Both: what the network is
 * told, the same everywhere. */
static void
site_features (const Job *job, gsize y, gsize x, float *out, gsize plane)
{
  const EpnsLocalWindows *w = job->pass->windows;
  gsize n_types = job->config->n_types, site = y * w->width + x;
  gint32 now = w->owner[site];
  float *volume = out + (n_types + 4) * plane, *drawn = volume + plane;

  owner_features (job, w->owner, y, x, out, out + n_types * plane, plane);
  if (now >= 0)
    *volume = ((float) w->cells[now].volume - (float) job->config->target_volume)
              / EPNS_LOCAL_VOLUME_SCALE;
  if (job->config->decoder == EPNS_LOCAL_DECODER_SITES) {
    *drawn = 1;
    put_inputs (job, drawn + plane, plane);
    return;
  }
  float *next_type = drawn + plane, *next_same = next_type + n_types * plane;
  float *stays = next_same + 4 * plane, *ones = stays + plane;
  if (job->pass->drawn[site] != EPNS_LOCAL_UNDRAWN) {
    *drawn = 1;
    owner_features (job, job->pass->drawn, y, x, next_type, next_same, plane);
    *stays = job->pass->drawn[site] == now;
  }
  *ones = 1;
  ones[(1 + job->pass->pass) * plane] = 1;
  put_inputs (job, ones + (1 + job->config->passes) * plane, plane);
}

static void
lattice_row (void *arg, gsize y, void *scratch)
{
  const Job *job = arg;
  const EpnsLocalWindows *w = job->pass->windows;
  gsize plane = w->height * w->width;

  (void) scratch;
  for (gint64 c = 0; c < epns_local_lattice_channels (job->config); c++)
    memset (job->out + (gsize) c * plane + y * w->width, 0, w->width * sizeof (float));
  for (gsize x = 0; x < w->width; x++)
    site_features (job, y, x, job->out + y * w->width + x, plane);
}

void
epns_local_lattice_features (const EpnsLocalConfig *config, EpnsContext *ctx,
                             const EpnsLocalPass *pass, EpnsTensor *features)
{
  Job job = { .config = config, .pass = pass, .out = features->data };

  epns_context_each (ctx, pass->windows->height, 100.0 * (double) pass->windows->width, 0,
                     lattice_row, &job);
}

static void
cell_window (void *arg, gsize i, void *scratch)
{
  const Job *job = arg;
  const EpnsLocalWindows *w = job->pass->windows;
  gsize cell = job->first + i, plane = w->window * w->window;
  const EpnsLocalCell *c = &w->cells[cell];
  double half = (double) job->config->window / 2;
  float *own = job->out + i * (gsize) epns_local_cell_channels (job->config) * plane;
  float *own_drawn = job->config->decoder == EPNS_LOCAL_DECODER_SITES ? NULL : own + plane;
  float *dy = (own_drawn != NULL ? own_drawn : own) + plane, *dx = dy + plane, *r2 = dx + plane;

  (void) scratch;
  for (gsize row = 0; row < w->window; row++) {
    const gssize y = epns_local_at (c->first_y + (gssize) row, w->height, w->periodic[0]);
    const float away = (float) (((double) c->first_y + (double) row - c->middle_y) / half);
    for (gsize column = 0; column < w->window; column++) {
      const gsize p = row * w->window + column;
      const gssize x = epns_local_at (c->first_x + (gssize) column, w->width, w->periodic[1]);
      const gssize site = y < 0 || x < 0 ? -1 : y * (gssize) w->width + x;
      own[p] = site >= 0 && w->owner[site] == (gint32) cell;
      if (own_drawn != NULL)
        own_drawn[p] = site >= 0 && job->pass->drawn[site] == (gint32) cell;
      dy[p] = away;
      dx[p] = (float) (((double) c->first_x + (double) column - c->middle_x) / half);
      r2[p] = dy[p] * dy[p] + dx[p] * dx[p];
    }
  }
}

void
epns_local_cell_features (const EpnsLocalConfig *config, EpnsContext *ctx,
                          const EpnsLocalPass *pass, gsize first, EpnsTensor *maps)
{
  Job job = { .config = config, .pass = pass, .first = first, .out = maps->data };

  epns_context_each (ctx, (gsize) maps->shape[0],
                     20.0 * (double) (pass->windows->window * pass->windows->window), 0,
                     cell_window, &job);
}
