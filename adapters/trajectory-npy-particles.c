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

/* Where numbers lie in an array that is read: extents, and numbers from one to the next. */
typedef struct {
  gsize members, frames, bodies, columns;
  gsize member, frame, body, column;
} Places;

static gboolean
is_of_bodies (const Places *places)
{
  return (places->columns == 5 || places->columns == 7) && places->members > 0
         && places->frames > 0 && places->bodies > 0;
}

static double
number_at (const Places *places, const double *all, gsize member, gsize frame, gsize body,
           gsize column)
{
  return little_endian (all[member * places->member + frame * places->frame + body * places->body
                            + column * places->column]);
}

/* The first body whose mass changes, and its member; FALSE: none does. */
static gboolean
find_changing_mass (const Places *places, const double *all, gsize *member, gsize *body)
{
  for (*member = 0; *member < places->members; (*member)++)
    for (*body = 0; *body < places->bodies; (*body)++)
      for (gsize f = 1; f < places->frames; f++)
        if (!(number_at (places, all, *member, f, *body, 0)
              == number_at (places, all, *member, 0, *body, 0)))
          return TRUE;
  return FALSE;
}

/* Rank 4 is (member, time, body, attribute). Rank 3 is the first of these orders in which there are
 * 5 or 7 attributes and no mass changes: (time, body, attribute), which we write, and the published
 * (body, time, attribute) and (body, attribute, time). */
static gboolean
find_places (const char *path, const EpnsNpyArray *array, Places *found, GError **error)
{
  const guint64 *n = array->shape.shape;
  const gsize a = (gsize) n[0], b = (gsize) n[1], c = (gsize) n[2], d = (gsize) n[3];
  const Places four = { a, b, c, d, b * c * d, c * d, d, 1 },
               three[] = { { 1, a, b, c, 0, b * c, c, 1 },
                           { 1, b, a, c, 0, c, b * c, 1 },
                           { 1, c, a, b, 0, 1, b * c, c } };
  const guint tried = array->shape.rank == 3 ? G_N_ELEMENTS (three) : array->shape.rank == 4;
  gsize member = 0, body = 0;
  gboolean any = FALSE;

  for (guint i = 0; i < tried; i++) {
    *found = array->shape.rank == 4 ? four : three[i];
    if (!is_of_bodies (found))
      continue;
    any = TRUE;
    if (!find_changing_mass (found, array->data, &member, &body))
      return TRUE;
  }
  if (any)
    g_set_error (error, EPNS_FAILURE, EPNS_FAILURE_FORMAT,
                 "%s: body %zu of member %zu changes its mass, whatever order of axes is tried; it "
                 "is the first of the attributes",
                 path, body, member);
  else
    g_set_error (error, EPNS_FAILURE, EPNS_FAILURE_FORMAT,
                 "%s: its shape is not ([member,] time, body, 7), or 5 in a plane, with at least "
                 "one of each; nor (body, time, 7) or (body, 7, time)",
                 path);
  return FALSE;
}

/* What the array says of the recording; times count frames. */
static EpnsTrajectoryMeta *
meta_of (const Places *places)
{
  static const char *const names[] = { "Body", NULL };
  const EpnsSpace space = { .axes = (gint32) (places->columns / 2) };
  g_autofree double *time = g_new (double, places->frames);

  for (gsize f = 0; f < places->frames; f++)
    time[f] = (double) f;
  return epns_trajectory_meta_new_particles ((guint32) places->members, (guint32) places->frames,
                                             &space, (guint32) places->bodies, FALSE, "1", time,
                                             "frame", names, 0);
}

/* Split the rows into positions, velocities and masses. */
static void
fill (EpnsTrajectory *self, const Places *places, const double *all)
{
  const gsize axes = places->columns / 2;
  double *position = self->position, *velocity = self->velocity;

  for (gsize m = 0; m < places->members; m++) {
    for (gsize i = 0; i < places->bodies; i++) {
      self->mass[m * places->bodies + i] = number_at (places, all, m, 0, i, 0);
      self->body[m * places->bodies + i] = (gint32) i;
    }
    for (gsize k = 0; k < places->frames * places->bodies; k++)
      for (gsize axis = 0; axis < axes; axis++) {
        const gsize f = k / places->bodies, i = k % places->bodies;
        *position++ = number_at (places, all, m, f, i, 1 + axis);
        *velocity++ = number_at (places, all, m, f, i, 1 + axes + axis);
      }
    self->done[m] = self->meta->frames;
  }
}

static EpnsTrajectory *
npy_read (const char *path, gboolean frames, GError **error)
{
  g_auto (EpnsNpyArray) array = { 0 };
  Places places;

  if (!epns_npy_array_open (&array, path, error) || !find_places (path, &array, &places, error))
    return NULL;
  g_autoptr (EpnsTrajectory) self = epns_trajectory_shell (meta_of (&places), 1);
  if (!epns_trajectory_allocate (self, error))
    return NULL;
  fill (self, &places, array.data);
  if (!epns_trajectory_validate (self, path, error))
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
