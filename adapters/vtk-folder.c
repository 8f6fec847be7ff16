/* SPDX-License-Identifier: MIT */
/* A folder of snapshots as one trajectory. */
#include "adapters/vtk.h"

#include "adapters/trajectory-private.h"
#include "plugin/error.h"

#include <string.h>

typedef struct {
  char *path;
  double time;
} Frame;

static void
clear_frame (gpointer data)
{
  g_free (((Frame *) data)->path);
}

static int
by_time (gconstpointer a, gconstpointer b)
{
  double first = ((const Frame *) a)->time, second = ((const Frame *) b)->time;

  return (first > second) - (first < second);
}

/* The MCS of "Step_0050.vtk", or -1. */
static double
time_of (const char *name)
{
  static const char prefix[] = "Step_";
  char *end;

  if (!g_str_has_prefix (name, prefix) || !g_ascii_isdigit (name[strlen (prefix)]))
    return -1;
  guint64 time = g_ascii_strtoull (name + strlen (prefix), &end, 10);
  return g_str_equal (end, ".vtk") ? (double) time : -1;
}

static GArray *
find_frames (const char *folder, GError **error)
{
  g_autoptr (GError) failure = NULL;
  g_autoptr (GDir) dir = g_dir_open (folder, 0, &failure);
  g_autoptr (GArray) frames = g_array_new (FALSE, FALSE, sizeof (Frame));

  g_array_set_clear_func (frames, clear_frame);
  if (dir == NULL) {
    g_set_error (error, EPNS_FAILURE, EPNS_FAILURE_IO, "%s: %s", folder, failure->message);
    return NULL;
  }
  for (const char *name = g_dir_read_name (dir); name != NULL; name = g_dir_read_name (dir)) {
    Frame frame = { NULL, time_of (name) };
    if (frame.time < 0)
      continue;
    frame.path = g_build_filename (folder, name, NULL);
    g_array_append_val (frames, frame);
  }
  g_array_sort (frames, by_time);
  for (guint f = 1; f < frames->len; f++)
    if (by_time (&g_array_index (frames, Frame, f - 1), &g_array_index (frames, Frame, f)) == 0) {
      g_set_error (error, EPNS_FAILURE, EPNS_FAILURE_MISMATCH,
                   "%s: another snapshot of the same MCS lies beside it; keep one",
                   g_array_index (frames, Frame, f).path);
      return NULL;
    }
  if (frames->len > 0)
    return g_steal_pointer (&frames);
  g_set_error (error, EPNS_FAILURE, EPNS_FAILURE_MISMATCH,
               "%s: there is no Step_<MCS>.vtk in it; give the LatticeData folder of a CompuCell3D "
               "run",
               folder);
  return NULL;
}

static EpnsTrajectory *
begin (const GArray *frames, const EpnsLatticeState *first, const gint32 periodic[3],
       const char *const *type_names, GError **error)
{
  g_autofree double *time = g_new (double, frames->len);

  for (guint f = 0; f < frames->len; f++)
    time[f] = g_array_index (frames, Frame, f).time;
  g_autoptr (EpnsTrajectoryMeta) meta = epns_trajectory_meta_new (
      1, frames->len, first->size, periodic, time, "MCS", type_names, 0);
  return epns_trajectory_new (meta, error);
}

/* Of the size of those before, with types that have names. */
static gboolean
check_frame (const EpnsTrajectory *trajectory, const char *path, const EpnsLatticeState *state,
             GError **error)
{
  const gint32 *size = trajectory->meta->size;
  g_autoptr (GError) failure = NULL;

  if (memcmp (size, state->size, sizeof state->size) != 0) {
    g_set_error (error, EPNS_FAILURE, EPNS_FAILURE_MISMATCH,
                 "%s: it has %d x %d x %d sites and the snapshots before %d x %d x %d; put runs of "
                 "other sizes into folders of their own",
                 path, state->size[2], state->size[1], state->size[0], size[2], size[1], size[0]);
    return FALSE;
  }
  if (epns_lattice_state_check (
          state, (gint32) g_strv_length (trajectory->meta->type_names), &failure))
    return TRUE;
  g_set_error (error, EPNS_FAILURE, EPNS_FAILURE_MISMATCH, "%s: %s", path, failure->message);
  return FALSE;
}

EpnsTrajectory *
epns_vtk_read_folder (const char *folder, const gint32 periodic[3], const char *const *type_names,
                      GError **error)
{
  g_autoptr (GArray) frames = find_frames (folder, error);
  g_autoptr (EpnsTrajectory) self = NULL;

  for (guint f = 0; frames != NULL && f < frames->len; f++) {
    const char *path = g_array_index (frames, Frame, f).path;
    g_autoptr (EpnsLatticeState) state = epns_vtk_read (path, error);
    if (state != NULL && self == NULL)
      self = begin (frames, state, periodic, type_names, error);
    if (state == NULL || self == NULL || !check_frame (self, path, state, error))
      return NULL;
    if (!epns_trajectory_enter (self, 0, &state->base, path, error)
        || !epns_trajectory_record (self, 0, &state->base, error))
      return NULL;
  }
  return g_steal_pointer (&self);
}
