/* SPDX-License-Identifier: MIT */
/* What a network offers so that it can be trained: its parameters, and the loss of one pair of
 * states. */
#pragma once
#include "models/nn/context.h"
#include "models/train/pair.h"
#include "plugin/random.h"

typedef struct { /* what validation adds up */
  double nats;   /* negative log-likelihood of the whole next state */
  double cells;  /* that it was of */
} EpnsTrainMeasure;

typedef struct {
  gsize (*n_parameters) (gpointer net);
  EpnsTensor *(*parameter) (gpointer net, gsize i); /* lent */
  char *(*parameter_name) (gpointer net, gsize i);  /* free with g_free() */

  /* A worker is what one thread trains with: the parameters' memory is net's, their gradients are
   * its own. */
  gpointer (*worker_new) (gpointer net);
  void (*worker_free) (gpointer worker);
  EpnsTensor *(*worker_parameter) (gpointer worker, gsize i); /* lent; has a gradient */

  /* The loss of one sample, [1], recorded on ctx. key.step is the sample's number among all samples
   * of the training. What it needs stays alive until the worker's next call. EPNS_FAILURE_MISMATCH
   * where the pair does not fit. */
  EpnsTensor *(*loss) (gpointer worker, EpnsContext *ctx, const EpnsPair *pair,
                       const EpnsDrawKey *key, GError **error);
  /* Add the likelihood of one pair, for a choice of the network's own randomness that key makes.
   * Nothing is recorded. */
  gboolean (*measure) (gpointer worker, EpnsContext *ctx, const EpnsPair *pair,
                       const EpnsDrawKey *key, EpnsTrainMeasure *sum, GError **error);
  void (*free) (gpointer net);
} EpnsTrainableForm;

typedef struct {
  const EpnsTrainableForm *form;
  gpointer net;
} EpnsTrainable;
