/* SPDX-License-Identifier: MIT */
/* Series by series and time by time; then all tests adjusted together. */
#include "compare/analysis.h"
#include "compare/observables/all.h"

#include "compare/calibration.h"
#include "compare/distances.h"
#include "compare/ks.h"
#include "compare/multiplicity.h"
#include "compare/scores.h"
#include "compare/statistics.h"

#include <math.h>
#include <string.h>

const double epns_coverage_levels[EPNS_COVERAGE_LEVELS] = { 0.5, 0.8, 0.9, 0.95 };

/* The ensembles, in this order: what is forecast, the forecast; twice. */
enum { NATIVE, LEARNED, FLOOR_A, FLOOR_B, N_ENSEMBLES };

typedef struct {
  double *value; /* ascending; owned */
  gsize n;
} Sample;

static void
take_samples (const EpnsComparison *of, guint series, guint32 time, Sample *into)
{
  const EpnsEnsemble *const all[N_ENSEMBLES] = { &of->native, &of->learned, &of->floor_a,
                                                 &of->floor_b };

  for (int e = 0; e < N_ENSEMBLES; e++) {
    into[e].value = g_new (double, all[e]->n);
    into[e].n = epns_ensemble_sample (all[e], series, time, into[e].value);
  }
}

static void
clear_samples (Sample *samples)
{
  for (int e = 0; e < N_ENSEMBLES; e++)
    g_free (samples[e].value);
}

static EpnsContrast
contrast (const Sample *observed, const Sample *forecast)
{
  const double *y = observed->value, *x = forecast->value;
  gsize m = observed->n, n = forecast->n;
  EpnsContrast self = { NAN, NAN, NAN, NAN, NAN, NAN, NAN, NAN, { NAN, NAN, NAN, NAN } };

  if (n == 0 || m == 0)
    return self;
  self.ks = epns_ks (y, m, x, n);
  if (fmin (x[0], y[0]) < fmax (x[n - 1], y[m - 1]))
    self.p = epns_ks_p (y, m, x, n);
  self.wasserstein = epns_wasserstein (y, m, x, n);
  self.energy_distance = epns_energy_distance (y, m, x, n);
  self.crps = epns_mean_crps (x, n, y, m);
  self.spread_skill = epns_spread_skill (x, n, y, m);
  for (int k = 0; k < EPNS_COVERAGE_LEVELS; k++)
    self.coverage[k] = epns_coverage (x, n, y, m, epns_coverage_levels[k]);
  return self;
}

static EpnsFinding
find (const EpnsComparison *of, guint series, guint32 time, EpnsCourse *course)
{
  Sample s[N_ENSEMBLES];

  take_samples (of, series, time, s);
  EpnsFinding self = {
    .series = series,
    .time = time,
    .native_n = s[NATIVE].n,
    .learned_n = s[LEARNED].n,
    .native_mean = epns_mean (s[NATIVE].value, s[NATIVE].n),
    .native_deviation = epns_deviation (s[NATIVE].value, s[NATIVE].n),
    .learned_mean = epns_mean (s[LEARNED].value, s[LEARNED].n),
    .learned_deviation = epns_deviation (s[LEARNED].value, s[LEARNED].n),
    .learned = contrast (&s[NATIVE], &s[LEARNED]),
    .floor = contrast (&s[FLOOR_A], &s[FLOOR_B]),
  };
  double difference = fabs (self.learned_mean - self.native_mean);
  self.shift = difference == 0 ? 0 : difference / self.native_deviation;
  if (s[LEARNED].n > 1)
    epns_rank_histogram (s[LEARNED].value, s[LEARNED].n, s[NATIVE].value, s[NATIVE].n,
                         course->ranks, EPNS_RANK_BINS);
  if (s[FLOOR_B].n > 1)
    epns_rank_histogram (s[FLOOR_B].value, s[FLOOR_B].n, s[FLOOR_A].value, s[FLOOR_A].n,
                         course->floor_ranks, EPNS_RANK_BINS);
  clear_samples (s);
  return self;
}

/* The mean coverage over a series' findings, where it is defined. */
static void
average_coverage (EpnsCourse *course, const EpnsFinding *findings, gsize n)
{
  for (int k = 0; k < EPNS_COVERAGE_LEVELS; k++) {
    double sum = 0, floor_sum = 0, known = 0, floor_known = 0;
    for (gsize i = 0; i < n; i++) {
      if (!isnan (findings[i].learned.p) && !isnan (findings[i].learned.coverage[k])) {
        sum += findings[i].learned.coverage[k];
        known++;
      }
      if (!isnan (findings[i].floor.p) && !isnan (findings[i].floor.coverage[k])) {
        floor_sum += findings[i].floor.coverage[k];
        floor_known++;
      }
    }
    course->coverage[k] = known > 0 ? sum / known : NAN;
    course->floor_coverage[k] = floor_known > 0 ? floor_sum / floor_known : NAN;
  }
}

