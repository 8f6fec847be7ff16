/* SPDX-License-Identifier: MIT */
/* Medians and quantile bands over time, a small panel for each observable. */
#include "compare/figure-curves.h"

#include "compare/axis.h"
#include "compare/statistics.h"

#include <math.h>
#include <string.h>

#define COLUMNS 3
#define PLOT_WIDTH 216.0 /* of the area within a panel's axes, points */
#define PLOT_HEIGHT 118.0
#define LEFT 48.0  /* room for the numbers of an axis */
#define ABOVE 34.0 /* for a panel's title */
#define BELOW 26.0
#define MARGIN 26.0
#define HEAD 76.0 /* title and legend */
#define FOOT 44.0

enum { LOW, MEDIAN, HIGH, N_QUANTILES };
static const double quantiles[N_QUANTILES] = { 0.1, 0.5, 0.9 };

/* How an ensemble looks. */
typedef struct {
  const char *label;
  guint32 colour;
  double band, line; /* opacity of the band, width of the median */
  gboolean dashed;
} Style;

static const Style native_style = { "native", 0x2b3036, 0.20, 1.7, FALSE };
static const Style second_style = { "second native", 0x2b3036, 0, 1.2, TRUE };
static const Style learned_style = { "learned", 0xd55e00, 0.24, 1.7, FALSE };

typedef struct {
  const Style *style;
  const EpnsEnsemble *of;
  double *value; /* [n_times][N_QUANTILES] of the series that is drawn; owned */
} Layer;

typedef struct {
  EpnsCanvas *canvas;
  const EpnsComparison *of;
  Layer layers[3];
  gsize n_layers;
  EpnsAxis x, y;
  double left, top; /* of the plot that is drawn */
} Figure;

static void
add_layer (Figure *self, const Style *style, const EpnsEnsemble *of)
{
  self->layers[self->n_layers++] = (Layer){ style, of,
                                            g_new (double, self->of->n_times *N_QUANTILES) };
}

/* Quantiles of a series in all layers and the range they span; FALSE where none is defined. */
static gboolean
take_series (Figure *self, guint series)
{
  double low = INFINITY, high = -INFINITY;

  for (gsize i = 0; i < self->n_layers; i++) {
    const Layer *layer = &self->layers[i];
    g_autofree double *sample = g_new (double, layer->of->n);
    for (guint32 t = 0; t < self->of->n_times; t++) {
      gsize n = epns_ensemble_sample (layer->of, series, t, sample);
      for (int q = 0; q < N_QUANTILES; q++) {
        double value = epns_quantile (sample, n, quantiles[q]);
        layer->value[t * N_QUANTILES + q] = value;
        low = fmin (low, value);
        high = fmax (high, value);
      }
    }
  }
  if (!(low <= high))
    return FALSE;
  self->y = epns_axis (low, high, 4, TRUE);
  return TRUE;
}

static double
x_of (const Figure *self, double value)
{
  return self->left + PLOT_WIDTH * epns_axis_at (&self->x, value);
}

static double
y_of (const Figure *self, double value)
{
  return self->top + PLOT_HEIGHT * (1 - epns_axis_at (&self->y, value));
}

static void
draw_axes (Figure *self, const char *x_title)
{
  const EpnsFont font = { 9, FALSE, EPNS_SOFT };
  cairo_t *cr = self->canvas->cr;
  char text[G_ASCII_DTOSTR_BUF_SIZE];
  double value;

  cairo_set_line_width (cr, 0.7);
  epns_canvas_colour (self->canvas, EPNS_HAIR, 1);
  for (int k = 0; epns_axis_tick (&self->y, k, &value, text); k++) {
    cairo_move_to (cr, self->left, y_of (self, value));
    cairo_rel_line_to (cr, PLOT_WIDTH, 0);
  }
  cairo_stroke (cr);
  for (int k = 0; epns_axis_tick (&self->y, k, &value, text); k++)
    epns_canvas_text (self->canvas, self->left - 6, y_of (self, value) + 3.2, 1, LEFT - 8, font,
                      text);
  for (int k = 0; epns_axis_tick (&self->x, k, &value, text); k++)
    epns_canvas_text (self->canvas, x_of (self, value), self->top + PLOT_HEIGHT + 15, 0.5, 0, font,
                      text);
  for (int k = 0; epns_axis_tick (&self->x, k, &value, text); k++) {
    cairo_move_to (cr, x_of (self, value), self->top + PLOT_HEIGHT);
    cairo_rel_line_to (cr, 0, 3.5);
  }
  epns_canvas_colour (self->canvas, EPNS_SOFT, 1);
  cairo_move_to (cr, self->left, self->top + PLOT_HEIGHT);
  cairo_rel_line_to (cr, PLOT_WIDTH, 0);
  cairo_stroke (cr);
  if (x_title != NULL)
    epns_canvas_text (self->canvas, self->left + PLOT_WIDTH / 2, self->top + PLOT_HEIGHT + 30, 0.5,
                      0, font, x_title);
}

