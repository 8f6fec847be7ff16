/* SPDX-License-Identifier: MIT */
/* Convolutions in bfloat16: the same shifted runs as correlate.c and correlate-adjoint.c have, of
 * words that hold two channels. */
#include "models/nn/half.h"
#include "models/nn/activation.h"
#include "models/nn/op.h"

#include <string.h>

#define LEAST_ROWS  8
#define LEAST_DEPTH 64

gboolean
epns_half_pays (const EpnsCorrelation *shape)
{
  return shape->filters >= LEAST_ROWS && shape->channels >= LEAST_ROWS &&
         shape->channels * shape->kh * shape->kw >= LEAST_DEPTH &&
         shape->stride * shape->stride <= EPNS_HALF_MAX_PHASES;
}

/* --- Making ready --- */

/* Where weights lie: w[row step + channel step + the tap's place]. */
typedef struct {
  const float *w;
  gsize of_row, of_channel;
} Weights;

/* A tap: what it adds to a site's number in a channel's planes, and its weight's place. */
typedef struct {
  gint32 offset, place;
} Tap;

static EpnsTensor *
taps_new (EpnsContext *ctx, gsize n)
{
  return epns_tensor_new (ctx, EPNS_SHAPE ((gint64) (n * sizeof (Tap) / sizeof (float))));
}

/* Words from one pair of channels to the next. */
static gsize
pair_of (const EpnsHalf *self)
{
  return self->source.stride * self->source.stride * self->source.plane;
}

static gsize
row_blocks (const EpnsHalf *self)
{
  return (self->rows + EPNS_HALF_SIDE - 1) / EPNS_HALF_SIDE;
}

/* Words of one row block's weights for n taps. */
static gsize
block_words (const EpnsHalf *self, gsize n_taps)
{
  return n_taps * self->blocks * EPNS_HALF_SIDE * self->pairs;
}

static float
weight_at (const EpnsHalf *self, const Weights *weights, gsize row, gsize channel, gsize place)
{
  return row < self->rows && channel < self->source.channels
             ? weights->w[row * weights->of_row + channel * weights->of_channel + place]
             : 0.0f;
}

/* A step's weights: [EPNS_HALF_SIDE][pairs] words. */
static void
pack_step (const EpnsHalf *self, const Weights *weights, gsize first_row, gsize first_channel,
           gint32 place, guint32 *to)
{
  float even[EPNS_HALF_PAIRS], odd[EPNS_HALF_PAIRS];

  for (gsize row = first_row; row < first_row + EPNS_HALF_SIDE; row++, to += self->pairs) {
    for (gsize p = 0; p < self->pairs; p++) {
      even[p] = weight_at (self, weights, row, first_channel + 2 * p, (gsize) place);
      odd[p] = weight_at (self, weights, row, first_channel + 2 * p + 1, (gsize) place);
    }
    epns_kernel ()->pair (self->pairs, even, odd, to);
  }
}

/* The taps of a phase, behind those of earlier ones. */
static void
pack_taps (EpnsHalf *self, const Weights *weights, gsize first, gsize n, const Tap *taps)
{
  const gsize step = EPNS_HALF_SIDE * self->pairs;
  gint32 *offset = (gint32 *) (gpointer) self->offsets->data + first * self->blocks;
  guint32 *words =
      (guint32 *) (gpointer) self->weights->data + row_blocks (self) * block_words (self, first);

  for (gsize t = 0; t < n; t++)
    for (gsize b = 0; b < self->blocks; b++)
      *offset++ = (gint32) (b * self->pairs * pair_of (self)) + taps[t].offset;
  for (gsize m = 0; m < row_blocks (self); m++)
    for (gsize t = 0; t < n; t++)
      for (gsize b = 0; b < self->blocks; b++, words += step)
        pack_step (self, weights, m * EPNS_HALF_SIDE, 2 * b * self->pairs, taps[t].place, words);
}

static void
make_room (EpnsHalf *self, EpnsContext *ctx, gsize n_taps)
{
  const gsize pairs = (self->source.channels + 1) / 2;

  self->tile = epns_context_half (ctx);
  self->blocks = (pairs + EPNS_HALF_PAIRS - 1) / EPNS_HALF_PAIRS;
  self->pairs = MIN (pairs, EPNS_HALF_PAIRS);
  self->slack += EPNS_KERNEL_SLACK;
  g_assert (self->blocks * self->pairs * pair_of (self) < G_MAXINT32);
  self->offsets = epns_tensor_new (ctx, EPNS_SHAPE ((gint64) (n_taps * self->blocks)));
  self->weights =
      epns_tensor_new (ctx, EPNS_SHAPE ((gint64) (row_blocks (self) * block_words (self, n_taps))));
}

