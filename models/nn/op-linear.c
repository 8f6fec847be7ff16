/* SPDX-License-Identifier: MIT */
/* Linear layers and products of stacks of matrices. */
#include "models/nn/activation.h"
#include "models/nn/op.h"
#include "models/nn/partials.h"

#include <math.h>
#include <string.h>

#define ROWS  192 /* a task's share */
#define GROUP 768 /* rows whose gradients of weights are summed in one go */

/* --- linear: y = act (x w^T + b), x [N, K], w [M, K], b [M], y [N, M]; w may be columns of a wider
 * one. n = { activation, first column or -1 where w is as wide as x } --- */

static gboolean
linear_shape (const EpnsCall *call, guint *rank, gint64 *shape)
{
  const EpnsTensor *x = call->in[0], *w = call->in[1], *b = call->in[2];
  const gint64 k = x->shape[x->rank - 1], first = call->attr.n[1];

  *rank = x->rank;
  memcpy (shape, x->shape, x->rank * sizeof *shape);
  shape[x->rank - 1] = w->shape[0];
  return w->rank == 2 && (first < 0 ? w->shape[1] == k : first + k <= w->shape[1]) &&
         (b == NULL || (b->rank == 1 && b->shape[0] == w->shape[0]));
}

typedef struct { /* where gradients of weights are added up; NULL: nobody wants them */
  float *w, *b;
  gsize w_row;
} Sums;

typedef struct {
  const EpnsCall *call;
  EpnsActivation activation;
  gsize m, k, n;
  gsize first, w_row;    /* the first column of w; all of its columns */
  EpnsRight right;       /* forward: w^T */
  float *dx;
  Sums sums;
  EpnsPartials partials; /* over groups of rows: dw [M, K], db [M] */
} Linear;

static Linear
linear_new (const EpnsCall *call)
{
  const EpnsTensor *x = call->in[0], *w = call->in[1];
  Linear self = { .call = call,
                  .activation = (EpnsActivation) call->attr.n[0],
                  .m = (gsize) w->shape[0],
                  .k = (gsize) x->shape[x->rank - 1],
                  .first = (gsize) MAX (call->attr.n[1], 0),
                  .w_row = (gsize) w->shape[1] };

  self.n = call->in[0]->count / self.k;
  return self;
}

static void
linear_rows (void *arg, gsize block, void *scratch G_GNUC_UNUSED)
{
  const Linear *self = arg;
  const EpnsCall *call = self->call;
  const gsize first = block * ROWS, n = MIN (self->n - first, ROWS), m = self->m, k = self->k;
  float *y = call->out->data + first * m;

  epns_product (n, m, k, (EpnsLeft){ call->in[0]->data + first * k, k, 1 }, self->right,
                (EpnsResult){ .to = y,
                              .row = m,
                              .bias = call->in[2] != NULL ? call->in[2]->data : NULL,
                              .relu = self->activation == EPNS_RELU });
  for (gsize i = 0; self->activation == EPNS_TANH && i < n * m; i++)
    y[i] = tanhf (y[i]);
}

EpnsRight
epns_right_turned (EpnsContext *ctx, EpnsTensor *w, gsize first, gsize k, EpnsTensor **memory)
{
  const gsize m = (gsize) w->shape[0], all = (gsize) w->shape[1];

  if (w->packed != NULL)
    return epns_right_packed (w->packed->data, all, first);
  *memory = epns_tensor_new (ctx, EPNS_SHAPE ((gint64) epns_right_count (k, m)));
  epns_pack_right (k, m, w->data + first, 1, all, (*memory)->data);
  return epns_right_packed ((*memory)->data, k, 0);
}

void
epns_linear_prepare (EpnsTensor *w)
{
  g_return_if_fail (w->rank == 2 && !w->requires_grad && w->packed == NULL);
  epns_right_turned (NULL, w, 0, (gsize) w->shape[1], &w->packed);
}

static void
linear_forward (EpnsContext *ctx, const EpnsCall *call)
{
  g_autoptr (EpnsTensor) memory = NULL;
  Linear self = linear_new (call);

  self.right = epns_right_turned (ctx, call->in[1], self.first, self.k, &memory);
  epns_context_each (ctx, (self.n + ROWS - 1) / ROWS, 2.0 * (double) (self.m * self.k) * ROWS, 0,
                     linear_rows, &self);
}

