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
  g_autoptr (GByteArray) bytes = epns_canvas_encode (figure->canvas, figure->chart ? EPNS_SVG : EPNS_PNG,
                                                     2, error);

  if (bytes == NULL)
    return FALSE;
  put (to, "<figure class=\"%s\"><img alt=\"%s\" width=\"%.0f\" height=\"%.0f\" src=\"",
       figure->chart ? "chart" : "picture", figure->text, figure->canvas->width,
       figure->canvas->height);
  put_bytes (to, figure->chart ? "image/svg+xml" : "image/png", bytes->data, bytes->len);
  put (to, "\"><figcaption>%s <span class=\"files\">figures/%s.png, .svg, .pdf</span></figcaption></figure>\n",
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

  put (to, "<section class=\"verdict %s\"><p class=\"sign\" aria-hidden=\"true\">%s</p><div><h2>%s</h2><p>%s</p></div></section>\n",
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
  put (to, "<th scope=\"row\" title=\"%s\">%s <span class=\"unit\">%s</span></th>",
       series->observable->formula, series->title, epns_words_unit (series->unit));
}

/* The findings at the last time, in the columns one reads first. */
static void
put_summary (GString *to, const EpnsReport *self)
{
  const EpnsAnalysis *of = self->analysis;
  guint32 last = of->index[of->n_index - 1];
  g_autofree char *when = epns_words_time (epns_analysis_time (of, last),
                                           of->of->native.of->meta->time_unit);

  put (to, "<h2>At %s</h2>\n<div class=\"wide\"><table><thead><tr><th>Observable</th><th>native</th><th>learned</th>"
           "<th>SDs apart</th><th>KS</th><th>floor</th><th>adjusted p</th><th>leaves floor at</th></tr></thead><tbody>\n",
       when);
  for (guint i = 0; i < of->findings->len; i++) {
    const EpnsFinding *f = &g_array_index (of->findings, EpnsFinding, i);
    const EpnsCourse *course = of->courses->pdata[f->series];
    if (f->time != last || f->native_n + f->learned_n == 0)
      continue;
    g_string_append (to, "<tr>");
    put_series (to, epns_analysis_series (of, f->series));
    put_cell (to, epns_words_spread (f->native_mean, f->native_deviation));
    put_cell (to, epns_words_spread (f->learned_mean, f->learned_deviation));
    put_cell (to, epns_words_number (f->shift, 2));
    put_cell (to, epns_words_number (f->learned.ks, 2));
    put_cell (to, epns_words_number (f->floor.ks, 2));
    put_rejected (to, f);
    put_cell (to, course->leaves < of->of->n_times
                      ? epns_words_time (of->of->time[course->leaves], "1")
                      : g_strdup ("never"));
    g_string_append (to, "</tr>\n");
  }
  g_string_append (to, "</tbody></table></div>\n<p class=\"note\">Mean \302\261 standard deviation over members; cells are averaged "
                       "within a member. SDs apart: difference of the means in native standard deviations. Floor: KS between two native ensembles. * rejected at a family-wise "
                       "level of 5 %.</p>\n");
}

/* "0.12 / 0.10": the forecast's figure and the floor's. */
static char *
beside (double value, double floor)
{
  g_autofree char *one = epns_words_number (value, 2), *other = epns_words_number (floor, 2);

  return g_strdup_printf ("%s / %s", one, other);
}

static void
put_all_numbers (GString *to, const EpnsReport *self)
{
  const EpnsAnalysis *of = self->analysis;

  put (to, "<details><summary>All numbers (%u series at %u times)</summary>\n<div class=\"wide\"><table class=\"dense\"><thead><tr>"
           "<th>Observable</th><th>%s</th><th>Wasserstein-1</th><th>energy distance</th><th>CRPS</th><th>spread/skill</th>"
           "<th>cover 50 %%</th><th>80 %%</th><th>90 %%</th><th>95 %%</th><th>p</th><th>FDR</th></tr></thead><tbody>\n",
       of->courses->len, (guint) of->n_index, of->of->native.of->meta->time_unit);
  for (guint i = 0; i < of->findings->len; i++) {
    const EpnsFinding *f = &g_array_index (of->findings, EpnsFinding, i);
    if (f->native_n + f->learned_n == 0)
      continue;
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
  g_string_append (to, "</tbody></table></div>\n<p class=\"note\">Each: learned against native / native against native. Formulas and "
                       "sources of the observables are in report.json.</p></details>\n");
}

static void
put_provenance_of (GString *to, const char *label, const EpnsTrajectory *of)
{
  g_autoptr (GList)
      keys = g_list_sort (g_hash_table_get_keys (of->meta->provenance), (GCompareFunc) strcmp);

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

  g_string_append (to, "<h2>Where it comes from</h2>\n<div class=\"wide\"><table class=\"origin\"><tbody>\n");
  if (source->command != NULL)
    put (to, "<tr><td>command</td><td class=\"value\">%s</td></tr>\n", source->command);
  if (source->machine != NULL)
    put (to, "<tr><td>machine</td><td class=\"value\">%s</td></tr>\n", source->machine);
  if (!isnan (source->seconds)) {
    g_autofree char *seconds = epns_words_seconds (source->seconds);
    put (to, "<tr><td>wall time</td><td class=\"value\">%s on %u threads, stepping included</td></tr>\n", seconds,
         source->threads);
  }
  for (guint i = 0; source->warnings != NULL && i < source->warnings->len; i++)
    put (to, "<tr><td>warning</td><td class=\"value\">%s</td></tr>\n",
         (const char *) source->warnings->pdata[i]);
  put_provenance_of (to, "native", self->of->native.of);
  if (self->of->second)
    put_provenance_of (to, "second native", self->of->floor_b.of);
  put_provenance_of (to, "learned", self->of->learned.of);
  g_string_append (to, "</tbody></table></div>\n");
}

static void
put_animation (GString *to, const EpnsReport *self)
{
  if (self->animation == NULL)
    return;
  g_string_append (to, "<figure><img alt=\"Native and learned tissue side by side, moving\" src=\"");
  put_bytes (to, "image/png", self->animation->data, self->animation->len);
  g_string_append (to, "\"><figcaption>Member 0 of both ensembles. <span class=\"files\">animation.png</span></figcaption></figure>\n");
}

static void
put_paragraph (GString *to, const char *heading, char *owned_text)
{
  if (owned_text != NULL)
    put (to, "<h2>%s</h2>\n<p>%s</p>\n", heading, owned_text);
  g_free (owned_text);
}

static void
put_head (GString *to, const EpnsReport *self)
{
  const EpnsComparison *of = self->of;
  g_autofree char *name = g_path_get_basename (epns_report_note (of->native.of, "scenario"));
  g_autofree char *until = epns_words_time (of->time[of->n_times - 1], of->native.of->meta->time_unit);

  put (to, "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">"
           "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">"
           "<meta name=\"color-scheme\" content=\"light dark\">\n<title>%s: learned beside native</title>\n<style>",
       name);
  g_string_append (to, epns_report_style);
  put (to, "</style></head>\n<body><main>\n<h1>%s <span class=\"unit\">learned beside native</span></h1>\n"
           "<p class=\"note\">%u native and %u learned members up to %s, beside what two native ensembles differ by. "
           "epns %s.</p>\n",
       name, of->native.n, of->learned.n, until, epns_report_note (of->native.of, "epns"));
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
  put_paragraph (page, "What it costs", epns_report_cost (self));
  put_paragraph (page, "For a methods section", epns_report_methods (self));
  put_provenance (page, self);
  g_string_append (page, "</main></body></html>\n");
  return g_string_free (g_steal_pointer (&page), FALSE);
}
