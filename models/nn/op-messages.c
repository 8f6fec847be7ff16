/* SPDX-License-Identifier: MIT */
/* Messages along the edges of a graph, summed at their receivers; edges exist a tile at a time. */
#include "models/nn/multiply.h"
#include "models/nn/op.h"
#include "models/nn/partials.h"

#include <string.h>

#define TILE 192 /* edges at once; about a task's share */

enum { TO, FROM, FEATURES, SIGNS, W1, W2, B2, GRAPH, N_OPERANDS };

typedef struct {
  const EpnsCall *call;
  const gint32 *starts, *senders;
  gsize n, m, f, h, e, d, w1_row; /* nodes, edges, frames; H, E, D, C */
  gsize receivers, blocks;        /* of a task; tasks a frame */
  EpnsTensor *right;              /* w2^T, packed */
  EpnsTensor *back;               /* w2, packed; backward only */
  float *d_to, *d_from;
  EpnsPartials partials; /* over frames: dw2 [E, H], db2 [E], dw1 [D, H] */
} Messages;

typedef struct { /* edges first .. first + count - 1 of one frame */
  gsize frame, first, count;
  gsize receiver; /* of the first; those of the others follow from starts */
} Tile;

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
  self.receivers = MAX (TILE * self.n / self.m, 1);
  self.blocks = (self.n + self.receivers - 1) / self.receivers;
  self.right = epns_tensor_new (ctx, EPNS_SHAPE ((gint64) epns_right_count (self.h, self.e)));
  epns_pack_right (self.h, self.e, in[W2]->data, 1, self.h, self.right->data);
  return self;
}

/* --- One tile: u [TILE, H], then v = w2 u + b2 [TILE, E] --- */

typedef struct { /* a task's memory */
  float *w1;     /* [D, H] of this frame */
  float *u, *v, *left;
} Room;

static gsize
room_count (const Messages *self)
{
  return self->d * self->h + TILE * (self->h + self->e)
         + MAX (epns_left_count (TILE, MAX (self->h, self->e)), epns_left_count (self->e, TILE));
}

static Room
room_new (const Messages *self, float *memory)
{
  Room room = { .w1 = memory };

  room.u = room.w1 + self->d * self->h;
  room.v = room.u + TILE * self->h;
  room.left = room.v + TILE * self->e;
  return room;
}

static void
sign_w1 (const Messages *self, gsize frame, float *w1)
{
  const float *signs = self->call->in[SIGNS]->data + frame * self->d;

  for (gsize d = 0; d < self->d; d++)
    for (gsize k = 0; k < self->h; k++)
      w1[d * self->h + k] = signs[d] * self->call->in[W1]->data[k * self->w1_row + d];
}

static void
edge_input (const Messages *self, const float *w1, gsize frame, gsize to, gsize edge, float *u)
{
  const gsize h = self->h, from = (gsize) self->senders[edge];
  const float *a = self->call->in[TO]->data + (frame * self->n + to) * h;
  const float *b = self->call->in[FROM]->data + (frame * self->n + from) * h;
  const float *e = self->call->in[FEATURES]->data + edge * self->d;

  for (gsize k = 0; k < h; k++)
    u[k] = a[k] + b[k];
  for (gsize d = 0; d < self->d; d++)
    for (gsize k = 0; k < h; k++)
      u[k] += e[d] * w1[d * h + k];
  for (gsize k = 0; k < h; k++)
    u[k] = u[k] < 0.0f ? 0.0f : u[k]; /* NaN stays */
}

static void
tile_forward (const Messages *self, const Tile *tile, const Room *room)
{
  gsize to = tile->receiver;

  for (gsize i = 0; i < tile->count; i++) {
    while ((gsize) self->starts[to + 1] <= tile->first + i)
      to++;
    edge_input (self, room->w1, tile->frame, to, tile->first + i, room->u + i * self->h);
  }
  epns_pack_left (tile->count, self->h, room->u, self->h, 1, room->left);
  epns_multiply (tile->count, self->e, self->h, room->left, self->right->data, FALSE, room->v,
                 self->e);
  for (gsize i = 0; i < tile->count; i++)
    for (gsize k = 0; k < self->e; k++)
      room->v[i * self->e + k] += self->call->in[B2]->data[k];
}

/* Tile by tile through receivers lo .. hi - 1 of a frame. */
typedef void (*TileBody) (const Messages *self, const Tile *tile, const Room *room, gpointer user);

