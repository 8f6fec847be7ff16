/* SPDX-License-Identifier: MIT */
/* Images, filters and what correlations of them are by their definition, for the tests of both
 * ways to compute them. */
#pragma once
#include "models/nn/correlate.h"
#include "plugin/random.h"
#include "tests/suite.h"

#include <math.h>

enum { SAMPLES = 23 };

typedef struct {
  const EpnsCorrelation *shape;
  EpnsContext *ctx;
  EpnsTensor *image, *v, *w, *bias, *scratch; /* images and v's of SAMPLES samples */
  gsize image_count, v_count;
} Setup;

static EpnsTensor *
random_tensor (EpnsContext *ctx, guint32 purpose, gsize n)
{
  const EpnsDrawKey key = { 11, 0, 0 };
  EpnsTensor *self = epns_tensor_new (ctx, EPNS_SHAPE ((gint64) n));

  for (gsize i = 0; i < n; i++)
    self->data[i] = (float) epns_random_normal (&key, purpose, i);
  return self;
}

static Setup
setup_new (const EpnsCorrelation *shape)
{
  Setup self = { .shape = shape, .ctx = epns_context_new (NULL) };

  self.image_count = shape->channels * shape->height * shape->width;
  self.v_count = shape->filters * shape->out_h * shape->out_w;
  self.image = random_tensor (self.ctx, 0, SAMPLES * self.image_count);
  self.v = random_tensor (self.ctx, 1, SAMPLES * self.v_count);
  self.w = random_tensor (self.ctx, 2, shape->filters * shape->channels * shape->kh * shape->kw);
  self.bias = random_tensor (self.ctx, 3, MAX (shape->filters, shape->channels));
  return self;
}

static float *
scratch_of (Setup *self, gsize bytes)
{
  epns_tensor_set (&self->scratch, random_tensor (self->ctx, 4, bytes / sizeof (float) + 1));
  return self->scratch->data;
}

static void
setup_clear (Setup *self)
{
  EpnsTensor *all[] = { self->image, self->v, self->w, self->bias, self->scratch };

  for (guint i = 0; i < G_N_ELEMENTS (all); i++)
    epns_tensor_unref (all[i]);
  epns_context_free (self->ctx);
}

/* Calls each (site of v, filter element, place in the image) that belong together. */
typedef void (*Meet) (gsize v, gsize w, gsize image, gpointer user);

static void
for_all (const EpnsCorrelation *s, Meet meet, gpointer user)
{
  for (gsize m = 0; m < s->filters; m++)
    for (gsize c = 0; c < s->channels; c++)
      for (gsize at = 0; at < s->out_h * s->out_w * s->kh * s->kw; at++) {
        const gsize j = at % s->kw, i = at / s->kw % s->kh, site = at / (s->kw * s->kh);
        const gint64 row = (gint64) (site / s->out_w * s->stride + i) - s->top;
        const gint64 column = (gint64) (site % s->out_w * s->stride + j) - s->left;
        if (row >= 0 && row < (gint64) s->height && column >= 0 && column < (gint64) s->width)
          meet (m * s->out_h * s->out_w + site, ((m * s->channels + c) * s->kh + i) * s->kw + j,
                (c * s->height + (gsize) row) * s->width + (gsize) column, user);
      }
}

typedef struct {
  const float *v, *w, *image;
  double *to;
} Sums;

static void
meet_v (gsize v, gsize w, gsize image, gpointer user)
{
  const Sums *sums = user;

  sums->to[v] += (double) sums->w[w] * (double) sums->image[image];
}

static void
meet_image (gsize v, gsize w, gsize image, gpointer user)
{
  const Sums *sums = user;

  sums->to[image] += (double) sums->w[w] * (double) sums->v[v];
}

static void
meet_w (gsize v, gsize w, gsize image, gpointer user)
{
  const Sums *sums = user;

  sums->to[w] += (double) sums->v[v] * (double) sums->image[image];
}
