/* SPDX-License-Identifier: MIT */
/* Bodies as the graph network takes them: systems of equally many bodies, and the box they are in.
 * Positions and velocities in the host's units, double. */
#pragma once
#include <glib.h>

typedef struct {
  gboolean walled[3], wraps[3]; /* this axis ends at walls; is periodic; or neither */
  double low[3], high[3];
} EpnsBox;

typedef struct {
  gsize n_systems, n;          /* B, n bodies each; row b * n + i is body i of system b */
  guint dimensions;            /* d */
  double *position, *velocity; /* [B n][d] */
  double *mass;                /* [B n] */
  double *radius;              /* [B n]; zeros where not known */
  gint32 *type;                /* [B n], from 0 */
  gint32 *moved;               /* [B n]: where a step is under way, bodies that have their next state */
  double *way;                 /* [B n][d]: how they came there; else zeros */
  EpnsBox box;                 /* of all systems */
} EpnsSystems;

/* Everything zero but masses, which are 1. */
EpnsSystems *epns_systems_new (gsize n_systems, gsize n, guint dimensions);
EpnsSystems *epns_systems_copy (const EpnsSystems *self);
void epns_systems_free (EpnsSystems *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (EpnsSystems, epns_systems_free)

/* Systems `first` .. first + n - 1 alone; and the systems of all parts, which have equally many
 * bodies and one box. */
EpnsSystems *epns_systems_join (EpnsSystems *const *parts, gsize n);
EpnsSystems *epns_systems_part (const EpnsSystems *self, gsize first, gsize n);

/* Row i of the result is row order[i], of the same system. */
EpnsSystems *epns_systems_reorder (const EpnsSystems *self, const gsize *order);

/* Rows in all. */
gsize epns_systems_rows (const EpnsSystems *self);

/* to - from, the shortest way round in a periodic box. */
void epns_box_displacement (const EpnsBox *self, guint dimensions, const double *from,
                            const double *to, double *displacement);
/* Bring a position back into the box: to the other side of a periodic one, to a wall. */
void epns_box_keep (const EpnsBox *self, guint dimensions, double *position);
