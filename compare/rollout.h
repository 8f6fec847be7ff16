/* SPDX-License-Identifier: MIT */
/* A few learned trajectories beside held-out ones that start alike, in a few numbers. */
#pragma once
#include "adapters/trajectory.h"

enum { EPNS_ROLLOUT_LATTICE = 5, EPNS_ROLLOUT_SERIES = 10 };

typedef struct {
  double learned, held_out; /* at the last frame, mean over members; NaN: not defined */
  double ks;                /* two-sample statistic of all members' values after the start */
} EpnsRolloutValue;

typedef struct {
  EpnsRolloutValue of[EPNS_ROLLOUT_SERIES];
  /* Mean over the series and the frames after the start of |learned - held out| / |held out|, each
   * a mean over members; NaN: nothing is defined in both, or there was no rollout. */
  double apart;
} EpnsRollout;

/* Names of observables, the order of EpnsRollout.of: those of lattices, then those of bodies. What
 * is not of a recording's layout is not defined. */
extern const char *const epns_rollout_series[EPNS_ROLLOUT_SERIES];

/* Both: of one layout, the same members and frames. [any] */
void epns_rollout_measure (const EpnsTrajectory *held_out, const EpnsTrajectory *learned,
                           EpnsRollout *rollout);
