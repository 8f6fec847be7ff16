/* SPDX-License-Identifier: MIT */
/* What a recording format provides; adapters/trajectory-file.c holds the one table of them. */
#pragma once
#include "adapters/output-file.h"
#include "adapters/trajectory.h"

/* Functions may be NULL where a format lacks them. `state` is the format's own. */
typedef struct {
  const char *suffix;
  /* May `meta` be recorded? */
  gboolean (*accepts) (const char *path, const EpnsTrajectoryMeta *meta, GError **error);
  gpointer (*begin) (const char *path, const EpnsTrajectoryMeta *meta, EpnsOutputFile *file,
                     GError **error);
  /* The same with what an earlier file holds; done[member] is filled. */
  gpointer (*resume) (const char *path, const EpnsTrajectoryMeta *meta, EpnsOutputFile *file,
                      guint32 *done, GError **error);
  gboolean (*frame) (gpointer state, guint32 member, guint32 frame, const EpnsLatticeState *lattice,
                     GError **error);
  gboolean (*archive) (gpointer state, guint32 member, GBytes *archive, GError **error);
  gboolean (*finish) (gpointer state, const guint32 *done, GError **error); /* commits the file */
  void (*free) (gpointer state);                                            /* not the file */
  EpnsTrajectory *(*read) (const char *path, gboolean frames, GError **error);
  GBytes *(*read_archive) (const char *path, guint32 member, GError **error);
} EpnsTrajectoryFormat;

extern const EpnsTrajectoryFormat epns_trajectory_hdf5, epns_trajectory_npy,
    epns_trajectory_openvt_csv;

/* The type tables of all members as frames come in: one row for each cell id ever seen. */
typedef struct {
  guint32 members;
  gsize n_rows;
  gint32 *type; /* [member][n_rows]; owned */
} EpnsTypeTables;

void epns_type_tables_init (EpnsTypeTables *self, guint32 members);
void epns_type_tables_clear (EpnsTypeTables *self);

/* Make room for ids below n_rows. */
void epns_type_tables_grow (EpnsTypeTables *self, gsize n_rows);

/* Enter the types of a frame. EPNS_FAILURE_UNSUPPORTED where a cell changes its type; `name` begins
 * the message. */
gboolean epns_type_tables_enter (EpnsTypeTables *self, guint32 member,
                                 const EpnsLatticeState *state, const char *name, GError **error);

/* A recording around arrays that a reader fills: no frame done, ids not allocated. Takes meta. */
EpnsTrajectory *epns_trajectory_shell (EpnsTrajectoryMeta *meta, gsize n_rows);

/* Allocate ids, all -1; EPNS_FAILURE_RANGE where there is no room. */
gboolean epns_trajectory_allocate (EpnsTrajectory *self, GError **error);

/* Are ids within the type table and types within the names, in every frame that is done?
 * EPNS_FAILURE_FORMAT with `path`. */
gboolean epns_trajectory_validate (const EpnsTrajectory *self, const char *path, GError **error);
