/* SPDX-License-Identifier: MIT */
/* A state and the ones one or several learned steps later, drawn from recorded trajectories. All
 * functions [any]. */
#pragma once
#include "plugin/epns_train.h"
#include "plugin/random.h"
#include <glib.h>

typedef struct {
  guint steps;                /* learned steps in a row, at least 1 */
  gsize apart;                /* numbers from a state to the one a learned step later */
  guint32 set, member, frame; /* where the first state was found */
  const epns_train_parameter *parameters; /* what the set was made with */
  guint32 n_parameters;

  /* of lattices: */
  const gint32 *now, *next; /* [height, width] ids; those of step k are at now + k apart */
  const gint32 *type;       /* [n_ids] */
  gsize height, width, n_ids;
  gboolean periodic[2]; /* y, x */

  /* of bodies; NULL and 0 for lattices: */
  const double *position, *velocity; /* [bodies, axes]; those of step k are k apart further */
  const double *mass;                /* [bodies], or NULL: all are 1 */
  const gint32 *body_type;           /* [bodies], or NULL: all are 0 */
  gsize bodies, axes;
} EpnsPair;

typedef struct { /* recorded trajectories, lent by the host: lattices first, then bodies */
  const epns_train_set *sets;
  gsize n_sets;
  const epns_train_bodies *bodies;
  gsize n_bodies;
  guint32 stride; /* frames that a learned step spans */
} EpnsPairs;

/* How many places there are that `steps` learned steps in a row can start from. */
guint64 epns_pairs_count (const EpnsPairs *self, guint steps);

/* Number i of them: sets, members and frames in order; lent by the host. */
EpnsPair epns_pairs_nth (const EpnsPairs *self, guint steps, guint64 i);

/* The most learned steps in a row that any trajectory is long enough for. */
guint epns_pairs_longest (const EpnsPairs *self);

/* Turn lattices: bit 0 of `turn` transposes, bit 1 mirrors y, bit 2 mirrors x. The new states lie
 * in `room`, which holds at least (steps + 1) * height * width numbers. */
EpnsPair epns_pair_turn (const EpnsPair *self, guint turn, gint32 *room);
