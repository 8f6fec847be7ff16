/* SPDX-License-Identifier: MIT */
/* HDF5 recordings, read back strictly. */
#include "adapters/hdf5-read.h"

#include "adapters/hdf5-io.h"
#include "adapters/hdf5-layout.h"
#include "adapters/trajectory-private.h"
#include "plugin/error.h"

#include <string.h>

static gboolean
refuse (const char *path, const char *what, GError **error)
{
  g_set_error (error, EPNS_FAILURE, EPNS_FAILURE_FORMAT, "%s: %s", path, what);
  return FALSE;
}

/* May `a` times `b` elements of `width` bytes lie in the file, as all but frames do uncompressed? A
 * size that is only claimed must not make us take the memory. */
static gboolean
fits_file (hid_t file, hsize_t a, hsize_t b, gsize width)
{
  hsize_t size = 0;

  return H5Fget_filesize (file, &size) >= 0 && a > 0 && b > 0 && b <= size / width / a;
}

static gboolean
check_format (hid_t file, const char *path, GError **error)
{
  gint32 version;
  g_autofree char *format = epns_hdf5_get_text (file, "format", path, error);

  if (format == NULL)
    return FALSE;
  if (strcmp (format, EPNS_HDF5_FORMAT) != 0)
    return refuse (path, "is HDF5, but no recording of epns", error);
  if (!epns_hdf5_get (file, "format_version", H5T_NATIVE_INT32, 1, &version, path, error))
    return FALSE;
  if (version != EPNS_HDF5_VERSION)
    return refuse (path, "was written by another version of epns; read it with that one", error);
  return TRUE;
}

/* Shape of cell_id as members, frames, and z, y, x. */
static gboolean
read_shape (hid_t file, const char *path, guint32 *members, guint32 *frames, gint32 size[3],
            GError **error)
{
  hsize_t shape[5];
  int rank;
  g_auto (EpnsHdf5Dataset)
      set = epns_hdf5_open_dataset (file, EPNS_HDF5_CELL_ID, 5, &rank, shape, path, error);

  if (set < 0)
    return FALSE;
  if (rank < 4)
    return refuse (path, "cell_id does not have the axes member, time, (z,) y, x", error);
  for (int i = 0; i < rank; i++)
    if (shape[i] > G_MAXINT32 || (i != 1 && shape[i] == 0))
      return refuse (path, "cell_id has an axis of no sites or of more than 2^31", error);
  *members = (guint32) shape[0];
  *frames = (guint32) shape[1];
  size[0] = rank == 5 ? (gint32) shape[2] : 1;
  size[1] = (gint32) shape[rank - 2];
  size[2] = (gint32) shape[rank - 1];
  return TRUE;
}

static herr_t
take_note (hid_t group, const char *name, const H5A_info_t *info G_GNUC_UNUSED, void *into)
{
  EpnsTrajectoryMeta *meta = into;
  g_autofree char *value = epns_hdf5_get_text (group, name, "", NULL);

  if (value != NULL)
    epns_trajectory_meta_note (meta, name, "%s", value);
  return 0;
}

static gboolean
read_provenance (hid_t file, EpnsTrajectoryMeta *meta, const char *path, GError **error)
{
  g_auto (EpnsHdf5Group) group = H5Gopen2 (file, EPNS_HDF5_PROVENANCE, H5P_DEFAULT);

  return (group >= 0 && H5Aiterate2 (group, H5_INDEX_NAME, H5_ITER_INC, NULL, take_note, meta) >= 0)
         || epns_hdf5_fail (path, EPNS_HDF5_PROVENANCE, error);
}

/* Everything but the frames: meta->frames is what the file holds. */
static EpnsTrajectoryMeta *
read_meta (hid_t file, const char *path, GError **error)
{
  guint32 members, frames;
  gint32 size[3], periodic[3];
  guint64 seed;

  if (!check_format (file, path, error) || !read_shape (file, path, &members, &frames, size, error))
    return NULL;
  if (!fits_file (file, frames, 1, sizeof (double))
      || !fits_file (file, members, 1, sizeof (guint32))) {
    refuse (path,
            frames ? "has more frames or members than times or counts of them" : "holds no frames",
            error);
    return NULL;
  }
  g_autofree double *time = g_try_new (double, frames);
  g_autofree char *unit = epns_hdf5_get_text (file, "time_unit", path, error);
  if (time == NULL || unit == NULL
      || !epns_hdf5_get (file, "periodic", H5T_NATIVE_INT32, 3, periodic, path, error)
      || !epns_hdf5_get (file, "seed", H5T_NATIVE_UINT64, 1, &seed, path, error)
      || !epns_hdf5_read (file, EPNS_HDF5_TIME, H5T_NATIVE_DOUBLE, frames, time, path, error))
    return NULL;
  g_auto (GStrv) names = epns_hdf5_read_texts (file, EPNS_HDF5_TYPE_NAMES, path, error);
  if (names == NULL)
    return NULL;
  g_autoptr (EpnsTrajectoryMeta) meta = epns_trajectory_meta_new (
      members, frames, size, periodic, time, unit, (const char *const *) names, seed);
  return read_provenance (file, meta, path, error) ? g_steal_pointer (&meta) : NULL;
}

