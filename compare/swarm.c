/* SPDX-License-Identifier: MIT */
/* Frames of particles, measured for the observables. */
#include "compare/swarm.h"

#include "adapters/centres.h"
#include "compare/pieces.h"

#include <math.h>
#include <string.h>

#define CONTACT 1.5 /* of the sum of two radii: nearer bodies are neighbours */

/* A number that the recording states of its scenario, or the default. */
static double
stated (const EpnsTrajectory *of, const char *key, double fallback)
{
  const char *text = g_hash_table_lookup (of->meta->provenance, key);

  return text != NULL ? g_ascii_strtod (text, NULL) : fallback;
}

EpnsSwarm *
epns_swarm_new (const EpnsTrajectory *of, guint32 member)
{
  g_return_val_if_fail (of->position != NULL && member < of->meta->members, NULL);

  EpnsSwarm *self = g_new0 (EpnsSwarm, 1);
  gsize n = of->meta->bodies, axes = (gsize) of->meta->space.axes;
  self->of = of;
  self->member = member;
  self->frame = G_MAXUINT32;
  self->n = n;
  self->axes = of->meta->space.axes;
  self->mass = of->mass + member * n;
  self->radius = of->radius != NULL ? of->radius + member * n : NULL;
  self->type = of->type + member * n;
  self->gravity = stated (of, "gravitational-constant", 1.0);
  self->softening = stated (of, "softening", 0.01);
  self->displacement = g_new0 (double, n);
  self->path = g_new0 (double, n);
  self->squared = g_new0 (double, n);
  self->nearest = g_new0 (double, n);
  self->n_types = (gint32) g_strv_length (of->meta->type_names);
  self->neighbours = g_new0 (double, n);
  self->radius_of = g_new0 (double, n);
  self->clusters = g_new0 (guint32, self->n_types);
  self->largest = g_new0 (guint32, self->n_types);
  self->of_type = g_new0 (guint32, self->n_types);
  self->parent = g_new0 (guint32, n);
  self->members = g_new0 (guint32, n);
  self->last = g_new0 (double, n * axes);
  self->first = g_new0 (double, n * axes);
  self->points = g_malloc_n (n, sizeof *self->points);
  self->point_types = g_new (gint32, n);
  return self;
}

void
epns_swarm_free (EpnsSwarm *self)
{
  if (self == NULL)
    return;
  g_free (self->displacement);
  g_free (self->path);
  g_free (self->squared);
  g_free (self->nearest);
  g_free (self->neighbours);
  g_free (self->radius_of);
  g_free (self->clusters);
  g_free (self->largest);
  g_free (self->of_type);
  g_free (self->parent);
  g_free (self->members);
  g_free (self->last);
  g_free (self->first);
  g_free (self->points);
  g_free (self->point_types);
  g_free (self);
}

/* a along an axis, by whole periods next to b. */
static double
beside (const EpnsSwarm *self, gint32 axis, double a, double b)
{
  const EpnsSpace *space = &self->of->meta->space;

  return space->boundary == EPNS_BOUNDARY_PERIODIC
             ? epns_unwrap (a, b, space->high[axis] - space->low[axis])
             : a;
}

/* Where body i went since the frame before. */
static void
measure_way (EpnsSwarm *self, gsize i)
{
  double step = 0.0, whole = 0.0;

  for (gint32 axis = 0; axis < self->axes; axis++) {
    gsize at = i * (gsize) self->axes + (gsize) axis;
    double now = self->position[at];
    if (self->frame == 0)
      self->first[at] = self->last[at] = now;
    now = beside (self, axis, now, self->last[at]);
    step += (now - self->last[at]) * (now - self->last[at]);
    whole += (now - self->first[at]) * (now - self->first[at]);
    self->last[at] = now;
  }
  self->displacement[i] = self->frame == 0 ? NAN : sqrt (step);
  self->path[i] = self->frame == 0 ? 0.0 : self->path[i] + sqrt (step);
  self->squared[i] = whole;
}

static double
square_of_distance (const EpnsSwarm *self, gsize i, gsize j)
{
  const double *a = self->position + i * (gsize) self->axes,
               *b = self->position + j * (gsize) self->axes;
  double square = 0.0;

  for (gint32 axis = 0; axis < self->axes; axis++) {
    double away = beside (self, axis, a[axis], b[axis]) - b[axis];
    square += away * away;
  }
  return square;
}

static void
meet (EpnsSwarm *self, gsize i, gsize j)
{
  self->neighbours[i]++;
  self->neighbours[j]++;
  if (self->type[i] != self->type[j]) {
    self->unlike++;
    return;
  }
  self->like++;
  epns_pieces_unite (self->parent, (guint32) i, (guint32) j);
}

