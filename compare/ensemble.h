/* SPDX-License-Identifier: MIT */
/* Ensembles side by side: the observables of each at the times they have in common. */
#pragma once
#include "compare/observables.h"

/* Members of a recording as a sample. */
typedef struct {
  const EpnsTrajectory *of; /* lent */
  GPtrArray *series;        /* EpnsSeries; a reference */
  guint32 first, n;         /* members first to first + n - 1 */
  guint32 *frame;           /* [n_times] which frames the common times are; owned */
} EpnsEnsemble;

typedef struct {
  guint32 n_times; /* at least 2 */
  double *time;    /* [n_times] ascending; owned */
  gboolean second; /* are floor_a and floor_b two ensembles (native and a second one), or the halves
                      of native? */
  EpnsEnsemble native, learned, floor_a, floor_b;
  const char *observed, *forecast; /* what native and learned are called; static */
  char *floor, *again, *against; /* "two native ensembles", "second native", "learned against
                                    native"; owned */
} EpnsComparison;

/* Measure and align. native2 may be NULL. The recordings are lent and must hold their frames.
 * EPNS_FAILURE_MISMATCH where lattice, types, time units or times do not allow a comparison; the
 * message names what differs. [any] */
EpnsComparison *epns_comparison_new (const EpnsTrajectory *native, const EpnsTrajectory *native2,
                                     const EpnsTrajectory *learned, GError **error);
void epns_comparison_free (EpnsComparison *self);

/* Call the two sides something else than "native" and "learned": adjectives, static. */
void epns_comparison_call (EpnsComparison *self, const char *observed, const char *forecast);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (EpnsComparison, epns_comparison_free)

/* The members' values of a series at a common time, ascending, without those where it is not
 * defined: how many. `into` has room for n members. */
gsize epns_ensemble_sample (const EpnsEnsemble *self, guint series, guint32 time, double *into);

/* Up to `n` times for a figure or a table: those nearest to the shares (ascending, 0 to 1) of the
 * whole, each once. Indices of common times go to `index`; how many. */
gsize epns_comparison_times (const EpnsComparison *self, const double *share, gsize n,
                             guint32 *index);
