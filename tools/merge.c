/* SPDX-License-Identifier: MIT */
/* epns merge: the parts of an ensemble, recorded by as many processes, as the one recording that a
 * single process would have made. */
#include "adapters/trajectory.h"
#include "plugin/error.h"
#include "tools/command.h"
#include "tools/part.h"
#include "tools/recording.h"

#include <string.h>

typedef struct {
  const char *path; /* lent */
  EpnsTrajectory *of;
  guint32 first, n, members;
} Part;

static void
part_free (gpointer data)
{
  Part *self = data;

  g_clear_pointer (&self->of, epns_trajectory_free);
  g_free (self);
}

static gint
by_first (gconstpointer a, gconstpointer b)
{
  const Part *one = *(const Part *const *) a, *other = *(const Part *const *) b;

  return (one->first > other->first) - (one->first < other->first);
}

static Part *
describe (const char *path, GError **error)
{
  EpnsTrajectory *of = epns_trajectory_describe (path, error);
  Part *self = g_new0 (Part, 1);

  self->path = path;
  self->of = of;
  if (of != NULL && epns_trajectory_complete (of)
      && epns_part_described (g_hash_table_lookup (of->meta->provenance, EPNS_PART_KEY),
                              &self->first, &self->n, &self->members)
      && self->n == of->meta->members)
    return self;
  if (of != NULL)
    g_set_error (error, EPNS_FAILURE, EPNS_FAILURE_MISMATCH,
                 epns_trajectory_complete (of)
                     ? "%s: it is no part of an ensemble; give what epns run --part wrote"
                     : "%s: it is not complete; run its part again, which goes on where it ended",
                 path);
  part_free (self);
  return NULL;
}

/* Every member once, from 0 on. */
static gboolean
check_members (const GPtrArray *parts, GError **error)
{
  guint32 next = 0;

  for (guint i = 0; i < parts->len; i++) {
    const Part *part = parts->pdata[i];
    if (part->first != next) {
      g_set_error (error, EPNS_FAILURE, EPNS_FAILURE_MISMATCH,
                   part->first > next ? "%s: members %u to %u are in no part; give it, too"
                                      : "%s: it begins with member %u, which another part has, "
                                        "too (members up to %u are there); give each part once",
                   part->path, part->first > next ? next : part->first,
                   part->first > next ? part->first - 1 : next - 1);
      return FALSE;
    }
    next += part->n;
  }
  const Part *first = parts->pdata[0], *last = parts->pdata[parts->len - 1];
  if (next == first->members)
    return TRUE;
  g_set_error (error, EPNS_FAILURE, EPNS_FAILURE_MISMATCH,
               "%s: members %u to %u are in no part; give it, too", last->path, next,
               first->members - 1);
  return FALSE;
}

static gboolean
check_alike (const GPtrArray *parts, GError **error)
{
  const Part *first = parts->pdata[0];

  for (guint i = 1; i < parts->len; i++) {
    const Part *part = parts->pdata[i];
    const EpnsTrajectoryMeta *a = first->of->meta, *b = part->of->meta;
    if (!epns_recording_same (part->path, a, b, error))
      return FALSE;
    if (a->seed == b->seed && part->members == first->members && a->frames == b->frames
        && epns_trajectory_meta_alike (a, b)
        && memcmp (a->time, b->time, a->frames * sizeof *a->time) == 0)
      continue;
    g_set_error (error, EPNS_FAILURE, EPNS_FAILURE_MISMATCH,
                 "%s: its seed, members or times are not those of %s; give parts of one ensemble",
                 part->path, first->path);
    return FALSE;
  }
  return TRUE;
}

/* The parts by their members, checked; their frames are not read yet. */
static GPtrArray *
find_parts (char **paths, guint n, GError **error)
{
  g_autoptr (GPtrArray) parts = g_ptr_array_new_with_free_func (part_free);

  for (guint i = 0; i < n; i++) {
    Part *part = describe (paths[i], error);
    if (part == NULL)
      return NULL;
    g_ptr_array_add (parts, part);
  }
  g_ptr_array_sort (parts, by_first);
  return check_alike (parts, error) && check_members (parts, error) ? g_steal_pointer (&parts)
                                                                    : NULL;
}

