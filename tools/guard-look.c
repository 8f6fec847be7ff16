/* SPDX-License-Identifier: MIT */
/* Looking at a step. */
#include "tools/guard-look.h"

#include "adapters/centres.h"
#include "adapters/lattice-state.h"
#include "adapters/particle-state.h"
#include "compare/bonds.h"
#include "compare/components.h"
#include "compare/statistics.h"

#include <math.h>
#include <string.h>

#define LEAP         10.0 /* radii */
#define BODIES_GRAIN 0.05

const char *const epns_guard_reasons[EPNS_GUARD_N_REASONS] = { "lost", "volume", "broken", "apart",
                                                               "jump" };

/* Lattices */

static gboolean
too_many (guint32 some, guint32 cells)
{
  return some * 64 > cells * 12;
}

typedef struct { /* of the cells that have sites */
  guint32 cells, outside, broken;
  gint32 lost; /* a cell that has none any more, or 0 */
} Look;

static Look
look_at (const EpnsGuardLimits *limits, const EpnsLatticeState *before, const EpnsLatticeState *now)
{
  gsize sites = epns_lattice_state_sites (now);
  g_autofree guint32 *was = g_new0 (guint32, now->n_rows), *volume = g_new0 (guint32, now->n_rows);
  g_autofree guint32 *pieces = g_new0 (guint32, now->n_rows);
  g_autofree guint32 *largest = g_new0 (guint32, now->n_rows);
  g_autofree guint32 *scratch = g_new (guint32, 2 * sites);
  Look look = { 0 };

  for (gsize i = 0; i < sites; i++) {
    was[before->id[i]]++;
    volume[now->id[i]]++;
  }
  epns_components (now->size, limits->scenario->periodic, now->id, now->n_rows, scratch, pieces,
                   largest);
  for (gsize cell = 1; cell < now->n_rows; cell++) {
    if (volume[cell] == 0) {
      look.lost = was[cell] > 0 && look.lost == 0 ? (gint32) cell : look.lost;
      continue;
    }
    look.cells++;
    look.outside += volume[cell] < limits->low || volume[cell] > limits->high;
    look.broken += 4 * largest[cell] < 3 * volume[cell];
  }
  return look;
}

static char *
find_in_lattice (const EpnsGuardLimits *limits, const EpnsState *before, const EpnsState *now,
                 EpnsGuardReason *reason)
{
  Look look = look_at (limits, (const EpnsLatticeState *) before, (const EpnsLatticeState *) now);

  if (look.lost > 0) {
    *reason = EPNS_GUARD_LOST;
    return g_strdup_printf ("cell %d has lost its last site", look.lost);
  }
  if (too_many (look.outside, look.cells)) {
    *reason = EPNS_GUARD_VOLUME;
    return g_strdup_printf ("%u of %u cells lie outside the model's %g to %g sites", look.outside,
                            look.cells, limits->low, limits->high);
  }
  *reason = EPNS_GUARD_BROKEN;
  return too_many (look.broken, look.cells)
             ? g_strdup_printf ("%u of %u cells are broken into pieces", look.broken, look.cells)
             : NULL;
}

/* Bodies */

static double
number_of (const EpnsScenario *scenario, const char *name, double fallback)
{
  epns_view view;

  return epns_scenario_parameter (scenario, name, &view) && view.dtype == EPNS_F64 && view.rank == 0
             ? *(const double *) view.data
             : fallback;
}

/* From a to b along an axis, by the shorter way where space is periodic. */
static double
way (const EpnsSpace *space, gint32 axis, double a, double b)
{
  return (space->boundary == EPNS_BOUNDARY_PERIODIC
              ? epns_unwrap (b, a, space->high[axis] - space->low[axis])
              : b)
         - a;
}

static double
square (const EpnsSpace *space, const double *a, const double *b)
{
  double sum = 0;

  for (gint32 axis = 0; axis < space->axes; axis++) {
    double away = way (space, axis, a[axis], b[axis]);
    sum += away * away;
  }
  return sum;
}

/* Kinetic and potential energy, as the observables of these names have them. */
static void
energies (const EpnsGuardLimits *limits, const EpnsParticleState *of, double *kinetic,
          double *potential)
{
  const double gravity = number_of (limits->scenario, "gravitational-constant", 1.0);
  const double softening = number_of (limits->scenario, "softening", 0.01);
  gsize axes = (gsize) of->axes;

  *kinetic = *potential = 0;
  for (gsize i = 0; i < of->n; i++) {
    for (gsize k = 0; k < axes; k++)
      *kinetic += of->mass[i] * of->velocity[i * axes + k] * of->velocity[i * axes + k] / 2;
    for (gsize j = 0; j < i; j++)
      *potential -= gravity * of->mass[i] * of->mass[j]
                    / sqrt (square (&limits->scenario->space, of->position + i * axes,
                                    of->position + j * axes)
                            + softening);
  }
}

