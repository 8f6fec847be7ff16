/* SPDX-License-Identifier: MIT */
/* Recordings as HDF5: built in memory, compressed as they come, put on the disk when they are
 * finished. */
#include "config.h"

#include "adapters/hdf5-io.h"
#include "adapters/hdf5-layout.h"
#include "adapters/hdf5-read.h"
#include "adapters/trajectory-private.h"
#include "plugin/error.h"

#include <string.h>

#define CHUNK_SITES ((hsize_t) 1 << 18) /* at most so many sites are compressed as one: 1 MiB */
#define DEFLATE_LEVEL 4

typedef struct {
  char *path;
  const EpnsTrajectoryMeta *meta;
  EpnsOutputFile *file;
  hid_t image, ids, archives; /* file in memory, its cell_id, its group of archives */
  guint32 frames;             /* extent of cell_id along time */
  EpnsTrajectory *tables; /* what cells keep; no frames */
} Writer;

static void
hdf5_free (gpointer state)
{
  EPNS_HDF5_QUIETLY;
  Writer *self = state;

  EpnsHdf5Dataset_close (self->ids);
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
  self->image = self->ids = self->archives = -1;
  self->tables = epns_trajectory_shell (epns_trajectory_meta_copy (meta), 1);
  return self;
}

/* One frame of one member is a chunk, or part of one where a frame is large. */
static hid_t
create_ids (hid_t image, const EpnsTrajectoryMeta *meta)
{
  hsize_t offset[5], shape[5], chunk[5], most[5], sites = 1;
  int rank = epns_hdf5_frame_box (meta->size, 0, 0, offset, chunk);

  memcpy (shape, chunk, sizeof shape);
  for (int i = rank - 1; i >= 2; i--) {
    chunk[i] = CLAMP (CHUNK_SITES / sites, 1, chunk[i]);
    sites *= chunk[i];
  }
  shape[0] = meta->members;
  shape[1] = 0;
  memcpy (most, shape, sizeof most);
  most[1] = H5S_UNLIMITED;

  g_auto (EpnsHdf5Space) space = H5Screate_simple (rank, shape, most);
  g_auto (EpnsHdf5List) list = H5Pcreate (H5P_DATASET_CREATE);
  H5Pset_chunk (list, rank, chunk);
  H5Pset_fill_value (list, H5T_NATIVE_INT32, &(gint32){ -1 });
  H5Pset_shuffle (list);
  H5Pset_deflate (list, DEFLATE_LEVEL);
  return H5Dcreate2 (image, EPNS_HDF5_CELL_ID, H5T_STD_I32LE, space, H5P_DEFAULT, list,
                     H5P_DEFAULT);
}

static gpointer
hdf5_begin (const char *path, const EpnsTrajectoryMeta *meta, EpnsOutputFile *file, GError **error)
{
  EPNS_HDF5_QUIETLY;
  g_autoptr (Writer) self = writer_new (path, meta, file);

  self->image = epns_hdf5_create_image (path, error);
  if (self->image < 0)
    return NULL;
  self->ids = create_ids (self->image, meta);
  self->archives = H5Gcreate2 (self->image, EPNS_HDF5_ARCHIVE, H5P_DEFAULT, H5P_DEFAULT,
                               H5P_DEFAULT);
  if (self->ids < 0 || self->archives < 0) {
    epns_hdf5_fail (path, "cannot be begun", error);
    return NULL;
  }
  return g_steal_pointer (&self);
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
  else if (memcmp (was->size, meta->size, sizeof was->size) != 0
           || memcmp (was->periodic, meta->periodic, sizeof was->periodic) != 0)
    differs = "lattice";
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
  self->ids = H5Dopen2 (self->image, EPNS_HDF5_CELL_ID, H5P_DEFAULT);
  self->archives = H5Gopen2 (self->image, EPNS_HDF5_ARCHIVE, H5P_DEFAULT);
  if (self->ids < 0 || self->archives < 0) {
    epns_hdf5_fail (path, "cannot be resumed", error);
    return NULL;
  }
  epns_trajectory_grow (self->tables, old->n_rows);
  memcpy (self->tables->type, old->type, meta->members * old->n_rows * sizeof *old->type);
  for (guint32 m = 0; m < meta->members; m++) {
    done[m] = old->done[m];
    self->frames = MAX (self->frames, done[m]);
  }
  return g_steal_pointer (&self);
}

