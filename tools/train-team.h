/* SPDX-License-Identifier: MIT */
/* The processes that `mpirun epns train` starts, as a team. The last of them writes and speaks. */
#pragma once
#include "plugin/epns_train.h"
#include <glib.h>

/* The team this process was started in; NULL where it was started alone, or where there is
 * no MPI in this build: then *error says so if mpirun has started it. Call once. */
const epns_train_team *epns_train_team_join (GError **error);

/* Before the process ends; after a failure the others are ended, too. team NULL: nothing. */
void epns_train_team_leave (const epns_train_team *team, gboolean failed);

/* Is it for this process to write and speak? */
gboolean epns_train_team_writes (const epns_train_team *team);

/* What the last process says, at the same point in each of them. */
double epns_train_team_agree (const epns_train_team *team, double number);
