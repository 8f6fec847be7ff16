/* SPDX-License-Identifier: MIT */
/* What the decoder of sites knows of whole cells before a pass: local-sites.h. [any] */
#pragma once
#include "models/epns/local-network.h"

typedef struct { /* sums over a cell's sites of earlier passes: their number, d_y, d_x */
  double drawn[3], expected[3];
} EpnsLocalMoments;

/* Of a cell before pass k, of whose sites `all` are expected in all: its row of what `whole` takes,
 * and of EPNS_LOCAL_LEANS numbers `lean`. */
void epns_local_whole_row (const EpnsLocalNetwork *network, const EpnsLocalPass *pass, gsize cell,
                           guint k, const EpnsLocalMoments *before, double all, float *known,
                           float *lean);

/* Of the medium: its row of what its `whole` takes. */
void epns_local_medium_whole_row (const EpnsLocalNetwork *network, const EpnsLocalPass *pass,
                                  guint k, float *known);
