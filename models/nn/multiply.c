/* SPDX-License-Identifier: MIT */
/* Matrix products, a tile at a time. */
#include "models/nn/multiply.h"
#include "models/nn/kernel.h"
#include "models/nn/transpose.h"

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

/* n rows of a panel, k numbers in a row of each: four by four, then the rest. */
static void
pack_rows (gsize n, gsize k, gsize width, const float *from, gsize across, float *to)
{
  const gsize whole_n = n / 4 * 4, whole_k = k / 4 * 4;

  for (gsize i = 0; i < whole_n; i += 4)
    for (gsize l = 0; l < whole_k; l += 4)
      epns_transpose_four (from + i * across + l, across, to + l * width + i, width);
  for (gsize i = 0; i < n; i++)
    for (gsize l = i < whole_n ? whole_k : 0; l < k; l++)
      to[l * width + i] = from[i * across + l];
}

/* Panels of `width` rows or columns, k after k, filled up with zeros. */
static void
pack (gsize n, gsize k, gsize width, const float *from, gsize across, gsize along, float *to)
{
  for (gsize first = 0; first < n; first += width, from += width * across, to += width * k) {
    const gsize here = MIN (width, n - first);

    if (along == 1)
      pack_rows (here, k, width, from, across, to);
    else if (across == 1)
      for (gsize l = 0; l < k; l++)
        memcpy (to + l * width, from + l * along, here * sizeof *to);
    else
      for (gsize l = 0; l < k; l++)
        for (gsize i = 0; i < here; i++)
          to[l * width + i] = from[i * across + l * along];
    for (gsize l = 0; l < k; l++)
      for (gsize i = here; i < width; i++)
        to[l * width + i] = 0.0f;
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

EpnsRight
epns_right_rows (const float *from, gsize row)
{
  return (EpnsRight){ from, row, epns_kernel ()->columns };
}

EpnsRight
epns_right_packed (const float *packed, gsize k, gsize first)
{
  const gsize columns = epns_kernel ()->columns;

  return (EpnsRight){ packed + first * columns, columns, k * columns };
}

void
epns_product (gsize m, gsize n, gsize k, EpnsLeft left, EpnsRight right, EpnsResult result)
{
  const EpnsProduct product = { .m = m,
                                .n = n,
                                .k = k,
                                .left = left.from,
                                .left_row = left.row,
                                .left_column = left.column,
                                .right = right.from,
                                .right_row = right.row,
                                .right_panel = right.panel,
                                .c = result.to,
                                .c_row = result.row,
                                .add = result.add,
                                .bias = result.bias,
                                .relu = result.relu };

  epns_kernel ()->multiply (&product);
}
