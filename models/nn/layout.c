/* SPDX-License-Identifier: MIT */
/* Layouts. */
#include "models/nn/layout.h"

#include <string.h>

/* Short runs, for which a call costs more than the copy. */
static inline void
copy (float *to, const float *from, gsize n)
{
  for (; n >= 16; n -= 16, to += 16, from += 16)
    memcpy (to, from, 16 * sizeof *to);
  for (; n >= 4; n -= 4, to += 4, from += 4)
    memcpy (to, from, 4 * sizeof *to);
  for (gsize i = 0; i < n; i++)
    to[i] = from[i];
}

/* Of `count` samples, of which sample i stands for image sample i s + start: those inside an image
 * of `extent`. */
static void
inside (gint64 start, gint64 s, gint64 extent, gint64 count, gsize *lo, gsize *hi)
{
  const gint64 end = start < extent ? (extent - 1 - start) / s + 1 : 0;

  *hi = (gsize) MAX (MIN (end, count), 0);
  *lo = MIN (start < 0 ? (gsize) ((-start + s - 1) / s) : 0, *hi);
}

/* One plane of every channel: rows p, p + s, ... and columns q, q + s, ... of the image with its
 * zeros around it. */
static void
lay_out_planes (const EpnsLayout *self, const float *from, gsize p, gsize q, float *to)
{
  const gint64 s = (gint64) self->stride, top = (gint64) p - self->top,
               left = (gint64) q - self->left;
  gsize y_lo, y_hi, x_lo, x_hi;

  inside (top, s, (gint64) self->height, (gint64) self->plane_h, &y_lo, &y_hi);
  inside (left, s, (gint64) self->width, (gint64) self->plane_w, &x_lo, &x_hi);
  for (gsize c = 0; c < self->channels; c++) {
    const float *image = from + c * self->height * self->width;
    float *plane = to + c * self->stride * self->stride * self->plane;
    memset (plane, 0, self->plane_h * self->plane_w * sizeof *plane);
    for (gsize y = y_lo; y < y_hi; y++) {
      const float *line = image + ((gint64) y * s + top) * (gint64) self->width + left;
      float *row = plane + y * self->plane_w;
      if (s == 1)
        copy (row + x_lo, line + x_lo, x_hi - x_lo);
      for (gsize x = x_lo; s > 1 && x < x_hi; x++)
        row[x] = line[(gint64) x * s];
    }
  }
}

void
epns_lay_out (const EpnsLayout *self, const float *from, float *to)
{
  for (gsize p = 0; p < self->stride; p++)
    for (gsize q = 0; q < self->stride; q++)
      lay_out_planes (self, from, p, q, to + (p * self->stride + q) * self->plane);
}

guint
epns_cut_rows (gsize first, gsize n, gsize pitch, gsize lo, gsize hi, EpnsPiece *pieces)
{
  gsize row = first / pitch, column = first % pitch, length;
  guint n_pieces = 0;

  for (gsize at = 0; at < n; at += length, row++, column = 0) {
    length = MIN (pitch - column, n - at); /* what is left of the row */
    gsize begin = MAX (column, lo), end = MIN (column + length, hi);
    if (begin < end)
      pieces[n_pieces++] = (EpnsPiece){ at + begin - column, end - begin, row, begin };
  }
  return n_pieces;
}
