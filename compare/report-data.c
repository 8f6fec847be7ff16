/* SPDX-License-Identifier: MIT */
/* The report as JSON and CSV. */
#include "compare/report-private.h"

#include "compare/table-parts.h"

#include <math.h>

/* The numbers of a finding, by name, in the order of CSV and JSON. */
#define OF_LEARNED(field) G_STRUCT_OFFSET (EpnsFinding, learned.field)
#define OF_FLOOR(field) G_STRUCT_OFFSET (EpnsFinding, floor.field)
static const struct {
  const char *name;
  gsize offset;
} numbers[] = {
  { "native_mean", G_STRUCT_OFFSET (EpnsFinding, native_mean) },
  { "native_sd", G_STRUCT_OFFSET (EpnsFinding, native_deviation) },
  { "learned_mean", G_STRUCT_OFFSET (EpnsFinding, learned_mean) },
  { "learned_sd", G_STRUCT_OFFSET (EpnsFinding, learned_deviation) },
  { "shift_in_native_sd", G_STRUCT_OFFSET (EpnsFinding, shift) },
  { "ks", OF_LEARNED (ks) },
  { "ks_p", OF_LEARNED (p) },
  { "ks_p_holm", OF_LEARNED (holm) },
  { "ks_p_fdr", OF_LEARNED (fdr) },
  { "wasserstein", OF_LEARNED (wasserstein) },
  { "energy_distance", OF_LEARNED (energy_distance) },
  { "crps", OF_LEARNED (crps) },
  { "spread_skill", OF_LEARNED (spread_skill) },
  { "coverage_50", OF_LEARNED (coverage[0]) },
  { "coverage_80", OF_LEARNED (coverage[1]) },
  { "coverage_90", OF_LEARNED (coverage[2]) },
  { "coverage_95", OF_LEARNED (coverage[3]) },
  { "floor_ks", OF_FLOOR (ks) },
  { "floor_ks_p", OF_FLOOR (p) },
  { "floor_ks_p_holm", OF_FLOOR (holm) },
  { "floor_ks_p_fdr", OF_FLOOR (fdr) },
  { "floor_wasserstein", OF_FLOOR (wasserstein) },
  { "floor_energy_distance", OF_FLOOR (energy_distance) },
  { "floor_crps", OF_FLOOR (crps) },
  { "floor_spread_skill", OF_FLOOR (spread_skill) },
  { "floor_coverage_50", OF_FLOOR (coverage[0]) },
  { "floor_coverage_80", OF_FLOOR (coverage[1]) },
  { "floor_coverage_90", OF_FLOOR (coverage[2]) },
  { "floor_coverage_95", OF_FLOOR (coverage[3]) },
};

static double
number_of (const EpnsFinding *finding, gsize column)
{
  return *(const double *) (const void *) ((const char *) finding + numbers[column].offset);
}

char *
epns_report_csv (const EpnsReport *self)
{
  const EpnsAnalysis *of = self->analysis;
  GString *text = g_string_new ("observable,unit,time,native_n,learned_n");
  char number[G_ASCII_DTOSTR_BUF_SIZE];

  for (gsize k = 0; k < G_N_ELEMENTS (numbers); k++)
    g_string_append_printf (text, ",%s", numbers[k].name);
  g_string_append_c (text, '\n');
  for (guint i = 0; i < of->findings->len; i++) {
    const EpnsFinding *finding = &g_array_index (of->findings, EpnsFinding, i);
    const EpnsSeries *series = epns_analysis_series (of, finding->series);
    epns_csv_append (text, series->name);
    g_ascii_formatd (number, sizeof number, "%.15g", epns_analysis_time (of, finding->time));
    g_string_append_printf (text, ",%s,%s,%" G_GSIZE_FORMAT ",%" G_GSIZE_FORMAT,
                            series->unit, number, finding->native_n, finding->learned_n);
    for (gsize k = 0; k < G_N_ELEMENTS (numbers); k++) {
      double value = number_of (finding, k);
      g_ascii_formatd (number, sizeof number, "%.10g", value);
      g_string_append_printf (text, ",%s", isfinite (value) ? number : "");
    }
    g_string_append_c (text, '\n');
  }
  return g_string_free (text, FALSE);
}

