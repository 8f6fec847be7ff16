/* SPDX-License-Identifier: MIT */
/* Remainders of rows and columns. */
#include "models/nn/phase.h"

static gsize
taps_of (gsize kernel, gsize remainder, gsize stride)
{
  return remainder < kernel ? (kernel - 1 - remainder) / stride + 1 : 0;
}

/* Of a phase's rows or columns 0 .. reach - 1 those lo .. hi - 1 that lie in the image. */
static void
inside (gsize remainder, gsize stride, gint64 before, gsize extent, gsize reach, gsize *lo,
        gsize *hi)
{
  const gint64 first = before - (gint64) remainder, last = first + (gint64) extent - 1,
               s = (gint64) stride;

  *lo = first > 0 ? (gsize) ((first + s - 1) / s) : 0;
  *hi = last < 0 ? 0 : MIN ((gsize) (last / s) + 1, reach);
}

EpnsPhase
epns_phase_at (const EpnsCorrelation *shape, gsize i)
{
  const gsize s = shape->stride;
  EpnsPhase self = { .p = i / s, .q = i % s };

  self.taps_h = taps_of (shape->kh, self.p, s);
  self.taps_w = taps_of (shape->kw, self.q, s);
  inside (self.p, s, shape->top, shape->height, shape->out_h + (shape->kh - 1) / s, &self.y_lo,
          &self.y_hi);
  inside (self.q, s, shape->left, shape->width, shape->out_w + (shape->kw - 1) / s, &self.x_lo,
          &self.x_hi);
  return self;
}
