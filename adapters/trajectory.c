/* SPDX-License-Identifier: MIT */
/* Recordings in memory: the frames, the type tables and what is known of them. */
#include "config.h"

#include "adapters/trajectory-private.h"

#include "plugin/error.h"

#include <string.h>
#include <unistd.h>

EpnsTrajectoryMeta *
epns_trajectory_meta_new (guint32 members, guint32 frames, const gint32 size[3],
                          const gint32 periodic[3], const double *time, const char *time_unit,
                          const char *const *type_names, guint64 seed)
{
  g_return_val_if_fail (members > 0 && frames > 0 && size[0] > 0 && size[1] > 0 && size[2] > 0,
                        NULL);

  EpnsTrajectoryMeta *self = g_new0 (EpnsTrajectoryMeta, 1);
  self->members = members;
  self->frames = frames;
  memcpy (self->size, size, sizeof self->size);
  memcpy (self->periodic, periodic, sizeof self->periodic);
  self->time = g_memdup2 (time, frames * sizeof *time);
  self->time_unit = g_strdup (time_unit);
  self->type_names = g_strdupv ((char **) type_names);
  self->seed = seed;
  self->provenance = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  return self;
}

EpnsTrajectoryMeta *
epns_trajectory_meta_copy (const EpnsTrajectoryMeta *self)
{
  EpnsTrajectoryMeta *copy = epns_trajectory_meta_new (
      self->members, self->frames, self->size, self->periodic, self->time, self->time_unit,
      (const char *const *) self->type_names, self->seed);
  GHashTableIter iter;
  gpointer key, value;

  g_hash_table_iter_init (&iter, self->provenance);
  while (g_hash_table_iter_next (&iter, &key, &value))
    g_hash_table_insert (copy->provenance, g_strdup (key), g_strdup (value));
  return copy;
}

void
epns_trajectory_meta_free (EpnsTrajectoryMeta *self)
{
  if (self == NULL)
    return;
  g_free (self->time);
  g_free (self->time_unit);
  g_strfreev (self->type_names);
  g_hash_table_unref (self->provenance);
  g_free (self);
}

void
epns_trajectory_meta_note (EpnsTrajectoryMeta *self, const char *key, const char *format, ...)
{
  va_list args;

  va_start (args, format);
  g_hash_table_insert (self->provenance, g_strdup (key), g_strdup_vprintf (format, args));
  va_end (args);
}

gsize
epns_trajectory_meta_sites (const EpnsTrajectoryMeta *self)
{
  return (gsize) self->size[0] * (gsize) self->size[1] * (gsize) self->size[2];
}

void
epns_type_tables_init (EpnsTypeTables *self, guint32 members)
{
  *self = (EpnsTypeTables){ .members = members, .n_rows = 1, .type = g_new0 (gint32, members) };
}

void
epns_type_tables_clear (EpnsTypeTables *self)
{
  g_clear_pointer (&self->type, g_free);
}

void
epns_type_tables_grow (EpnsTypeTables *self, gsize n_rows)
{
  if (n_rows <= self->n_rows)
    return;
  gint32 *wider = g_new0 (gint32, self->members * n_rows);
  for (guint32 m = 0; m < self->members; m++)
    memcpy (wider + m * n_rows, self->type + m * self->n_rows, self->n_rows * sizeof *wider);
  g_free (self->type);
  self->type = wider;
  self->n_rows = n_rows;
}

gboolean
epns_type_tables_enter (EpnsTypeTables *self, guint32 member, const EpnsLatticeState *state,
                        const char *name, GError **error)
{
  epns_type_tables_grow (self, state->n_rows);
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

EpnsTrajectory *
epns_trajectory_shell (EpnsTrajectoryMeta *meta, gsize n_rows)
{
  EpnsTrajectory *self = g_new0 (EpnsTrajectory, 1);

  self->meta = meta;
  self->planned = meta->frames;
  self->n_rows = n_rows;
  self->done = g_new0 (guint32, meta->members);
  self->type = g_new0 (gint32, meta->members * n_rows);
  return self;
}

gboolean
epns_trajectory_allocate (EpnsTrajectory *self, GError **error)
{
  gsize sites = epns_trajectory_meta_sites (self->meta), n, bytes;
  gboolean fits = g_size_checked_mul (&n, sites, self->meta->members)
                  && g_size_checked_mul (&n, n, self->meta->frames)
                  && g_size_checked_mul (&bytes, n, sizeof *self->id);

  fits = fits && bytes / (gsize) sysconf (_SC_PAGESIZE) < (gsize) sysconf (_SC_PHYS_PAGES);
  self->id = fits ? g_try_malloc (bytes) : NULL;
  if (self->id == NULL) {
    g_set_error (
        error, EPNS_FAILURE, EPNS_FAILURE_RANGE,
        "%u members of %u frames of %zu sites do not fit this machine's memory; take fewer",
        self->meta->members, self->meta->frames, sites);
    return FALSE;
  }
  memset (self->id, 0xff, bytes);
  return TRUE;
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
  epns_trajectory_meta_free (self->meta);
  g_free (self->done);
  g_free (self->type);
  g_free (self->id);
  g_free (self);
}

gboolean
epns_trajectory_record (EpnsTrajectory *self, guint32 member, const EpnsLatticeState *state,
                        GError **error)
{
  g_return_val_if_fail (member < self->meta->members && self->done[member] < self->meta->frames,
                        FALSE);
  g_return_val_if_fail (memcmp (state->size, self->meta->size, sizeof state->size) == 0, FALSE);

  EpnsTypeTables tables = { self->meta->members, self->n_rows, self->type };
  gboolean same = epns_type_tables_enter (&tables, member, state, "recording", error);
  self->n_rows = tables.n_rows;
  self->type = tables.type;
  if (!same)
    return FALSE;

  gint32 *to = (gint32 *) epns_trajectory_frame (self, member, self->done[member]);
  memcpy (to, state->id, epns_lattice_state_sites (state) * sizeof *to);
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

const gint32 *
epns_trajectory_types (const EpnsTrajectory *self, guint32 member)
{
  return self->type + member * self->n_rows;
}

EpnsLatticeState *
epns_trajectory_state (const EpnsTrajectory *self, guint32 member, guint32 frame)
{
  g_return_val_if_fail (frame < self->done[member], NULL);

  EpnsLatticeState *state = epns_lattice_state_new (self->meta->size, self->n_rows);
  memcpy (state->id, epns_trajectory_frame (self, member, frame),
          epns_lattice_state_sites (state) * sizeof *state->id);
  memcpy (state->type, epns_trajectory_types (self, member), self->n_rows * sizeof *state->type);
  return state;
}

gboolean
epns_trajectory_complete (const EpnsTrajectory *self)
{
  for (guint32 m = 0; m < self->meta->members; m++)
    if (self->done[m] < self->planned)
      return FALSE;
  return TRUE;
}

gboolean
epns_trajectory_validate (const EpnsTrajectory *self, const char *path, GError **error)
{
  gsize sites = epns_trajectory_meta_sites (self->meta);
  gint32 n_types = (gint32) g_strv_length (self->meta->type_names);

  for (gsize i = 0; i < self->meta->members * self->n_rows; i++)
    if (self->type[i] < 0 || self->type[i] >= n_types) {
      g_set_error (error, EPNS_FAILURE, EPNS_FAILURE_FORMAT,
                   "%s: member %zu: cell %zu has type %d of %d", path, i / self->n_rows,
                   i % self->n_rows, self->type[i], n_types);
      return FALSE;
    }
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
