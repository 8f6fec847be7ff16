/* SPDX-License-Identifier: MIT */
/* Views, and joining and cutting along an axis. */
#include "models/nn/op.h"
#include "models/nn/transpose.h"

#include <string.h>

/* --- reshape: y = x under another shape; n = the shape, its rank implied by the first 0 --- */

static gboolean
reshape_shape (const EpnsCall *call, guint *rank, gint64 *shape)
{
  gsize count = 1;

  for (*rank = 0; *rank < EPNS_TENSOR_MAX_RANK && call->attr.n[*rank] > 0; ++*rank) {
    shape[*rank] = call->attr.n[*rank];
    count *= (gsize) shape[*rank];
  }
  return *rank > 0 && count == call->in[0]->count;
}

static void
add_range (const EpnsCall *call, float *grad, gsize lo, gsize hi)
{
  for (gsize i = lo; i < hi; i++)
    grad[i] += call->out->grad->data[i];
}

static void
reshape_backward (EpnsContext *ctx, const EpnsCall *call)
{
  epns_call_flat (ctx, call, epns_call_grad (ctx, call, 0), call->out->count, 1.0, add_range);
}

const EpnsOp epns_op_reshape = { "reshape", reshape_shape, NULL, reshape_backward, 0, NULL };

EpnsTensor *
epns_reshape (EpnsContext *ctx, EpnsTensor *x, guint rank, const gint64 *shape)
{
  g_return_val_if_fail (rank >= 1 && rank <= EPNS_TENSOR_MAX_RANK, NULL);
  EpnsAttr attr = { .n = { 0 } };

  memcpy (attr.n, shape, rank * sizeof *shape);
  return EPNS_APPLY (ctx, &epns_op_reshape, &attr, x);
}

EpnsTensor *
epns_detach (EpnsContext *ctx, EpnsTensor *x)
{
  return x != NULL ? epns_tensor_view (ctx, x, x->rank, x->shape) : NULL;
}

/* --- gate_gradient: y = x; dx = dy mask --- */

static void
gate_range (const EpnsCall *call, float *grad, gsize lo, gsize hi)
{
  for (gsize i = lo; i < hi; i++)
    grad[i] += call->out->grad->data[i] * call->in[1]->data[i];
}

static void
gate_gradient_backward (EpnsContext *ctx, const EpnsCall *call)
{
  float *grad = epns_call_grad (ctx, call, 0);

  if (grad != NULL)
    epns_call_flat (ctx, call, grad, call->out->count, 1.0, gate_range);
}

const EpnsOp epns_op_gate_gradient = {
  "gate_gradient", epns_shape_same, NULL, gate_gradient_backward, 0, NULL
};

EpnsTensor *
epns_gate_gradient (EpnsContext *ctx, EpnsTensor *x, EpnsTensor *mask)
{
  return EPNS_APPLY (ctx, &epns_op_gate_gradient, NULL, x, mask);
}

/* --- concat and slice move blocks: of a tensor seen as [outer, axis, inner], rows of (length
 * inner) values --- */

static gsize
outer_count (const EpnsTensor *x, gint64 axis)
{
  gsize outer = 1;

  for (gint64 i = 0; i < axis; i++)
    outer *= (gsize) x->shape[i];
  return outer;
}

/* concat: the parts' rows one after the other; n = { axis }; dpart = its part of dy */

static gboolean
concat_shape (const EpnsCall *call, guint *rank, gint64 *shape)
{
  const gint64 axis = call->attr.n[0];
  const EpnsTensor *first = call->in[0];

  if (axis < 0 || axis >= first->rank)
    return FALSE;
  *rank = first->rank;
  memcpy (shape, first->shape, sizeof first->shape);
  for (guint p = 1; p < call->n_in; p++) {
    if (call->in[p]->rank != first->rank)
      return FALSE;
    for (guint i = 0; i < first->rank; i++)
      if (i != axis && call->in[p]->shape[i] != first->shape[i])
        return FALSE;
    shape[axis] += call->in[p]->shape[axis];
  }
  return TRUE;
}

