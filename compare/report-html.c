/* SPDX-License-Identifier: MIT */
/* The report as one page of HTML: no script, nothing fetched, figures within. */
#include "compare/report-private.h"

#include "compare/report-style.h"
#include "compare/words.h"

#include <math.h>
#include <string.h>

static void put (GString *to, const char *format, ...) G_GNUC_PRINTF (2, 3);

/* Append, with every string escaped. */
static void
put (GString *to, const char *format, ...)
{
  va_list args;

  va_start (args, format);
  g_autofree char *text = g_markup_vprintf_escaped (format, args);
  va_end (args);
  g_string_append (to, text);
}

static void
put_bytes (GString *to, const char *type, const guint8 *data, gsize n)
{
  g_autofree char *text = g_base64_encode (data, n);

  g_string_append_printf (to, "data:%s;base64,%s", type, text);
}

static gboolean
put_figure (GString *to, const EpnsReportFigure *figure, GError **error)
{
  g_autoptr (GByteArray)
      bytes = epns_canvas_encode (figure->canvas, figure->chart ? EPNS_SVG : EPNS_PNG, 2, error);

  if (bytes == NULL)
    return FALSE;
  put (to, "<figure class=\"%s\"><img alt=\"%s\" width=\"%.0f\" height=\"%.0f\" src=\"",
       figure->chart ? "chart" : "picture", figure->text, figure->canvas->width,
       figure->canvas->height);
  put_bytes (to, figure->chart ? "image/svg+xml" : "image/png", bytes->data, bytes->len);
  put (to,
       "\"><figcaption>%s <span class=\"files\">figures/%s.png, .svg, .pdf</span></figcaption>"
       "</figure>\n",
       figure->text, figure->name);
  return TRUE;
}

static gboolean
put_figures (GString *to, const EpnsReport *self, gboolean charts, GError **error)
{
  for (guint i = 0; i < self->figures->len; i++) {
    const EpnsReportFigure *figure = self->figures->pdata[i];
    if (figure->chart == charts && !put_figure (to, figure, error))
      return FALSE;
  }
  return TRUE;
}

static void
put_verdict (GString *to, const EpnsReport *self)
{
  static const char *const signs[] = { "=", "\342\211\210", "\342\211\240", "?" };
  const EpnsVerdict *verdict = self->verdict;

  put (to,
       "<section class=\"verdict %s\"><p class=\"sign\" aria-hidden=\"true\">%s</p><div><h2>%s</h2>"
       "<p>%s</p></div></section>\n",
       epns_verdict_word (verdict->level), signs[verdict->level], verdict->headline, verdict->text);
}

/* A cell of numbers: nothing wraps. */
static void
put_cell (GString *to, char *owned_text)
{
  put (to, "<td>%s</td>", owned_text);
  g_free (owned_text);
}

static void
put_rejected (GString *to, const EpnsFinding *finding)
{
  g_autofree char *p = epns_words_p (finding->learned.holm);

  if (finding->learned.holm < EPNS_ANALYSIS_LEVEL)
    put (to, "<td class=\"rejected\">%s *</td>", p);
  else
    put (to, "<td>%s</td>", p);
}

static void
put_series (GString *to, const EpnsSeries *series)
{
  g_autofree char *unit = epns_words_unit (series->unit);

  put (to, "<th scope=\"row\" title=\"%s\">%s <span class=\"unit\">%s</span></th>",
       series->observable->formula, series->title, unit);
}

/* The head of a table: its columns' titles, ended by NULL; the first is left-aligned. */
static void
put_columns (GString *to, const char *class, const char *const *titles)
{
  put (to, "<div class=\"wide\"><table class=\"%s\"><thead><tr>", class);
  for (; *titles != NULL; titles++)
    put (to, "<th>%s</th>", *titles);
  g_string_append (to, "</tr></thead><tbody>\n");
}

static void
put_finding (GString *to, const EpnsAnalysis *of, const EpnsFinding *f)
{
  const EpnsCourse *course = of->courses->pdata[f->series];
  gboolean leaves = course->leaves < of->of->n_times;

  g_string_append (to, "<tr>");
  put_series (to, epns_analysis_series (of, f->series));
  put_cell (to, epns_words_spread (f->native_mean, f->native_deviation));
  put_cell (to, epns_words_spread (f->learned_mean, f->learned_deviation));
  put_cell (to, epns_words_number (f->shift, 2));
  put_cell (to, epns_words_number (f->learned.ks, 2));
  put_cell (to, epns_words_number (f->floor.ks, 2));
  put_rejected (to, f);
  put_cell (to, leaves                ? epns_words_time (of->of->time[course->leaves], "1")
                : isnan (f->floor.ks) ? epns_words_number (NAN, 1)
                                      : g_strdup ("never"));
  g_string_append (to, "</tr>\n");
}

