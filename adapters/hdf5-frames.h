/* SPDX-License-Identifier: MIT */
/* Datasets of frames that grow along time, and how those of each layout lie in a recording's file.
 * Functions that fail return FALSE with *error, which begins with `path`. One thread at a time. */
#pragma once
#include "adapters/hdf5-io.h"
#include "adapters/trajectory.h"

typedef struct { /* what one dataset of frames is */
  hid_t file_type, memory_type;
  const void *missing; /* an element of a frame that was not recorded, of memory_type */
  int rank, time;      /* axes, and which of them is time; an axis before it is the members' */
  hsize_t shape[5];    /* elements along each; time: planned frames */
  hsize_t chunk[5];    /* elements that are compressed as one */
} EpnsHdf5Shape;

typedef struct {
  hid_t set; /* -1: none */
  EpnsHdf5Shape shape;
  guint32 frames; /* extent along time now */
} EpnsHdf5Frames;

/* A new dataset of no frames; groups of its name are made. */
gboolean epns_hdf5_frames_create (EpnsHdf5Frames *self, hid_t file, const char *name,
                                  const EpnsHdf5Shape *shape, const char *path, GError **error);
/* One that is there: rank and all extents but time's are as `shape` says. */
gboolean epns_hdf5_frames_open (EpnsHdf5Frames *self, hid_t file, const char *name,
                                const EpnsHdf5Shape *shape, const char *path, GError **error);
void     epns_hdf5_frames_close (EpnsHdf5Frames *self);

/* Let there be at least so many frames; new ones are missing. */
gboolean epns_hdf5_frames_grow (EpnsHdf5Frames *self, guint32 frames, const char *path,
                                GError **error);

/* One frame of a member (0 where there is no axis of members), contiguous; the dataset grows. */
gboolean epns_hdf5_frames_write (EpnsHdf5Frames *self, guint32 member, guint32 frame,
                                 const void *data, const char *path, GError **error);
/* Frames 0 to n - 1 of a member, contiguous. */
gboolean epns_hdf5_frames_read (EpnsHdf5Frames *self, guint32 member, guint32 n, void *into,
                                const char *path, GError **error);

/* The part of a recording's file that is of one layout. */
typedef struct {
  const EpnsLayout *layout;
  EpnsHdf5Shape (*shape) (const EpnsTrajectoryMeta *meta);
  /* Where the frames of an array that moves lie; free with g_free. Of shapes with an axis of
   * members it is one place for all of them. */
  char *(*name) (const EpnsTrajectoryMeta *meta, guint array, guint32 member);
  /* Write everything that is not common; `frames` are in the file. */
  gboolean (*describe) (hid_t file, const EpnsTrajectory *tables, guint32 frames, const char *path,
                        GError **error);
  /* What makes frames what they are, into about: all but times, names, seed and provenance. */
  gboolean (*read_extent) (hid_t file, EpnsTrajectoryMeta *about, const char *path,
                           GError **error);
  /* What cells keep, into a recording of which nothing else is read. */
  gboolean (*read_tables) (hid_t file, EpnsTrajectory *into, const char *path, GError **error);
} EpnsHdf5Part;

extern const EpnsHdf5Part epns_hdf5_lattice, epns_hdf5_particles;

/* The part of a layout, and of what a file holds. */
const EpnsHdf5Part *epns_hdf5_part_for (const EpnsLayout *layout);
const EpnsHdf5Part *epns_hdf5_part_of (hid_t file);

/* All datasets of a recording's frames. */
typedef struct {
  const EpnsHdf5Part *part;
  guint n, arrays; /* sets; arrays that move */
  EpnsHdf5Frames *sets;
} EpnsHdf5Sets;

/* Make or open them. */
gboolean epns_hdf5_sets_open (EpnsHdf5Sets *self, hid_t file, const EpnsTrajectoryMeta *meta,
                              gboolean create, const char *path, GError **error);
void     epns_hdf5_sets_close (EpnsHdf5Sets *self);
/* The one in which the frames of an array of a member lie. */
EpnsHdf5Frames *epns_hdf5_sets_find (EpnsHdf5Sets *self, guint array, guint32 member);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (EpnsHdf5Sets, epns_hdf5_sets_close)
