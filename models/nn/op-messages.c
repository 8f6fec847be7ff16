/* SPDX-License-Identifier: MIT */
/* Messages along the edges of a graph, summed at their receivers; edges exist a tile at a time. */
#include "models/nn/op.h"
#include "models/nn/partials.h"

#include <string.h>

#define TILE  256  /* edges at once; about a task's share */
#define GROUP 1024 /* edges whose gradients of weights are summed in one go */

enum { TO, FROM, FEATURES, SIGNS, W1, W2, B2, GRAPH, OPEN, N_OPERANDS };

typedef struct { /* where gradients of weights are added up; NULL: nobody wants them */
  float *w1;     /* [D, H] */
  float *w2, *b2;
} Sums;

typedef struct {
  const EpnsCall *call;
  const gint32 *starts, *senders;
  gsize n, m, f, h, e, d, w1_row; /* nodes, edges, frames; H, E, D, C */
  gsize blocks;                   /* tasks, of receivers in all frames */
  guint8 *open;                   /* [F M, E] where v > 0; NULL where no gradient will be wanted */
  EpnsTensor *first;              /* w1^T [D, H] */
  EpnsRight second;               /* w2^T; forward only */
  float *d_to, *d_from;
  Sums sums;
  EpnsPartials partials; /* over groups of frames: dw1 and, where they are several, dw2 and db2 */
} Messages;

/* in[GRAPH]: starts [N + 1], then senders [M] */
static gboolean
graph_fits (const EpnsTensor *graph, gint64 n, gint64 m)
{
  const gint32 *starts = epns_tensor_ints (graph), *senders = starts + n + 1;

  if ((gint64) graph->count != n + 1 + m || starts[0] != 0 || starts[n] != m)
    return FALSE;
  for (gint64 i = 0; i < n; i++)
    if (starts[i + 1] < starts[i])
      return FALSE;
  for (gint64 i = 0; i < m; i++)
    if (senders[i] < 0 || senders[i] >= n)
      return FALSE;
  return TRUE;
}

static gboolean
messages_shape (const EpnsCall *call, guint *rank, gint64 *shape)
{
  EpnsTensor *const *in = call->in;
  const gint64 frames = in[SIGNS]->shape[0], h = in[W1]->shape[0], d = in[FEATURES]->shape[1];

  *rank = 2;
  shape[0] = in[TO]->shape[0];
  shape[1] = in[W2]->shape[0];
  return in[TO]->rank == 2 && epns_tensor_same_shape (in[TO], in[FROM]) && in[TO]->shape[1] == h
         && in[FEATURES]->rank == 2 && in[SIGNS]->rank == 2 && in[SIGNS]->shape[1] == d
         && in[W1]->rank == 2 && in[W1]->shape[1] >= d && in[W2]->rank == 2 && in[W2]->shape[1] == h
         && in[B2]->rank == 1 && in[B2]->shape[0] == shape[1] && shape[0] % frames == 0
         && graph_fits (in[GRAPH], shape[0] / frames, in[FEATURES]->shape[0]);
}

static EpnsTensor *
turned_w1 (EpnsContext *ctx, const Messages *self)
{
  EpnsTensor *turned = epns_tensor_new (ctx, EPNS_SHAPE ((gint64) self->d, (gint64) self->h));

  for (gsize d = 0; d < self->d; d++)
    for (gsize k = 0; k < self->h; k++)
      turned->data[d * self->h + k] = self->call->in[W1]->data[k * self->w1_row + d];
  return turned;
}

static Messages
messages_new (EpnsContext *ctx, const EpnsCall *call)
{
  EpnsTensor *const *in = call->in;
  Messages self = { .call = call,
                    .m = (gsize) in[FEATURES]->shape[0],
                    .f = (gsize) in[SIGNS]->shape[0],
                    .h = (gsize) in[W1]->shape[0],
                    .e = (gsize) in[W2]->shape[0],
                    .d = (gsize) in[FEATURES]->shape[1],
                    .w1_row = (gsize) in[W1]->shape[1] };

  self.n = (gsize) in[TO]->shape[0] / self.f;
  self.starts = epns_tensor_ints (in[GRAPH]);
  self.senders = self.starts + self.n + 1;
  self.open = in[OPEN] != NULL ? (guint8 *) in[OPEN]->data : NULL;
  self.blocks = MIN ((self.f * self.m + TILE - 1) / TILE, self.f * self.n);
  self.first = turned_w1 (ctx, &self);
  return self;
}

