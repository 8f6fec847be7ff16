/* SPDX-License-Identifier: MIT */
/* The report's paragraphs. */
#include "compare/report-private.h"

#include "compare/words.h"

#include <math.h>
#include <string.h>

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

/* "cpm version 1", "epns-lattice (cellsort, weights SHA-256 0123456789ab...)". */
static char *
describe_model (const EpnsTrajectory *of)
{
  const char *model = epns_report_note (of, "model"), *sum = epns_report_note (of, "model-sha256");
  g_autofree char *name = g_path_get_basename (model);

  g_autofree char *kind = g_strdup_printf ("the kind %s version %s", epns_report_note (of, "kind"),
                                           epns_report_note (of, "kind-version"));
  return *model
             ? g_strdup_printf ("%s with the model %s (weights SHA-256 %.16s...)", kind, name, sum)
             : g_steal_pointer (&kind);
}

static void
append_times (GString *text, const EpnsAnalysis *of)
{
  const char *unit = of->of->native.of->meta->time_unit;

  for (gsize k = 0; k < of->n_index; k++) {
    g_autofree char *when = epns_words_time (epns_analysis_time (of, of->index[k]), unit);
    g_string_append_printf (text, "%s%s", k == 0 ? "" : k + 1 < of->n_index ? ", " : " and ", when);
  }
}

static void
append_floor (GString *text, const EpnsComparison *of)
{
  if (of->second)
    g_string_append_printf (text, "a second, independent %s ensemble of %u members", of->observed,
                            of->floor_b.n);
  else
    g_string_append_printf (text, "the two halves (%u and %u members) of the %s ensemble",
                            of->floor_a.n, of->floor_b.n, of->observed);
}

static void
append_rule (GString *text, const EpnsStability *of, gboolean bodies)
{
  g_autofree char *low = epns_words_number (of->rule.low, 2),
                  *high = epns_words_number (of->rule.high, 2);

  if (of->stable == NULL)
    return;
  if (bodies) {
    g_string_append_printf (text,
                            " A system counted as unstable from the first frame on whose total energy "
                            "was by more than %g above that of the frame before.",
                            EPNS_STABILITY_JUMP);
    return;
  }
  g_string_append_printf (text,
                          " A tissue counted as unstable from the first frame on in which more "
                          "than %g of 64 of its cells had a volume outside %s to %s sites%s.",
                          of->rule.share * 64, low, high,
                          of->scaled ? " (the published 16 to 30, scaled to these cells)" : "");
}

char *
epns_report_name (const EpnsComparison *of)
{
  return g_path_get_basename (epns_report_note (of->native.of, "scenario"));
}

static const char *
describe_starts (const EpnsTrajectory *native)
{
  return strcmp (epns_report_note (native, "starts"), "varied") == 0
             ? "Members of one number began in one state in all ensembles, those of different "
               "numbers in different ones; what they owe to their common start makes the tests, "
               "which take ensembles to be independent, conservative."
             : "All members began in one state.";
}

static void
append_simulations (GString *text, const EpnsComparison *of)
{
  const EpnsTrajectory *native = of->native.of, *learned = of->learned.of;
  g_autofree char *scenario = epns_report_name (of), *one = describe_model (native),
                  *other = describe_model (learned);
  g_autofree char *until = epns_words_time (of->time[of->n_times - 1], native->meta->time_unit);

  g_string_append_printf (
      text,
      "Ensembles of %u native and %u learned members were simulated with epns %s from the scenario "
      "%s (SHA-256 %.16s...) up to %s, with seeds %" G_GUINT64_FORMAT " and %" G_GUINT64_FORMAT
      " and %u recorded times in common. The native step was %s, the learned step %s, one step of "
      "which covers %s. %s They",
      of->native.n, of->learned.n, epns_report_note (native, "epns"), scenario,
      epns_report_note (native, "scenario-sha256"), until, native->meta->seed, learned->meta->seed,
      of->n_times, one, other, epns_report_note (learned, "step"), describe_starts (native));
}

static void
append_statistics (GString *text, const EpnsComparison *of)
{
  g_string_append_printf (
      text,
      "; cells were averaged within a member, so that the independent members are the sample. "
      "Distributions were compared by two-sample Kolmogorov-Smirnov tests with exact p-values "
      "(ties included), adjusted for all tests together by Holm's method at a family-wise level of "
      "5 %%; by Wasserstein-1 and energy distances; and, taking the %s ensemble as a forecast of "
      "the %s members, by the fair continuous ranked probability score, the fair energy score of "
      "all standardised series, rank histograms, coverage of central 50, 80, 90 and 95 %% "
      "intervals, and spread over skill. Every figure stands beside the same figure for ",
      of->forecast, of->observed);
}

