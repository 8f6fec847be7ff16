/* SPDX-License-Identifier: MIT */
/* Connected pieces of a lattice: fragments of cells, clusters of like cells. */
#pragma once
#include <glib.h>

/* Pieces of sites that carry the same key above 0 and hang together by bonds (compare/bonds.h), by
 * union and find (Hoshen and Kopelman, Phys. Rev. B 14, 3438, 1976).
 *   key      [z][y][x], each below n_keys; 0 belongs to no piece
 *   scratch  [2 * sites]
 *   count    [n_keys], pieces of a key
 *   largest  [n_keys], sites of its largest piece                                     [any] */
void epns_components (const gint32 size[3], const gint32 periodic[3], const gint32 *key,
                      gsize n_keys, guint32 *scratch, guint32 *count, guint32 *largest);