static void
concat_row (void *arg, gsize row, void *scratch G_GNUC_UNUSED)
{
  const EpnsCall *call = arg;
  gsize outer = outer_count (call->out, call->attr.n[0]);
  float *to = call->out->data + row * (call->out->count / outer);

  for (guint p = 0; p < call->n_in; p++) {
    gsize length = call->in[p]->count / outer;
    memcpy (to, call->in[p]->data + row * length, length * sizeof *to);
    to += length;
  }
}

static void
concat_forward (EpnsContext *ctx, const EpnsCall *call)
{
  gsize outer = outer_count (call->out, call->attr.n[0]);

  epns_context_each (ctx, outer, (double) (call->out->count / outer), 0, concat_row,
                     (gpointer) call);
}

typedef struct {
  const EpnsCall *call;
  float *to;
  gsize length, stride,
      offset; /* of a row in the operand; of rows in dy (or dx); where the operand begins in them */
} Rows;

static void
concat_row_back (void *arg, gsize row, void *scratch G_GNUC_UNUSED)
{
  const Rows *rows = arg;
  const float *from = rows->call->out->grad->data + row * rows->stride + rows->offset;

  for (gsize i = 0; i < rows->length; i++)
    rows->to[row * rows->length + i] += from[i];
}

static void
concat_backward (EpnsContext *ctx, const EpnsCall *call)
{
  gsize outer = outer_count (call->out, call->attr.n[0]), offset = 0;

  for (guint p = 0; p < call->n_in; p++) {
    Rows rows = { call, epns_call_grad (ctx, call, p), call->in[p]->count / outer,
                  call->out->count / outer, offset };
    if (rows.to != NULL)
      epns_context_each (ctx, outer, (double) rows.length, 0, concat_row_back, &rows);
    offset += rows.length;
  }
}

const EpnsOp epns_op_concat = { "concat", concat_shape, concat_forward, concat_backward, 0, NULL };

EpnsTensor *
epns_concat (EpnsContext *ctx, guint axis, guint n, EpnsTensor *const *parts)
{
  EpnsAttr attr = { .n = { axis } };

  return epns_apply (ctx, &epns_op_concat, &attr, n, parts);
}

/* slice: y = x[first : first + length] along axis; n = { axis, first, length }; dx there = dy */

static gboolean
slice_shape (const EpnsCall *call, guint *rank, gint64 *shape)
{
  const EpnsTensor *x = call->in[0];
  const gint64 axis = call->attr.n[0], first = call->attr.n[1], length = call->attr.n[2];

  if (axis < 0 || axis >= x->rank || first < 0 || length < 1 || first + length > x->shape[axis])
    return FALSE;
  *rank = x->rank;
  memcpy (shape, x->shape, sizeof x->shape);
  shape[axis] = length;
  return TRUE;
}

static Rows
slice_rows (const EpnsCall *call, float *to)
{
  const EpnsTensor *x = call->in[0];
  const gint64 axis = call->attr.n[0];
  gsize outer = outer_count (x, axis), stride = x->count / outer;

  return (Rows){ call, to, call->out->count / outer, stride,
                 stride / (gsize) x->shape[axis] * (gsize) call->attr.n[1] };
}

static void
slice_row (void *arg, gsize row, void *scratch G_GNUC_UNUSED)
{
  const Rows *rows = arg;

  memcpy (rows->to + row * rows->length,
          rows->call->in[0]->data + row * rows->stride + rows->offset,
          rows->length * sizeof (float));
}

static void
slice_row_back (void *arg, gsize row, void *scratch G_GNUC_UNUSED)
{
  const Rows *rows = arg;
  float *to = rows->to + row * rows->stride + rows->offset;

  for (gsize i = 0; i < rows->length; i++)
    to[i] += rows->call->out->grad->data[row * rows->length + i];
}

static void
slice_forward (EpnsContext *ctx, const EpnsCall *call)
{
  Rows rows = slice_rows (call, call->out->data);

  epns_context_each (ctx, call->out->count / rows.length, (double) rows.length, 0, slice_row,
                     &rows);
}

