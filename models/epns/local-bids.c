/* SPDX-License-Identifier: MIT */
/* Bids at single sites. What lies around a site is sparse, so its layer is a sum of rows. */
#include "models/epns/local-bids.h"
#include "models/epns/local-around.h"
#include "models/nn/multiply.h"
#include "models/nn/op.h"

#include <math.h>
#include <string.h>

#define BOUND EPNS_LOCAL_BID_BOUND

enum { ENCODED, START, WHOLE, LEAN, SEEN, OWN, MOVE, TWO, BIAS, THREE, N_OPERANDS };

typedef struct {
  const EpnsCall *call;
  const EpnsLocalPass *pass;
  gboolean medium;
  gsize hidden, types;
  gsize most, slots; /* bids of one row of the lattice, of one site, at most */
  EpnsLocalAround around;
  EpnsRight right;       /* two^T */
  EpnsTensor *packed;    /* its memory, or NULL */
  float *to[N_OPERANDS]; /* gradients; NULL where nobody wants one */
} Bids;

typedef struct { /* a task's memory */
  float *u, *v;  /* [most, hidden] each: the two layers before ReLU */
  float *open;   /* [most, hidden]: relu (u); backward: then du */
  float *sums;   /* [types, hidden], of what viewers of a type see */
  gint32 *cells; /* [slots] that bid for a site */
  EpnsLocalView view;
} Room;

/* --- Shapes --- */

static gsize
passes_at_once (const EpnsLocalPass *pass)
{
  return pass->end - pass->pass;
}

/* Where the bids for site s begin among those of all sites. */
static gsize
first_bid (const Bids *self, gsize site)
{
  return self->medium ? site : self->pass->windows->start[site];
}

static gsize
n_bids (const Bids *self, gsize site)
{
  return first_bid (self, site + 1) - first_bid (self, site);
}

static gsize
cell_of (const Bids *self, gsize site, gsize i)
{
  const EpnsLocalWindows *w = self->pass->windows;

  return w->covering[w->start[site] + i] / (w->window * w->window);
}

/* Is the site of a pass that is evaluated? */
static gboolean
is_due (const Bids *self, gsize site)
{
  const guint pass = self->pass->pass_of_site[site];

  return pass >= self->pass->pass && pass < self->pass->end;
}

static gboolean
bids_shape (const EpnsCall *call, guint *rank, gint64 *shape)
{
  const EpnsLocalPass *pass = call->attr.user;
  const EpnsLocalWindows *w = pass->windows;
  const gboolean medium = call->in[OWN] == NULL;
  const gint64 h = (gint64) call->in[THREE]->count, types = call->in[SEEN]->shape[0];
  const gint64 side = (gint64) w->window, sites = (gint64) (w->height * w->width);
  const gint64 places = medium ? sites : (gint64) w->n_cells * side * side;
  const gint64 wholes = (medium ? 1 : (gint64) w->n_cells) * (gint64) passes_at_once (pass);

  *rank = medium ? 2 : 3;
  shape[0] = medium ? (gint64) w->height : (gint64) w->n_cells;
  shape[1] = medium ? (gint64) w->width : side;
  shape[2] = medium ? 1 : side;
  return h % EPNS_DOT_LANES == 0 && types <= EPNS_LOCAL_MOST_TYPES
         && (gint64) call->in[ENCODED]->count == places * (h + 1)
         && (gint64) call->in[START]->count == places
         && (gint64) call->in[WHOLE]->count == wholes * h && call->in[SEEN]->shape[2] == types
         && call->in[SEEN]->shape[3] == h && (gint64) call->in[TWO]->count == h * h
         && (gint64) call->in[BIAS]->count == h
         && (medium
             || ((gint64) call->in[LEAN]->count == EPNS_LOCAL_LEANS * wholes
                 && (gint64) call->in[OWN]->count == call->in[SEEN]->shape[1] * h
                 && (gint64) call->in[MOVE]->count == EPNS_LOCAL_MOVES * h));
}

static Bids
bids_new (EpnsContext *ctx, const EpnsCall *call)
{
  const EpnsLocalPass *pass = call->attr.user;
  const EpnsLocalWindows *w = pass->windows;
  Bids self = { .call = call,
                .pass = pass,
                .medium = call->in[OWN] == NULL,
                .types = (gsize) call->in[SEEN]->shape[0],
                .hidden = call->in[THREE]->count };

  self.most = self.medium ? w->width : epns_local_windows_most (w, w->width);
  self.slots = self.medium ? 1 : epns_local_windows_most (w, 1);
  self.around = epns_local_around_new (ctx, pass, call->in[SEEN]);
  self.right = epns_right_turned (ctx, call->in[TWO], 0, self.hidden, &self.packed);
  return self;
}

