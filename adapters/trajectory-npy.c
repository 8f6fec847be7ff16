/* SPDX-License-Identifier: MIT */
/* Recordings of lattices as one NumPy array: (member, time, y, x, [id, type]), int32; without the
 * member axis for one member. */
#include "adapters/npy-frames.h"
#include "adapters/trajectory-private.h"
#include "plugin/error.h"

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
  const guint64 rows = (guint64) meta->size[1], columns = (guint64) meta->size[2];
  const EpnsNpyShape pairs = { 3, { rows, columns, 2 }, EPNS_I32 };

  return epns_npy_frames_new (meta, file, &pairs);
}

static void
npy_free (gpointer state)
{
  epns_npy_frames_free (state);
}

static gboolean
npy_frame (gpointer state, guint32 member, guint32 frame, const EpnsState *from, GError **error)
{
  EpnsNpyFrames *self = state;
  const EpnsLatticeState *lattice = (const EpnsLatticeState *) from;
  gsize sites = epns_lattice_state_sites (lattice);
  gint32 *pairs = self->frame;

  for (gsize i = 0; i < sites; i++) {
    pairs[2 * i] = GINT32_TO_LE (lattice->id[i]);
    pairs[2 * i + 1] = GINT32_TO_LE (lattice->type[lattice->id[i]]);
  }
  return epns_npy_frames_write (self, member, frame, error);
}

static gboolean
npy_finish (gpointer state, const guint32 *done, GError **error)
{
  return epns_npy_frames_finish (state, done, error);
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
check_shape (const char *path, const EpnsNpyArray *array, GError **error)
{
  const EpnsNpyShape *shape = &array->shape;

  if ((shape->rank == 4 || shape->rank == 5) && shape->shape[shape->rank - 1] == 2
      && shape->dtype == EPNS_I32 && array->size > 0)
    return TRUE;
  g_set_error (error, EPNS_FAILURE, EPNS_FAILURE_FORMAT,
               "%s: its shape is not ([member,] time, y, x, 2) with at least one of each", path);
  return FALSE;
}

static EpnsTrajectory *
npy_read (const char *path, gboolean frames, GError **error)
{
  g_auto (EpnsNpyArray) array = { 0 };
  gint32 max_id, max_type;

  if (!epns_npy_array_open (&array, path, error) || !check_shape (path, &array, error))
    return NULL;
  const gint32 *pairs = array.data;
  if (!survey (path, pairs, array.size / (2 * sizeof *pairs), &max_id, &max_type, error))
    return NULL;

  EpnsTrajectoryMeta *meta = meta_of (&array.shape, max_type + 1);
  gsize rows;
  if (!g_size_checked_mul (&rows, (gsize) max_id + 1, meta->members) || rows > array.size) {
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
    epns_trajectory_drop_frames (self);
  return g_steal_pointer (&self);
}

/* Whole numbers are lattices', as is what cannot be read: it is refused later, in words. */
static gboolean
npy_probe (const char *path)
{
  return epns_npy_dtype (path) != EPNS_F64;
}

const EpnsTrajectoryFormat epns_trajectory_npy = {
  .suffix = ".npy",
  .layout = &epns_layout_lattice,
  .probe = npy_probe,
  .accepts = npy_accepts,
  .begin = npy_begin,
  .frame = npy_frame,
  .finish = npy_finish,
  .free = npy_free,
  .read = npy_read,
};