/* The findings at the last time, in the columns one reads first. */
static void
put_summary (GString *to, const EpnsReport *self)
{
  const EpnsAnalysis *of = self->analysis;
  const char *const titles[] = { "Observable",      self->of->observed, self->of->forecast,
                                 "SDs apart",       "KS",               "floor",
                                 "adjusted p",      "leaves floor at",  NULL };
  guint32 last = of->index[of->n_index - 1];
  g_autofree char *when = epns_words_time (epns_analysis_time (of, last),
                                           of->of->native.of->meta->time_unit);

  put (to, "<h2>At %s</h2>\n", when);
  put_columns (to, "summary", titles);
  for (guint i = 0; i < of->findings->len; i++) {
    const EpnsFinding *f = &g_array_index (of->findings, EpnsFinding, i);
    if (f->time == last && f->native_n + f->learned_n > 0)
      put_finding (to, of, f);
  }
  put (to,
       "</tbody></table></div>\n<p class=\"note\">Mean \302\261 standard deviation over members; "
       "cells are averaged within a member. SDs apart: difference of the means in %s standard "
       "deviations. Floor: KS between %s. * rejected at a family-wise level of 5 %%.</p>\n",
       self->of->observed, self->of->floor);
}

/* "0.12 / 0.10": the forecast's figure and the floor's. */
static char *
beside (double value, double floor)
{
  g_autofree char *one = epns_words_number (value, 2), *other = epns_words_number (floor, 2);

  return g_strdup_printf ("%s / %s", one, other);
}

static void
put_numbers (GString *to, const EpnsAnalysis *of, const EpnsFinding *f)
{
  g_string_append (to, "<tr>");
  put_series (to, epns_analysis_series (of, f->series));
  put_cell (to, epns_words_time (epns_analysis_time (of, f->time), "1"));
  put_cell (to, beside (f->learned.wasserstein, f->floor.wasserstein));
  put_cell (to, beside (f->learned.energy_distance, f->floor.energy_distance));
  put_cell (to, beside (f->learned.crps, f->floor.crps));
  put_cell (to, beside (f->learned.spread_skill, f->floor.spread_skill));
  for (int k = 0; k < EPNS_COVERAGE_LEVELS; k++)
    put_cell (to, beside (f->learned.coverage[k], f->floor.coverage[k]));
  put_cell (to, epns_words_p (f->learned.p));
  put_cell (to, epns_words_p (f->learned.fdr));
  g_string_append (to, "</tr>\n");
}

static void
put_all_numbers (GString *to, const EpnsReport *self)
{
  const EpnsAnalysis *of = self->analysis;
  const char *const titles[] = { "Observable", of->of->native.of->meta->time_unit,
                                 "Wasserstein-1", "energy distance", "CRPS", "spread/skill",
                                 "cover 50 %", "80 %", "90 %", "95 %", "p", "FDR", NULL };

  put (to, "<details><summary>All numbers (%u series at %u times)</summary>\n", of->courses->len,
       (guint) of->n_index);
  put_columns (to, "dense", titles);
  for (guint i = 0; i < of->findings->len; i++) {
    const EpnsFinding *f = &g_array_index (of->findings, EpnsFinding, i);
    if (f->native_n + f->learned_n > 0)
      put_numbers (to, of, f);
  }
  put (to,
       "</tbody></table></div>\n<p class=\"note\">Each: %s against %s / %s. Formulas and sources "
       "of the observables are in report.json.</p></details>\n"
       "<p class=\"note printed\">All numbers, %u series at %u times with distances, scores and "
       "coverage, are in report.csv and report.json.</p>\n",
       self->of->forecast, self->of->observed, self->of->floor, of->courses->len,
       (guint) of->n_index);
}

static void
put_paragraph (GString *to, const char *heading, char *owned_text)
{
  if (owned_text != NULL)
    put (to, "<h2>%s</h2>\n<p>%s</p>\n", heading, owned_text);
  g_free (owned_text);
}

/* A member of the guard's table. */
static void
put_guarded (GString *to, const EpnsReportGuard *guard, guint32 member)
{
  const guint64 *found = guard->found + (gsize) member * guard->n_reasons;

  put (to, "<tr><th scope=\"row\">%u</th>", member);
  for (guint32 r = 0; r < guard->n_reasons; r++)
    put (to, "<td>%" G_GUINT64_FORMAT "</td>", found[r]);
  put (to, "<td>%" G_GUINT64_FORMAT "</td></tr>\n", guard->native[member]);
}

/* What the guard found, member by member where it found anything. */
static void
put_guard (GString *to, const EpnsReport *self)
{
  const EpnsReportGuard *guard = self->source->guard;

  if (guard == NULL)
    return;
  g_autofree const char **titles = g_new0 (const char *, guard->n_reasons + 3);
  titles[0] = "Member";
  memcpy (titles + 1, guard->reasons, guard->n_reasons * sizeof *titles);
  titles[guard->n_reasons + 1] = "taken natively";
  put_paragraph (to, "Under guard", epns_report_guarded (self));
  if (epns_report_guard_found (guard, G_MAXUINT32) == 0)
    return;
  put_columns (to, "guard", titles);
  for (guint32 m = 0; m < guard->members; m++)
    if (epns_report_guard_found (guard, m) > 0)
      put_guarded (to, guard, m);
  g_string_append (to, "</tbody></table></div>\n<p class=\"note\">Steps not to be trusted, by "
                       "reason, and steps' worth of time taken natively; members without any are "
                       "left out.</p>\n");
}

