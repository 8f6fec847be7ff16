/* SPDX-License-Identifier: MIT */
/* Steps of the local network with the decoder of sites: windows are encoded once, then the sites of
 * one pass after the other are drawn from the bids that local-bids.h describes. Beside the operator
 * there, which is made for training, only candidates bid (local-candidates.h), the last layer of an
 * encoding is worked out where there is a bid, and what is known of whole cells is kept from pass
 * to pass. All [run]. */
#pragma once
#include "models/epns/local-board.h"
#include "models/epns/local-choice.h"

typedef struct _EpnsLocalSampler EpnsLocalSampler;

/* The network must outlive it. */
EpnsLocalSampler *epns_local_sampler_new (const EpnsLocalNetwork *network);
void epns_local_sampler_free (EpnsLocalSampler *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (EpnsLocalSampler, epns_local_sampler_free)

/* Encode the state on the board, with its latents. The board must stay until the step is drawn. */
void epns_local_sampler_encode (EpnsLocalSampler *self, EpnsContext *ctx, EpnsLocalBoard *board);

/* On a grid that has just been laid: no site is drawn (pass 0), or those of passes from `pass` on,
 * all of which were, are to be drawn again. */
void epns_local_sampler_forget (EpnsLocalSampler *self, guint pass);

/* Draw the sites of one pass; FALSE where a bid is not finite. */
gboolean epns_local_sampler_draw (EpnsLocalSampler *self, EpnsContext *ctx, guint pass,
                                  const EpnsLocalChoice *choice);
