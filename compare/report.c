/* SPDX-License-Identifier: MIT */
/* A comparison measured, judged, drawn and written. */
#include "compare/report-private.h"

#include "adapters/output-file.h"
#include "compare/animation.h"
#include "compare/figure-curves.h"
#include "compare/figure-fidelity.h"
#include "compare/pictures.h"
#include "plugin/error.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <string.h>

#define ANIMATED 40 /* frames of the animation, at most */

static void
free_figure (gpointer data)
{
  EpnsReportFigure *self = data;

  epns_canvas_free (self->canvas);
  g_free (self);
}

static void
clear_report (EpnsReport *self)
{
  g_clear_pointer (&self->animation, g_byte_array_unref);
  g_clear_pointer (&self->figures, g_ptr_array_unref);
  g_clear_pointer (&self->verdict, epns_verdict_free);
  g_clear_pointer (&self->analysis, epns_analysis_free);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (EpnsReport, clear_report)

static void
add_figure (EpnsReport *self, const char *name, const char *text, gboolean chart,
            EpnsCanvas *canvas)
{
  EpnsReportFigure *figure = g_new0 (EpnsReportFigure, 1);

  figure->name = name;
  figure->text = text;
  figure->chart = chart;
  figure->canvas = canvas;
  g_ptr_array_add (self->figures, figure);
}

static void
draw (EpnsReport *self)
{
  g_autoptr (GArray) series = epns_series_choose (self->of, epns_pictured_series (self->of));

  self->figures = g_ptr_array_new_with_free_func (free_figure);
  add_figure (self, "snapshots", "Snapshots of one member of each ensemble.", FALSE,
              epns_draw_comparison_snapshots (self->of));
  add_figure (self, "curves",
              "Observables over time: median over members and the band from the 10 % to the 90 % "
              "quantile.",
              TRUE, epns_draw_comparison_curves (self->of));
  add_figure (self, "distributions",
              "Empirical distribution functions over members at the last time.", TRUE,
              epns_draw_distributions (self->analysis, series));
  add_figure (self, "ranks", "Rank histograms of one ensemble's members among the other's.", TRUE,
              epns_draw_ranks (self->analysis, series));
  add_figure (self, "horizon", "Coverage, KS distance, energy score and share of stable members.",
              TRUE, epns_draw_horizon (self->analysis));
}

static gboolean
write_text (const char *dir, const char *name, const char *text, GError **error)
{
  g_autofree char *path = g_build_filename (dir, name, NULL);

  return epns_output_write (path, text, strlen (text), error);
}

static gboolean
make_folder (const char *path, GError **error)
{
  if (g_mkdir_with_parents (path, 0777) == 0)
    return TRUE;
  g_set_error (error, EPNS_FAILURE, EPNS_FAILURE_IO, "%s: the folder cannot be made: %s", path,
               g_strerror (errno));
  return FALSE;
}

static gboolean
write_files (const EpnsReport *self, const char *dir, GError **error)
{
  g_autofree char *figures = g_build_filename (dir, "figures", NULL),
                  *animation = g_build_filename (dir, "animation.png", NULL),
                  *html = epns_report_html (self, error), *json = epns_report_json (self),
                  *csv = epns_report_csv (self), *courses = epns_report_courses (self);

  if (html == NULL || !make_folder (figures, error))
    return FALSE;
  for (guint i = 0; i < self->figures->len; i++) {
    const EpnsReportFigure *figure = self->figures->pdata[i];
    if (!epns_canvas_write_all (figure->canvas, figures, figure->name, error))
      return FALSE;
  }
  if (self->animation != NULL
      && !epns_output_write (animation, self->animation->data, self->animation->len, error))
    return FALSE;
  return write_text (dir, "report.csv", csv, error)
         && write_text (dir, "courses.csv", courses, error)
         && write_text (dir, "report.json", json, error)
         && write_text (dir, "report.html", html, error);
}

gboolean
epns_report_write (const EpnsReportSource *source, const char *dir, EpnsVerdict **verdict,
                   GError **error)
{
  g_auto (EpnsReport) self = { .source = source, .of = source->of };

  if (!make_folder (dir, error))
    return FALSE;
  self.analysis = epns_analysis_new (self.of);
  self.verdict = epns_verdict_new (self.analysis);
  draw (&self);
  self.animation = epns_animate (self.of, ANIMATED, error);
  if (self.animation == NULL || !write_files (&self, dir, error))
    return FALSE;
  if (verdict != NULL) {
    self.verdict->worst = NULL; /* it goes with the analysis */
    *verdict = g_steal_pointer (&self.verdict);
  }
  return TRUE;
}
