/* SPDX-License-Identifier: MIT */
/* Pairs of states, counted, found and turned. */
#include "models/train/pair.h"

static guint64
pairs_of_member (const EpnsPairs *self, const epns_train_set *set)
{
  return set->frames > self->stride ? set->frames - self->stride : 0;
}

guint64
epns_pairs_count (const EpnsPairs *self)
{
  guint64 n = 0;

  for (gsize i = 0; i < self->n_sets; i++)
    n += self->sets[i].members * pairs_of_member (self, &self->sets[i]);
  return n;
}

EpnsPair
epns_pairs_nth (const EpnsPairs *self, guint64 i)
{
  const epns_train_set *set = self->sets;

  while (i >= set->members * pairs_of_member (self, set)) {
    i -= set->members * pairs_of_member (self, set);
    set++;
  }
  guint64 member = i / pairs_of_member (self, set), frame = i % pairs_of_member (self, set);
  gsize sites = (gsize) set->height * set->width;
  const gint32 *now = set->id + (member * set->frames + frame) * sites;

  return (EpnsPair){
    .now = now,
    .next = now + self->stride * sites,
    .type = set->type + member * set->n_ids,
    .height = set->height,
    .width = set->width,
    .n_ids = set->n_ids,
    .periodic = { set->periodic[0] != 0, set->periodic[1] != 0 },
    .set = (guint32) (set - self->sets),
    .member = (guint32) member,
    .frame = (guint32) frame,
  };
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

  turn_state (self, self->now, turn, room);
  turn_state (self, self->next, turn, room + sites);
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
