/* SPDX-License-Identifier: MIT */
/* Times on the model's grid of native steps. */
#include "tools/schedule.h"

#include "plugin/error.h"

#include <math.h>

#define MOST_STEPS 4e15 /* whole numbers below are exact in a double, with room to spare */

#define MOST_FRAMES 1e7

/* How many units make up `time`, or -1 where it is no multiple. */
static double
multiple (double time, double unit)
{
  double n = rint (time / unit);

  return fabs (time / unit - n) <= 1e-9 * fmax (1, n) ? n : -1;
}

static gboolean
refuse (const char *option, double time, const char *of, double unit, const char *time_unit,
        GError **error)
{
  double below = floor (time / unit) * unit, above = below + unit;
  g_autofree char *first = below > 0 ? g_strdup_printf ("%.10g or ", below) : g_strdup ("");

  g_set_error (error, EPNS_FAILURE, EPNS_FAILURE_RANGE,
               "%s %.10g: not a multiple of %s, %.10g %s; the nearest are %s%.10g", option, time,
               of, unit, time_unit, first, above);
  return FALSE;
}

static gboolean
check_range (const char *option, double time, double dt, const char *unit, GError **error)
{
  if (time > 0 && time / dt < MOST_STEPS)
    return TRUE;
  g_set_error (error, EPNS_FAILURE, EPNS_FAILURE_RANGE,
               "%s %.10g: give a time in %s above 0 and below %.3g", option, time, unit,
               dt * MOST_STEPS);
  return FALSE;
}

/* The first spacing from the plan's own on that divides the run. */
static double
spacing_of (double until, double dt, double planned)
{
  guint64 steps = (guint64) rint (until / dt), k = (guint64) fmax (1, ceil (planned / dt - 1e-9));

  while (k < steps && steps % k != 0 && k < G_MAXINT32)
    k++;
  return (double) MIN (k, steps) * dt;
}

static gboolean
choose_every (EpnsSchedule *self, const EpnsStepModel *model, double every, GError **error)
{
  self->every = every;
  if (!check_range ("--every", every, self->dt, model->time_unit, error))
    return FALSE;
  double steps = multiple (every, self->dt);
  if (steps < 1)
    return refuse ("--every", every, "the model's step", self->dt, model->time_unit, error);
  if (steps > G_MAXINT32) {
    g_set_error (error, EPNS_FAILURE, EPNS_FAILURE_RANGE,
                 "--every %.10g: at most %d steps of %.10g %s lie between frames", every,
                 G_MAXINT32, self->dt, model->time_unit);
    return FALSE;
  }
  self->steps_a_frame = (guint32) steps;
  return TRUE;
}

/* How many spacings the run has: what was asked for must divide, what the plan says is rounded
 * down. */
static double
count_frames (const EpnsSchedule *self, const EpnsStepModel *model, const EpnsRunPlan *plan,
              double until, GError **error)
{
  double frames = isnan (until) ? floor (plan->until / self->every + 1e-9)
                                : multiple (until, self->every);

  if (frames >= 1)
    return frames;
  if (isnan (until))
    g_set_error (
        error, EPNS_FAILURE, EPNS_FAILURE_RANGE,
        "the scenario ends at %.10g, before the first frame at %.10g %s; give --until and --every",
        plan->until, self->every, model->time_unit);
  else
    refuse ("--until", until, "--every", self->every, model->time_unit, error);
  return 0;
}

gboolean
epns_schedule_make (EpnsSchedule *self, const EpnsStepModel *model, const EpnsRunPlan *plan,
                    double until, double every, GError **error)
{
  double planned = plan->every;

  *self = (EpnsSchedule){ .dt = model->native_dt };
  if (!isnan (until) && !check_range ("--until", until, self->dt, model->time_unit, error))
    return FALSE;
  if (!isnan (until) && multiple (until, self->dt) < 1)
    return refuse ("--until", until, "the model's step", self->dt, model->time_unit, error);
  if (isnan (every))
    every = isnan (until) ? fmax (1, ceil (planned / self->dt - 1e-9)) * self->dt
                          : spacing_of (until, self->dt, planned);
  else
    planned = every;
  if (!choose_every (self, model, every, error))
    return FALSE;
  double frames = count_frames (self, model, plan, until, error);
  if (frames < 1)
    return FALSE;
  if (frames > MOST_FRAMES) {
    g_set_error (error, EPNS_FAILURE, EPNS_FAILURE_RANGE,
                 "%.10g frames: give an --every that leaves at most %.0g", frames, MOST_FRAMES);
    return FALSE;
  }
  self->until = frames * self->every;
  self->n_frames = (guint64) frames + 1;
  if (isnan (until))
    until = plan->until;
  if (fabs (self->until - until) > 1e-9 * until || fabs (self->every - planned) > 1e-9 * planned)
    self->note = g_strdup_printf ("frames every %.10g up to %.10g %s: the model's step is %.10g %s",
                                  self->every, self->until, model->time_unit, self->dt,
                                  model->time_unit);
  return TRUE;
}

void
epns_schedule_clear (EpnsSchedule *self)
{
  g_clear_pointer (&self->note, g_free);
}
