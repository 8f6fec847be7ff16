/* SPDX-License-Identifier: MIT */
/* Elementwise operators of two operands, with NumPy's broadcasting. */
#include "models/nn/activation.h"
#include "models/nn/op.h"

#include <string.h>

/* Both operands seen at the result's rank: strides in elements, 0 along an axis that repeats. */
typedef struct {
  guint rank;
  gint64 shape[EPNS_TENSOR_MAX_RANK];
  gint64 stride[2][EPNS_TENSOR_MAX_RANK];
} Broadcast;

static gboolean
broadcast_new (const EpnsCall *call, Broadcast *self)
{
  self->rank = MAX (call->in[0]->rank, call->in[1]->rank);
  for (guint i = 0; i < EPNS_TENSOR_MAX_RANK; i++)
    self->shape[i] = 1;
  for (guint o = 0; o < 2; o++) {
    const EpnsTensor *x = call->in[o];
    const guint ahead = self->rank - x->rank;
    gint64 stride = 1;
    memset (self->stride[o], 0, sizeof self->stride[o]);
    for (guint i = x->rank; i-- > 0; stride *= x->shape[i]) {
      gint64 *extent = &self->shape[ahead + i];
      if (x->shape[i] == 1)
        continue;
      if (*extent != 1 && *extent != x->shape[i])
        return FALSE;
      *extent = x->shape[i];
      self->stride[o][ahead + i] = stride;
    }
  }
  return TRUE;
}

/* n elements along the last axis, where an operand that repeats has step 0: values, and what each
 * adds to the gradient of a or of b. */
typedef void (*Run) (gsize n, const float *a, gsize step_a, const float *b, gsize step_b,
                     const float *g, float *to);
typedef struct {
  Run value, slope[2];
} Binary;

#define RUN(name, formula)                                                                         \
  static void name (gsize n, const float *a, gsize step_a, const float *b, gsize step_b,           \
                    const float *g G_GNUC_UNUSED, float *restrict to)                              \
  {                                                                                                \
    if (step_a == 1 && step_b == 1) { /* the common case, in a form that vectorises */             \
      EPNS_EACH (n, {                                                                              \
        const float x G_GNUC_UNUSED = a[i];                                                        \
        const float y G_GNUC_UNUSED = b[i];                                                        \
        to[i] = (formula);                                                                         \
      });                                                                                          \
      return;                                                                                      \
    }                                                                                              \
    for (gsize i = 0; i < n; i++) {                                                                \
      const float x G_GNUC_UNUSED = a[i * step_a], y G_GNUC_UNUSED = b[i * step_b];                \
      to[i] = (formula);                                                                           \
    }                                                                                              \
  }
