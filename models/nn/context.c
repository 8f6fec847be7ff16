/* SPDX-License-Identifier: MIT */
/* The context: pool, loops over threads, and the tape. */
#include "models/nn/context.h"
#include "models/nn/op.h"
#include "plugin/parallel.h"

#include <string.h>

struct _EpnsContext {
  const epns_host *host;
  EpnsPool *pool;
  GArray *tape; /* EpnsCall, each holding its operands and its result */
  gboolean recording;
  EpnsHalfFunction half; /* NULL: single precision */
};

EpnsContext *
epns_context_new (const epns_host *host)
{
  EpnsContext *self = g_new0 (EpnsContext, 1);

  self->host = host;
  self->pool = epns_pool_new ();
  self->tape = g_array_new (FALSE, FALSE, sizeof (EpnsCall));
  return self;
}

void
epns_context_free (EpnsContext *self)
{
  if (self == NULL)
    return;
  epns_context_clear (self);
  g_array_unref (self->tape);
  epns_pool_release (self->pool);
  g_free (self);
}

EpnsPool *
epns_context_pool (EpnsContext *self)
{
  return self->pool;
}

guint64
epns_context_misses (const EpnsContext *self)
{
  return epns_pool_misses (self->pool);
}

gsize
epns_context_held (const EpnsContext *self)
{
  return epns_pool_held (self->pool);
}

gsize
epns_context_peak (const EpnsContext *self)
{
  return epns_pool_peak (self->pool);
}

void
epns_context_trim (EpnsContext *self)
{
  epns_pool_trim (self->pool);
}

/* --- Loops --- */

#define LEAST_WORK 2e6 /* operations that make up for starting threads */

typedef struct {
  EpnsBody body;
  void *arg;
  gsize n, n_each; /* items in all; items handed out at a time */
  int next;        /* the first portion that nobody has taken; atomic */
  char *scratch;   /* one for each lane */
  gsize stride;
} Loop;

static void
lane (void *data, guint32 i)
{
  Loop *loop = data;
  void *scratch = loop->stride > 0 ? loop->scratch + i * loop->stride : NULL;

  for (;;) {
    gsize first = (gsize) g_atomic_int_add (&loop->next, 1) * loop->n_each;
    if (first >= loop->n)
      return;
    for (gsize k = first; k < MIN (first + loop->n_each, loop->n); k++)
      loop->body (loop->arg, k, scratch);
  }
}

void
epns_context_each (EpnsContext *self, gsize n, double cost, gsize scratch, EpnsBody body, void *arg)
{
  if (n == 0)
    return;
  gsize threads = self->host != NULL ? MAX (self->host->threads, 1) : 1;
  gsize lanes = cost * (double) n < LEAST_WORK ? 1 : MIN (threads, n);
  Loop loop = { .body = body, .arg = arg, .n = n };
  guint size_class = 0;

  loop.n_each = lanes == 1 ? n : MAX (n / (lanes * 16), 1);
  loop.stride = (scratch + EPNS_TENSOR_ALIGN - 1) / EPNS_TENSOR_ALIGN * EPNS_TENSOR_ALIGN;
  if (loop.stride > 0)
    loop.scratch = epns_pool_take (self->pool, loop.stride * lanes, &size_class);
  if (lanes == 1)
    lane (&loop, 0);
  else
    epns_parallel_for (self->host, (guint32) lanes, lane, &loop);
  if (loop.scratch != NULL)
    epns_pool_give (self->pool, loop.scratch, size_class);
}

#define FLAT_BLOCK 16384 /* elements; part of no result, but fixed all the same */

typedef struct {
  const EpnsCall *call;
  float *grad;
  gsize n;
  EpnsRange range;
} Flat;

static void
flat_block (void *arg, gsize i, void *scratch G_GNUC_UNUSED)
{
  Flat *flat = arg;

  flat->range (flat->call, flat->grad, i * FLAT_BLOCK, MIN ((i + 1) * FLAT_BLOCK, flat->n));
}

void
epns_call_flat (EpnsContext *ctx, const EpnsCall *call, float *grad, gsize n, double cost,
                EpnsRange range)
{
  Flat flat = { call, grad, n, range };

  epns_context_each (ctx, (n + FLAT_BLOCK - 1) / FLAT_BLOCK, cost * FLAT_BLOCK, 0, flat_block,
                     &flat);
}