gboolean
epns_report_is_table (const EpnsTrajectory *of)
{
  return *epns_report_note (of, "table") != '\0';
}

/* "A.csv (SHA-256 0123..., 8 of 58 cells at 101 times from 0 to 5000)" */
static void
append_table (GString *text, const EpnsTrajectory *of)
{
  g_string_append_printf (text, "%s (SHA-256 %.16s...; simulations: %s)",
                          epns_report_note (of, "kind"), epns_report_note (of, "table-sha256"),
                          epns_report_note (of, "simulations"));
}

static void
append_tables (GString *text, const EpnsComparison *of)
{
  g_string_append (text, "Two entries of the OpenVT cell-sorting benchmark, A: ");
  append_table (text, of->native.of);
  g_string_append (text, ", and B: ");
  append_table (text, of->learned.of);
  if (strcmp (of->native.of->meta->time_unit, "%") == 0)
    g_string_append (text, ", whose times are matched by the share of the whole");
  g_string_append_c (text, ',');
}

char *
epns_report_methods (const EpnsReport *self)
{
  const EpnsComparison *of = self->of;
  GString *text = g_string_new (NULL);

  (epns_report_is_table (of->native.of) ? append_tables : append_simulations) (text, of);
  g_string_append_printf (text, " were compared in %u series of observables at ",
                          of->native.series->len);
  append_times (text, self->analysis);
  append_statistics (text, of);
  append_floor (text, of);
  g_string_append (text, ", which is what a perfect model would score.");
  append_rule (text, &self->analysis->stability,
               of->native.of->meta->layout != &epns_layout_lattice);
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
                            " The learned step takes %s times as long as the native one for the "
                            "same host time, so there is no break-even%s%s%s: on this scenario and "
                            "machine it saves nothing.",
                            ratio, isnan (training) ? "" : " (training took ",
                            isnan (training) ? "" : minutes, isnan (training) ? "" : ")");
    return;
  }
  g_autofree char *ratio = epns_words_number (native / learned, 3);
  g_string_append_printf (text, " The learned step is %s times as fast for the same host time.",
                          ratio);
  if (isnan (training)) {
    g_string_append (text,
                     " What its training took is not stated, so the break-even is not known.");
    return;
  }
  g_autofree char *units = epns_words_number (training / (native - learned), 3);
  g_string_append_printf (text,
                          " Training took %s; that is repaid after %s %s of one member in all.",
                          minutes, units, unit);
}

/* "0.51 ms a step of 1 MCS (0.48 to 0.55 from frame to frame), 0.51 ms for each MCS". */
static void
append_cost (GString *text, const EpnsCost *cost, const char *unit)
{
  double each = 1e3 / cost->members;
  g_autofree char *step = epns_words_number (epns_cost_step (cost), 3),
                  *least = epns_words_number (cost->least * each, 3),
                  *most = epns_words_number (cost->most * each, 3),
                  *whole = epns_words_number (epns_cost_unit (cost), 3);

  g_string_append_printf (text,
                          "%s ms a step of %g %s (%s to %s from frame to frame), %s ms for each %s",
                          step, cost->dt, unit, least, most, whole, unit);
}

char *
epns_report_cost (const EpnsReport *self)
{
  const EpnsReportSource *source = self->source;
  const EpnsCost *native = source->native_cost, *learned = source->learned_cost;
  const char *unit = self->of->native.of->meta->time_unit;
  GString *text;

  if (native == NULL || learned == NULL)
    return NULL;
  g_autofree char *shared
      = source->processes > 1 ? g_strdup_printf (" by one of %u processes", source->processes)
                              : NULL;
  text = g_string_new (NULL);
  g_string_append_printf (text,
                          "Wall time for one member, %u and %u members stepped together on %u "
                          "thread%s%s. Baseline: %s, ",
                          native->members, learned->members, source->threads,
                          source->threads == 1 ? "" : "s", shared ? shared : "",
                          epns_report_note (self->of->native.of, "kind-title"));
  append_cost (text, native, unit);
  g_string_append (text, ". Learned: ");
  append_cost (text, learned, unit);
  g_string_append_c (text, '.');
  append_break_even (text, self, epns_cost_unit (native), epns_cost_unit (learned));
  return g_string_free (text, FALSE);
}

