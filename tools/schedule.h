/* SPDX-License-Identifier: MIT */
/* When frames are taken: the start, then every so many native steps of the model, up to the end. */
#pragma once
#include "tools/step-model.h"

typedef struct {
  double dt;             /* one native step, in the model's time unit */
  double every, until;   /* between frames, and the last one's time; multiples of dt and every */
  guint32 steps_a_frame; /* native steps between frames */
  guint64 n_frames;      /* with the start */
  char *note;            /* one line where the scenario's own times had to be rounded; else NULL */
} EpnsSchedule;

/* `until` and `every` are what the user asked for, NaN where the scenario's plan decides. A time
 * asked for that is no multiple of the model's step (or `until` none of `every`) is
 * EPNS_FAILURE_RANGE naming the nearest that are; the plan's own times are rounded instead:
 * `every` up (to a divisor of `until` where that was asked for), `until` down. [any] */
gboolean epns_schedule_make (EpnsSchedule *self, const EpnsStepModel *model,
                             const EpnsRunPlan *plan, double until, double every, GError **error);
void     epns_schedule_clear (EpnsSchedule *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (EpnsSchedule, epns_schedule_clear)
