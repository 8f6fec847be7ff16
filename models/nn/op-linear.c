/* SPDX-License-Identifier: MIT */
/* Linear layers and products of stacks of matrices. */
#include "models/nn/activation.h"
#include "models/nn/blas.h"
#include "models/nn/op.h"
#include "models/nn/partials.h"

#include <string.h>

/* Rows per matrix product. Products of one size make a row's result independent of how many rows
 * there are; this size is a multiple of the row tiles of the usual kernels, so that it is
 * independent of the row's place, too. */
#define ROWS 48

/* --- linear: y = act (x w^T + b), x [N, K], w [M, K], b [M], y [N, M] --- */

static gboolean
linear_shape (const EpnsCall *call, guint *rank, gint64 *shape)
{
  const EpnsTensor *x = call->in[0], *w = call->in[1], *b = call->in[2];

  *rank = x->rank;
  memcpy (shape, x->shape, x->rank * sizeof *shape);
  shape[x->rank - 1] = w->shape[0];
  return w->rank == 2 && w->shape[1] == x->shape[x->rank - 1] &&
         (b == NULL || (b->rank == 1 && b->shape[0] == w->shape[0]));
}

/* A block of rows; the last is filled up with zeros in scratch [ROWS, K] [ROWS, M]. */
static void
linear_rows (void *arg, gsize block, void *scratch)
{
  const EpnsCall *call = arg;
  const float *w = call->in[1]->data, *b = call->in[2] != NULL ? call->in[2]->data : NULL;
  gsize m = (gsize) call->in[1]->shape[0], k = (gsize) call->in[1]->shape[1], first = block * ROWS;
  gsize n = MIN (call->in[0]->count / k - first, ROWS);
  const float *x = call->in[0]->data + first * k;
  float *y = call->out->data + first * m, *whole = n == ROWS ? y : (float *) scratch + ROWS * k;

  if (n < ROWS) {
    memcpy (scratch, x, n * k * sizeof *x);
    memset ((float *) scratch + n * k, 0, (ROWS - n) * k * sizeof *x);
    x = scratch;
  }
  epns_sgemm (FALSE, TRUE, ROWS, m, k, x, k, w, k, 0.0f, whole, m);
  if (n < ROWS)
    memcpy (y, whole, n * m * sizeof *y);
  for (gsize r = 0; b != NULL && r < n; r++)
    for (gsize j = 0; j < m; j++)
      y[r * m + j] += b[j];
  if (call->attr.activation != EPNS_LINEAR)
    epns_activate (call->attr.activation, 0.0f, y, n * m);
}

static void
linear_forward (EpnsContext *ctx, const EpnsCall *call)
{
  gsize m = (gsize) call->in[1]->shape[0], k = (gsize) call->in[1]->shape[1],
        n = call->in[0]->count / k;
  gsize scratch = n % ROWS != 0 ? ROWS * (k + m) * sizeof (float) : 0;

  epns_context_each (ctx, (n + ROWS - 1) / ROWS, 2.0 * ROWS * (double) (m * k), scratch,
                     linear_rows, (gpointer) call);
}

/* v = dy act': dx = v w;  dw = v^T x;  db = sum_n v. */
typedef struct {
  const EpnsCall *call;
  float *dx;
  EpnsPartials partials; /* over blocks of rows: dw [M, K], db [M] */
} LinearBack;

static void
linear_back_group (void *arg, gsize g, void *scratch)
{
  LinearBack *back = arg;
  const EpnsCall *call = back->call;
  gsize m = (gsize) call->in[1]->shape[0], k = (gsize) call->in[1]->shape[1], lo, hi;
  gsize rows = call->in[0]->count / k;
  float *v = scratch, *dw = epns_partials_of (&back->partials, g), *db = dw + m * k;

  epns_partials_range (&back->partials, g, &lo, &hi);
  for (gsize first = lo * ROWS; first < MIN (hi * ROWS, rows); first += ROWS) {
    gsize n = MIN (rows - first, ROWS);
    epns_activate_back (call->attr.activation, call->out->data + first * m,
                        call->out->grad->data + first * m, v, n * m);
    if (back->dx != NULL)
      epns_sgemm (FALSE, FALSE, n, k, m, v, m, call->in[1]->data, k, 1.0f, back->dx + first * k, k);
    epns_sgemm (TRUE, FALSE, m, k, n, v, m, call->in[0]->data + first * k, k, 1.0f, dw, k);
    for (gsize r = 0; r < n; r++)
      for (gsize j = 0; j < m; j++)
        db[j] += v[r * m + j];
  }
}

