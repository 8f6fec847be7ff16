/* SPDX-License-Identifier: MIT */
/* Triangles between points of a plane; the one place that knows qhull. */
#pragma once
#include <glib.h>

/* A Delaunay triangulation: guint32 [3] for each triangle, in no particular order or turn. Points
 * on one circle are split in some way that is the same at every call. Empty where fewer than three
 * points, or all of them on a line, leave none. points: [n][2], x and y, finite. Any thread, one
 * call does not disturb another. Free with g_array_unref. [any] */
GArray *epns_delaunay (const double (*points)[2], gsize n);

/* One side of triangles. */
typedef struct {
  guint32 a, b;        /* its points, a < b */
  guint32 opposite[2]; /* the third points of the n_triangles it belongs to */
  guint32 of[2];       /* and those triangles' indices */
  guint32 n_triangles; /* 2 within, 1 on the rim */
} EpnsSide;

/* All sides of some triangles, by a, then b. Free with g_array_unref. [any] */
GArray *epns_triangle_sides (const GArray *triangles);

/* The centre of the circle through three points; not finite where they are on a line. */
void epns_circumcentre (const double a[2], const double b[2], const double c[2], double centre[2]);
