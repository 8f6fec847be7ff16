/* SPDX-License-Identifier: MIT */
/* The learning rate, the weight of the KL divergence, the number of learned steps in a row. */
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

double
epns_beta_at (const EpnsObjectiveSchedule *self, guint64 step)
{
  guint64 epoch = step / self->epoch, cycle = self->cycles > 0 ? self->epochs / self->cycles : 0;

  if (cycle == 0 || epoch >= cycle * self->cycles)
    return self->beta;
  double part = (double) (epoch % cycle + 1) / (double) cycle;
  return part > self->ramp ? self->beta : self->beta * part / self->ramp;
}

guint
epns_steps_in_a_row_at (const EpnsObjectiveSchedule *self, guint64 step)
{
  guint64 epoch = step / self->epoch;

  if (epoch <= self->single || self->most <= 1)
    return 1;
  return (guint) MIN (2 + (epoch - self->single) / self->every, self->most);
}
