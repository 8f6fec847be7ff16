/* SPDX-License-Identifier: MIT */
/* Drawing an owner from bids. [any] */
#pragma once
#include "models/epns/local-grid.h"

typedef struct { /* one evaluation */
  const EpnsDrawKey *key;
  guint evaluation; /* counts passes and sweeps of a step */
  double temperature;
} EpnsLocalChoice;

/* Which of n > 0 bids gets the site: i with the chance exp (bids[i] / temperature) / (their sum),
 * by inversion of the cumulative weights; -1 where they are not finite. bids become weights. */
gssize epns_local_choose (const EpnsLocalChoice *self, gsize site, gsize n, float *bids);
