/* SPDX-License-Identifier: MIT */
/* Means and sums over groups of consecutive rows (nodes of a batch element, messages to a node),
 * and their adjoint. */
#include "models/nn/op.h"

#include <string.h>

/* in[1] holds the first row of each group and, last, the number of rows. */

static EpnsTensor *
group_starts (EpnsContext *ctx, gsize n_rows, gsize n_groups, const gint32 *sizes)
{
  g_return_val_if_fail (n_groups > 0 && n_groups <= n_rows && n_rows <= G_MAXINT32, NULL);
  g_return_val_if_fail (sizes != NULL || n_rows % n_groups == 0, NULL);
  EpnsTensor *starts = epns_tensor_new (ctx, EPNS_SHAPE ((gint64) n_groups + 1));
  gint32 *first = (gint32 *) (gpointer) starts->data;

  first[0] = 0;
  for (gsize g = 0; g < n_groups; g++)
    first[g + 1] = first[g] + (sizes != NULL ? sizes[g] : (gint32) (n_rows / n_groups));
  return starts;
}

static gboolean
starts_fit (const EpnsCall *call, gint64 n_rows)
{
  const gint32 *first = epns_tensor_ints (call->in[1]);
  gsize n_groups = call->in[1]->count - 1;

  for (gsize g = 0; g < n_groups; g++)
    if (first[g + 1] <= first[g])
      return FALSE;
  return first[n_groups] == n_rows;
}

#define TILE 256 /* columns summed at once; a task */

/* sums (+)= factor_g * the sum of the rows of group g, column by column in row order. */
typedef struct {
  const gint32 *first;
  gsize length; /* of a row */
  gboolean mean, add;
  const float *rows;
  float *sums;
} Groups;

static gsize
tiles_of (gsize length)
{
  return (length + TILE - 1) / TILE;
}

static void
sum_tile (void *arg, gsize i, void *scratch G_GNUC_UNUSED)
{
  const Groups *self = arg;
  const gsize g = i / tiles_of (self->length), at = i % tiles_of (self->length) * TILE;
  const gsize n = MIN (self->length - at, TILE);
  const double factor = self->mean ? 1.0 / (self->first[g + 1] - self->first[g]) : 1.0;
  float *to = self->sums + g * self->length + at;
  double sums[TILE] = { 0 };

  for (gint32 row = self->first[g]; row < self->first[g + 1]; row++)
    for (gsize k = 0; k < n; k++)
      sums[k] += (double) self->rows[(gsize) row * self->length + at + k];
  for (gsize k = 0; k < n; k++)
    to[k] = (self->add ? to[k] : 0.0f) + (float) (factor * sums[k]);
}

static void
sum_each (EpnsContext *ctx, Groups *self, gsize n_groups)
{
  const gsize rows = (gsize) self->first[n_groups], tiles = n_groups * tiles_of (self->length);

  epns_context_each (ctx, tiles, (double) (rows * self->length) / (double) tiles, 0, sum_tile,
                     self);
}

/* rows (+)= factor_g * sums[g] for the rows of group g */
typedef struct {
  const gint32 *first;
  gsize length;
  gboolean mean, add;
  const float *sums;
  float *rows;
} Repeat;

static void
repeat_group (void *arg, gsize g, void *scratch G_GNUC_UNUSED)
{
  const Repeat *self = arg;
  const float factor = self->mean ? 1.0f / (float) (self->first[g + 1] - self->first[g]) : 1.0f;
  const float *from = self->sums + g * self->length;

  for (gint32 row = self->first[g]; row < self->first[g + 1]; row++) {
    float *to = self->rows + (gsize) row * self->length;
    for (gsize k = 0; k < self->length; k++)
      to[k] = (self->add ? to[k] : 0.0f) + factor * from[k];
  }
}

/* mean_groups, sum_groups: y[g] = (1 / size_g) sum of rows; dx[row] = dy[g] (/ size_g); detail says
 * which. */

static const gboolean is_mean = TRUE;

static gboolean
groups_shape (const EpnsCall *call, guint *rank, gint64 *shape)
{
  *rank = call->in[0]->rank;
  memcpy (shape, call->in[0]->shape, sizeof call->in[0]->shape);
  shape[0] = (gint64) call->in[1]->count - 1;
  return starts_fit (call, call->in[0]->shape[0]);
}