/* Courses: a line for each number, NAN being left empty. */

static void
append_value (GString *text, double value)
{
  char number[G_ASCII_DTOSTR_BUF_SIZE];

  g_ascii_formatd (number, sizeof number, "%.10g", value);
  g_string_append_printf (text, ",%s", isfinite (value) ? number : "");
}

static void
append_course (GString *text, const char *quantity, const char *observable, const double *at,
               const double *forecast, const double *floor, guint32 n)
{
  for (guint32 i = 0; forecast != NULL && i < n; i++) {
    g_string_append_printf (text, "%s,", quantity);
    epns_csv_append (text, observable);
    append_value (text, at[i]);
    append_value (text, forecast[i]);
    append_value (text, floor[i]);
    g_string_append_c (text, '\n');
  }
}

static void
append_courses_of (GString *text, const EpnsAnalysis *of, guint series)
{
  const char *name = epns_analysis_series (of, series)->name;
  const EpnsCourse *course = of->courses->pdata[series];
  const double none = NAN;
  double leaves = course->leaves < of->of->n_times ? of->of->time[course->leaves] : NAN;
  double bins[EPNS_RANK_BINS];

  for (int k = 0; k < EPNS_RANK_BINS; k++)
    bins[k] = k + 1;
  append_course (text, "ks", name, of->of->time, course->ks, course->floor_ks, of->of->n_times);
  append_course (text, "rank", name, bins, course->ranks, course->floor_ranks, EPNS_RANK_BINS);
  append_course (text, "rank-unevenness", name, &none, &course->unevenness,
                 &course->floor_unevenness, 1);
  append_course (text, "leaves-floor-at", name, &none, &leaves, &none, 1);
}

char *
epns_report_courses (const EpnsReport *self)
{
  const EpnsAnalysis *of = self->analysis;
  const EpnsReportBound *bound = self->source->bound;
  const double none = NAN;
  GString *text = g_string_new ("quantity,observable,at,learned,floor\n");

  append_course (text, "energy-score", "", of->of->time, of->energy_score, of->floor_energy_score,
                 of->of->n_times);
  append_course (text, "stable", "", of->of->time, of->stability.stable,
                 of->native_stability.stable, of->of->n_times);
  if (bound != NULL)
    append_course (text, "nats-a-cell-and-step", "", &none, &bound->nats, &none, 1);
  for (guint i = 0; i < of->courses->len; i++)
    append_courses_of (text, of, i);
  return g_string_free (text, FALSE);
}

static void
add_finding (JsonBuilder *json, const EpnsAnalysis *of, const EpnsFinding *finding)
{
  const EpnsSeries *series = epns_analysis_series (of, finding->series);

  json_builder_begin_object (json);
  epns_json_text (json, "observable", series->name);
  epns_json_text (json, "title", series->title);
  epns_json_text (json, "unit", series->unit);
  epns_json_text (json, "formula", series->observable->formula);
  epns_json_text (json, "source", series->observable->source);
  epns_json_number (json, "time", epns_analysis_time (of, finding->time));
  epns_json_count (json, "native_n", finding->native_n);
  epns_json_count (json, "learned_n", finding->learned_n);
  for (gsize k = 0; k < G_N_ELEMENTS (numbers); k++)
    epns_json_number (json, numbers[k].name, number_of (finding, k));
  json_builder_end_object (json);
}

static void
add_numbers (JsonBuilder *json, const char *name, const double *values, gsize n)
{
  json_builder_set_member_name (json, name);
  json_builder_begin_array (json);
  for (gsize i = 0; i < n; i++)
    if (isfinite (values[i]))
      json_builder_add_double_value (json, values[i]);
    else
      json_builder_add_null_value (json);
  json_builder_end_array (json);
}

