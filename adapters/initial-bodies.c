/* SPDX-License-Identifier: MIT */
/* How particles start: listed bodies as they are, drawn ones each a function of its place. */
#include "adapters/scenario.h"

#include "plugin/error.h"
#include "plugin/random.h"

#include <math.h>

enum { /* what a draw is for; three components each */
  POSITION = 0x1000,
  VELOCITY = 0x1010,
  MASS = 0x1020,
  TYPE = 0x1021
};

enum { TRIES = 1000 }; /* places tried for one body that is to lie apart from others */

/* A point of the unit ball: of points of the cube, the first that lies in it. The cube's points for
 * a body are counted by the high half of the index. */
static void
draw_in_ball (const EpnsDrawKey *key, guint64 index, gint32 axes, double point[3])
{
  double square;

  do {
    square = 0.0;
    for (gint32 axis = 0; axis < axes; axis++) {
      point[axis] = 2.0 * epns_random_uniform (key, POSITION + (guint32) axis, index) - 1.0;
      square += point[axis] * point[axis];
    }
    index += (guint64) 1 << 48;
  } while (square > 1.0);
}

/* The place that index stands for. */
static void
draw_position (const EpnsBodies *piece, const EpnsDrawKey *key, guint64 index, gint32 axes,
               double point[3])
{
  if (piece->shape == EPNS_BODIES_BALL)
    draw_in_ball (key, index, axes, point);
  for (gint32 axis = 0; axis < axes; axis++) {
    guint32 purpose = POSITION + (guint32) axis;
    if (piece->shape == EPNS_BODIES_BOX)
      point[axis] = piece->low[axis]
                    + (piece->high[axis] - piece->low[axis])
                          * epns_random_uniform (key, purpose, index);
    else if (piece->shape == EPNS_BODIES_NORMAL)
      point[axis] = piece->centre[axis] + piece->radius * epns_random_normal (key, purpose, index);
    else
      point[axis] = piece->centre[axis] + piece->radius * point[axis];
  }
}

/* Is the point at least `apart` from the bodies first to last - 1? */
static gboolean
lies_apart (const EpnsParticleState *state, gsize first, gsize last, const double *point,
            double apart)
{
  for (gsize i = first; i < last; i++) {
    double square = 0.0;
    for (gint32 axis = 0; axis < state->axes; axis++) {
      double away = point[axis] - state->position[i * (gsize) state->axes + (gsize) axis];
      square += away * away;
    }
    if (square < apart * apart)
      return FALSE;
  }
  return TRUE;
}

static gboolean
place (EpnsParticleState *state, const EpnsBodies *piece, const EpnsDrawKey *key, gsize first,
       gsize body, GError **error)
{
  double point[3] = { 0.0, 0.0, 0.0 };

  for (guint64 try = 0; try < TRIES; try++) {
    draw_position (piece, key, body + (try << 32), state->axes, point);
    if (piece->apart > 0.0 && !lies_apart (state, first, body, point, piece->apart))
      continue;
    for (gint32 axis = 0; axis < state->axes; axis++)
      state->position[body * (gsize) state->axes + (gsize) axis] = point[axis];
    return TRUE;
  }
  g_set_error (error, EPNS_FAILURE, EPNS_FAILURE_RANGE,
               "body %zu found no place %.10g apart from the others in %d tries; make the piece "
               "larger, or apart smaller",
               body, piece->apart, TRIES);
  return FALSE;
}

/* To the frame in which the centre of mass of bodies first to last - 1 rests at `centre`. */
static void
bring_to_rest (EpnsParticleState *state, const double *centre, gsize first, gsize last)
{
  gsize axes = (gsize) state->axes;

  for (gsize axis = 0; axis < axes; axis++) {
    double mass = 0.0, moment = 0.0, momentum = 0.0;
    for (gsize i = first; i < last; i++) {
      mass += state->mass[i];
      moment += state->mass[i] * state->position[i * axes + axis];
      momentum += state->mass[i] * state->velocity[i * axes + axis];
    }
    for (gsize i = first; i < last; i++) {
      state->position[i * axes + axis] += centre[axis] - moment / mass;
      state->velocity[i * axes + axis] -= momentum / mass;
    }
  }
}

