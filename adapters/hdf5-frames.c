/* SPDX-License-Identifier: MIT */
/* Datasets that grow frame by frame. */
#include "adapters/hdf5-frames.h"

#include "adapters/hdf5-layout.h"
#include "plugin/error.h"

#include <string.h>

#define DEFLATE_LEVEL 4

static hid_t
create_set (hid_t file, const char *name, const EpnsHdf5Shape *shape)
{
  hsize_t now[5], most[5];

  memcpy (now, shape->shape, sizeof now);
  memcpy (most, shape->shape, sizeof most);
  now[shape->time] = 0;
  most[shape->time] = H5S_UNLIMITED;
  g_auto (EpnsHdf5Space) space = H5Screate_simple (shape->rank, now, most);
  g_auto (EpnsHdf5List) list = H5Pcreate (H5P_DATASET_CREATE);
  g_auto (EpnsHdf5List) links = H5Pcreate (H5P_LINK_CREATE);
  H5Pset_create_intermediate_group (links, 1);
  H5Pset_chunk (list, shape->rank, shape->chunk);
  H5Pset_fill_value (list, shape->memory_type, shape->missing);
  H5Pset_shuffle (list);
  H5Pset_deflate (list, DEFLATE_LEVEL);
  return H5Dcreate2 (file, name, shape->file_type, space, links, list, H5P_DEFAULT);
}

gboolean
epns_hdf5_frames_create (EpnsHdf5Frames *self, hid_t file, const char *name,
                         const EpnsHdf5Shape *shape, const char *path, GError **error)
{
  *self = (EpnsHdf5Frames) { create_set (file, name, shape), *shape, 0 };
  return self->set >= 0 || epns_hdf5_fail (path, "cannot be begun", error);
}

gboolean
epns_hdf5_frames_open (EpnsHdf5Frames *self, hid_t file, const char *name,
                       const EpnsHdf5Shape *shape, const char *path, GError **error)
{
  hsize_t found[5];
  int rank;

  *self = (EpnsHdf5Frames) { -1, *shape, 0 };
  self->set = epns_hdf5_open_dataset (file, name, 5, &rank, found, path, error);
  if (self->set < 0)
    return FALSE;
  gboolean same = rank == shape->rank && found[shape->time] <= G_MAXUINT32;
  for (int axis = 0; axis < rank && same; axis++)
    same = axis == shape->time || found[axis] == shape->shape[axis];
  self->frames = same ? (guint32) found[shape->time] : 0;
  if (!same)
    g_set_error (error, EPNS_FAILURE, EPNS_FAILURE_FORMAT,
                 "%s: dataset %s does not have the extents that the file states", path, name);
  return same;
}

void
epns_hdf5_frames_close (EpnsHdf5Frames *self)
{
  EpnsHdf5Dataset_close (self->set);
  self->set = -1;
}

gboolean
epns_hdf5_frames_grow (EpnsHdf5Frames *self, guint32 frames, const char *path, GError **error)
{
  hsize_t shape[5];

  if (frames <= self->frames)
    return TRUE;
  memcpy (shape, self->shape.shape, sizeof shape);
  shape[self->shape.time] = frames;
  self->frames = frames;
  return H5Dset_extent (self->set, shape) >= 0 || epns_hdf5_fail (path, "cannot grow", error);
}

/* The place of n frames of a member, and a contiguous one of the same extents. */
static void
select_frames (const EpnsHdf5Frames *self, guint32 member, guint32 first, guint32 n, hid_t *whole,
               hid_t *part)
{
  hsize_t offset[5] = { 0 }, count[5];

  memcpy (count, self->shape.shape, sizeof count);
  for (int axis = 0; axis < self->shape.time; axis++) {
    offset[axis] = member;
    count[axis] = 1;
  }
  offset[self->shape.time] = first;
  count[self->shape.time] = n;
  *whole = H5Dget_space (self->set);
  *part = H5Screate_simple (self->shape.rank, count, NULL);
  H5Sselect_hyperslab (*whole, H5S_SELECT_SET, offset, NULL, count, NULL);
}

gboolean
epns_hdf5_frames_write (EpnsHdf5Frames *self, guint32 member, guint32 frame, const void *data,
                        const char *path, GError **error)
{
  g_auto (EpnsHdf5Space) whole = -1;
  g_auto (EpnsHdf5Space) part = -1;

  if (!epns_hdf5_frames_grow (self, frame + 1, path, error))
    return FALSE;
  select_frames (self, member, frame, 1, &whole, &part);
  return H5Dwrite (self->set, self->shape.memory_type, part, whole, H5P_DEFAULT, data) >= 0
         || epns_hdf5_fail (path, "cannot be written", error);
}

gboolean
epns_hdf5_frames_read (EpnsHdf5Frames *self, guint32 member, guint32 n, void *into,
                       const char *path, GError **error)
{
  g_auto (EpnsHdf5Space) whole = -1;
  g_auto (EpnsHdf5Space) part = -1;

  if (n == 0)
    return TRUE;
  select_frames (self, member, 0, n, &whole, &part);
  return H5Dread (self->set, self->shape.memory_type, part, whole, H5P_DEFAULT, into) >= 0
         || epns_hdf5_fail (path, "frames cannot be read", error);
}

const EpnsHdf5Part *
epns_hdf5_part_for (const EpnsLayout *layout)
{
  return layout == &epns_layout_lattice ? &epns_hdf5_lattice : &epns_hdf5_particles;
}

const EpnsHdf5Part *
epns_hdf5_part_of (hid_t file)
{
  return H5Lexists (file, EPNS_HDF5_PARTICLES, H5P_DEFAULT) > 0 ? &epns_hdf5_particles
                                                                : &epns_hdf5_lattice;
}

gboolean
epns_hdf5_sets_open (EpnsHdf5Sets *self, hid_t file, const EpnsTrajectoryMeta *meta,
                     gboolean create, const char *path, GError **error)
{
  self->part = epns_hdf5_part_for (meta->layout);
  const EpnsHdf5Shape shape = self->part->shape (meta);
  gboolean fine = TRUE;

  for (self->arrays = 0; self->arrays < meta->layout->n_arrays
                         && meta->layout->arrays[self->arrays].moves;)
    self->arrays++;
  self->n = shape.time > 0 ? self->arrays : self->arrays * meta->members;
  self->sets = g_new (EpnsHdf5Frames, self->n);
  for (guint i = 0; i < self->n; i++)
    self->sets[i].set = -1;
  for (guint i = 0; i < self->n && fine; i++) {
    g_autofree char *name = self->part->name (meta, i % self->arrays, i / self->arrays);
    fine = create ? epns_hdf5_frames_create (&self->sets[i], file, name, &shape, path, error)
                  : epns_hdf5_frames_open (&self->sets[i], file, name, &shape, path, error);
  }
  return fine;
}

void
epns_hdf5_sets_close (EpnsHdf5Sets *self)
{
  for (guint i = 0; i < self->n; i++)
    epns_hdf5_frames_close (&self->sets[i]);
  g_clear_pointer (&self->sets, g_free);
  self->n = 0;
}

EpnsHdf5Frames *
epns_hdf5_sets_find (EpnsHdf5Sets *self, guint array, guint32 member)
{
  return &self->sets[self->n == self->arrays ? array : member * self->arrays + array];
}
