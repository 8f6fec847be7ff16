/* SPDX-License-Identifier: MIT */
/* Recordings of particles whose numbers are easy to foresee, for tests. */
#pragma once
#include "adapters/trajectory.h"
#include "tests/suite.h"

#define SWARM_BODIES 3

/* A walled plane, or free space of three axes. */
static inline EpnsSpace
swarm_space (gint32 axes)
{
  if (axes == 3)
    return (EpnsSpace){ .axes = 3 };
  return (EpnsSpace){ 2, TRUE, EPNS_BOUNDARY_WALLS, { -100, -50 }, { 100, 50.5 } };
}

/* What body, axis, member and frame give. */
static inline double
swarm_place (guint32 member, guint32 frame, gsize body, gint32 axis)
{
  return 0.1 * (double) (axis + 1) + 10 * (double) body + 1000 * member + frame / 7.0;
}

static inline EpnsParticleState *
swarm_state (gint32 axes, gboolean radii, guint32 member, guint32 frame)
{
  EpnsParticleState *state = epns_particle_state_new (SWARM_BODIES, axes, radii);

  for (gsize i = 0; i < state->n; i++) {
    for (gint32 axis = 0; axis < axes; axis++) {
      gsize at = i * (gsize) axes + (gsize) axis;
      state->position[at] = swarm_place (member, frame, i, axis);
      state->velocity[at] = -2 * swarm_place (member, frame, i, axis);
    }
    state->mass[i] = 1.5 + (double) i;
    state->type[i] = (gint32) (i % 2);
    state->id[i] = (gint32) (70 + i);
    if (radii)
      state->radius[i] = 8 + (double) i;
  }
  return state;
}

static inline EpnsTrajectoryMeta *
swarm_meta (gint32 axes, gboolean radii, guint32 members, guint32 frames)
{
  static const char *const names[] = { "A", "B", NULL };
  const EpnsSpace space = swarm_space (axes);
  g_autofree double *time = g_new (double, frames);

  for (guint32 f = 0; f < frames; f++)
    time[f] = 0.5 * f;
  EpnsTrajectoryMeta *meta = epns_trajectory_meta_new_particles (
      members, frames, &space, SWARM_BODIES, radii, "micron", time, "min", names, 7);
  epns_trajectory_meta_note (meta, "kind", "nbody");
  return meta;
}

/* Frames until `until` of all members. */
static inline EpnsTrajectory *
swarm_record (gint32 axes, gboolean radii, guint32 members, guint32 frames, guint32 until)
{
  g_autoptr (EpnsTrajectoryMeta) meta = swarm_meta (axes, radii, members, frames);
  EpnsTrajectory *self = epns_trajectory_new (meta, NULL);

  for (guint32 m = 0; m < members; m++)
    for (guint32 f = 0; f < until; f++) {
      g_autoptr (EpnsParticleState) state = swarm_state (axes, radii, m, f);
      ck_assert (epns_trajectory_record (self, m, &state->base, NULL));
    }
  return self;
}