static gboolean
read_frames (GPtrArray *parts, GError **error)
{
  for (guint i = 0; i < parts->len; i++) {
    Part *part = parts->pdata[i];
    g_clear_pointer (&part->of, epns_trajectory_free);
    part->of = epns_trajectory_read (part->path, error);
    if (part->of == NULL)
      return FALSE;
  }
  return TRUE;
}

static gboolean
write_frame (EpnsTrajectoryWriter *writer, const GPtrArray *parts, guint32 frame, GError **error)
{
  for (guint i = 0; i < parts->len; i++) {
    const Part *part = parts->pdata[i];
    for (guint32 m = 0; m < part->n; m++) {
      g_autoptr (EpnsState) state = epns_trajectory_state (part->of, m, frame);
      if (!epns_trajectory_writer_frame (writer, part->first + m, state, error))
        return FALSE;
    }
  }
  return TRUE;
}

/* What members are resumed from; a model that keeps no runs has left nothing. */
static gboolean
write_archives (EpnsTrajectoryWriter *writer, const GPtrArray *parts, GError **error)
{
  for (guint i = 0; i < parts->len; i++) {
    const Part *part = parts->pdata[i];
    for (guint32 m = 0; m < part->n; m++) {
      g_autoptr (GBytes) archive = epns_trajectory_read_archive (part->path, m, NULL);
      if (archive != NULL
          && !epns_trajectory_writer_archive (writer, part->first + m, archive, error))
        return FALSE;
    }
  }
  return TRUE;
}

static gboolean
write_whole (GPtrArray *parts, const char *path, GError **error)
{
  const Part *first = parts->pdata[0];
  g_autoptr (EpnsTrajectoryMeta) meta = epns_trajectory_meta_copy (first->of->meta);

  meta->members = first->members;
  g_hash_table_remove (meta->provenance, EPNS_PART_KEY);
  g_autoptr (EpnsTrajectoryWriter) writer = epns_trajectory_writer_new (path, meta, error);
  if (writer == NULL || !read_frames (parts, error))
    return FALSE;
  for (guint32 frame = 0; frame < meta->frames; frame++)
    if (!write_frame (writer, parts, frame, error))
      return FALSE;
  return write_archives (writer, parts, error) && epns_trajectory_writer_finish (writer, error);
}

static int
merge (int argc, char **argv)
{
  g_autofree char *path = NULL;
  gboolean quiet = FALSE;
  const GOptionEntry entries[] = {
    { "output", 'o', 0, G_OPTION_ARG_FILENAME, &path,
      "The whole ensemble: .h5, .npy, .csv or, of particles, .xyz", "OUT" },
    { "quiet", 'q', 0, G_OPTION_ARG_NONE, &quiet, "No summary", NULL },
    { 0 },
  };
  GError *error = NULL;

  if (!epns_command_parse (&epns_command_merge, entries, &argc, &argv, 1, G_MAXINT - 1, &error))
    return epns_command_fail (&epns_command_merge, error);
  if (path == NULL)
    g_set_error (&error, EPNS_FAILURE, EPNS_FAILURE_RANGE, "no output is named; give -o OUT.h5");
  g_autoptr (GPtrArray) parts = path ? find_parts (argv + 1, (guint) argc - 1, &error) : NULL;
  if (parts == NULL || !write_whole (parts, path, &error))
    return epns_command_fail (&epns_command_merge, error);
  const Part *first = parts->pdata[0];
  if (!quiet)
    g_print ("%s: %u members of %u part%s\n", path, first->members, parts->len,
             parts->len == 1 ? "" : "s");
  return EPNS_EXIT_OK;
}

const EpnsCommand epns_command_merge = {
  .name = "merge",
  .arguments = "PART.h5...",
  .summary = "Join the parts of an ensemble that several processes recorded",
  .main = merge,
};
