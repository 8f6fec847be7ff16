/* SPDX-License-Identifier: MIT */
/* Positions, velocities and what a body keeps, and what they must obey. */
#include "adapters/particle-state.h"

#include "plugin/error.h"

#include <math.h>

enum { POSITION, VELOCITY, MASS, RADIUS, TYPE, ID };

static const EpnsStateArray arrays[] = {
  [POSITION] = { "position", EPNS_F64, 2, TRUE, G_STRUCT_OFFSET (EpnsParticleState, position) },
  [VELOCITY] = { "velocity", EPNS_F64, 2, TRUE, G_STRUCT_OFFSET (EpnsParticleState, velocity) },
  [MASS] = { "mass", EPNS_F64, 1, FALSE, G_STRUCT_OFFSET (EpnsParticleState, mass) },
  [RADIUS] = { "radius", EPNS_F64, 1, FALSE, G_STRUCT_OFFSET (EpnsParticleState, radius) },
  [TYPE] = { "cell-type", EPNS_I32, 1, FALSE, G_STRUCT_OFFSET (EpnsParticleState, type) },
  [ID] = { "body-id", EPNS_I32, 1, FALSE, G_STRUCT_OFFSET (EpnsParticleState, id) },
};

static void
particle_shape (const EpnsState *state, guint array, int64_t *shape)
{
  const EpnsParticleState *self = (const EpnsParticleState *) state;

  shape[0] = (int64_t) self->n;
  if (arrays[array].rank == 2)
    shape[1] = self->axes;
}

const EpnsLayout epns_layout_particles = {
  .what = "a system of particles",
  .model = "a particle model",
  .size = sizeof (EpnsParticleState),
  .arrays = arrays,
  .n_arrays = G_N_ELEMENTS (arrays),
  .shape = particle_shape,
};

EpnsParticleState *
epns_particle_state_new (gsize n, gint32 axes, gboolean radii)
{
  g_return_val_if_fail (n > 0 && n <= G_MAXINT32 && (axes == 2 || axes == 3), NULL);

  EpnsParticleState *self = g_new0 (EpnsParticleState, 1);
  self->base.layout = &epns_layout_particles;
  self->n = n;
  self->axes = axes;
  self->position = g_new0 (double, n * (gsize) axes);
  self->velocity = g_new0 (double, n * (gsize) axes);
  self->mass = g_new (double, n);
  self->radius = radii ? g_new0 (double, n) : NULL;
  self->type = g_new0 (gint32, n);
  self->id = g_new (gint32, n);
  for (gsize i = 0; i < n; i++) {
    self->mass[i] = 1.0;
    self->id[i] = (gint32) i;
  }
  return self;
}

EpnsParticleState *
epns_particle_state_copy (const EpnsParticleState *self)
{
  return (EpnsParticleState *) epns_state_copy (&self->base);
}

void
epns_particle_state_free (EpnsParticleState *self)
{
  epns_state_free ((EpnsState *) self);
}

/* What is wrong with body i, or NULL. */
static const char *
fault (const EpnsParticleState *self, gsize i, gint32 n_types)
{
  for (gint32 axis = 0; axis < self->axes; axis++) {
    gsize at = i * (gsize) self->axes + (gsize) axis;
    if (!isfinite (self->position[at]) || !isfinite (self->velocity[at]))
      return "a position or velocity that is not finite";
  }
  if (!isfinite (self->mass[i]) || self->mass[i] <= 0.0)
    return "a mass that is not above 0";
  if (self->radius != NULL && (!isfinite (self->radius[i]) || self->radius[i] < 0.0))
    return "a radius below 0";
  return self->type[i] < 0 || self->type[i] >= n_types ? "a type that is not known" : NULL;
}

gboolean
epns_particle_state_check (const EpnsParticleState *self, gint32 n_types, GError **error)
{
  g_autoptr (GHashTable) seen = g_hash_table_new (NULL, NULL);

  for (gsize i = 0; i < self->n; i++) {
    const char *what = fault (self, i, n_types);
    if (what == NULL && !g_hash_table_add (seen, GINT_TO_POINTER (self->id[i])))
      what = "an id that another has, too";
    if (what == NULL)
      continue;
    g_set_error (error, EPNS_FAILURE, EPNS_FAILURE_MISMATCH, "body %zu (id %d) has %s", i,
                 self->id[i], what);
    return FALSE;
  }
  return TRUE;
}
