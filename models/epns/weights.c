/* SPDX-License-Identifier: MIT */
/* Taking a network's tensors from a weights file, or making them. */
#include "models/epns/weights.h"
#include "models/nn/op.h"
#include "plugin/error.h"
#include "plugin/random.h"

#include <math.h>

struct _EpnsWeights {
  const EpnsSafetensors *file; /* NULL after finish(), and where weights are drawn or shared */
  const EpnsWeights *shared;   /* with whom, or NULL */
  guint64 seed;                /* to draw by */
  gboolean trainable;
  GPtrArray *names, *tensors;
  GHashTable *taken; /* names */
  GError *failure;   /* the first */
};

EpnsWeights *
epns_weights_new (const EpnsSafetensors *file, gboolean trainable)
{
  EpnsWeights *self = g_new0 (EpnsWeights, 1);

  self->file = file;
  self->trainable = trainable;
  self->names = g_ptr_array_new_with_free_func (g_free);
  self->tensors = g_ptr_array_new_with_free_func ((GDestroyNotify) epns_tensor_unref);
  self->taken = g_hash_table_new (g_str_hash, g_str_equal);
  return self;
}

EpnsWeights *
epns_weights_draw (guint64 seed)
{
  EpnsWeights *self = epns_weights_new (NULL, TRUE);

  self->seed = seed;
  return self;
}

EpnsWeights *
epns_weights_share (const EpnsWeights *other)
{
  EpnsWeights *self = epns_weights_new (NULL, TRUE);

  self->shared = other;
  return self;
}

void
epns_weights_free (EpnsWeights *self)
{
  if (self == NULL)
    return;
  g_hash_table_unref (self->taken);
  g_ptr_array_unref (self->names);
  g_ptr_array_unref (self->tensors);
  g_clear_error (&self->failure);
  g_free (self);
}

/* Each tensor by its place in the order of asking. */
static void
draw (const EpnsWeights *self, EpnsTensor *tensor, double bound)
{
  const EpnsDrawKey key = { self->seed, 0, 0 };

  for (gsize i = 0; i < tensor->count; i++)
    tensor->data[i] = (float) (bound * (2 * epns_random_uniform (&key, self->tensors->len, i) - 1));
}

/* Values of the other's tensor, with a gradient of its own. */
static EpnsTensor *
borrow (const EpnsWeights *self)
{
  EpnsTensor *theirs = epns_weights_tensor (self->shared, self->tensors->len);
  EpnsTensor *own = epns_tensor_view (NULL, theirs, theirs->rank, theirs->shape);

  own->requires_grad = TRUE;
  own->grad = epns_tensor_new_zero (NULL, theirs->rank, theirs->shape);
  return own;
}

/* One tensor, or NULL after a failure; `bound` to draw it within. Takes over `name`. */
static EpnsTensor *
take (EpnsWeights *self, char *name, guint rank, const gsize *shape, double bound)
{
  g_autofree char *owned = name;
  gint64 extents[EPNS_TENSOR_MAX_RANK];

  const EpnsStored *stored = NULL;
  if (self->failure == NULL && self->file != NULL)
    stored = epns_safetensors_need_shape (self->file, name, rank, shape, &self->failure);
  if (self->failure != NULL)
    return NULL;

  for (guint a = 0; a < rank; a++)
    extents[a] = (gint64) shape[a];
  EpnsTensor *tensor = self->shared != NULL ? borrow (self)
                       : self->trainable    ? epns_parameter_new (rank, extents)
                                            : epns_tensor_new (NULL, rank, extents);
  if (stored == NULL && self->shared == NULL)
    draw (self, tensor, bound);
  else if (stored != NULL && !epns_stored_to_f32 (stored, tensor->data))
    g_set_error (&self->failure, EPNS_FAILURE, EPNS_FAILURE_FORMAT,
                 "%s: tensor '%s' is stored as %s; convert the weights to F32",
                 epns_safetensors_path (self->file), name, epns_stored_type_name (stored->type));
  g_ptr_array_add (self->tensors, tensor);
  g_hash_table_add (self->taken, name);
  g_ptr_array_add (self->names, g_steal_pointer (&owned));
  return tensor;
}

EpnsAffine
epns_weights_affine (EpnsWeights *self, guint rank, const gsize *shape, gsize n_bias,
                     const char *prefix)
{
  double fan = 1;

  for (guint a = 1; a < rank; a++)
    fan *= (double) shape[a];
  EpnsTensor *w = take (self, g_strconcat (prefix, ".weight", NULL), rank, shape, 1 / sqrt (fan));
  EpnsTensor *b = take (self, g_strconcat (prefix, ".bias", NULL), 1, &n_bias, 1 / sqrt (fan));

  return (EpnsAffine){ w, b };
}

EpnsAffine
epns_weights_conv (EpnsWeights *self, gsize out, gsize in, gsize k, const char *prefix)
{
  return epns_weights_affine (self, 4, (gsize[]){ out, in, k, k }, out, prefix);
}

EpnsAffine
epns_weights_conv_transpose (EpnsWeights *self, gsize in, gsize out, gsize k, const char *prefix)
{
  return epns_weights_affine (self, 4, (gsize[]){ in, out, k, k }, out, prefix);
}

EpnsAffine
epns_weights_linear (EpnsWeights *self, gsize out, gsize in, const char *prefix)
{
  return epns_weights_affine (self, 2, (gsize[]){ out, in }, out, prefix);
}

EpnsTensor *
epns_weights_matrix (EpnsWeights *self, gsize out, gsize in, const char *name)
{
  return take (self, g_strdup (name), 2, (gsize[]){ out, in }, 1 / sqrt ((double) in));
}

/* What will not change is brought into the form that products want once. */
static void
prepare (EpnsWeights *self)
{
  for (guint i = 0; !self->trainable && i < self->tensors->len; i++) {
    EpnsTensor *tensor = self->tensors->pdata[i];

    if (tensor->rank == 2)
      epns_linear_prepare (tensor);
  }
}

gboolean
epns_weights_finish (EpnsWeights *self, GError **error)
{
  guint n = self->file != NULL ? epns_safetensors_n (self->file) : 0;

  for (guint i = 0; self->failure == NULL && i < n; i++) {
    const char *name = epns_safetensors_nth (self->file, i)->name;

    if (!g_hash_table_contains (self->taken, name))
      g_set_error (&self->failure, EPNS_FAILURE, EPNS_FAILURE_FORMAT,
                   "%s: the network has no use for tensor '%s'; check that configuration and "
                   "weights belong together",
                   epns_safetensors_path (self->file), name);
  }
  self->file = NULL;
  if (self->failure == NULL) {
    prepare (self);
    return TRUE;
  }
  g_propagate_error (error, g_steal_pointer (&self->failure));
  return FALSE;
}

guint
epns_weights_n (const EpnsWeights *self)
{
  return self->tensors->len;
}

const char *
epns_weights_name (const EpnsWeights *self, guint i)
{
  return self->names->pdata[i];
}

EpnsTensor *
epns_weights_tensor (const EpnsWeights *self, guint i)
{
  return self->tensors->pdata[i];
}
