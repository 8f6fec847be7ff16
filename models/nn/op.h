/* SPDX-License-Identifier: MIT */
/* For those who write operators: what one consists of, and how a call of it runs and is recorded.
 *
 * A new operator is one place: its shape rule, forward and backward stand together in an op-*.c,
 * its public function is declared in ops.h, and its line in ops.def makes the gradient check demand
 * a sample of it. */
#pragma once
#include "models/nn/context.h"
#include "models/nn/multiply.h"
#include "models/nn/ops.h"
#include "models/nn/pool.h"
#include "models/nn/tensor.h"

#define EPNS_OP_MAX_IN 10

typedef union { /* what an operator is told besides its operands; each uses what it needs */
  EpnsConv conv;
  EpnsActivation activation;
  struct {
    gint64 n[6];
    float f[2];
  };
  struct {
    EpnsSegment segment;
    gpointer user;
  };
} EpnsAttr;

typedef struct _EpnsOp EpnsOp;

typedef struct { /* one use of an operator; this is what the tape holds */
  const EpnsOp *op;
  guint n_in;
  EpnsTensor *in[EPNS_OP_MAX_IN]; /* optional ones may be NULL */
  EpnsTensor *out;
  EpnsAttr attr;
} EpnsCall;

struct _EpnsOp {
  const char *name;
  /* The result's rank and shape (filled with ones beforehand) from operands and attributes; FALSE:
   * they do not fit. */
  gboolean (*shape) (const EpnsCall *call, guint *rank, gint64 *shape);
  /* out->data from in[]; NULL where the result is a view of in[0]. */
  void (*forward) (EpnsContext *ctx, const EpnsCall *call);
  /* Add to the gradients of in[] what out->grad makes of them. */
  void (*backward) (EpnsContext *ctx, const EpnsCall *call);
  guint optional;       /* bit i: in[i] may be NULL */
  gconstpointer detail; /* what sets operators of one implementation apart */
};

/* Check, run, record. attr may be NULL. Returns a new tensor, or NULL after a critical message. */
EpnsTensor *epns_apply (EpnsContext *ctx, const EpnsOp *op, const EpnsAttr *attr, guint n_in,
                        EpnsTensor *const *in);
#define EPNS_APPLY(ctx, op, attr, ...)                                                             \
  epns_apply ((ctx), (op), (attr),                                                                 \
              (guint) (sizeof ((EpnsTensor *[]){ __VA_ARGS__ }) / sizeof (EpnsTensor *)),          \
              (EpnsTensor *[]){ __VA_ARGS__ })

/* Where in[i]'s gradient accumulates (zero at first), or NULL where nobody wants it. */
float *epns_call_grad (EpnsContext *ctx, const EpnsCall *call, guint i);
/* The same, but where nothing has accumulated yet the values are not even zero: *is_new says that
 * all of them must be written, not added to. in[i] is not optional. */
float *epns_call_new_grad (EpnsContext *ctx, const EpnsCall *call, guint i, gboolean *is_new);
/* Where nothing has accumulated yet and the shapes are the same: the memory of the result's
 * gradient, values and all, which in[i] takes over; the result has none afterwards. Else NULL. */
float *epns_call_inherit_grad (const EpnsCall *call, guint i);

/* The shape rule of operators whose result is shaped like in[0] and whose other operands are, too.
 */
gboolean epns_shape_same (const EpnsCall *call, guint *rank, gint64 *shape);

/* A tensor that shares x's values under another shape of the same count. */
EpnsTensor *epns_tensor_view (EpnsContext *ctx, EpnsTensor *x, guint rank, const gint64 *shape);
/* A tensor whose data are n 32-bit integers. */
EpnsTensor *epns_tensor_of_ints (EpnsContext *ctx, gsize n, const gint32 *values);
const gint32 *epns_tensor_ints (const EpnsTensor *self);

/* Columns first .. first + k - 1 of a layer's weights w [M, C] as the right operand of x w^T: from
 * where epns_linear_prepare() has put them, else packed into *memory, a new tensor. */
EpnsRight epns_right_turned (EpnsContext *ctx, EpnsTensor *w, gsize first, gsize k,
                             EpnsTensor **memory);

/* The sum of n values in double: 8 sums of every eighth value, added in order. */
double epns_sum_of (const float *values, gsize n);

EpnsPool *epns_context_pool (EpnsContext *self);

/* Elements lo .. hi - 1 of a flat loop, a block that is large enough to be worth a task. */
typedef void (*EpnsRange) (const EpnsCall *call, float *grad, gsize lo, gsize hi);
/* range over 0 .. n - 1 in blocks of fixed size; grad is passed through. cost: operations an
 * element. */
void epns_call_flat (EpnsContext *ctx, const EpnsCall *call, float *grad, gsize n, double cost,
                     EpnsRange range);

#define EPNS_OP(name) extern const EpnsOp epns_op_##name;
#include "models/nn/ops.def"
#undef EPNS_OP
