/* SPDX-License-Identifier: MIT */
/* Bids at single sites. What lies around a site is sparse, so its layer is a sum of rows. */
#include "models/epns/local-bids.h"
#include "models/nn/kernel.h"
#include "models/nn/multiply.h"
#include "models/nn/op.h"

#include <math.h>
#include <string.h>

#define BOUND 20.0f
#define MOST_TYPES 256

enum { ENCODED, START, WHOLE, LEAN, SEEN, OWN, MOVE, TWO, BIAS, THREE, N_OPERANDS };

typedef struct {
  const EpnsCall *call;
  const EpnsLocalPass *pass;
  gboolean medium;
  gsize reach, taps, types, hidden;
  gsize most, slots; /* bids of one row of the lattice, of one site, at most */
  const EpnsKernel *kernel;
  EpnsTensor *type_row; /* [n_cells + 2] integers: what an owner's type adds to a row of `seen` */
  EpnsTensor *right, *back; /* two^T and, backward, two: packed */
  float *to[N_OPERANDS];    /* gradients; NULL where nobody wants one */
} Bids;

typedef struct { /* a task's memory */
  float *u, *v;  /* [most, hidden] each: the two layers before ReLU */
  float *left, *view;
  gint32 *seen;        /* [taps]: what a site sees, as rows of `seen`, of viewers of type 0 */
  gint32 *own, *n_own; /* [slots + 1, taps], [slots + 1]: what of it each bidder owns, as rows of
                          `own`; bid i has slot i + 1, what no bidder owns goes to slot 0 */
  gint32 *slot;        /* [n_cells + 2], 0: of owners, from EPNS_LOCAL_UNDRAWN on */
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
  return h % EPNS_DOT_LANES == 0 && types <= MOST_TYPES
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

static EpnsTensor *
type_rows (EpnsContext *ctx, const Bids *self)
{
  const EpnsLocalWindows *w = self->pass->windows;
  const gsize row = self->taps * self->types * self->hidden;
  g_autofree gint32 *rows = g_new0 (gint32, w->n_cells + 2);

  for (gsize c = 0; c < w->n_cells; c++)
    rows[c + 2] = w->cells[c].type * (gint32) row;
  return epns_tensor_of_ints (ctx, w->n_cells + 2, rows);
}

static Bids
bids_new (EpnsContext *ctx, const EpnsCall *call)
{
  const EpnsLocalPass *pass = call->attr.user;
  const EpnsLocalWindows *w = pass->windows;
  Bids self = { .call = call,
                .pass = pass,
                .medium = call->in[OWN] == NULL,
                .taps = (gsize) call->in[SEEN]->shape[1],
                .types = (gsize) call->in[SEEN]->shape[0],
                .hidden = call->in[THREE]->count,
                .kernel = epns_kernel () };
  const gsize h = self.hidden;

  while ((2 * self.reach + 1) * (2 * self.reach + 1) < self.taps)
    self.reach++;
  for (gsize y = 0; y < w->height; y++)
    self.most = MAX (self.most,
                     first_bid (&self, (y + 1) * w->width) - first_bid (&self, y * w->width));
  for (gsize s = 0; s < w->height * w->width; s++)
    self.slots = MAX (self.slots, n_bids (&self, s));
  self.type_row = type_rows (ctx, &self);
  self.right = epns_tensor_new (ctx, EPNS_SHAPE ((gint64) epns_right_count (h, h)));
  epns_pack_right (h, h, call->in[TWO]->data, 1, h, self.right->data);
  return self;
}

static void
bids_clear (Bids *self)
{
  epns_tensor_set (&self->type_row, NULL);
  epns_tensor_set (&self->right, NULL);
  epns_tensor_set (&self->back, NULL);
}

static gsize
room_count (const Bids *self)
{
  return self->most * 2 * self->hidden + epns_left_count (self->most, self->hidden)
         + self->types * self->hidden + self->taps + (self->slots + 1) * (self->taps + 1)
         + self->pass->windows->n_cells + 2;
}

static Room
room_new (const Bids *self, float *memory)
{
  const gsize owners = self->pass->windows->n_cells + 2;
  Room room = { .u = memory };

  room.v = room.u + self->most * self->hidden;
  room.view = room.v + self->most * self->hidden;
  room.seen = (gint32 *) (room.view + self->types * self->hidden);
  room.own = room.seen + self->taps;
  room.n_own = room.own + (self->slots + 1) * self->taps;
  room.slot = room.n_own + self->slots + 1;
  room.left = (float *) (room.slot + owners);
  memset (room.slot, 0, owners * sizeof *room.slot);
  return room;
}

/* --- What a site sees --- */

/* One neighbour as a row of `own`: listed, and kept if the count goes on. */
static inline void
list_own (const Room *room, gint32 tap, gint32 slot, gsize taps, gboolean keep)
{
  room->own[(gsize) slot * taps + (gsize) room->n_own[slot]] = tap;
  room->n_own[slot] += keep;
}

/* A site's neighbours of earlier passes, as rows of `seen` and, unless for the medium, of `own`.
 * Returns how many. */
static G_ALWAYS_INLINE inline gsize
look_around_for (const Bids *self, gsize site, const Room *room, gboolean medium)
{
  const EpnsLocalWindows *w = self->pass->windows;
  const guint8 *pass = self->pass->pass_of_site, own = pass[site];
  const gint32 *type_row = epns_tensor_ints (self->type_row), types = (gint32) self->types;
  const gssize side = 2 * (gssize) self->reach + 1, reach = (gssize) self->reach;
  const gssize y = (gssize) (site / w->width), x = (gssize) (site % w->width);
  const gboolean inside = x >= reach && x + reach < (gssize) w->width;
  gsize n = 0;

  if (!medium)
    memset (room->n_own, 0, (n_bids (self, site) + 1) * sizeof *room->n_own);
  for (gsize i = 0; !medium && i < n_bids (self, site); i++)
    room->slot[cell_of (self, site, i) + 2] = (gint32) i + 1;
  for (gssize dy = 0; dy < side; dy++) {
    const gssize row = epns_local_at (y + dy - reach, w->height, w->periodic[0]);
    for (gssize dx = 0; row >= 0 && dx < side; dx++) {
      const gssize at = x + dx - reach,
                   column = inside ? at : epns_local_at (at, w->width, w->periodic[1]);
      if (column < 0)
        continue;
      const gsize other = (gsize) row * w->width + (gsize) column;
      const gsize owner = (gsize) (self->pass->drawn[other] - EPNS_LOCAL_UNDRAWN);
      const gint32 tap = (gint32) (dy * side + dx) * (gint32) self->hidden;
      const gboolean keep = pass[other] < own; /* a toss-up for a branch */
      room->seen[n] = type_row[owner] + tap * types;
      n += keep;
      if (!medium)
        list_own (room, tap, room->slot[owner], self->taps, keep);
    }
  }
  for (gsize i = 0; !medium && i < n_bids (self, site); i++)
    room->slot[cell_of (self, site, i) + 2] = 0;
  return n;
}

static gsize
look_around (const Bids *self, gsize site, const Room *room)
{
  return self->medium ? look_around_for (self, site, room, TRUE)
                      : look_around_for (self, site, room, FALSE);
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
  const float *lean = self->call->in[LEAN]->data + EPNS_LOCAL_LEANS * bid.whole;
  const float half = (float) w->window / 2;
  float dy = (float) ((double) c->first_y + (double) (in / w->window) - c->middle_y) / half;
  float dx = (float) ((double) c->first_x + (double) (in % w->window) - c->middle_x) / half;
  bid.moves[0] = lean[1] * dy + lean[2] * dx;
  bid.moves[1] = lean[0] * (dy * dy + dx * dx);
  if (lean[3] > 0.0f) {
    const float r = lean[3] * hypotf (dy - lean[4], dx - lean[5]);
    bid.moves[2] = expf (-r * r / 8);
    bid.moves[3] = MIN (r, 8.0f) / 4;
  }
  return bid;
}

/* Loops over n numbers, a multiple of EPNS_DOT_LANES, in runs that the compiler makes vectors of. */
#define BY_LANES(n, statement)                          \
  for (gsize first_ = 0; first_ < (n); first_ += EPNS_DOT_LANES) \
    for (gsize i = first_; i < first_ + EPNS_DOT_LANES; i++)     \
      statement

static void
add_three (float *restrict u, const float *restrict a, const float *restrict b,
           const float *restrict c, gsize n)
{
  BY_LANES (n, u[i] = a[i] + b[i] + c[i]);
}

static void
add_times (float *restrict u, float factor, const float *restrict a, gsize n)
{
  BY_LANES (n, u[i] += factor * a[i]);
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
site_inputs (const Bids *self, gsize site, const Room *room, float *u)
{
  EpnsTensor *const *in = self->call->in;
  fetch_encoded (self, site);
  const gsize h = self->hidden, n = look_around (self, site, room);
  guint8 viewed[MOST_TYPES] = { 0 };

  for (gsize i = 0; i < n_bids (self, site); i++, u += h) {
    const Bid bid = bid_of (self, site, i);
    const float *encoded = in[ENCODED]->data + bid.place * (h + 1),
                *whole = in[WHOLE]->data + bid.whole * h;
    const gsize viewer = (gsize) bid.type * h;
    float *view = room->view + viewer;
    if (!viewed[bid.type]) {
      viewed[bid.type] = TRUE;
      memset (view, 0, h * sizeof *view);
      self->kernel->sum_rows (n, room->seen, in[SEEN]->data + viewer, h, view);
    }
    add_three (u, encoded, whole, view, h);
    if (self->medium)
      continue;
    self->kernel->sum_rows ((gsize) room->n_own[i + 1], room->own + (i + 1) * self->taps,
                            in[OWN]->data, h, u);
    for (gsize m = 0; m < EPNS_LOCAL_MOVES; m++)
      add_times (u, bid.moves[m], in[MOVE]->data + m * h, h);
  }
}

static inline float
relu (float x)
{
  return x < 0.0f ? 0.0f : x; /* NaN stays */
}

static void
relu_of (float *restrict v, const float *restrict u, gsize n)
{
  BY_LANES (n, v[i] = relu (u[i]));
}

/* The sites of row y that are due: their bids' u and v one after the other. Returns how many bids.
 */
static gsize
row_layers (const Bids *self, gsize y, const Room *room)
{
  const EpnsLocalWindows *w = self->pass->windows;
  const gsize h = self->hidden;
  gsize n = 0;

  for (gsize s = y * w->width; s < (y + 1) * w->width; s++)
    if (is_due (self, s)) {
      site_inputs (self, s, room, room->u + n * h);
      n += n_bids (self, s);
    }
  relu_of (room->v, room->u, n * h); /* for now */
  epns_pack_left (n, h, room->v, h, 1, room->left);
  epns_multiply (n, h, h, room->left, self->right->data, FALSE, room->v, h);
  for (gsize i = 0; i < n; i++)
    add_times (room->v + i * h, 1, self->call->in[BIAS]->data, h);
  return n;
}

/* three . relu (v), in lanes of their own that are added at the end */
static float
last_layer (const float *three, const float *v, gsize n)
{
  float lanes[8] = { 0 };

  for (gsize k = 0; k < n; k += 8)
    for (gsize i = 0; i < 8; i++)
      lanes[i] += three[k + i] * relu (v[k + i]);
  return ((lanes[0] + lanes[4]) + (lanes[2] + lanes[6]))
         + ((lanes[1] + lanes[5]) + (lanes[3] + lanes[7]));
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
  const Room room = room_new (self, scratch);
  const gsize h = self->hidden;
  const float *v = room.v;

  row_layers (self, y, &room);
  for (gsize s = y * w->width; s < (y + 1) * w->width; s++)
    for (gsize i = 0; is_due (self, s) && i < n_bids (self, s); i++, v += h) {
      gsize place = self->medium ? s : w->covering[w->start[s] + i];
      float start = self->call->in[START]->data[place] - leaning (self, s, i);
      start += last_layer (self->call->in[THREE]->data, v, h);
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
                         * (double) (self.taps + 2 * self.hidden),
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
          self->to[THREE][k] += slope * relu (v[k]);
        v[k] = v[k] > 0.0f ? slope * three[k] : 0.0f;
      }
      add_to (self->to[BIAS], v, 1, h);
      if (self->to[START] != NULL)
        self->to[START][place] += slope;
    }
}

/* From du of a site's bids to everything that they are sums of. */
static void
site_back (const Bids *self, gsize site, const Room *room, const float *du)
{
  const gsize h = self->hidden, n = look_around (self, site, room);
  guint8 viewed[MOST_TYPES] = { 0 };

  for (gsize i = 0; i < n_bids (self, site); i++, du += h) {
    const Bid bid = bid_of (self, site, i);
    float *view = room->view + (gsize) bid.type * h;
    if (!viewed[bid.type])
      memset (view, 0, h * sizeof *view);
    viewed[bid.type] = TRUE;
    add_to (view, du, 1, h);
    if (self->to[ENCODED] != NULL)
      add_to (self->to[ENCODED] + bid.place * (h + 1), du, 1, h);
    if (self->to[WHOLE] != NULL)
      add_to (self->to[WHOLE] + bid.whole * h, du, 1, h);
    if (self->medium)
      continue;
    for (gsize m = 0; self->to[MOVE] != NULL && m < EPNS_LOCAL_MOVES; m++)
      add_to (self->to[MOVE] + m * h, du, bid.moves[m], h);
    if (self->to[OWN] != NULL)
      self->kernel->add_to_rows ((gsize) room->n_own[i + 1], room->own + (i + 1) * self->taps, du,
                                 h, self->to[OWN]);
  }
  for (gsize type = 0; self->to[SEEN] != NULL && type < self->types; type++)
    if (viewed[type])
      self->kernel->add_to_rows (n, room->seen, room->view + type * h, h,
                                 self->to[SEEN] + type * h);
}

static void
row_back (const Bids *self, gsize y, const Room *room, float *right)
{
  const EpnsLocalWindows *w = self->pass->windows;
  const gsize h = self->hidden, n = row_layers (self, y, room);

  if (n == 0)
    return;
  row_slopes (self, y, room->v);
  if (self->to[TWO] != NULL) {
    for (gsize i = 0; i < n * h; i++) /* relu (u), packed without a copy of its own */
      room->u[i] = relu (room->u[i]);
    epns_pack_right (n, h, room->u, h, 1, right);
    epns_pack_left (h, n, room->v, 1, h, room->left);
    epns_multiply (h, h, n, room->left, right, TRUE, self->to[TWO], h);
  }
  epns_pack_left (n, h, room->v, h, 1, room->left);
  epns_multiply (n, h, h, room->left, self->back->data, FALSE, room->v, h);
  for (gsize i = 0; i < n * h; i++)
    room->v[i] = room->u[i] > 0.0f ? room->v[i] : 0.0f;
  const float *du = room->v;
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
  const gsize h = self.hidden;
  const gsize left = MAX (epns_left_count (self.most, h), epns_left_count (h, self.most));
  g_autoptr (EpnsTensor) memory = epns_tensor_new (
      ctx, EPNS_SHAPE ((gint64) (room_count (&self) + left + epns_right_count (self.most, h))));
  const Room room = room_new (&self, memory->data);

  for (guint i = 0; i < N_OPERANDS; i++)
    self.to[i] = call->in[i] != NULL ? epns_call_grad (ctx, call, i) : NULL;
  self.back = epns_tensor_new (ctx, EPNS_SHAPE ((gint64) epns_right_count (h, h)));
  epns_pack_right (h, h, call->in[TWO]->data, h, 1, self.back->data);
  for (gsize y = 0; y < self.pass->windows->height; y++)
    row_back (&self, y, &room, room.left + left);
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