static void
linear_backward (EpnsContext *ctx, const EpnsCall *call)
{
  gsize m = (gsize) call->in[1]->shape[0], k = (gsize) call->in[1]->shape[1],
        n = call->in[0]->count / k;
  LinearBack back = { call, epns_call_grad (ctx, call, 0),
                      epns_partials_new (ctx, (n + ROWS - 1) / ROWS, m * k + m) };

  epns_context_each (ctx, back.partials.n_groups,
                     4.0 * (double) (n * m * k) / (double) back.partials.n_groups,
                     ROWS * m * sizeof (float), linear_back_group, &back);
  epns_partials_add (&back.partials, 0, m * k, epns_call_grad (ctx, call, 1));
  epns_partials_add (&back.partials, m * k, m, epns_call_grad (ctx, call, 2));
  epns_partials_clear (&back.partials);
}

const EpnsOp epns_op_linear = { "linear",        linear_shape, linear_forward,
                                linear_backward, 1u << 2,      NULL };

EpnsTensor *
epns_linear (EpnsContext *ctx, EpnsTensor *x, EpnsTensor *w, EpnsTensor *b,
             EpnsActivation activation)
{
  EpnsAttr attr = { .activation = activation };

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

typedef struct {
  const EpnsCall *call;
  float *da, *db;
} Matmul;

static void
matmul_one (void *arg, gsize g, void *scratch G_GNUC_UNUSED)
{
  const EpnsCall *call = ((Matmul *) arg)->call;
  const EpnsTensor *a = call->in[0], *b = call->in[1];
  gsize m = (gsize) call->out->shape[1], n = (gsize) call->out->shape[2];
  gsize lda = (gsize) a->shape[2], ldb = (gsize) b->shape[2], k = (gsize) a->shape[1] * lda / m;

  epns_sgemm ((gboolean) call->attr.n[0], (gboolean) call->attr.n[1], m, n, k, a->data + g * m * k,
              lda, b->data + g * k * n, ldb, 0.0f, call->out->data + g * m * n, n);
}

/* d op (a) = dy op (b)^T;  d op (b) = op (a)^T dy; transposed where the operand was. */
static void
matmul_one_back (void *arg, gsize g, void *scratch G_GNUC_UNUSED)
{
  Matmul *back = arg;
  const EpnsCall *call = back->call;
  gboolean ta = (gboolean) call->attr.n[0], tb = (gboolean) call->attr.n[1];
  gsize m = (gsize) call->out->shape[1], n = (gsize) call->out->shape[2];
  gsize lda = (gsize) call->in[0]->shape[2], ldb = (gsize) call->in[1]->shape[2];
  gsize k = (gsize) call->in[0]->shape[1] * lda / m;
  const float *a = call->in[0]->data + g * m * k, *b = call->in[1]->data + g * k * n;
  const float *dy = call->out->grad->data + g * m * n;

  if (back->da != NULL && !ta)
    epns_sgemm (FALSE, !tb, m, k, n, dy, n, b, ldb, 1.0f, back->da + g * m * k, k);
  else if (back->da != NULL)
    epns_sgemm (tb, TRUE, k, m, n, b, ldb, dy, n, 1.0f, back->da + g * m * k, m);
  if (back->db != NULL && !tb)
    epns_sgemm (!ta, FALSE, k, n, m, a, lda, dy, n, 1.0f, back->db + g * k * n, n);
  else if (back->db != NULL)
    epns_sgemm (TRUE, ta, n, k, m, dy, n, a, lda, 1.0f, back->db + g * k * n, k);
}

static double
matmul_cost (const EpnsCall *call)
{
  return 2.0 * (double) call->in[0]->count * (double) call->out->shape[2] /
         (double) call->out->shape[0];
}

static void
matmul_forward (EpnsContext *ctx, const EpnsCall *call)
{
  Matmul each = { .call = call };

  epns_context_each (ctx, (gsize) call->out->shape[0], matmul_cost (call), 0, matmul_one, &each);
}

static void
matmul_backward (EpnsContext *ctx, const EpnsCall *call)
{
  Matmul each = { call, epns_call_grad (ctx, call, 0), epns_call_grad (ctx, call, 1) };

  epns_context_each (ctx, (gsize) call->out->shape[0], 2 * matmul_cost (call), 0, matmul_one_back,
                     &each);
}

const EpnsOp epns_op_matmul = { "matmul", matmul_shape, matmul_forward, matmul_backward, 0, NULL };

EpnsTensor *
epns_matmul (EpnsContext *ctx, EpnsTensor *a, EpnsTensor *b, gboolean transpose_a,
             gboolean transpose_b)
{
  EpnsAttr attr = { .n = { transpose_a != FALSE, transpose_b != FALSE } };

  return EPNS_APPLY (ctx, &epns_op_matmul, &attr, a, b);
}
