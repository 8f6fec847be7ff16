/* SPDX-License-Identifier: MIT */
/* Drawing an owner from bids. */
#include "models/epns/local-choice.h"
#include "models/nn/elementary.h"

#include <math.h>

gssize
epns_local_choose (const EpnsLocalChoice *self, gsize site, gsize n, float *bids)
{
  const float temperature = (float) self->temperature;
  float largest = bids[0];
  double total = 0;
  gsize i = 0;

  for (gsize k = 1; k < n; k++)
    largest = MAX (largest, bids[k]);
  for (gsize k = 0; k < n; k++)
    bids[k] = (bids[k] - largest) / temperature;
  epns_exp_of (n, bids, bids);
  for (gsize k = 0; k < n; k++)
    total += (double) bids[k];
  if (!isfinite (total))
    return -1;
  const double u = total
                   * epns_random_uniform (self->key, EPNS_LOCAL_DRAW_SITE,
                                          (guint64) self->evaluation << 32 | site);
  for (double below = (double) bids[0]; i + 1 < n && u >= below; below += (double) bids[i])
    i++;
  return (gssize) i;
}
