/* SPDX-License-Identifier: MIT */
/* Neighbours on a square or cubic lattice, by order: order k holds every offset whose Euclidean
 * length is among the k smallest there are (2D: 4, 8, 12, 20, 24, 28 ... offsets; 3D: 6, 18, 26,
 * 32, 56 ...). Within a neighbourhood offsets stand in the order in which CompuCell3D lists them,
 * because its draws index that list: by length; then by the sorted magnitudes; then the larger
 * magnitude first on x, y, z; then + before - on x, y, z. */
#pragma once
#include <glib.h>

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
void epns_neighbourhood_fill (EpnsNeighbourhood *self, guint order, const gboolean flat[3]);

/* Work out `step` for an array whose neighbours along z, y, x are `stride` elements apart. [any] */
void epns_neighbourhood_lay (EpnsNeighbourhood *self, const gsize stride[3]);

/* Free what is owned and zero the rest. [any] */
void epns_neighbourhood_clear (EpnsNeighbourhood *self);