static void
add_course (JsonBuilder *json, const EpnsAnalysis *of, guint series)
{
  const EpnsCourse *course = of->courses->pdata[series];
  gboolean leaves = course->leaves < of->of->n_times;

  json_builder_begin_object (json);
  epns_json_text (json, "observable", epns_analysis_series (of, series)->name);
  epns_json_number (json, "leaves_floor_at", leaves ? of->of->time[course->leaves] : NAN);
  epns_json_number (json, "rank_unevenness", course->unevenness);
  epns_json_number (json, "floor_rank_unevenness", course->floor_unevenness);
  add_numbers (json, "ranks", course->ranks, EPNS_RANK_BINS);
  add_numbers (json, "floor_ranks", course->floor_ranks, EPNS_RANK_BINS);
  add_numbers (json, "ks", course->ks, of->of->n_times);
  add_numbers (json, "floor_ks", course->floor_ks, of->of->n_times);
  json_builder_end_object (json);
}

static void
add_verdict (JsonBuilder *json, const EpnsReport *self)
{
  const EpnsVerdict *verdict = self->verdict;

  json_builder_set_member_name (json, "verdict");
  json_builder_begin_object (json);
  epns_json_text (json, "word", epns_verdict_word (verdict->level));
  epns_json_text (json, "headline", verdict->headline);
  epns_json_text (json, "text", verdict->text);
  epns_json_count (json, "rejected", verdict->rejected);
  epns_json_count (json, "tests", verdict->tests);
  epns_json_count (json, "floor_rejected", verdict->floor_rejected);
  json_builder_set_member_name (json, "shown_by");
  json_builder_begin_array (json);
  for (guint k = 0; k < verdict->n_shown; k++)
    json_builder_add_string_value (json,
                                   epns_analysis_series (self->analysis, verdict->shown[k])->name);
  json_builder_end_array (json);
  json_builder_end_object (json);
}

static void
add_cost (JsonBuilder *json, const char *name, const EpnsCost *cost)
{
  json_builder_set_member_name (json, name);
  json_builder_begin_object (json);
  epns_json_number (json, "step", cost->dt);
  epns_json_number (json, "milliseconds_a_step", epns_cost_step (cost));
  epns_json_number (json, "least_milliseconds_a_step", cost->least * 1e3 / cost->members);
  epns_json_number (json, "most_milliseconds_a_step", cost->most * 1e3 / cost->members);
  epns_json_number (json, "milliseconds_a_unit", epns_cost_unit (cost));
  epns_json_count (json, "members", cost->members);
  epns_json_number (json, "training_minutes", cost->training_minutes);
  json_builder_end_object (json);
}

static void
add_stability (JsonBuilder *json, const EpnsAnalysis *of)
{
  if (of->stability.stable == NULL)
    return;
  json_builder_set_member_name (json, "stability");
  json_builder_begin_object (json);
  if (of->of->native.of->meta->layout == &epns_layout_lattice) {
    epns_json_number (json, "lowest_volume", of->stability.rule.low);
    epns_json_number (json, "highest_volume", of->stability.rule.high);
    epns_json_number (json, "share_of_cells", of->stability.rule.share);
  } else {
    epns_json_number (json, "highest_energy_jump", EPNS_STABILITY_JUMP);
  }
  epns_json_number (json, "first_unstable_at", of->stability.first);
  add_numbers (json, "learned", of->stability.stable, of->of->n_times);
  add_numbers (json, "native", of->native_stability.stable, of->of->n_times);
  json_builder_end_object (json);
}

