/* SPDX-License-Identifier: MIT */
/* How a tissue starts: pieces in order, the later over the earlier or where medium is, cells
 * without a site left gone. Blobs, uniform grids and boxes lie site for site as CompuCell3D 4.8.0
 * lays them out (its BlobInitializer, UniformInitializer and PIFInitializer). */
#include "adapters/scenario.h"

#include "plugin/error.h"
#include "plugin/random.h"

#include <math.h>
#include <string.h>

typedef struct {
  EpnsLatticeState *state;
  guint32 *volume;    /* [state->n_rows] sites of each cell now */
  gint32 newest;      /* the largest id given out */
  EpnsMersenne draws; /* for types */
} Layout;

/* A type table is indexed by cell id, so ids must stay within what a machine can hold. */
enum { LARGEST_ID = 1 << 24 };

static gsize
site (const EpnsLatticeState *state, const gint32 at[3])
{
  return ((gsize) at[2] * (gsize) state->size[1] + (gsize) at[1]) * (gsize) state->size[2]
         + (gsize) at[0];
}

static void
start_cell (Layout *layout, gint32 id, gint32 type)
{
  gsize rows = layout->state->n_rows;

  if ((gsize) id >= rows) {
    gsize more = MAX ((gsize) id + 1, rows * 2);
    epns_lattice_state_grow (layout->state, more);
    layout->volume = g_renew (guint32, layout->volume, more);
    memset (layout->volume + rows, 0, (more - rows) * sizeof *layout->volume);
  }
  layout->newest = MAX (layout->newest, id);
  layout->state->type[id] = type;
}

/* Sites low..high, both included and cut at the lattice's end, go to the cell. */
static void
fill (Layout *layout, gint32 id, const gint32 low[3], const gint32 high[3])
{
  const gint32 *size = layout->state->size;
  gint32 last[3] = { MIN (high[0], size[2] - 1), MIN (high[1], size[1] - 1),
                     MIN (high[2], size[0] - 1) };

  for (gint32 z = low[2]; z <= last[2]; z++)
    for (gint32 y = low[1]; y <= last[1]; y++)
      for (gint32 x = low[0]; x <= last[0]; x++) {
        gint32 *owner = &layout->state->id[site (layout->state, (gint32[]) { x, y, z })];
        layout->volume[*owner]--;
        layout->volume[id]++;
        *owner = id;
      }
}

/* CompuCell3D keeps the list of types in reverse and picks floor (n u) of it, where u is a draw
 * over 2^32 - 1, in [0, 1]; a region without types makes type 1 and draws nothing. */
static gint32
draw_type (Layout *layout, const GArray *types)
{
  if (types->len == 0)
    return 1;
  double u = epns_mersenne_next (&layout->draws) / 4294967295.0;
  guint pick = MIN ((guint) (types->len * u), types->len - 1);
  return g_array_index (types, gint32, types->len - 1 - pick);
}

static gboolean
inside_blob (const EpnsRegion *region, const gint32 corner[3])
{
  double square = 0.0;

  for (int axis = 0; axis < 3; axis++)
    square += ((double) corner[axis] - region->centre[axis])
              * ((double) corner[axis] - region->centre[axis]);
  return sqrt (square) < region->radius;
}

/* A grid of boxes; of a blob the whole lattice's grid, of a uniform region its own box's, partial
 * boxes included. */
static gboolean
lay_grid (Layout *layout, const EpnsRegion *region, GError **error)
{
  const gint32 *size = layout->state->size;
  const gint32 all[3] = { size[2], size[1], size[0] }, origin[3] = { 0, 0, 0 };
  gboolean blob = region->shape == EPNS_REGION_BLOB;
  const gint32 *low = blob ? origin : region->low, *high = blob ? all : region->high;
  gint32 pitch = region->gap + region->width, corner[3];

  for (corner[2] = low[2]; corner[2] < high[2]; corner[2] += pitch)
    for (corner[1] = low[1]; corner[1] < high[1]; corner[1] += pitch)
      for (corner[0] = low[0]; corner[0] < high[0]; corner[0] += pitch) {
        if (blob && !inside_blob (region, corner))
          continue;
        if (layout->newest >= LARGEST_ID) {
          g_set_error (error, EPNS_FAILURE, EPNS_FAILURE_RANGE,
                       "more than %d cells; make the boxes larger", LARGEST_ID);
          return FALSE;
        }
        gint32 end[3] = { corner[0] + region->width - 1, corner[1] + region->width - 1,
                          corner[2] + region->width - 1 };
        start_cell (layout, layout->newest + 1, draw_type (layout, region->types));
        fill (layout, layout->newest, corner, end);
      }
  return TRUE;
}

/* The id a new cell gets that asks for `wanted`: that one while no living cell has it, else the
 * next new one. */
static gint32
free_id (const Layout *layout, gint32 wanted)
{
  if (wanted > layout->newest)
    return wanted;
  return wanted > 0 && layout->volume[wanted] == 0 ? wanted : layout->newest + 1;
}

/* The first box of a cell makes it; a further one goes to whoever then owns the first one's low
 * corner, and its type is not looked at: so a cell that lost that corner loses its later boxes to
 * the cell that took it. */
