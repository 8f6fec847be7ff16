/* SPDX-License-Identifier: MIT */
/* Recordings as HDF5: built in memory, compressed as they come, put on the disk when they are
 * finished. */
#include "config.h"

#include "adapters/hdf5-frames.h"
#include "adapters/hdf5-layout.h"
#include "adapters/hdf5-read.h"
#include "adapters/trajectory-private.h"
#include "plugin/error.h"

#include <string.h>

typedef struct {
  char *path;
  const EpnsTrajectoryMeta *meta;
  EpnsOutputFile *file;
  hid_t image, archives; /* file in memory, its group of archives */
  EpnsHdf5Sets sets;     /* of frames */
  guint32 frames;        /* in the file */
  EpnsTrajectory *tables; /* what cells keep; no frames */
} Writer;

static void
hdf5_free (gpointer state)
{
  EPNS_HDF5_QUIETLY;
  Writer *self = state;

  epns_hdf5_sets_close (&self->sets);
  EpnsHdf5Group_close (self->archives);
  EpnsHdf5File_close (self->image);
  g_clear_pointer (&self->tables, epns_trajectory_free);
  g_free (self->path);
  g_free (self);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Writer, hdf5_free)

static Writer *
writer_new (const char *path, const EpnsTrajectoryMeta *meta, EpnsOutputFile *file)
{
  Writer *self = g_new0 (Writer, 1);

  self->path = g_strdup (path);
  self->meta = meta;
  self->file = file;
  self->image = self->archives = -1;
  self->tables = epns_trajectory_shell (epns_trajectory_meta_copy (meta), 1);
  return self;
}

static gpointer
hdf5_begin (const char *path, const EpnsTrajectoryMeta *meta, EpnsOutputFile *file, GError **error)
{
  EPNS_HDF5_QUIETLY;
  g_autoptr (Writer) self = writer_new (path, meta, file);

  self->image = epns_hdf5_create_image (path, error);
  if (self->image < 0)
    return NULL;
  self->archives = epns_hdf5_group (self->image, EPNS_HDF5_ARCHIVE, path, error);
  if (self->archives < 0
      || !epns_hdf5_sets_open (&self->sets, self->image, meta, TRUE, path, error))
    return NULL;
  return g_steal_pointer (&self);
}

static gboolean
same_space (const EpnsSpace *a, const EpnsSpace *b)
{
  return a->axes == b->axes && a->bounded == b->bounded && a->boundary == b->boundary
         && memcmp (a->low, b->low, sizeof a->low) == 0
         && memcmp (a->high, b->high, sizeof a->high) == 0;
}

/* May what the file holds be continued under this plan? */
static gboolean
continues (const EpnsTrajectory *old, const EpnsTrajectoryMeta *meta, const char *path,
           GError **error)
{
  const EpnsTrajectoryMeta *was = old->meta;
  const char *differs = NULL;
  guint32 done = 0;

  for (guint32 m = 0; m < was->members; m++)
    done = MAX (done, old->done[m]);
  if (was->members != meta->members)
    differs = "members";
  else if (!epns_trajectory_meta_alike (was, meta)
           || memcmp (was->periodic, meta->periodic, sizeof was->periodic) != 0
           || !same_space (&was->space, &meta->space))
    differs = meta->layout == &epns_layout_lattice ? "lattice" : "space or bodies";
  else if (was->seed != meta->seed)
    differs = "seed";
  else if (!g_strv_equal ((const char *const *) was->type_names,
                          (const char *const *) meta->type_names))
    differs = "cell types";
  else if (done > meta->frames || strcmp (was->time_unit, meta->time_unit) != 0
           || memcmp (was->time, meta->time, done * sizeof *was->time) != 0)
    differs = "times";
  if (differs != NULL)
    g_set_error (error, EPNS_FAILURE, EPNS_FAILURE_MISMATCH,
                 "%s: was recorded with other %s than are asked for now; resume it as it was begun",
                 path, differs);
  return differs == NULL;
}

static gpointer
hdf5_resume (const char *path, const EpnsTrajectoryMeta *meta, EpnsOutputFile *file, guint32 *done,
             GError **error)
{
  EPNS_HDF5_QUIETLY;
  g_autoptr (EpnsTrajectory) old = epns_hdf5_read_trajectory (path, FALSE, error);

  if (old == NULL || !continues (old, meta, path, error))
    return NULL;
  g_autoptr (Writer) self = writer_new (path, meta, file);
  self->image = epns_hdf5_open_image (path, error);
  if (self->image < 0)
    return NULL;
  self->archives = epns_hdf5_group (self->image, EPNS_HDF5_ARCHIVE, path, error);
  if (self->archives < 0
      || !epns_hdf5_sets_open (&self->sets, self->image, meta, FALSE, path, error))
    return NULL;
  epns_trajectory_free (self->tables);
  self->tables = g_steal_pointer (&old);
  for (guint32 m = 0; m < meta->members; m++) {
    done[m] = self->tables->done[m];
    self->frames = MAX (self->frames, done[m]);
  }
  return g_steal_pointer (&self);
}

