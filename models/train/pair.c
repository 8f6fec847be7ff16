/* SPDX-License-Identifier: MIT */
/* Pairs of states, counted, found and turned. */
#include "models/train/pair.h"

typedef struct { /* what counting needs of a set */
  guint64 members, frames;
} Extent;

static gsize
n_extents (const EpnsPairs *self)
{
  return self->n_sets + self->n_bodies;
}

static Extent
extent_of (const EpnsPairs *self, gsize i)
{
  if (i < self->n_sets)
    return (Extent){ self->sets[i].members, self->sets[i].frames };
  i -= self->n_sets;
  return (Extent){ self->bodies[i].members, self->bodies[i].frames };
}

/* Places in one member of a set. */
static guint64
places (const EpnsPairs *self, Extent extent, guint steps)
{
  guint64 span = (guint64) self->stride * steps;

  return extent.frames > span ? extent.frames - span : 0;
}

guint64
epns_pairs_count (const EpnsPairs *self, guint steps)
{
  guint64 n = 0;

  for (gsize i = 0; i < n_extents (self); i++)
    n += extent_of (self, i).members * places (self, extent_of (self, i), steps);
  return n;
}

guint
epns_pairs_longest (const EpnsPairs *self)
{
  guint64 frames = 1;

  for (gsize i = 0; i < n_extents (self); i++)
    frames = MAX (frames, extent_of (self, i).frames);
  return (guint) ((frames - 1) / self->stride);
}

static void
find_lattice (const EpnsPairs *self, EpnsPair *pair)
{
  const epns_train_set *set = &self->sets[pair->set];
  gsize sites = (gsize) set->height * set->width;

  pair->parameters = set->parameters;
  pair->n_parameters = set->n_parameters;
  pair->apart = self->stride * sites;
  pair->now = set->id + ((gsize) pair->member * set->frames + pair->frame) * sites;
  pair->next = pair->now + pair->apart;
  pair->type = set->type + (gsize) pair->member * set->n_ids;
  pair->height = set->height;
  pair->width = set->width;
  pair->n_ids = set->n_ids;
  pair->periodic[0] = set->periodic[0] != 0;
  pair->periodic[1] = set->periodic[1] != 0;
}

static void
find_bodies (const EpnsPairs *self, EpnsPair *pair)
{
  const epns_train_bodies *set = &self->bodies[pair->set - self->n_sets];
  gsize numbers = (gsize) set->bodies * set->axes, row = (gsize) pair->member * set->bodies;
  gsize at = ((gsize) pair->member * set->frames + pair->frame) * numbers;

  pair->apart = self->stride * numbers;
  pair->position = set->position + at;
  pair->velocity = set->velocity + at;
  pair->parameters = set->parameters;
  pair->n_parameters = set->n_parameters;
  pair->mass = set->mass != NULL ? set->mass + row : NULL;
  pair->body_type = set->type != NULL ? set->type + row : NULL;
  pair->bodies = set->bodies;
  pair->axes = set->axes;
}

EpnsPair
epns_pairs_nth (const EpnsPairs *self, guint steps, guint64 i)
{
  gsize set = 0;
  guint64 each = places (self, extent_of (self, 0), steps);

  while (i >= extent_of (self, set).members * each) {
    i -= extent_of (self, set).members * each;
    each = places (self, extent_of (self, ++set), steps);
  }
  EpnsPair pair = { .steps = steps,
                    .set = (guint32) set,
                    .member = (guint32) (i / each),
                    .frame = (guint32) (i % each) };
  if (set < self->n_sets)
    find_lattice (self, &pair);
  else
    find_bodies (self, &pair);
  return pair;
}

static void
turn_state (const EpnsPair *from, const gint32 *state, guint turn, gint32 *to)
{
  for (gsize y = 0; y < from->height; y++)
    for (gsize x = 0; x < from->width; x++) {
      gsize row = turn & 2 ? from->height - 1 - y : y, column = turn & 4 ? from->width - 1 - x : x;
      to[turn & 1 ? column * from->height + row
                  : row * from->width + column] = state[y * from->width + x];
    }
}

EpnsPair
epns_pair_turn (const EpnsPair *self, guint turn, gint32 *room)
{
  EpnsPair pair = *self;
  gsize sites = self->height * self->width;

  for (guint k = 0; k <= self->steps; k++)
    turn_state (self, self->now + k * self->apart, turn, room + k * sites);
  pair.apart = sites;
  pair.now = room;
  pair.next = room + sites;
  if (turn & 1) {
    pair.height = self->width;
    pair.width = self->height;
    pair.periodic[0] = self->periodic[1];
    pair.periodic[1] = self->periodic[0];
  }
  return pair;
}
