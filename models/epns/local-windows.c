/* SPDX-License-Identifier: MIT */
/* Cells, windows, and who covers what. */
#include "models/epns/local-windows.h"
#include "plugin/error.h"

#include <string.h>

typedef struct {
  gint32 anchor_y, anchor_x; /* the cell's first site in row-major order */
  gint64 sum_y, sum_x;       /* of coordinates unwrapped towards it */
  gint64 sites;
} Moments;

struct EpnsLocalWindowsRoom {
  gsize widest;
  gint32 *index_of_id;
  Moments *moments; /* of the state */
  Moments *drawn;   /* of what windows are centred on instead */
  gsize ids, cells, sites, covered; /* what there is room for */
};

EpnsLocalWindows *
epns_local_windows_new (gsize widest)
{
  EpnsLocalWindows *self = g_new0 (EpnsLocalWindows, 1);

  self->room = g_new0 (struct EpnsLocalWindowsRoom, 1);
  self->room->widest = widest;
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
  g_free (self->room->drawn);
  g_free (self->room);
  g_free (self);
}

static gboolean
check_state (const EpnsLocalWindows *self, const EpnsLocalState *state, GError **error)
{
  const gsize extent[2] = { state->height, state->width };

  for (guint axis = 0; axis < 2; axis++)
    if (state->periodic[axis] && extent[axis] < self->room->widest) {
      g_set_error (error, EPNS_FAILURE, EPNS_FAILURE_MISMATCH,
                   "the lattice has %" G_GSIZE_FORMAT
                   " sites along its periodic %c axis but the model's windows have %" G_GSIZE_FORMAT
                   "; use a larger lattice or walls",
                   extent[axis], "yx"[axis], self->room->widest);
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
    room->drawn = g_renew (Moments, room->drawn, room->cells);
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

/* Its first site is a cell's anchor, unless it has one. */
static void
add_site (const EpnsLocalWindows *self, Moments *m, gsize site, gboolean has_anchor)
{
  gint32 y = (gint32) (site / self->width), x = (gint32) (site % self->width);

  if (m->sites++ == 0 && !has_anchor) {
    m->anchor_y = y;
    m->anchor_x = x;
  }
  m->sum_y += unwrap (y, m->anchor_y, self->height, self->periodic[0]);
  m->sum_x += unwrap (x, m->anchor_x, self->width, self->periodic[1]);
}

static void
add_sites (EpnsLocalWindows *self, const EpnsLocalState *state)
{
  gsize sites = state->height * state->width;

  if (sites > self->room->sites) {
    self->room->sites = sites;
    self->owner = g_renew (gint32, self->owner, sites);
    self->start = g_renew (guint32, self->start, sites + 1);
  }
  if (self->n_cells > 0)
    memset (self->room->moments, 0, self->n_cells * sizeof *self->room->moments);
  for (gsize s = 0; s < sites; s++) {
    gint32 c = self->owner[s] = self->room->index_of_id[state->id[s]];

    if (c != EPNS_LOCAL_MEDIUM)
      add_site (self, &self->room->moments[c], s, FALSE);
  }
  for (gsize c = 0; c < self->n_cells; c++) {
    const Moments *m = &self->room->moments[c];
    self->cells[c].volume = (gint32) m->sites;
    self->cells[c].first_site = m->anchor_y * (gint32) self->width + m->anchor_x;
  }
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
  return TRUE;
}

/* --- Windows --- */

/* The first of the `window` sites whose middle is nearest to the centre of mass sum / sites, in
 * whole numbers, so that every machine agrees. */
static gint32
first_site (gint64 sum, gint64 sites, gint64 window)
{
  gint64 above = 2 * sum - (window - 2) * sites, below = 2 * sites;

  return (gint32) ((above >= 0 ? above : above - below + 1) / below);
}

/* Moments of what has been drawn, unwrapped towards where the cell was. */
static void
add_drawn (EpnsLocalWindows *self, const gint32 *drawn)
{
  for (gsize c = 0; c < self->n_cells; c++) {
    const Moments *m = &self->room->moments[c];
    self->room->drawn[c] = (Moments){ .anchor_y = first_site (m->sum_y, m->sites, 2),
                                      .anchor_x = first_site (m->sum_x, m->sites, 2) };
  }
  for (gsize s = 0; s < self->height * self->width; s++)
    if (drawn[s] >= 0)
      add_site (self, &self->room->drawn[drawn[s]], s, TRUE);
}

static void
place_window (EpnsLocalWindows *self, gsize c, const Moments *m)
{
  EpnsLocalCell *cell = &self->cells[c];

  cell->middle_y = (double) m->sum_y / (double) m->sites;
  cell->middle_x = (double) m->sum_x / (double) m->sites;
  cell->first_y = first_site (m->sum_y, m->sites, (gint64) self->window);
  cell->first_x = first_site (m->sum_x, m->sites, (gint64) self->window);
  self->places[3 * c] = 0;
  self->places[3 * c + 1] = cell->first_y;
  self->places[3 * c + 2] = cell->first_x;
}

/* Call for every place within the lattice, in ascending order, with its site. */
static inline void
each_place (EpnsLocalWindows *self, void (*body) (EpnsLocalWindows *self, gsize place, gsize site))
{
  for (gsize c = 0, place = 0; c < self->n_cells; c++)
    for (gsize row = 0; row < self->window; row++) {
      gssize y = epns_local_at (self->cells[c].first_y + (gssize) row, self->height,
                                self->periodic[0]);
      for (gsize column = 0; column < self->window; column++, place++) {
        gssize x = epns_local_at (self->cells[c].first_x + (gssize) column, self->width,
                                  self->periodic[1]);
        if (y >= 0 && x >= 0)
          body (self, place, (gsize) y * self->width + (gsize) x);
      }
    }
}

static void
count_place (EpnsLocalWindows *self, gsize place G_GNUC_UNUSED, gsize site)
{
  self->start[site + 1]++;
}

static void
list_place (EpnsLocalWindows *self, gsize place, gsize site)
{
  self->covering[self->start[site]++] = (guint32) place;
}

/* Counting first, then filling place after place, gives every site its places in ascending order.
 */
static void
list_covering (EpnsLocalWindows *self)
{
  gsize sites = self->height * self->width;

  memset (self->start, 0, (sites + 1) * sizeof *self->start);
  each_place (self, count_place);
  for (gsize s = 0; s < sites; s++)
    self->start[s + 1] += self->start[s];
  if (self->start[sites] > self->room->covered) {
    self->room->covered = self->start[sites];
    self->covering = g_renew (guint32, self->covering, self->room->covered);
  }
  each_place (self, list_place);
  /* Now start[s] is where s + 1 begins. */
  memmove (self->start + 1, self->start, sites * sizeof *self->start);
  self->start[0] = 0;
}

void
epns_local_windows_centre (EpnsLocalWindows *self, gsize window, const gint32 *drawn)
{
  g_return_if_fail (window <= self->room->widest);
  self->window = window;
  if (drawn != NULL)
    add_drawn (self, drawn);
  for (gsize c = 0; c < self->n_cells; c++) {
    const Moments *then = &self->room->drawn[c], *now = &self->room->moments[c];
    place_window (self, c, drawn != NULL && then->sites > 0 ? then : now);
  }
  list_covering (self);
}

gsize
epns_local_windows_most (const EpnsLocalWindows *self, gsize n)
{
  gsize most = 0;

  for (gsize s = 0; s < self->height * self->width; s += n)
    most = MAX (most, self->start[s + n] - self->start[s]);
  return most;
}
