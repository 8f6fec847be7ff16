/* SPDX-License-Identifier: MIT */
/* What single bids are made of. */
#include "models/epns/local-bid.h"

#include <math.h>

void
epns_local_moves (const EpnsLocalWindows *windows, const EpnsLocalCell *cell, gsize row,
                  gsize column, const float lean[EPNS_LOCAL_LEANS], float moves[EPNS_LOCAL_MOVES])
{
  const float half = (float) windows->window / 2;
  const float dy = (float) ((double) cell->first_y + (double) row - cell->middle_y) / half,
              dx = (float) ((double) cell->first_x + (double) column - cell->middle_x) / half;

  moves[0] = lean[1] * dy + lean[2] * dx;
  moves[1] = lean[0] * (dy * dy + dx * dx);
  moves[2] = moves[3] = 0;
  if (lean[3] > 0.0f) {
    const float y = dy - lean[4], x = dx - lean[5], r = lean[3] * sqrtf (y * y + x * x);
    moves[2] = expf (-r * r / 8);
    moves[3] = MIN (r, 8.0f) / 4;
  }
}

/* In lanes of their own that are added at the end. */
float
epns_local_last_layer (const float *three, const float *v, gsize hidden)
{
  float lanes[8] = { 0 };

  for (gsize k = 0; k < hidden; k += 8)
    for (gsize i = 0; i < 8; i++)
      lanes[i] += three[k + i] * epns_local_relu (v[k + i]);
  return ((lanes[0] + lanes[4]) + (lanes[2] + lanes[6]))
         + ((lanes[1] + lanes[5]) + (lanes[3] + lanes[7]));
}