EpnsHalf
epns_half_correlation (EpnsContext *ctx, const EpnsCorrelation *shape, const float *w)
{
  const gsize s = shape->stride, filter = shape->kh * shape->kw,
              plane_h = shape->out_h + (shape->kh - 1) / s,
              plane_w = shape->out_w + (shape->kw - 1) / s, plane = plane_h * plane_w;
  const Weights weights = { w, shape->channels * filter, filter };
  g_autoptr (EpnsTensor) room = taps_new (ctx, filter);
  Tap *taps = (Tap *) (gpointer) room->data;
  EpnsHalf self = { .source = { shape->channels, shape->height, shape->width, s, shape->top,
                                shape->left, plane_h, plane_w, plane },
                    .rows = shape->filters,
                    .height = shape->out_h,
                    .width = shape->out_w,
                    .stride = 1,
                    .slack = shape->kw,
                    .n_phases = 1,
                    .phases = { { .taps_h = shape->kh,
                                  .taps_w = shape->kw,
                                  .y_hi = shape->out_h,
                                  .x_hi = shape->out_w } } };

  make_room (&self, ctx, filter);
  for (gsize i = 0; i < shape->kh; i++)
    for (gsize j = 0; j < shape->kw; j++)
      taps[i * shape->kw + j] =
          (Tap){ (gint32) ((i % s * s + j % s) * plane + i / s * plane_w + j / s),
                 (gint32) (i * shape->kw + j) };
  pack_taps (&self, &weights, 0, filter, taps);
  return self;
}

EpnsHalf
epns_half_adjoint (EpnsContext *ctx, const EpnsCorrelation *shape, const float *w)
{
  const gsize s = shape->stride, filter = shape->kh * shape->kw, pad_h = (shape->kh - 1) / s,
              pad_w = (shape->kw - 1) / s, plane_h = shape->out_h + 2 * pad_h,
              plane_w = shape->out_w + pad_w; /* the zeros left of a row end the row before */
  const Weights weights = { w, filter, shape->channels * filter };
  g_autoptr (EpnsTensor) room = taps_new (ctx, filter);
  Tap *taps = (Tap *) (gpointer) room->data;
  gsize first = 0;
  EpnsHalf self = { .source = { shape->filters, shape->out_h, shape->out_w, 1, (gint64) pad_h,
                                (gint64) pad_w, plane_h, plane_w, plane_h * plane_w },
                    .rows = shape->channels,
                    .height = shape->height,
                    .width = shape->width,
                    .stride = s,
                    .top = shape->top,
                    .left = shape->left,
                    .slack = pad_w,
                    .n_phases = (guint) (s * s) };

  make_room (&self, ctx, filter);
  for (guint i = 0; i < self.n_phases; i++) {
    const EpnsPhase phase = self.phases[i] = epns_phase_at (shape, i);
    const gsize n = phase.taps_h * phase.taps_w;
    for (gsize a = 0; a < phase.taps_h; a++)
      for (gsize b = 0; b < phase.taps_w; b++)
        taps[a * phase.taps_w + b] =
            (Tap){ (gint32) ((pad_h - a) * plane_w + pad_w - b),
                   (gint32) ((phase.p + a * s) * shape->kw + phase.q + b * s) };
    pack_taps (&self, &weights, first, n, taps);
    first += n;
  }
  return self;
}

void
epns_half_clear (EpnsHalf *self)
{
  epns_tensor_set (&self->weights, NULL);
  epns_tensor_set (&self->offsets, NULL);
}

/* --- A sample --- */

static gsize
layout_words (const EpnsHalf *self)
{
  return self->blocks * self->pairs * pair_of (self) + self->slack;
}

/* Behind the words: two channels as they are laid out before they become pairs. */
gsize
epns_half_scratch (const EpnsHalf *self)
{
  return (layout_words (self) + 2 * pair_of (self)) * sizeof (guint32);
}