/* Give cell_id this many frames. */
static gboolean
set_frames (Writer *self, guint32 frames)
{
  hsize_t offset[5], shape[5];

  epns_hdf5_frame_box (self->meta->size, 0, 0, offset, shape);
  shape[0] = self->meta->members;
  shape[1] = frames;
  self->frames = frames;
  return H5Dset_extent (self->ids, shape) >= 0;
}

static gboolean
hdf5_frame (gpointer state, guint32 member, guint32 frame, const EpnsState *from,
            GError **error)
{
  EPNS_HDF5_QUIETLY;
  Writer *self = state;
  hsize_t offset[5], count[5];
  int rank = epns_hdf5_frame_box (self->meta->size, member, frame, offset, count);

  if (!epns_trajectory_enter (self->tables, member, from, self->path, error))
    return FALSE;
  if (frame >= self->frames && !set_frames (self, frame + 1))
    return epns_hdf5_fail (self->path, "cannot grow", error);
  g_auto (EpnsHdf5Space) whole = H5Dget_space (self->ids);
  g_auto (EpnsHdf5Space) one = H5Screate_simple (rank, count, NULL);
  H5Sselect_hyperslab (whole, H5S_SELECT_SET, offset, NULL, count, NULL);
  return H5Dwrite (self->ids, H5T_NATIVE_INT32, one, whole, H5P_DEFAULT,
                   ((const EpnsLatticeState *) from)->id) >= 0
         || epns_hdf5_fail (self->path, "cannot be written", error);
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
  gboolean there = H5Lexists (self->image, EPNS_HDF5_PROVENANCE, H5P_DEFAULT) > 0;
  g_auto (EpnsHdf5Group) group = there ? H5Gopen2 (self->image, EPNS_HDF5_PROVENANCE, H5P_DEFAULT)
                                       : H5Gcreate2 (self->image, EPNS_HDF5_PROVENANCE, H5P_DEFAULT,
                                                     H5P_DEFAULT, H5P_DEFAULT);
  g_autoptr (GList)
      keys = g_list_sort (g_hash_table_get_keys (self->meta->provenance), (GCompareFunc) strcmp);

  if (group < 0)
    return epns_hdf5_fail (self->path, EPNS_HDF5_PROVENANCE, error);
  for (GList *key = keys; key != NULL; key = key->next)
    if (!epns_hdf5_put_text (group, key->data,
                             g_hash_table_lookup (self->meta->provenance, key->data), self->path,
                             error))
      return FALSE;
  return TRUE;
}

/* Everything but frames and archives. */
static gboolean
put_description (Writer *self, const guint32 *done, GError **error)
{
  const EpnsTrajectoryMeta *meta = self->meta;
  hid_t at = self->image;
  const char *path = self->path,
             *axes = meta->size[0] == 1 ? "member,time,y,x" : "member,time,z,y,x";
  gint32 version = EPNS_HDF5_VERSION, complete = 1;

  for (guint32 m = 0; m < meta->members; m++)
    complete = complete && done[m] == meta->frames;
  return epns_hdf5_put_text (at, "format", EPNS_HDF5_FORMAT, path, error)
         && epns_hdf5_put (at, "format_version", H5T_STD_I32LE, H5T_NATIVE_INT32, 1, &version, path,
                           error)
         && epns_hdf5_put_text (at, "epns_version", PACKAGE_VERSION, path, error)
         && epns_hdf5_put_text (at, "axes", axes, path, error)
         && epns_hdf5_put_text (at, "time_unit", meta->time_unit, path, error)
         && epns_hdf5_put_text (at, "length_unit", "site", path, error)
         && epns_hdf5_put (at, "periodic", H5T_STD_I32LE, H5T_NATIVE_INT32, 3, meta->periodic, path,
                           error)
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
         && epns_hdf5_write (at, EPNS_HDF5_CELL_TYPE, H5T_STD_I32LE, H5T_NATIVE_INT32, 2,
                             (hsize_t[]){ meta->members, self->tables->n_rows }, self->tables->type,
                             path, error)
         && epns_hdf5_write_texts (at, EPNS_HDF5_TYPE_NAMES, meta->type_names, path, error)
         && put_provenance (self, error);
}

static gboolean
hdf5_finish (gpointer state, const guint32 *done, GError **error)
{
  EPNS_HDF5_QUIETLY;
  Writer *self = state;

  if (!put_description (self, done, error))
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
  .layout = &epns_layout_lattice,
  .begin = hdf5_begin,
  .resume = hdf5_resume,
  .frame = hdf5_frame,
  .archive = hdf5_archive,
  .finish = hdf5_finish,
  .free = hdf5_free,
  .read = hdf5_read,
  .read_archive = epns_hdf5_read_archive,
};
