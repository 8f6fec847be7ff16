/* SPDX-License-Identifier: MIT */
/* Many bids at a time. */
#include "models/epns/local-bidding.h"
#include "models/nn/elementary.h"
#include "models/nn/multiply.h"

#include <string.h>

static EpnsTensor *
packed (gsize k, gsize n, const float *from, gsize row, gsize column)
{
  EpnsTensor *right = epns_tensor_new (NULL, EPNS_SHAPE ((gint64) epns_right_count (k, n)));

  epns_pack_right (k, n, from, row, column, right->data);
  return right;
}

EpnsLocalBidding
epns_local_bidding_new (const EpnsLocalBidder *bidder, const EpnsLocalLayer *last)
{
  const gsize h = bidder->three->count, width = (gsize) last->weight->shape[1];
  const gsize moves = bidder->move != NULL ? EPNS_LOCAL_MOVES : 0;
  EpnsLocalBidding self = { .bidder = bidder, .inputs = width + moves, .hidden = h };
  g_autofree float *first = g_new (float, self.inputs *h);

  for (gsize k = 0; k < width; k++)
    for (gsize i = 0; i < h; i++)
      first[k * h + i] = last->weight->data[i * width + k];
  if (moves > 0)
    memcpy (first + width * h, bidder->move->data, moves * h * sizeof *first);
  self.first = packed (self.inputs, h, first, h, 1);
  self.second = packed (h, h, bidder->two.weight->data, 1, h);
  self.whole.weight = bidder->whole.weight;
  self.whole.bias = epns_tensor_new (NULL, EPNS_SHAPE ((gint64) h));
  for (gsize i = 0; i < h; i++)
    self.whole.bias->data[i] = bidder->whole.bias->data[i] + last->bias->data[i];
  self.start.weight = epns_tensor_new_from (NULL, EPNS_SHAPE (1, (gint64) width),
                                            last->weight->data + h * width);
  self.start.bias = epns_tensor_new_from (NULL, EPNS_SHAPE (1), last->bias->data + h);
  return self;
}

void
epns_local_bidding_clear (EpnsLocalBidding *self)
{
  EpnsTensor **all[] = { &self->first, &self->second, &self->whole.bias, &self->start.weight,
                         &self->start.bias };

  for (gsize i = 0; i < G_N_ELEMENTS (all); i++)
    epns_tensor_set (all[i], NULL);
}

gsize
epns_local_row_count (const EpnsLocalBidding *self, gsize most)
{
  return most * (self->inputs + 2 * self->hidden + 1);
}

EpnsLocalRow
epns_local_row_new (const EpnsLocalBidding *self, gsize most, float *memory)
{
  EpnsLocalRow row = { .inputs = memory };

  row.u = row.inputs + most * self->inputs;
  row.v = row.u + most * self->hidden;
  row.bid = row.v + most * self->hidden;
  return row;
}

void
epns_local_row_bid (const EpnsLocalBidding *self, EpnsLocalRow *row)
{
  const EpnsLocalBidder *bidder = self->bidder;
  const gsize n = row->n, h = self->hidden, inputs = self->inputs;

  epns_product (n, h, inputs, (EpnsLeft){ row->inputs, inputs, 1 },
                epns_right_packed (self->first->data, inputs, 0),
                (EpnsResult){ .to = row->u, .row = h, .add = TRUE, .relu = TRUE });
  epns_product (n, h, h, (EpnsLeft){ row->u, h, 1 }, epns_right_packed (self->second->data, h, 0),
                (EpnsResult){ .to = row->v, .row = h, .bias = bidder->two.bias->data });
  for (gsize i = 0; i < n; i++)
    row->bid[i] += epns_local_last_layer (bidder->three->data, row->v + i * h, h);
  for (gsize i = 0; i < n; i++)
    row->bid[i] /= EPNS_LOCAL_BID_BOUND;
  epns_tanh_of (n, row->bid, row->bid);
  for (gsize i = 0; i < n; i++)
    row->bid[i] *= EPNS_LOCAL_BID_BOUND;
}