static void
add_text_and_cost (JsonBuilder *json, const EpnsReport *self)
{
  const EpnsReportSource *source = self->source;
  g_autofree char *methods = epns_report_methods (self), *cost = epns_report_cost (self),
                  *horizon = epns_report_horizon (self);

  epns_json_text (json, "methods", methods);
  epns_json_text (json, "horizon", horizon);
  if (cost != NULL) {
    epns_json_text (json, "cost", cost);
    add_cost (json, "native_cost", source->native_cost);
    add_cost (json, "learned_cost", source->learned_cost);
  }
  epns_json_count (json, "threads", source->threads);
  if (source->processes > 1)
    epns_json_count (json, "processes", source->processes);
  if (source->machine != NULL)
    epns_json_text (json, "machine", source->machine);
  if (source->command != NULL)
    epns_json_text (json, "command", source->command);
  epns_json_number (json, "seconds", source->seconds);
}

static void
add_counts (JsonBuilder *json, const char *name, const guint64 *counts, gsize n, gsize stride)
{
  json_builder_set_member_name (json, name);
  json_builder_begin_array (json);
  for (gsize i = 0; i < n; i++)
    json_builder_add_int_value (json, (gint64) counts[i * stride]);
  json_builder_end_array (json);
}

/* Findings by reason, a number for each member. */
static void
add_guard (JsonBuilder *json, const EpnsReport *self)
{
  const EpnsReportGuard *guard = self->source->guard;

  if (guard == NULL)
    return;
  g_autofree char *text = epns_report_guarded (self);
  json_builder_set_member_name (json, "guard");
  json_builder_begin_object (json);
  epns_json_text (json, "mode", guard->mode);
  epns_json_text (json, "text", text);
  epns_json_count (json, "checked", guard->checked);
  for (guint32 r = 0; r < guard->n_reasons; r++)
    add_counts (json, guard->reasons[r], guard->found + r, guard->members, guard->n_reasons);
  add_counts (json, "native_steps", guard->native, guard->members, 1);
  json_builder_end_object (json);
}

static void
add_bound (JsonBuilder *json, const EpnsReport *self)
{
  const EpnsReportBound *bound = self->source->bound;

  if (bound == NULL)
    return;
  g_autofree char *text = epns_report_bound (self);
  json_builder_set_member_name (json, "likelihood");
  json_builder_begin_object (json);
  epns_json_text (json, "text", text);
  epns_json_number (json, "nats_a_cell_and_step", bound->nats);
  epns_json_number (json, "standard_error", bound->error);
  epns_json_number (json, "kl", bound->kl);
  epns_json_count (json, "members", bound->members);
  epns_json_count (json, "steps", bound->steps);
  json_builder_end_object (json);
}

char *
epns_report_json (const EpnsReport *self)
{
  g_autoptr (JsonBuilder) json = json_builder_new ();
  const EpnsAnalysis *of = self->analysis;

  json_builder_begin_object (json);
  add_verdict (json, self);
  epns_json_text (json, "time_unit", self->of->native.of->meta->time_unit);
  epns_json_text (json, "observed", self->of->observed);
  epns_json_text (json, "forecast", self->of->forecast);
  epns_json_text (json, "floor", self->of->second ? "second ensemble" : "halves");
  epns_json_provenance (json, "native", self->of->native.of->meta);
  if (self->of->second)
    epns_json_provenance (json, "native2", self->of->floor_b.of->meta);
  epns_json_provenance (json, "learned", self->of->learned.of->meta);
  add_text_and_cost (json, self);
  add_guard (json, self);
  add_bound (json, self);
  add_stability (json, of);
  add_numbers (json, "times", self->of->time, self->of->n_times);
  add_numbers (json, "energy_score", of->energy_score, self->of->n_times);
  add_numbers (json, "floor_energy_score", of->floor_energy_score, self->of->n_times);
  json_builder_set_member_name (json, "findings");
  json_builder_begin_array (json);
  for (guint i = 0; i < of->findings->len; i++)
    add_finding (json, of, &g_array_index (of->findings, EpnsFinding, i));
  json_builder_end_array (json);
  json_builder_set_member_name (json, "courses");
  json_builder_begin_array (json);
  for (guint s = 0; s < of->courses->len; s++)
    add_course (json, of, s);
  json_builder_end_array (json);
  json_builder_end_object (json);
  return epns_json_end (json);
}