/* --- Calls and their tape --- */

void
epns_context_record (EpnsContext *self, gboolean on)
{
  self->recording = on;
}

void
epns_context_set_half (EpnsContext *self, gboolean on)
{
  if (on && self->half == NULL) { /* looked for once: asking the processor takes long */
    self->half = epns_kernel_half_tiles ();
    if (self->half == NULL)
      self->half = epns_kernel ()->half;
  } else if (!on)
    self->half = NULL;
}

EpnsHalfFunction
epns_context_half (const EpnsContext *self)
{
  return self->recording ? NULL : self->half;
}

gboolean
epns_context_is_recording (const EpnsContext *self)
{
  return self->recording;
}

static void
call_release (EpnsCall *call)
{
  for (guint i = 0; i < call->n_in; i++)
    epns_tensor_unref (call->in[i]);
  epns_tensor_unref (call->out);
}

void
epns_context_clear (EpnsContext *self)
{
  for (guint i = 0; i < self->tape->len; i++)
    call_release (&g_array_index (self->tape, EpnsCall, i));
  g_array_set_size (self->tape, 0);
}

static void
complain (const EpnsCall *call)
{
  g_autoptr (GString) shapes = g_string_new (NULL);

  for (guint i = 0; i < call->n_in; i++) {
    g_autofree char *text = call->in[i] != NULL ? epns_tensor_shape_text (call->in[i]) : NULL;
    g_string_append_printf (shapes, " %s", text != NULL ? text : "none");
  }
  g_critical ("%s: the operands' shapes do not fit:%s", call->op->name, shapes->str);
}

static gboolean
wants_grad (const EpnsCall *call)
{
  for (guint i = 0; i < call->n_in; i++)
    if (call->in[i] != NULL && call->in[i]->requires_grad)
      return TRUE;
  return FALSE;
}

static void
remember (EpnsContext *self, const EpnsCall *call)
{
  for (guint i = 0; i < call->n_in; i++)
    if (call->in[i] != NULL)
      epns_tensor_ref (call->in[i]);
  epns_tensor_ref (call->out);
  call->out->requires_grad = TRUE;
  g_array_append_val (self->tape, *call);
}

EpnsTensor *
epns_apply (EpnsContext *ctx, const EpnsOp *op, const EpnsAttr *attr, guint n_in,
            EpnsTensor *const *in)
{
  g_return_val_if_fail (ctx != NULL && n_in >= 1 && n_in <= EPNS_OP_MAX_IN, NULL);
  EpnsCall call = { .op = op, .n_in = n_in };
  gint64 shape[EPNS_TENSOR_MAX_RANK] = { 1, 1, 1, 1, 1 };
  guint rank = 1;

  if (attr != NULL)
    call.attr = *attr;
  for (guint i = 0; i < n_in; i++) {
    call.in[i] = in[i];
    if (in[i] == NULL && !(op->optional >> i & 1))
      return NULL;
  }
  if (!op->shape (&call, &rank, shape)) {
    complain (&call);
    return NULL;
  }
  call.out = op->forward != NULL ? epns_tensor_new (ctx, rank, shape)
                                 : epns_tensor_view (ctx, in[0], rank, shape);
  if (call.out == NULL)
    return NULL;
  if (op->forward != NULL)
    op->forward (ctx, &call);
  if (ctx->recording && wants_grad (&call))
    remember (ctx, &call);
  return call.out;
}

gboolean
epns_shape_same (const EpnsCall *call, guint *rank, gint64 *shape)
{
  *rank = call->in[0]->rank;
  memcpy (shape, call->in[0]->shape, sizeof call->in[0]->shape);
  for (guint i = 1; i < call->n_in; i++)
    if (!epns_tensor_same_shape (call->in[0], call->in[i]))
      return FALSE;
  return TRUE;
}

static EpnsTensor *
need_grad (EpnsContext *self, EpnsTensor *x)
{
  if (x->grad == NULL)
    x->grad = epns_tensor_new_zero (self, x->rank, x->shape);
  return x->grad;
}

