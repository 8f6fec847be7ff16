/* SPDX-License-Identifier: MIT */
/* Charts of an analysis. */
#include "compare/figure-fidelity.h"

#include "compare/statistics.h"
#include "compare/words.h"

#include <math.h>

static const EpnsStyle *const with_second[] = { &epns_style_native, &epns_style_second,
                                                &epns_style_learned, NULL };
static const EpnsStyle *const without_second[] = { &epns_style_native, &epns_style_learned, NULL };

/* Their labels are the comparison's. */
static const EpnsStyle style_floor = { NULL, 0x2b3036, 0.30, 1.4, FALSE };
static const EpnsStyle style_forecast = { NULL, 0xd55e00, 0.45, 1.7, FALSE };
static const EpnsStyle *const contrasts[] = { &style_forecast, &style_floor, NULL };

/* Draw a sample's distribution in one style. */
static void
draw_sample (EpnsPlot *plot, const EpnsStyle *style, const EpnsEnsemble *of, guint series,
             guint32 time)
{
  g_autofree double *sample = g_new (double, of->n);

  epns_plot_steps (plot, style, sample, epns_ensemble_sample (of, series, time, sample));
}

static EpnsAxis
range_of (const EpnsComparison *of, guint series, guint32 time)
{
  const EpnsEnsemble *const all[] = { &of->native, &of->learned, &of->floor_b };
  double low = INFINITY, high = -INFINITY;

  for (gsize e = 0; e < G_N_ELEMENTS (all); e++) {
    g_autofree double *sample = g_new (double, all[e]->n);
    gsize n = epns_ensemble_sample (all[e], series, time, sample);
    if (n > 0) {
      low = fmin (low, sample[0]);
      high = fmax (high, sample[n - 1]);
    }
  }
  EpnsAxis axis = epns_axis (fmin (low, high), fmax (low, high), 4, FALSE);
  double room = 0.05 * (axis.high - axis.low);
  axis.low -= room;
  axis.high += room;
  return axis;
}

EpnsCanvas *
epns_draw_distributions (const EpnsAnalysis *of, const GArray *series)
{
  const EpnsComparison *both = of->of;
  guint32 last = both->n_times - 1;
  const guint32 three[] = { both->native.n, both->floor_b.n, both->learned.n };
  const guint32 two[] = { both->native.n, both->learned.n };
  g_autofree char *when = epns_words_time (both->time[last], both->native.of->meta->time_unit);
  g_autofree char *title = g_strdup_printf ("Distributions over members at %s", when);
  const char *const names_of_three[] = { both->observed, both->again, both->forecast };
  const char *const names_of_two[] = { both->observed, both->forecast };
  const EpnsPage page = { title,
                          "Empirical distribution functions: share of members with at most this "
                          "value. KS is the largest vertical distance of two lines.",
                          both->second ? with_second : without_second,
                          both->second ? three : two,
                          series->len,
                          3,
                          both->second ? names_of_three : names_of_two };
  EpnsCanvas *canvas = epns_page_new (&page);

  for (guint i = 0; i < series->len; i++) {
    guint s = g_array_index (series, guint, i);
    const EpnsSeries *shown = epns_analysis_series (of, s);
    EpnsPlot plot = epns_page_panel (&page, canvas, i);
    plot.x = range_of (both, s, last);
    plot.y = epns_axis (0, 1, 4, FALSE);
    g_autofree char *unit = epns_words_unit (shown->unit);
    epns_plot_axes (&plot, shown->title, unit, NULL);
    epns_plot_begin (&plot);
    draw_sample (&plot, &epns_style_native, &both->native, s, last);
    if (both->second)
      draw_sample (&plot, &epns_style_second, &both->floor_b, s, last);
    draw_sample (&plot, &epns_style_learned, &both->learned, s, last);
    epns_plot_end (&plot);
  }
  return canvas;
}

/* Bars of one histogram: filled, or as an outline. */
static void
draw_bars (EpnsPlot *plot, const EpnsStyle *style, const double *counts, gboolean filled)
{
  cairo_t *cr = plot->canvas->cr;
  double all = 0;

  for (int b = 0; b < EPNS_RANK_BINS; b++)
    all += counts[b];
  for (int b = 0; b < EPNS_RANK_BINS && all > 0; b++) {
    double left = epns_plot_x (plot, (double) b / EPNS_RANK_BINS),
           right = epns_plot_x (plot, (double) (b + 1) / EPNS_RANK_BINS),
           top = epns_plot_y (plot, counts[b] / all), bottom = epns_plot_y (plot, 0);
    if (filled) {
      cairo_rectangle (cr, left + 1, top, right - left - 2, bottom - top);
    } else {
      cairo_move_to (cr, left, top);
      cairo_line_to (cr, right, top);
    }
  }
  epns_canvas_colour (plot->canvas, style->colour, filled ? 0.65 : 1);
  if (filled) {
    cairo_fill (cr);
  } else {
    cairo_set_line_width (cr, 2);
    cairo_stroke (cr);
  }
}

static double
highest_share (const double *counts)
{
  double all = 0, most = 0;

  for (int b = 0; b < EPNS_RANK_BINS; b++) {
    all += counts[b];
    most = fmax (most, counts[b]);
  }
  return all > 0 ? most / all : 0;
}

