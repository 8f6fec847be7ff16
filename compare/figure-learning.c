/* SPDX-License-Identifier: MIT */
/* Panels over steps: the training loss, the validation, the rollouts. */
#include "compare/figure-learning.h"

#include "compare/axis.h"
#include "compare/canvas.h"

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
  EpnsCanvas *canvas;
  const EpnsLearningPoint *points;
  gsize n;
  EpnsAxis x, y;
  double left;
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

static double
x_of (const Panel *self, double value)
{
  return self->left + PLOT_WIDTH * epns_axis_at (&self->x, value);
}

static double
y_of (const Panel *self, double value)
{
  return HEAD + PLOT_HEIGHT * (1 - epns_axis_at (&self->y, value));
}

static void
draw_axes (Panel *self, const char *title)
{
  const EpnsFont small = { 9, FALSE, EPNS_SOFT }, bold = { 11, TRUE, EPNS_INK };
  cairo_t *cr = self->canvas->cr;
  char text[G_ASCII_DTOSTR_BUF_SIZE];
  double value;

  epns_canvas_text (self->canvas, self->left, HEAD - 12, 0, PLOT_WIDTH, bold, title);
  cairo_set_line_width (cr, 0.7);
  epns_canvas_colour (self->canvas, EPNS_HAIR, 1);
  for (int k = 0; epns_axis_tick (&self->y, k, &value, text); k++) {
    cairo_move_to (cr, self->left, y_of (self, value));
    cairo_rel_line_to (cr, PLOT_WIDTH, 0);
  }
  cairo_stroke (cr);
  for (int k = 0; epns_axis_tick (&self->y, k, &value, text); k++)
    epns_canvas_text (self->canvas, self->left - 6, y_of (self, value) + 3.2, 1, LEFT - 8, small,
                      text);
  for (int k = 0; epns_axis_tick (&self->x, k, &value, text); k++)
    epns_canvas_text (self->canvas, x_of (self, value), HEAD + PLOT_HEIGHT + 15, 0.5, 0, small,
                      text);
  epns_canvas_text (self->canvas, self->left + PLOT_WIDTH / 2, HEAD + PLOT_HEIGHT + 30, 0.5, 0,
                    small, "optimiser steps");
}

static void
draw_curve (Panel *self, const Series *series)
{
  cairo_t *cr = self->canvas->cr;

  epns_canvas_colour (self->canvas, series->colour, 1);
  cairo_set_line_width (cr, 1.7);
  for (gsize i = 0; i < self->n; i++) {
    double value = series->value (&self->points[i]);
    if (!isnan (value))
      cairo_line_to (cr, x_of (self, (double) self->points[i].step), y_of (self, value));
  }
  cairo_stroke (cr);
  for (gsize i = 0; i < self->n; i++) {
    double value = series->value (&self->points[i]);
    if (isnan (value))
      continue;
    cairo_arc (cr, x_of (self, (double) self->points[i].step), y_of (self, value), 2, 0, 2 * G_PI);
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
  panel.canvas = canvas;
  panel.x = epns_axis (n > 0 ? (double) points[0].step : 0, n > 0 ? (double) points[n - 1].step : 1,
                       5, FALSE);
  epns_canvas_text (canvas, MARGIN, 34, 0, canvas->width - 2 * MARGIN,
                    (EpnsFont){ 15, TRUE, EPNS_INK }, title);
  panel.left = MARGIN + LEFT;
  for (guint i = 0; i < G_N_ELEMENTS (all); i++) {
    if (!find_range (&panel, &all[i], &low, &high))
      continue;
    panel.y = epns_axis (low, high, 5, TRUE);
    draw_axes (&panel, all[i].title);
    draw_curve (&panel, &all[i]);
    panel.left += PLOT_WIDTH + LEFT;
  }
  return epns_canvas_write_png (canvas, path, error);
}