static void
groups_forward (EpnsContext *ctx, const EpnsCall *call)
{
  gsize n = (gsize) call->out->shape[0];
  Groups groups = { epns_tensor_ints (call->in[1]),
                    call->out->count / n,
                    call->op->detail != NULL,
                    FALSE,
                    call->in[0]->data,
                    call->out->data };

  sum_each (ctx, &groups, n);
}

static void
groups_backward (EpnsContext *ctx, const EpnsCall *call)
{
  gsize n = (gsize) call->out->shape[0];
  Repeat repeat = { epns_tensor_ints (call->in[1]), call->out->count / n,
                    call->op->detail != NULL,       TRUE,
                    call->out->grad->data,          epns_call_grad (ctx, call, 0) };

  epns_context_each (ctx, n, (double) (call->in[0]->count / n), 0, repeat_group, &repeat);
}

const EpnsOp epns_op_mean_groups = {
  "mean_groups", groups_shape, groups_forward, groups_backward, 0, &is_mean
};
const EpnsOp epns_op_sum_groups = { "sum_groups", groups_shape, groups_forward, groups_backward, 0,
                                    NULL };

static EpnsTensor *
groups_apply (EpnsContext *ctx, const EpnsOp *op, EpnsTensor *x, gsize n_groups,
              const gint32 *sizes)
{
  if (x == NULL)
    return NULL;
  g_autoptr (EpnsTensor) starts = group_starts (ctx, (gsize) x->shape[0], n_groups, sizes);
  return EPNS_APPLY (ctx, op, NULL, x, starts);
}

EpnsTensor *
epns_mean_groups (EpnsContext *ctx, EpnsTensor *x, gsize n_groups, const gint32 *sizes)
{
  return groups_apply (ctx, &epns_op_mean_groups, x, n_groups, sizes);
}

EpnsTensor *
epns_sum_groups (EpnsContext *ctx, EpnsTensor *x, gsize n_groups, const gint32 *sizes)
{
  return groups_apply (ctx, &epns_op_sum_groups, x, n_groups, sizes);
}

/* repeat_groups: y[row] = x[g]; dx[g] = sum of dy over the group's rows. n = { rows } */

static gboolean
repeat_groups_shape (const EpnsCall *call, guint *rank, gint64 *shape)
{
  *rank = call->in[0]->rank;
  memcpy (shape, call->in[0]->shape, sizeof call->in[0]->shape);
  shape[0] = call->attr.n[0];
  return (gint64) call->in[1]->count - 1 == call->in[0]->shape[0] && starts_fit (call, shape[0]);
}

static void
repeat_groups_forward (EpnsContext *ctx, const EpnsCall *call)
{
  gsize n = (gsize) call->in[0]->shape[0];
  Repeat repeat = { epns_tensor_ints (call->in[1]),
                    call->in[0]->count / n,
                    FALSE,
                    FALSE,
                    call->in[0]->data,
                    call->out->data };

  epns_context_each (ctx, n, (double) (call->out->count / n), 0, repeat_group, &repeat);
}

static void
repeat_groups_backward (EpnsContext *ctx, const EpnsCall *call)
{
  gsize n = (gsize) call->in[0]->shape[0];
  Groups groups = { epns_tensor_ints (call->in[1]), call->in[0]->count / n,       FALSE, TRUE,
                    call->out->grad->data,          epns_call_grad (ctx, call, 0) };

  sum_each (ctx, &groups, n);
}

const EpnsOp epns_op_repeat_groups = {
  "repeat_groups", repeat_groups_shape, repeat_groups_forward, repeat_groups_backward, 0, NULL
};

EpnsTensor *
epns_repeat_groups (EpnsContext *ctx, EpnsTensor *x, gsize n_rows, const gint32 *sizes)
{
  if (x == NULL)
    return NULL;
  EpnsAttr attr = { .n = { (gint64) n_rows } };
  g_autoptr (EpnsTensor) starts = group_starts (ctx, n_rows, (gsize) x->shape[0], sizes);
  return EPNS_APPLY (ctx, &epns_op_repeat_groups, &attr, x, starts);
}
