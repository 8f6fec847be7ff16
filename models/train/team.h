/* SPDX-License-Identifier: MIT */
/* Sums over the processes of a team with the bits of one process's. */
#pragma once
#include "plugin/epns_train.h"
#include <glib.h>

/* Samples first to first + n - 1 of `all` are this process's; team NULL: all. [any] */
void epns_team_share (const epns_train_team *team, gsize all, gsize *first, gsize *n);

/* Add what is this process's to numbers first to first + n - 1, which lie at `to`. */
typedef void (*EpnsTeamAdd) (gpointer user, gsize first, gsize n, double *to);

/* numbers[n] of all processes: from 0 on, `add` of each in the order of ranks; every process gets
 * them. Pieces are on their way while later ones are added up. EPNS_FAILURE_IO where the others
 * cannot be reached. team NULL: this process alone. [run] */
gboolean epns_team_sum (const epns_train_team *team, double *numbers, gsize n, EpnsTeamAdd add,
                        gpointer user, GError **error);
