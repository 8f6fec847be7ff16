/* SPDX-License-Identifier: MIT */
/* Recordings in memory: the frames of what moves, and tables of what cells keep. */
#include "config.h"

#include "adapters/trajectory-private.h"

#include "plugin/error.h"
#include "plugin/view.h"

#include <math.h>
#include <string.h>
#include <unistd.h>

/* Where a recording keeps what a state has by this name. */
static const struct {
  const char *array;
  gsize offset;
} slots[] = { { "cell-id", G_STRUCT_OFFSET (EpnsTrajectory, id) },
              { "cell-type", G_STRUCT_OFFSET (EpnsTrajectory, type) },
              { "position", G_STRUCT_OFFSET (EpnsTrajectory, position) },
              { "velocity", G_STRUCT_OFFSET (EpnsTrajectory, velocity) },
              { "mass", G_STRUCT_OFFSET (EpnsTrajectory, mass) },
              { "radius", G_STRUCT_OFFSET (EpnsTrajectory, radius) },
              { "body-id", G_STRUCT_OFFSET (EpnsTrajectory, body) } };

static void **
slot (const EpnsTrajectory *self, const EpnsStateArray *array)
{
  guint i = 0;

  while (strcmp (slots[i].array, array->name) != 0)
    i++;
  return (void **) (void *) ((char *) self + slots[i].offset);
}

static gboolean
is_lattice (const EpnsTrajectoryMeta *meta)
{
  return meta->layout == &epns_layout_lattice;
}

/* Bytes of a frame of an array that moves. */
static gsize
frame_bytes (const EpnsTrajectoryMeta *meta, const EpnsStateArray *array)
{
  gsize elements = is_lattice (meta) ? epns_trajectory_meta_sites (meta)
                                     : (gsize) meta->bodies * (gsize) meta->space.axes;

  return elements * epns_dtype_size (array->dtype);
}

/* Bytes of a member's table of an array that does not move. */
static gsize
table_bytes (const EpnsTrajectory *self, const EpnsStateArray *array)
{
  return self->n_rows * epns_dtype_size (array->dtype);
}

EpnsTrajectory *
epns_trajectory_shell (EpnsTrajectoryMeta *meta, gsize n_rows)
{
  EpnsTrajectory *self = g_new0 (EpnsTrajectory, 1);

  self->meta = meta;
  self->planned = meta->frames;
  self->n_rows = is_lattice (meta) ? n_rows : meta->bodies;
  self->done = g_new0 (guint32, meta->members);
  for (guint i = 0; i < meta->layout->n_arrays; i++) {
    const EpnsStateArray *array = &meta->layout->arrays[i];
    void **table = slot (self, array);
    if (!array->moves && (table != (void **) &self->radius || meta->radii))
      *table = g_malloc0_n (meta->members, table_bytes (self, array));
  }
  return self;
}

void
epns_trajectory_drop_frames (EpnsTrajectory *self)
{
  for (guint i = 0; i < self->meta->layout->n_arrays; i++)
    if (self->meta->layout->arrays[i].moves)
      g_clear_pointer (slot (self, &self->meta->layout->arrays[i]), g_free);
}

gboolean
epns_trajectory_allocate (EpnsTrajectory *self, GError **error)
{
  const EpnsTrajectoryMeta *meta = self->meta;
  gsize all = 0, n;
  gboolean fits = g_size_checked_mul (&n, meta->members, meta->frames);

  for (guint i = 0; i < meta->layout->n_arrays && meta->layout->arrays[i].moves && fits; i++) {
    gsize bytes;
    void **frames = slot (self, &meta->layout->arrays[i]);
    fits = g_size_checked_mul (&bytes, n, frame_bytes (meta, &meta->layout->arrays[i]))
           && g_size_checked_add (&all, all, bytes)
           && all / (gsize) sysconf (_SC_PAGESIZE) < (gsize) sysconf (_SC_PHYS_PAGES)
           && (*frames = g_try_malloc (bytes)) != NULL;
    if (fits)
      memset (*frames, 0xff, bytes); /* -1, or NaN */
  }
  if (fits)
    return TRUE;
  epns_trajectory_drop_frames (self);
  g_set_error (
      error, EPNS_FAILURE, EPNS_FAILURE_RANGE,
      "%u members of %u frames of %zu %s do not fit this machine's memory; take fewer",
      meta->members, meta->frames,
      is_lattice (meta) ? epns_trajectory_meta_sites (meta) : (gsize) meta->bodies,
      is_lattice (meta) ? "sites" : "bodies");
  return FALSE;
}

EpnsTrajectory *
epns_trajectory_new (const EpnsTrajectoryMeta *meta, GError **error)
{
  g_autoptr (EpnsTrajectory) self = epns_trajectory_shell (epns_trajectory_meta_copy (meta), 1);

  return epns_trajectory_allocate (self, error) ? g_steal_pointer (&self) : NULL;
}