/* --- Tiles of edges, in the order of frames, receivers, senders: u = relu (to + from + w1 (signs e))
 * [TILE, H], v = relu (w2 u + b2) [TILE, E] --- */

typedef struct {     /* a task's memory */
  gsize *to, *from;  /* [TILE] rows of edges' ends */
  float *e;          /* [TILE, D], signed */
  float *u, *du, *v; /* du: backward only */
} Room;

static gsize
room_bytes (const Messages *self)
{
  return TILE * (2 * sizeof (gsize) + (self->d + 2 * self->h + self->e) * sizeof (float));
}

static Room
room_new (const Messages *self, void *memory)
{
  Room room = { .to = memory };

  room.from = room.to + TILE;
  room.e = (float *) (gpointer) (room.from + TILE);
  room.u = room.e + TILE * self->d;
  room.du = room.u + TILE * self->h;
  room.v = room.du + TILE * self->h;
  return room;
}

typedef struct { /* edges of all frames */
  gsize first, count;
} Tile;

typedef struct { /* the next edge */
  gsize frame, to, edge;
} Place;

static void
take_edges (const Messages *self, Place *at, gsize count, const Room *room)
{
  const float *features = self->call->in[FEATURES]->data, *signs = self->call->in[SIGNS]->data;
  const gsize d = self->d;

  for (gsize i = 0; i < count; i++, at->edge++) {
    if (at->edge == self->m)
      *at = (Place){ .frame = at->frame + 1 };
    while ((gsize) self->starts[at->to + 1] <= at->edge)
      at->to++;
    room->to[i] = at->frame * self->n + at->to;
    room->from[i] = at->frame * self->n + (gsize) self->senders[at->edge];
    for (gsize k = 0; k < d; k++)
      room->e[i * d + k] = signs[at->frame * d + k] * features[at->edge * d + k];
  }
}

static void
open_edges (const Messages *self, gsize count, const Room *room)
{
  const gsize h = self->h, d = self->d;

  for (gsize i = 0; i < count; i++) {
    const float *a = self->call->in[TO]->data + room->to[i] * h;
    const float *b = self->call->in[FROM]->data + room->from[i] * h;
    for (gsize k = 0; k < h; k++)
      room->u[i * h + k] = a[k] + b[k];
  }
  epns_product (count, h, d, (EpnsLeft){ room->e, d, 1 }, epns_right_rows (self->first->data, h),
                (EpnsResult){ .to = room->u, .row = h, .add = TRUE, .relu = TRUE });
}

/* Tile by tile through receivers lo .. hi - 1 of all frames. */
typedef void (*TileBody) (const Messages *self, Tile tile, const Room *room, const Sums *sums);

static gsize
edges_before (const Messages *self, gsize receiver)
{
  return receiver / self->n * self->m + (gsize) self->starts[receiver % self->n];
}

static void
each_tile (const Messages *self, gsize lo, gsize hi, const Room *room, TileBody body,
           const Sums *sums)
{
  const gsize end = edges_before (self, hi);
  Place at = { lo / self->n, lo % self->n, (gsize) self->starts[lo % self->n] };
  Tile tile = { .first = edges_before (self, lo) };

  for (; tile.first < end; tile.first += tile.count) {
    tile.count = MIN (TILE, end - tile.first);
    take_edges (self, &at, tile.count, room);
    open_edges (self, tile.count, room);
    body (self, tile, room, sums);
  }
}

/* --- Forward: the sums of v are the result's own rows, zero at first. --- */