/* Likelihood */

void
epns_report_bound_free (EpnsReportBound *self)
{
  if (self == NULL)
    return;
  g_free (self->why);
  g_free (self);
}

char *
epns_report_bound (const EpnsReport *self)
{
  const EpnsReportBound *bound = self->source->bound;

  if (bound == NULL)
    return NULL;
  if (bound->why != NULL)
    return g_strdup_printf ("Not known: %s.", bound->why);
  g_autofree char *nats = epns_words_number (bound->nats, 4),
                  *error = epns_words_number (bound->error, 2),
                  *kl = epns_words_number (bound->kl, 3);
  return g_strdup_printf ("Native steps that were simulated anew for this comparison cost the "
                          "learned model %s \302\261 %s nats per cell and step (mean and standard "
                          "error over %u members, %u steps of each; negative log-likelihood, or "
                          "the bound above it that the training minimises, %s of it KL divergence "
                          "of latents). Lower is better; only models of one scenario and step "
                          "compare.",
                          nats, error, bound->members, bound->steps, kl);
}

/* Guard */

EpnsReportGuard *
epns_report_guard_new (const char *mode, const char *const *reasons, guint32 n_reasons,
                       guint32 members)
{
  EpnsReportGuard *self = g_new0 (EpnsReportGuard, 1);

  self->mode = g_strdup (mode);
  self->reasons = reasons;
  self->n_reasons = n_reasons;
  self->members = members;
  self->found = g_new0 (guint64, (gsize) members * n_reasons);
  self->native = g_new0 (guint64, members);
  return self;
}

void
epns_report_guard_free (EpnsReportGuard *self)
{
  if (self == NULL)
    return;
  g_free (self->mode);
  g_free (self->found);
  g_free (self->native);
  g_free (self);
}

guint64
epns_report_guard_found (const EpnsReportGuard *self, guint32 member)
{
  guint64 found = 0;

  for (guint32 m = 0; m < self->members; m++) {
    if (member != G_MAXUINT32 && m != member)
      continue;
    found += self->native[m];
    for (guint32 r = 0; r < self->n_reasons; r++)
      found += self->found[(gsize) m * self->n_reasons + r];
  }
  return found;
}

char *
epns_report_guarded (const EpnsReport *self)
{
  const EpnsReportGuard *guard = self->source->guard;
  guint64 found = 0, native = 0;
  guint32 concerned = 0;

  if (guard == NULL)
    return NULL;
  for (guint32 m = 0; m < guard->members; m++) {
    native += guard->native[m];
    concerned += epns_report_guard_found (guard, m) > 0;
  }
  found = epns_report_guard_found (guard, G_MAXUINT32) - native;
  return g_strdup_printf ("Learned members were stepped under --guard %s: %" G_GUINT64_FORMAT
                          " of %" G_GUINT64_FORMAT " learned steps were not to be trusted, in %u "
                          "of %u members, and %" G_GUINT64_FORMAT
                          " steps' worth of time was taken natively%s.",
                          guard->mode, found, guard->checked, concerned, guard->members, native,
                          native > 0 ? ": what is compared here is both together" : "");
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

static void
append_stability (GString *text, const EpnsAnalysis *of, const char *unit)
{
  const EpnsStability *stability = &of->stability;
  g_autofree char *when = epns_words_time (stability->first, unit);

  g_string_append_printf (text,
                          "Stability by the published rule: %u of %u %s members became "
                          "unstable%s%s; %s: %u of %u. ",
                          stability->unstable, of->of->learned.n, of->of->forecast,
                          stability->unstable > 0 ? ", the first at " : "",
                          stability->unstable > 0 ? when : "", of->of->observed,
                          of->native_stability.unstable, of->of->native.n);
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

  if (of->stability.stable != NULL)
    append_stability (text, of, unit);
  if (first == NULL) {
    g_string_append_printf (text, "No series' KS distance leaves the range of its floor (%s).",
                            of->of->floor);
  } else {
    g_autofree char *when = epns_words_time (of->of->time[time], unit);
    g_string_append_printf (text,
                            "The KS distance of %u of %u series leaves the range of its floor "
                            "(%s), the first (%s) at %s.",
                            leave, of->courses->len, of->of->floor, first->title, when);
  }
  return g_string_free (text, FALSE);
}
