/* SPDX-License-Identifier: MIT */
/* Tensors: float32, contiguous, row-major, counted references.
 *
 * Values lie in a context's pool (or on the heap, for parameters) and go back there with the last
 * reference. Values are written once, by the operator that made the tensor; only parameters change
 * later, between steps. Reading, ref and unref of a heap tensor are [any]; those of a pool tensor
 * belong to its context's thread [run]. */
#pragma once
#include <glib.h>

#define EPNS_TENSOR_MAX_RANK 5
#define EPNS_TENSOR_ALIGN    64 /* bytes */

typedef struct _EpnsContext EpnsContext;
typedef struct _EpnsPool EpnsPool;
typedef struct _EpnsTensor EpnsTensor;

struct _EpnsTensor {
  float *data; /* [count], aligned to EPNS_TENSOR_ALIGN */
  gsize count;
  guint rank;                         /* 1 .. EPNS_TENSOR_MAX_RANK */
  gint64 shape[EPNS_TENSOR_MAX_RANK]; /* extents > 0; 1 beyond the rank */
  gboolean requires_grad;             /* a parameter, or computed from one while recording */
  EpnsTensor *grad; /* d loss / d this, same shape; NULL until backward gets here. Owned */

  /*< private >*/
  EpnsTensor *packed; /* a matrix that never changes, as products want its transpose; or NULL. Owned */
  EpnsPool *pool;   /* where the memory returns to; NULL: heap */
  EpnsTensor *base; /* a view's owner of data; NULL: data follows this header */
  guint size_class;
  gatomicrefcount refs;
};

/* Two arguments in one: rank and extents. epns_tensor_new (ctx, EPNS_SHAPE (n, c, h, w)). */
/* clang-format off */
#define EPNS_SHAPE(...) \
  (guint) (sizeof ((gint64[]){ __VA_ARGS__ }) / sizeof (gint64)), (const gint64[]){ __VA_ARGS__ }
/* clang-format on */

/* Values are not initialised. ctx NULL: on the heap. */
EpnsTensor *epns_tensor_new (EpnsContext *ctx, guint rank, const gint64 *shape);
EpnsTensor *epns_tensor_new_zero (EpnsContext *ctx, guint rank, const gint64 *shape);
/* values: [count], copied. */
EpnsTensor *epns_tensor_new_from (EpnsContext *ctx, guint rank, const gint64 *shape,
                                  const float *values);

/* A heap tensor that requires a gradient and has one, zero. Values are zero. */
EpnsTensor *epns_parameter_new (guint rank, const gint64 *shape);

EpnsTensor *epns_tensor_ref (EpnsTensor *self);
void epns_tensor_unref (EpnsTensor *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (EpnsTensor, epns_tensor_unref)

/* Replace what *slot holds (may be NULL) by value, taking over value's reference. A chain of
 * operators that frees as it goes: epns_tensor_set (&x, epns_relu (ctx, x)); */
void epns_tensor_set (EpnsTensor **slot, EpnsTensor *value);

gboolean epns_tensor_same_shape (const EpnsTensor *a, const EpnsTensor *b);
/* "[65, 32, 100, 100]"; free with g_free(). */
char *epns_tensor_shape_text (const EpnsTensor *self);
/* The only value of a tensor of count 1. */
float epns_tensor_item (const EpnsTensor *self);
