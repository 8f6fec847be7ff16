/* SPDX-License-Identifier: MIT */
/* Rollouts in numbers. */
#include "compare/rollout.h"

#include "compare/ks.h"
#include "compare/observables.h"
#include "compare/statistics.h"

#include <math.h>

const char *const epns_rollout_series[EPNS_ROLLOUT_SERIES]
    = { "volume",       "volume-spread", "heterotypic-boundary", "clusters",       "path-length",
        "displacement", "speed",         "nearest-distance",     "kinetic-energy", "total-energy" };

typedef struct {
  const double *value; /* [member][frame] */
  guint32 members, frames;
} Series;

/* value NULL where there is no such series. */
static Series
find (const GPtrArray *all, const EpnsTrajectory *of, const char *name)
{
  for (guint i = 0; i < all->len; i++)
    if (g_str_equal (((const EpnsSeries *) all->pdata[i])->name, name))
      return (Series){ ((const EpnsSeries *) all->pdata[i])->value, of->meta->members,
                       of->meta->frames };
  return (Series){ .value = NULL };
}

/* Over the members for which it is defined. */
static double
mean_at (const Series *self, guint32 frame)
{
  double sum = 0;
  guint32 n = 0;

  for (guint32 m = 0; m < self->members; m++) {
    double value = self->value[m * self->frames + frame];
    if (!isnan (value)) {
      sum += value;
      n++;
    }
  }
  return n > 0 ? sum / n : NAN;
}

/* All values after the start, ascending; how many. */
static gsize
gather (const Series *self, double *into)
{
  gsize n = 0;

  for (guint32 m = 0; m < self->members; m++)
    for (guint32 f = 1; f < self->frames; f++)
      if (!isnan (self->value[m * self->frames + f]))
        into[n++] = self->value[m * self->frames + f];
  epns_sort (into, n);
  return n;
}

static double
ks_of (const Series *a, const Series *b)
{
  g_autofree double *x = g_new (double, a->members *a->frames),
                    *y = g_new (double, b->members *b->frames);
  gsize n = gather (a, x), m = gather (b, y);

  return n > 0 && m > 0 ? epns_ks (x, n, y, m) : NAN;
}

/* Relative differences of the means, added up; how many there are goes to *n. */
static double
add_differences (const Series *held_out, const Series *learned, guint32 *n)
{
  double sum = 0;

  for (guint32 f = 1; f < held_out->frames; f++) {
    double of = mean_at (held_out, f), difference = fabs (mean_at (learned, f) - of) / fabs (of);
    if (isfinite (difference)) {
      sum += difference;
      (*n)++;
    }
  }
  return sum;
}

void
epns_rollout_measure (const EpnsTrajectory *held_out, const EpnsTrajectory *learned,
                      EpnsRollout *rollout)
{
  g_autoptr (GPtrArray) theirs = epns_series_measure (held_out),
                        ours = epns_series_measure (learned);
  const gboolean lattice = held_out->meta->layout == &epns_layout_lattice;
  double sum = 0;
  guint32 n = 0;

  for (guint i = 0; i < EPNS_ROLLOUT_SERIES; i++) {
    rollout->of[i] = (EpnsRolloutValue){ NAN, NAN, NAN };
    const Series a = find (theirs, held_out, epns_rollout_series[i]),
                 b = find (ours, learned, epns_rollout_series[i]);
    if (lattice != (i < EPNS_ROLLOUT_LATTICE) || a.value == NULL || b.value == NULL)
      continue;
    rollout->of[i] = (EpnsRolloutValue){ .held_out = mean_at (&a, a.frames - 1),
                                         .learned = mean_at (&b, b.frames - 1),
                                         .ks = ks_of (&a, &b) };
    sum += add_differences (&a, &b, &n);
  }
  rollout->apart = n > 0 ? sum / n : NAN;
}