/* Append the points of one quantile, forwards or backwards, to the path. Times where it is not
 * defined are left out. */
static void
trace (Figure *self, const Layer *layer, int quantile, gboolean backwards)
{
  for (guint32 k = 0; k < self->of->n_times; k++) {
    guint32 t = backwards ? self->of->n_times - 1 - k : k;
    double value = layer->value[t * N_QUANTILES + quantile];
    if (!isnan (value))
      cairo_line_to (self->canvas->cr, x_of (self, self->of->time[t]), y_of (self, value));
  }
}

static void
draw_layer (Figure *self, const Layer *layer)
{
  cairo_t *cr = self->canvas->cr;
  const double dashes[] = { 4, 2.5 }, dots[] = { 1, 2.2 };

  if (layer->style->band > 0) {
    trace (self, layer, LOW, FALSE);
    trace (self, layer, HIGH, TRUE);
    cairo_close_path (cr);
    epns_canvas_colour (self->canvas, layer->style->colour, layer->style->band);
    cairo_fill (cr);
  } else {
    epns_canvas_colour (self->canvas, layer->style->colour, 0.75);
    cairo_set_dash (cr, dots, 2, 0);
    cairo_set_line_width (cr, 0.8);
    trace (self, layer, LOW, FALSE);
    cairo_new_sub_path (cr);
    trace (self, layer, HIGH, FALSE);
    cairo_stroke (cr);
  }
  cairo_set_dash (cr, dashes, layer->style->dashed ? 2 : 0, 0);
  cairo_set_line_width (cr, layer->style->line);
  cairo_set_line_join (cr, CAIRO_LINE_JOIN_ROUND);
  epns_canvas_colour (self->canvas, layer->style->colour, 1);
  trace (self, layer, MEDIAN, FALSE);
  cairo_stroke (cr);
  cairo_set_dash (cr, NULL, 0, 0);
}

/* "site" counts sites; "1" is no unit. */
static const char *
unit_text (const char *unit)
{
  return strcmp (unit, "1") == 0       ? ""
         : strcmp (unit, "site") == 0  ? "sites"
         : strcmp (unit, "site2") == 0 ? "sites\u00b2"
                                       : unit;
}

static void
draw_panel (Figure *self, const EpnsSeries *series, const char *x_title)
{
  double width = epns_canvas_text (self->canvas, self->left, self->top - 12, 0, PLOT_WIDTH - 40,
                                   (EpnsFont){ 11, TRUE, EPNS_INK }, series->title);

  epns_canvas_text (self->canvas, self->left + width + 6, self->top - 12, 0, PLOT_WIDTH - width - 6,
                    (EpnsFont){ 9.5, FALSE, EPNS_SOFT }, unit_text (series->observable->unit));
  draw_axes (self, x_title);
  cairo_save (self->canvas->cr);
  cairo_rectangle (self->canvas->cr, self->left, self->top - 1, PLOT_WIDTH, PLOT_HEIGHT + 2);
  cairo_clip (self->canvas->cr);
  for (gsize i = 0; i < self->n_layers; i++)
    draw_layer (self, &self->layers[i]);
  cairo_restore (self->canvas->cr);
}

