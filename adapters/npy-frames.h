/* SPDX-License-Identifier: MIT */
/* Writing frames of one size as ([member,] time, ...) of a .npy file. */
#pragma once
#include "adapters/npy.h"
#include "adapters/output-file.h"
#include "adapters/trajectory.h"

typedef struct {
  const EpnsTrajectoryMeta *meta;
  EpnsOutputFile *file;
  EpnsNpyShape tail; /* element and extents of one frame */
  gsize bytes;       /* of one frame */
  void *frame;       /* one frame, little-endian; to be filled before it is written */
} EpnsNpyFrames;

/* meta and file are lent. */
EpnsNpyFrames *epns_npy_frames_new (const EpnsTrajectoryMeta *meta, EpnsOutputFile *file,
                                    const EpnsNpyShape *tail);
void           epns_npy_frames_free (EpnsNpyFrames *self);

/* Put self->frame where it belongs. */
gboolean epns_npy_frames_write (EpnsNpyFrames *self, guint32 member, guint32 frame, GError **error);

/* Cut to the frames that all members have, write the header, commit. */
gboolean epns_npy_frames_finish (EpnsNpyFrames *self, const guint32 *done, GError **error);

/* What a file holds elements of, or -1 where it cannot be read. */
int32_t epns_npy_dtype (const char *path);

/* A file's array, mapped: its shape, and its elements (aligned; within the mapping or the copy).
 * FALSE with *error, which begins with `path`. */
typedef struct {
  GMappedFile *file;
  EpnsNpyShape shape;
  void *copy;       /* of the data where they lie unaligned */
  const void *data;
  gsize size;       /* bytes of data; as many as the shape has */
} EpnsNpyArray;
gboolean epns_npy_array_open (EpnsNpyArray *self, const char *path, GError **error);
void     epns_npy_array_close (EpnsNpyArray *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (EpnsNpyArray, epns_npy_array_close)
