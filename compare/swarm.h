/* SPDX-License-Identifier: MIT */
/* Everything the observables of particles need of a frame, measured in one pass over pairs: time is
 * quadratic in the bodies. */
#pragma once
#include "adapters/trajectory.h"
#include "compare/voronoi.h"

/* Frames of one member in the order of time. Arrays by body have n entries. Distances take the
 * shorter way where the space is periodic. */
typedef struct {
  const EpnsTrajectory *of;
  guint32 member;
  gsize n;
  gint32 axes, n_types;
  const double *mass, *radius; /* by body; radius NULL: they have none */
  const gint32 *type;          /* by body */
  double gravity, softening;   /* as the scenario states them, else 1 and 0.01 */

  /* of the frame that was measured last */
  guint32 frame;
  const double *position, *velocity; /* [body][axis]; lent by the recording */
  double *displacement; /* by body: since the frame before; NaN in frame 0 */
  double *path;         /* by body: sum of displacements */
  double *squared;      /* by body: squared way from where it was in frame 0 */
  double *nearest;      /* by body: to the nearest other one; NaN where there is none */
  guint64 like, unlike; /* pairs of one type, of two types, nearer than 1.5 (R_i + R_j) */
  double *neighbours;   /* by body: bodies that are so near */
  double *radius_of;    /* by body: from the mean of all places; NaN where one has no place */
  guint32 *clusters;    /* by type: pieces of like bodies that are so near */
  guint32 *largest;     /* by type: bodies of the largest */
  guint32 *of_type;     /* by type: bodies that have a place */
  double potential;     /* - sum over pairs of G m_i m_j / sqrt (r^2 + softening) */
  gsize lost;           /* bodies that have no finite position */
  gboolean has_voronoi; /* a plane that is not periodic, radii, and bodies enough for a triangle */
  EpnsVoronoi voronoi;  /* in mean diameters of the bodies */

  /* scratch */
  double *last, *first; /* [body][axis]: where it was, going on across periodic borders */
  double (*points)[2];  /* [body] in diameters */
  gint32 *point_types;  /* [body] */
  guint32 *parent, *members; /* [body] compare/pieces.h; of a root: bodies of its piece */
} EpnsSwarm;

/* No frame measured yet. The recording is lent and must hold its frames. */
EpnsSwarm *epns_swarm_new (const EpnsTrajectory *of, guint32 member);
void       epns_swarm_free (EpnsSwarm *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (EpnsSwarm, epns_swarm_free)

/* Measure the next frame. FALSE when there is none. */
gboolean epns_swarm_next (EpnsSwarm *self);

/* Sum of m v^2 / 2 over the bodies. */
double epns_swarm_kinetic (const EpnsSwarm *self);
