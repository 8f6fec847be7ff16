/* SPDX-License-Identifier: MIT */
/* Are a trajectory's frames such as a learned step could lead from one to the next? */
#include "adapters/training.h"
#include "plugin/error.h"

#include <math.h>

/* A cell in a frame, for the first time in this frame. */
static gboolean
check_cell (const EpnsTrajectory *trajectory, guint32 member, guint32 frame, gint32 id,
            gboolean known, guint32 n_types, const char *name, GError **error)
{
  gint32 type = epns_trajectory_types (trajectory, member)[id];

  if (!known) {
    g_set_error (error, EPNS_FAILURE, EPNS_FAILURE_MISMATCH,
                 "%s: cell %d is in frame %u of member %u and not in the frame before; a learned "
                 "step makes no cells, so leave out what comes before its birth (skip), or this "
                 "recording",
                 name, id, frame, member);
    return FALSE;
  }
  if (type >= 1 && (guint32) type < n_types)
    return TRUE;
  g_set_error (error, EPNS_FAILURE, EPNS_FAILURE_MISMATCH,
               "%s: cell %d of member %u has type %d and the plan's <types> go from 1 to %u; add "
               "it there",
               name, id, member, type, n_types - 1);
  return FALSE;
}

gboolean
epns_training_check_cells (const EpnsTrajectory *trajectory, guint32 first, guint32 n_types,
                           const char *name, GError **error)
{
  gsize sites = epns_trajectory_meta_sites (trajectory->meta);

  for (guint32 m = 0; m < trajectory->meta->members; m++) {
    g_autofree guint32 *seen = g_new0 (guint32, trajectory->n_rows); /* in frame seen - 1 last */
    for (guint32 f = first; f < trajectory->done[m]; f++) {
      const gint32 *id = epns_trajectory_frame (trajectory, m, f);
      for (gsize i = 0; i < sites; i++) {
        guint32 last = seen[id[i]];
        if (id[i] == 0 || last == f + 1)
          continue;
        if (!check_cell (trajectory, m, f, id[i], f == first || last == f, n_types, name, error))
          return FALSE;
        seen[id[i]] = f + 1;
      }
    }
  }
  return TRUE;
}

gboolean
epns_training_check_bodies (const EpnsTrajectory *trajectory, guint32 first, guint32 n_types,
                            const char *name, GError **error)
{
  const EpnsTrajectoryMeta *meta = trajectory->meta;
  const gsize numbers = (gsize) meta->bodies * (gsize) meta->space.axes;

  for (gsize i = 0; i < meta->members * trajectory->n_rows; i++)
    if (trajectory->type[i] < 0 || (guint32) trajectory->type[i] >= n_types) {
      g_set_error (error, EPNS_FAILURE, EPNS_FAILURE_MISMATCH,
                   "%s: body %" G_GSIZE_FORMAT " of member %" G_GSIZE_FORMAT
                   " has type %d and the plan's <types> go from 0 to %u; add it there",
                   name, i % trajectory->n_rows, i / trajectory->n_rows, trajectory->type[i],
                   n_types - 1);
      return FALSE;
    }
  for (guint32 m = 0; m < meta->members; m++)
    for (guint32 f = first; f < trajectory->done[m]; f++)
      for (gsize i = 0; i < numbers; i++) {
        if (isfinite (epns_trajectory_positions (trajectory, m, f)[i])
            && isfinite (epns_trajectory_velocities (trajectory, m, f)[i]))
          continue;
        g_set_error (error, EPNS_FAILURE, EPNS_FAILURE_MISMATCH,
                     "%s: the position or velocity of body %" G_GSIZE_FORMAT
                     " in frame %u of member %u is not a finite number; leave this recording out",
                     name, i / (gsize) meta->space.axes, f, m);
        return FALSE;
      }
  return TRUE;
}
