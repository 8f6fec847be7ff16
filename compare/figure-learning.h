/* SPDX-License-Identifier: MIT */
/* How a training went, as a picture. */
#pragma once
#include <glib.h>

typedef struct {
  guint64 step;
  double seconds; /* of training until then */
  double rate;    /* the learning rate */
  double loss;    /* mean since the point before */
  double nats;    /* of the validation, a cell; NaN where there was none */
} EpnsLearningPoint;

/* Loss and, where any is known, validation over steps, one panel each. [any] */
gboolean epns_figure_learning (const char *path, const char *title, const EpnsLearningPoint *points,
                               gsize n, GError **error);
