/* SPDX-License-Identifier: MIT */
/* The lattice of cell ids and the table of types, and what they must obey. */
#include "adapters/lattice-state.h"

#include "plugin/error.h"

#include <string.h>

enum { ID, TYPE };

static const EpnsStateArray arrays[] = {
  [ID] = { "cell-id", EPNS_I32, 3, TRUE, G_STRUCT_OFFSET (EpnsLatticeState, id) },
  [TYPE] = { "cell-type", EPNS_I32, 1, FALSE, G_STRUCT_OFFSET (EpnsLatticeState, type) },
};

static void
lattice_shape (const EpnsState *state, guint array, int64_t *shape)
{
  const EpnsLatticeState *self = (const EpnsLatticeState *) state;

  if (array == TYPE)
    shape[0] = (int64_t) self->n_rows;
  else
    for (int axis = 0; axis < 3; axis++)
      shape[axis] = self->size[axis];
}

const EpnsLayout epns_layout_lattice = {
  .what = "a lattice of cells",
  .model = "a lattice model",
  .size = sizeof (EpnsLatticeState),
  .arrays = arrays,
  .n_arrays = G_N_ELEMENTS (arrays),
  .shape = lattice_shape,
};

EpnsLatticeState *
epns_lattice_state_new (const gint32 size[3], gsize n_rows)
{
  g_return_val_if_fail (size[0] > 0 && size[1] > 0 && size[2] > 0 && n_rows > 0, NULL);

  EpnsLatticeState *self = g_new0 (EpnsLatticeState, 1);
  self->base.layout = &epns_layout_lattice;
  memcpy (self->size, size, sizeof self->size);
  self->id = g_new0 (gint32, epns_lattice_state_sites (self));
  self->type = g_new0 (gint32, n_rows);
  self->n_rows = n_rows;
  return self;
}

EpnsLatticeState *
epns_lattice_state_copy (const EpnsLatticeState *self)
{
  return (EpnsLatticeState *) epns_state_copy (&self->base);
}

void
epns_lattice_state_free (EpnsLatticeState *self)
{
  epns_state_free ((EpnsState *) self);
}

gsize
epns_lattice_state_sites (const EpnsLatticeState *self)
{
  return (gsize) self->size[0] * (gsize) self->size[1] * (gsize) self->size[2];
}

void
epns_lattice_state_grow (EpnsLatticeState *self, gsize n_rows)
{
  if (n_rows <= self->n_rows)
    return;
  self->type = g_renew (gint32, self->type, n_rows);
  memset (self->type + self->n_rows, 0, (n_rows - self->n_rows) * sizeof *self->type);
  self->n_rows = n_rows;
}

guint32 *
epns_lattice_state_volumes (const EpnsLatticeState *self)
{
  guint32 *volumes = g_new0 (guint32, self->n_rows);
  gsize sites = epns_lattice_state_sites (self);

  for (gsize i = 0; i < sites; i++)
    volumes[self->id[i]]++;
  return volumes;
}

gint32 *
epns_lattice_state_present (const EpnsLatticeState *self, gsize *n)
{
  g_autofree guint32 *volumes = epns_lattice_state_volumes (self);
  gint32 *present = g_new (gint32, self->n_rows);

  *n = 0;
  for (gsize id = 1; id < self->n_rows; id++)
    if (volumes[id] > 0)
      present[(*n)++] = (gint32) id;
  return present;
}

gboolean
epns_lattice_state_check (const EpnsLatticeState *self, gint32 n_types, GError **error)
{
  gsize sites = epns_lattice_state_sites (self), row = (gsize) self->size[2],
        plane = row * (gsize) self->size[1];

  if (self->type[0] != 0) {
    g_set_error (error, EPNS_FAILURE, EPNS_FAILURE_MISMATCH,
                 "the medium (cell id 0) has type %d; it must be 0", self->type[0]);
    return FALSE;
  }
  for (gsize i = 0; i < sites; i++) {
    gint32 id = self->id[i];
    if (id < 0 || (gsize) id >= self->n_rows) {
      g_set_error (error, EPNS_FAILURE, EPNS_FAILURE_MISMATCH,
                   "site x=%zu y=%zu z=%zu holds cell %d, but the type table covers cells 0 to %zu",
                   i % row, i % plane / row, i / plane, id, self->n_rows - 1);
      return FALSE;
    }
    if (id > 0 && (self->type[id] < 1 || self->type[id] >= n_types)) {
      g_set_error (error, EPNS_FAILURE, EPNS_FAILURE_MISMATCH,
                   "cell %d has type %d; known are 1 to %d", id, self->type[id], n_types - 1);
      return FALSE;
    }
  }
  return TRUE;
}

epns_view
epns_lattice_state_id_view (EpnsLatticeState *self)
{
  return epns_state_view (&self->base, ID);
}

epns_view
epns_lattice_state_type_view (EpnsLatticeState *self)
{
  return epns_state_view (&self->base, TYPE);
}
