/* SPDX-License-Identifier: MIT */
/* One chain of additions through all processes, then one copy to all. */
#include "models/train/team.h"
#include "plugin/error.h"

#include <string.h>

enum { PIECE = 65536 }; /* numbers that are on their way at once */

void
epns_team_share (const epns_train_team *team, gsize all, gsize *first, gsize *n)
{
  gsize rank = team != NULL ? team->rank : 0, ranks = team != NULL ? team->ranks : 1;

  *first = all * rank / ranks;
  *n = all * (rank + 1) / ranks - *first;
}

static gboolean
pass_on (const epns_train_team *team, double *numbers, gsize n, EpnsTeamAdd add, gpointer user)
{
  for (gsize first = 0; first < n; first += PIECE) {
    guint32 piece = (guint32) MIN (n - first, PIECE);
    double *at = numbers + first;
    memset (at, 0, piece * sizeof *at);
    if (team != NULL && team->rank > 0 && team->receive (team->ctx, at, piece) != 0)
      return FALSE;
    add (user, first, piece, at);
    if (team != NULL && team->rank + 1 < team->ranks && team->send (team->ctx, at, piece) != 0)
      return FALSE;
  }
  for (gsize first = 0; team != NULL && first < n; first += PIECE)
    if (team->share (team->ctx, numbers + first, (guint32) MIN (n - first, PIECE)) != 0)
      return FALSE;
  return TRUE;
}

gboolean
epns_team_sum (const epns_train_team *team, double *numbers, gsize n, EpnsTeamAdd add,
               gpointer user, GError **error)
{
  if (pass_on (team, numbers, n, add, user))
    return TRUE;
  g_set_error (error, EPNS_FAILURE, EPNS_FAILURE_IO,
               "another process of this training cannot be reached; start all of them again, the "
               "last checkpoint is as it was");
  return FALSE;
}
