/* SPDX-License-Identifier: MIT */
/* HDF5 recordings, read back strictly. */
#include "adapters/hdf5-read.h"

#include "adapters/hdf5-frames.h"
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

/* Times, units and names, into what the part of the layout has found out. */
static gboolean
read_words (hid_t file, EpnsTrajectoryMeta *about, const char *path, GError **error)
{
  if (!epns_hdf5_fits (file, about->frames, 1, sizeof (double))
      || !epns_hdf5_fits (file, about->members, 1, sizeof (guint32)))
    return refuse (path,
                   about->frames ? "has more frames or members than times or counts of them"
                                 : "holds no frames",
                   error);
  about->time = g_try_new (double, about->frames);
  about->time_unit = epns_hdf5_get_text (file, "time_unit", path, error);
  if (about->time == NULL || about->time_unit == NULL
      || !epns_hdf5_get (file, "seed", H5T_NATIVE_UINT64, 1, &about->seed, path, error)
      || !epns_hdf5_read (file, EPNS_HDF5_TIME, H5T_NATIVE_DOUBLE, about->frames, about->time, path,
                          error))
    return FALSE;
  about->type_names = epns_hdf5_read_texts (file, EPNS_HDF5_TYPE_NAMES, path, error);
  return about->type_names != NULL && read_provenance (file, about, path, error);
}

/* Everything but frames and tables: meta->frames is what the file holds. */
static EpnsTrajectoryMeta *
read_meta (hid_t file, const char *path, GError **error)
{
  g_autoptr (EpnsTrajectoryMeta) about = g_new0 (EpnsTrajectoryMeta, 1);

  about->provenance = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  if (!check_format (file, path, error)
      || !epns_hdf5_part_of (file)->read_extent (file, about, path, error)
      || !read_words (file, about, path, error))
    return NULL;
  return g_steal_pointer (&about);
}

static gboolean
read_all_frames (hid_t file, EpnsTrajectory *self, const char *path, GError **error)
{
  g_auto (EpnsHdf5Sets) sets = { 0 };

  if (!epns_trajectory_allocate (self, error)) {
    g_prefix_error (error, "%s: ", path);
    return FALSE;
  }
  if (!epns_hdf5_sets_open (&sets, file, self->meta, FALSE, path, error))
    return FALSE;
  for (guint32 m = 0; m < self->meta->members; m++)
    for (guint i = 0; i < sets.arrays; i++) {
      EpnsHdf5Frames *from = epns_hdf5_sets_find (&sets, i, m);
      if (from->frames < self->done[m])
        return refuse (path, "frames_done counts more frames than there are", error);
      if (!epns_hdf5_frames_read (from, m, self->done[m], epns_trajectory_array (self, i, m), path,
                                  error))
        return FALSE;
    }
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

  if (meta == NULL)
    return NULL;
  g_autoptr (EpnsTrajectory) self = epns_trajectory_shell (g_steal_pointer (&meta), 1);
  if (!epns_hdf5_part_of (file)->read_tables (file, self, path, error)
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
  gboolean fits = set >= 0 && epns_hdf5_fits (file, size, 1, 1);
  g_autofree guint8 *bytes = fits ? g_try_malloc (size) : NULL;
  if (bytes == NULL || H5Dread (set, H5T_NATIVE_UINT8, H5S_ALL, H5S_ALL, H5P_DEFAULT, bytes) < 0) {
    if (set >= 0)
      epns_hdf5_fail (path, "an archived run cannot be read", error);
    return NULL;
  }
  return g_bytes_new_take (g_steal_pointer (&bytes), size);
}
