/* SPDX-License-Identifier: MIT */
/* The tensors a network takes from a weights file, by the file's names. A network asks for one
 * after the other; the first that is missing or has another shape is remembered, what follows is
 * not looked at, and epns_weights_finish() reports it. Loading is for one thread; afterwards
 * everything may be read by many. */
#pragma once
#include "models/nn/safetensors.h"
#include "models/nn/tensor.h"

typedef struct { /* of a convolution or a linear layer; lent by the EpnsWeights */
  EpnsTensor *w, *b;
} EpnsAffine;

typedef struct _EpnsWeights EpnsWeights;

/* trainable: tensors with gradients, else plain ones. `file` must live until finish(). */
EpnsWeights *epns_weights_new (const EpnsSafetensors *file, gboolean trainable);
/* Trainable ones without a file, drawn by place from `seed` as PyTorch initialises its layers:
 * weights and biases uniform within 1 / sqrt (fan), fan = product of the weight's extents but the
 * first. Nothing can fail then. */
EpnsWeights *epns_weights_draw (guint64 seed);
/* Trainable ones whose values are those of `other`, asked for in the same order; their gradients
 * are their own. `other` must outlive them. */
EpnsWeights *epns_weights_share (const EpnsWeights *other);
void epns_weights_free (EpnsWeights *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (EpnsWeights, epns_weights_free)

/* PREFIX.weight of shape [shape[0], ..., shape[rank-1]] and PREFIX.bias of shape [n_bias]; { NULL,
 * NULL } after a failure. */
EpnsAffine epns_weights_affine (EpnsWeights *self, guint rank, const gsize *shape, gsize n_bias,
                                const char *prefix);
/* [out, in, k, k]; a transposed one is [in, out, k, k]; a linear one [out, in]. */
EpnsAffine epns_weights_conv (EpnsWeights *self, gsize out, gsize in, gsize k, const char *prefix);
EpnsAffine epns_weights_conv_transpose (EpnsWeights *self, gsize in, gsize out, gsize k,
                                        const char *prefix);
EpnsAffine epns_weights_linear (EpnsWeights *self, gsize out, gsize in, const char *prefix);
/* [out, in] under its own name, without a bias. */
EpnsTensor *epns_weights_matrix (EpnsWeights *self, gsize out, gsize in, const char *name);

/* TRUE when everything asked for was there and nothing in the file was left over.
 * EPNS_FAILURE_FORMAT. */
gboolean epns_weights_finish (EpnsWeights *self, GError **error);

/* What was taken, in the order of asking: for optimisers and for comparing gradients. [any] after
 * finish(). */
guint epns_weights_n (const EpnsWeights *self);
const char *epns_weights_name (const EpnsWeights *self, guint i);
EpnsTensor *epns_weights_tensor (const EpnsWeights *self, guint i);