static void
slice_backward (EpnsContext *ctx, const EpnsCall *call)
{
  Rows rows = slice_rows (call, epns_call_grad (ctx, call, 0));

  epns_context_each (ctx, call->out->count / rows.length, (double) rows.length, 0, slice_row_back,
                     &rows);
}

const EpnsOp epns_op_slice = { "slice", slice_shape, slice_forward, slice_backward, 0, NULL };

EpnsTensor *
epns_slice (EpnsContext *ctx, EpnsTensor *x, guint axis, gint64 first, gint64 length)
{
  EpnsAttr attr = { .n = { axis, first, length } };

  return EPNS_APPLY (ctx, &epns_op_slice, &attr, x);
}

/* --- channels_last: y[(n, h, w), c] = x[n, c, h, w] --- */

#define BLOCK 16 /* sites that are turned at once */

static gboolean
channels_last_shape (const EpnsCall *call, guint *rank, gint64 *shape)
{
  const EpnsTensor *x = call->in[0];

  *rank = 2;
  shape[0] = x->rank == 4 ? x->shape[0] * x->shape[2] * x->shape[3] : 0;
  shape[1] = x->shape[1];
  return x->rank == 4;
}

typedef struct {
  gsize channels, sites;
  const float *from;
  float *to;
} Turn;

static Turn
turn_new (const EpnsCall *call, const float *from, float *to)
{
  const EpnsTensor *x = call->in[0];

  return (Turn){ .channels = (gsize) x->shape[1],
                 .sites = (gsize) (x->shape[2] * x->shape[3]),
                 .from = from,
                 .to = to };
}

static void
turn_sample (void *arg, gsize n, void *scratch G_GNUC_UNUSED)
{
  const Turn *turn = arg;
  const float *from = turn->from + n * turn->channels * turn->sites;
  float *to = turn->to + n * turn->channels * turn->sites;

  const gsize whole_s = turn->sites / 4 * 4, whole_c = turn->channels / 4 * 4;

  for (gsize s = 0; s < whole_s; s += 4)
    for (gsize c = 0; c < whole_c; c += 4)
      epns_transpose_four (from + c * turn->sites + s, turn->sites, to + s * turn->channels + c,
                           turn->channels);
  for (gsize s = 0; s < turn->sites; s++)
    for (gsize c = s < whole_s ? whole_c : 0; c < turn->channels; c++)
      to[s * turn->channels + c] = from[c * turn->sites + s];
}

static void
turn_sample_back (void *arg, gsize n, void *scratch G_GNUC_UNUSED)
{
  const Turn *turn = arg;
  const float *from = turn->from + n * turn->channels * turn->sites;
  float *to = turn->to + n * turn->channels * turn->sites;

  for (gsize first = 0; first < turn->sites; first += BLOCK)
    for (gsize c = 0; c < turn->channels; c++)
      for (gsize s = first; s < MIN (first + BLOCK, turn->sites); s++)
        to[c * turn->sites + s] += from[s * turn->channels + c];
}

static void
channels_last_forward (EpnsContext *ctx, const EpnsCall *call)
{
  Turn turn = turn_new (call, call->in[0]->data, call->out->data);

  epns_context_each (ctx, (gsize) call->in[0]->shape[0], (double) (turn.channels * turn.sites), 0,
                     turn_sample, &turn);
}

static void
channels_last_backward (EpnsContext *ctx, const EpnsCall *call)
{
  Turn turn = turn_new (call, call->out->grad->data, epns_call_grad (ctx, call, 0));

  epns_context_each (ctx, (gsize) call->in[0]->shape[0], (double) (turn.channels * turn.sites), 0,
                     turn_sample_back, &turn);
}

const EpnsOp epns_op_channels_last = { "channels_last",        channels_last_shape,
                                       channels_last_forward,  channels_last_backward,
                                       0,                      NULL };

EpnsTensor *
epns_channels_last (EpnsContext *ctx, EpnsTensor *x)
{
  return EPNS_APPLY (ctx, &epns_op_channels_last, NULL, x);
}
