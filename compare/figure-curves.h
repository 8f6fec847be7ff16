/* SPDX-License-Identifier: MIT */
/* Observables over time, ensemble upon ensemble. */
#pragma once
#include "compare/canvas.h"
#include "compare/ensemble.h"

typedef struct {
  const char *title, *caption; /* caption may be NULL */
  const char *const *names;    /* of the series to draw, NULL-terminated; those that are nowhere
                                  defined are left out */
} EpnsCurves;

/* Small multiples as PNG: for each series the median over members and the band from the 10 % to the
 * 90 % quantile, of the native and the learned ensemble, and the second native one where there is
 * one. */
gboolean epns_figure_curves (const char *path, const EpnsComparison *of, const EpnsCurves *what,
                             GError **error);
