/* SPDX-License-Identifier: MIT */
/* Bodies between the host's memory and the particle solvers. */
#include "models/reference/particles.h"
#include "plugin/error.h"
#include "plugin/view.h"

#include <math.h>
#include <string.h>

static const char *const names[EPNS_PARTICLES_N_VIEWS]
    = { "position", "velocity", "mass", "cell-type", "radius" };

static epns_status
blame (epns_error *error, int view, int axis, gint64 need)
{
  if (error != NULL) {
    error->field = view; /* the caller adds where the frame's fields begin */
    error->axis = axis;
    error->need = need;
  }
  return EPNS_DISCARD;
}

static epns_status
check_extents (const epns_view *views, epns_error *error)
{
  const epns_view *position = &views[EPNS_PARTICLES_POSITION];

  if (position->shape[1] != 2 && position->shape[1] != 3) {
    epns_error_set (error, EPNS_DISCARD, "position has %" G_GINT64_FORMAT " axes; give 2 or 3",
                    position->shape[1]);
    return blame (error, EPNS_PARTICLES_POSITION, 1, position->shape[1] < 3 ? 2 : 3);
  }
  if (position->shape[0] < 1) {
    epns_error_set (error, EPNS_DISCARD, "position has no bodies; give at least 1");
    return blame (error, EPNS_PARTICLES_POSITION, 0, 1);
  }
  for (int v = EPNS_PARTICLES_VELOCITY; v < EPNS_PARTICLES_N_VIEWS; v++)
    for (int a = 0; views[v].data != NULL && a < views[v].rank; a++)
      if (views[v].shape[a] != position->shape[a]) {
        epns_error_set (error, EPNS_DISCARD,
                        "%s has %" G_GINT64_FORMAT " %s and position has %" G_GINT64_FORMAT
                        "; give as many",
                        names[v], views[v].shape[a], a == 0 ? "bodies" : "axes",
                        position->shape[a]);
        return blame (error, v, a, position->shape[a]);
      }
  return EPNS_OK;
}

static void
reserve (EpnsParticles *self, gsize n)
{
  if (n <= self->room)
    return;
  self->room = n;
  self->position = g_renew (double, self->position, 3 * n);
  self->velocity = g_renew (double, self->velocity, 3 * n);
  self->mass = g_renew (double, self->mass, n);
  self->radius = g_renew (double, self->radius, n);
  self->type = g_renew (gint32, self->type, n);
}

static void
gather (const epns_view *view, double *into, gsize n, double fallback)
{
  if (view->data != NULL)
    epns_view_gather (view, into);
  else
    for (gsize i = 0; i < n; i++)
      into[i] = fallback;
}

/* The first of n numbers, `per_body` a body, that is not finite or not above (from: not below) the
 * limit names its body. */
static epns_status
check_numbers (const double *numbers, gsize n, gsize per_body, int view, double limit,
               gboolean above, epns_error *error)
{
  for (gsize i = 0; i < n * per_body; i++) {
    double x = numbers[i];
    if (isfinite (x) && (above ? x > limit : x >= limit))
      continue;
    g_autofree char *wanted = isfinite (x)
                                  ? g_strdup_printf ("give %s %g", above ? "a number above"
                                                                         : "at least", limit)
                                  : g_strdup ("give a finite number");
    epns_error_set (error, EPNS_DISCARD, "%s of body %" G_GSIZE_FORMAT " is %g; %s", names[view],
                    i / per_body, x, wanted);
    return blame (error, view, 0, -1);
  }
  return EPNS_OK;
}

static epns_status
check_types (const EpnsParticles *self, guint n_types, epns_error *error)
{
  for (gsize i = 0; i < self->n; i++)
    if (self->type[i] < 0 || (n_types > 0 && self->type[i] >= (gint32) n_types)) {
      g_autofree char *range
          = n_types > 0
                ? g_strdup_printf ("one of 0 to %u, which the parameters by type are given for",
                                   n_types - 1)
                : g_strdup ("0 or more");
      epns_error_set (error, EPNS_DISCARD,
                      "cell-type of body %" G_GSIZE_FORMAT " is %d; give %s", i, self->type[i],
                      range);
      return blame (error, EPNS_PARTICLES_TYPE, 0, n_types > 0 ? (gint64) n_types - 1 : -1);
    }
  return EPNS_OK;
}

static epns_status
load (EpnsParticles *self, const epns_view *views, double fallback, guint n_types,
      epns_error *error)
{
  if (check_extents (views, error) != EPNS_OK)
    return EPNS_DISCARD;
  gsize n = (gsize) views[EPNS_PARTICLES_POSITION].shape[0];
  self->n = n;
  self->axes = (gint) views[EPNS_PARTICLES_POSITION].shape[1];
  reserve (self, n);
  epns_view_gather (&views[EPNS_PARTICLES_POSITION], self->position);
  epns_view_gather (&views[EPNS_PARTICLES_VELOCITY], self->velocity);
  gather (&views[EPNS_PARTICLES_MASS], self->mass, n, 1);
  gather (&views[EPNS_PARTICLES_RADIUS], self->radius, n, fallback);
  if (views[EPNS_PARTICLES_TYPE].data != NULL)
    epns_view_gather (&views[EPNS_PARTICLES_TYPE], self->type);
  else
    memset (self->type, 0, n * sizeof *self->type);

  gsize axes = (gsize) self->axes;
  const double any = -G_MAXDOUBLE;
  if (check_numbers (self->position, n, axes, EPNS_PARTICLES_POSITION, any, FALSE, error) != EPNS_OK
      || check_numbers (self->velocity, n, axes, EPNS_PARTICLES_VELOCITY, any, FALSE, error)
             != EPNS_OK
      || check_numbers (self->mass, n, 1, EPNS_PARTICLES_MASS, 0, TRUE, error) != EPNS_OK
      || check_numbers (self->radius, n, 1, EPNS_PARTICLES_RADIUS, 0, FALSE, error) != EPNS_OK)
    return EPNS_DISCARD;
  return check_types (self, n_types, error);
}

epns_status
epns_particles_load (EpnsParticles *self, const epns_view *views, gint32 first, double fallback,
                  guint n_types, epns_error *error)
{
  epns_status status = load (self, views, fallback, n_types, error);

  if (status != EPNS_OK && error != NULL)
    error->field += first;
  return status;
}

void
epns_particles_store (const EpnsParticles *self, const epns_view *views)
{
  epns_view_scatter (&views[EPNS_PARTICLES_POSITION], self->position);
  epns_view_scatter (&views[EPNS_PARTICLES_VELOCITY], self->velocity);
}

void
epns_particles_clear (EpnsParticles *self)
{
  g_free (self->position);
  g_free (self->velocity);
  g_free (self->mass);
  g_free (self->radius);
  g_free (self->type);
  *self = (EpnsParticles){ 0 };
}
