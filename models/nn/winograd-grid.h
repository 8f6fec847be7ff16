/* SPDX-License-Identifier: MIT */
/* The tiles of a Winograd correlation: how images are laid out for them, and the ways between
 * images and points. For winograd*.c.
 *
 * Tiles are numbered row by row, `pitch` in a row and `rows` rows a sample, samples one below the
 * other. Of these tiles_w x tiles_h have sites; the others are there for filters in several
 * groups, whose group (a, b) reads tile t + a pitch + b. */
#pragma once
#include "models/nn/correlate.h"
#include "models/nn/kernel.h"

typedef struct {
  gsize groups_h, groups_w; /* of the filters' rows and columns */
  gsize tiles_h, tiles_w, rows, pitch;
  gsize stack; /* samples taken at once, at most */
} EpnsGrid;

EpnsGrid epns_grid_of (const EpnsCorrelation *shape);
/* How many tiles from one on are needed to reach all groups of its own. */
gsize epns_grid_reach (const EpnsGrid *self);
/* The number after the last tile with sites of n samples. */
gsize epns_grid_end (const EpnsGrid *self, gsize n);

/* n rounded up to whole vectors of any kernel. */
gsize epns_whole_vectors (gsize n);

/* Samples with channels side by side: element (c, y, x) of an image [channels, height, width] at
 * ((y + top) columns + x + left) depth + c, zeros around. */
typedef struct {
  gsize channels, height, width;
  gint64 top, left;
  gsize rows, columns, depth;
  guint kind; /* EPNS_IMAGE_TO_POINTS or EPNS_SITES_TO_POINTS */
} EpnsField;

/* What the correlation sees, and the sites that it makes. */
EpnsField epns_field_of_image (const EpnsGrid *grid, const EpnsCorrelation *shape);
EpnsField epns_field_of_sites (const EpnsGrid *grid, const EpnsCorrelation *shape);
gsize epns_field_count (const EpnsField *self);
void epns_field_lay_out (const EpnsField *self, const float *image, float *to);

/* A line lies between arrays that are read at the same places, lest they share a place in the
 * cache. */
#define EPNS_GRID_GAP EPNS_KERNEL_WIDEST

/* Tiles first .. first + n - 1 of laid out samples on their way to points: first all columns, then
 * one row of points after the other. Between the two there are EPNS_TOOM_POINTS rows,
 * epns_grid_columns() floats apart. */
gsize epns_grid_columns (const EpnsGrid *self, const EpnsField *field, gsize n);
void epns_grid_enter (const EpnsGrid *self, const EpnsField *field, const float *laid, gsize first,
                      gsize n, float *rows);
/* points[j][tile][depth], j < EPNS_TOOM_POINTS, `step` floats apart, from one of these rows. */
void epns_grid_enter_row (const EpnsGrid *self, const EpnsField *field, const float *row,
                          gsize first, gsize n, float *points, gsize step);

/* And back: a row of points [j][tile][width] to sites [tile][EPNS_TOOM_SITES][depth], and when
 * all rows are there, `step` floats apart, to the maps of all filters. */
void epns_grid_leave_row (gsize n, gsize width, const float *points, gsize points_step, gsize depth,
                          float *row);

typedef struct {
  const EpnsCorrelation *shape;
  const float *bias;
  EpnsActivation activation;
  gboolean add;
  float *out;
} EpnsSites;
void epns_grid_leave (const EpnsGrid *self, const EpnsSites *sites, gsize depth, gsize first,
                      gsize n, const float *rows, gsize step);
