/* SPDX-License-Identifier: MIT */
/* How recorded lattices lie in HDF5: one dataset of sites, one of types. */
#include "adapters/hdf5-frames.h"
#include "adapters/hdf5-layout.h"
#include "adapters/trajectory-private.h"
#include "plugin/error.h"

#include <string.h>

#define CHUNK_SITES ((hsize_t) 1 << 18) /* at most so many sites are compressed as one: 1 MiB */

static gboolean
refuse (const char *path, const char *what, GError **error)
{
  g_set_error (error, EPNS_FAILURE, EPNS_FAILURE_FORMAT, "%s: %s", path, what);
  return FALSE;
}

/* One frame of one member is a chunk, or part of one where a frame is large. A lattice of one plane
 * has no z axis. */
static EpnsHdf5Shape
lattice_shape (const EpnsTrajectoryMeta *meta)
{
  static const gint32 missing = -1;
  EpnsHdf5Shape shape = { H5T_STD_I32LE, H5T_NATIVE_INT32, &missing, 5, 1, { 0 }, { 1, 1 } };
  int skip = meta->size[0] == 1 ? 1 : 0;
  hsize_t sites = 1;

  shape.rank = 5 - skip;
  shape.shape[0] = meta->members;
  shape.shape[1] = meta->frames;
  for (int i = shape.rank - 1; i >= 2; i--) {
    shape.shape[i] = (hsize_t) meta->size[i - 2 + skip];
    shape.chunk[i] = CLAMP (CHUNK_SITES / sites, 1, shape.shape[i]);
    sites *= shape.chunk[i];
  }
  return shape;
}

static char *
lattice_name (const EpnsTrajectoryMeta *meta G_GNUC_UNUSED, guint array G_GNUC_UNUSED,
              guint32 member G_GNUC_UNUSED)
{
  return g_strdup (EPNS_HDF5_CELL_ID);
}

static gboolean
lattice_describe (hid_t file, const EpnsTrajectory *tables, guint32 frames G_GNUC_UNUSED,
                  const char *path, GError **error)
{
  const EpnsTrajectoryMeta *meta = tables->meta;
  const char *axes = meta->size[0] == 1 ? "member,time,y,x" : "member,time,z,y,x";

  return epns_hdf5_put_text (file, "axes", axes, path, error)
         && epns_hdf5_put (file, "periodic", H5T_STD_I32LE, H5T_NATIVE_INT32, 3, meta->periodic,
                           path, error)
         && epns_hdf5_write (file, EPNS_HDF5_CELL_TYPE, H5T_STD_I32LE, H5T_NATIVE_INT32, 2,
                             (hsize_t[]){ meta->members, tables->n_rows }, tables->type, path,
                             error);
}

/* Shape of cell_id as members, frames, and z, y, x. */
static gboolean
read_size (hid_t file, EpnsTrajectoryMeta *about, const char *path, GError **error)
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
  about->layout = &epns_layout_lattice;
  about->members = (guint32) shape[0];
  about->frames = (guint32) shape[1];
  about->size[0] = rank == 5 ? (gint32) shape[2] : 1;
  about->size[1] = (gint32) shape[rank - 2];
  about->size[2] = (gint32) shape[rank - 1];
  about->length_unit = g_strdup ("site");
  return TRUE;
}

static gboolean
lattice_read_extent (hid_t file, EpnsTrajectoryMeta *about, const char *path, GError **error)
{
  return read_size (file, about, path, error)
         && epns_hdf5_get (file, "periodic", H5T_NATIVE_INT32, 3, about->periodic, path, error);
}

static gboolean
lattice_read_tables (hid_t file, EpnsTrajectory *into, const char *path, GError **error)
{
  guint32 members = into->meta->members;
  hsize_t shape[2] = { 0, 0 };
  int rank;
  g_auto (EpnsHdf5Dataset)
      set = epns_hdf5_open_dataset (file, EPNS_HDF5_CELL_TYPE, 2, &rank, shape, path, error);

  if (set < 0)
    return FALSE;
  if (rank != 2 || shape[0] != members
      || !epns_hdf5_fits (file, members, shape[1], sizeof (gint32)))
    return refuse (path, "cell_type does not have the axes member, cell", error);
  epns_trajectory_grow (into, shape[1]);
  return epns_hdf5_read (file, EPNS_HDF5_CELL_TYPE, H5T_NATIVE_INT32, members * shape[1],
                         into->type, path, error);
}

const EpnsHdf5Part epns_hdf5_lattice = {
  .layout = &epns_layout_lattice,
  .shape = lattice_shape,
  .name = lattice_name,
  .describe = lattice_describe,
  .read_extent = lattice_read_extent,
  .read_tables = lattice_read_tables,
};
