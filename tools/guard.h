/* SPDX-License-Identifier: MIT */
/* A watch on learned steps of lattices: after each, every member is held against what the model was
 * trained with, and a step that is not to be trusted is told, ends the run, or is taken natively
 * instead.
 *
 * A step is not to be trusted where a cell has lost its last site; where more than 12 in 64 cells
 * lie outside the volumes of the model's <validity> (the published rule of stability); or where as
 * many are broken, their largest piece being under three quarters of them (native tissues of the
 * reference data: at most 6 of 58). */
#pragma once
#include "tools/stepper.h"

typedef enum {
  EPNS_GUARD_WARN,  /* tell, and go on */
  EPNS_GUARD_STOP,  /* end the run */
  EPNS_GUARD_NATIVE /* undo the member's step, take as much time natively, then try again */
} EpnsGuardMode;

typedef enum {
  EPNS_GUARD_LOST,
  EPNS_GUARD_VOLUME,
  EPNS_GUARD_BROKEN,
  EPNS_GUARD_N_REASONS
} EpnsGuardReason;

typedef struct {
  guint64 checked;                       /* learned steps of members */
  guint64 found[EPNS_GUARD_N_REASONS];   /* not to be trusted; each under its first reason */
  guint64 native;                        /* learned steps' worth of time taken natively */
} EpnsGuardCounts;

extern const char *const epns_guard_reasons[EPNS_GUARD_N_REASONS]; /* "lost", "volume", "broken" */

typedef struct _EpnsGuard EpnsGuard;

/* Watch the members of `learned`, which steps `settings->model`. In mode NATIVE a member goes on
 * with kind cpm for `pause` >= 1 learned steps' time. EPNS_FAILURE_UNSUPPORTED where the model is
 * not a learned one of lattices, EPNS_FAILURE_MISMATCH where its step is not a whole number of
 * native ones. What is lent must outlive the guard. */
EpnsGuard *epns_guard_new (EpnsGuardMode mode, guint32 pause, EpnsStepper *learned,
                           const EpnsSettings *settings, const EpnsScenario *scenario, guint64 seed,
                           GError **error);
void       epns_guard_free (EpnsGuard *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (EpnsGuard, epns_guard_free)

/* The members have taken so many learned steps already. */
void epns_guard_resume (EpnsGuard *self, guint64 steps);

/* epns_stepper_advance under watch. Every finding is one line on stderr that names step, member,
 * reason and what was done; in mode STOP it is *error. */
gboolean epns_guard_advance (EpnsGuard *self, guint32 n_steps, GError **error);

const EpnsGuardCounts *epns_guard_counts (const EpnsGuard *self);