float *
epns_call_grad (EpnsContext *ctx, const EpnsCall *call, guint i)
{
  EpnsTensor *x = i < call->n_in ? call->in[i] : NULL;

  return x != NULL && x->requires_grad ? need_grad (ctx, x)->data : NULL;
}

float *
epns_call_new_grad (EpnsContext *ctx, const EpnsCall *call, guint i, gboolean *is_new)
{
  EpnsTensor *x = call->in[i];

  *is_new = x->requires_grad && x->grad == NULL;
  if (*is_new)
    x->grad = epns_tensor_new (ctx, x->rank, x->shape);
  return x->requires_grad ? x->grad->data : NULL;
}

float *
epns_call_inherit_grad (const EpnsCall *call, guint i)
{
  EpnsTensor *x = call->in[i];

  if (!x->requires_grad || x->grad != NULL || !epns_tensor_same_shape (x, call->out))
    return NULL;
  x->grad = call->out->grad;
  call->out->grad = NULL;
  return x->grad->data;
}

/* From the end of the tape back to its entry `first`; results are let go as soon as they are of no
 * more use. */
static void
unwind (EpnsContext *self, guint first)
{
  while (self->tape->len > first) {
    EpnsCall call = g_array_index (self->tape, EpnsCall, self->tape->len - 1);
    g_array_set_size (self->tape, self->tape->len - 1);
    if (call.out->grad != NULL)
      call.op->backward (self, &call);
    epns_tensor_set (&call.out->grad, NULL);
    call_release (&call);
  }
}

void
epns_context_backward (EpnsContext *self, EpnsTensor *loss)
{
  g_return_if_fail (loss != NULL && loss->count == 1);
  gboolean recording = self->recording;

  if (!loss->requires_grad)
    return;
  self->recording = FALSE;
  need_grad (self, loss)->data[0] += 1.0f;
  unwind (self, 0);
  self->recording = recording;
}

/* --- Recomputation: y = segment (in...); the inside is recorded only while its gradients are made
 * --- */

static EpnsTensor *
checkpoint_run (EpnsContext *ctx, const EpnsCall *call, gboolean record, EpnsTensor **inputs)
{
  gboolean recording = ctx->recording;

  ctx->recording = record;
  EpnsTensor *y = call->attr.segment (ctx, inputs, call->attr.user);
  ctx->recording = recording;
  return y;
}

static void
checkpoint_backward (EpnsContext *ctx, const EpnsCall *call)
{
  EpnsTensor *inputs[EPNS_OP_MAX_IN] = { NULL };
  guint first = ctx->tape->len;

  for (guint i = 0; i < call->n_in; i++) { /* copies that collect gradients of their own */
    inputs[i] = epns_detach (ctx, call->in[i]);
    inputs[i]->requires_grad = call->in[i]->requires_grad;
  }
  EpnsTensor *y = checkpoint_run (ctx, call, TRUE, inputs);
  epns_tensor_set (&y->grad, epns_tensor_ref (call->out->grad));
  unwind (ctx, first);
  for (guint i = 0; i < call->n_in; i++) {
    float *grad = epns_call_grad (ctx, call, i);
    for (gsize k = 0; grad != NULL && inputs[i]->grad != NULL && k < inputs[i]->count; k++)
      grad[k] += inputs[i]->grad->data[k];
    epns_tensor_unref (inputs[i]);
  }
  epns_tensor_unref (y);
}

const EpnsOp epns_op_checkpoint = { .name = "checkpoint", .backward = checkpoint_backward };

EpnsTensor *
epns_checkpoint (EpnsContext *self, EpnsSegment segment, gpointer user, EpnsTensor *const *inputs,
                 guint n_inputs)
{
  g_return_val_if_fail (n_inputs >= 1 && n_inputs <= EPNS_OP_MAX_IN, NULL);
  EpnsCall call = { .op = &epns_op_checkpoint, .n_in = n_inputs };

  if (!self->recording)
    return segment (self, inputs, user);
  call.attr.segment = segment;
  call.attr.user = user;
  memcpy (call.in, inputs, n_inputs * sizeof *inputs);
  call.out = checkpoint_run (self, &call, FALSE, call.in);
  if (call.out != NULL)
    remember (self, &call);
  return call.out;
}
