/* SPDX-License-Identifier: MIT */
/* Where cells are. */
#pragma once
#include <glib.h>

/* Volume and centre of mass of every cell of a lattice. A site's position is its index (z, y, x),
 * so a cell of the sites 30 to 35 has its centre at 32.5. On a periodic axis of L sites the centre
 * is found in two steps: the circular mean of the sites' angles 2 pi i / L (Bai and Breen, J.
 * Graphics GPU Game Tools 13(4), 2008), then the mean of the sites' shortest offsets from it, which
 * is exact for a cell that spans less than L / 2; the result lies in [-0.5, L - 0.5).
 *   size, periodic  z, y, x
 *   id              [z][y][x], below n_rows; row 0 is the medium's
 *   volume          [n_rows], sites
 *   centre          [n_rows][3], z, y, x; NaN for ids without a site                      [any] */
void epns_lattice_centres (const gint32 size[3], const gint32 periodic[3], const gint32 *id,
                           gsize n_rows, guint32 *volume, double (*centre)[3]);

/* a shifted by a whole number of periods so that it lies closest to b. [any] */
double epns_unwrap (double a, double b, double period);
