/* SPDX-License-Identifier: MIT */
/* For how long a learned ensemble can be believed. */
#pragma once
#include "adapters/trajectory.h"

/* When a tissue counts as unstable: from the first recorded frame on, for good, in which more than
 * `share` of the cells it has had have a volume outside low to high (cells that are gone have
 * volume 0). */
typedef struct {
  double low, high; /* sites */
  double share;
} EpnsStabilityRule;

/* The rule of the published evaluation of cell sorting (arXiv 2305.14286): more than 12 of 64 cells
 * outside 16 to 30 sites, where the mean is about 23. For cells of another mean volume the bounds
 * are scaled with it, and *scaled says so. mean_volume: of the native cells. [any] */
EpnsStabilityRule epns_stability_published (double mean_volume, gboolean *scaled);

/* The same of gravitating bodies (published code, evaluation of celestial dynamics): from the first
 * recorded frame on whose total energy is more than this above that of the frame before. */
#define EPNS_STABILITY_JUMP 20.0

typedef struct {
  EpnsStabilityRule rule; /* of a lattice */
  gboolean scaled;   /* the rule's bounds, to cells of another size */
  double *stable;    /* [n frames of the common times]: share of members that are; owned; NULL: not
                        judged, as of particles without an energy */
  double first;      /* time at which the first member became unstable; NaN: none did */
  guint32 unstable;  /* members that did by the end */
} EpnsStability;

/* Judge the members of a recording of lattices at the frames given, which are those of `time`. Fills
 * stable, first and unstable. [any] */
void epns_stability_judge (EpnsStability *self, const EpnsTrajectory *of, guint32 first_member,
                           guint32 members, const guint32 *frame, const double *time,
                           guint32 n_times);

/* The same of bodies, by the values of their total energy [member][n_frames]. */
void epns_stability_judge_energy (EpnsStability *self, const double *energy, guint32 n_frames,
                                  guint32 first_member, guint32 members, const guint32 *frame,
                                  const double *time, guint32 n_times);

/* The mean volume of the cells of these members over these frames. */
double epns_mean_volume (const EpnsTrajectory *of, const guint32 *frame, guint32 n_times);

/* The first time at which a course has left its floor: it is above the largest value the floor has
 * at any time, there and at the next time (if there is one). n where it never has; NaN is within,
 * and so is all where there is no floor.
 * [any] */
guint32 epns_leaves_floor (const double *course, const double *floor, guint32 n);
