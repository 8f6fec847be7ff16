/* SPDX-License-Identifier: MIT */
/* How a training went, as a picture. */
#pragma once
#include "compare/rollout.h"

typedef struct {
  guint64 step;
  double seconds; /* of training until then */
  double rate;    /* the learning rate */
  double loss;    /* mean since the point before */
  double beta;    /* the weight of the KL divergence; NaN where there are no latents */
  guint32 in_a_row; /* learned steps that a sample is of */
  /* of the validation, a cell; NaN where there was none: */
  double nats, reconstruction, kl; /* nats = reconstruction + kl; kl NaN: no latents */
  EpnsRollout rollout; /* apart NaN where there was none */
} EpnsLearningPoint;

/* Loss and, where any are known, validation and rollouts over steps, one panel each. [any] */
gboolean epns_figure_learning (const char *path, const char *title, const EpnsLearningPoint *points,
                               gsize n, GError **error);
