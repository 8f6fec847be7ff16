/* SPDX-License-Identifier: MIT */
/* The learning rate. */
#include "models/train/schedule.h"

#include <math.h>

double
epns_rate_at (const EpnsRateSchedule *self, guint64 step)
{
  double part = MIN ((double) step / (double) self->steps, 1.0), rate = self->first;

  if (self->cosine)
    rate = self->last + (self->first - self->last) * 0.5 * (1 + cos (G_PI * part));
  return step + 1 < self->warm_up ? rate * (double) (step + 1) / (double) self->warm_up : rate;
}
