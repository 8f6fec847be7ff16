/* SPDX-License-Identifier: MIT */
/* The options of every command that steps ensembles: how many members, from which seed, for how
 * long, how quietly, which part of them, and whether learned steps are watched. */
#pragma once
#include "adapters/scenario.h"
#include "tools/command.h"
#include "tools/guard.h"
#include "tools/part.h"

typedef struct {
  char *members_text, *seed_text, *threads_text, *until_text, *every_text; /* as typed, or NULL */
  char **set;                                                              /* NAME=VALUE, or NULL */
  char *guard, *pause_text; /* as typed; guard NULL: none */
  char *starts;             /* as typed: "one", "varied"; NULL: as the draws have it */
  char *part_text;          /* as typed, or NULL */
  EpnsPart part;            /* of the members; 1 of 1: all */
  EpnsGuardMode guard_mode;
  gint64 pause;
  gboolean quiet, json;
  double until, every; /* 0: the plan's */
  guint64 members, seed;
  guint32 threads;
} EpnsEnsembleOptions;

void epns_ensemble_options_clear (EpnsEnsembleOptions *self);

/* Parse the command line of one FILE: a command's own options (ended by an empty entry) and the
 * shared ones. */
gboolean epns_ensemble_options_parse (EpnsEnsembleOptions *self, const EpnsCommand *command,
                                      const GOptionEntry *own, int *argc, char ***argv,
                                      GError **error);

/* Members, at least `fewest` and at most `most`, and seed: what the command line leaves open, the
 * scenario's plan says. */
gboolean epns_ensemble_options_plan (EpnsEnsembleOptions *self, const EpnsScenario *scenario,
                                     guint64 fewest, guint64 most, GError **error);

/* The members of so many ensembles, one behind the other, all of which have the same starts:
 * `native` settles whether these vary where the command line does not, as a host whose seeds are
 * followed varies them. */
EpnsMembers epns_ensemble_options_members (const EpnsEnsembleOptions *self,
                                           const EpnsSettings *native, guint32 ensembles);

/* The guard that was asked for, of these members: NULL without an error where none was. */
EpnsGuard *epns_ensemble_options_guard (const EpnsEnsembleOptions *self,
                                        const EpnsMembers *members, EpnsStepper *learned,
                                        const EpnsSettings *settings,
                                        const EpnsScenario *scenario, GError **error);