static void
follow (EpnsCourse *course, const EpnsComparison *of, guint series)
{
  course->ks = g_new (double, of->n_times);
  course->floor_ks = g_new (double, of->n_times);
  for (guint32 t = 0; t < of->n_times; t++) {
    Sample s[N_ENSEMBLES];
    take_samples (of, series, t, s);
    course->ks[t] = s[NATIVE].n && s[LEARNED].n ? epns_ks (s[NATIVE].value, s[NATIVE].n,
                                                           s[LEARNED].value, s[LEARNED].n)
                                                : NAN;
    course->floor_ks[t] = s[FLOOR_A].n && s[FLOOR_B].n
                              ? epns_ks (s[FLOOR_A].value, s[FLOOR_A].n, s[FLOOR_B].value,
                                         s[FLOOR_B].n)
                              : NAN;
    clear_samples (s);
  }
  course->leaves = epns_leaves_floor (course->ks, course->floor_ks, of->n_times);
  course->unevenness = epns_rank_unevenness (course->ranks, EPNS_RANK_BINS);
  course->floor_unevenness = epns_rank_unevenness (course->floor_ranks, EPNS_RANK_BINS);
}

static void
free_course (gpointer data)
{
  EpnsCourse *self = data;

  g_free (self->ks);
  g_free (self->floor_ks);
  g_free (self);
}

/* Adjust the p-values at `offset` of every finding, which is an EpnsContrast. */
static gsize
adjust (GArray *findings, gsize offset)
{
  gsize n = findings->len, tests = 0;
  g_autofree double *p = g_new (double, n), *holm = g_new (double, n), *fdr = g_new (double, n);
#define CONTRAST(i) \
  ((EpnsContrast *) (void *) ((char *) &g_array_index (findings, EpnsFinding, i) + offset))

  for (guint i = 0; i < n; i++) {
    p[i] = CONTRAST (i)->p;
    tests += !isnan (p[i]);
  }
  epns_adjust_holm (p, holm, n);
  epns_adjust_fdr (p, fdr, n);
  for (guint i = 0; i < n; i++) {
    CONTRAST (i)->holm = holm[i];
    CONTRAST (i)->fdr = fdr[i];
  }
#undef CONTRAST
  return tests;
}

/* Members as vectors of the series that vary natively, each less its native mean and over its
 * native deviation: [n][size]. */
static double *
standardised (const EpnsEnsemble *of, guint32 time, const GArray *series, const double *mean,
              const double *deviation)
{
  double *vectors = g_new (double, of->n *series->len);

  for (guint32 m = 0; m < of->n; m++)
    for (guint k = 0; k < series->len; k++) {
      const EpnsSeries *from = of->series->pdata[g_array_index (series, guint, k)];
      double value = from->value[(of->first + m) * of->of->meta->frames + of->frame[time]];
      vectors[m * series->len + k] = (value - mean[k]) / deviation[k];
    }
  return vectors;
}

/* The series with a value in every member and a native spread. */
static GArray *
scorable (const EpnsComparison *of, guint32 time, double *mean, double *deviation)
{
  GArray *chosen = g_array_new (FALSE, FALSE, sizeof (guint));

  for (guint i = 0; i < of->native.series->len; i++) {
    Sample s[N_ENSEMBLES];
    take_samples (of, i, time, s);
    double spread = epns_deviation (s[NATIVE].value, s[NATIVE].n);
    if (s[NATIVE].n == of->native.n && s[LEARNED].n == of->learned.n
        && s[FLOOR_A].n == of->floor_a.n && s[FLOOR_B].n == of->floor_b.n && spread > 0) {
      mean[chosen->len] = epns_mean (s[NATIVE].value, s[NATIVE].n);
      deviation[chosen->len] = spread;
      g_array_append_val (chosen, i);
    }
    clear_samples (s);
  }
  return chosen;
}

static void
score (EpnsAnalysis *self, guint32 time)
{
  const EpnsComparison *of = self->of;
  guint n_series = of->native.series->len;
  g_autofree double *mean = g_new (double, n_series), *deviation = g_new (double, n_series);
  g_autoptr (GArray) series = scorable (of, time, mean, deviation);
  const EpnsEnsemble *const all[N_ENSEMBLES] = { &of->native, &of->learned, &of->floor_a,
                                                 &of->floor_b };
  double *vectors[N_ENSEMBLES];

  for (int e = 0; e < N_ENSEMBLES; e++)
    vectors[e] = standardised (all[e], time, series, mean, deviation);
  self->n_scored = series->len;
  self->energy_score[time] = series->len ? epns_energy_score (vectors[LEARNED], of->learned.n,
                                                              vectors[NATIVE], of->native.n,
                                                              series->len)
                                         : NAN;
  self->floor_energy_score[time] = series->len
                                       ? epns_energy_score (vectors[FLOOR_B], of->floor_b.n,
                                                            vectors[FLOOR_A], of->floor_a.n,
                                                            series->len)
                                       : NAN;
  for (int e = 0; e < N_ENSEMBLES; e++)
    g_free (vectors[e]);
}