static char *
find_leap (const EpnsGuardLimits *limits, const EpnsParticleState *before,
           const EpnsParticleState *now)
{
  gsize axes = (gsize) now->axes;

  for (gsize i = 0; i < now->n; i++) {
    double leap = sqrt (square (&limits->scenario->space, before->position + i * axes,
                                now->position + i * axes));
    if (leap > LEAP * now->radius[i])
      return g_strdup_printf ("body %d has gone %g in one step, and its radius is %g", now->id[i],
                              leap, now->radius[i]);
  }
  return NULL;
}

static char *
find_energy (const EpnsGuardLimits *limits, const EpnsParticleState *before,
             const EpnsParticleState *now)
{
  double kinetic, potential, then_kinetic, then_potential;

  energies (limits, now, &kinetic, &potential);
  energies (limits, before, &then_kinetic, &then_potential);
  double change = kinetic + potential - then_kinetic - then_potential;
  return fabs (change) > then_kinetic - then_potential
             ? g_strdup_printf ("the energy has changed by %g in one step, from %g", change,
                                then_kinetic + then_potential)
             : NULL;
}

static char *
find_in_bodies (const EpnsGuardLimits *limits, const EpnsState *before, const EpnsState *now,
                EpnsGuardReason *reason)
{
  const EpnsParticleState *then = (const EpnsParticleState *) before,
                          *of = (const EpnsParticleState *) now;
  gsize axes = (gsize) of->axes;

  *reason = EPNS_GUARD_LOST;
  for (gsize i = 0; i < of->n * axes; i++)
    if (!isfinite (of->position[i]) || !isfinite (of->velocity[i]))
      return g_strdup_printf ("body %d has no place any more", of->id[i / axes]);
  *reason = EPNS_GUARD_JUMP;
  return (of->radius != NULL ? find_leap : find_energy) (limits, then, of);
}

char *
epns_guard_find_fault (const EpnsGuardLimits *limits, const EpnsState *before, const EpnsState *now,
                       EpnsGuardReason *reason)
{
  return (now->layout == &epns_layout_lattice ? find_in_lattice : find_in_bodies) (limits, before,
                                                                                   now, reason);
}

/* Siblings */

static double
border_of (const EpnsGuardLimits *limits, const EpnsLatticeState *of)
{
  guint64 border = 0;

  EPNS_FOR_BONDS (of->size, limits->scenario->periodic, a, b, border += of->id[a] != of->id[b];)
  return (double) border;
}

/* Root of the mean squared distance of bodies from their mean. */
static double
gyration (const EpnsParticleState *of)
{
  const gsize axes = (gsize) of->axes;
  double sum = 0;

  for (gsize k = 0; k < axes; k++) {
    double middle = 0;
    for (gsize i = 0; i < of->n; i++)
      middle += of->position[i * axes + k] / (double) of->n;
    for (gsize i = 0; i < of->n; i++)
      sum += (of->position[i * axes + k] - middle) * (of->position[i * axes + k] - middle);
  }
  return sqrt (sum / (double) of->n);
}

EpnsGuardMark
epns_guard_mark (const EpnsGuardLimits *limits, const EpnsState *state)
{
  const EpnsParticleState *bodies = (const EpnsParticleState *) state;
  double kinetic, potential;

  if (state->layout == &epns_layout_lattice) {
    const double border = border_of (limits, (const EpnsLatticeState *) state);
    return (EpnsGuardMark){ "the length of its cells' borders", border, sqrt (border) };
  }
  if (bodies->radius != NULL) {
    const gboolean periodic = limits->scenario->space.boundary == EPNS_BOUNDARY_PERIODIC;
    const double spread = periodic ? NAN : gyration (bodies);
    return (EpnsGuardMark){ "the spread of its bodies", spread, BODIES_GRAIN * spread };
  }
  energies (limits, bodies, &kinetic, &potential);
  return (EpnsGuardMark){ "its energy", kinetic + potential,
                          BODIES_GRAIN * (kinetic - potential) };
}

/* Reorders the values. */
static double
median (double *values, guint32 n)
{
  epns_sort (values, n);
  return (values[(n - 1) / 2] + values[n / 2]) / 2;
}

double
epns_guard_apart (const EpnsGuardMark *marks, guint32 n, guint32 member)
{
  g_autofree double *values = g_new (double, n), *grains = g_new (double, n);
  guint32 known = 0;

  for (guint32 i = 0; i < n; i++)
    if (isfinite (marks[i].value)) {
      values[known] = marks[i].value;
      grains[known++] = marks[i].grain;
    }
  if (known < 4 || !isfinite (marks[member].value))
    return 0;
  const double middle = median (values, known), grain = median (grains, known);
  for (guint32 i = 0; i < known; i++)
    values[i] = fabs (values[i] - middle);
  const double away = fabs (marks[member].value - middle);
  return away > 0 ? away / fmax (1.4826 * median (values, known), grain) : 0;
}
