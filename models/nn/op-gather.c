/* SPDX-License-Identifier: MIT */
/* Values by their place: rows, single values, windows of a lattice. Places travel as a second
 * operand of integers. */
#include "models/nn/op.h"

#include <string.h>

/* --- gather_rows: y[i] = x[rows[i]]; dx[rows[i]] += dy[i], in order --- */

static gboolean
gather_rows_shape (const EpnsCall *call, guint *rank, gint64 *shape)
{
  const EpnsTensor *x = call->in[0];

  *rank = x->rank;
  memcpy (shape, x->shape, sizeof x->shape);
  shape[0] = (gint64) call->in[1]->count;
  for (gsize i = 0; i < call->in[1]->count; i++)
    if (epns_tensor_ints (call->in[1])[i] < 0 || epns_tensor_ints (call->in[1])[i] >= x->shape[0])
      return FALSE;
  return TRUE;
}

static void
gather_row (void *arg, gsize i, void *scratch G_GNUC_UNUSED)
{
  const EpnsCall *call = arg;
  gsize length = call->out->count / call->in[1]->count,
        row = (gsize) epns_tensor_ints (call->in[1])[i];

  memcpy (call->out->data + i * length, call->in[0]->data + row * length, length * sizeof (float));
}

static void
gather_rows_forward (EpnsContext *ctx, const EpnsCall *call)
{
  gsize n = call->in[1]->count;

  epns_context_each (ctx, n, (double) (call->out->count / n), 0, gather_row, (gpointer) call);
}

static void
gather_rows_backward (EpnsContext *ctx, const EpnsCall *call)
{
  float *dx = epns_call_grad (ctx, call, 0);
  const float *dy = call->out->grad->data;
  gsize length = call->out->count / call->in[1]->count;

  for (gsize i = 0; i < call->in[1]->count; i++) {
    float *to = dx + (gsize) epns_tensor_ints (call->in[1])[i] * length;
    for (gsize k = 0; k < length; k++)
      to[k] += *dy++;
  }
}

const EpnsOp epns_op_gather_rows = {
  "gather_rows", gather_rows_shape, gather_rows_forward, gather_rows_backward, 0, NULL
};

EpnsTensor *
epns_gather_rows (EpnsContext *ctx, EpnsTensor *x, gsize n, const gint32 *rows)
{
  g_autoptr (EpnsTensor) places = epns_tensor_of_ints (ctx, n, rows);

  return EPNS_APPLY (ctx, &epns_op_gather_rows, NULL, x, places);
}

/* --- pick: y[i] = x[places[i]] in memory order, or f[0] where places[i] < 0; n = the shape, ended
 * by 0; dx[places[i]] += dy[i], in order --- */

static gboolean
pick_shape (const EpnsCall *call, guint *rank, gint64 *shape)
{
  const gint32 *places = epns_tensor_ints (call->in[1]);
  gsize count = 1;

  for (*rank = 0; *rank < EPNS_TENSOR_MAX_RANK && call->attr.n[*rank] > 0; ++*rank) {
    shape[*rank] = call->attr.n[*rank];
    count *= (gsize) shape[*rank];
  }
  for (gsize i = 0; i < call->in[1]->count; i++)
    if (places[i] >= 0 && (gsize) places[i] >= call->in[0]->count)
      return FALSE;
  return *rank > 0 && count == call->in[1]->count;
}

static void
pick_range (const EpnsCall *call, float *grad G_GNUC_UNUSED, gsize lo, gsize hi)
{
  const gint32 *places = epns_tensor_ints (call->in[1]);

  for (gsize i = lo; i < hi; i++)
    call->out->data[i] = places[i] >= 0 ? call->in[0]->data[places[i]] : call->attr.f[0];
}

static void
pick_forward (EpnsContext *ctx, const EpnsCall *call)
{
  epns_call_flat (ctx, call, NULL, call->out->count, 1.0, pick_range);
}

static void
pick_backward (EpnsContext *ctx, const EpnsCall *call)
{
  const gint32 *places = epns_tensor_ints (call->in[1]);
  float *dx = epns_call_grad (ctx, call, 0);

  for (gsize i = 0; i < call->out->count; i++)
    if (places[i] >= 0)
      dx[places[i]] += call->out->grad->data[i];
}

const EpnsOp epns_op_pick = { "pick", pick_shape, pick_forward, pick_backward, 0, NULL };

EpnsTensor *
epns_pick (EpnsContext *ctx, EpnsTensor *x, guint rank, const gint64 *shape, const gint32 *places,
           float fill)
{
  g_return_val_if_fail (rank >= 1 && rank <= EPNS_TENSOR_MAX_RANK, NULL);
  EpnsAttr attr = { .f = { fill } };
  gsize count = 1;

  for (guint i = 0; i < rank; i++) {
    attr.n[i] = shape[i];
    count *= (gsize) shape[i];
  }
  g_autoptr (EpnsTensor) indices = epns_tensor_of_ints (ctx, count, places);
  return EPNS_APPLY (ctx, &epns_op_pick, &attr, x, indices);
}