/* The recorded part of one member's frames. */
static gboolean
read_frames (hid_t set, EpnsTrajectory *self, guint32 member, const char *path, GError **error)
{
  hsize_t offset[5], count[5];
  int rank = epns_hdf5_frame_box (self->meta->size, member, 0, offset, count);

  count[1] = self->done[member];
  if (count[1] == 0)
    return TRUE;
  g_auto (EpnsHdf5Space) whole = H5Dget_space (set);
  g_auto (EpnsHdf5Space) part = H5Screate_simple (rank, count, NULL);
  H5Sselect_hyperslab (whole, H5S_SELECT_SET, offset, NULL, count, NULL);
  return H5Dread (set, H5T_NATIVE_INT32, part, whole, H5P_DEFAULT,
                  (gint32 *) epns_trajectory_frame (self, member, 0))
             >= 0
         || epns_hdf5_fail (path, "frames cannot be read", error);
}

static gboolean
read_all_frames (hid_t file, EpnsTrajectory *self, const char *path, GError **error)
{
  g_auto (EpnsHdf5Dataset) set = H5Dopen2 (file, EPNS_HDF5_CELL_ID, H5P_DEFAULT);

  if (!epns_trajectory_allocate (self, error)) {
    g_prefix_error (error, "%s: ", path);
    return FALSE;
  }
  for (guint32 m = 0; m < self->meta->members; m++)
    if (!read_frames (set, self, m, path, error))
      return FALSE;
  return TRUE;
}

/* Rows of the type table. */
static gboolean
read_rows (hid_t file, guint32 members, hsize_t *rows, const char *path, GError **error)
{
  hsize_t shape[2] = { 0, 0 };
  int rank;
  g_auto (EpnsHdf5Dataset)
      set = epns_hdf5_open_dataset (file, EPNS_HDF5_CELL_TYPE, 2, &rank, shape, path, error);

  if (set < 0)
    return FALSE;
  if (rank != 2 || shape[0] != members || !fits_file (file, members, shape[1], sizeof (gint32)))
    return refuse (path, "cell_type does not have the axes member, cell", error);
  *rows = shape[1];
  return TRUE;
}

/* How far each member came. More frames may have been planned than the file holds. */
static gboolean
read_done (hid_t file, EpnsTrajectory *self, const char *path, GError **error)
{
  if (!epns_hdf5_read (file, EPNS_HDF5_FRAMES_DONE, H5T_NATIVE_UINT32, self->meta->members,
                       self->done, path, error)
      || !epns_hdf5_get (file, "frames_planned", H5T_NATIVE_UINT32, 1, &self->planned, path, error))
    return FALSE;
  for (guint32 m = 0; m < self->meta->members; m++)
    if (self->done[m] > self->meta->frames)
      return refuse (path, "frames_done counts more frames than there are", error);
  return TRUE;
}

EpnsTrajectory *
epns_hdf5_read_trajectory (const char *path, gboolean frames, GError **error)
{
  EPNS_HDF5_QUIETLY;
  g_auto (EpnsHdf5File) file = epns_hdf5_open (path, error);
  g_autoptr (EpnsTrajectoryMeta) meta = file < 0 ? NULL : read_meta (file, path, error);
  hsize_t rows;

  if (meta == NULL || !read_rows (file, meta->members, &rows, path, error))
    return NULL;
  g_autoptr (EpnsTrajectory) self = epns_trajectory_shell (g_steal_pointer (&meta), rows);
  if (!epns_hdf5_read (file, EPNS_HDF5_CELL_TYPE, H5T_NATIVE_INT32, self->meta->members * rows,
                       self->type, path, error)
      || !read_done (file, self, path, error)
      || (frames && !read_all_frames (file, self, path, error))
      || !epns_trajectory_validate (self, path, error))
    return NULL;
  return g_steal_pointer (&self);
}

GBytes *
epns_hdf5_read_archive (const char *path, guint32 member, GError **error)
{
  EPNS_HDF5_QUIETLY;
  g_auto (EpnsHdf5File) file = epns_hdf5_open (path, error);
  char name[32];
  hsize_t size;
  int rank;

  if (file < 0 || !check_format (file, path, error))
    return NULL;
  g_snprintf (name, sizeof name, EPNS_HDF5_ARCHIVE "/%u", member);
  if (H5Lexists (file, name, H5P_DEFAULT) <= 0) {
    g_set_error (
        error, EPNS_FAILURE, EPNS_FAILURE_MISMATCH,
        "%s: member %u cannot be resumed: its run was not kept; run it again from the start", path,
        member);
    return NULL;
  }
  g_auto (EpnsHdf5Dataset) set = epns_hdf5_open_dataset (file, name, 1, &rank, &size, path, error);
  g_autofree guint8 *bytes = set < 0 || !fits_file (file, size, 1, 1) ? NULL : g_try_malloc (size);
  if (bytes == NULL || H5Dread (set, H5T_NATIVE_UINT8, H5S_ALL, H5S_ALL, H5P_DEFAULT, bytes) < 0) {
    if (set >= 0)
      epns_hdf5_fail (path, "an archived run cannot be read", error);
    return NULL;
  }
  return g_bytes_new_take (g_steal_pointer (&bytes), size);
}
