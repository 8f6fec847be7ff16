/* SPDX-License-Identifier: MIT */
/* The report's paragraphs. */
#include "compare/report-private.h"

#include "compare/words.h"

#include <math.h>

double
epns_cost_step (const EpnsCost *self)
{
  return self->seconds * 1e3 / ((double) self->steps * self->members);
}

double
epns_cost_unit (const EpnsCost *self)
{
  return epns_cost_step (self) / self->dt;
}

const char *
epns_report_note (const EpnsTrajectory *of, const char *key)
{
  const char *value = g_hash_table_lookup (of->meta->provenance, key);

  return value ? value : "";
}

/* "cpm version 1", "epns-lattice (cellsort-demo, weights SHA-256 0123456789ab...)". */
static char *
describe_model (const EpnsTrajectory *of)
{
  const char *model = epns_report_note (of, "model"), *sum = epns_report_note (of, "model-sha256");
  g_autofree char *name = g_path_get_basename (model);

  return *model ? g_strdup_printf ("the kind %s version %s with the model %s (weights SHA-256 %.16s...)",
                                   epns_report_note (of, "kind"),
                                   epns_report_note (of, "kind-version"), name, sum)
                : g_strdup_printf ("the kind %s version %s", epns_report_note (of, "kind"),
                                   epns_report_note (of, "kind-version"));
}

static void
append_times (GString *text, const EpnsAnalysis *of)
{
  const char *unit = of->of->native.of->meta->time_unit;

  for (gsize k = 0; k < of->n_index; k++) {
    g_autofree char *when = epns_words_time (epns_analysis_time (of, of->index[k]), unit);
    g_string_append_printf (text, "%s%s", k == 0 ? "" : k + 1 == of->n_index ? " and " : ", ", when);
  }
}

static void
append_floor (GString *text, const EpnsComparison *of)
{
  if (of->second)
    g_string_append_printf (text, "a second, independent native ensemble of %u members",
                            of->floor_b.n);
  else
    g_string_append_printf (text, "the two halves (%u and %u members) of the native ensemble",
                            of->floor_a.n, of->floor_b.n);
}

static void
append_rule (GString *text, const EpnsStability *of)
{
  g_autofree char *low = epns_words_number (of->rule.low, 2), *high = epns_words_number (of->rule.high, 2);

  if (of->stable == NULL)
    return;
  g_string_append_printf (text,
                          " A tissue counted as unstable from the first frame on in which more than "
                          "%g of 64 of its cells had a volume outside %s to %s sites%s.",
                          of->rule.share * 64, low, high,
                          of->scaled ? " (the published 16 to 30, scaled to these cells)" : "");
}

char *
epns_report_methods (const EpnsReport *self)
{
  const EpnsComparison *of = self->of;
  const EpnsTrajectory *native = of->native.of, *learned = of->learned.of;
  g_autofree char *scenario = g_path_get_basename (epns_report_note (native, "scenario")),
                  *one = describe_model (native), *other = describe_model (learned);
  g_autofree char *until = epns_words_time (of->time[of->n_times - 1], native->meta->time_unit);
  GString *text = g_string_new (NULL);

  g_string_append_printf (
      text,
      "Ensembles of %u native and %u learned members were simulated with epns %s from the scenario %s "
      "(SHA-256 %.16s...) up to %s, with seeds %" G_GUINT64_FORMAT " and %" G_GUINT64_FORMAT
      " and %u recorded times in common. The native step was %s, the learned step %s, one step of which "
      "covers %s. ",
      of->native.n, of->learned.n, epns_report_note (native, "epns"), scenario,
      epns_report_note (native, "scenario-sha256"), until, native->meta->seed, learned->meta->seed,
      of->n_times, one, other, epns_report_note (learned, "step"));
  g_string_append_printf (text,
                          "They were compared in %u series of observables at ", of->native.series->len);
  append_times (text, self->analysis);
  g_string_append (
      text, "; cells were averaged within a member, so that the independent members are the sample. "
            "Distributions were compared by two-sample Kolmogorov-Smirnov tests with exact p-values (ties "
            "included), adjusted for all tests together by Holm's method at a family-wise level of 5 %; by "
            "Wasserstein-1 and energy distances; and, taking the learned ensemble as a forecast of the native "
            "members, by the fair continuous ranked probability score, the fair energy score of all standardised "
            "series, rank histograms, coverage of central 50, 80, 90 and 95 % intervals, and spread over skill. "
            "Every figure stands beside the same figure for ");
  append_floor (text, of);
  g_string_append (text, ", which is what a perfect model would score.");
  append_rule (text, &self->analysis->stability);
  return g_string_free (text, FALSE);
}

