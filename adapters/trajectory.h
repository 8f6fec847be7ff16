/* SPDX-License-Identifier: MIT */
/* Recorded frames of an ensemble of lattices or of systems of particles: in memory, written frame
 * by frame, and read again.
 *
 * Formats, by the file's suffix (capitals count as small letters):
 *   .h5   HDF5, everything; resumable. doc/hdf5-layout.md
 *   .npy  NumPy, C order, the member axis left out for one member: of lattices (member, time, y, x,
 *         [id, type]), int32, 2D only; of particles (member, time, body, [m, x, y, z, vx, vy, vz]),
 *         float64, without z and vz in a plane. One member's is read in the published orders (body,
 *         time, attribute) and (body, attribute, time), too: the first in which no mass changes.
 *   .csv  OpenVT cell sorting: simID,time,cellID,cellType,x,y; 2D only, written but not read.
 *   .xyz  extended XYZ, of particles only; written but not read.
 *   .xml  MultiCellDS, as PhysiCell saves it: any one output<digits>.xml names the run; read only.
 *
 * A file appears under its name only when it is finished; until then it lies beside it under a
 * hidden temporary name, and a failure leaves nothing behind. One object is used by one thread at a
 * time; .h5 files by one thread of the process at a time (Debian's HDF5 is not thread-safe). */
#pragma once
#include "adapters/lattice-state.h"
#include "adapters/particle-state.h"

/* What is known of a recording apart from the frames. */
typedef struct {
  guint32 members;    /* at least 1 */
  guint32 frames;     /* planned, at least 1; frame 0 is the start */
  const EpnsLayout *layout; /* of the states: epns_layout_lattice or epns_layout_particles */
  gint32 size[3];     /* of a lattice: z, y, x: sites */
  gint32 periodic[3]; /* of a lattice: z, y, x: 1 periodic, 0 no-flux */
  EpnsSpace space;    /* of particles */
  guint32 bodies;     /* of particles: as many in every frame */
  gboolean radii;     /* of particles: have they radii? */
  char *length_unit;  /* "site" on a lattice; owned */
  double *time;       /* [frames], ascending; owned */
  char *time_unit;    /* "MCS"; owned */
  char **type_names;  /* by type id, NULL-terminated; "" for ids of no type; owned */
  guint64 seed;
  GHashTable *provenance; /* char * -> char *; figures show scenario, kind-title, kind, model */
} EpnsTrajectoryMeta;

/* All strings are copied; time (frames values) too. No provenance. [any] */
EpnsTrajectoryMeta *epns_trajectory_meta_new (guint32 members, guint32 frames, const gint32 size[3],
                                              const gint32 periodic[3], const double *time,
                                              const char *time_unit, const char *const *type_names,
                                              guint64 seed);
/* The same of particles. */
EpnsTrajectoryMeta *epns_trajectory_meta_new_particles (
    guint32 members, guint32 frames, const EpnsSpace *space, guint32 bodies, gboolean radii,
    const char *length_unit, const double *time, const char *time_unit,
    const char *const *type_names, guint64 seed);
