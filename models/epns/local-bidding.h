/* SPDX-License-Identifier: MIT */
/* What bids, cells or the medium, made ready to bid for many sites: as local-bids.h says, but for
 * the trunk's last layer, which is made part of it, so that encodings need not be kept. */
#pragma once
#include "models/epns/local-bid.h"
#include "models/epns/local-layers.h"

typedef struct {
  const EpnsLocalBidder *bidder;
  gsize inputs, hidden; /* of a site: what the trunk's last layer takes, and moves */
  EpnsTensor *first;    /* [inputs, H]: all of that layer but the start, and `move`; packed */
  EpnsTensor *second;   /* two^T, packed */
  EpnsLocalLayer whole; /* with the trunk's bias */
  EpnsLocalLayer start; /* the rest of the trunk's last layer */
} EpnsLocalBidding;

/* last: the trunk's. Weights are the network's, which must outlive it. [any] */
EpnsLocalBidding epns_local_bidding_new (const EpnsLocalBidder *bidder, const EpnsLocalLayer *last);
void epns_local_bidding_clear (EpnsLocalBidding *self);

typedef struct { /* bids of one row of the lattice */
  gsize n;
  float *inputs, *u, *v, *bid; /* [most, inputs], [most, hidden] twice, [most] */
} EpnsLocalRow;

/* For `most` bids: floats of memory, and those laid out there; none is made yet. [any] */
gsize epns_local_row_count (const EpnsLocalBidding *self, gsize most);
EpnsLocalRow epns_local_row_new (const EpnsLocalBidding *self, gsize most, float *memory);

/* From what was put into n rows of inputs and u and, what they start from, into bid: the bids. */
void epns_local_row_bid (const EpnsLocalBidding *self, EpnsLocalRow *row);
