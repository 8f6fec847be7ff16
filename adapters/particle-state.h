/* SPDX-License-Identifier: MIT */
/* Bodies in space: what every particle step takes and gives. All functions [any], as long as one
 * state is used by one thread at a time. */
#pragma once
#include "adapters/state.h"

/* `position`, `velocity` f64 "body,axis"; `mass`, `radius` f64 "body"; `cell-type`, `body-id` i32
 * "body". Axes are x, y[, z]. */
extern const EpnsLayout epns_layout_particles;

typedef enum { EPNS_BOUNDARY_NONE, EPNS_BOUNDARY_WALLS, EPNS_BOUNDARY_PERIODIC } EpnsBoundary;

typedef struct { /* where bodies may be */
  gint32 axes;           /* 2 or 3 */
  gboolean bounded;      /* is there a box? Otherwise space is free and boundary is NONE */
  EpnsBoundary boundary; /* what the box's sides do */
  double low[3], high[3]; /* x, y, z: corners of the box; 0 where there is none */
} EpnsSpace;

typedef struct {
  EpnsState base; /* of epns_layout_particles */
  gsize n;        /* bodies, at least 1 */
  gint32 axes;    /* 2 or 3 */
  double *position, *velocity; /* [n][axes]; owned, as all below */
  double *mass;                /* [n], above 0 */
  double *radius;              /* [n], 0 or more; NULL: bodies have no extent */
  gint32 *type;                /* [n], index into the scenario's types, from 0 */
  gint32 *id;                  /* [n], unique */
} EpnsParticleState;

/* n bodies of mass 1 and type 0 at rest in the origin, ids 0 to n - 1; with radii of 0, or none. */
EpnsParticleState *epns_particle_state_new (gsize n, gint32 axes, gboolean radii);
EpnsParticleState *epns_particle_state_copy (const EpnsParticleState *self);
void               epns_particle_state_free (EpnsParticleState *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (EpnsParticleState, epns_particle_state_free)

/* Everything finite, masses above 0, radii not negative, types below n_types, ids unique.
 * EPNS_FAILURE_MISMATCH naming the first body that breaks this. */
gboolean epns_particle_state_check (const EpnsParticleState *self, gint32 n_types, GError **error);
