/* SPDX-License-Identifier: MIT */
/* Who bids for which site while a step is drawn. What windows were encoded as gives every covering
 * cell, and the medium, a chance of a site before anything is drawn, q = exp (start) / (the sum
 * over all of them); who has less than `least` of it stays away, unless that leaves nobody. */
#pragma once
#include "models/epns/local-windows.h"
#include "models/nn/context.h"

typedef struct {
  gint32 cell;
  guint32 place;       /* of the site in the cell's window, as of EpnsLocalWindows */
  guint16 row, column; /* the same */
  float start, chance; /* l and q of local-sites.h */
} EpnsLocalCandidate;

typedef struct {
  guint32 n;                 /* cells that bid */
  gint32 medium;             /* 1 where the medium bids, else 0 */
  EpnsLocalCandidate *cells; /* [n], by ascending cell */
} EpnsLocalContest;

typedef struct {
  EpnsLocalContest *sites; /* [height, width] */
  gsize slots;             /* cells that bid for one site, at most */
  EpnsLocalCandidate *room;
  gsize n_sites, n_room; /* what there is room for */
} EpnsLocalCandidates;

/* From logits: medium [height, width], bounded, and of all places, before they are bounded, logits
 * [n_cells, window, window], to which `stay` is added where the cell is now. Memory grows to what
 * the largest state needs. [run] */
void epns_local_candidates_find (EpnsLocalCandidates *self, EpnsContext *ctx,
                                 const EpnsLocalWindows *windows, const float *medium,
                                 const float *logits, float stay, float least);
void epns_local_candidates_clear (EpnsLocalCandidates *self);
