/* SPDX-License-Identifier: MIT */
/* The velocity law: walls, neighbours, motility, summed as PhysiCell sums them. */
#include "models/reference/physicell.h"

#include <math.h>

#define WALL_SPEED 100.0
#define CLOSEST 0.00001
#define NEGLIGIBLE 1e-16
#define DIAGONAL_TOLERANCE 1e-7

typedef struct { /* a cell beside those it may touch */
  double at[3], radius, reach;
  guint32 type, body;
} Cell;

static void
reserve (EpnsPhysicellScratch *self, gsize n)
{
  if (self->near == NULL)
    self->near = epns_near_new ();
  if (n <= self->room)
    return;
  self->room = n;
  self->position = g_renew (double, self->position, 3 * n);
  self->body = g_renew (guint32, self->body, n);
  g_free (self->sorted);
  self->sorted = g_new0 (Cell, n);
}

void
epns_physicell_scratch_clear (EpnsPhysicellScratch *self)
{
  epns_near_free (self->near);
  g_free (self->position);
  g_free (self->body);
  g_free (self->sorted);
  *self = (EpnsPhysicellScratch){ 0 };
}

static guint32
type_of (const EpnsPhysicellRules *rules, const EpnsParticles *bodies, gsize body)
{
  return rules->any_type ? 0 : (guint32) bodies->type[body];
}

/* Lay those that are not gone out by cell; their number is returned. */
static gsize
sort_cells (const EpnsPhysicellRules *rules, const EpnsParticles *bodies,
            const EpnsPhysicellHistory *history, EpnsPhysicellScratch *scratch)
{
  gsize axes = (gsize) bodies->axes, n = 0;
  double reach = 0;

  for (gsize i = 0; i < bodies->n; i++) {
    if (history->gone[i])
      continue;
    double far = rules->types[type_of (rules, bodies, i)].adhesion_reach;
    reach = MAX (reach, bodies->radius[i] * MAX (far, 1));
    for (gsize a = 0; a < axes; a++)
      scratch->position[n * axes + a] = bodies->position[i * axes + a];
    scratch->body[n++] = (guint32) i;
  }
  if (n == 0)
    return 0;
  epns_near_sort (scratch->near, scratch->position, n, bodies->axes, 2 * reach);
  const guint32 *order = epns_near_order (scratch->near);
  for (gsize s = 0; s < n; s++) {
    Cell *cell = (Cell *) scratch->sorted + s;
    guint32 i = cell->body = scratch->body[order[s]];
    cell->type = type_of (rules, bodies, i);
    cell->radius = bodies->radius[i];
    cell->reach = rules->types[cell->type].adhesion_reach * cell->radius;
    for (gsize a = 0; a < 3; a++)
      cell->at[a] = a < axes ? bodies->position[i * axes + a] : 0;
  }
  return n;
}

/* The unit vector away from the nearest side, of which the distance is returned. On the main
 * diagonal PhysiCell takes it towards the middle, with these digits. */
static double
nearest_side (const EpnsPhysicellRules *rules, const double *at, double inward[3])
{
  double nearest = G_MAXDOUBLE;
  gboolean diagonal = TRUE;

  for (gint a = 0; a < rules->axes; a++) {
    for (gint side = 0; side < 2; side++) {
      double sign = side == 0 ? 1 : -1, distance = sign * (at[a] - rules->domain[a][side]);
      if (distance >= nearest)
        continue;
      nearest = distance;
      for (gint b = 0; b < 3; b++)
        inward[b] = a == b ? sign : 0;
    }
    diagonal = diagonal && fabs (at[a] - at[(a + 1) % rules->axes]) < DIAGONAL_TOLERANCE;
  }
  for (gint a = 0; diagonal && a < rules->axes; a++) {
    double part = rules->axes == 2 ? 0.70710678118 : 0.57735026919;
    inward[a] = at[a] > 0 ? -part : at[a] < 0 ? part : 0;
  }
  return nearest;
}

/* Cells lent beyond a side are pushed like those on it: PhysiCell knows none. */
static void
add_wall (const EpnsPhysicellRules *rules, const Cell *cell, double *velocity)
{
  double inward[3], distance = MAX (nearest_side (rules, cell->at, inward), 0);

  if (distance >= cell->radius)
    return;
  double speed = 1 - distance / cell->radius;
  speed *= speed;
  speed *= WALL_SPEED;
  for (gint a = 0; speed >= NEGLIGIBLE && a < rules->axes; a++)
    velocity[a] += speed * inward[a];
}

static void
add_neighbour (const EpnsPhysicellRules *rules, const Cell *one, const Cell *other,
               double *velocity)
{
  double apart[3], square = 0;
  double touch = one->radius + other->radius, reach = one->reach + other->reach;
  guint32 pair = one->type * rules->n_types + other->type;

  for (gint a = 0; a < 3; a++) {
    apart[a] = one->at[a] - other->at[a];
    square += apart[a] * apart[a];
  }
  if (square > MAX (touch, reach) * MAX (touch, reach))
    return;
  double distance = MAX (sqrt (square), CLOSEST), speed = 0;
  if (distance <= touch) {
    speed = -distance / touch + 1;
    speed *= speed;
  }
  speed *= rules->repulsion[pair];
  if (distance < reach) {
    double pull = -distance / reach + 1;
    pull *= pull;
    speed -= pull * rules->adhesion[pair];
  }
  if (fabs (speed) < NEGLIGIBLE)
    return;
  speed /= distance;
  for (gint a = 0; a < 3; a++)
    velocity[a] += speed * apart[a];
}

void
epns_physicell_velocities (const EpnsPhysicellRules *rules, const EpnsParticles *bodies,
                           const EpnsPhysicellHistory *history, EpnsPhysicellScratch *scratch,
                           double *velocity)
{
  gsize axes = (gsize) bodies->axes;
  EpnsNearRange ranges[EPNS_NEAR_MAX_RANGES];

  reserve (scratch, bodies->n);
  for (gsize i = 0; i < bodies->n * axes; i++)
    velocity[i] = 0;
  gsize n = sort_cells (rules, bodies, history, scratch);
  const Cell *cells = scratch->sorted;
  for (gsize s = 0; s < n; s++) {
    double sum[3] = { 0 };
    if (rules->wall)
      add_wall (rules, &cells[s], sum);
    guint n_ranges = epns_near_ranges (scratch->near, cells[s].at, ranges);
    for (guint r = 0; r < n_ranges; r++)
      for (guint32 j = ranges[r].begin; j < ranges[r].end; j++)
        if (j != s)
          add_neighbour (rules, &cells[s], &cells[j], sum);
    for (gsize a = 0; a < axes; a++) {
      gsize at = cells[s].body * axes + a;
      velocity[at] = sum[a] + history->motility[at];
    }
  }
}
