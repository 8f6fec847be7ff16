/* SPDX-License-Identifier: MIT */
/* How the learning rate, and what is minimised, change over a training. [any] */
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

/* Minartz et al. 2023 (arXiv 2305.14286), published code, in epochs of `epoch` steps each. */
typedef struct {
  guint64 epoch;  /* steps, > 0 */
  guint64 epochs; /* of the whole training, > 0 */

  /* Weight of the KL divergence: over the first `ramp` of each of `cycles` equal cycles it rises
   * evenly to `beta`, and stays; with cycles 0 it is beta throughout. Fu et al., Cyclical Annealing
   * Schedule (NAACL 2019). */
  double beta, ramp;
  guint cycles;

  /* Learned steps in a row: 1 up to and including epoch `single`, then one more at once and after
   * each `every` epochs, `most` at most; most <= 1: always 1. */
  guint64 single, every;
  guint most;
} EpnsObjectiveSchedule;

/* p = (ep mod cycle + 1) / cycle, cycle = epochs / cycles rounded down: beta min (1, p / ramp);
 * beta where p > ramp or ep is past the last whole cycle. */
double epns_beta_at (const EpnsObjectiveSchedule *self, guint64 step);

/* min (most, 2 + (ep - single) / every), rounded down, after epoch `single`. */
guint epns_steps_in_a_row_at (const EpnsObjectiveSchedule *self, guint64 step);