static void
put_provenance_of (GString *to, const char *label, const EpnsTrajectory *of)
{
  g_autoptr (GList)
      keys = g_list_sort (g_hash_table_get_keys (of->meta->provenance), (GCompareFunc) strcmp);

  if (epns_report_is_table (of))
    put (to, "<tr><th colspan=\"2\">%s, %u members</th></tr>\n", label, of->meta->members);
  else
    put (to, "<tr><th colspan=\"2\">%s, %u members, seed %" G_GUINT64_FORMAT "</th></tr>\n", label,
         of->meta->members, of->meta->seed);
  for (GList *key = keys; key != NULL; key = key->next)
    put (to, "<tr><td>%s</td><td class=\"value\">%s</td></tr>\n", (const char *) key->data,
         (const char *) g_hash_table_lookup (of->meta->provenance, key->data));
}

static void
put_provenance (GString *to, const EpnsReport *self)
{
  const EpnsReportSource *source = self->source;

  g_string_append (to, "<h2>Where it comes from</h2>\n<div class=\"wide\"><table class=\"origin\">"
                       "<tbody>\n");
  if (source->command != NULL)
    put (to, "<tr><td>command</td><td class=\"value\">%s</td></tr>\n", source->command);
  if (source->machine != NULL)
    put (to, "<tr><td>machine</td><td class=\"value\">%s</td></tr>\n", source->machine);
  if (!isnan (source->seconds)) {
    g_autofree char *seconds = epns_words_seconds (source->seconds);
    put (to,
         "<tr><td>wall time</td><td class=\"value\">%s on %u threads, stepping included</td>"
         "</tr>\n",
         seconds, source->threads);
  }
  for (guint i = 0; source->warnings != NULL && i < source->warnings->len; i++)
    put (to, "<tr><td>warning</td><td class=\"value\">%s</td></tr>\n",
         (const char *) source->warnings->pdata[i]);
  put_provenance_of (to, self->of->observed, self->of->native.of);
  if (self->of->second)
    put_provenance_of (to, "the second for the floor", self->of->floor_b.of);
  put_provenance_of (to, self->of->forecast, self->of->learned.of);
  g_string_append (to, "</tbody></table></div>\n");
}

static void
put_animation (GString *to, const EpnsReport *self)
{
  if (self->animation == NULL)
    return;
  put (to,
       "<figure class=\"moving\"><img alt=\"Member 0 of the %s and the %s ensemble, moving\" "
       "src=\"",
       self->of->observed, self->of->forecast);
  put_bytes (to, "image/png", self->animation->data, self->animation->len);
  g_string_append (to, "\"><figcaption>Member 0 of both ensembles. <span class=\"files\">"
                       "animation.png</span></figcaption></figure>\n");
}

static void
put_head (GString *to, const EpnsReport *self)
{
  const EpnsComparison *of = self->of;
  g_autofree char *name = epns_report_name (of);
  g_autofree char *until = epns_words_time (of->time[of->n_times - 1],
                                            of->native.of->meta->time_unit);

  put (to,
       "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">"
       "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">"
       "<meta name=\"color-scheme\" content=\"light dark\">\n<title>%s: %s beside %s</title>\n"
       "<style>",
       name, of->forecast, of->observed);
  g_string_append (to, epns_report_style);
  put (to,
       "</style></head>\n<body><main>\n<h1>%s <span class=\"unit\">%s beside %s</span></h1>\n"
       "<p class=\"note\">%u %s and %u %s members up to %s, beside what %s differ by. "
       "epns %s.</p>\n",
       name, of->forecast, of->observed, of->native.n, of->observed, of->learned.n, of->forecast,
       until, of->floor, epns_report_note (of->native.of, "epns"));
}

char *
epns_report_html (const EpnsReport *self, GError **error)
{
  g_autoptr (GString) page = g_string_new (NULL);

  put_head (page, self);
  put_verdict (page, self);
  put_animation (page, self);
  if (!put_figures (page, self, FALSE, error))
    return NULL;
  put_summary (page, self);
  put_all_numbers (page, self);
  g_string_append (page, "<h2>Figures</h2>\n");
  if (!put_figures (page, self, TRUE, error))
    return NULL;
  put_paragraph (page, "How long it can be believed", epns_report_horizon (self));
  put_guard (page, self);
  put_paragraph (page, "How likely native steps are to it", epns_report_bound (self));
  put_paragraph (page, "What it costs", epns_report_cost (self));
  put_paragraph (page, "For a methods section", epns_report_methods (self));
  put_provenance (page, self);
  g_string_append (page, "</main></body></html>\n");
  return g_string_free (g_steal_pointer (&page), FALSE);
}
