/* SPDX-License-Identifier: MIT */
/* What cells share when each owns the points of the plane that are nearest to its centre: the
 * metrics of the OpenVT cell-sorting benchmark. */
#pragma once
#include <glib.h>

/* Lengths in cell diameters. "Unlike": of two types. */
typedef struct {
  double length, unlike_length;           /* of borders between cells */
  guint32 connections, unlike_connections; /* such borders */
} EpnsVoronoi;

/* Borders of the Voronoi cells of n centres (x, y in cell diameters) and their types.
 *
 * Cells on the rim would reach to infinity. As the benchmark's stored metrics do it, ghosts end
 * them: Delaunay triangles with a side longer than 2 are left out; each side that then belongs to
 * one triangle gets two ghosts, one diameter outwards, at 0.1 and 0.9 of its length; the Voronoi
 * cells are those of centres and ghosts together, and borders with ghosts do not count, nor
 * borders shorter than 1e-9. (The rule was read off figures and stored metrics of the benchmark's
 * Chaste entry, which it gives to the last digit in all 101 frames.)
 *
 * FALSE and zeros where the centres have no triangle. [any] */
gboolean epns_voronoi (const double (*centres)[2], const gint32 *types, gsize n, EpnsVoronoi *out);