/* v = dy act': dx = v w;  dw = v^T x;  db = sum_n v */
static void
linear_rows_back (const Linear *self, gsize first, gsize n, const Sums *sums, float *scratch)
{
  const EpnsCall *call = self->call;
  const gsize m = self->m, k = self->k;
  const float *x = call->in[0]->data + first * k, *dy = call->out->grad->data + first * m;
  const float *v = self->activation == EPNS_LINEAR ? dy : scratch;

  if (v == scratch)
    epns_activate_back (self->activation, call->out->data + first * m, dy, scratch, n * m);
  if (self->dx != NULL)
    epns_product (n, k, m, (EpnsLeft){ v, m, 1 },
                  epns_right_rows (call->in[1]->data + self->first, self->w_row),
                  (EpnsResult){ .to = self->dx + first * k, .row = k, .add = TRUE });
  if (sums->w != NULL)
    epns_product (m, k, n, (EpnsLeft){ v, 1, m }, epns_right_rows (x, k),
                  (EpnsResult){ .to = sums->w, .row = sums->w_row, .add = TRUE });
  for (gsize r = 0; sums->b != NULL && r < n; r++)
    for (gsize j = 0; j < m; j++)
      sums->b[j] += v[r * m + j];
}

static void
linear_group_back (void *arg, gsize g, void *scratch)
{
  const Linear *self = arg;
  Sums sums = self->sums;
  gsize lo, hi;

  if (self->partials.sums != NULL) {
    sums.w = epns_partials_of (&self->partials, g);
    sums.b = sums.w + self->m * self->k;
    sums.w_row = self->k;
  }
  epns_partials_range (&self->partials, g, &lo, &hi);
  hi = MIN (hi * GROUP, self->n);
  for (gsize first = lo * GROUP; first < hi; first += ROWS)
    linear_rows_back (self, first, MIN (hi - first, ROWS), &sums, scratch);
}

static void
linear_backward (EpnsContext *ctx, const EpnsCall *call)
{
  Linear self = linear_new (call);
  const gsize m = self.m, k = self.k, groups = (self.n + GROUP - 1) / GROUP;
  float *dw = epns_call_grad (ctx, call, 1);

  self.dx = epns_call_grad (ctx, call, 0);
  self.sums = (Sums){ dw != NULL ? dw + self.first : NULL, epns_call_grad (ctx, call, 2),
                      self.w_row };
  self.partials = epns_partials_new (ctx, groups, groups > 1 ? m * k + m : 0);
  epns_context_each (ctx, self.partials.n_groups,
                     4.0 * (double) (self.n * m * k) / (double) self.partials.n_groups,
                     ROWS * m * sizeof (float), linear_group_back, &self);
  for (gsize i = 0; groups > 1 && self.sums.w != NULL && i < m; i++)
    epns_partials_add (&self.partials, i * k, k, self.sums.w + i * self.w_row);
  if (groups > 1)
    epns_partials_add (&self.partials, m * k, m, self.sums.b);
  epns_partials_clear (&self.partials);
}

const EpnsOp epns_op_linear = { "linear",        linear_shape, linear_forward,
                                linear_backward, 1u << 2,      NULL };

EpnsTensor *
epns_linear (EpnsContext *ctx, EpnsTensor *x, EpnsTensor *w, EpnsTensor *b,
             EpnsActivation activation)
{
  EpnsAttr attr = { .n = { activation, -1 } };

  return EPNS_APPLY (ctx, &epns_op_linear, &attr, x, w, b);
}

EpnsTensor *
epns_linear_columns (EpnsContext *ctx, EpnsTensor *x, EpnsTensor *w, gint64 first, EpnsTensor *b,
                     EpnsActivation activation)
{
  g_return_val_if_fail (first >= 0, NULL);
  EpnsAttr attr = { .n = { activation, first } };

  return EPNS_APPLY (ctx, &epns_op_linear, &attr, x, w, b);
}

/* --- matmul: y[g] = op (a[g]) op (b[g]), op (a) [G, M, K], op (b) [G, K, N]; n = { transpose_a,
 * transpose_b } --- */

static gboolean
matmul_shape (const EpnsCall *call, guint *rank, gint64 *shape)
{
  const EpnsTensor *a = call->in[0], *b = call->in[1];
  const gint64 ta = call->attr.n[0], tb = call->attr.n[1];

  *rank = 3;
  shape[0] = a->shape[0];
  shape[1] = a->shape[1 + ta];
  shape[2] = b->shape[2 - tb];
  return a->rank == 3 && b->rank == 3 && a->shape[0] == b->shape[0] &&
         a->shape[2 - ta] == b->shape[1 + tb];
}

typedef struct { /* of each pair: op (a) [M, K], op (b) [K, N] */
  const EpnsCall *call;
  gsize m, n, k;
  gsize a_row, a_column, b_row, b_column; /* strides of op (a) and op (b) */
  float *da, *db;
} Matmul;

