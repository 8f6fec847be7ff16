/* SPDX-License-Identifier: MIT */
/* Matrix products, a tile at a time. */
#include "models/nn/multiply.h"
#include "models/nn/kernel.h"

#include <string.h>

static gsize
round_up (gsize n, gsize to)
{
  return (n + to - 1) / to * to;
}

gsize
epns_left_count (gsize m, gsize k)
{
  return round_up (m, epns_kernel ()->rows) * k;
}

gsize
epns_right_count (gsize k, gsize n)
{
  return round_up (n, epns_kernel ()->columns) * k;
}

/* Panels of `width` rows or columns, k after k, filled up with zeros. */
static void
pack (gsize n, gsize k, gsize width, const float *from, gsize across, gsize along, float *to)
{
  for (gsize first = 0; first < n; first += width, from += width * across)
    for (gsize l = 0; l < k; l++, to += width) {
      gsize here = MIN (width, n - first);
      for (gsize i = 0; i < here; i++)
        to[i] = from[i * across + l * along];
      memset (to + here, 0, (width - here) * sizeof *to);
    }
}

void
epns_pack_left (gsize m, gsize k, const float *from, gsize row, gsize column, float *to)
{
  pack (m, k, epns_kernel ()->rows, from, row, column, to);
}

void
epns_pack_right (gsize k, gsize n, const float *from, gsize row, gsize column, float *to)
{
  pack (n, k, epns_kernel ()->columns, from, column, row, to);
}

void
epns_multiply (gsize m, gsize n, gsize k, const float *left, const float *right, gboolean add,
               float *c, gsize row)
{
  const EpnsKernel *kernel = epns_kernel ();
  float tile[EPNS_KERNEL_MAX_TILE];

  for (gsize j = 0; j < n; j += kernel->columns) {
    const gsize columns = MIN (kernel->columns, n - j),
                vectors = (columns + kernel->lanes - 1) / kernel->lanes;
    for (gsize i = 0; i < m; i += kernel->rows) {
      kernel->tile[vectors - 1](k, left + i * k, right + j * k, NULL, kernel->columns, tile);
      for (gsize r = 0; r < MIN (kernel->rows, m - i); r++) {
        float *to = c + (i + r) * row + j;
        const float *from = tile + r * kernel->columns;
        if (!add)
          memcpy (to, from, columns * sizeof *to);
        else
          for (gsize s = 0; s < columns; s++)
            to[s] += from[s];
      }
    }
  }
}
