/* SPDX-License-Identifier: MIT */
/* Recordings of particles as one NumPy array: (member, time, body, [m, x, y, z, vx, vy, vz]),
 * float64; without the member axis for one member, without z and vz in a plane. */
#include "adapters/npy-frames.h"
#include "adapters/trajectory-private.h"
#include "plugin/error.h"

#include <math.h>

static gpointer
npy_begin (const char *path G_GNUC_UNUSED, const EpnsTrajectoryMeta *meta, EpnsOutputFile *file,
           GError **error G_GNUC_UNUSED)
{
  const EpnsNpyShape rows = { 2, { meta->bodies, 1 + 2 * (guint64) meta->space.axes }, EPNS_F64 };

  return epns_npy_frames_new (meta, file, &rows);
}

static void
npy_free (gpointer state)
{
  epns_npy_frames_free (state);
}

/* The same eight bytes in the file's order. */
static double
little_endian (double value)
{
  union {
    double number;
    guint64 bits;
  } both = { value };

  both.bits = GUINT64_TO_LE (both.bits);
  return both.number;
}

static gboolean
npy_frame (gpointer state, guint32 member, guint32 frame, const EpnsState *from, GError **error)
{
  EpnsNpyFrames *self = state;
  const EpnsParticleState *bodies = (const EpnsParticleState *) from;
  gsize axes = (gsize) bodies->axes;
  double *row = self->frame;

  for (gsize i = 0; i < bodies->n; i++, row += 1 + 2 * axes) {
    row[0] = little_endian (bodies->mass[i]);
    for (gsize axis = 0; axis < axes; axis++) {
      row[1 + axis] = little_endian (bodies->position[i * axes + axis]);
      row[1 + axes + axis] = little_endian (bodies->velocity[i * axes + axis]);
    }
  }
  return epns_npy_frames_write (self, member, frame, error);
}

static gboolean
npy_finish (gpointer state, const guint32 *done, GError **error)
{
  return epns_npy_frames_finish (state, done, error);
}

/* What the array says of the recording; times count frames. */
static EpnsTrajectoryMeta *
meta_of (const EpnsNpyShape *shape)
{
  static const char *const names[] = { "Body", NULL };
  const guint64 *axis = shape->shape + (shape->rank == 4);
  const EpnsSpace space = { .axes = (gint32) (axis[2] / 2) };
  g_autofree double *time = g_new (double, axis[0]);

  for (guint64 f = 0; f < axis[0]; f++)
    time[f] = (double) f;
  return epns_trajectory_meta_new_particles (shape->rank == 4 ? (guint32) shape->shape[0] : 1,
                                             (guint32) axis[0], &space, (guint32) axis[1], FALSE,
                                             "1", time, "frame", names, 0);
}

static gboolean
check_shape (const char *path, const EpnsNpyArray *array, GError **error)
{
  const EpnsNpyShape *shape = &array->shape;
  guint64 columns = shape->rank > 0 ? shape->shape[shape->rank - 1] : 0;

  if ((shape->rank == 3 || shape->rank == 4) && (columns == 5 || columns == 7) && array->size > 0)
    return TRUE;
  g_set_error (error, EPNS_FAILURE, EPNS_FAILURE_FORMAT,
               "%s: its shape is not ([member,] time, body, 7), or 5 in a plane, with at least one "
               "of each",
               path);
  return FALSE;
}

/* Split the rows into positions, velocities and masses that stay what they are. */
static gboolean
fill (EpnsTrajectory *self, const char *path, const double *row, GError **error)
{
  const EpnsTrajectoryMeta *meta = self->meta;
  gsize axes = (gsize) meta->space.axes, n = meta->bodies,
        all = (gsize) meta->members * meta->frames * n;

  for (gsize i = 0; i < all; i++, row += 1 + 2 * axes) {
    gsize member = i / n / meta->frames, table = member * n + i % n;
    double mass = little_endian (row[0]);
    if (i / n % meta->frames == 0) {
      self->mass[table] = mass;
      self->body[table] = (gint32) (i % n);
    } else if (!(self->mass[table] == mass)) {
      g_set_error (error, EPNS_FAILURE, EPNS_FAILURE_FORMAT,
                   "%s: body %zu of member %zu changes its mass; it is the first of the columns",
                   path, i % n, member);
      return FALSE;
    }
    for (gsize axis = 0; axis < axes; axis++) {
      self->position[i * axes + axis] = little_endian (row[1 + axis]);
      self->velocity[i * axes + axis] = little_endian (row[1 + axes + axis]);
    }
  }
  for (guint32 m = 0; m < meta->members; m++)
    self->done[m] = meta->frames;
  return TRUE;
}

static EpnsTrajectory *
npy_read (const char *path, gboolean frames, GError **error)
{
  g_auto (EpnsNpyArray) array = { 0 };

  if (!epns_npy_array_open (&array, path, error) || !check_shape (path, &array, error))
    return NULL;
  g_autoptr (EpnsTrajectory) self = epns_trajectory_shell (meta_of (&array.shape), 1);
  if (!epns_trajectory_allocate (self, error) || !fill (self, path, array.data, error)
      || !epns_trajectory_validate (self, path, error))
    return NULL;
  if (!frames)
    epns_trajectory_drop_frames (self);
  return g_steal_pointer (&self);
}

static gboolean
npy_probe (const char *path)
{
  return epns_npy_dtype (path) == EPNS_F64;
}

const EpnsTrajectoryFormat epns_trajectory_npy_particles = {
  .suffix = ".npy",
  .layout = &epns_layout_particles,
  .probe = npy_probe,
  .begin = npy_begin,
  .frame = npy_frame,
  .finish = npy_finish,
  .free = npy_free,
  .read = npy_read,
};
