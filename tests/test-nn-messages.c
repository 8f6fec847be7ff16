/* SPDX-License-Identifier: MIT */
/* Messages in one operator against the same from simple ones, and a layer's columns against slices
 * of its weights: values and gradients. */
#include "models/nn/ops.h"
#include "plugin/random.h"
#include "tests/suite.h"

#include <math.h>

enum { TO, FROM, E, SIGNS, W1, W2, B2, N_IN };

typedef struct { /* frames, nodes, edges at most a node, H, E, D, C */
  gint64 f, n, degree, h, e, d, c;
} Size;

typedef struct {
  GArray *starts, *senders;
  EpnsEdges edges;
  EpnsTensor *in[N_IN];
} Case;

static EpnsTensor *
random_tensor (guint32 purpose, guint rank, const gint64 *shape)
{
  EpnsTensor *tensor = epns_parameter_new (rank, shape);
  const EpnsDrawKey key = { 3, 0, 0 };

  for (gsize i = 0; i < tensor->count; i++)
    tensor->data[i] = (float) epns_random_normal (&key, purpose, i);
  return tensor;
}

/* Degrees from 0 to the largest, senders anywhere. */
static void
case_init (Case *self, const Size *size)
{
  const EpnsDrawKey key = { 4, 0, 0 };
  gint32 last = 0;

  self->starts = g_array_new (FALSE, FALSE, sizeof (gint32));
  self->senders = g_array_new (FALSE, FALSE, sizeof (gint32));
  g_array_append_val (self->starts, last);
  for (gint64 i = 0; i < size->n; i++) {
    gint32 degree = (gint32) (epns_random_uniform (&key, 0, (guint64) i)
                              * (double) (size->degree + 1));
    for (gint32 k = 0; k < degree; k++, last++) {
      gint32 sender = (gint32) (epns_random_uniform (&key, 1, (guint64) last) * (double) size->n);
      g_array_append_val (self->senders, sender);
    }
    g_array_append_val (self->starts, last);
  }
  self->edges = (EpnsEdges){ (gsize) size->n, self->senders->len,
                             (const gint32 *) (gpointer) self->starts->data,
                             (const gint32 *) (gpointer) self->senders->data };
  self->in[TO] = random_tensor (TO, EPNS_SHAPE (size->f * size->n, size->h));
  self->in[FROM] = random_tensor (FROM, EPNS_SHAPE (size->f * size->n, size->h));
  self->in[E] = random_tensor (E, EPNS_SHAPE ((gint64) self->edges.n_edges, size->d));
  self->in[SIGNS] = random_tensor (SIGNS, EPNS_SHAPE (size->f, size->d));
  self->in[W1] = random_tensor (W1, EPNS_SHAPE (size->h, size->c));
  self->in[W2] = random_tensor (W2, EPNS_SHAPE (size->e, size->h));
  self->in[B2] = random_tensor (B2, EPNS_SHAPE (size->e));
  self->in[E]->requires_grad = self->in[SIGNS]->requires_grad = FALSE;
}

static void
case_clear (Case *self)
{
  g_array_unref (self->starts);
  g_array_unref (self->senders);
  for (guint i = 0; i < N_IN; i++)
    epns_tensor_unref (self->in[i]);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Case, case_clear)

static EpnsTensor *
fused (EpnsContext *ctx, const Case *self)
{
  EpnsTensor *const *in = self->in;

  return epns_messages (ctx, in[TO], in[FROM], in[E], in[SIGNS], in[W1], in[W2], in[B2],
                        &self->edges);
}

/* One frame from operators that each do one thing; nodes without edges get one from a row of
 * zeros. */
static EpnsTensor *
frame_apart (EpnsContext *ctx, const Case *self, gint64 frame)
{
  const gint64 n = (gint64) self->edges.n_nodes, d = self->in[E]->shape[1];
  g_autofree gint32 *receivers = g_new (gint32, self->edges.n_edges);
  g_autoptr (EpnsTensor) sum = NULL;

  for (gint64 i = 0; i < n; i++)
    for (gint32 m = self->edges.starts[i]; m < self->edges.starts[i + 1]; m++)
      receivers[m] = (gint32) i;
  g_autoptr (EpnsTensor) to = epns_slice (ctx, self->in[TO], 0, frame * n, n);
  g_autoptr (EpnsTensor) from = epns_slice (ctx, self->in[FROM], 0, frame * n, n);
  g_autoptr (EpnsTensor) signs = epns_slice (ctx, self->in[SIGNS], 0, frame, 1);
  g_autoptr (EpnsTensor) w1 = epns_slice (ctx, self->in[W1], 1, 0, d);
  g_autoptr (EpnsTensor) a = epns_gather_rows (ctx, to, self->edges.n_edges, receivers);
  g_autoptr (EpnsTensor) b = epns_gather_rows (ctx, from, self->edges.n_edges, self->edges.senders);
  g_autoptr (EpnsTensor) e = epns_mul (ctx, self->in[E], signs);
  g_autoptr (EpnsTensor) c = epns_linear (ctx, e, w1, NULL, EPNS_LINEAR);
  g_autoptr (EpnsTensor) ab = epns_add (ctx, a, b);
  g_autoptr (EpnsTensor) abc = epns_add (ctx, ab, c);
  g_autoptr (EpnsTensor) u = epns_relu (ctx, abc);
  g_autoptr (EpnsTensor) v = epns_linear (ctx, u, self->in[W2], self->in[B2], EPNS_RELU);
  g_autoptr (EpnsTensor) all = epns_tensor_new_zero (ctx, EPNS_SHAPE (n, v->shape[1]));

  for (gint64 i = 0; i < n; i++) { /* a sum of each node's rows, put at its row by a product */
    const gint32 first = self->edges.starts[i], count = self->edges.starts[i + 1] - first;
    if (count == 0)
      continue;
    g_autoptr (EpnsTensor) rows = epns_slice (ctx, v, 0, first, count);
    g_autoptr (EpnsTensor) row = epns_sum_groups (ctx, rows, 1, NULL);
    g_autoptr (EpnsTensor) place = epns_tensor_new_zero (ctx, EPNS_SHAPE (n, 1));
    place->data[i] = 1;
    g_autoptr (EpnsTensor) placed = epns_mul (ctx, place, row);
    epns_tensor_set (&all, epns_add (ctx, all, placed));
  }
  return g_steal_pointer (&all);
}