static gboolean
hdf5_frame (gpointer state, guint32 member, guint32 frame, const EpnsState *from, GError **error)
{
  EPNS_HDF5_QUIETLY;
  Writer *self = state;

  if (!epns_trajectory_enter (self->tables, member, from, self->path, error))
    return FALSE;
  self->frames = MAX (self->frames, frame + 1);
  for (guint i = 0; i < self->sets.arrays; i++)
    if (!epns_hdf5_frames_write (epns_hdf5_sets_find (&self->sets, i, member), member, frame,
                                 epns_state_data (from, i), self->path, error))
      return FALSE;
  return TRUE;
}

static gboolean
hdf5_archive (gpointer state, guint32 member, GBytes *archive, GError **error)
{
  EPNS_HDF5_QUIETLY;
  Writer *self = state;
  char name[16];
  gsize size;
  const void *data = g_bytes_get_data (archive, &size);

  g_snprintf (name, sizeof name, "%u", member);
  return epns_hdf5_write (self->archives, name, H5T_STD_U8LE, H5T_NATIVE_UINT8, 1,
                          (hsize_t[]){ size }, data ? data : "", self->path, error);
}

static gboolean
put_provenance (Writer *self, GError **error)
{
  g_auto (EpnsHdf5Group)
      group = epns_hdf5_group (self->image, EPNS_HDF5_PROVENANCE, self->path, error);
  g_autoptr (GList)
      keys = g_list_sort (g_hash_table_get_keys (self->meta->provenance), (GCompareFunc) strcmp);

  if (group < 0)
    return FALSE;
  for (GList *key = keys; key != NULL; key = key->next)
    if (!epns_hdf5_put_text (group, key->data,
                             g_hash_table_lookup (self->meta->provenance, key->data), self->path,
                             error))
      return FALSE;
  return TRUE;
}

/* Members that ended earlier have frames that are missing. */
static gboolean
even_out (Writer *self, GError **error)
{
  for (guint i = 0; i < self->sets.n; i++)
    if (!epns_hdf5_frames_grow (&self->sets.sets[i], self->frames, self->path, error))
      return FALSE;
  return TRUE;
}

/* Everything but frames and archives. */
static gboolean
put_description (Writer *self, const guint32 *done, GError **error)
{
  const EpnsTrajectoryMeta *meta = self->meta;
  hid_t at = self->image;
  const char *path = self->path;
  gint32 version = EPNS_HDF5_VERSION, complete = 1;

  for (guint32 m = 0; m < meta->members; m++)
    complete = complete && done[m] == meta->frames;
  return epns_hdf5_put_text (at, "format", EPNS_HDF5_FORMAT, path, error)
         && epns_hdf5_put (at, "format_version", H5T_STD_I32LE, H5T_NATIVE_INT32, 1, &version, path,
                           error)
         && epns_hdf5_put_text (at, "epns_version", PACKAGE_VERSION, path, error)
         && epns_hdf5_put_text (at, "time_unit", meta->time_unit, path, error)
         && epns_hdf5_put_text (at, "length_unit", meta->length_unit, path, error)
         && epns_hdf5_put (at, "seed", H5T_STD_U64LE, H5T_NATIVE_UINT64, 1, &meta->seed, path,
                           error)
         && epns_hdf5_put (at, "frames_planned", H5T_STD_U32LE, H5T_NATIVE_UINT32, 1, &meta->frames,
                           path, error)
         && epns_hdf5_put (at, "complete", H5T_STD_I32LE, H5T_NATIVE_INT32, 1, &complete, path,
                           error)
         && epns_hdf5_write (at, EPNS_HDF5_TIME, H5T_IEEE_F64LE, H5T_NATIVE_DOUBLE, 1,
                             (hsize_t[]){ self->frames }, meta->time, path, error)
         && epns_hdf5_write (at, EPNS_HDF5_FRAMES_DONE, H5T_STD_U32LE, H5T_NATIVE_UINT32, 1,
                             (hsize_t[]){ meta->members }, done, path, error)
         && epns_hdf5_write_texts (at, EPNS_HDF5_TYPE_NAMES, meta->type_names, path, error)
         && self->sets.part->describe (at, self->tables, self->frames, path, error)
         && put_provenance (self, error);
}

static gboolean
hdf5_finish (gpointer state, const guint32 *done, GError **error)
{
  EPNS_HDF5_QUIETLY;
  Writer *self = state;

  if (!even_out (self, error) || !put_description (self, done, error))
    return FALSE;
  g_autoptr (GBytes) image = epns_hdf5_image (self->image, self->path, error);
  if (image == NULL)
    return FALSE;
  return epns_output_file_write (self->file, g_bytes_get_data (image, NULL),
                                 g_bytes_get_size (image), error)
         && epns_output_file_commit (self->file, error);
}

static EpnsTrajectory *
hdf5_read (const char *path, gboolean frames, GError **error)
{
  return epns_hdf5_read_trajectory (path, frames, error);
}

const EpnsTrajectoryFormat epns_trajectory_hdf5 = {
  .suffix = ".h5",
  .begin = hdf5_begin,
  .resume = hdf5_resume,
  .frame = hdf5_frame,
  .archive = hdf5_archive,
  .finish = hdf5_finish,
  .free = hdf5_free,
  .read = hdf5_read,
  .read_archive = epns_hdf5_read_archive,
};