static void
tile_sum (const Messages *self, Tile tile, const Room *room, const Sums *sums G_GNUC_UNUSED)
{
  const gsize h = self->h, e = self->e;
  guint8 *open = self->open != NULL ? self->open + tile.first * e : NULL;

  epns_product (tile.count, e, h, (EpnsLeft){ room->u, h, 1 }, self->second,
                (EpnsResult){ .to = room->v,
                              .row = e,
                              .bias = self->call->in[B2]->data,
                              .relu = TRUE });
  for (gsize i = 0; i < tile.count; i++) {
    float *sum = self->call->out->data + room->to[i] * e;
    for (gsize k = 0; k < e; k++)
      sum[k] += room->v[i * e + k];
  }
  for (gsize i = 0; open != NULL && i < tile.count * e; i++)
    open[i] = room->v[i] > 0.0f;
}

static void
messages_block (void *arg, gsize i, void *scratch)
{
  const Messages *self = arg;
  const gsize rows = self->f * self->n, lo = i * rows / self->blocks,
              hi = (i + 1) * rows / self->blocks;
  const Room room = room_new (self, scratch);

  memset (self->call->out->data + lo * self->e, 0, (hi - lo) * self->e * sizeof (float));
  each_tile (self, lo, hi, &room, tile_sum, NULL);
}

static double
cost_of (const Messages *self)
{
  return 2.0 * (double) (self->f * self->m * self->h * (self->e + self->d));
}

static void
messages_forward (EpnsContext *ctx, const EpnsCall *call)
{
  g_autoptr (EpnsTensor) memory = NULL;
  Messages self = messages_new (ctx, call);

  self.second = epns_right_turned (ctx, call->in[W2], 0, self.h, &memory);
  epns_context_each (ctx, self.blocks, cost_of (&self) / (double) self.blocks, room_bytes (&self),
                     messages_block, &self);
  epns_tensor_unref (self.first);
}

/* --- Backward: dv = dy of the receiver where v > 0; dw2 = dv^T u, db2 = sum dv; du = dv w2
 * where u > 0; it goes to `to`, `from` and, times the signed features, to w1. A group has whole
 * frames, so that no two share a row of `from`. --- */

/* dv, where v is when there is one. */
static void
tile_slopes (const Messages *self, Tile tile, const Room *room, float *db2)
{
  const gsize e = self->e;
  const guint8 *open = self->open + tile.first * e;
  float *dv = room->v;

  for (gsize i = 0; i < tile.count; i++, open += e, dv += e) {
    const float *dy = self->call->out->grad->data + room->to[i] * e;
    for (gsize k = 0; k < e; k++) {
      const float g = dy[k]; /* read in any case, so that no branch is needed */
      dv[k] = open[k] != 0 ? g : 0.0f;
    }
    for (gsize k = 0; db2 != NULL && k < e; k++)
      db2[k] += dv[k];
  }
}

/* du where u > 0, and on to both ends. */
static void
tile_ends_back (const Messages *self, gsize count, const Room *room)
{
  const gsize h = self->h;
  const float *u = room->u;
  float *du = room->du;

  for (gsize i = 0; i < count; i++, u += h, du += h) {
    float *to = self->d_to != NULL ? self->d_to + room->to[i] * h : NULL;
    float *from = self->d_from != NULL ? self->d_from + room->from[i] * h : NULL;
    for (gsize k = 0; k < h; k++)
      du[k] = u[k] > 0.0f ? du[k] : 0.0f;
    for (gsize k = 0; to != NULL && k < h; k++)
      to[k] += du[k];
    for (gsize k = 0; from != NULL && k < h; k++)
      from[k] += du[k];
  }
}

static void
tile_back (const Messages *self, Tile tile, const Room *room, const Sums *sums)
{
  const gsize h = self->h, e = self->e, d = self->d, count = tile.count;
  const float *w2 = self->call->in[W2]->data;

  tile_slopes (self, tile, room, sums->b2);
  if (sums->w2 != NULL)
    epns_product (e, h, count, (EpnsLeft){ room->v, 1, e }, epns_right_rows (room->u, h),
                  (EpnsResult){ .to = sums->w2, .row = h, .add = TRUE });
  epns_product (count, h, e, (EpnsLeft){ room->v, e, 1 }, epns_right_rows (w2, h),
                (EpnsResult){ .to = room->du, .row = h });
  tile_ends_back (self, count, room);
  epns_product (d, h, count, (EpnsLeft){ room->e, 1, d }, epns_right_rows (room->du, h),
                (EpnsResult){ .to = sums->w1, .row = h, .add = TRUE });
}