static void
bids_clear (Bids *self)
{
  epns_local_around_clear (&self->around);
  epns_tensor_set (&self->packed, NULL);
}

static gsize
room_count (const Bids *self)
{
  return self->most * 3 * self->hidden + self->types * self->hidden + self->slots
         + epns_local_view_count (&self->around, self->slots);
}

static Room
room_new (const Bids *self, float *memory)
{
  Room room = { .u = memory };

  room.v = room.u + self->most * self->hidden;
  room.sums = room.v + self->most * self->hidden;
  room.cells = (gint32 *) (room.sums + self->types * self->hidden);
  float *view = (float *) (room.cells + self->slots);
  room.view = epns_local_view_new (&self->around, self->slots, view);
  room.open = view + epns_local_view_count (&self->around, self->slots);
  return room;
}

/* Look around a site, and at what each bidder owns there. */
static void
look_around (const Bids *self, gsize site, Room *room)
{
  epns_local_look (&self->around, site, &room->view);
  if (self->medium)
    return;
  for (gsize i = 0; i < n_bids (self, site); i++)
    room->cells[i] = (gint32) cell_of (self, site, i);
  epns_local_list_own (&self->around, site, &room->view, n_bids (self, site), room->cells);
}

/* --- One bid --- */

typedef struct {
  gsize place, whole; /* rows of `encoded` (and of the result), of `whole` */
  gint32 cell;        /* EPNS_LOCAL_MEDIUM: the medium */
  gint32 type;
  float moves[EPNS_LOCAL_MOVES];
} Bid;

/* Its row of `whole` and of `lean`. */
static gsize
whole_of (const Bids *self, gsize site, gsize cell)
{
  return cell * passes_at_once (self->pass)
         + (gsize) (self->pass->pass_of_site[site] - self->pass->pass);
}

static Bid
bid_of (const Bids *self, gsize site, gsize i)
{
  const EpnsLocalWindows *w = self->pass->windows;

  if (self->medium)
    return (Bid){ .place = site, .whole = whole_of (self, site, 0), .cell = EPNS_LOCAL_MEDIUM };
  Bid bid = { .place = w->covering[w->start[site] + i] };
  const gsize plane = w->window * w->window, cell = bid.place / plane, in = bid.place % plane;
  const EpnsLocalCell *c = &w->cells[cell];
  bid.cell = (gint32) cell;
  bid.type = c->type;
  bid.whole = whole_of (self, site, cell);
  epns_local_moves (w, c, in / w->window, in % w->window,
                    self->call->in[LEAN]->data + EPNS_LOCAL_LEANS * bid.whole, bid.moves);
  return bid;
}

static void
add_three (float *restrict u, const float *restrict a, const float *restrict b,
           const float *restrict c, gsize n)
{
  EPNS_BY_LANES (n, u[i] = a[i] + b[i] + c[i]);
}

static void
add_times (float *restrict u, float factor, const float *restrict a, gsize n)
{
  EPNS_BY_LANES (n, u[i] += factor * a[i]);
}

/* Encodings of a tissue lie far from the processor: ask for a site's in time. */
static void
fetch_encoded (const Bids *self, gsize site)
{
  const EpnsLocalWindows *w = self->pass->windows;
  const gsize row = self->hidden + 1, line = 64 / sizeof (float);

  for (gsize i = 0; i < n_bids (self, site); i++) {
    const gsize place = self->medium ? site : w->covering[w->start[site] + i];
    for (gsize k = 0; k < row + line - 1; k += line)
      __builtin_prefetch (self->call->in[ENCODED]->data + place * row + MIN (k, row - 1));
  }
}

/* u of all bids for a site: [n_bids, hidden]. */
static void
site_inputs (const Bids *self, gsize site, Room *room, float *u)
{
  EpnsTensor *const *in = self->call->in;
  const EpnsLocalView *view = &room->view;
  const gsize h = self->hidden;
  guint8 viewed[EPNS_LOCAL_MOST_TYPES] = { 0 };

  fetch_encoded (self, site);
  look_around (self, site, room);
  for (gsize i = 0; i < n_bids (self, site); i++, u += h) {
    const Bid bid = bid_of (self, site, i);
    const float *encoded = in[ENCODED]->data + bid.place * (h + 1),
                *whole = in[WHOLE]->data + bid.whole * h;
    const float *sums = epns_local_seen_by (&self->around, view, in[SEEN], bid.type, viewed,
                                            room->sums);
    add_three (u, encoded, whole, sums, h);
    if (self->medium)
      continue;
    self->around.kernel->sum_rows ((gsize) view->n_own[i + 1],
                                   view->own + (i + 1) * self->around.taps, in[OWN]->data, h, u);
    for (gsize m = 0; m < EPNS_LOCAL_MOVES; m++)
      add_times (u, bid.moves[m], in[MOVE]->data + m * h, h);
  }
}

