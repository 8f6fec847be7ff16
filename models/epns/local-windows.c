/* SPDX-License-Identifier: MIT */
/* Cells, windows, and who covers what. */
#include "models/epns/local-windows.h"
#include "plugin/error.h"

#include <string.h>

typedef struct {
  gint32 anchor_y, anchor_x; /* the cell's first site in row-major order */
  gint64 sum_y, sum_x;       /* of unwrapped coordinates */
} Moments;

struct EpnsLocalWindowsRoom {
  gint32 *index_of_id;
  Moments *moments;
  gsize ids, cells, sites, covered; /* what there is room for */
};

EpnsLocalWindows *
epns_local_windows_new (gsize window)
{
  EpnsLocalWindows *self = g_new0 (EpnsLocalWindows, 1);

  self->window = window;
  self->room = g_new0 (struct EpnsLocalWindowsRoom, 1);
  return self;
}

void
epns_local_windows_free (EpnsLocalWindows *self)
{
  if (self == NULL)
    return;
  g_free (self->cells);
  g_free (self->places);
  g_free (self->owner);
  g_free (self->start);
  g_free (self->covering);
  g_free (self->room->index_of_id);
  g_free (self->room->moments);
  g_free (self->room);
  g_free (self);
}

static gboolean
check_state (const EpnsLocalWindows *self, const EpnsLocalState *state, GError **error)
{
  const gsize extent[2] = { state->height, state->width };

  for (guint axis = 0; axis < 2; axis++)
    if (state->periodic[axis] && extent[axis] < self->window) {
      g_set_error (error, EPNS_FAILURE, EPNS_FAILURE_MISMATCH,
                   "the lattice has %" G_GSIZE_FORMAT
                   " sites along its periodic %c axis but the model's windows have %" G_GSIZE_FORMAT
                   "; use a larger lattice or walls",
                   extent[axis], "yx"[axis], self -> window);
      return FALSE;
    }
  for (gsize s = 0; s < state->height * state->width; s++)
    if (state->id[s] < 0 || (gsize) state->id[s] >= state->n_ids) {
      g_set_error (error, EPNS_FAILURE, EPNS_FAILURE_MISMATCH,
                   "cell-id at y=%" G_GSIZE_FORMAT ", x=%" G_GSIZE_FORMAT
                   " is %d but cell-type has rows for 0 to %" G_GSIZE_FORMAT
                   "; lend a longer cell-type",
                   s / state->width, s % state->width, state->id[s], state->n_ids - 1);
      return FALSE;
    }
  return TRUE;
}

/* Number the living cells by ascending id; their moments start at their first site. */
static gboolean
find_cells (EpnsLocalWindows *self, const EpnsLocalState *state, gsize n_types, GError **error)
{
  struct EpnsLocalWindowsRoom *room = self->room;
  gsize sites = state->height * state->width;

  if (state->n_ids > room->ids) {
    room->ids = state->n_ids;
    room->index_of_id = g_renew (gint32, room->index_of_id, room->ids);
  }
  memset (room->index_of_id, 0, state->n_ids * sizeof *room->index_of_id);
  for (gsize s = 0; s < sites; s++)
    room->index_of_id[state->id[s]] = 1;
  room->index_of_id[0] = 0;

  self->n_cells = 0;
  for (gsize id = 0; id < state->n_ids; id++)
    self->n_cells += (gsize) room->index_of_id[id];
  if (self->n_cells > room->cells) {
    room->cells = self->n_cells;
    self->cells = g_renew (EpnsLocalCell, self->cells, room->cells);
    self->places = g_renew (gint32, self->places, 3 * room->cells);
    room->moments = g_renew (Moments, room->moments, room->cells);
  }

  gint32 n = 0;
  for (gsize id = 0; id < state->n_ids; id++) {
    if (room->index_of_id[id] == 0) {
      room->index_of_id[id] = EPNS_LOCAL_MEDIUM;
      continue;
    }
    if (state->type[id] < 1 || (gsize) state->type[id] >= n_types) {
      g_set_error (error, EPNS_FAILURE, EPNS_FAILURE_MISMATCH,
                   "cell %" G_GSIZE_FORMAT
                   " has type %d but the model was trained with types 1 to %" G_GSIZE_FORMAT
                   "; use a model trained on this scenario",
                   id, state->type[id], n_types - 1);
      return FALSE;
    }
    self->cells[n] = (EpnsLocalCell){ .id = (gint32) id, .type = state->type[id] };
    room->index_of_id[id] = n++;
  }
  return TRUE;
}