static EpnsTensor *
apart (EpnsContext *ctx, const Case *self)
{
  const gint64 frames = self->in[SIGNS]->shape[0];
  EpnsTensor *all = frame_apart (ctx, self, 0);

  for (gint64 f = 1; f < frames; f++) {
    g_autoptr (EpnsTensor) next = frame_apart (ctx, self, f);
    epns_tensor_set (&all, epns_concat_of (ctx, 0, all, next));
  }
  return all;
}

typedef struct {
  float *values[N_IN + 1]; /* gradients of the operands, the result */
  gsize counts[N_IN + 1];
} Outcome;

static void
outcome_clear (Outcome *self)
{
  for (guint i = 0; i <= N_IN; i++)
    g_free (self->values[i]);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Outcome, outcome_clear)

static Outcome
evaluate (const Case *self, EpnsTensor *(*f) (EpnsContext *, const Case *), guint threads)
{
  const epns_host host = { .size = sizeof host, .threads = threads };
  g_autoptr (EpnsContext) ctx = epns_context_new (&host);
  Outcome outcome = { .values = { NULL } };

  epns_context_record (ctx, TRUE);
  g_autoptr (EpnsTensor) y = f (ctx, self);
  g_autoptr (EpnsTensor) slopes = random_tensor (N_IN, y->rank, y->shape);
  slopes->requires_grad = FALSE;
  g_autoptr (EpnsTensor) weighed = epns_mul (ctx, y, slopes);
  g_autoptr (EpnsTensor) loss = epns_sum (ctx, weighed);
  epns_context_backward (ctx, loss);
  for (guint i = 0; i < N_IN; i++) {
    EpnsTensor *in = self->in[i];
    if (!in->requires_grad)
      continue;
    outcome.values[i] = g_memdup2 (in->grad->data, in->count * sizeof (float));
    outcome.counts[i] = in->count;
    memset (in->grad->data, 0, in->count * sizeof (float));
  }
  outcome.values[N_IN] = g_memdup2 (y->data, y->count * sizeof (float));
  outcome.counts[N_IN] = y->count;
  return outcome;
}

static void
assert_near (const Outcome *a, const Outcome *b, double tolerance)
{
  for (guint i = 0; i <= N_IN; i++) {
    double largest = 0, error = 0;

    ck_assert_uint_eq (a->counts[i], b->counts[i]);
    for (gsize k = 0; k < a->counts[i]; k++) {
      largest = fmax (largest, fabs ((double) b->values[i][k]));
      error = fmax (error, fabs ((double) (a->values[i][k] - b->values[i][k])));
    }
    ck_assert_msg (error <= tolerance * largest, "operand %u is off by %g of %g", i, error,
                   largest);
  }
}

/* Nodes without messages, several tiles a frame, a receiver with more edges than a tile, and sizes
 * that fill no vector. */
static const Size cases[] = { { 2, 7, 4, 5, 3, 2, 6 },
                              { 8, 5, 9, 16, 16, 4, 4 },
                              { 1, 40, 30, 33, 20, 1, 3 },
                              { 3, 4, 700, 12, 9, 2, 2 } };

START_TEST (equal_the_same_in_pieces)
{
  for (guint i = 0; i < suite_trials (G_N_ELEMENTS (cases), 2); i++) {
    g_auto (Case) self;
    case_init (&self, &cases[i]);
    g_auto (Outcome) one = evaluate (&self, fused, 1), other = evaluate (&self, apart, 1);
    assert_near (&one, &other, 2e-5);
  }
}
END_TEST

START_TEST (threads_change_no_bit)
{
  g_auto (Case) self;
  case_init (&self, &(Size){ 8, 60, 30, 32, 32, 2, 2 });
  g_auto (Outcome) one = evaluate (&self, fused, 1), other = evaluate (&self, fused, 3);
  assert_near (&one, &other, 0);
}
END_TEST

static EpnsTensor *
by_columns (EpnsContext *ctx, const Case *self)
{
  return epns_linear_columns (ctx, self->in[TO], self->in[W1], 3, self->in[B2], EPNS_TANH);
}

static EpnsTensor *
by_slices (EpnsContext *ctx, const Case *self)
{
  g_autoptr (EpnsTensor) w = epns_slice (ctx, self->in[W1], 1, 3, self->in[TO]->shape[1]);

  return epns_linear (ctx, self->in[TO], w, self->in[B2], EPNS_TANH);
}

START_TEST (columns_equal_slices)
{
  g_auto (Case) self;
  case_init (&self, &(Size){ 3, 80, 2, 6, 6, 2, 11 });
  g_auto (Outcome) one = evaluate (&self, by_columns, 1), other = evaluate (&self, by_slices, 1);
  assert_near (&one, &other, 0);
}
END_TEST

SUITE ("nn-messages", equal_the_same_in_pieces, threads_change_no_bit, columns_equal_slices)
