/* SPDX-License-Identifier: MIT */
/* Patches as columns and back. */
#include "models/nn/patches.h"

#include <string.h>

#define CHUNK_FLOATS (256 * 1024) /* a chunk of columns: 1 MiB, half a level-2 cache */

void
epns_patches_set_rows (EpnsPatches *self)
{
  gsize fit = CHUNK_FLOATS / (epns_patches_depth (self) * self->out_w);

  self->rows = CLAMP (fit, 1, self->out_h);
}

gboolean
epns_patches_trivial (const EpnsPatches *self)
{
  return self->kh == 1 && self->kw == 1 && self->stride == 1 && self->out_h == self->height &&
         self->out_w == self->width;
}

/* One row of sites against one row of the image, shifted by kernel column j: sites lo .. hi - 1 see
 * the image. */
typedef struct {
  gsize lo, hi;
  gint64 start; /* image column that site 0 sees */
} Span;

static Span
span_of (const EpnsPatches *self, gsize j)
{
  gint64 start = (gint64) j - self->left, s = (gint64) self->stride;
  gint64 lo = start < 0 ? (-start + s - 1) / s : 0;
  gint64 hi = start < (gint64) self->width ? ((gint64) self->width - 1 - start) / s + 1 : 0;

  lo = MIN (lo, (gint64) self->out_w);
  hi = CLAMP (hi, lo, (gint64) self->out_w);
  return (Span){ (gsize) lo, (gsize) hi, start };
}

static void
gather_row (const EpnsPatches *self, Span span, const float *line, float *to)
{
  memset (to, 0, span.lo * sizeof *to);
  if (self->stride == 1)
    memcpy (to + span.lo, line + span.start + (gint64) span.lo, (span.hi - span.lo) * sizeof *to);
  else
    for (gsize x = span.lo; x < span.hi; x++)
      to[x] = line[span.start + (gint64) (x * self->stride)];
  memset (to + span.hi, 0, (self->out_w - span.hi) * sizeof *to);
}

static void
scatter_row (const EpnsPatches *self, Span span, const float *from, float *line)
{
  if (self->stride == 1) {
    float *to = line + span.start + (gint64) span.lo;
    for (gsize x = 0; x < span.hi - span.lo; x++)
      to[x] += from[span.lo + x];
  } else {
    for (gsize x = span.lo; x < span.hi; x++)
      line[span.start + (gint64) (x * self->stride)] += from[x];
  }
}

/* Image row that kernel row i sees at site row y, or -1 outside. */
static gint64
image_row (const EpnsPatches *self, gsize y, gsize i)
{
  gint64 row = (gint64) (y * self->stride + i) - self->top;

  return row >= 0 && row < (gint64) self->height ? row : -1;
}

void
epns_patches_gather (const EpnsPatches *self, const float *image, gsize first, gsize n,
                     float *columns)
{
  for (gsize c = 0; c < self->channels; c++)
    for (gsize i = 0; i < self->kh; i++)
      for (gsize j = 0; j < self->kw; j++) {
        Span span = span_of (self, j);
        const float *plane = image + c * self->height * self->width;
        for (gsize y = first; y < first + n; y++, columns += self->out_w) {
          gint64 row = image_row (self, y, i);
          if (row < 0)
            memset (columns, 0, self->out_w * sizeof *columns);
          else
            gather_row (self, span, plane + (gsize) row * self->width, columns);
        }
      }
}

void
epns_patches_scatter (const EpnsPatches *self, const float *columns, gsize first, gsize n,
                      float *image)
{
  for (gsize c = 0; c < self->channels; c++)
    for (gsize i = 0; i < self->kh; i++)
      for (gsize j = 0; j < self->kw; j++) {
        Span span = span_of (self, j);
        float *plane = image + c * self->height * self->width;
        for (gsize y = first; y < first + n; y++, columns += self->out_w) {
          gint64 row = image_row (self, y, i);
          if (row >= 0)
            scatter_row (self, span, columns, plane + (gsize) row * self->width);
        }
      }
}
