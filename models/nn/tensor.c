/* SPDX-License-Identifier: MIT */
/* Tensors: header and values in one block. */
#include "models/nn/tensor.h"
#include "models/nn/kernel.h"
#include "models/nn/op.h"

#include <string.h>

#define HEADER_BYTES                                                                               \
  ((sizeof (EpnsTensor) + EPNS_TENSOR_ALIGN - 1) / EPNS_TENSOR_ALIGN * EPNS_TENSOR_ALIGN)

/* The header alone has its data elsewhere: a view. */
static EpnsTensor *
allocate (EpnsContext *ctx, guint rank, const gint64 *shape, gboolean view)
{
  g_return_val_if_fail (rank >= 1 && rank <= EPNS_TENSOR_MAX_RANK, NULL);
  EpnsPool *pool = ctx != NULL ? epns_context_pool (ctx) : NULL;
  gsize count = 1;
  guint size_class = 0;

  for (guint i = 0; i < rank; i++) {
    g_return_val_if_fail (shape[i] > 0, NULL);
    g_return_val_if_fail ((gsize) shape[i] <= ((gsize) 1 << 44) / count, NULL);
    count *= (gsize) shape[i];
  }
  gsize bytes = HEADER_BYTES + (view ? 0 : (count + EPNS_KERNEL_SLACK) * sizeof (float));
  char *block = pool != NULL ? epns_pool_take (pool, bytes, &size_class)
                             : g_aligned_alloc (1, bytes, EPNS_TENSOR_ALIGN);
  EpnsTensor *self = (EpnsTensor *) (gpointer) block;
  *self = (EpnsTensor){
    .data = view ? NULL : (float *) (gpointer) (block + HEADER_BYTES),
    .count = count,
    .rank = rank,
    .shape = { 1, 1, 1, 1, 1 },
    .pool = pool,
    .size_class = size_class,
  };
  memcpy (self->shape, shape, rank * sizeof *shape);
  g_atomic_ref_count_init (&self->refs);
  return self;
}

EpnsTensor *
epns_tensor_new (EpnsContext *ctx, guint rank, const gint64 *shape)
{
  return allocate (ctx, rank, shape, FALSE);
}

EpnsTensor *
epns_tensor_new_zero (EpnsContext *ctx, guint rank, const gint64 *shape)
{
  EpnsTensor *self = allocate (ctx, rank, shape, FALSE);

  if (self != NULL)
    memset (self->data, 0, self->count * sizeof (float));
  return self;
}

EpnsTensor *
epns_tensor_new_from (EpnsContext *ctx, guint rank, const gint64 *shape, const float *values)
{
  EpnsTensor *self = allocate (ctx, rank, shape, FALSE);

  if (self != NULL)
    memcpy (self->data, values, self->count * sizeof (float));
  return self;
}

EpnsTensor *
epns_parameter_new (guint rank, const gint64 *shape)
{
  EpnsTensor *self = epns_tensor_new_zero (NULL, rank, shape);

  if (self != NULL) {
    self->requires_grad = TRUE;
    self->grad = epns_tensor_new_zero (NULL, rank, shape);
  }
  return self;
}

EpnsTensor *
epns_tensor_view (EpnsContext *ctx, EpnsTensor *x, guint rank, const gint64 *shape)
{
  EpnsTensor *self = allocate (ctx, rank, shape, TRUE);

  if (self != NULL) {
    self->base = epns_tensor_ref (x->base != NULL ? x->base : x);
    self->data = x->data;
  }
  return self;
}

EpnsTensor *
epns_tensor_of_ints (EpnsContext *ctx, gsize n, const gint32 *values)
{
  G_STATIC_ASSERT (sizeof (gint32) == sizeof (float));
  EpnsTensor *self = epns_tensor_new (ctx, EPNS_SHAPE ((gint64) n));

  if (self != NULL)
    memcpy (self->data, values, n * sizeof *values);
  return self;
}

/* The block was written by memcpy, so its integers have no other effective type. */
const gint32 *
epns_tensor_ints (const EpnsTensor *self)
{
  return (const gint32 *) (gconstpointer) self->data;
}

EpnsTensor *
epns_tensor_ref (EpnsTensor *self)
{
  g_return_val_if_fail (self != NULL, NULL);
  g_atomic_ref_count_inc (&self->refs);
  return self;
}

void
epns_tensor_unref (EpnsTensor *self)
{
  if (self == NULL || !g_atomic_ref_count_dec (&self->refs))
    return;
  EpnsTensor *grad = self->grad, *base = self->base, *packed = self->packed;
  if (self->pool != NULL)
    epns_pool_give (self->pool, self, self->size_class);
  else
    g_aligned_free (self);
  epns_tensor_unref (grad);
  epns_tensor_unref (base);
  epns_tensor_unref (packed);
}

void
epns_tensor_set (EpnsTensor **slot, EpnsTensor *value)
{
  EpnsTensor *old = *slot;

  *slot = value;
  epns_tensor_unref (old);
}

gboolean
epns_tensor_same_shape (const EpnsTensor *a, const EpnsTensor *b)
{
  return a->rank == b->rank && memcmp (a->shape, b->shape, sizeof a->shape) == 0;
}

char *
epns_tensor_shape_text (const EpnsTensor *self)
{
  GString *text = g_string_new ("[");

  for (guint i = 0; i < self->rank; i++)
    g_string_append_printf (text, "%s%" G_GINT64_FORMAT, i > 0 ? ", " : "", self->shape[i]);
  g_string_append_c (text, ']');
  return g_string_free (text, FALSE);
}

float
epns_tensor_item (const EpnsTensor *self)
{
  g_return_val_if_fail (self != NULL && self->count == 1, 0.0f);
  return self->data[0];
}
