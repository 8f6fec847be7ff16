/* SPDX-License-Identifier: MIT */
/* Neighbours on a square, cubic or hexagonal lattice, by order: order k holds every offset whose
 * Euclidean length is among the k smallest there are (2D: 4, 8, 12, 20, 24, 28 ... offsets; 3D: 6,
 * 18, 26, 32, 56 ...; hexagonal: 6, 12, 18, 30, 36 ...). On a hexagonal lattice x and y count along
 * axes 60 degrees apart: (x, y) lies at (x + y / 2, y sqrt(3) / 2), as Morpheus numbers it. Within
 * a neighbourhood offsets stand in the order in which CompuCell3D lists them, because its draws
 * index that list: by length; then by the sorted magnitudes; then the larger magnitude first on x,
 * y, z; then + before - on x, y, z. */
#pragma once
#include <glib.h>

typedef enum { EPNS_GRID_SQUARE, EPNS_GRID_HEXAGONAL } EpnsGrid; /* the latter is flat along z */

typedef struct {
  gint32 by[3]; /* z, y, x; sites */
  double distance;
} EpnsOffset;

typedef struct {
  guint n;
  EpnsOffset *offsets; /* [n], owned */
  gint32 *step;    /* [n], owned: the offsets in a row-major array, once laid; before that NULL */
  gint32 reach[3]; /* the largest component on z, y, x */
} EpnsNeighbourhood;

/* Fill a zeroed or filled neighbourhood. A lattice with one site along an axis is flat there: no
 * offset leaves it. order 0, or all axes flat: no neighbours. order is at most
 * EPNS_NEIGHBOURHOOD_MAX_ORDER. [any] */
#define EPNS_NEIGHBOURHOOD_MAX_ORDER 64
void epns_neighbourhood_fill (EpnsNeighbourhood *self, guint order, EpnsGrid grid,
                              const gboolean flat[3]);

/* List the offsets as one meets them going round, by angle and then by length, where two axes are
 * not flat; else leave them as they are. [any] */
void epns_neighbourhood_go_round (EpnsNeighbourhood *self, EpnsGrid grid);

/* Work out `step` for an array whose neighbours along z, y, x are `stride` elements apart. [any] */
void epns_neighbourhood_lay (EpnsNeighbourhood *self, const gsize stride[3]);

/* Free what is owned and zero the rest. [any] */
void epns_neighbourhood_clear (EpnsNeighbourhood *self);