static Matmul
matmul_new (const EpnsCall *call)
{
  const gboolean ta = call->attr.n[0] != 0, tb = call->attr.n[1] != 0;
  Matmul self = { .call = call,
                  .m = (gsize) call->out->shape[1],
                  .n = (gsize) call->out->shape[2] };

  self.k = (gsize) call->in[0]->shape[ta ? 1 : 2];
  self.a_row = ta ? 1 : self.k;
  self.a_column = ta ? self.m : 1;
  self.b_row = tb ? 1 : self.n;
  self.b_column = tb ? self.k : 1;
  return self;
}

/* c (m x n) (+)= a b; b is packed in scratch where its rows are columns. */
static void
multiply (gsize m, gsize n, gsize k, const float *a, gsize a_row, gsize a_column, const float *b,
          gsize b_row, gsize b_column, gboolean add, float *c, float *scratch)
{
  const gboolean lies = b_column == 1 && b_row == n;

  if (!lies)
    epns_pack_right (k, n, b, b_row, b_column, scratch);
  epns_product (m, n, k, (EpnsLeft){ a, a_row, a_column },
                lies ? epns_right_rows (b, b_row) : epns_right_packed (scratch, k, 0),
                (EpnsResult){ .to = c, .row = n, .add = add });
}

static void
matmul_one (void *arg, gsize g, void *scratch)
{
  const Matmul *self = arg;
  const gsize m = self->m, n = self->n, k = self->k;

  multiply (m, n, k, self->call->in[0]->data + g * m * k, self->a_row, self->a_column,
            self->call->in[1]->data + g * k * n, self->b_row, self->b_column, FALSE,
            self->call->out->data + g * m * n, scratch);
}

static void
matmul_forward (EpnsContext *ctx, const EpnsCall *call)
{
  Matmul self = matmul_new (call);

  epns_context_each (ctx, (gsize) call->out->shape[0], 2.0 * (double) (self.m * self.n * self.k),
                     epns_right_count (self.k, self.n) * sizeof (float), matmul_one, &self);
}

/* d op (a) = dy op (b)^T;  d op (b) = op (a)^T dy; where the operand was transposed, the transpose
 * of that: da = op (b) dy^T;  db = dy^T op (a). */
static void
matmul_one_back (void *arg, gsize g, void *scratch)
{
  const Matmul *self = arg;
  const gsize m = self->m, n = self->n, k = self->k;
  const float *a = self->call->in[0]->data + g * m * k, *b = self->call->in[1]->data + g * k * n;
  const float *dy = self->call->out->grad->data + g * m * n;

  if (self->da != NULL && self->call->attr.n[0] == 0)
    multiply (m, k, n, dy, n, 1, b, self->b_column, self->b_row, TRUE, self->da + g * m * k,
              scratch);
  else if (self->da != NULL)
    multiply (k, m, n, b, self->b_row, self->b_column, dy, 1, n, TRUE, self->da + g * m * k,
              scratch);
  if (self->db != NULL && self->call->attr.n[1] == 0)
    multiply (k, n, m, a, self->a_column, self->a_row, dy, n, 1, TRUE, self->db + g * k * n,
              scratch);
  else if (self->db != NULL)
    multiply (n, k, m, dy, 1, n, a, self->a_row, self->a_column, TRUE, self->db + g * k * n,
              scratch);
}

static void
matmul_backward (EpnsContext *ctx, const EpnsCall *call)
{
  Matmul self = matmul_new (call);
  const gsize m = self.m, n = self.n, k = self.k;
  const gsize scratch = MAX (MAX (epns_right_count (n, k), epns_right_count (n, m)),
                             MAX (epns_right_count (m, n), epns_right_count (m, k)));

  self.da = epns_call_grad (ctx, call, 0);
  self.db = epns_call_grad (ctx, call, 1);
  epns_context_each (ctx, (gsize) call->out->shape[0], 4.0 * (double) (m * n * k),
                     scratch * sizeof (float), matmul_one_back, &self);
}

const EpnsOp epns_op_matmul = { "matmul", matmul_shape, matmul_forward, matmul_backward, 0, NULL };

EpnsTensor *
epns_matmul (EpnsContext *ctx, EpnsTensor *a, EpnsTensor *b, gboolean transpose_a,
             gboolean transpose_b)
{
  EpnsAttr attr = { .n = { transpose_a != FALSE, transpose_b != FALSE } };

  return EPNS_APPLY (ctx, &epns_op_matmul, &attr, a, b);
}
