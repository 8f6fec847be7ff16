/* SPDX-License-Identifier: MIT */
/* Medians and quantile bands over time, a small panel for each observable. */
#include "compare/figure-curves.h"

#include "compare/statistics.h"
#include "compare/words.h"

#include <math.h>
#include <string.h>

enum { LOW, MEDIAN, HIGH, N_QUANTILES };
static const double quantiles[N_QUANTILES] = { 0.1, 0.5, 0.9 };

typedef struct {
  const EpnsStyle *style;
  const EpnsEnsemble *of;
  double *value[N_QUANTILES]; /* [n_times] of the series that is drawn; owned */
} Layer;

typedef struct {
  const EpnsComparison *of;
  Layer layers[3];
  const EpnsStyle *styles[4];
  const char *labels[3];
  guint32 members[3];
  gsize n_layers;
} Figure;

static void
add_layer (Figure *self, const EpnsStyle *style, const char *label, const EpnsEnsemble *of)
{
  Layer *layer = &self->layers[self->n_layers];

  layer->style = style;
  layer->of = of;
  for (int q = 0; q < N_QUANTILES; q++)
    layer->value[q] = g_new (double, self->of->n_times);
  self->members[self->n_layers] = of->n;
  self->labels[self->n_layers] = label;
  self->styles[self->n_layers++] = style;
}

static Figure
begin (const EpnsComparison *of)
{
  Figure self = { .of = of };

  add_layer (&self, &epns_style_native, of->observed, &of->native);
  if (of->second)
    add_layer (&self, &epns_style_second, of->again, &of->floor_b);
  add_layer (&self, &epns_style_learned, of->forecast, &of->learned);
  return self;
}

static void
end (Figure *self)
{
  for (gsize i = 0; i < self->n_layers; i++)
    for (int q = 0; q < N_QUANTILES; q++)
      g_free (self->layers[i].value[q]);
}

/* Quantiles of a series in all layers, and the axis they span. */
static EpnsAxis
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
        layer->value[q][t] = value;
        low = fmin (low, value);
        high = fmax (high, value);
      }
    }
  }
  return epns_axis (low, high, 4, TRUE);
}

static gboolean
is_somewhere (const EpnsComparison *of, guint series)
{
  const EpnsEnsemble *const all[] = { &of->native, &of->learned, &of->floor_b };

  for (gsize e = 0; e < G_N_ELEMENTS (all); e++) {
    g_autofree double *sample = g_new (double, all[e]->n);
    for (guint32 t = 0; t < of->n_times; t++)
      if (epns_ensemble_sample (all[e], series, t, sample) > 0)
        return TRUE;
  }
  return FALSE;
}

GArray *
epns_series_choose (const EpnsComparison *of, const char *const *names)
{
  GArray *chosen = g_array_new (FALSE, FALSE, sizeof (guint));

  for (gsize k = 0; names[k] != NULL; k++)
    for (guint i = 0; i < of->native.series->len; i++) {
      const EpnsSeries *series = of->native.series->pdata[i];
      if (strcmp (series->name, names[k]) == 0 && is_somewhere (of, i))
        g_array_append_val (chosen, i);
    }
  return chosen;
}

static void
draw_panel (Figure *self, EpnsPlot *plot, const EpnsSeries *series, const char *x_title)
{
  const double *time = self->of->time;
  guint32 n = self->of->n_times;
  g_autofree char *unit = epns_words_unit (series->unit);

  epns_plot_axes (plot, series->title, unit, x_title);
  epns_plot_begin (plot);
  for (gsize i = 0; i < self->n_layers; i++) {
    const Layer *layer = &self->layers[i];
    epns_plot_band (plot, layer->style, time, layer->value[LOW], layer->value[HIGH], n);
    epns_plot_line (plot, layer->style, time, layer->value[MEDIAN], n);
  }
  epns_plot_end (plot);
}

EpnsCanvas *
epns_draw_curves (const EpnsComparison *of, const EpnsCurves *what)
{
  Figure self = begin (of);
  g_autoptr (GArray) chosen = epns_series_choose (of, what->names);
  const EpnsPage page = { what->title, what->caption, self.styles,
                          self.members, chosen->len,   3,           self.labels };
  g_autofree char *unit = epns_words_unit (of->native.of->meta->time_unit);
  EpnsCanvas *canvas = epns_page_new (&page);

  for (guint i = 0; i < chosen->len; i++) {
    guint series = g_array_index (chosen, guint, i);
    EpnsPlot plot = epns_page_panel (&page, canvas, i);
    plot.x = epns_axis (of->time[0], of->time[of->n_times - 1], 4, FALSE);
    plot.y = take_series (&self, series);
    draw_panel (&self, &plot, of->native.series->pdata[series],
                epns_page_lowest (&page, i) ? unit : NULL);
  }
  end (&self);
  return canvas;
}

gboolean
epns_figure_curves (const char *path, const EpnsComparison *of, const EpnsCurves *what,
                    GError **error)
{
  g_autoptr (EpnsCanvas) canvas = epns_draw_curves (of, what);

  return epns_canvas_write_png (canvas, path, error);
}
