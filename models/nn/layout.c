/* SPDX-License-Identifier: MIT */
/* Layouts. */
#include "models/nn/layout.h"

#include <string.h>

/* Image row `line` in the plane whose columns are q, q + s, q + 2 s, ... */
static void
lay_out_row (const EpnsLayout *self, const float *line, gsize q, float *to)
{
  const gint64 s = (gint64) self->stride, width = (gint64) self->width;
  const gint64 start = (gint64) q - self->left; /* image column of to[0] */
  const gint64 lo = start < 0 ? (-start + s - 1) / s : 0;
  const gint64 end = start < width ? (width - 1 - start) / s + 1 : 0;
  const gint64 hi = MIN (end, (gint64) self->plane_w);

  if (s == 1 && lo < hi)
    memcpy (to + lo, line + start + lo, (gsize) (hi - lo) * sizeof *to);
  for (gint64 x = lo; s > 1 && x < hi; x++)
    to[x] = line[start + x * s];
}

void
epns_lay_out (const EpnsLayout *self, const float *from, float *to)
{
  const gsize s = self->stride;

  for (gsize c = 0; c < self->channels; c++, from += self->height * self->width)
    for (gsize p = 0; p < s; p++)
      for (gsize q = 0; q < s; q++, to += self->plane)
        for (gsize y = 0; y < self->plane_h; y++) {
          const gint64 row = (gint64) (y * s + p) - self->top;
          if (row >= 0 && row < (gint64) self->height)
            lay_out_row (self, from + (gsize) row * self->width, q, to + y * self->plane_w);
        }
}

guint
epns_cut_rows (gsize first, gsize n, gsize pitch, gsize lo, gsize hi, EpnsPiece *pieces)
{
  guint n_pieces = 0;

  for (gsize at = 0; at < n;) {
    gsize column = (first + at) % pitch, row = (first + at) / pitch;
    gsize length = MIN (pitch - column, n - at); /* what is left of the row */
    gsize begin = MAX (column, lo), end = MIN (column + length, hi);
    if (begin < end)
      pieces[n_pieces++] = (EpnsPiece){ at + begin - column, end - begin, row, begin };
    at += length;
  }
  return n_pieces;
}