static gboolean
draw_piece (EpnsParticleState *state, const EpnsBodies *piece, const EpnsDrawKey *key, gsize first,
            GError **error)
{
  gsize last = first + piece->n;

  for (gsize i = first; i < last; i++) {
    guint32 words[4];
    if (!place (state, piece, key, first, i, error))
      return FALSE;
    for (gint32 axis = 0; axis < state->axes && piece->speed > 0.0; axis++)
      state->velocity[i * (gsize) state->axes + (gsize) axis]
          = piece->speed * epns_random_normal (key, VELOCITY + (guint32) axis, i);
    state->mass[i] = piece->mass
                     + (piece->mass_to - piece->mass) * epns_random_uniform (key, MASS, i);
    epns_random_words (key, TYPE, i, words);
    state->type[i] = g_array_index (piece->types, gint32,
                                    epns_random_below (words[0], piece->types->len));
    if (state->radius != NULL)
      state->radius[i] = piece->size;
  }
  if (piece->at_rest)
    bring_to_rest (state, piece->centre, first, last);
  return TRUE;
}

static void
set_listed (EpnsParticleState *state, const EpnsBodies *piece, gsize first)
{
  gsize axes = (gsize) state->axes;

  for (gsize i = 0; i < piece->listed->len; i++) {
    const EpnsBody *body = &g_array_index (piece->listed, EpnsBody, i);
    gsize at = first + i;
    for (gsize axis = 0; axis < axes; axis++) {
      state->position[at * axes + axis] = body->position[axis];
      state->velocity[at * axes + axis] = body->velocity[axis];
    }
    state->mass[at] = body->mass;
    state->type[at] = body->type;
    if (state->radius != NULL)
      state->radius[at] = body->radius;
    if (body->id >= 0)
      state->id[at] = body->id;
  }
}

static gsize
bodies_of (const EpnsBodies *piece)
{
  return piece->shape == EPNS_BODIES_LISTED ? piece->listed->len : piece->n;
}

gsize
epns_scenario_n_bodies (const EpnsScenario *self)
{
  gsize n = 0;

  for (guint i = 0; i < self->bodies->len; i++)
    n += bodies_of (g_ptr_array_index (self->bodies, i));
  return n;
}

EpnsParticleState *
epns_scenario_initial_particles (const EpnsScenario *self, guint64 seed, GError **error)
{
  const EpnsDrawKey key = { .seed = seed, .step = G_MAXUINT64 }; /* no step's own */
  gsize n = epns_scenario_n_bodies (self), first = 0;

  if (n == 0 || n > 1 << 24) {
    g_set_error (error, EPNS_FAILURE, n == 0 ? EPNS_FAILURE_FORMAT : EPNS_FAILURE_RANGE,
                 "%s: the start has %zu bodies; between 1 and %d are accepted", self->path, n,
                 1 << 24);
    return NULL;
  }
  g_autoptr (EpnsParticleState) state = epns_particle_state_new (n, self->space.axes, self->radii);
  for (guint i = 0; i < self->bodies->len; i++) {
    const EpnsBodies *piece = g_ptr_array_index (self->bodies, i);
    if (piece->shape == EPNS_BODIES_LISTED)
      set_listed (state, piece, first);
    else if (!draw_piece (state, piece, &key, first, error)) {
      g_prefix_error (error, "%s: ", self->path);
      return NULL;
    }
    first += bodies_of (piece);
  }
  if (!epns_particle_state_check (state, (gint32) self->types->len, error)) {
    g_prefix_error (error, "%s: ", self->path);
    return NULL;
  }
  return g_steal_pointer (&state);
}