void
epns_trajectory_free (EpnsTrajectory *self)
{
  if (self == NULL)
    return;
  for (guint i = 0; i < self->meta->layout->n_arrays; i++)
    g_free (*slot (self, &self->meta->layout->arrays[i]));
  epns_trajectory_meta_free (self->meta);
  g_free (self->done);
  g_free (self->hamiltonian);
  g_free (self);
}

/* Tables */

void
epns_trajectory_grow (EpnsTrajectory *self, gsize n_rows)
{
  if (n_rows <= self->n_rows)
    return;
  gint32 *wider = g_new0 (gint32, self->meta->members * n_rows);
  for (guint32 m = 0; m < self->meta->members; m++)
    memcpy (wider + m * n_rows, self->type + m * self->n_rows, self->n_rows * sizeof *wider);
  g_free (self->type);
  self->type = wider;
  self->n_rows = n_rows;
}

static gboolean
enter_types (EpnsTrajectory *self, guint32 member, const EpnsLatticeState *state, const char *name,
             GError **error)
{
  epns_trajectory_grow (self, state->n_rows);
  gint32 *known = self->type + member * self->n_rows;

  for (gsize id = 1; id < state->n_rows; id++) {
    if (state->type[id] == known[id] || state->type[id] == 0)
      continue;
    if (known[id] != 0) {
      g_set_error (error, EPNS_FAILURE, EPNS_FAILURE_UNSUPPORTED,
                   "%s: cell %zu of member %u changed from type %d to %d; a recording holds one "
                   "type for each cell",
                   name, id, member, known[id], state->type[id]);
      return FALSE;
    }
    known[id] = state->type[id];
  }
  return TRUE;
}

/* What bodies keep comes with a member's first frame. A mass is above 0 once it is there. */
static gboolean
enter_bodies (EpnsTrajectory *self, guint32 member, const EpnsParticleState *state,
              const char *name, GError **error)
{
  const EpnsLayout *layout = state->base.layout;
  gboolean first = !(self->mass[member * self->n_rows] > 0.0);

  for (guint i = 0; i < layout->n_arrays; i++) {
    gsize bytes = epns_state_bytes (&state->base, i);
    if (layout->arrays[i].moves || bytes == 0)
      continue;
    char *known = (char *) *slot (self, &layout->arrays[i]) + member * bytes;
    if (first)
      memcpy (known, epns_state_data (&state->base, i), bytes);
    else if (memcmp (known, epns_state_data (&state->base, i), bytes) != 0) {
      g_set_error (error, EPNS_FAILURE, EPNS_FAILURE_UNSUPPORTED,
                   "%s: a body of member %u changed its %s; a recording holds one for each body",
                   name, member, layout->arrays[i].name);
      return FALSE;
    }
  }
  return TRUE;
}

gboolean
epns_trajectory_enter (EpnsTrajectory *self, guint32 member, const EpnsState *state,
                       const char *name, GError **error)
{
  if (is_lattice (self->meta))
    return enter_types (self, member, (const EpnsLatticeState *) state, name, error);
  return enter_bodies (self, member, (const EpnsParticleState *) state, name, error);
}

gboolean
epns_trajectory_meta_takes (const EpnsTrajectoryMeta *self, const EpnsState *state)
{
  if (self->layout != state->layout)
    return FALSE;
  if (is_lattice (self))
    return memcmp (((const EpnsLatticeState *) state)->size, self->size, sizeof self->size) == 0;
  const EpnsParticleState *particles = (const EpnsParticleState *) state;
  return particles->n == self->bodies && particles->axes == self->space.axes
         && (particles->radius != NULL) == self->radii;
}

/* Frames */

/* Where a frame of an array that moves lies. */
static void *
frame_of (const EpnsTrajectory *self, const EpnsStateArray *array, guint32 member, guint32 frame)
{
  return (char *) *slot (self, array)
         + ((gsize) member * self->meta->frames + frame) * frame_bytes (self->meta, array);
}

void *
epns_trajectory_array (const EpnsTrajectory *self, guint array, guint32 member)
{
  return frame_of (self, &self->meta->layout->arrays[array], member, 0);
}

gboolean
epns_trajectory_record (EpnsTrajectory *self, guint32 member, const EpnsState *state,
                        GError **error)
{
  g_return_val_if_fail (member < self->meta->members && self->done[member] < self->meta->frames,
                        FALSE);
  g_return_val_if_fail (epns_trajectory_meta_takes (self->meta, state), FALSE);

  if (!epns_trajectory_enter (self, member, state, "recording", error))
    return FALSE;
  for (guint i = 0; i < state->layout->n_arrays && state->layout->arrays[i].moves; i++)
    memcpy (frame_of (self, &state->layout->arrays[i], member, self->done[member]),
            epns_state_data (state, i), epns_state_bytes (state, i));
  self->done[member]++;
  return TRUE;
}

