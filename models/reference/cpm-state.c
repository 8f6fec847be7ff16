/* SPDX-License-Identifier: MIT */
/* A run's lattice and cells, taken in from the host's memory at the start of each call: the host
 * may have changed them, so nothing is believed that was worked out before. Memory is kept from
 * call to call. */
#include "models/reference/cpm.h"
#include "plugin/error.h"

#include <string.h>

enum { FIELD_IDS, FIELD_TYPES };

EpnsCpmState *
epns_cpm_state_new (const EpnsCpmRules *rules)
{
  EpnsCpmState *self = g_new0 (EpnsCpmState, 1);

  self->parts = g_new0 (EpnsCpmPart, EPNS_CPM_N_ENERGIES);
  for (guint e = 0; e < EPNS_CPM_N_ENERGIES; e++)
    if (rules->rules[e] != NULL)
      self->parts[self->n_parts++] = (EpnsCpmPart){ .energy = epns_cpm_energies[e],
                                                    .rule = rules->rules[e] };
  return self;
}

static void
free_rows (EpnsCpmState *self)
{
  if (self->slot != NULL)
    g_free (self->slot + EPNS_CPM_NOBODY);
  g_free (self->volume);
  for (guint p = 0; p < self->n_parts; p++)
    g_free (self->parts[p].tally);
}

void
epns_cpm_state_free (EpnsCpmState *self)
{
  if (self == NULL)
    return;
  free_rows (self);
  for (guint p = 0; p < self->n_parts; p++)
    epns_neighbourhood_clear (&self->parts[p].neighbours);
  epns_cpm_bonds_clear (&self->bonds);
  epns_neighbourhood_clear (&self->copies);
  epns_cpm_lattice_clear (&self->lattice);
  g_free (self->parts);
  g_free (self);
}

static epns_status
refuse (epns_error *error, gint32 field, gint32 axis, gint64 need, const char *text)
{
  epns_error_set (error, EPNS_DISCARD, "%s", text);
  if (error != NULL) {
    error->field = field;
    error->axis = axis;
    error->need = need;
  }
  return EPNS_DISCARD;
}

/* The neighbourhoods for a lattice of this size, and the widest reach among them. */
static void
find_neighbours (EpnsCpmState *self, const EpnsCpmRules *rules, const gint32 size[3],
                 gint32 reach[3])
{
  const gboolean flat[3] = { size[0] == 1, size[1] == 1, size[2] == 1 };

  epns_neighbourhood_fill (&self->copies, rules->order, rules->grid, flat);
  memcpy (reach, self->copies.reach, sizeof self->copies.reach);
  for (guint p = 0; p < self->n_parts; p++) {
    EpnsNeighbourhood *neighbours = &self->parts[p].neighbours;
    epns_neighbourhood_fill (neighbours, self->parts[p].rule->order, rules->grid, flat);
    if (self->parts[p].rule->round)
      epns_neighbourhood_go_round (neighbours, rules->grid);
    for (int a = 0; a < 3; a++)
      reach[a] = MAX (reach[a], neighbours->reach[a]);
  }
}

/* Make room for a lattice of another shape. On failure the old shape is forgotten, so that the next
 * call starts anew. */
static epns_status
reshape (EpnsCpmState *self, const EpnsCpmRules *rules, const gint32 size[3], epns_error *error)
{
  gint32 reach[3];

  epns_cpm_lattice_clear (&self->lattice);
  if (rules->grid == EPNS_GRID_HEXAGONAL && size[0] > 1)
    return refuse (error, FIELD_IDS, 0, 1,
                   "a hexagonal lattice is flat: give cell-id one site along z");
  find_neighbours (self, rules, size, reach);
  for (int a = 0; a < 3; a++)
    if (rules->periodic[a] && reach[a] >= size[a]) {
      g_autofree char *text = g_strdup_printf (
          "cell-id has %d sites on periodic axis %d, and a neighbourhood reaches "
          "%d; give at least %d sites or a lower neighbor order",
          size[a], a, reach[a], reach[a] + 1);
      return refuse (error, FIELD_IDS, a, reach[a] + 1, text);
    }
  if (!epns_cpm_lattice_shape (&self->lattice, size, rules->periodic,
                               (EpnsCpmBorder (*)[2]) rules->border, reach))
    return refuse (error, FIELD_IDS, -1, -1,
                   "cell-id has too many sites to number in 31 bits or to hold in memory; "
                   "give a smaller lattice");
  epns_neighbourhood_lay (&self->copies, self->lattice.stride);
  for (guint p = 0; p < self->n_parts; p++)
    epns_neighbourhood_lay (&self->parts[p].neighbours, self->lattice.stride);
  if (rules->keeps_bonds &&
      !epns_cpm_bonds_shape (&self->bonds, &self->lattice, &self->copies)) {
    epns_cpm_lattice_clear (&self->lattice);
    return refuse (error, FIELD_IDS, -1, -1,
                   "cell-id has too many bonds between sites to number in 32 bits or to "
                   "hold in memory; set sampling=attempts, or give a smaller lattice");
  }
  return EPNS_OK;
}

