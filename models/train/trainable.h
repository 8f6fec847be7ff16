/* SPDX-License-Identifier: MIT */
/* What a network offers so that it can be trained: its parameters, and the loss of one sample. */
#pragma once
#include "models/nn/context.h"
#include "models/train/pair.h"
#include "plugin/random.h"

typedef struct { /* what validation adds up */
  double nats;  /* negative log-likelihood of the whole next state, or a bound above it */
  double kl;    /* the part of it that is the KL divergence of latents */
  double cells; /* cells or bodies that it was of */
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

  /* One of the two. key.step is the sample's number among all samples of the training.
   * EPNS_FAILURE_MISMATCH where the pair does not fit.
   *
   * loss: the loss of one sample, [1], recorded on ctx, which records. What it needs stays alive
   * until the worker's next call. pair->steps is 1.
   *
   * learn: add the gradients of one sample to the worker's parameters, and give its loss, the mean
   * over the pair's steps in a row; beta weighs the KL divergence. ctx does not record before and
   * after. */
  EpnsTensor *(*loss) (gpointer worker, EpnsContext *ctx, const EpnsPair *pair,
                       const EpnsDrawKey *key, GError **error);
  gboolean (*learn) (gpointer worker, EpnsContext *ctx, const EpnsPair *pair, double beta,
                     const EpnsDrawKey *key, double *loss, GError **error);
  /* Add the likelihood of one pair of one step, for a choice of the network's own randomness that
   * key makes.
   * Nothing is recorded. */
  gboolean (*measure) (gpointer worker, EpnsContext *ctx, const EpnsPair *pair,
                       const EpnsDrawKey *key, EpnsTrainMeasure *sum, GError **error);
  void (*free) (gpointer net);
} EpnsTrainableForm;

typedef struct {
  const EpnsTrainableForm *form;
  gpointer net;
  guint parts; /* evaluations that make a learned step, of which pairs are one apart; 0 as 1 */
} EpnsTrainable;
