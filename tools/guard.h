/* SPDX-License-Identifier: MIT */
/* A watch on learned steps: after each, every member is held against what the model was trained
 * with and against its siblings, and a step that is not to be trusted is told, ends the run, or is
 * taken natively instead. What is looked for is in tools/guard-look.h. */
#pragma once
#include "tools/guard-look.h"
#include "tools/stepper.h"

typedef enum {
  EPNS_GUARD_WARN,  /* tell, and go on */
  EPNS_GUARD_STOP,  /* end the run */
  EPNS_GUARD_NATIVE /* undo the member's step, take as much time natively, then try again */
} EpnsGuardMode;

typedef struct { /* of one member, or of all */
  guint64 checked;                     /* learned steps */
  guint64 found[EPNS_GUARD_N_REASONS]; /* not to be trusted; each under its first reason */
  guint64 native;                      /* learned steps' worth of time taken natively */
} EpnsGuardCounts;

typedef struct _EpnsGuard EpnsGuard;

/* Watch the members of `learned`, which steps `settings->model`. Those that begin in one state are
 * held against each other. In mode NATIVE a member goes on for
 * `pause` >= 1 learned steps' time with kind cpm, or, of bodies, with the first model of the
 * scenario; what of `set` (NAME=VALUE, NULL-terminated, may be NULL) is the scenario's to state
 * holds for that, too. EPNS_FAILURE_UNSUPPORTED where the model is not a learned one,
 * EPNS_FAILURE_MISMATCH where its step is not a whole number of native ones. What is lent must
 * outlive the guard. */
EpnsGuard *epns_guard_new (EpnsGuardMode mode, guint32 pause, const EpnsMembers *members,
                           EpnsStepper *learned, const EpnsSettings *settings,
                           const char *const *set, const EpnsScenario *scenario, GError **error);
void       epns_guard_free (EpnsGuard *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (EpnsGuard, epns_guard_free)

/* The members have taken so many learned steps already. */
void epns_guard_resume (EpnsGuard *self, guint64 steps);

/* epns_stepper_advance under watch. Every finding is one line on stderr that names step, member,
 * reason and what was done; in mode STOP it is *error. */
gboolean epns_guard_advance (EpnsGuard *self, guint32 n_steps, GError **error);

/* Of one member; of all together. */
EpnsGuardCounts epns_guard_counts (const EpnsGuard *self, guint32 member);
EpnsGuardCounts epns_guard_total (const EpnsGuard *self);
