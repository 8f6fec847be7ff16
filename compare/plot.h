/* SPDX-License-Identifier: MIT */
/* Small panels with axes, and pages of them: what all charts here are made of. */
#pragma once
#include "compare/axis.h"
#include "compare/canvas.h"

/* How an ensemble looks in every chart. */
typedef struct {
  const char *label;
  guint32 colour;
  double band, line; /* opacity of a band (0: a dotted outline), width of a line */
  gboolean dashed;
} EpnsStyle;

extern const EpnsStyle epns_style_native, epns_style_second, epns_style_learned;

/* One panel. */
typedef struct {
  EpnsCanvas *canvas;
  double left, top, width, height; /* of the area within the axes, points */
  EpnsAxis x, y;
} EpnsPlot;

double epns_plot_x (const EpnsPlot *self, double value);
double epns_plot_y (const EpnsPlot *self, double value);

/* Grid, numbers, title over it and the unit beside that (both may be NULL), title under the x axis
 * (may be NULL). */
void epns_plot_axes (const EpnsPlot *self, const char *title, const char *unit,
                     const char *x_title);

/* Drawing between these two stays within the axes. */
void epns_plot_begin (const EpnsPlot *self);
void epns_plot_end (const EpnsPlot *self);

/* A curve through n points; points whose y is NaN are left out. */
void epns_plot_line (const EpnsPlot *self, const EpnsStyle *style, const double *x, const double *y,
                     gsize n);

/* The band between two curves. */
void epns_plot_band (const EpnsPlot *self, const EpnsStyle *style, const double *x,
                     const double *low, const double *high, gsize n);

/* The empirical distribution function of an ascending sample, over the x axis's whole range. */
void epns_plot_steps (const EpnsPlot *self, const EpnsStyle *style, const double *sorted, gsize n);

/* A page: title, legend, panels in rows, caption. */
typedef struct {
  const char *title, *caption; /* caption may be NULL */
  const EpnsStyle *const *styles; /* of the legend, NULL-terminated */
  const guint32 *members;      /* of each style, for the legend; NULL: say nothing of members */
  guint n_panels, columns;
  const char *const *labels;   /* of each style, for the legend; NULL: the styles' own */
} EpnsPage;

/* An empty page with title, legend and caption. */
EpnsCanvas *epns_page_new (const EpnsPage *page);

/* Where panel i of the page lies; its axes are still to be set. */
EpnsPlot epns_page_panel (const EpnsPage *page, EpnsCanvas *canvas, guint i);

/* Is panel i the lowest of its column? */
gboolean epns_page_lowest (const EpnsPage *page, guint i);
