/* SPDX-License-Identifier: MIT */
/* The cells of an id lattice, each with a square window around a centre of mass, and for every
 * site the cells whose windows cover it: the only cells that may own it one step later. Memory
 * linear in sites and cells. All functions [run]. */
#pragma once
#include "models/epns/local.h"

#define EPNS_LOCAL_MEDIUM (-1) /* in place of a cell's index */

typedef struct {
  gint32 id, type;
  gint32 volume;           /* sites, > 0 */
  gint32 first_site;       /* in row-major order */
  gint32 first_y, first_x; /* the window's first site; may lie outside the lattice */
  double middle_y,
      middle_x; /* what the window was centred on, unwrapped along a periodic axis */
} EpnsLocalCell;

typedef struct {
  gsize height, width; /* of the lattice */
  gboolean periodic[2];
  gsize window; /* extent of every window, as last centred */

  gsize n_cells;
  EpnsLocalCell *cells; /* [n_cells], ascending ids */
  gint32 *places;       /* [n_cells][3]: 0, first_y, first_x, as the window operators take them */
  gint32 *owner;        /* [height, width] index of the cell, or EPNS_LOCAL_MEDIUM */
  /* Places of site s are covering[start[s]] .. covering[start[s + 1] - 1], ascending; a place is
   * (cell * window + row) * window + column and points into arrays [n_cells, window, window]. */
  guint32 *start;    /* [height * width + 1] */
  guint32 *covering; /* [start[height * width]] */

  struct EpnsLocalWindowsRoom *room; /* owns the arrays; kept from step to step */
} EpnsLocalWindows;

/* widest: the largest extent that windows will be given. */
EpnsLocalWindows *epns_local_windows_new (gsize widest);
void epns_local_windows_free (EpnsLocalWindows *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (EpnsLocalWindows, epns_local_windows_free)

/* Find the cells of a state; they have no windows yet. Allocates only where it is larger than any
 * before. EPNS_FAILURE_MISMATCH when an id has no row in the type table, a cell's type is not
 * between 1 and n_types - 1, or a periodic axis is shorter than the widest window. */
gboolean epns_local_windows_find (EpnsLocalWindows *self, const EpnsLocalState *state,
                                  gsize n_types, GError **error);

/* Give every cell a window of so many sites around the centre of mass of its sites in the state;
 * or, with `drawn` ([height, width] indices of cells, what is negative is no cell's), of its sites
 * there, if it has any. */
void epns_local_windows_centre (EpnsLocalWindows *self, gsize window, const gint32 *drawn);

/* How many places n sites that follow each other have, at most: n is 1, of sites, or the width, of
 * rows. */
gsize epns_local_windows_most (const EpnsLocalWindows *self, gsize n);

/* The lattice coordinate of an unwrapped one, or -1 beyond a wall. */
static inline gssize
epns_local_at (gssize coordinate, gsize extent, gboolean periodic)
{
  gssize n = (gssize) extent;

  if (coordinate >= 0 && coordinate < n)
    return coordinate;
  return periodic ? ((coordinate % n) + n) % n : -1;
}

/* The site of a place, or -1 beyond a wall. */
static inline gssize
epns_local_windows_site (const EpnsLocalWindows *self, gsize place)
{
  gsize in_window = place % (self->window * self->window);
  const EpnsLocalCell *cell = &self->cells[place / (self->window * self->window)];
  gssize y = epns_local_at (cell->first_y + (gssize) (in_window / self->window), self->height,
                            self->periodic[0]);
  gssize x = epns_local_at (cell->first_x + (gssize) (in_window % self->window), self->width,
                            self->periodic[1]);

  return y < 0 || x < 0 ? -1 : y * (gssize) self->width + x;
}
