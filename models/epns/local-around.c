/* SPDX-License-Identifier: MIT */
/* Lists of what sites see. */
#include "models/epns/local-around.h"
#include "models/nn/op.h"

#include <string.h>

enum { SIDE = EPNS_LOCAL_GRID_SIDE };

/* --- Which sites --- */

static gsize
list_taps (const EpnsLocalAround *self, gsize site, EpnsLocalTap *taps)
{
  const EpnsLocalWindows *w = self->pass->windows;
  const guint8 *pass = self->pass->pass_of_site;
  const gssize reach = (gssize) self->reach, side = 2 * reach + 1;
  const gssize y = (gssize) (site / w->width), x = (gssize) (site % w->width);
  gsize n = 0;

  for (gssize dy = 0; dy < side; dy++) {
    const gssize row = epns_local_at (y + dy - reach, w->height, w->periodic[0]);
    for (gssize dx = 0; row >= 0 && dx < side; dx++) {
      const gssize column = epns_local_at (x + dx - reach, w->width, w->periodic[1]),
                   other = row * (gssize) w->width + column;
      if (column < 0)
        continue;
      taps[n] = (EpnsLocalTap){ .ahead = (gint32) (other - (gssize) site),
                                .tap = (gint32) ((dy * side + dx) * (gssize) self->hidden) };
      n += pass[other] < pass[site];
    }
  }
  return n;
}

/* Is the lattice, as far as a site there sees, without a border? */
static gboolean
is_inside (gsize at, gsize reach, gsize extent)
{
  return at >= reach && at + reach < extent;
}

static gint32 *
list_of (const EpnsLocalAround *self, gsize y, gsize x)
{
  return (gint32 *) (gpointer) self->lists->data
         + (y % SIDE * SIDE + x % SIDE) * (1 + 2 * self->taps);
}

/* From the first sites that see no border. */
static void
list_grid (EpnsLocalAround *self)
{
  const EpnsLocalPass *pass = self->pass;
  const EpnsLocalWindows *w = pass->windows;
  const gsize reach = self->reach;

  for (gsize y = reach; y < reach + SIDE && is_inside (y, reach, w->height); y++)
    for (gsize x = reach; x < reach + SIDE && is_inside (x, reach, w->width); x++) {
      const gsize site = y * w->width + x;
      gint32 *list = list_of (self, y, x);
      if (pass->pass_of_site[site] >= pass->pass && pass->pass_of_site[site] < pass->end)
        *list = (gint32) list_taps (self, site, (EpnsLocalTap *) (list + 1));
    }
}

static EpnsTensor *
type_rows (EpnsContext *ctx, const EpnsLocalAround *self)
{
  const EpnsLocalWindows *w = self->pass->windows;
  const gsize row = self->taps * self->types * self->hidden;
  EpnsTensor *rows = epns_tensor_new_zero (ctx, EPNS_SHAPE ((gint64) w->n_cells + 2));

  for (gsize c = 0; c < w->n_cells; c++)
    ((gint32 *) (gpointer) rows->data)[c + 2] = w->cells[c].type * (gint32) row;
  return rows;
}

EpnsLocalAround
epns_local_around_new (EpnsContext *ctx, const EpnsLocalPass *pass, const EpnsTensor *seen)
{
  EpnsLocalAround self = { .pass = pass,
                           .kernel = epns_kernel (),
                           .taps = (gsize) seen->shape[1],
                           .types = (gsize) seen->shape[0],
                           .hidden = (gsize) seen->shape[3] };

  while ((2 * self.reach + 1) * (2 * self.reach + 1) < self.taps)
    self.reach++;
  self.lists = epns_tensor_new (ctx, EPNS_SHAPE (SIDE, SIDE, 1 + 2 * (gint64) self.taps));
  self.type_row = type_rows (ctx, &self);
  list_grid (&self);
  return self;
}

void
epns_local_around_clear (EpnsLocalAround *self)
{
  epns_tensor_set (&self->lists, NULL);
  epns_tensor_set (&self->type_row, NULL);
}

/* --- What is there --- */

gsize
epns_local_view_count (const EpnsLocalAround *self, gsize slots)
{
  return 3 * self->taps + (slots + 1) * (self->taps + 1) + self->pass->windows->n_cells + 2;
}

EpnsLocalView
epns_local_view_new (const EpnsLocalAround *self, gsize slots, float *memory)
{
  const gsize owners = self->pass->windows->n_cells + 2;
  EpnsLocalView view = { .room = (EpnsLocalTap *) (gpointer) memory };

  view.seen = (gint32 *) (view.room + self->taps);
  view.own = view.seen + self->taps;
  view.n_own = view.own + (slots + 1) * self->taps;
  view.slot = view.n_own + slots + 1;
  memset (view.slot, 0, owners * sizeof *view.slot);
  return view;
}

void
epns_local_look (const EpnsLocalAround *self, gsize site, EpnsLocalView *view)
{
  const EpnsLocalWindows *w = self->pass->windows;
  const gint32 *drawn = self->pass->drawn + site, *type_row = epns_tensor_ints (self->type_row),
               types = (gint32) self->types;
  const gsize y = site / w->width, x = site % w->width;

  if (is_inside (y, self->reach, w->height) && is_inside (x, self->reach, w->width)) {
    const gint32 *list = list_of (self, y, x);
    view->n = (gsize) *list;
    view->taps = (const EpnsLocalTap *) (list + 1);
  } else {
    view->n = list_taps (self, site, view->room);
    view->taps = view->room;
  }
  for (gsize i = 0; i < view->n; i++)
    view->seen[i] = type_row[drawn[view->taps[i].ahead] - EPNS_LOCAL_UNDRAWN]
                    + view->taps[i].tap * types;
}

const float *
epns_local_seen_by (const EpnsLocalAround *self, const EpnsLocalView *view, const EpnsTensor *seen,
                    gint32 type, guint8 *known, float *sums)
{
  const gsize viewer = (gsize) type * self->hidden;

  sums += viewer;
  if (known[type])
    return sums;
  known[type] = TRUE;
  memset (sums, 0, self->hidden * sizeof *sums);
  self->kernel->sum_rows (view->n, view->seen, seen->data + viewer, self->hidden, sums);
  return sums;
}

void
epns_local_list_own (const EpnsLocalAround *self, gsize site, EpnsLocalView *view, gsize n,
                     const gint32 *cells)
{
  const gint32 *drawn = self->pass->drawn + site;

  memset (view->n_own, 0, (n + 1) * sizeof *view->n_own);
  for (gsize i = 0; i < n; i++)
    view->slot[cells[i] - EPNS_LOCAL_UNDRAWN] = (gint32) i + 1;
  for (gsize i = 0; i < view->n; i++) {
    const gint32 slot = view->slot[drawn[view->taps[i].ahead] - EPNS_LOCAL_UNDRAWN];
    view->own[(gsize) slot * self->taps + (gsize) view->n_own[slot]++] = view->taps[i].tap;
  }
  for (gsize i = 0; i < n; i++)
    view->slot[cells[i] - EPNS_LOCAL_UNDRAWN] = 0;
}