/* The sites of row y that are due: their bids' u and v one after the other. Returns how many bids.
 */
static gsize
row_layers (const Bids *self, gsize y, Room *room)
{
  const EpnsLocalWindows *w = self->pass->windows;
  const gsize h = self->hidden;
  gsize n = 0;

  for (gsize s = y * w->width; s < (y + 1) * w->width; s++)
    if (is_due (self, s)) {
      site_inputs (self, s, room, room->u + n * h);
      n += n_bids (self, s);
    }
  EPNS_BY_LANES (n * h, room->open[i] = epns_local_relu (room->u[i]));
  epns_product (n, h, h, (EpnsLeft){ room->open, h, 1 }, self->right,
                (EpnsResult){ .to = room->v, .row = h, .bias = self->call->in[BIAS]->data });
  return n;
}

/* --- Forward --- */

/* What the bid of a cell is lowered by because of its volume, beyond what was learned. */
static float
leaning (const Bids *self, gsize site, gsize i)
{
  if (self->medium || self->pass->volume_lean == 0.0f)
    return 0;
  const gsize whole = whole_of (self, site, cell_of (self, site, i));
  return self->pass->volume_lean * self->call->in[LEAN]->data[EPNS_LOCAL_LEANS * whole];
}

static void
bids_row (void *arg, gsize y, void *scratch)
{
  const Bids *self = arg;
  const EpnsLocalWindows *w = self->pass->windows;
  Room room = room_new (self, scratch);
  const gsize h = self->hidden;
  const float *v = room.v;

  row_layers (self, y, &room);
  for (gsize s = y * w->width; s < (y + 1) * w->width; s++)
    for (gsize i = 0; is_due (self, s) && i < n_bids (self, s); i++, v += h) {
      gsize place = self->medium ? s : w->covering[w->start[s] + i];
      float start = self->call->in[START]->data[place] - leaning (self, s, i);
      start += epns_local_last_layer (self->call->in[THREE]->data, v, h);
      self->call->out->data[place] = BOUND * tanhf (start / BOUND);
    }
}

static void
bids_forward (EpnsContext *ctx, const EpnsCall *call)
{
  Bids self = bids_new (ctx, call);
  const EpnsLocalWindows *w = self.pass->windows;
  const double part = (double) passes_at_once (self.pass) / 20;

  memset (call->out->data, 0, call->out->count * sizeof (float));
  epns_context_each (ctx, w->height,
                     part * (double) (self.most * self.hidden)
                         * (double) (self.around.taps + 2 * self.hidden),
                     room_count (&self) * sizeof (float), bids_row, &self);
  bids_clear (&self);
}

/* --- Backward, one row after the other: training spreads samples over its threads, not rows.
 * dv = dbid (1 - (bid / B)^2) three where v > 0; dtwo += dv^T relu (u); du = dv two where u > 0,
 * and that is the gradient of all that u is a sum of --- */

static void
add_to (float *to, const float *from, float factor, gsize n)
{
  for (gsize k = 0; to != NULL && k < n; k++)
    to[k] += factor * from[k];
}

/* From row's bids' gradients: v becomes dv. */
static void
row_slopes (const Bids *self, gsize y, float *v)
{
  const EpnsLocalWindows *w = self->pass->windows;
  const gsize h = self->hidden;
  const float *three = self->call->in[THREE]->data;

  for (gsize s = y * w->width; s < (y + 1) * w->width; s++)
    for (gsize i = 0; is_due (self, s) && i < n_bids (self, s); i++, v += h) {
      gsize place = self->medium ? s : w->covering[w->start[s] + i];
      float bid = self->call->out->data[place] / BOUND;
      float slope = self->call->out->grad->data[place] * (1.0f - bid * bid);
      for (gsize k = 0; k < h; k++) {
        if (self->to[THREE] != NULL)
          self->to[THREE][k] += slope * epns_local_relu (v[k]);
        v[k] = v[k] > 0.0f ? slope * three[k] : 0.0f;
      }
      add_to (self->to[BIAS], v, 1, h);
      if (self->to[START] != NULL)
        self->to[START][place] += slope;
    }
}