static void
each_tile (const Messages *self, gsize frame, gsize lo, gsize hi, const Room *room, TileBody body,
           gpointer user)
{
  const gsize end = (gsize) self->starts[hi];
  Tile tile = { .frame = frame, .first = (gsize) self->starts[lo], .receiver = lo };

  for (; tile.first < end; tile.first += tile.count) {
    while ((gsize) self->starts[tile.receiver + 1] <= tile.first)
      tile.receiver++;
    tile.count = MIN (TILE, end - tile.first);
    tile_forward (self, &tile, room);
    body (self, &tile, room, user);
  }
}

/* --- Forward --- */

/* The sums are the result's own rows, zero at first. */
static void
tile_sum (const Messages *self, const Tile *tile, const Room *room, gpointer user G_GNUC_UNUSED)
{
  gsize to = tile->receiver;

  for (gsize i = 0; i < tile->count; i++) {
    while ((gsize) self->starts[to + 1] <= tile->first + i)
      to++;
    const float *v = room->v + i * self->e;
    float *sum = self->call->out->data + (tile->frame * self->n + to) * self->e;
    for (gsize k = 0; k < self->e; k++)
      sum[k] += v[k] < 0.0f ? 0.0f : v[k]; /* NaN stays */
  }
}

static void
messages_block (void *arg, gsize i, void *scratch)
{
  const Messages *self = arg;
  const gsize frame = i / self->blocks, lo = i % self->blocks * self->receivers,
              hi = MIN (lo + self->receivers, self->n);
  const Room room = room_new (self, scratch);

  memset (self->call->out->data + (frame * self->n + lo) * self->e, 0,
          (hi - lo) * self->e * sizeof (float));
  sign_w1 (self, frame, room.w1);
  each_tile (self, frame, lo, hi, &room, tile_sum, NULL);
}

static double
cost_of (const Messages *self)
{
  return 2.0 * (double) (self->m * self->h * (self->e + self->d));
}

static void
messages_forward (EpnsContext *ctx, const EpnsCall *call)
{
  Messages self = messages_new (ctx, call);

  epns_context_each (ctx, self.f * self.blocks, cost_of (&self) / (double) self.blocks,
                     room_count (&self) * sizeof (float), messages_block, &self);
  epns_tensor_unref (self.right);
}

/* --- Backward: dv = dy of the receiver where v > 0; dw2 = dv^T u, db2 = sum dv; du = dv w2 where u
 * > 0; it goes to `to`, `from` and, times the signed features, to w1. A frame is a task, so that
 * no two share a row of `from`. --- */

typedef struct {
  float *dw2, *db2, *dw1; /* a frame's partial */
  const float *signs;     /* [D] */
  float *du, *right;      /* [TILE, H]; u, packed */
} Back;

static void
edge_back (const Messages *self, const Back *back, gsize frame, gsize to, gsize edge,
           const float *u, float *du)
{
  const gsize h = self->h, from = (gsize) self->senders[edge];
  const float *e = self->call->in[FEATURES]->data + edge * self->d;

  for (gsize k = 0; k < h; k++)
    du[k] = u[k] > 0.0f ? du[k] : 0.0f;
  for (gsize k = 0; self->d_to != NULL && k < h; k++)
    self->d_to[(frame * self->n + to) * h + k] += du[k];
  for (gsize k = 0; self->d_from != NULL && k < h; k++)
    self->d_from[(frame * self->n + from) * h + k] += du[k];
  for (gsize d = 0; d < self->d; d++) {
    const float factor = back->signs[d] * e[d];
    for (gsize k = 0; k < h; k++)
      back->dw1[d * h + k] += factor * du[k];
  }
}

/* v becomes dv. */
static void
tile_slopes (const Messages *self, const Tile *tile, float *v, float *db2)
{
  const float *dy = self->call->out->grad->data + tile->frame * self->n * self->e;
  gsize to = tile->receiver;

  for (gsize i = 0; i < tile->count; i++, v += self->e) {
    while ((gsize) self->starts[to + 1] <= tile->first + i)
      to++;
    for (gsize k = 0; k < self->e; k++) {
      const float g = dy[to * self->e + k]; /* read in any case, so that no branch is needed */
      v[k] = v[k] > 0.0f ? g : 0.0f;
      db2[k] += v[k];
    }
  }
}