static void
lay_boxes (Layout *layout, const EpnsRegion *region)
{
  g_autoptr (GHashTable) corners = g_hash_table_new (NULL, NULL);

  for (guint i = 0; i < region->boxes->len; i++) {
    const EpnsCellBox *box = &g_array_index (region->boxes, EpnsCellBox, i);
    const EpnsCellBox *first = g_hash_table_lookup (corners, GINT_TO_POINTER (box->cell));
    gint32 id;

    if (first != NULL) {
      id = layout->state->id[site (layout->state, first->low)];
    } else {
      id = free_id (layout, box->cell);
      start_cell (layout, id, box->type);
      g_hash_table_insert (corners, GINT_TO_POINTER (box->cell), (gpointer) box);
    }
    fill (layout, id, box->low, box->high);
  }
}

static void
take (Layout *layout, gint32 at, gint32 id)
{
  gint32 *owner = &layout->state->id[at];

  layout->volume[*owner]--;
  layout->volume[id]++;
  *owner = id;
}

static gboolean
too_many (GError **error)
{
  g_set_error (error, EPNS_FAILURE, EPNS_FAILURE_RANGE, "more than %d cells; lay fewer",
               LARGEST_ID);
  return FALSE;
}

/* A cell of which no site is free is never made. */
static gboolean
lay_sites (Layout *layout, const EpnsRegion *region, GError **error)
{
  gint32 number = 0, id = 0;

  for (guint i = 0; i < region->sites->len; i++) {
    const EpnsCellSite *at = &g_array_index (region->sites, EpnsCellSite, i);
    if (i == 0 || at->cell != number)
      id = 0;
    number = at->cell;
    if (!region->over && layout->state->id[at->site] != 0)
      continue;
    if (id == 0) {
      id = number > 0 ? free_id (layout, number) : layout->newest + 1;
      if (id > LARGEST_ID)
        return too_many (error);
      start_cell (layout, id, at->type);
    }
    take (layout, at->site, id);
  }
  return TRUE;
}

/* Each free site as likely as any other: a shuffle that ends when all cells have one. */
static gboolean
scatter (Layout *layout, const EpnsRegion *region, GError **error)
{
  g_autofree gint32 *free_sites = g_new (gint32, MAX (region->sites->len, 1));
  guint32 n = 0;

  for (guint i = 0; i < region->sites->len; i++) {
    gint32 at = g_array_index (region->sites, EpnsCellSite, i).site;
    if (layout->state->id[at] == 0)
      free_sites[n++] = at;
  }
  if (region->n > n) {
    g_set_error (error, EPNS_FAILURE, EPNS_FAILURE_RANGE,
                 "%u cells are to be laid by chance, and only %u sites are free for them; lay "
                 "fewer",
                 region->n, n);
    return FALSE;
  }
  for (guint32 i = 0; i < region->n; i++, n--) {
    guint32 pick = epns_random_below (epns_mersenne_next (&layout->draws), n);
    if (layout->newest >= LARGEST_ID)
      return too_many (error);
    start_cell (layout, layout->newest + 1, g_array_index (region->types, gint32, 0));
    take (layout, free_sites[pick], layout->newest);
    free_sites[pick] = free_sites[n - 1];
  }
  return TRUE;
}

/* Cut the table after the last living cell, and let the dead have no type. */
static gboolean
tidy (Layout *layout)
{
  EpnsLatticeState *state = layout->state;
  gsize rows = 1;

  for (gsize id = 1; id <= (gsize) layout->newest; id++) {
    if (layout->volume[id] > 0)
      rows = id + 1;
    else
      state->type[id] = 0;
  }
  state->n_rows = rows;
  return rows > 1;
}

EpnsLatticeState *
epns_scenario_initial_lattice (const EpnsScenario *self, guint64 seed, GError **error)
{
  g_autoptr (EpnsLatticeState) state = epns_lattice_state_new (self->size, 64);
  Layout layout = { .state = state, .volume = g_new0 (guint32, 64) };
  gboolean fine = TRUE;

  layout.volume[0] = (guint32) epns_lattice_state_sites (state);
  epns_mersenne_seed (&layout.draws, (guint32) seed);
  for (guint i = 0; i < self->regions->len && fine; i++) {
    const EpnsRegion *region = g_ptr_array_index (self->regions, i);
    if (region->shape == EPNS_REGION_BOXES)
      lay_boxes (&layout, region);
    else if (region->shape == EPNS_REGION_SITES)
      fine = lay_sites (&layout, region, error);
    else if (region->shape == EPNS_REGION_SCATTER)
      fine = scatter (&layout, region, error);
    else
      fine = lay_grid (&layout, region, error);
  }
  if (fine && !tidy (&layout)) {
    g_set_error (error, EPNS_FAILURE, EPNS_FAILURE_FORMAT,
                 "%s: the start holds no cell; check the regions' boxes and radii", self->path);
    fine = FALSE;
  }
  g_free (layout.volume);
  return fine ? g_steal_pointer (&state) : NULL;
}