/* When the saving of each simulated unit has repaid the training. */
static void
append_break_even (GString *text, const EpnsReport *self, double native, double learned)
{
  const EpnsCost *cost = self->source->learned_cost;
  const char *unit = self->of->native.of->meta->time_unit;
  double training = cost->training_minutes * 60e3; /* milliseconds */
  g_autofree char *minutes = epns_words_seconds (cost->training_minutes * 60);

  if (learned >= native) {
    g_autofree char *ratio = epns_words_number (learned / native, 3);
    g_string_append_printf (text,
                            " The learned step takes %s times as long as the native one for the same "
                            "host time, so there is no break-even%s%s%s: on this scenario and machine it "
                            "saves nothing.",
                            ratio, isnan (training) ? "" : " (training took ",
                            isnan (training) ? "" : minutes, isnan (training) ? "" : ")");
    return;
  }
  g_autofree char *ratio = epns_words_number (native / learned, 3);
  g_string_append_printf (text, " The learned step is %s times as fast for the same host time.", ratio);
  if (isnan (training)) {
    g_string_append (text, " What its training took is not stated, so the break-even is not known.");
    return;
  }
  g_autofree char *units = epns_words_number (training / (native - learned), 3);
  g_string_append_printf (text, " Training took %s; that is repaid after %s %s of one member in all.",
                          minutes, units, unit);
}

char *
epns_report_cost (const EpnsReport *self)
{
  const EpnsReportSource *source = self->source;
  const char *unit = self->of->native.of->meta->time_unit;
  GString *text;

  if (source->native_cost == NULL || source->learned_cost == NULL)
    return NULL;
  double native = epns_cost_unit (source->native_cost), learned = epns_cost_unit (source->learned_cost);
  g_autofree char *one = epns_words_number (epns_cost_step (source->native_cost), 3),
                  *other = epns_words_number (epns_cost_step (source->learned_cost), 3),
                  *one_unit = epns_words_number (native, 3),
                  *other_unit = epns_words_number (learned, 3);
  text = g_string_new (NULL);
  g_string_append_printf (text,
                          "Wall time for one member, %u member%s stepped together on %u thread%s. Baseline: %s, "
                          "%s ms a step of %g %s, %s ms for each %s. Learned: %s ms a step of %g %s, %s ms for each %s.",
                          source->learned_cost->members,
                          source->learned_cost->members == 1 ? "" : "s", source->threads,
                          source->threads == 1 ? "" : "s",
                          epns_report_note (self->of->native.of, "kind-title"), one,
                          source->native_cost->dt, unit, one_unit, unit, other,
                          source->learned_cost->dt, unit, other_unit, unit);
  append_break_even (text, self, native, learned);
  return g_string_free (text, FALSE);
}

/* The earliest of the courses that leave their floor. */
static const EpnsSeries *
first_to_leave (const EpnsAnalysis *of, guint32 *time, guint *leave)
{
  const EpnsSeries *first = NULL;

  *leave = 0;
  *time = of->of->n_times;
  for (guint s = 0; s < of->courses->len; s++) {
    const EpnsCourse *course = of->courses->pdata[s];
    *leave += course->leaves < of->of->n_times;
    if (course->leaves < *time) {
      *time = course->leaves;
      first = epns_analysis_series (of, s);
    }
  }
  return first;
}

char *
epns_report_horizon (const EpnsReport *self)
{
  const EpnsAnalysis *of = self->analysis;
  const char *unit = of->of->native.of->meta->time_unit;
  GString *text = g_string_new (NULL);
  guint32 time;
  guint leave;
  const EpnsSeries *first = first_to_leave (of, &time, &leave);

  if (of->stability.stable != NULL) {
    g_autofree char *when = epns_words_time (of->stability.first, unit);
    g_string_append_printf (text, "Stability: %u of %u learned members became unstable%s%s; native: %u of %u. ",
                            of->stability.unstable, of->of->learned.n,
                            of->stability.unstable > 0 ? ", the first at " : "",
                            of->stability.unstable > 0 ? when : "",
                            of->native_stability.unstable, of->of->native.n);
  }
  if (first == NULL) {
    g_string_append_printf (text, "No series' KS distance leaves the range of its native floor.");
  } else {
    g_autofree char *when = epns_words_time (of->of->time[time], unit);
    g_string_append_printf (text,
                            "The KS distance of %u of %u series leaves the range of its native floor, the first "
                            "(%s) at %s.",
                            leave, of->courses->len, first->title, when);
  }
  return g_string_free (text, FALSE);
}
