/* SPDX-License-Identifier: MIT */
/* What a site of the local network's decoder sees: the sites around it, up to `reach` away along
 * each axis and beyond no wall, whose pass is earlier than its own. Which these are repeats with
 * the grid of passes, so it is listed once for each place on the grid; sites near a border have
 * lists of their own. All [run]. */
#pragma once
#include "models/epns/local-network.h"
#include "models/nn/kernel.h"

typedef struct {
  gint32 ahead; /* of the site in the lattice's memory */
  gint32 tap;   /* what is seen there, as a row of `own`: ((dy + reach) side + dx + reach) H */
} EpnsLocalTap;

typedef struct {
  const EpnsLocalPass *pass;
  const EpnsKernel *kernel;
  gsize reach, taps, types, hidden; /* taps = (2 reach + 1)^2; H = hidden */
  EpnsTensor *lists;    /* [grid, grid, 1 + 2 taps] integers: how many, and EpnsLocalTap */
  EpnsTensor *type_row; /* [n_cells + 2] integers: what an owner's type adds to a row of `seen` */
} EpnsLocalAround;

/* Of the sites of passes pass->pass to pass->end - 1, of what bids by a table `seen` [types, taps,
 * types, hidden]. pass must outlive it, and its grid stay. */
EpnsLocalAround epns_local_around_new (EpnsContext *ctx, const EpnsLocalPass *pass,
                                       const EpnsTensor *seen);
void epns_local_around_clear (EpnsLocalAround *self);

typedef struct {            /* a task's view of one site after the other */
  gsize n;                  /* sites seen */
  const EpnsLocalTap *taps; /* [n] */
  gint32 *seen;             /* [n] rows of `seen`, of viewers of type 0 */
  gint32 *own, *n_own; /* [slots + 1, taps], [slots + 1]: what of it each bidder owns, as rows of
                          `own`; bidder i has slot i + 1, what no bidder owns goes to slot 0 */
  gint32 *slot;        /* [n_cells + 2], 0: of owners, from EPNS_LOCAL_UNDRAWN on */
  EpnsLocalTap *room;  /* [taps] */
} EpnsLocalView;

/* Floats of memory that a view takes where a site has so many bidding cells at most. */
gsize epns_local_view_count (const EpnsLocalAround *self, gsize slots);
EpnsLocalView epns_local_view_new (const EpnsLocalAround *self, gsize slots, float *memory);

/* Look around a site: n, taps and seen. */
void epns_local_look (const EpnsLocalAround *self, gsize site, EpnsLocalView *view);

/* What viewers of a type see there, the sum of rows of `seen`: worked out once a site and type, in
 * sums [types, hidden]; known [types] is FALSE before a site's first. Returns its row of sums. */
const float *epns_local_seen_by (const EpnsLocalAround *self, const EpnsLocalView *view,
                                 const EpnsTensor *seen, gint32 type, guint8 *known, float *sums);

/* Then, of what is seen, list what each of n cells owns. */
void epns_local_list_own (const EpnsLocalAround *self, gsize site, EpnsLocalView *view, gsize n,
                          const gint32 *cells);
