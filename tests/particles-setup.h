/* SPDX-License-Identifier: MIT */
/* Bodies with the views of one frame of a particle kind on them. For tests and benches. */
#pragma once
#include "models/reference/particles.h"
#include "plugin/random.h"
#include "tests/kind-setup.h"

#include <math.h>

typedef struct { /* not to be copied: the views point into it */
  gsize n;
  gint axes;
  double *position, *velocity, *mass, *radius; /* [n][axes], [n] */
  gint32 *type;
  epns_view views[EPNS_PARTICLES_N_VIEWS + 4]; /* those of the kind's own are empty at first */
  guint n_views;
} Swarm;

/* n bodies at rest in the origin, of mass 1, type 0 and this radius. */
static inline void
swarm_init (Swarm *self, const KindSetup *setup, gsize n, gint axes, double radius)
{
  const int64_t shape[2] = { (int64_t) n, axes };
  uint32_t n_fields = 0;

  *self = (Swarm){ .n = n, .axes = axes };
  setup->kind->fields (setup->model, &n_fields, NULL, NULL);
  self->n_views = n_fields - setup->n_params;
  self->position = g_new0 (double, n * (gsize) axes);
  self->velocity = g_new0 (double, n * (gsize) axes);
  self->mass = g_new0 (double, n);
  self->radius = g_new0 (double, n);
  self->type = g_new0 (gint32, n);
  for (gsize i = 0; i < n; i++) {
    self->mass[i] = 1;
    self->radius[i] = radius;
  }
  self->views[EPNS_PARTICLES_POSITION] = epns_view_contiguous (self->position, EPNS_F64, 2, shape);
  self->views[EPNS_PARTICLES_VELOCITY] = epns_view_contiguous (self->velocity, EPNS_F64, 2, shape);
  self->views[EPNS_PARTICLES_MASS] = epns_view_contiguous (self->mass, EPNS_F64, 1, shape);
  self->views[EPNS_PARTICLES_TYPE] = epns_view_contiguous (self->type, EPNS_I32, 1, shape);
  self->views[EPNS_PARTICLES_RADIUS] = epns_view_contiguous (self->radius, EPNS_F64, 1, shape);
}

/* A shaken array. */
static inline void
swarm_lay (Swarm *self, double spacing)
{
  const EpnsDrawKey key = { .seed = 1 };
  const gsize axes = (gsize) self->axes;
  const gsize side = (gsize) ceil (pow ((double) self->n, 1.0 / (double) axes) - 1e-9);

  for (gsize i = 0; i < self->n; i++) {
    gsize rest = i;
    for (gsize a = 0; a < axes; a++, rest /= side)
      self->position[i * axes + a]
          = spacing * ((double) (rest % side) + 0.5 * epns_random_uniform (&key, (guint32) a, i));
  }
}

static inline void
swarm_clear (Swarm *self)
{
  g_free (self->position);
  g_free (self->velocity);
  g_free (self->mass);
  g_free (self->radius);
  g_free (self->type);
}

static inline epns_status
swarm_step (Swarm *self, const KindSetup *setup, epns_run *run, guint32 n_steps, double dt,
            epns_error *error)
{
  epns_frame frame = { .views = self->views, .n_views = self->n_views };

  return setup->kind->step (&run, &frame, 1, n_steps, dt, error);
}
