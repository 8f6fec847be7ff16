/* SPDX-License-Identifier: MIT */
/* An ensemble of one step model on lattices or particles: members that start, step together, and
 * are kept and resumed.
 *
 * Member i is a function of (seed, i) alone, whatever the number of members, threads or pieces
 * the steps are taken in: its run has the host's seed and stream i. What a stream means is the
 * kind's: to cpm with rng=compucell3d, the run whose RandomSeed is i higher.
 *
 * The start: with n_starts = 1 every member begins as the scenario starts for `seed`, so that
 * members differ by their dynamics alone; else member i begins as it starts for seed + i, as
 * CompuCell3D would for that RandomSeed, which may come round again. Whichever model they step: two
 * ensembles of one seed start alike, member by member. */
#pragma once
#include "tools/settings.h"

typedef struct {    /* which members: first to first + n - 1 */
  guint32 n, first; /* n >= 1 */
  guint64 seed;
  guint32 n_starts; /* member i begins as the scenario starts for seed + i mod n_starts; 0: + i */
} EpnsMembers;

typedef struct _EpnsStepper EpnsStepper;

/* Start the runs; member first + i is i in what follows. EPNS_FAILURE_RANGE where they do not fit this machine's memory,
 * EPNS_FAILURE_MISMATCH where the model's fields are not those of the scenario's layout or the
 * types it names are not the scenario's, EPNS_FAILURE_PLUGIN where the model refuses. The settings
 * must outlive the stepper. */
EpnsStepper *epns_stepper_new (const EpnsSettings *settings, const EpnsScenario *scenario,
                               const EpnsMembers *members, GError **error);
void         epns_stepper_free (EpnsStepper *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (EpnsStepper, epns_stepper_free)

guint32 epns_stepper_n_members (const EpnsStepper *self);

/* Take n_steps native steps with every member, in one call of the plugin. */
gboolean epns_stepper_advance (EpnsStepper *self, guint32 n_steps, GError **error);

/* The same with the members that are chosen [n_members] alone. */
gboolean epns_stepper_advance_chosen (EpnsStepper *self, const gboolean *chosen, guint32 n_steps,
                                      GError **error);

/* Put a member into a state (copied), its run being left where it is. */
void epns_stepper_set_state (EpnsStepper *self, guint32 member, const EpnsState *state);

/* A member's state, lent; valid until the next advance or restore. */
EpnsState *epns_stepper_state (EpnsStepper *self, guint32 member);

/* Does the model keep and resume runs with the same bits? */
gboolean epns_stepper_resumes (const EpnsStepper *self);

/* A member's place in its random stream and history, without its state. */
GBytes *epns_stepper_save (EpnsStepper *self, guint32 member, GError **error);

/* Continue a member from what was saved and the state it had then (copied). */
gboolean epns_stepper_restore (EpnsStepper *self, guint32 member, GBytes *saved,
                               const EpnsState *state, GError **error);
