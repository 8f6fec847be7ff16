/* SPDX-License-Identifier: MIT */
/* Everything the observables need of a frame, measured in a few passes. */
#pragma once
#include "adapters/trajectory.h"

/* Frames of one member in the order of time. Cells are indexed by id; row 0 is the medium. */
typedef struct {
  const EpnsTrajectory *of;
  guint32 member;
  const gint32 *type;      /* [n_rows] */
  gsize n_rows;
  gint32 n_types;

  /* of the frame that was measured last */
  guint32 frame;
  guint32 *volume;         /* [n_rows] sites */
  guint32 *perimeter;      /* [n_rows] bonds to other cells and to medium; the lattice's border is none */
  guint32 *fragments;      /* [n_rows] connected pieces */
  guint32 *clusters;       /* [n_types] connected pieces of the sites of a type */
  guint32 *largest;        /* [n_types] sites of the largest of them */
  guint64 *type_sites;     /* [n_types] */
  guint64 like, unlike, medium; /* bonds between two cells of one type, of two types, of a cell and medium */
  double *displacement;    /* [n_rows] sites, since the frame before; NaN in frame 0 and for cells that are not in both */
  double *path;            /* [n_rows] sites, sum of displacements; NaN for cells that are gone */
  double *squared;         /* [n_rows] sites^2, from where the cell was first seen; NaN for cells that are gone */
  guint32 cells, lost;     /* cells that own a site; cells of frame 0 that own none */

  /* scratch */
  double (*centre)[3], (*last)[3], (*first)[3]; /* [n_rows] z, y, x; last and first go on across periodic borders */
  gint32 *types_at;        /* [site] */
  guint32 *labels;         /* [2 * site] */
} EpnsMeasures;

/* No frame measured yet. The recording is lent and must hold its frames. */
EpnsMeasures *epns_measures_new (const EpnsTrajectory *of, guint32 member);
void          epns_measures_free (EpnsMeasures *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (EpnsMeasures, epns_measures_free)

/* Measure the next frame. FALSE when there is none. */
gboolean epns_measures_next (EpnsMeasures *self);
