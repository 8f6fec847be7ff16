/* SPDX-License-Identifier: MIT */
/* What a recording format provides; adapters/trajectory-file.c holds the one table of them. */
#pragma once
#include "adapters/output-file.h"
#include "adapters/trajectory.h"

/* Functions may be NULL where a format lacks them. `state` is the format's own. */
typedef struct {
  const char *suffix;
  const EpnsLayout *layout; /* of the states it records; NULL: any */
  /* Of files that are there: is it this format's, and not another one's of the same suffix? */
  gboolean (*probe) (const char *path);
  /* May `meta` be recorded? */
  gboolean (*accepts) (const char *path, const EpnsTrajectoryMeta *meta, GError **error);
  gpointer (*begin) (const char *path, const EpnsTrajectoryMeta *meta, EpnsOutputFile *file,
                     GError **error);
  /* The same with what an earlier file holds; done[member] is filled. */
  gpointer (*resume) (const char *path, const EpnsTrajectoryMeta *meta, EpnsOutputFile *file,
                      guint32 *done, GError **error);
  gboolean (*frame) (gpointer state, guint32 member, guint32 frame, const EpnsState *from,
                     GError **error);
  gboolean (*archive) (gpointer state, guint32 member, GBytes *archive, GError **error);
  gboolean (*finish) (gpointer state, const guint32 *done, GError **error); /* commits the file */
  void (*free) (gpointer state);                                            /* not the file */
  EpnsTrajectory *(*read) (const char *path, gboolean frames, GError **error);
  GBytes *(*read_archive) (const char *path, guint32 member, GError **error);
} EpnsTrajectoryFormat;

extern const EpnsTrajectoryFormat epns_trajectory_hdf5, epns_trajectory_npy,
    epns_trajectory_npy_particles, epns_trajectory_openvt_csv, epns_trajectory_xyz,
    epns_trajectory_multicellds;

/* A recording around arrays that a reader fills: no frame done, frames not allocated. n_rows: of a
 * lattice's tables. Takes meta. */
EpnsTrajectory *epns_trajectory_shell (EpnsTrajectoryMeta *meta, gsize n_rows);

/* Enter what cells keep, as a frame has it: types; of particles masses, radii and ids, too.
 * EPNS_FAILURE_UNSUPPORTED where it is not what the member's frames before had; `name` begins the
 * message. */
gboolean epns_trajectory_enter (EpnsTrajectory *self, guint32 member, const EpnsState *state,
                                const char *name, GError **error);

/* Make room in a lattice's tables for ids below n_rows. */
void epns_trajectory_grow (EpnsTrajectory *self, gsize n_rows);

/* Allocate frames, all -1 or NaN; EPNS_FAILURE_RANGE where there is no room. */
gboolean epns_trajectory_allocate (EpnsTrajectory *self, GError **error);

/* A member's frames of an array of the layout that moves, from frame 0 on. */
void *epns_trajectory_array (const EpnsTrajectory *self, guint array, guint32 member);

/* Forget the frames. */
void epns_trajectory_drop_frames (EpnsTrajectory *self);

/* Is this a state as `self` describes? */
gboolean epns_trajectory_meta_takes (const EpnsTrajectoryMeta *self, const EpnsState *state);

/* Are ids within the type table, types within the names, masses and radii what they can be, in
 * every frame that is done? EPNS_FAILURE_FORMAT with `path`. */
gboolean epns_trajectory_validate (const EpnsTrajectory *self, const char *path, GError **error);
