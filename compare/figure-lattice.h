/* SPDX-License-Identifier: MIT */
/* Tissues, and systems of particles, as pictures. */
#pragma once
#include "compare/canvas.h"
#include "compare/ensemble.h"

/* A row of snapshots. */
typedef struct {
  const char *title, *subtitle; /* "learned", "cellsort"; subtitle may be NULL */
  const EpnsTrajectory *of;
  guint32 member;
  const guint32 *frame; /* [n_times] */
} EpnsSnapshotRow;

typedef struct {
  const char *title, *caption; /* over and under the picture; caption may be NULL */
  const EpnsSnapshotRow *rows;
  gsize n_rows;
  const double *time; /* [n_times] of the columns */
  gsize n_times;
} EpnsSnapshots;

/* A part of a lattice, sites low to high - 1 of y and of x; or of a space, from low to high. */
typedef struct {
  double low[2], high[2];
} EpnsCrop;

/* The smallest part that holds the cells or bodies of all snapshots and a little around them. */
EpnsCrop epns_snapshots_crop (const EpnsSnapshots *what);

/* One tissue in a box of width x height points: sites coloured by type and a little by cell, a dark
 * line wherever two cells meet, y upwards; of a lattice of several planes the one in the middle.
 * crop: the part to draw. */
void epns_draw_lattice (EpnsCanvas *canvas, double x, double y, double width, double height,
                        const gint32 size[3], const EpnsCrop *crop, const gint32 *id,
                        const gint32 *type);

/* A frame of either layout. */
void epns_draw_frame (EpnsCanvas *canvas, double x, double y, double width, double height,
                      const EpnsCrop *crop, const EpnsTrajectory *of, guint32 member,
                      guint32 frame);

/* A grid of snapshots, cut to where cells are, with titles and a legend of types. All rows: the same
 * lattice and types. */
EpnsCanvas *epns_draw_snapshots (const EpnsSnapshots *what);

/* The same into a PNG file. */
gboolean epns_figure_snapshots (const char *path, const EpnsSnapshots *what, GError **error);