EpnsCanvas *
epns_draw_ranks (const EpnsAnalysis *of, const GArray *series)
{
  const char *const labels[] = { of->of->against, of->of->floor };
  g_autofree char *caption = g_strdup_printf (
      "Where %s members lie among the forecast's, from lowest to highest: level where the forecast "
      "spreads as it should, at the ends where it is too narrow or shifted.",
      of->of->observed);
  const EpnsPage page = { "Rank histograms", caption, contrasts, NULL, series->len, 3, labels };
  EpnsCanvas *canvas = epns_page_new (&page);

  for (guint i = 0; i < series->len; i++) {
    guint s = g_array_index (series, guint, i);
    const EpnsCourse *course = of->courses->pdata[s];
    EpnsPlot plot = epns_page_panel (&page, canvas, i);
    plot.x = epns_axis (0, 1, 4, FALSE);
    plot.y = epns_axis (0, 1.1 * fmax (0.2, fmax (highest_share (course->ranks),
                                                  highest_share (course->floor_ranks))), 4, FALSE);
    epns_plot_axes (&plot, epns_analysis_series (of, s)->title, NULL, NULL);
    epns_plot_begin (&plot);
    draw_bars (&plot, &style_forecast, course->ranks, TRUE);
    draw_bars (&plot, &style_floor, course->floor_ranks, FALSE);
    epns_plot_end (&plot);
  }
  return canvas;
}

static void
draw_dots (EpnsPlot *plot, const EpnsStyle *style, const double *x, const double *y, double aside)
{
  for (int k = 0; k < EPNS_COVERAGE_LEVELS; k++) {
    if (isnan (y[k]))
      continue;
    cairo_arc (plot->canvas->cr, epns_plot_x (plot, x[k]) + aside, epns_plot_y (plot, y[k]), 2.2, 0,
               2 * G_PI);
    epns_canvas_colour (plot->canvas, style->colour, 0.55);
    cairo_fill (plot->canvas->cr);
  }
}

static void
draw_coverage (const EpnsAnalysis *of, EpnsPlot *plot)
{
  const EpnsStyle ideal = { NULL, EPNS_SOFT, 0, 1, TRUE };
  const double ends[] = { 0.4, 1 };

  plot->x = epns_axis (0.4, 1, 3, FALSE);
  plot->y = epns_axis (0, 1, 4, FALSE);
  epns_plot_axes (plot, "Coverage of intervals", NULL, "level of the interval");
  epns_plot_line (plot, &ideal, ends, ends, 2);
  for (guint s = 0; s < of->courses->len; s++) {
    const EpnsCourse *course = of->courses->pdata[s];
    draw_dots (plot, &style_floor, epns_coverage_levels, course->floor_coverage, -3);
    draw_dots (plot, &style_forecast, epns_coverage_levels, course->coverage, 3);
  }
}

/* Median and quartiles over the series of their KS courses. */
static void
draw_distances (const EpnsAnalysis *of, EpnsPlot *plot, gboolean floor)
{
  guint32 n = of->of->n_times;
  const EpnsStyle *style = floor ? &style_floor : &style_forecast;
  g_autofree double *low = g_new (double, n), *middle = g_new (double, n), *high = g_new (double, n),
                    *sample = g_new (double, of->courses->len);

  for (guint32 t = 0; t < n; t++) {
    gsize k = 0;
    for (guint s = 0; s < of->courses->len; s++) {
      const EpnsCourse *course = of->courses->pdata[s];
      double value = floor ? course->floor_ks[t] : course->ks[t];
      if (!isnan (value))
        sample[k++] = value;
    }
    epns_sort (sample, k);
    low[t] = epns_quantile (sample, k, 0.25);
    middle[t] = epns_quantile (sample, k, 0.5);
    high[t] = epns_quantile (sample, k, 0.75);
  }
  epns_plot_band (plot, style, of->of->time, low, high, n);
  epns_plot_line (plot, style, of->of->time, middle, n);
}

static EpnsAxis
score_axis (const EpnsAnalysis *of)
{
  double low = 0, high = 0;

  for (guint32 t = 0; t < of->of->n_times; t++) {
    low = fmin (low, fmin (of->energy_score[t], of->floor_energy_score[t]));
    high = fmax (high, fmax (of->energy_score[t], of->floor_energy_score[t]));
  }
  return epns_axis (low, 1.05 * high, 4, FALSE);
}

EpnsCanvas *
epns_draw_horizon (const EpnsAnalysis *of)
{
  const EpnsComparison *both = of->of;
  g_autofree char *unit = epns_words_unit (both->native.of->meta->time_unit);
  const char *const labels[] = { both->against, both->floor };
  const EpnsPage page = { "Calibration and horizon",
                          "Coverage: a dot an observable. KS: their median and middle half. "
                          "Energy score: all together; small is good.",
                          contrasts,
                          NULL,
                          4,
                          2,
                          labels };
  EpnsCanvas *canvas = epns_page_new (&page);
  EpnsPlot plot[4];

  for (guint i = 0; i < 4; i++) {
    plot[i] = epns_page_panel (&page, canvas, i);
    plot[i].x = epns_axis (both->time[0], both->time[both->n_times - 1], 4, FALSE);
    plot[i].y = epns_axis (0, 1, 4, FALSE);
  }
  draw_coverage (of, &plot[0]);
  epns_plot_axes (&plot[1], "KS distance", NULL, unit);
  draw_distances (of, &plot[1], TRUE);
  draw_distances (of, &plot[1], FALSE);
  plot[2].y = score_axis (of);
  epns_plot_axes (&plot[2], "Energy score", "native standard deviations", unit);
  epns_plot_line (&plot[2], &style_floor, both->time, of->floor_energy_score, both->n_times);
  epns_plot_line (&plot[2], &style_forecast, both->time, of->energy_score, both->n_times);
  if (of->stability.stable != NULL) {
    plot[3].y = epns_axis (0, 1.04, 4, FALSE);
    epns_plot_axes (&plot[3], "Stable members", "share", unit);
    epns_plot_line (&plot[3], &style_floor, both->time, of->native_stability.stable, both->n_times);
    epns_plot_line (&plot[3], &style_forecast, both->time, of->stability.stable, both->n_times);
  }
  return canvas;
}
