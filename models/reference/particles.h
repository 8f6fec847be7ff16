/* SPDX-License-Identifier: MIT */
/* What every particle kind takes and gives, by one name each, so that a host swaps one kind for
 * another: the fields, and the bodies behind them as contiguous arrays.
 *
 *   position   STATE f64 "body,axis"   x, y[, z]
 *   velocity   STATE f64 "body,axis"
 *   mass       INPUT f64 "body"        optional, 1; above 0
 *   cell-type  INPUT i32 "body"        optional, 0; index into the scenario's types
 *   radius     INPUT f64 "body"        optional, the kind says; 0 or more
 */
#pragma once
#include "plugin/epns_step.h"
#include <glib.h>

enum {
  EPNS_PARTICLES_POSITION,
  EPNS_PARTICLES_VELOCITY,
  EPNS_PARTICLES_MASS,
  EPNS_PARTICLES_TYPE,
  EPNS_PARTICLES_RADIUS,
  EPNS_PARTICLES_N_VIEWS
};

#define EPNS_PARTICLES_ROW(name_, unit_, axes_, rank_, role_, dtype_, optional_)                  \
  { .name = name_, .unit = unit_, .axes = axes_, .rank = rank_, .role = role_, .dtype = dtype_, \
    .optional = optional_, .extent = { -1, -1 } }

/* The five, first in a kind's table of frame fields, with units of length and of velocity. */
#define EPNS_PARTICLES_FIELDS(length_, velocity_)                                            \
  EPNS_PARTICLES_ROW ("position", length_, "body,axis", 2, EPNS_STATE, EPNS_F64, 0),         \
  EPNS_PARTICLES_ROW ("velocity", velocity_, "body,axis", 2, EPNS_STATE, EPNS_F64, 0),       \
  EPNS_PARTICLES_ROW ("mass", "1", "body", 1, EPNS_INPUT, EPNS_F64, 1),                      \
  EPNS_PARTICLES_ROW ("cell-type", "1", "body", 1, EPNS_INPUT, EPNS_I32, 1),                 \
  EPNS_PARTICLES_ROW ("radius", length_, "body", 1, EPNS_INPUT, EPNS_F64, 1)

typedef struct { /* row-major, contiguous, owned */
  gsize n;
  gint axes;                   /* 2 or 3 */
  double *position, *velocity; /* [n][axes] */
  double *mass, *radius;       /* [n] */
  gint32 *type;                /* [n], 0 or more */
  gsize room;                  /* bodies in 3 dimensions for which memory is held */
} EpnsParticles;

/* Take in the host's views (the first EPNS_PARTICLES_N_VIEWS of `views`, each checked against its
 * field). `fallback` is the radius where none is lent. Allocates only where the bodies are more
 * than ever. EPNS_DISCARD where extents disagree, a number is not finite or out of range, or a type is
 * not below n_types (0: any type); error->field is then `first` plus the view. [run] */
epns_status epns_particles_load (EpnsParticles *self, const epns_view *views, gint32 first,
                              double fallback, guint n_types, epns_error *error);

/* Give position and velocity back. [run] */
void epns_particles_store (const EpnsParticles *self, const epns_view *views);
void epns_particles_clear (EpnsParticles *self);