static void
tile_back (const Messages *self, const Tile *tile, const Room *room, gpointer user)
{
  const Back *back = user;
  const gsize h = self->h, e = self->e, n = tile->count;
  gsize to = tile->receiver;

  tile_slopes (self, tile, room->v, back->db2);
  epns_pack_left (e, n, room->v, 1, e, room->left);
  epns_pack_right (n, h, room->u, h, 1, back->right);
  epns_multiply (e, h, n, room->left, back->right, TRUE, back->dw2, h);
  epns_pack_left (n, e, room->v, e, 1, room->left);
  epns_multiply (n, h, e, room->left, self->back->data, FALSE, back->du, h);
  for (gsize i = 0; i < n; i++) {
    while ((gsize) self->starts[to + 1] <= tile->first + i)
      to++;
    edge_back (self, back, tile->frame, to, tile->first + i, room->u + i * h, back->du + i * h);
  }
}

static void
messages_group_back (void *arg, gsize g, void *scratch)
{
  const Messages *self = arg;
  const Room room = room_new (self, scratch);
  float *partial = epns_partials_of (&self->partials, g);
  Back back = { .dw2 = partial, .du = (float *) scratch + room_count (self) };
  gsize lo, hi;

  back.db2 = back.dw2 + self->e * self->h;
  back.dw1 = back.db2 + self->e;
  back.right = back.du + TILE * self->h;
  epns_partials_range (&self->partials, g, &lo, &hi);
  for (gsize frame = lo; frame < hi; frame++) {
    back.signs = self->call->in[SIGNS]->data + frame * self->d;
    sign_w1 (self, frame, room.w1);
    each_tile (self, frame, 0, self->n, &room, tile_back, &back);
  }
}

static void
messages_backward (EpnsContext *ctx, const EpnsCall *call)
{
  Messages self = messages_new (ctx, call);
  const gsize h = self.h, e = self.e;
  float *dw1 = epns_call_grad (ctx, call, W1);

  self.d_to = epns_call_grad (ctx, call, TO);
  self.d_from = epns_call_grad (ctx, call, FROM);
  self.back = epns_tensor_new (ctx, EPNS_SHAPE ((gint64) epns_right_count (e, h)));
  epns_pack_right (e, h, call->in[W2]->data, h, 1, self.back->data);
  self.partials = epns_partials_new (ctx, self.f, e * h + e + self.d * h);
  epns_context_each (ctx, self.partials.n_groups,
                     3.0 * cost_of (&self) * (double) self.f / (double) self.partials.n_groups,
                     (room_count (&self) + TILE * h + epns_right_count (TILE, h)) * sizeof (float),
                     messages_group_back, &self);
  epns_partials_add (&self.partials, 0, e * h, epns_call_grad (ctx, call, W2));
  epns_partials_add (&self.partials, e * h, e, epns_call_grad (ctx, call, B2));
  for (gsize k = 0; dw1 != NULL && k < h; k++)
    for (gsize d = 0; d < self.d; d++)
      epns_partials_add (&self.partials, e * h + e + d * h + k, 1, dw1 + k * self.w1_row + d);
  epns_partials_clear (&self.partials);
  epns_tensor_unref (self.right);
  epns_tensor_unref (self.back);
}

const EpnsOp epns_op_messages = {
  "messages", messages_shape, messages_forward, messages_backward, 0, NULL
};

EpnsTensor *
epns_messages (EpnsContext *ctx, EpnsTensor *to, EpnsTensor *from, EpnsTensor *e, EpnsTensor *signs,
               EpnsTensor *w1, EpnsTensor *w2, EpnsTensor *b2, const EpnsEdges *edges)
{
  g_return_val_if_fail (edges->n_edges > 0 && edges->n_edges + edges->n_nodes < G_MAXINT32, NULL);
  g_autoptr (EpnsTensor)
      graph = epns_tensor_new (ctx, EPNS_SHAPE ((gint64) (edges->n_nodes + 1 + edges->n_edges)));

  memcpy (graph->data, edges->starts, (edges->n_nodes + 1) * sizeof *edges->starts);
  memcpy (graph->data + edges->n_nodes + 1, edges->senders,
          edges->n_edges * sizeof *edges->senders);
  return EPNS_APPLY (ctx, &epns_op_messages, NULL, to, from, e, signs, w1, w2, b2, graph);
}
