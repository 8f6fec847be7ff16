/* SPDX-License-Identifier: MIT */
/* Lattice states to node tensors and back. */
#include "models/epns/to-tensor.h"

#include <string.h>

static gsize
n_sites (const EpnsSlots *self)
{
  return self->n_batch * self->height * self->width;
}

EpnsSlots *
epns_slots_new (gsize n_batch, gsize n_slots, gsize height, gsize width)
{
  EpnsSlots *self = g_new (EpnsSlots, 1);

  *self = (EpnsSlots){ .n_batch = n_batch, .n_slots = n_slots, .height = height, .width = width };
  self->slot = g_new0 (gint32, n_sites (self));
  self->type = g_new0 (gint32, n_sites (self));
  return self;
}

EpnsSlots *
epns_slots_copy (const EpnsSlots *self)
{
  EpnsSlots *copy = epns_slots_new (self->n_batch, self->n_slots, self->height, self->width);

  memcpy (copy->slot, self->slot, n_sites (self) * sizeof *self->slot);
  memcpy (copy->type, self->type, n_sites (self) * sizeof *self->type);
  return copy;
}

void
epns_slots_free (EpnsSlots *self)
{
  if (self == NULL)
    return;
  g_free (self->slot);
  g_free (self->type);
  g_free (self);
}

void
epns_slot_ids_set (EpnsSlotIds *self, const gint32 *id, gsize n, gsize n_ids)
{
  if (self->room < n_ids) {
    self->room = n_ids;
    self->slot_of = g_renew (gint32, self->slot_of, n_ids);
    self->id_of = g_renew (gint32, self->id_of, n_ids);
  }
  memset (self->slot_of, 0, n_ids * sizeof *self->slot_of);
  for (gsize i = 0; i < n; i++)
    self->slot_of[id[i]] = 1;
  self->n_ids = n_ids;
  self->n_slots = 1;
  self->slot_of[0] = self->id_of[0] = 0;
  for (gsize i = 1; i < n_ids; i++)
    if (self->slot_of[i]) {
      self->id_of[self->n_slots] = (gint32) i;
      self->slot_of[i] = (gint32) self->n_slots++;
    }
}

void
epns_slot_ids_clear (EpnsSlotIds *self)
{
  g_clear_pointer (&self->slot_of, g_free);
  g_clear_pointer (&self->id_of, g_free);
  self->room = 0;
}

EpnsSlots *
epns_slots_of_ids (const EpnsSlotIds *ids, const gint32 *id, const gint32 *type, gsize height,
                   gsize width)
{
  EpnsSlots *self = epns_slots_new (1, ids->n_slots, height, width);

  for (gsize i = 0; i < height * width; i++) {
    self->slot[i] = ids->slot_of[id[i]];
    self->type[i] = self->slot[i] ? type[id[i]] : 0;
  }
  return self;
}

static EpnsSlotTypes *
types_new (gsize n_batch, gsize n_slots)
{
  EpnsSlotTypes *self = g_new (EpnsSlotTypes, 1);

  *self = (EpnsSlotTypes){ .n_batch = n_batch, .n_slots = n_slots };
  self->type = g_new0 (gint32, n_batch * n_slots);
  self->known = g_new0 (gboolean, n_slots);
  return self;
}

EpnsSlotTypes *
epns_slot_types_new (const EpnsSlots *slots)
{
  EpnsSlotTypes *self = types_new (slots->n_batch, slots->n_slots);
  gsize sites = slots->height * slots->width;

  for (gsize i = 0; i < n_sites (slots); i++) {
    gint32 *type = &self->type[i / sites * slots->n_slots + (gsize) slots->slot[i]];

    *type = MAX (*type, slots->type[i]);
    self->known[slots->slot[i]] = TRUE;
  }
  return self;
}

EpnsSlotTypes *
epns_slot_types_extended (const EpnsSlotTypes *self, gsize n_slots)
{
  EpnsSlotTypes *wider = types_new (self->n_batch, MAX (n_slots, self->n_slots));

  memcpy (wider->known, self->known, self->n_slots * sizeof *self->known);
  for (gsize b = 0; b < self->n_batch; b++)
    memcpy (wider->type + b * wider->n_slots, self->type + b * self->n_slots,
            self->n_slots * sizeof *self->type);
  return wider;
}

void
epns_slot_types_free (EpnsSlotTypes *self)
{
  if (self == NULL)
    return;
  g_free (self->type);
  g_free (self->known);
  g_free (self);
}

void
epns_slots_to_nodes (const EpnsSlots *slots, gsize n_types, gsize first, gsize count, float *nodes)
{
  gsize sites = slots->height * slots->width;

  memset (nodes, 0, count * (1 + n_types) * sites * sizeof *nodes);
  for (gsize n = first; n < first + count; n++, nodes += (1 + n_types) * sites) {
    const gint32 *slot = slots->slot + n / slots->n_slots * sites;
    const gint32 *type = slots->type + n / slots->n_slots * sites;
    gint32 own = (gint32) (n % slots->n_slots);

    for (gsize i = 0; i < sites; i++) {
      nodes[i] = slot[i] == own ? 1.0f : 0.0f;
      nodes[(1 + (gsize) type[i]) * sites + i] = 1.0f;
    }
  }
}

void
epns_slots_assign (EpnsSlots *self, const gint32 *predicted, const EpnsSlotTypes *types)
{
  gsize sites = self->height * self->width;

  for (gsize i = 0; i < n_sites (self); i++) {
    self->slot[i] = predicted[i];
    self->type[i] = types->type[i / sites * types->n_slots + (gsize) predicted[i]];
  }
}
