/* SPDX-License-Identifier: MIT */
/* A state and the one a learned step later, drawn from recorded trajectories. All functions [any].
 */
#pragma once
#include "plugin/epns_train.h"
#include "plugin/random.h"
#include <glib.h>

typedef struct {
  const gint32 *now, *next; /* [height, width] ids */
  const gint32 *type;       /* [n_ids] */
  gsize height, width, n_ids;
  gboolean periodic[2];       /* y, x */
  guint32 set, member, frame; /* where `now` was found */
} EpnsPair;

typedef struct { /* recorded trajectories, lent by the host */
  const epns_train_set *sets;
  gsize n_sets;
  guint32 stride; /* frames from now to next */
} EpnsPairs;

/* How many pairs there are. */
guint64 epns_pairs_count (const EpnsPairs *self);

/* Pair number i, sets, members and frames in order; lent by the host. */
EpnsPair epns_pairs_nth (const EpnsPairs *self, guint64 i);

/* Turn a pair: bit 0 of `turn` transposes, bit 1 mirrors y, bit 2 mirrors x. The new states lie in
 * `room`, which holds at least 2 * height * width numbers. */
EpnsPair epns_pair_turn (const EpnsPair *self, guint turn, gint32 *room);
