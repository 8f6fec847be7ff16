/* SPDX-License-Identifier: MIT */
/* What cells and the medium bid for single sites, given the sites drawn nearby: the operators of
 * the local network's decoder of sites. They have gradients (tests/test-local-sites.c). All [run].
 *
 * Site s of pass k sees the sites r around it, up to `reach` away along each axis and beyond no
 * wall, whose pass is earlier than k: their owners o(r). With a = the bidder's input there,
 *
 *   u = a + sum over seen r of seen[type of o(r), r - s, type of the bidder]
 *         + sum over seen r that the bidder owns of own[r - s]
 *         + moves * move
 *   bid = B tanh ((l + three . relu (two relu (u) + bias)) / B),  B = 20,
 *
 * where a and l are what the windows (or the lattice) were encoded as at that place, plus what is
 * known of the whole cell before pass k. With `lean` = (u, m, g, c) of the cell and the place d from
 * the window's centre, in halves of a window, moves are m . d, u |d|^2 and, if g > 0, exp (-r^2 / 8)
 * and min (r, 8) / 4, r = g |d - c|, else 0. */
#pragma once
#include "models/epns/local-bid.h"
#include "models/epns/local-layers.h"

/* encoded [n_cells window^2, H + 1], of which the first H are a; start l, [n_cells, window,
 * window]; whole [n_cells (end - pass), H]; lean [n_cells (end - pass),
 * EPNS_LOCAL_LEANS], a constant -> [n_cells,
 * window, window], 0 where a place's site is of no pass from pass->pass to pass->end - 1 or beyond
 * a wall. *pass and what it points to must live until backward. */
EpnsTensor *epns_local_cell_bids (EpnsContext *ctx, const EpnsLocalPass *pass, EpnsTensor *encoded,
                                  EpnsTensor *start, EpnsTensor *whole, EpnsTensor *lean,
                                  const EpnsLocalBidder *bidder);

/* encoded [height width, H + 1], start [height, width], whole [end - pass, H] -> [height, width], 0
 * as above. */
EpnsTensor *epns_local_medium_bids (EpnsContext *ctx, const EpnsLocalPass *pass,
                                    EpnsTensor *encoded, EpnsTensor *start, EpnsTensor *whole,
                                    const EpnsLocalBidder *bidder);
