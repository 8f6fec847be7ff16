/* SPDX-License-Identifier: MIT */
/* Parity of training: a stored record of updates, replayed by one optimiser, for any network.
 *
 * First some one-step updates from x to x_true (KL weighted by 1), then one multi-step update from
 * x to x_true, x_true2, ... (by 0.5), each step with its stored noise. What holds is within 1e-4
 * of the tensor's largest number. Of weights this says little, since a few updates move them by
 * hardly more, so they hold within a hundredth of the way that any number of their tensor has gone,
 * too. Where a gradient is nothing but rounding (final_layer.bias: adding to all logits changes no
 * probability), Adam steps as far all the same, whichever way: two roundings may end twice that
 * distance apart, and only that is held. */
#pragma once
#include "models/epns/comparison.h"
#include "models/epns/weights.h"

typedef struct _EpnsReplay EpnsReplay;

typedef struct {              /* all lent */
  const EpnsWeights *weights; /* trainable */
  const EpnsSafetensors *file;
  EpnsComparison *comparison;
  gpointer user;
  /* Read x and n true states after it. */
  gboolean (*read) (gpointer user, gsize n, GError **error);
  /* Add the gradients of n steps in a row, and tell epns_replay_took() of each. */
  gboolean (*learn) (gpointer user, EpnsReplay *replay, double beta, gsize n, GError **error);
} EpnsReplayed;

/* FALSE only if nothing could be compared. */
gboolean epns_replay (const EpnsReplayed *of, GError **error);

/* The stored tensor `what` ("eps", "pred") of step k of the update under way; free with g_free().
 */
char *epns_replay_name (const EpnsReplay *self, gsize k, const char *what);
/* "x_true", "x_true2", ...: the true state after k steps; free with g_free(). */
char *epns_replay_truth (gsize k);
void epns_replay_took (EpnsReplay *self, gsize k, double loss, double kl);
