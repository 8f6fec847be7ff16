/* SPDX-License-Identifier: MIT */
/* What makes a learned step not to be trusted.
 *
 * Of a lattice: a cell has lost its last site; more than 12 in 64 cells lie outside the volumes of
 * the model's <validity> (the published rule of stability); or as many are broken, their largest
 * piece being under three quarters of them (native tissues of the reference data: at most 6 of 58).
 *
 * Of members that began in one state, four or more: one disagrees with the others, its mark being
 * further from the members' median than six times max (1.4826 * median absolute deviation, median
 * of grains) (the factor makes the deviation a standard one, Rousseeuw and Croux, J. Am. Stat.
 * Assoc. 88, 1273 (1993)). The mark, and its grain:
 *   of a lattice, the length of borders between cells; its root (native members of the reference
 *     data: at most 3.3 times);
 *   of bodies with radii, but in a periodic box, the root of their mean squared distance from their
 *     mean; a twentieth of it (native members of examples/physicell-sorting: at most 2.9);
 *   of bodies without radii, their energy; a twentieth of kinetic plus potential energy in size
 *     (native members of examples/nbody: at most 2.8).
 *
 * Of bodies: a position or velocity is no number; a body with a radius has leapt by more than ten
 * of them in one step; or the energy of bodies without radii, which they keep but for the noise,
 * has changed by more than kinetic and potential energy were in size together. */
#pragma once
#include "adapters/scenario.h"

typedef enum {
  EPNS_GUARD_LOST,   /* a cell without sites, a body without a place */
  EPNS_GUARD_VOLUME, /* cells outside what the model was trained with */
  EPNS_GUARD_BROKEN, /* cells in pieces */
  EPNS_GUARD_APART,  /* a member disagrees with its siblings */
  EPNS_GUARD_JUMP,   /* of bodies: too far, or too much energy */
  EPNS_GUARD_N_REASONS
} EpnsGuardReason;

/* "lost", "volume", "broken", "apart", "jump" */
extern const char *const epns_guard_reasons[EPNS_GUARD_N_REASONS];

typedef struct {
  const EpnsScenario *scenario; /* lent */
  double low, high;             /* of a lattice: sites of a cell */
} EpnsGuardLimits;

/* What is wrong with a member's step, one clause; NULL where nothing is. */
char *epns_guard_find_fault (const EpnsGuardLimits *limits, const EpnsState *before,
                             const EpnsState *now, EpnsGuardReason *reason);

typedef struct {       /* what siblings are held against each other by */
  const char *of;      /* "the length of its cells' borders"; static */
  double value, grain; /* NaN: there is none */
} EpnsGuardMark;

/* A member's mark as it stands. */
EpnsGuardMark epns_guard_mark (const EpnsGuardLimits *limits, const EpnsState *state);

/* How far a member's mark is from the others', in the units above; 0 of fewer than 4 members that
 * have one. marks: [n], one for each member. */
double epns_guard_apart (const EpnsGuardMark *marks, guint32 n, guint32 member);

/* So far apart a member is not to be trusted. */
#define EPNS_GUARD_FAR 6.0