static void
draw_legend (Figure *self, double x, double y)
{
  for (gsize i = 0; i < self->n_layers; i++) {
    const Layer *layer = &self->layers[i];
    const Style *style = layer->style;
    cairo_t *cr = self->canvas->cr;
    g_autofree char *label = g_strdup_printf ("%s, %u %s", style->label, layer->of->n,
                                              layer->of->n == 1 ? "member" : "members");

    epns_canvas_colour (self->canvas, style->colour, style->band);
    cairo_rectangle (cr, x, y - 9, 26, 11);
    cairo_fill (cr);
    epns_canvas_colour (self->canvas, style->colour, 1);
    cairo_set_line_width (cr, style->line);
    cairo_set_dash (cr, (const double[]){ 4, 2.5 }, style->dashed ? 2 : 0, 0);
    cairo_move_to (cr, x, y - 3.5);
    cairo_rel_line_to (cr, 26, 0);
    cairo_stroke (cr);
    cairo_set_dash (cr, NULL, 0, 0);
    x += 33
         + epns_canvas_text (self->canvas, x + 33, y, 0, 0, (EpnsFont){ 10.5, FALSE, EPNS_INK },
                             label)
         + 22;
  }
}

/* The series of these names that are defined somewhere: guint indices. */
static GArray *
choose (Figure *self, const char *const *names)
{
  GArray *chosen = g_array_new (FALSE, FALSE, sizeof (guint));

  for (gsize k = 0; names[k] != NULL; k++)
    for (guint i = 0; i < self->of->native.series->len; i++) {
      const EpnsSeries *series = self->of->native.series->pdata[i];
      if (strcmp (series->name, names[k]) == 0 && take_series (self, i))
        g_array_append_val (chosen, i);
    }
  return chosen;
}

static void
draw_page (Figure *self, const EpnsCurves *what, const GArray *chosen)
{
  const char *unit = self->of->native.of->meta->time_unit;
  EpnsCanvas *canvas = self->canvas;

  epns_canvas_text (canvas, MARGIN, 38, 0, canvas->width - 2 * MARGIN,
                    (EpnsFont){ 16, TRUE, EPNS_INK }, what->title);
  draw_legend (self, MARGIN, 62);
  for (guint i = 0; i < chosen->len; i++) {
    guint series = g_array_index (chosen, guint, i);
    gboolean lowest = i + COLUMNS >= chosen->len;

    take_series (self, series);
    self->left = MARGIN + LEFT + i % COLUMNS * (LEFT + PLOT_WIDTH + 8);
    self->top = HEAD + ABOVE + i / COLUMNS * (ABOVE + PLOT_HEIGHT + BELOW);
    draw_panel (self, self->of->native.series->pdata[series], lowest ? unit : NULL);
  }
  if (what->caption != NULL)
    epns_canvas_text (canvas, MARGIN, canvas->height - 16, 0, canvas->width - 2 * MARGIN,
                      (EpnsFont){ 9, FALSE, EPNS_SOFT }, what->caption);
}

gboolean
epns_figure_curves (const char *path, const EpnsComparison *of, const EpnsCurves *what,
                    GError **error)
{
  Figure self = { .of = of, .x = epns_axis (of->time[0], of->time[of->n_times - 1], 4, FALSE) };

  add_layer (&self, &native_style, &of->native);
  if (of->second)
    add_layer (&self, &second_style, &of->floor_b);
  add_layer (&self, &learned_style, &of->learned);

  g_autoptr (GArray) chosen = choose (&self, what->names);
  guint rows = MAX ((chosen->len + COLUMNS - 1) / COLUMNS, 1);
  g_autoptr (EpnsCanvas)
      canvas = epns_canvas_new (2 * MARGIN + COLUMNS * (LEFT + PLOT_WIDTH + 8) - 8,
                                HEAD + rows * (ABOVE + PLOT_HEIGHT + BELOW) + FOOT);
  self.canvas = canvas;
  draw_page (&self, what, chosen);
  for (gsize i = 0; i < self.n_layers; i++)
    g_free (self.layers[i].value);
  return epns_canvas_write_png (canvas, path, error);
}