/* `at` moved by whole lattices to within half a lattice of `anchor`. */
static gint32
unwrap (gint32 at, gint32 anchor, gsize extent, gboolean periodic)
{
  gint32 n = (gint32) extent, half = n / 2;

  return periodic ? anchor + (at - anchor + half + n) % n - half : at;
}

static void
add_sites (EpnsLocalWindows *self, const EpnsLocalState *state)
{
  Moments *moments = self->room->moments;
  gsize sites = state->height * state->width;

  if (sites > self->room->sites) {
    self->room->sites = sites;
    self->owner = g_renew (gint32, self->owner, sites);
    self->start = g_renew (guint32, self->start, sites + 1);
  }
  for (gsize s = 0; s < sites; s++) {
    gint32 y = (gint32) (s / state->width), x = (gint32) (s % state->width);
    gint32 c = self->owner[s] = self->room->index_of_id[state->id[s]];

    if (c == EPNS_LOCAL_MEDIUM)
      continue;
    if (self->cells[c].volume++ == 0)
      moments[c] = (Moments){ .anchor_y = y, .anchor_x = x };
    moments[c].sum_y += unwrap (y, moments[c].anchor_y, state->height, state->periodic[0]);
    moments[c].sum_x += unwrap (x, moments[c].anchor_x, state->width, state->periodic[1]);
  }
}

/* The first of the `window` sites whose middle is nearest to the centre of mass sum / volume, in
 * whole numbers, so that every machine agrees. */
static gint32
first_site (gint64 sum, gint64 volume, gint64 window)
{
  gint64 above = 2 * sum - (window - 2) * volume, below = 2 * volume;

  return (gint32) ((above >= 0 ? above : above - below + 1) / below);
}

static void
place_windows (EpnsLocalWindows *self)
{
  for (gsize c = 0; c < self->n_cells; c++) {
    EpnsLocalCell *cell = &self->cells[c];
    const Moments *m = &self->room->moments[c];

    cell->middle_y = (double) m->sum_y / (double) cell->volume;
    cell->middle_x = (double) m->sum_x / (double) cell->volume;
    cell->first_y = first_site (m->sum_y, cell->volume, (gint64) self->window);
    cell->first_x = first_site (m->sum_x, cell->volume, (gint64) self->window);
    self->places[3 * c] = 0;
    self->places[3 * c + 1] = cell->first_y;
    self->places[3 * c + 2] = cell->first_x;
  }
}

/* Counting first, then filling place after place, gives every site its places in ascending order.
 */
static void
list_covering (EpnsLocalWindows *self)
{
  gsize sites = self->height * self->width, places = self->n_cells * self->window * self->window;

  memset (self->start, 0, (sites + 1) * sizeof *self->start);
  for (gsize p = 0; p < places; p++) {
    gssize site = epns_local_windows_site (self, p);
    if (site >= 0)
      self->start[site + 1]++;
  }
  for (gsize s = 0; s < sites; s++)
    self->start[s + 1] += self->start[s];
  if (self->start[sites] > self->room->covered) {
    self->room->covered = self->start[sites];
    self->covering = g_renew (guint32, self->covering, self->room->covered);
  }
  for (gsize p = 0; p < places; p++) {
    gssize site = epns_local_windows_site (self, p);
    if (site >= 0)
      self->covering[self->start[site]++] = (guint32) p;
  }
  /* Now start[s] is where s + 1 begins. */
  memmove (self->start + 1, self->start, sites * sizeof *self->start);
  self->start[0] = 0;
}

gboolean
epns_local_windows_find (EpnsLocalWindows *self, const EpnsLocalState *state, gsize n_types,
                         GError **error)
{
  if (!check_state (self, state, error) || !find_cells (self, state, n_types, error))
    return FALSE;
  self->height = state->height;
  self->width = state->width;
  memcpy (self->periodic, state->periodic, sizeof self->periodic);
  add_sites (self, state);
  place_windows (self);
  list_covering (self);
  return TRUE;
}
