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
  for (gsize i = 0; i < rows; i++)
    self->mass[i] = 1;
  return self;
}

EpnsSystems *
epns_systems_copy (const EpnsSystems *self)
{
  EpnsSystems *copy = epns_systems_new (self->n_systems, self->n, self->dimensions);
  gsize rows = epns_systems_rows (self), numbers = rows * self->dimensions;

  memcpy (copy->position, self->position, numbers * sizeof *copy->position);
  memcpy (copy->velocity, self->velocity, numbers * sizeof *copy->velocity);
  memcpy (copy->mass, self->mass, rows * sizeof *copy->mass);
  memcpy (copy->radius, self->radius, rows * sizeof *copy->radius);
  memcpy (copy->type, self->type, rows * sizeof *copy->type);
  copy->box = self->box;
  return copy;
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
epns_box_wrap (const EpnsBox *self, guint dimensions, double *position)
{
  for (guint a = 0; a < dimensions; a++) {
    double length = self->high[a] - self->low[a];

    if (!self->wraps[a])
      continue;
    position[a] -= length * floor ((position[a] - self->low[a]) / length);
    if (position[a] >= self->high[a]) /* the rounding of a tiny negative number */
      position[a] = self->low[a];
  }
}
