/* SPDX-License-Identifier: MIT */
/* Bodies as pictures: discs in the plane of x and y. */
#pragma once
#include "compare/figure-lattice.h"

/* The smallest square that holds the bodies of all snapshots and a little around them, cut at the
 * sides of the space. */
EpnsCrop epns_bodies_crop (const EpnsSnapshots *what);

/* The bodies of a frame in a box of width x height points, y upwards, the farther ones (z) first:
 * a disc of the body's radius, or of a size that follows the mass where bodies have none. */
void epns_draw_bodies (EpnsCanvas *canvas, double x, double y, double width, double height,
                       const EpnsCrop *crop, const EpnsTrajectory *of, guint32 member,
                       guint32 frame);
