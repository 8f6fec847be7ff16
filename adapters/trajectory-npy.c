/* SPDX-License-Identifier: MIT */
/* Recordings as one NumPy array: (member, time, y, x, [id, type]), int32; without the member axis
 * for one member. */
#include "adapters/npy.h"
#include "adapters/trajectory-private.h"

#include "plugin/error.h"

#include <string.h>

typedef struct {
  const EpnsTrajectoryMeta *meta;
  EpnsOutputFile *file;
  gsize sites;
  gint32 *pairs; /* [site][id, type] of one frame, little-endian */
} Writer;

static gboolean
npy_accepts (const char *path, const EpnsTrajectoryMeta *meta, GError **error)
{
  if (meta->size[0] == 1)
    return TRUE;
  g_set_error (error, EPNS_FAILURE, EPNS_FAILURE_UNSUPPORTED,
               "%s: the lattice has %d planes and .npy holds one; write .h5 instead", path,
               meta->size[0]);
  return FALSE;
}

static gpointer
npy_begin (const char *path G_GNUC_UNUSED, const EpnsTrajectoryMeta *meta, EpnsOutputFile *file,
           GError **error G_GNUC_UNUSED)
{
  Writer *self = g_new0 (Writer, 1);

  self->meta = meta;
  self->file = file;
  self->sites = epns_trajectory_meta_sites (meta);
  self->pairs = g_new (gint32, 2 * self->sites);
  return self;
}

static void
npy_free (gpointer state)
{
  Writer *self = state;

  g_free (self->pairs);
  g_free (self);
}

static guint64
frame_at (const Writer *self, guint32 frames, guint32 member, guint32 frame)
{
  return EPNS_NPY_HEADER + ((guint64) member * frames + frame) * self->sites * 2 * sizeof (gint32);
}

static gboolean
npy_frame (gpointer state, guint32 member, guint32 frame, const EpnsState *from,
           GError **error)
{
  Writer *self = state;
  const EpnsLatticeState *lattice = (const EpnsLatticeState *) from;

  for (gsize i = 0; i < self->sites; i++) {
    self->pairs[2 * i] = GINT32_TO_LE (lattice->id[i]);
    self->pairs[2 * i + 1] = GINT32_TO_LE (lattice->type[lattice->id[i]]);
  }
  return epns_output_file_write_at (self->file, self->pairs, 2 * self->sites * sizeof *self->pairs,
                                    frame_at (self, self->meta->frames, member, frame), error);
}

/* Close the gaps that members leave which have more frames than all have. */
static gboolean
compact (Writer *self, guint32 frames, GError **error)
{
  gsize bytes = 2 * self->sites * sizeof *self->pairs;

  for (guint32 m = 1; m < self->meta->members; m++)
    for (guint32 f = 0; f < frames; f++)
      if (!epns_output_file_read_at (self->file, self->pairs, bytes,
                                     frame_at (self, self->meta->frames, m, f), error)
          || !epns_output_file_write_at (self->file, self->pairs, bytes,
                                         frame_at (self, frames, m, f), error))
        return FALSE;
  return epns_output_file_truncate (self->file, frame_at (self, frames, self->meta->members, 0),
                                    error);
}

static gboolean
npy_finish (gpointer state, const guint32 *done, GError **error)
{
  Writer *self = state;
  const EpnsTrajectoryMeta *meta = self->meta;
  guint32 frames = meta->frames;
  EpnsNpyShape shape = { 0 };
  char header[EPNS_NPY_HEADER];

  for (guint32 m = 0; m < meta->members; m++)
    frames = MIN (frames, done[m]);
  if (meta->members > 1)
    shape.shape[shape.rank++] = meta->members;
  shape.shape[shape.rank++] = frames;
  shape.shape[shape.rank++] = (guint64) meta->size[1];
  shape.shape[shape.rank++] = (guint64) meta->size[2];
  shape.shape[shape.rank++] = 2;
  epns_npy_format (header, &shape);
  return (frames == meta->frames || compact (self, frames, error))
         && epns_output_file_write_at (self->file, header, sizeof header, 0, error)
         && epns_output_file_commit (self->file, error);
}

/* What the array says of the recording: NULL-terminated names up to type n_types - 1, times that
 * count frames. */
static EpnsTrajectoryMeta *
meta_of (const EpnsNpyShape *shape, gint32 n_types)
{
  const guint64 *axis = shape->shape + (shape->rank == 5);
  guint32 members = shape->rank == 5 ? (guint32) shape->shape[0] : 1;
  g_autofree double *time = g_new (double, axis[0]);
  g_auto (GStrv) names = g_new0 (char *, n_types + 1);

  for (guint64 f = 0; f < axis[0]; f++)
    time[f] = (double) f;
  for (gint32 t = 0; t < n_types; t++)
    names[t] = t == 0 ? g_strdup ("Medium") : g_strdup_printf ("type %d", t);
  return epns_trajectory_meta_new (
      members, (guint32) axis[0], (gint32[]){ 1, (gint32) axis[1], (gint32) axis[2] },
      (gint32[]){ 0, 0, 0 }, time, "frame", (const char *const *) names, 0);
}

