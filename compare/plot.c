/* SPDX-License-Identifier: MIT */
/* Axes, lines, bands and legends. */
#include "compare/plot.h"

#include <math.h>

#define PLOT_WIDTH 216.0 /* of the area within a panel's axes, points */
#define PLOT_HEIGHT 118.0
#define LEFT 48.0  /* room for the numbers of an axis */
#define ABOVE 34.0 /* for a panel's title */
#define BELOW 26.0
#define MARGIN 26.0
#define HEAD 76.0 /* title and legend */
#define FOOT 44.0
#define NARROWEST 560.0

const EpnsStyle epns_style_native = { "native", 0x2b3036, 0.20, 1.7, FALSE };
const EpnsStyle epns_style_second = { "second native", 0x2b3036, 0, 1.2, TRUE };
const EpnsStyle epns_style_learned = { "learned", 0xd55e00, 0.24, 1.7, FALSE };

double
epns_plot_x (const EpnsPlot *self, double value)
{
  return self->left + self->width * epns_axis_at (&self->x, value);
}

double
epns_plot_y (const EpnsPlot *self, double value)
{
  return self->top + self->height * (1 - epns_axis_at (&self->y, value));
}

static void
draw_title (const EpnsPlot *self, const char *title, const char *unit)
{
  double width = epns_canvas_text (self->canvas, self->left, self->top - 12, 0, self->width - 40,
                                   (EpnsFont){ 11, TRUE, EPNS_INK }, title);

  if (unit != NULL)
    epns_canvas_text (self->canvas, self->left + width + 6, self->top - 12, 0,
                      self->width - width - 6, (EpnsFont){ 9.5, FALSE, EPNS_SOFT }, unit);
}

void
epns_plot_axes (const EpnsPlot *self, const char *title, const char *unit, const char *x_title)
{
  const EpnsFont font = { 9, FALSE, EPNS_SOFT };
  cairo_t *cr = self->canvas->cr;
  char text[G_ASCII_DTOSTR_BUF_SIZE];
  double value, bottom = self->top + self->height;

  if (title != NULL)
    draw_title (self, title, unit);
  cairo_set_line_width (cr, 0.7);
  epns_canvas_colour (self->canvas, EPNS_HAIR, 1);
  for (int k = 0; epns_axis_tick (&self->y, k, &value, text); k++) {
    cairo_move_to (cr, self->left, epns_plot_y (self, value));
    cairo_rel_line_to (cr, self->width, 0);
  }
  cairo_stroke (cr);
  for (int k = 0; epns_axis_tick (&self->y, k, &value, text); k++)
    epns_canvas_text (self->canvas, self->left - 6, epns_plot_y (self, value) + 3.2, 1, LEFT - 8,
                      font, text);
  for (int k = 0; epns_axis_tick (&self->x, k, &value, text); k++)
    epns_canvas_text (self->canvas, epns_plot_x (self, value), bottom + 15, 0.5, 0, font, text);
  for (int k = 0; epns_axis_tick (&self->x, k, &value, text); k++) {
    cairo_move_to (cr, epns_plot_x (self, value), bottom);
    cairo_rel_line_to (cr, 0, 3.5);
  }
  epns_canvas_colour (self->canvas, EPNS_SOFT, 1);
  cairo_move_to (cr, self->left, bottom);
  cairo_rel_line_to (cr, self->width, 0);
  cairo_stroke (cr);
  if (x_title != NULL)
    epns_canvas_text (self->canvas, self->left + self->width / 2, bottom + 30, 0.5, 0, font,
                      x_title);
}

void
epns_plot_begin (const EpnsPlot *self)
{
  cairo_save (self->canvas->cr);
  cairo_rectangle (self->canvas->cr, self->left, self->top - 1, self->width, self->height + 2);
  cairo_clip (self->canvas->cr);
}

void
epns_plot_end (const EpnsPlot *self)
{
  cairo_restore (self->canvas->cr);
}

/* Append the points to the path, forwards or backwards. */
static void
trace (const EpnsPlot *self, const double *x, const double *y, gsize n, gboolean backwards)
{
  for (gsize k = 0; k < n; k++) {
    gsize i = backwards ? n - 1 - k : k;
    if (!isnan (y[i]))
      cairo_line_to (self->canvas->cr, epns_plot_x (self, x[i]), epns_plot_y (self, y[i]));
  }
}

static void
stroke (const EpnsPlot *self, const EpnsStyle *style)
{
  const double dashes[] = { 4, 2.5 };
  cairo_t *cr = self->canvas->cr;

  cairo_set_dash (cr, dashes, style->dashed ? 2 : 0, 0);
  cairo_set_line_width (cr, style->line);
  cairo_set_line_join (cr, CAIRO_LINE_JOIN_ROUND);
  epns_canvas_colour (self->canvas, style->colour, 1);
  cairo_stroke (cr);
  cairo_set_dash (cr, NULL, 0, 0);
}

