/* SPDX-License-Identifier: MIT */
/* Two operators that only the local network needs: sums over the cells that bid for a site, and
 * over the sites that a cell bids for. Both have gradients (tests/test-local-train.c). All [run].
 */
#pragma once
#include "models/epns/local-network.h"

/* ln (e^m[s] + sum over covering places p of s of e^l[p]): medium [height, width], logits [n_cells,
 * window, window] or NULL where there is no cell -> [height, width]. The windows must live until
 * backward. Logits are bounded, so nothing is shifted. */
EpnsTensor *epns_local_normaliser (EpnsContext *ctx, const EpnsLocalWindows *windows,
                                   EpnsTensor *medium, EpnsTensor *logits);

/* The volume that a cell would have if all sites were drawn now: sites drawn for it already, plus
 * the probability e^(l[p] - z[s]) of each undrawn site s in its window: logits [n_cells, window,
 * window], log normaliser [height, width]
 * -> [n_cells, 1]. The pass must live until backward. */
EpnsTensor *epns_local_expected_volume (EpnsContext *ctx, const EpnsLocalPass *pass,
                                        EpnsTensor *logits, EpnsTensor *log_normaliser);

/* pass->log_normaliser, where the decoder left it out. */
void epns_local_pass_normalise (EpnsContext *ctx, EpnsLocalPass *pass);