static void
lay_out_pairs (const EpnsHalf *self, const float *from, guint32 *to)
{
  const gsize n = pair_of (self), pairs = self->blocks * self->pairs,
              map = self->source.height * self->source.width;
  float *two = (float *) (gpointer) (to + layout_words (self));

  for (gsize p = 0; p < pairs; p++, to += n) {
    EpnsLayout layout = self->source;
    layout.channels = 2 * p < self->source.channels ? MIN (2, self->source.channels - 2 * p) : 0;
    memset (two + layout.channels * n, 0, (2 - layout.channels) * n * sizeof *two);
    epns_lay_out (&layout, from + 2 * p * map, two);
    epns_kernel ()->pair (n, two, two + n, to);
  }
  memset (to, 0, self->slack * sizeof *to);
}

static void
put (EpnsActivation activation, float bias, const float *restrict from, gsize n, gsize stride,
     float *restrict to)
{
  if (stride == 1)
    epns_activate (activation, bias, from, to, n);
  else
    for (gsize i = 0; i < n; i++)
      to[i * stride] = from[i] + bias;
}

typedef struct {
  const EpnsHalf *of;
  const EpnsPhase *phase;
  const float *bias;
  EpnsActivation activation;
  float *out;
} Results;

/* Rows of a tile, from `first` on, into their places. */
static void
put_tile (const Results *self, const float *tile, gsize first, gsize rows, const EpnsPiece *pieces,
          guint n_pieces)
{
  const EpnsHalf *of = self->of;

  for (gsize r = 0; r < rows; r++)
    for (guint i = 0; i < n_pieces; i++) {
      const gint64 row = (gint64) (pieces[i].row * of->stride + self->phase->p) - of->top,
                   column = (gint64) (pieces[i].column * of->stride + self->phase->q) - of->left;
      put (self->activation, self->bias != NULL ? self->bias[first + r] : 0.0f,
           tile + r * EPNS_HALF_SIDE + pieces[i].from, pieces[i].n, of->stride,
           self->out + ((first + r) * of->height + (gsize) row) * of->width + (gsize) column);
    }
}

static void
apply_phase (const Results *results, gsize first, const guint32 *source)
{
  const EpnsHalf *self = results->of;
  const EpnsPhase *phase = results->phase;
  const gsize n_taps = phase->taps_h * phase->taps_w, n = n_taps * self->blocks,
              pitch = self->source.plane_w, block = block_words (self, n_taps);
  const gint32 *offsets = epns_tensor_ints (self->offsets) + first * self->blocks;
  const guint32 *weights = (const guint32 *) (gconstpointer) self->weights->data +
                           row_blocks (self) * block_words (self, first);
  float tile[EPNS_HALF_SIDE * EPNS_HALF_SIDE];
  EpnsPiece pieces[EPNS_HALF_SIDE];

  if (phase->y_lo >= phase->y_hi || phase->x_lo >= phase->x_hi)
    return;
  const gsize end = (phase->y_hi - 1) * pitch + phase->x_hi;
  for (gsize at = phase->y_lo * pitch + phase->x_lo; at < end; at += EPNS_HALF_SIDE) {
    const guint n_pieces =
        epns_cut_rows (at, MIN (EPNS_HALF_SIDE, end - at), pitch, phase->x_lo, phase->x_hi, pieces);
    for (gsize m = 0; m < self->rows; m += EPNS_HALF_SIDE) {
      const gsize rows = MIN (EPNS_HALF_SIDE, self->rows - m);
      self->tile (n, self->pairs, rows <= EPNS_HALF_SIDE / 2 ? EPNS_HALF_SIDE / 2 : EPNS_HALF_SIDE,
                  weights + m / EPNS_HALF_SIDE * block, source + at, offsets, pair_of (self), tile);
      put_tile (results, tile, m, rows, pieces, n_pieces);
    }
  }
}

void
epns_half_apply (const EpnsHalf *self, const float *from, const float *bias,
                 EpnsActivation activation, float *out, void *scratch)
{
  Results results = { .of = self, .bias = bias, .activation = activation, .out = out };
  gsize first = 0;

  lay_out_pairs (self, from, scratch);
  for (guint i = 0; i < self->n_phases; i++) {
    results.phase = &self->phases[i];
    apply_phase (&results, first, scratch);
    first += results.phase->taps_h * results.phase->taps_w;
  }
}