static void
make_room (EpnsCpmState *self, gsize rows)
{
  if (rows > self->room) {
    free_rows (self);
    self->slot = g_new (gint32, rows - EPNS_CPM_NOBODY) - EPNS_CPM_NOBODY;
    self->volume = g_new (gint32, rows);
    for (guint p = 0; p < self->n_parts; p++)
      self->parts[p].tally = g_new (double, rows);
    self->room = rows;
  }
  self->n_cells = rows;
}

static epns_status
load_types (EpnsCpmState *self, const EpnsCpmRules *rules, const epns_view *types,
            epns_error *error)
{
  gint32 n_types = (gint32) rules->n_slots - EPNS_CPM_SLOT_TYPE;
  g_autofree char *text = NULL;

  if (types->shape[0] >= G_MAXINT32)
    return refuse (error, FIELD_TYPES, 0, G_MAXINT32,
                   "cell-type has too many rows; give fewer than 2^31 - 1");
  make_room (self, (gsize) types->shape[0]);
  for (gsize cell = 0; cell < self->n_cells; cell++) {
    gint32 type;

    memcpy (&type, (const char *) types->data + (gint64) cell * types->stride[0], sizeof type);
    if (cell == 0 && type != 0)
      return refuse (error, FIELD_TYPES, 0, 0, "cell-type's entry 0 is the medium's; make it 0");
    if (type < 0 || type >= n_types) {
      text = g_strdup_printf ("cell-type is %d for cell %" G_GSIZE_FORMAT
                              ", but the parameters know types 0 to %d; "
                              "give parameters for that type or another type",
                              type, cell, n_types - 1);
      return refuse (error, FIELD_TYPES, 0, n_types - 1, text);
    }
    self->slot[cell] = EPNS_CPM_SLOT_TYPE + type;
  }
  self->slot[EPNS_CPM_NOBODY] = EPNS_CPM_SLOT_NOBODY;
  self->slot[0] = EPNS_CPM_SLOT_MEDIUM;
  return EPNS_OK;
}

static epns_status
count_volumes (EpnsCpmState *self, epns_error *error)
{
  const EpnsCpmLattice *lattice = &self->lattice;
  gsize n_rows = (gsize) lattice->size[0] * (gsize) lattice->size[1];

  memset (self->volume, 0, self->n_cells * sizeof self->volume[0]);
  for (gsize row = 0; row < n_rows; row++)
    for (gint32 x = 0; x < lattice->size[2]; x++) {
      gint32 id = lattice->ids[lattice->row[row] + x];

      if (id < 0 || (gsize) id >= self->n_cells) {
        g_autofree char *text = g_strdup_printf (
            "cell-id is %d at z, y, x = %d, %d, %d; ids must be 0 to %" G_GSIZE_FORMAT
            ", the last row of cell-type",
            id, (gint32) (row / (gsize) lattice->size[1]),
            (gint32) (row % (gsize) lattice->size[1]), x, self->n_cells - 1);
        return id < 0 ? refuse (error, FIELD_IDS, -1, 0, text)
                      : refuse (error, FIELD_TYPES, 0, (gint64) id + 1, text);
      }
      self->volume[id]++;
    }
  return EPNS_OK;
}

epns_status
epns_cpm_state_load (EpnsCpmState *self, const EpnsCpmRules *rules, const epns_view *ids,
                     const epns_view *types, epns_error *error)
{
  gint32 size[3];

  for (int a = 0; a < 3; a++) {
    if (ids->shape[a] > G_MAXINT32 / 4)
      return refuse (error, FIELD_IDS, a, G_MAXINT32 / 4,
                     "cell-id has too many sites along an axis; give fewer");
    size[a] = (gint32) ids->shape[a];
  }
  if (memcmp (size, self->lattice.size, sizeof size) != 0 &&
      reshape (self, rules, size, error) != EPNS_OK)
    return EPNS_DISCARD;
  if (load_types (self, rules, types, error) != EPNS_OK)
    return EPNS_DISCARD;
  epns_cpm_lattice_load (&self->lattice, ids);
  if (count_volumes (self, error) != EPNS_OK)
    return EPNS_DISCARD;
  for (guint p = 0; p < self->n_parts; p++) {
    const EpnsCpmPart *part = &self->parts[p];
    memset (part->tally, 0, self->n_cells * sizeof part->tally[0]);
    if (part->energy->count != NULL)
      part->energy->count (part, self);
  }
  if (rules->keeps_bonds)
    epns_cpm_bonds_find (&self->bonds);
  return EPNS_OK;
}
