/* SPDX-License-Identifier: MIT */
/* What is known of a recording apart from its frames. */
#include "adapters/trajectory.h"

#include <string.h>

/* What lattices and particles have in common; everything is copied. */
static EpnsTrajectoryMeta *
meta_new (guint32 members, guint32 frames, const EpnsLayout *layout, const char *length_unit,
          const double *time, const char *time_unit, const char *const *type_names, guint64 seed)
{
  EpnsTrajectoryMeta *self = g_new0 (EpnsTrajectoryMeta, 1);

  self->members = members;
  self->frames = frames;
  self->layout = layout;
  self->length_unit = g_strdup (length_unit);
  self->time = g_memdup2 (time, frames * sizeof *time);
  self->time_unit = g_strdup (time_unit);
  self->type_names = g_strdupv ((char **) type_names);
  self->seed = seed;
  self->provenance = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  return self;
}

EpnsTrajectoryMeta *
epns_trajectory_meta_new (guint32 members, guint32 frames, const gint32 size[3],
                          const gint32 periodic[3], const double *time, const char *time_unit,
                          const char *const *type_names, guint64 seed)
{
  g_return_val_if_fail (members > 0 && frames > 0 && size[0] > 0 && size[1] > 0 && size[2] > 0,
                        NULL);

  EpnsTrajectoryMeta *self = meta_new (members, frames, &epns_layout_lattice, "site", time,
                                       time_unit, type_names, seed);
  memcpy (self->size, size, sizeof self->size);
  memcpy (self->periodic, periodic, sizeof self->periodic);
  return self;
}

EpnsTrajectoryMeta *
epns_trajectory_meta_new_particles (guint32 members, guint32 frames, const EpnsSpace *space,
                                    guint32 bodies, gboolean radii, const char *length_unit,
                                    const double *time, const char *time_unit,
                                    const char *const *type_names, guint64 seed)
{
  g_return_val_if_fail (members > 0 && frames > 0 && bodies > 0, NULL);
  g_return_val_if_fail (space->axes == 2 || space->axes == 3, NULL);

  EpnsTrajectoryMeta *self = meta_new (members, frames, &epns_layout_particles, length_unit, time,
                                       time_unit, type_names, seed);
  self->space = *space;
  self->bodies = bodies;
  self->radii = radii;
  return self;
}

EpnsTrajectoryMeta *
epns_trajectory_meta_copy (const EpnsTrajectoryMeta *self)
{
  EpnsTrajectoryMeta *copy = meta_new (self->members, self->frames, self->layout,
                                       self->length_unit, self->time, self->time_unit,
                                       (const char *const *) self->type_names, self->seed);
  GHashTableIter iter;
  gpointer key, value;

  memcpy (copy->size, self->size, sizeof copy->size);
  memcpy (copy->periodic, self->periodic, sizeof copy->periodic);
  copy->space = self->space;
  copy->bodies = self->bodies;
  copy->radii = self->radii;
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
  g_free (self->length_unit);
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

gboolean
epns_trajectory_meta_alike (const EpnsTrajectoryMeta *a, const EpnsTrajectoryMeta *b)
{
  if (a->layout != b->layout)
    return FALSE;
  if (a->layout == &epns_layout_lattice)
    return memcmp (a->size, b->size, sizeof a->size) == 0;
  return a->bodies == b->bodies && a->space.axes == b->space.axes && a->radii == b->radii;
}
