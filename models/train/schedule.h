/* SPDX-License-Identifier: MIT */
/* How the learning rate changes over a training. [any] */
#pragma once
#include <glib.h>

typedef struct {
  gboolean cosine;    /* else constant */
  double first, last; /* last: where the cosine ends; not looked at without */
  guint64 warm_up;    /* steps over which the rate rises evenly to `first` */
  guint64 steps;      /* of the whole training, > 0 */
} EpnsRateSchedule;

/* The rate of step 0, 1, ...: min (1, (step + 1) / warm_up) times first, or last + (first - last)
 * (1 + cos (pi step / steps)) / 2. Loshchilov and Hutter, SGDR (ICLR 2017), without restarts. */
double epns_rate_at (const EpnsRateSchedule *self, guint64 step);
