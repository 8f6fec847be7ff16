/* SPDX-License-Identifier: MIT */
/* Encode windows once; then what is known of whole cells, and bids. */
#include "models/epns/local-sites.h"
#include "models/epns/local-bids.h"
#include "models/epns/local-ops.h"
#include "models/epns/local-trunk.h"
#include "models/epns/local-whole.h"

#include <math.h>
#include <string.h>

/* --- Encoding --- */

void
epns_local_encoding_clear (EpnsLocalEncoding *encoding)
{
  EpnsTensor **all[] = { &encoding->cells,        &encoding->medium,         &encoding->start,
                         &encoding->medium_start, &encoding->log_normaliser, &encoding->expected };

  for (gsize i = 0; i < G_N_ELEMENTS (all); i++)
    epns_tensor_set (all[i], NULL);
}

typedef struct {
  const EpnsLocalWindows *windows;
  const EpnsLocalEncoding *encoding;
} Expect;

static void
expect_cell (void *arg, gsize cell, void *scratch G_GNUC_UNUSED)
{
  const Expect *job = arg;
  const gsize plane = job->windows->window * job->windows->window;

  for (gsize p = cell * plane; p < (cell + 1) * plane; p++) {
    const gssize site = epns_local_windows_site (job->windows, p);
    job->encoding->expected->data[p] = site < 0
                                           ? 0
                                           : expf (job->encoding->start->data[p]
                                                   - job->encoding->log_normaliser->data[site]);
  }
}

void
epns_local_encode (const EpnsLocalNetwork *self, EpnsContext *ctx, const EpnsLocalPass *pass,
                   EpnsLocalEncoding *encoding)
{
  const EpnsLocalWindows *w = pass->windows;
  gint64 n = (gint64) w->n_cells, side = (gint64) w->window;

  epns_local_encoding_clear (encoding);
  g_autoptr (EpnsTensor) medium = NULL,
                         lattice = epns_local_lattice_trunk (self, ctx, pass, &medium);
  epns_local_medium_last (self, ctx, &medium);
  encoding->medium = epns_channels_last (ctx, medium);
  encoding->medium_start = epns_slice (ctx, medium, 1, medium->shape[1] - 1, 1);
  epns_local_squash (ctx, &encoding->medium_start, EPNS_LOCAL_BOUND);
  epns_tensor_set (&encoding->medium_start,
                   epns_reshape (ctx, encoding->medium_start,
                                 EPNS_SHAPE ((gint64) w->height, (gint64) w->width)));
  if (w->n_cells > 0) {
    encoding->cells = epns_local_cell_trunk (self, ctx, pass, lattice, &encoding->start);
    epns_local_add_stay (self, ctx, w, &encoding->start);
    epns_local_squash (ctx, &encoding->start, EPNS_LOCAL_BOUND);
    epns_tensor_set (&encoding->start,
                     epns_reshape (ctx, encoding->start, EPNS_SHAPE (n, side, side)));
  }
  encoding->log_normaliser = epns_local_normaliser (ctx, w, encoding->medium_start,
                                                    encoding->start);
  if (w->n_cells == 0)
    return;
  Expect job = { .windows = w, .encoding = encoding };
  encoding->expected = epns_tensor_new (ctx, encoding->start->rank, encoding->start->shape);
  epns_context_each (ctx, w->n_cells, 40.0 * (double) (w->window * w->window), 0, expect_cell,
                     &job);
}

/* --- What is known of whole cells --- */

typedef struct {
  const EpnsLocalNetwork *network;
  const EpnsLocalPass *pass;
  const EpnsLocalEncoding *encoding;
  EpnsTensor *known, *lean; /* [n_cells (end - pass), ...] */
} Whole;

static void
add_place (double sums[3], double weight, double y, double x)
{
  sums[0] += weight;
  sums[1] += weight * y;
  sums[2] += weight * x;
}