void
epns_plot_line (const EpnsPlot *self, const EpnsStyle *style, const double *x, const double *y,
                gsize n)
{
  trace (self, x, y, n, FALSE);
  stroke (self, style);
}

void
epns_plot_band (const EpnsPlot *self, const EpnsStyle *style, const double *x, const double *low,
                const double *high, gsize n)
{
  cairo_t *cr = self->canvas->cr;
  const double dots[] = { 1, 2.2 };

  if (style->band > 0) {
    trace (self, x, low, n, FALSE);
    trace (self, x, high, n, TRUE);
    cairo_close_path (cr);
    epns_canvas_colour (self->canvas, style->colour, style->band);
    cairo_fill (cr);
    return;
  }
  epns_canvas_colour (self->canvas, style->colour, 0.75);
  cairo_set_dash (cr, dots, 2, 0);
  cairo_set_line_width (cr, 0.8);
  trace (self, x, low, n, FALSE);
  cairo_new_sub_path (cr);
  trace (self, x, high, n, FALSE);
  cairo_stroke (cr);
  cairo_set_dash (cr, NULL, 0, 0);
}

void
epns_plot_steps (const EpnsPlot *self, const EpnsStyle *style, const double *sorted, gsize n)
{
  cairo_t *cr = self->canvas->cr;

  cairo_move_to (cr, self->left, epns_plot_y (self, 0));
  for (gsize i = 0; i < n; i++) {
    cairo_line_to (cr, epns_plot_x (self, sorted[i]), epns_plot_y (self, (double) i / (double) n));
    cairo_line_to (cr, epns_plot_x (self, sorted[i]),
                   epns_plot_y (self, (double) (i + 1) / (double) n));
  }
  cairo_line_to (cr, self->left + self->width, epns_plot_y (self, n > 0 ? 1 : 0));
  stroke (self, style);
}

static void
draw_key (EpnsCanvas *canvas, const EpnsStyle *style, double x, double y)
{
  cairo_t *cr = canvas->cr;

  epns_canvas_colour (canvas, style->colour, style->band);
  cairo_rectangle (cr, x, y - 9, 26, 11);
  cairo_fill (cr);
  epns_canvas_colour (canvas, style->colour, 1);
  cairo_set_line_width (cr, style->line);
  cairo_set_dash (cr, (const double[]){ 4, 2.5 }, style->dashed ? 2 : 0, 0);
  cairo_move_to (cr, x, y - 3.5);
  cairo_rel_line_to (cr, 26, 0);
  cairo_stroke (cr);
  cairo_set_dash (cr, NULL, 0, 0);
}

static void
draw_legend (EpnsCanvas *canvas, const EpnsPage *page, double x, double y)
{
  for (gsize i = 0; page->styles[i] != NULL; i++) {
    const EpnsStyle *style = page->styles[i];
    const char *name = page->labels ? page->labels[i] : style->label;
    g_autofree char *label = page->members
                                 ? g_strdup_printf ("%s, %u %s", name, page->members[i],
                                                    page->members[i] == 1 ? "member" : "members")
                                 : g_strdup (name);
    draw_key (canvas, style, x, y);
    x += 33 + 22
         + epns_canvas_text (canvas, x + 33, y, 0, 0, (EpnsFont){ 10.5, FALSE, EPNS_INK }, label);
  }
}

EpnsCanvas *
epns_page_new (const EpnsPage *page)
{
  guint rows = MAX ((page->n_panels + page->columns - 1) / page->columns, 1);
  double width = 2 * MARGIN + page->columns * (LEFT + PLOT_WIDTH + 8) - 8;
  EpnsCanvas *canvas = epns_canvas_new (MAX (width, NARROWEST),
                                        HEAD + rows * (ABOVE + PLOT_HEIGHT + BELOW) + FOOT);

  epns_canvas_text (canvas, MARGIN, 38, 0, canvas->width - 2 * MARGIN,
                    (EpnsFont){ 16, TRUE, EPNS_INK }, page->title);
  draw_legend (canvas, page, MARGIN, 62);
  if (page->caption != NULL)
    epns_canvas_text (canvas, MARGIN, canvas->height - 16, 0, canvas->width - 2 * MARGIN,
                      (EpnsFont){ 9, FALSE, EPNS_SOFT }, page->caption);
  return canvas;
}

EpnsPlot
epns_page_panel (const EpnsPage *page, EpnsCanvas *canvas, guint i)
{
  return (EpnsPlot){ .canvas = canvas,
                     .left = MARGIN + LEFT + i % page->columns * (LEFT + PLOT_WIDTH + 8),
                     .top = HEAD + ABOVE + i / page->columns * (ABOVE + PLOT_HEIGHT + BELOW),
                     .width = PLOT_WIDTH,
                     .height = PLOT_HEIGHT };
}

gboolean
epns_page_lowest (const EpnsPage *page, guint i)
{
  return i + page->columns >= page->n_panels;
}
