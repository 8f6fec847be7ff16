/* SPDX-License-Identifier: MIT */
/* Panels over steps: the training loss, the validation, the rollouts. */
#include "compare/figure-learning.h"

#include "compare/plot.h"

#include <math.h>

#define PLOT_WIDTH 300.0 /* within a panel's axes, points */
#define PLOT_HEIGHT 190.0
#define LEFT 56.0 /* room for numbers */
#define HEAD 76.0
#define BELOW 52.0
#define MARGIN 26.0

typedef struct {
  const char *title;
  guint32 colour;
  double (*value) (const EpnsLearningPoint *point);
} Series;

typedef struct {
  EpnsPlot plot;
  const EpnsLearningPoint *points;
  gsize n;
} Panel;

static double
loss_of (const EpnsLearningPoint *point)
{
  return point->loss;
}

static double
nats_of (const EpnsLearningPoint *point)
{
  return point->nats;
}

static double
apart_of (const EpnsLearningPoint *point)
{
  return point->rollout.apart;
}

static const Series all[] = {
  { "training loss", 0x2b3036, loss_of },
  { "validation, nats a cell and step", 0xd55e00, nats_of },
  { "rollouts, relative difference", 0x0072b2, apart_of },
};

static gboolean
find_range (const Panel *self, const Series *series, double *low, double *high)
{
  *low = INFINITY;
  *high = -INFINITY;
  for (gsize i = 0; i < self->n; i++) {
    *low = fmin (*low, series->value (&self->points[i]));
    *high = fmax (*high, series->value (&self->points[i]));
  }
  return *low <= *high;
}

static void
draw_curve (const Panel *self, const Series *series)
{
  const EpnsStyle style = { series->title, series->colour, 0, 1.7, FALSE };
  g_autofree double *x = g_new (double, self->n), *y = g_new (double, self->n);
  cairo_t *cr = self->plot.canvas->cr;

  for (gsize i = 0; i < self->n; i++) {
    x[i] = (double) self->points[i].step;
    y[i] = series->value (&self->points[i]);
  }
  epns_plot_line (&self->plot, &style, x, y, self->n);
  for (gsize i = 0; i < self->n; i++) {
    if (isnan (y[i]))
      continue;
    cairo_arc (cr, epns_plot_x (&self->plot, x[i]), epns_plot_y (&self->plot, y[i]), 2, 0,
               2 * G_PI);
    cairo_fill (cr);
  }
}

gboolean
epns_figure_learning (const char *path, const char *title, const EpnsLearningPoint *points, gsize n,
                      GError **error)
{
  double low, high;
  guint shown = 0;
  Panel panel = { .points = points, .n = n };

  for (guint i = 0; i < G_N_ELEMENTS (all); i++)
    shown += find_range (&panel, &all[i], &low, &high) ? 1 : 0;
  g_autoptr (EpnsCanvas) canvas = epns_canvas_new (
      2 * MARGIN + MAX (shown, 1) * (PLOT_WIDTH + LEFT), HEAD + PLOT_HEIGHT + BELOW);
  panel.plot = (EpnsPlot){ .canvas = canvas,
                           .left = MARGIN + LEFT,
                           .top = HEAD,
                           .width = PLOT_WIDTH,
                           .height = PLOT_HEIGHT,
                           .x = epns_axis (n > 0 ? (double) points[0].step : 0,
                                           n > 0 ? (double) points[n - 1].step : 1, 5, FALSE) };
  epns_canvas_text (canvas, MARGIN, 34, 0, canvas->width - 2 * MARGIN,
                    (EpnsFont){ 15, TRUE, EPNS_INK }, title);
  for (guint i = 0; i < G_N_ELEMENTS (all); i++) {
    if (!find_range (&panel, &all[i], &low, &high))
      continue;
    panel.plot.y = epns_axis (low, high, 5, TRUE);
    epns_plot_axes (&panel.plot, all[i].title, NULL, "optimiser steps");
    draw_curve (&panel, &all[i]);
    panel.plot.left += PLOT_WIDTH + LEFT;
  }
  return epns_canvas_write_png (canvas, path, error);
}