/* From du of a site's bids to everything that they are sums of. */
static void
site_back (const Bids *self, gsize site, Room *room, const float *du)
{
  const EpnsLocalView *view = &room->view;
  const gsize h = self->hidden;
  guint8 viewed[EPNS_LOCAL_MOST_TYPES] = { 0 };

  look_around (self, site, room);
  for (gsize i = 0; i < n_bids (self, site); i++, du += h) {
    const Bid bid = bid_of (self, site, i);
    float *sums = room->sums + (gsize) bid.type * h;
    if (!viewed[bid.type])
      memset (sums, 0, h * sizeof *sums);
    viewed[bid.type] = TRUE;
    add_to (sums, du, 1, h);
    if (self->to[ENCODED] != NULL)
      add_to (self->to[ENCODED] + bid.place * (h + 1), du, 1, h);
    if (self->to[WHOLE] != NULL)
      add_to (self->to[WHOLE] + bid.whole * h, du, 1, h);
    if (self->medium)
      continue;
    for (gsize m = 0; self->to[MOVE] != NULL && m < EPNS_LOCAL_MOVES; m++)
      add_to (self->to[MOVE] + m * h, du, bid.moves[m], h);
    if (self->to[OWN] != NULL)
      self->around.kernel->add_to_rows ((gsize) view->n_own[i + 1],
                                        view->own + (i + 1) * self->around.taps, du, h,
                                        self->to[OWN]);
  }
  for (gsize type = 0; self->to[SEEN] != NULL && type < self->types; type++)
    if (viewed[type])
      self->around.kernel->add_to_rows (view->n, view->seen, room->sums + type * h, h,
                                        self->to[SEEN] + type * h);
}

static void
row_back (const Bids *self, gsize y, Room *room)
{
  const EpnsLocalWindows *w = self->pass->windows;
  const gsize h = self->hidden, n = row_layers (self, y, room);

  if (n == 0)
    return;
  row_slopes (self, y, room->v);
  if (self->to[TWO] != NULL)
    epns_product (h, h, n, (EpnsLeft){ room->v, 1, h }, epns_right_rows (room->open, h),
                  (EpnsResult){ .to = self->to[TWO], .row = h, .add = TRUE });
  float *du = room->open;
  epns_product (n, h, h, (EpnsLeft){ room->v, h, 1 },
                epns_right_rows (self->call->in[TWO]->data, h), (EpnsResult){ .to = du, .row = h });
  for (gsize i = 0; i < n * h; i++)
    du[i] = room->u[i] > 0.0f ? du[i] : 0.0f;
  for (gsize s = y * w->width; s < (y + 1) * w->width; s++)
    if (is_due (self, s)) {
      site_back (self, s, room, du);
      du += n_bids (self, s) * h;
    }
}

static void
bids_backward (EpnsContext *ctx, const EpnsCall *call)
{
  Bids self = bids_new (ctx, call);
  g_autoptr (EpnsTensor)
      memory = epns_tensor_new (ctx, EPNS_SHAPE ((gint64) room_count (&self)));
  Room room = room_new (&self, memory->data);

  for (guint i = 0; i < N_OPERANDS; i++)
    self.to[i] = call->in[i] != NULL ? epns_call_grad (ctx, call, i) : NULL;
  for (gsize y = 0; y < self.pass->windows->height; y++)
    row_back (&self, y, &room);
  bids_clear (&self);
}

static const EpnsOp bids = { .name = "local bids",
                             .shape = bids_shape,
                             .forward = bids_forward,
                             .backward = bids_backward,
                             .optional = 1u << LEAN | 1u << OWN | 1u << MOVE };

EpnsTensor *
epns_local_cell_bids (EpnsContext *ctx, const EpnsLocalPass *pass, EpnsTensor *encoded,
                      EpnsTensor *start, EpnsTensor *whole, EpnsTensor *lean,
                      const EpnsLocalBidder *bidder)
{
  EpnsAttr attr = { .user = (gpointer) pass };

  return EPNS_APPLY (ctx, &bids, &attr, encoded, start, whole, lean, bidder->seen, bidder->own,
                     bidder->move, bidder->two.weight, bidder->two.bias, bidder->three);
}

EpnsTensor *
epns_local_medium_bids (EpnsContext *ctx, const EpnsLocalPass *pass, EpnsTensor *encoded,
                        EpnsTensor *start, EpnsTensor *whole, const EpnsLocalBidder *bidder)
{
  EpnsAttr attr = { .user = (gpointer) pass };

  return EPNS_APPLY (ctx, &bids, &attr, encoded, start, whole, NULL, bidder->seen, NULL, NULL,
                     bidder->two.weight, bidder->two.bias, bidder->three);
}