const gint32 *
epns_trajectory_frame (const EpnsTrajectory *self, guint32 member, guint32 frame)
{
  g_return_val_if_fail (self->id && member < self->meta->members && frame < self->meta->frames,
                        NULL);
  return self->id
         + ((gsize) member * self->meta->frames + frame) * epns_trajectory_meta_sites (self->meta);
}

/* The first element of a frame of positions or velocities. */
static gsize
at_frame (const EpnsTrajectory *self, guint32 member, guint32 frame)
{
  return ((gsize) member * self->meta->frames + frame) * self->meta->bodies
         * (gsize) self->meta->space.axes;
}

const double *
epns_trajectory_positions (const EpnsTrajectory *self, guint32 member, guint32 frame)
{
  g_return_val_if_fail (self->position && member < self->meta->members
                            && frame < self->meta->frames,
                        NULL);
  return self->position + at_frame (self, member, frame);
}

const double *
epns_trajectory_velocities (const EpnsTrajectory *self, guint32 member, guint32 frame)
{
  g_return_val_if_fail (self->velocity && member < self->meta->members
                            && frame < self->meta->frames,
                        NULL);
  return self->velocity + at_frame (self, member, frame);
}

const gint32 *
epns_trajectory_types (const EpnsTrajectory *self, guint32 member)
{
  return self->type + member * self->n_rows;
}

EpnsState *
epns_trajectory_state (const EpnsTrajectory *self, guint32 member, guint32 frame)
{
  g_return_val_if_fail (frame < self->done[member], NULL);

  const EpnsTrajectoryMeta *meta = self->meta;
  EpnsState *state = is_lattice (meta)
                         ? (EpnsState *) epns_lattice_state_new (meta->size, self->n_rows)
                         : (EpnsState *) epns_particle_state_new (meta->bodies, meta->space.axes,
                                                                  meta->radii);
  for (guint i = 0; i < state->layout->n_arrays; i++) {
    const EpnsStateArray *array = &state->layout->arrays[i];
    gsize bytes = epns_state_bytes (state, i);
    if (bytes > 0)
      memcpy (epns_state_data (state, i),
              array->moves ? frame_of (self, array, member, frame)
                           : (char *) *slot (self, array) + member * bytes,
              bytes);
  }
  return state;
}

EpnsLatticeState *
epns_trajectory_lattice (const EpnsTrajectory *self, guint32 member, guint32 frame)
{
  g_return_val_if_fail (is_lattice (self->meta), NULL);
  return (EpnsLatticeState *) epns_trajectory_state (self, member, frame);
}

gboolean
epns_trajectory_complete (const EpnsTrajectory *self)
{
  for (guint32 m = 0; m < self->meta->members; m++)
    if (self->done[m] < self->planned)
      return FALSE;
  return TRUE;
}

/* Checks of what a file said */

static gboolean
validate_bodies (const EpnsTrajectory *self, const char *path, GError **error)
{
  for (gsize i = 0; i < self->meta->members * self->n_rows; i++)
    if (self->done[i / self->n_rows] > 0
        && (!isfinite (self->mass[i]) || self->mass[i] <= 0.0
            || (self->radius != NULL && !(self->radius[i] >= 0.0)))) {
      g_set_error (error, EPNS_FAILURE, EPNS_FAILURE_FORMAT,
                   "%s: member %zu: body %zu has a mass not above 0, or a radius below 0", path,
                   i / self->n_rows, i % self->n_rows);
      return FALSE;
    }
  return TRUE;
}

static gboolean
validate_ids (const EpnsTrajectory *self, const char *path, GError **error)
{
  gsize sites = epns_trajectory_meta_sites (self->meta);

  for (guint32 m = 0; self->id != NULL && m < self->meta->members; m++)
    for (guint32 f = 0; f < self->done[m]; f++) {
      const gint32 *id = epns_trajectory_frame (self, m, f);
      for (gsize i = 0; i < sites; i++)
        if (id[i] < 0 || (gsize) id[i] >= self->n_rows) {
          g_set_error (error, EPNS_FAILURE, EPNS_FAILURE_FORMAT,
                       "%s: member %u, frame %u, site %zu: there is no cell %d", path, m, f, i,
                       id[i]);
          return FALSE;
        }
    }
  return TRUE;
}

gboolean
epns_trajectory_validate (const EpnsTrajectory *self, const char *path, GError **error)
{
  gint32 n_types = (gint32) g_strv_length (self->meta->type_names);

  for (gsize i = 0; i < self->meta->members * self->n_rows; i++)
    if (self->type[i] < 0 || self->type[i] >= n_types) {
      g_set_error (error, EPNS_FAILURE, EPNS_FAILURE_FORMAT,
                   "%s: member %zu: cell %zu has type %d of %d", path, i / self->n_rows,
                   i % self->n_rows, self->type[i], n_types);
      return FALSE;
    }
  return is_lattice (self->meta) ? validate_ids (self, path, error)
                                 : validate_bodies (self, path, error);
}
