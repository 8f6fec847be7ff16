/* SPDX-License-Identifier: MIT */
/* Observables over time, ensemble upon ensemble. */
#pragma once
#include "compare/ensemble.h"
#include "compare/plot.h"

typedef struct {
  const char *title, *caption; /* caption may be NULL */
  const char *const *names;    /* of the series to draw, NULL-terminated; those that are nowhere
                                  defined are left out */
} EpnsCurves;

/* The series of these names that some member of some ensemble has a value of: guint indices, in the
 * order of the names. Free with g_array_unref. */
GArray *epns_series_choose (const EpnsComparison *of, const char *const *names);

/* Small multiples: for each series the median over members and the band from the 10 % to the 90 %
 * quantile, of the native and the learned ensemble, and the second native one where there is
 * one. */
EpnsCanvas *epns_draw_curves (const EpnsComparison *of, const EpnsCurves *what);

/* The same into a PNG file. */
gboolean epns_figure_curves (const char *path, const EpnsComparison *of, const EpnsCurves *what,
                             GError **error);