static void
messages_group_back (void *arg, gsize g, void *scratch)
{
  const Messages *self = arg;
  const Room room = room_new (self, scratch);
  const gsize items = self->partials.n_items;
  Sums sums = self->sums;
  gsize lo, hi;

  sums.w1 = epns_partials_of (&self->partials, g);
  if (self->partials.n_groups > 1) {
    sums.w2 = sums.w1 + self->d * self->h;
    sums.b2 = sums.w2 + self->e * self->h;
  }
  epns_partials_range (&self->partials, g, &lo, &hi);
  each_tile (self, lo * self->f / items * self->n, hi * self->f / items * self->n, &room, tile_back,
             &sums);
}

static void
add_partials (const Messages *self, float *dw1)
{
  const gsize h = self->h, e = self->e, d = self->d;

  for (gsize g = 0; dw1 != NULL && g < self->partials.n_groups; g++)
    for (gsize i = 0; i < d; i++)
      for (gsize k = 0; k < h; k++)
        dw1[k * self->w1_row + i] += epns_partials_of (&self->partials, g)[i * h + k];
  if (self->partials.n_groups == 1)
    return;
  epns_partials_add (&self->partials, d * h, e * h, self->sums.w2);
  epns_partials_add (&self->partials, d * h + e * h, e, self->sums.b2);
}

static void
messages_backward (EpnsContext *ctx, const EpnsCall *call)
{
  Messages self = messages_new (ctx, call);
  const gsize items = CLAMP (self.f * self.m / GROUP, 1, self.f),
              weights = self.d * self.h, others = self.e * self.h + self.e;

  self.d_to = epns_call_grad (ctx, call, TO);
  self.d_from = epns_call_grad (ctx, call, FROM);
  self.sums = (Sums){ NULL, epns_call_grad (ctx, call, W2), epns_call_grad (ctx, call, B2) };
  self.partials = epns_partials_new (ctx, items, weights + (items > 1 ? others : 0));
  epns_context_each (ctx, self.partials.n_groups,
                     2.0 * cost_of (&self) / (double) self.partials.n_groups, room_bytes (&self),
                     messages_group_back, &self);
  add_partials (&self, epns_call_grad (ctx, call, W1));
  epns_partials_clear (&self.partials);
  epns_tensor_unref (self.first);
}

const EpnsOp epns_op_messages = {
  "messages", messages_shape, messages_forward, messages_backward, 1u << OPEN, NULL
};

static EpnsTensor *
bytes_of (EpnsContext *ctx, gsize n)
{
  return epns_tensor_new (ctx, EPNS_SHAPE ((gint64) ((n + sizeof (float) - 1) / sizeof (float))));
}

EpnsTensor *
epns_messages (EpnsContext *ctx, EpnsTensor *to, EpnsTensor *from, EpnsTensor *e, EpnsTensor *signs,
               EpnsTensor *w1, EpnsTensor *w2, EpnsTensor *b2, const EpnsEdges *edges)
{
  g_return_val_if_fail (edges->n_edges > 0 && edges->n_edges + edges->n_nodes < G_MAXINT32, NULL);
  g_autoptr (EpnsTensor) open = NULL;
  g_autoptr (EpnsTensor)
      graph = epns_tensor_new (ctx, EPNS_SHAPE ((gint64) (edges->n_nodes + 1 + edges->n_edges)));

  memcpy (graph->data, edges->starts, (edges->n_nodes + 1) * sizeof *edges->starts);
  memcpy (graph->data + edges->n_nodes + 1, edges->senders,
          edges->n_edges * sizeof *edges->senders);
  if (epns_context_is_recording (ctx))
    open = bytes_of (ctx, (gsize) to->shape[0] / edges->n_nodes * edges->n_edges
                              * (gsize) w2->shape[0]);
  return EPNS_APPLY (ctx, &epns_op_messages, NULL, to, from, e, signs, w1, w2, b2, graph, open);
}
