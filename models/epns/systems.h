/* SPDX-License-Identifier: MIT */
/* Bodies as the graph network takes them: systems of equally many bodies, and the box they are in.
 * Positions and velocities in the host's units, double. */
#pragma once
#include <glib.h>

typedef struct {
  gboolean walled[3]; /* there is a box along this axis */
  gboolean wraps[3];  /* and it is periodic */
  double low[3], high[3];
} EpnsBox;

typedef struct {
  gsize n_systems, n;          /* B, n bodies each; row b * n + i is body i of system b */
  guint dimensions;            /* d */
  double *position, *velocity; /* [B n][d] */
  double *mass;                /* [B n] */
  double *radius;              /* [B n]; zeros where not known */
  gint32 *type;                /* [B n], from 0 */
  EpnsBox box;                 /* of all systems */
} EpnsSystems;

/* Everything zero but masses, which are 1. */
EpnsSystems *epns_systems_new (gsize n_systems, gsize n, guint dimensions);
EpnsSystems *epns_systems_copy (const EpnsSystems *self);
void epns_systems_free (EpnsSystems *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (EpnsSystems, epns_systems_free)

/* Rows in all. */
gsize epns_systems_rows (const EpnsSystems *self);

/* to - from, the shortest way round in a periodic box. */
void epns_box_displacement (const EpnsBox *self, guint dimensions, const double *from,
                            const double *to, double *displacement);
/* Bring a position back into the box where it is periodic. */
void epns_box_wrap (const EpnsBox *self, guint dimensions, double *position);