/* A cell's moments, of the sites of each pass. */
static void
find_moments (const Whole *self, gsize cell, EpnsLocalMoments *of_pass)
{
  const EpnsLocalWindows *w = self->pass->windows;
  const EpnsLocalCell *c = &w->cells[cell];
  const double half = (double) w->window / 2;
  const float *expected = self->encoding->expected->data + cell * w->window * w->window;

  for (gsize row = 0; row < w->window; row++) {
    const gssize y = epns_local_at (c->first_y + (gssize) row, w->height, w->periodic[0]);
    const double dy = ((double) c->first_y + (double) row - c->middle_y) / half;
    for (gsize column = 0; y >= 0 && column < w->window; column++) {
      const gssize x = epns_local_at (c->first_x + (gssize) column, w->width, w->periodic[1]);
      const double dx = ((double) c->first_x + (double) column - c->middle_x) / half;
      const gsize site = (gsize) y * w->width + (gsize) x;
      if (x < 0)
        continue;
      EpnsLocalMoments *sums = &of_pass[self->pass->pass_of_site[site]];
      add_place (sums->expected, (double) expected[row * w->window + column], dy, dx);
      if (self->pass->drawn[site] == (gint32) cell)
        add_place (sums->drawn, 1, dy, dx);
    }
  }
}

static void
whole_cell (void *arg, gsize cell, void *scratch G_GNUC_UNUSED)
{
  const Whole *self = arg;
  const EpnsLocalPass *pass = self->pass;
  const gsize rows = pass->end - pass->pass, columns = (gsize) self->known->shape[1];
  EpnsLocalMoments of_pass[EPNS_LOCAL_MOST_PASSES] = { 0 }, before = { 0 };
  double all = 0;

  find_moments (self, cell, of_pass);
  for (guint k = 0; k < EPNS_LOCAL_MOST_PASSES; k++)
    all += of_pass[k].expected[0];
  for (guint k = 0; k < pass->end; k++) {
    const gsize row = cell * rows + k - pass->pass;
    if (k >= pass->pass)
      epns_local_whole_row (self->network, pass, cell, k, &before, all,
                            self->known->data + row * columns,
                            self->lean->data + EPNS_LOCAL_LEANS * row);
    for (guint i = 0; i < 3; i++) {
      before.drawn[i] += of_pass[k].drawn[i];
      before.expected[i] += of_pass[k].expected[i];
    }
  }
}

/* --- Evaluation --- */

static EpnsTensor *
medium_bids (const EpnsLocalNetwork *self, EpnsContext *ctx, const EpnsLocalEncoding *encoding,
             const EpnsLocalPass *pass)
{
  const gsize n = pass->end - pass->pass,
              columns = (gsize) self->medium_site.whole.weight->shape[1];
  g_autoptr (EpnsTensor) whole = epns_tensor_new (ctx, EPNS_SHAPE ((gint64) n, (gint64) columns));

  for (guint k = pass->pass; k < pass->end; k++)
    epns_local_medium_whole_row (self, pass, k, whole->data + (k - pass->pass) * columns);
  epns_tensor_set (&whole, epns_local_linear (ctx, whole, &self->medium_site.whole, EPNS_LINEAR));
  return epns_local_medium_bids (ctx, pass, encoding->medium, encoding->medium_start, whole,
                                 &self->medium_site);
}

static EpnsTensor *
cell_bids (const EpnsLocalNetwork *self, EpnsContext *ctx, const EpnsLocalEncoding *encoding,
           const EpnsLocalPass *pass)
{
  const EpnsLocalWindows *w = pass->windows;
  gint64 rows = (gint64) (w->n_cells * (pass->end - pass->pass));
  g_autoptr (EpnsTensor)
      whole = epns_tensor_new (ctx, EPNS_SHAPE (rows, self->cell_site.whole.weight->shape[1]));
  g_autoptr (EpnsTensor) lean = epns_tensor_new (ctx, EPNS_SHAPE (rows, EPNS_LOCAL_LEANS));
  Whole job = { .network = self, .pass = pass, .encoding = encoding, .known = whole, .lean = lean };

  epns_context_each (ctx, w->n_cells, 10.0 * (double) (w->window * w->window), 0, whole_cell, &job);
  epns_tensor_set (&whole, epns_local_linear (ctx, whole, &self->cell_site.whole, EPNS_LINEAR));
  return epns_local_cell_bids (ctx, pass, encoding->cells, encoding->start, whole, lean,
                               &self->cell_site);
}

void
epns_local_sites_evaluate (const EpnsLocalNetwork *self, EpnsContext *ctx,
                           const EpnsLocalEncoding *encoding, EpnsLocalPass *pass)
{
  epns_local_pass_clear (pass);
  pass->medium = medium_bids (self, ctx, encoding, pass);
  if (pass->windows->n_cells > 0)
    pass->logits = cell_bids (self, ctx, encoding, pass);
}