static void
measure_pairs (EpnsSwarm *self)
{
  self->like = self->unlike = 0;
  self->potential = 0.0;
  for (gsize i = 0; i < self->n; i++) {
    self->nearest[i] = NAN;
    self->neighbours[i] = 0;
    self->parent[i] = (guint32) i;
  }
  for (gsize i = 0; i < self->n; i++)
    for (gsize j = 0; j < i; j++) {
      double square = square_of_distance (self, i, j), distance = sqrt (square);
      self->nearest[i] = fmin (self->nearest[i], distance);
      self->nearest[j] = fmin (self->nearest[j], distance);
      self->potential -= self->gravity * self->mass[i] * self->mass[j]
                         / sqrt (square + self->softening);
      if (self->radius != NULL && distance < CONTACT * (self->radius[i] + self->radius[j]))
        meet (self, i, j);
    }
}

static gboolean
has_place (const EpnsSwarm *self, gsize i)
{
  for (gsize k = 0; k < (gsize) self->axes; k++)
    if (!isfinite (self->position[i * (gsize) self->axes + k]))
      return FALSE;
  return TRUE;
}

/* Bodies of each type, and the pieces that they make. */
static void
measure_types (EpnsSwarm *self)
{
  memset (self->members, 0, self->n * sizeof *self->members);
  for (gint32 t = 0; t < self->n_types; t++)
    self->clusters[t] = self->largest[t] = self->of_type[t] = 0;
  for (gsize i = 0; i < self->n; i++) {
    const gint32 type = self->type[i];
    if (!has_place (self, i))
      continue;
    const guint32 root = epns_piece_root (self->parent, (guint32) i), n = ++self->members[root];
    self->of_type[type]++;
    self->clusters[type] += n == 1;
    self->largest[type] = MAX (self->largest[type], n);
  }
}

/* How far out bodies are. */
static void
measure_spread (EpnsSwarm *self)
{
  const gsize axes = (gsize) self->axes;
  double middle[3] = { 0, 0, 0 }, n = 0;

  for (gsize i = 0; i < self->n; i++) {
    for (gsize k = 0; has_place (self, i) && k < axes; k++)
      middle[k] += self->position[i * axes + k];
    n += has_place (self, i);
  }
  for (gsize i = 0; i < self->n; i++) {
    double sum = 0;
    for (gsize k = 0; k < axes; k++) {
      const double away = self->position[i * axes + k] - middle[k] / n;
      sum += away * away;
    }
    self->radius_of[i] = has_place (self, i) ? sqrt (sum) : NAN;
  }
}

/* Bodies that are somewhere, and what they share of the plane. */
static void
measure_places (EpnsSwarm *self)
{
  gsize n = 0, axes = (gsize) self->axes;
  double radii = 0;

  for (gsize i = 0; i < self->n; i++)
    radii += self->radius != NULL ? self->radius[i] : 0;
  double diameter = radii > 0 ? 2 * radii / (double) self->n : 1;
  for (gsize i = 0; i < self->n; i++) {
    const double *at = self->position + i * axes;
    if (!has_place (self, i))
      continue;
    self->points[n][0] = at[0] / diameter;
    self->points[n][1] = at[1] / diameter;
    self->point_types[n++] = self->type[i];
  }
  self->lost = self->n - n;
  self->has_voronoi = axes == 2 && radii > 0
                      && self->of->meta->space.boundary != EPNS_BOUNDARY_PERIODIC
                      && epns_voronoi ((const double (*)[2]) self->points, self->point_types, n,
                                       &self->voronoi);
}

gboolean
epns_swarm_next (EpnsSwarm *self)
{
  if (self->frame + 1 >= self->of->done[self->member])
    return FALSE;
  self->frame++;
  self->position = epns_trajectory_positions (self->of, self->member, self->frame);
  self->velocity = epns_trajectory_velocities (self->of, self->member, self->frame);
  for (gsize i = 0; i < self->n; i++)
    measure_way (self, i);
  measure_pairs (self);
  measure_types (self);
  measure_spread (self);
  measure_places (self);
  return TRUE;
}

double
epns_swarm_kinetic (const EpnsSwarm *self)
{
  double sum = 0.0;

  for (gsize i = 0; i < self->n; i++)
    for (gint32 axis = 0; axis < self->axes; axis++) {
      double v = self->velocity[i * (gsize) self->axes + (gsize) axis];
      sum += 0.5 * self->mass[i] * v * v;
    }
  return sum;
}
