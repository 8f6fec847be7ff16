/* SPDX-License-Identifier: MIT */
/* Stability by the published rule, and the way out of the noise. */
#include "compare/horizon.h"

#include <math.h>
#include <string.h>

#define PUBLISHED_MEAN 23.0 /* sites: of native cells of the published scenario */

EpnsStabilityRule
epns_stability_published (double mean_volume, gboolean *scaled)
{
  EpnsStabilityRule rule = { 16, 30, 12 / 64.0 };

  *scaled = !(mean_volume > 0.8 * PUBLISHED_MEAN && mean_volume < 1.2 * PUBLISHED_MEAN);
  if (*scaled && mean_volume > 0) {
    rule.low *= mean_volume / PUBLISHED_MEAN;
    rule.high *= mean_volume / PUBLISHED_MEAN;
  }
  return rule;
}

static void
count_volumes (const EpnsTrajectory *of, guint32 member, guint32 frame, guint32 *volume)
{
  const gint32 *id = epns_trajectory_frame (of, member, frame);
  gsize sites = epns_trajectory_meta_sites (of->meta);

  memset (volume, 0, of->n_rows * sizeof *volume);
  for (gsize s = 0; s < sites; s++)
    volume[id[s]]++;
}

/* Is more than the rule's share of the cells seen so far outside its bounds? */
static gboolean
breaks (const EpnsStabilityRule *rule, const guint32 *volume, gboolean *seen, gsize n_rows)
{
  gsize cells = 0, outside = 0;

  for (gsize c = 1; c < n_rows; c++) {
    seen[c] = seen[c] || volume[c] > 0;
    cells += seen[c] ? 1 : 0;
    outside += seen[c] && (volume[c] < rule->low || volume[c] > rule->high) ? 1 : 0;
  }
  return (double) outside > rule->share * (double) cells;
}

/* broken: [n_times + 1] members that break at each time; the last: not at all. */
static void
sum_up (EpnsStability *self, const guint32 *broken, guint32 members, const double *time,
        guint32 n_times)
{
  self->stable = g_new (double, n_times);
  self->first = NAN;
  self->unstable = 0;
  for (guint32 t = 0; t < n_times; t++) {
    self->unstable += broken[t];
    if (broken[t] > 0 && isnan (self->first))
      self->first = time[t];
    self->stable[t] = 1 - (double) self->unstable / members;
  }
}

void
epns_stability_judge (EpnsStability *self, const EpnsTrajectory *of, guint32 first_member,
                      guint32 members, const guint32 *frame, const double *time, guint32 n_times)
{
  g_autofree guint32 *volume = g_new (guint32, of->n_rows);
  g_autofree gboolean *seen = g_new (gboolean, of->n_rows);
  g_autofree guint32 *broken = g_new0 (guint32, n_times + 1);

  for (guint32 m = 0; m < members; m++) {
    guint32 t = 0;
    memset (seen, 0, of->n_rows * sizeof *seen);
    for (; t < n_times; t++) {
      count_volumes (of, first_member + m, frame[t], volume);
      if (breaks (&self->rule, volume, seen, of->n_rows))
        break;
    }
    broken[t]++;
  }
  sum_up (self, broken, members, time, n_times);
}

void
epns_stability_judge_energy (EpnsStability *self, const double *energy, guint32 n_frames,
                             guint32 first_member, guint32 members, const guint32 *frame,
                             const double *time, guint32 n_times)
{
  g_autofree guint32 *broken = g_new0 (guint32, n_times + 1);

  for (guint32 m = 0; m < members; m++) {
    const double *of = energy + (gsize) (first_member + m) * n_frames;
    guint32 t = 1;
    while (t < n_times && of[frame[t]] - of[frame[t - 1]] <= EPNS_STABILITY_JUMP)
      t++;
    broken[t]++;
  }
  sum_up (self, broken, members, time, n_times);
}

double
epns_mean_volume (const EpnsTrajectory *of, const guint32 *frame, guint32 n_times)
{
  g_autofree guint32 *volume = g_new (guint32, of->n_rows);
  double sites = 0, cells = 0;

  for (guint32 m = 0; m < of->meta->members; m++)
    for (guint32 t = 0; t < n_times; t++) {
      count_volumes (of, m, frame[t], volume);
      for (gsize c = 1; c < of->n_rows; c++) {
        sites += volume[c];
        cells += volume[c] > 0;
      }
    }
  return cells > 0 ? sites / cells : NAN;
}

guint32
epns_leaves_floor (const double *course, const double *floor, guint32 n)
{
  double highest = NAN;

  for (guint32 t = 0; t < n; t++)
    highest = fmax (highest, floor[t]); /* of a number and a NaN: the number */
  for (guint32 t = 0; t < n; t++)
    if (course[t] > highest && (t + 1 == n || course[t + 1] > highest))
      return t;
  return n;
}