#define BINARY(name, value, slope_x, slope_y)                                                      \
  RUN (name##_value, value)                                                                        \
  RUN (name##_slope_x, slope_x)                                                                    \
  RUN (name##_slope_y, slope_y)                                                                    \
  static const Binary name##_runs = { name##_value, { name##_slope_x, name##_slope_y } };          \
  const EpnsOp epns_op_##name = { #name, binary_shape, binary_forward, binary_backward,            \
                                  0,     &name##_runs };

/* Fewer and longer axes: neighbours that both operands walk through evenly become one. */
static void
broadcast_merge (Broadcast *self)
{
  Broadcast merged = { .rank = 0 };

  for (guint i = 0; i < self->rank; i++) {
    const gint64 extent = self->shape[i], *stride[2] = { self->stride[0], self->stride[1] };
    const guint last = merged.rank - 1;
    if (extent == 1)
      continue;
    if (merged.rank > 0 && merged.stride[0][last] == stride[0][i] * extent &&
        merged.stride[1][last] == stride[1][i] * extent)
      merged.shape[last] *= extent;
    else
      merged.shape[merged.rank++] = extent;
    for (guint o = 0; o < 2; o++)
      merged.stride[o][merged.rank - 1] = stride[o][i];
  }
  if (merged.rank == 0)
    merged.shape[merged.rank++] = 1;
  *self = merged;
}

static gboolean
binary_shape (const EpnsCall *call, guint *rank, gint64 *shape)
{
  Broadcast broadcast;

  if (!broadcast_new (call, &broadcast))
    return FALSE;
  *rank = broadcast.rank;
  memcpy (shape, broadcast.shape, sizeof broadcast.shape);
  return TRUE;
}

#define PIECE 512 /* elements a run is cut into */

typedef struct { /* a piece of one run: the result's elements at .. at + n - 1, and where they lie
                    in the operands */
  gsize at, n, start[2], step[2];
} Piece;

/* Call each on the pieces of the result's elements lo .. hi - 1. */
static void
for_pieces (const EpnsCall *call, gsize lo, gsize hi,
            void (*each) (const EpnsCall *, const Piece *, gpointer), gpointer arg)
{
  Broadcast broadcast = { 0 };
  broadcast_new (call, &broadcast);
  broadcast_merge (&broadcast);
  const guint last = broadcast.rank - 1;
  const gsize run = (gsize) broadcast.shape[last];

  for (gsize at = lo; at < hi;) {
    Piece piece = { .at = at, .n = MIN (MIN (hi - at, run - at % run), PIECE) };
    for (guint o = 0; o < 2; o++) {
      piece.step[o] = (gsize) broadcast.stride[o][last];
      piece.start[o] = at % run * piece.step[o];
      gsize rest = at / run;
      for (guint i = last; i-- > 0; rest /= (gsize) broadcast.shape[i])
        piece.start[o] += rest % (gsize) broadcast.shape[i] * (gsize) broadcast.stride[o][i];
    }
    each (call, &piece, arg);
    at += piece.n;
  }
}

static void
value_piece (const EpnsCall *call, const Piece *piece, gpointer arg G_GNUC_UNUSED)
{
  const Binary *binary = call->op->detail;

  binary->value (piece->n, call->in[0]->data + piece->start[0], piece->step[0],
                 call->in[1]->data + piece->start[1], piece->step[1], NULL,
                 call->out->data + piece->at);
}

static void
value_range (const EpnsCall *call, float *grad G_GNUC_UNUSED, gsize lo, gsize hi)
{
  for_pieces (call, lo, hi, value_piece, NULL);
}

static void
binary_forward (EpnsContext *ctx, const EpnsCall *call)
{
  epns_call_flat (ctx, call, NULL, call->out->count, 1.0, value_range);
}

static void
slope_piece (const EpnsCall *call, guint o, const Piece *piece, float *slope)
{
  const Binary *binary = call->op->detail;

  binary->slope[o](piece->n, call->in[0]->data + piece->start[0], piece->step[0],
                   call->in[1]->data + piece->start[1], piece->step[1],
                   call->out->grad->data + piece->at, slope);
}

typedef struct { /* gradients of operand o: in place, or where elements repeat, sums in double */
  guint o;
  float *grad;
  double *sums;
  gboolean is_new; /* written, not added to */
} Back;

static void
back_piece (const EpnsCall *call, const Piece *piece, gpointer arg)
{
  const Back *back = arg;
  const gsize start = piece->start[back->o], step = piece->step[back->o];
  float slope[PIECE];

  if (back->is_new) {
    slope_piece (call, back->o, piece, back->grad + start);
    return;
  }
  slope_piece (call, back->o, piece, slope);
  if (back->sums != NULL)
    for (gsize i = 0; i < piece->n; i++)
      back->sums[start + i * step] += (double) slope[i];
  else
    for (gsize i = 0; i < piece->n; i++)
      back->grad[start + i] += slope[i];
}

#define BACK_RANGE(name, o, is_new)                                                                \
  static void name (const EpnsCall *call, float *grad, gsize lo, gsize hi)                         \
  {                                                                                                \
    for_pieces (call, lo, hi, back_piece, &(Back){ o, grad, NULL, is_new });                       \
  }
BACK_RANGE (add_first, 0, FALSE)
BACK_RANGE (add_second, 1, FALSE)
BACK_RANGE (write_first, 0, TRUE)
BACK_RANGE (write_second, 1, TRUE)

static void
back_in_place (EpnsContext *ctx, const EpnsCall *call, guint o)
{
  static const EpnsRange ranges[2][2] = { { add_first, write_first },
                                          { add_second, write_second } };
  gboolean is_new;
  float *grad = epns_call_new_grad (ctx, call, o, &is_new);

  if (grad != NULL)
    epns_call_flat (ctx, call, grad, call->out->count, 2.0, ranges[o][is_new]);
}

static void
back_repeated (EpnsContext *ctx, const EpnsCall *call, guint o, float *grad)
{
  g_autoptr (EpnsTensor) sums =
      epns_tensor_new_zero (ctx, EPNS_SHAPE (2, (gint64) call->in[o]->count));
  Back back = { o, grad, (double *) (gpointer) sums->data, FALSE };

  for_pieces (call, 0, call->out->count, back_piece, &back);
  for (gsize i = 0; i < call->in[o]->count; i++)
    grad[i] += (float) back.sums[i];
}

static void
binary_backward (EpnsContext *ctx, const EpnsCall *call)
{
  for (guint o = 2; o-- > 0;) { /* what add gives to its first operand may be handed over */
    if (call->in[o]->count == call->out->count) {
      if (o > 0 || call->op != &epns_op_add || epns_call_inherit_grad (call, 0) == NULL)
        back_in_place (ctx, call, o);
      continue;
    }
    float *grad = epns_call_grad (ctx, call, o);
    if (grad != NULL)
      back_repeated (ctx, call, o, grad);
  }
}

/* value of x, y; what x, y get of the result's gradient g. */
BINARY (add, x + y, g[i], g[i])
BINARY (sub, x - y, g[i], -g[i])
BINARY (mul, x *y, g[i] * y, g[i] * x)
BINARY (add_relu, x + y < 0.0f ? 0.0f : x + y, x + y > 0.0f ? g[i] : 0.0f,
        x + y > 0.0f ? g[i] : 0.0f)
BINARY (div, x / y, g[i] / y, -g[i] * x / (y * y))

EpnsTensor *
epns_add (EpnsContext *ctx, EpnsTensor *a, EpnsTensor *b)
{
  return EPNS_APPLY (ctx, &epns_op_add, NULL, a, b);
}

EpnsTensor *
epns_add_relu (EpnsContext *ctx, EpnsTensor *a, EpnsTensor *b)
{
  return EPNS_APPLY (ctx, &epns_op_add_relu, NULL, a, b);
}

EpnsTensor *
epns_sub (EpnsContext *ctx, EpnsTensor *a, EpnsTensor *b)
{
  return EPNS_APPLY (ctx, &epns_op_sub, NULL, a, b);
}

EpnsTensor *
epns_mul (EpnsContext *ctx, EpnsTensor *a, EpnsTensor *b)
{
  return EPNS_APPLY (ctx, &epns_op_mul, NULL, a, b);
}

EpnsTensor *
epns_div (EpnsContext *ctx, EpnsTensor *a, EpnsTensor *b)
{
  return EPNS_APPLY (ctx, &epns_op_div, NULL, a, b);
}
