/* SPDX-License-Identifier: MIT */
/* Bodies and their box. */
#include "models/epns/systems.h"

#include <math.h>
#include <string.h>

gsize
epns_systems_rows (const EpnsSystems *self)
{
  return self->n_systems * self->n;
}

EpnsSystems *
epns_systems_new (gsize n_systems, gsize n, guint dimensions)
{
  EpnsSystems *self = g_new0 (EpnsSystems, 1);
  gsize rows = n_systems * n;

  self->n_systems = n_systems;
  self->n = n;
  self->dimensions = dimensions;
  self->position = g_new0 (double, rows *dimensions);
  self->velocity = g_new0 (double, rows *dimensions);
  self->mass = g_new (double, rows);
  self->radius = g_new0 (double, rows);
  self->type = g_new0 (gint32, rows);
  self->moved = g_new0 (gint32, rows);
  self->way = g_new0 (double, rows *dimensions);
  for (gsize i = 0; i < rows; i++)
    self->mass[i] = 1;
  return self;
}

/* Rows of `from` into rows of `to`. */
static void
copy_rows (EpnsSystems *to, gsize at, const EpnsSystems *from, gsize first, gsize rows)
{
  const gsize d = from->dimensions, bytes = rows * sizeof (double);

  memcpy (to->position + at * d, from->position + first * d, bytes * d);
  memcpy (to->velocity + at * d, from->velocity + first * d, bytes * d);
  memcpy (to->mass + at, from->mass + first, bytes);
  memcpy (to->radius + at, from->radius + first, bytes);
  memcpy (to->type + at, from->type + first, rows * sizeof *to->type);
  memcpy (to->moved + at, from->moved + first, rows * sizeof *to->moved);
  memcpy (to->way + at * d, from->way + first * d, bytes * d);
  to->box = from->box;
}

EpnsSystems *
epns_systems_part (const EpnsSystems *self, gsize first, gsize n)
{
  EpnsSystems *part = epns_systems_new (n, self->n, self->dimensions);

  copy_rows (part, 0, self, first * self->n, n * self->n);
  return part;
}

EpnsSystems *
epns_systems_copy (const EpnsSystems *self)
{
  return epns_systems_part (self, 0, self->n_systems);
}

EpnsSystems *
epns_systems_reorder (const EpnsSystems *self, const gsize *order)
{
  EpnsSystems *sorted = epns_systems_new (self->n_systems, self->n, self->dimensions);

  for (gsize i = 0; i < epns_systems_rows (self); i++)
    copy_rows (sorted, i, self, order[i], 1);
  return sorted;
}

EpnsSystems *
epns_systems_join (EpnsSystems *const *parts, gsize n)
{
  gsize systems = 0, at = 0;

  for (gsize i = 0; i < n; i++)
    systems += parts[i]->n_systems;
  EpnsSystems *self = epns_systems_new (systems, parts[0]->n, parts[0]->dimensions);
  for (gsize i = 0; i < n; at += epns_systems_rows (parts[i++]))
    copy_rows (self, at, parts[i], 0, epns_systems_rows (parts[i]));
  return self;
}

void
epns_systems_free (EpnsSystems *self)
{
  if (self == NULL)
    return;
  g_free (self->position);
  g_free (self->velocity);
  g_free (self->mass);
  g_free (self->radius);
  g_free (self->type);
  g_free (self->moved);
  g_free (self->way);
  g_free (self);
}

void
epns_box_displacement (const EpnsBox *self, guint dimensions, const double *from, const double *to,
                       double *displacement)
{
  for (guint a = 0; a < dimensions; a++) {
    double length = self->high[a] - self->low[a];

    displacement[a] = to[a] - from[a];
    if (self->wraps[a])
      displacement[a] -= length * nearbyint (displacement[a] / length);
  }
}

void
epns_box_keep (const EpnsBox *self, guint dimensions, double *position)
{
  for (guint a = 0; a < dimensions; a++) {
    double length = self->high[a] - self->low[a];

    if (self->walled[a])
      position[a] = CLAMP (position[a], self->low[a], self->high[a]);
    if (!self->wraps[a])
      continue;
    position[a] -= length * floor ((position[a] - self->low[a]) / length);
    if (position[a] >= self->high[a]) /* the rounding of a tiny negative number */
      position[a] = self->low[a];
  }
}
