/* SPDX-License-Identifier: MIT */
/* From gradients to the next weights: Adam, the norm of the gradient, a running average of weights.
 *
 * `parameters` is an array of n tensors with gradients, borrowed: it is copied, its tensors are
 * not, and they must outlive the optimiser. All [run]; results do not depend on threads. */
#pragma once
#include "models/nn/tensor.h"

/* Set all gradients to zero. */
void epns_grads_zero (EpnsTensor *const *parameters, gsize n);
/* The Euclidean norm over all gradients together; if it is larger than `limit` (> 0, may be
 * INFINITY) they are scaled by limit / (norm + 1e-6). Returns the norm before. */
double epns_grads_clip (EpnsTensor *const *parameters, gsize n, double limit);

/* Kingma and Ba, Adam (ICLR 2015), algorithm 1, with L2 regularisation added to the gradient (not
 * decoupled): g = grad + decay * w;  m = beta1 m + (1 - beta1) g;  v = beta2 v + (1 - beta2) g^2;
 *   w -= rate * (m / (1 - beta1^t)) / (sqrt (v / (1 - beta2^t)) + eps). In single precision, as
 * PyTorch's, but for factors that a step has once; a denormal moment counts as 0. */
typedef struct {
  double beta1, beta2, eps, decay;
} EpnsAdamOptions;
#define EPNS_ADAM_DEFAULTS                                                                         \
  {                                                                                                \
    .beta1 = 0.9, .beta2 = 0.999, .eps = 1e-8, .decay = 0.0                                        \
  }

typedef struct {
  EpnsAdamOptions options;
  gint64 t; /* steps taken */
  gsize n;
  EpnsTensor **parameters; /* [n], borrowed tensors */
  EpnsTensor **m, **v;     /* [n] running moments, owned; with t, all there is to save and load */
} EpnsAdam;

EpnsAdam *epns_adam_new (EpnsTensor *const *parameters, gsize n, EpnsAdamOptions options);
void epns_adam_free (EpnsAdam *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (EpnsAdam, epns_adam_free)
/* One step from the gradients as they are; they are left alone. */
void epns_adam_step (EpnsAdam *self, double rate);

/* The exponential moving average of the weights: a = decay a + (1 - decay) w. */
typedef struct {
  double decay;
  gsize n;
  EpnsTensor **parameters; /* [n], borrowed tensors */
  EpnsTensor **average;    /* [n], owned */
} EpnsEma;

/* Starts from the weights as they are. */
EpnsEma *epns_ema_new (EpnsTensor *const *parameters, gsize n, double decay);
void epns_ema_free (EpnsEma *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (EpnsEma, epns_ema_free)
void epns_ema_update (EpnsEma *self);
/* Exchange weights and averages: once to use the averages, once more to train on. */
void epns_ema_swap (EpnsEma *self);
