/* SPDX-License-Identifier: MIT */
/* Points in cells: who may lie within reach of whom, at a cost linear in the points where their
 * density is bounded. Cells fill the box around the points; those of one cell keep their order, so
 * what is found, and in which order, depends on the points alone. One user at a time. */
#pragma once
#include <glib.h>

#define EPNS_NEAR_MAX_RANGES 9

typedef struct _EpnsNear EpnsNear;

typedef struct { /* points order[begin] to order[end - 1] */
  guint32 begin, end;
} EpnsNearRange;

EpnsNear *epns_near_new (void);
void      epns_near_free (EpnsNear *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (EpnsNear, epns_near_free)

/* Sort n points, 1 to 2^31, position[n][axes], axes 2 or 3, all finite, into cells no narrower than
 * reach >= 0. Allocates only where points are more than ever. */
void epns_near_sort (EpnsNear *self, const double *position, gsize n, gint axes, double reach);

/* The points by cell: [n] indices, lent until the next sorting. */
const guint32 *epns_near_order (const EpnsNear *self);

/* Ranges of order that hold every point within reach of a point of the box (and others, among them
 * the point itself where it is one of those sorted); their number is returned. */
guint epns_near_ranges (const EpnsNear *self, const double *point,
                        EpnsNearRange ranges[EPNS_NEAR_MAX_RANGES]);