/* Where bodies have an energy. */
static void
judge_energies (EpnsStability *self, const EpnsEnsemble *of, const EpnsComparison *times)
{
  for (guint i = 0; i < of->series->len; i++) {
    const EpnsSeries *series = g_ptr_array_index (of->series, i);
    if (series->observable == &epns_observable_total_energy)
      epns_stability_judge_energy (self, series->value, of->of->meta->frames, of->first, of->n,
                                   of->frame, times->time, times->n_times);
  }
}

static void
judge_stability (EpnsAnalysis *self)
{
  const EpnsComparison *of = self->of;
  gboolean scaled;

  if (of->native.of->meta->layout != &epns_layout_lattice) {
    judge_energies (&self->stability, &of->learned, of);
    judge_energies (&self->native_stability, &of->native, of);
    return;
  }
  double volume = epns_mean_volume (of->native.of, of->native.frame, of->n_times);
  EpnsStabilityRule rule = epns_stability_published (volume, &scaled);

  self->stability = self->native_stability = (EpnsStability){ .rule = rule, .scaled = scaled };
  epns_stability_judge (&self->stability, of->learned.of, of->learned.first, of->learned.n,
                        of->learned.frame, of->time, of->n_times);
  epns_stability_judge (&self->native_stability, of->native.of, of->native.first, of->native.n,
                        of->native.frame, of->time, of->n_times);
}

/* The least KS distance whose exact p, for as many tests as there are, is below the level. */
static double
least_detectable (gsize n, gsize m, gsize tests)
{
  double low = 0, high = 1, grain = 0.5 / ((double) n * (double) m);
  double level = EPNS_ANALYSIS_LEVEL / (double) MAX (tests, 1);

  if (epns_ks_exact_p (1, n, m) >= level)
    return 2;
  while (high - low > grain) {
    double middle = (low + high) / 2;
    if (epns_ks_exact_p (middle, n, m) < level)
      high = middle;
    else
      low = middle;
  }
  return high;
}

EpnsAnalysis *
epns_analysis_new (const EpnsComparison *of)
{
  static const double share[] = { 0.25, 0.5, 0.75, 1 };
  EpnsAnalysis *self = g_new0 (EpnsAnalysis, 1);

  self->of = of;
  self->n_index = epns_comparison_times (of, share, G_N_ELEMENTS (share), self->index);
  self->findings = g_array_new (FALSE, FALSE, sizeof (EpnsFinding));
  self->courses = g_ptr_array_new_with_free_func (free_course);
  for (guint series = 0; series < of->native.series->len; series++) {
    EpnsCourse *course = g_new0 (EpnsCourse, 1);
    for (gsize k = 0; k < self->n_index; k++) {
      EpnsFinding finding = find (of, series, self->index[k], course);
      g_array_append_val (self->findings, finding);
    }
    average_coverage (course,
                      &g_array_index (self->findings, EpnsFinding,
                                      self->findings->len - (guint) self->n_index),
                      self->n_index);
    follow (course, of, series);
    g_ptr_array_add (self->courses, course);
  }
  self->n_tests = adjust (self->findings, G_STRUCT_OFFSET (EpnsFinding, learned));
  adjust (self->findings, G_STRUCT_OFFSET (EpnsFinding, floor));
  self->least_p = epns_ks_least_p (of->native.n, of->learned.n);
  self->detectable = least_detectable (of->native.n, of->learned.n, self->n_tests);
  self->energy_score = g_new (double, of->n_times);
  self->floor_energy_score = g_new (double, of->n_times);
  for (guint32 t = 0; t < of->n_times; t++)
    score (self, t);
  judge_stability (self);
  return self;
}

void
epns_analysis_free (EpnsAnalysis *self)
{
  if (self == NULL)
    return;
  g_array_unref (self->findings);
  g_ptr_array_unref (self->courses);
  g_free (self->energy_score);
  g_free (self->floor_energy_score);
  g_free (self->stability.stable);
  g_free (self->native_stability.stable);
  g_free (self);
}

const EpnsSeries *
epns_analysis_series (const EpnsAnalysis *self, guint series)
{
  return self->of->native.series->pdata[series];
}

double
epns_analysis_time (const EpnsAnalysis *self, guint32 time)
{
  return self->of->time[time];
}