/* Every [id, type] pair within bounds, their largest ids and types; FALSE with *error otherwise. */
static gboolean
survey (const char *path, const gint32 *pairs, gsize n, gint32 *max_id, gint32 *max_type,
        GError **error)
{
  *max_id = *max_type = 0;
  for (gsize i = 0; i < n; i++) {
    gint32 id = GINT32_FROM_LE (pairs[2 * i]), type = GINT32_FROM_LE (pairs[2 * i + 1]);
    if (id < 0 || id == G_MAXINT32 || type < 0 || type > 255 || (id == 0) != (type == 0)) {
      g_set_error (error, EPNS_FAILURE, EPNS_FAILURE_FORMAT,
                   "%s: site %zu holds cell %d of type %d; ids count from 0, types from 1 to 255, "
                   "medium is 0, 0",
                   path, i, id, type);
      return FALSE;
    }
    *max_id = MAX (*max_id, id);
    *max_type = MAX (*max_type, type);
  }
  return TRUE;
}

/* Split the pairs into ids and type tables. */
static gboolean
fill (EpnsTrajectory *self, const char *path, const gint32 *pairs, GError **error)
{
  gsize per_member = epns_trajectory_meta_sites (self->meta) * self->meta->frames;

  for (gsize i = 0; i < per_member * self->meta->members; i++) {
    gint32 id = GINT32_FROM_LE (pairs[2 * i]), type = GINT32_FROM_LE (pairs[2 * i + 1]);
    gint32 *known = &self->type[i / per_member * self->n_rows + (gsize) id];
    if (*known != 0 && *known != type) {
      g_set_error (error, EPNS_FAILURE, EPNS_FAILURE_FORMAT,
                   "%s: cell %d has both type %d and type %d", path, id, *known, type);
      return FALSE;
    }
    *known = type;
    self->id[i] = id;
  }
  for (guint32 m = 0; m < self->meta->members; m++)
    self->done[m] = self->meta->frames;
  return TRUE;
}

static gboolean
check_shape (const char *path, const EpnsNpyShape *shape, gsize room, GError **error)
{
  guint64 n = sizeof (gint32);
  gboolean counted = TRUE;

  for (int i = 0; i < shape->rank; i++)
    counted = counted && g_uint64_checked_mul (&n, n, shape->shape[i]);
  if ((shape->rank != 4 && shape->rank != 5) || shape->shape[shape->rank - 1] != 2 || n == 0) {
    g_set_error (error, EPNS_FAILURE, EPNS_FAILURE_FORMAT,
                 "%s: its shape is not ([member,] time, y, x, 2) with at least one of each", path);
    return FALSE;
  }
  if (!counted || n != room) {
    g_set_error (error, EPNS_FAILURE, EPNS_FAILURE_FORMAT,
                 "%s: its shape does not fit the %zu bytes of data it holds", path, room);
    return FALSE;
  }
  return TRUE;
}

static EpnsTrajectory *
npy_read (const char *path, gboolean frames, GError **error)
{
  g_autoptr (GError) local = NULL;
  g_autoptr (GMappedFile) file = g_mapped_file_new (path, FALSE, &local);
  EpnsNpyShape shape;
  gsize at;
  gint32 max_id, max_type;

  if (file == NULL) {
    g_set_error (error, EPNS_FAILURE, EPNS_FAILURE_IO, "%s: cannot be read: %s", path,
                 local->message);
    return NULL;
  }
  gsize size = g_mapped_file_get_length (file);
  const guint8 *bytes = (const guint8 *) g_mapped_file_get_contents (file);
  if (!epns_npy_parse (path, bytes, size, &shape, &at, error)
      || !check_shape (path, &shape, size - at, error))
    return NULL;
  g_autofree gint32 *copy = at % sizeof *copy ? g_memdup2 (bytes + at, size - at)
                                              : NULL; /* unaligned */
  const gint32 *pairs = copy ? copy : (const gint32 *) (const void *) (bytes + at);
  if (!survey (path, pairs, (size - at) / (2 * sizeof *pairs), &max_id, &max_type, error))
    return NULL;

  EpnsTrajectoryMeta *meta = meta_of (&shape, max_type + 1);
  gsize rows;
  if (!g_size_checked_mul (&rows, (gsize) max_id + 1, meta->members) || rows > size) {
    /* a table of types larger than the file it comes from: ids must be dense enough to index it */
    g_set_error (error, EPNS_FAILURE, EPNS_FAILURE_FORMAT,
                 "%s: holds cell %d, but far fewer sites; number cells from 1", path, max_id);
    epns_trajectory_meta_free (meta);
    return NULL;
  }
  g_autoptr (EpnsTrajectory) self = epns_trajectory_shell (meta, (gsize) max_id + 1);
  if (!epns_trajectory_allocate (self, error) || !fill (self, path, pairs, error))
    return NULL;
  if (!frames)
    g_clear_pointer (&self->id, g_free);
  return g_steal_pointer (&self);
}

const EpnsTrajectoryFormat epns_trajectory_npy = {
  .suffix = ".npy",
  .layout = &epns_layout_lattice,
  .accepts = npy_accepts,
  .begin = npy_begin,
  .frame = npy_frame,
  .finish = npy_finish,
  .free = npy_free,
  .read = npy_read,
};