EpnsTrajectoryMeta *epns_trajectory_meta_copy (const EpnsTrajectoryMeta *self);
void                epns_trajectory_meta_free (EpnsTrajectoryMeta *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (EpnsTrajectoryMeta, epns_trajectory_meta_free)

/* State where the recording comes from; a second value of the same key replaces the first. */
void epns_trajectory_meta_note (EpnsTrajectoryMeta *self, const char *key, const char *format, ...)
    G_GNUC_PRINTF (3, 4);

/* Sites of one frame of lattices. */
gsize epns_trajectory_meta_sites (const EpnsTrajectoryMeta *self);

/* Would two recordings' frames have the same shape: layout, extents or bodies and axes? */
gboolean epns_trajectory_meta_alike (const EpnsTrajectoryMeta *a, const EpnsTrajectoryMeta *b);

/* A recording in memory. */
typedef struct {
  EpnsTrajectoryMeta *meta; /* owned */
  guint32 planned;          /* frames there were to be; meta->frames are there */
  guint32 *done;            /* [members]: frames recorded, from 0 on */
  gsize n_rows; /* rows of a member's tables: larger than every id on a lattice; bodies */
  gint32 *type; /* [member][n_rows] by cell id, 0 where no cell had the id; by body, from 0 */
  gint32 *id;   /* of a lattice: [member][frame][z][y][x], -1 where not recorded; NULL: not read */
  double *position, *velocity; /* of particles: [member][frame][body][axis], NaN where not
                                  recorded; NULL: not read */
  double *mass, *radius;       /* of particles: [member][n_rows]; radius NULL: they have none */
  gint32 *body;                /* of particles: [member][n_rows], their ids */
  double *hamiltonian; /* of a lattice: [member][frame], where a native kind was asked for it, NaN
                          where not; no file has it; owned; NULL: nobody asked */
} EpnsTrajectory;

/* No frame recorded yet; meta is copied. NULL with EPNS_FAILURE_RANGE where the frames do not fit
 * this machine's memory. */
EpnsTrajectory *epns_trajectory_new (const EpnsTrajectoryMeta *meta, GError **error);
void            epns_trajectory_free (EpnsTrajectory *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (EpnsTrajectory, epns_trajectory_free)

/* Keep a copy of the member's next frame. EPNS_FAILURE_UNSUPPORTED where a cell's type, or what
 * else a body keeps, is another one than before. */
gboolean epns_trajectory_record (EpnsTrajectory *self, guint32 member, const EpnsState *state,
                                 GError **error);

/* Lent: the sites of a frame of a lattice, [z][y][x], and the member's type table, [n_rows]. */
const gint32 *epns_trajectory_frame (const EpnsTrajectory *self, guint32 member, guint32 frame);
const gint32 *epns_trajectory_types (const EpnsTrajectory *self, guint32 member);

/* Lent: positions and velocities of a frame of particles, [body][axis]. */
const double *epns_trajectory_positions (const EpnsTrajectory *self, guint32 member, guint32 frame);
const double *epns_trajectory_velocities (const EpnsTrajectory *self, guint32 member,
                                          guint32 frame);

/* A frame as a state of its own; and that of a recording of lattices. */
EpnsState        *epns_trajectory_state (const EpnsTrajectory *self, guint32 member, guint32 frame);
EpnsLatticeState *epns_trajectory_lattice (const EpnsTrajectory *self, guint32 member,
                                           guint32 frame);

/* Is every planned frame of every member there? */
gboolean epns_trajectory_complete (const EpnsTrajectory *self);

/* Read an .h5 or .npy file. A .npy file says nothing of times, names and borders: times count
 * frames, unit "frame", types are "type 1"..., borders no-flux; bodies are of one type, have no
 * radii and space is free. EPNS_FAILURE_FORMAT,
 * EPNS_FAILURE_IO. */
EpnsTrajectory *epns_trajectory_read (const char *path, GError **error);

/* The same without the frames (id is NULL; type may be, too): quick for any size of file. */
EpnsTrajectory *epns_trajectory_describe (const char *path, GError **error);

/* Is there a file here that epns_trajectory_read has a reader for? [any] */
gboolean epns_trajectory_readable (const char *path);

/* What the writer of an .h5 file kept of a member's run to resume it, or NULL and *error. */
GBytes *epns_trajectory_read_archive (const char *path, guint32 member, GError **error);

/* Writing, a frame at a time. */
typedef struct _EpnsTrajectoryWriter EpnsTrajectoryWriter;

/* Begin a file. Fails at once where the suffix is unknown (EPNS_FAILURE_UNSUPPORTED), the format
 * cannot hold the lattice, or the folder cannot be written (EPNS_FAILURE_IO). meta is copied. */
EpnsTrajectoryWriter *epns_trajectory_writer_new (const char *path, const EpnsTrajectoryMeta *meta,
                                                  GError **error);

/* Go on with an .h5 file that was finished before all frames were there, or with more frames now:
 * meta states members, lattice, types and seed as the file does (EPNS_FAILURE_MISMATCH where
 * not), and all times. The file is replaced when this writer finishes and stays as it is till
 * then. */
EpnsTrajectoryWriter *epns_trajectory_writer_resume (const char *path,
                                                     const EpnsTrajectoryMeta *meta,
                                                     GError **error);

/* Is this a name a recording of such states can be written to? Otherwise EPNS_FAILURE_UNSUPPORTED
 * with the names there are. [any] */
gboolean epns_trajectory_writer_knows (const char *path, const EpnsLayout *layout, GError **error);

/* Frames of this member that are in the file. */
guint32 epns_trajectory_writer_done (const EpnsTrajectoryWriter *self, guint32 member);

/* Write the member's next frame. After a failure only free() may follow. */
gboolean epns_trajectory_writer_frame (EpnsTrajectoryWriter *self, guint32 member,
                                       const EpnsState *state, GError **error);

/* Keep the member's run as the kind archived it after its last frame; formats that cannot resume
 * drop it. */
gboolean epns_trajectory_writer_archive (EpnsTrajectoryWriter *self, guint32 member,
                                         GBytes *archive, GError **error);

/* Complete the file and give it its name. Members may have fewer frames than planned: .h5 says so,
 * .csv holds the rows there are, .npy is cut to the frames that all members have. Then only free()
 * may follow. */
gboolean epns_trajectory_writer_finish (EpnsTrajectoryWriter *self, GError **error);

/* Unless finish() succeeded nothing is left on the disk. */
void epns_trajectory_writer_free (EpnsTrajectoryWriter *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (EpnsTrajectoryWriter, epns_trajectory_writer_free)
