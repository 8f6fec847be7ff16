/* SPDX-License-Identifier: MIT */
/* Everything the observables need of a frame, measured in a few passes. */
#pragma once
#include "adapters/trajectory.h"
#include "compare/voronoi.h"

/* Frames of one member in the order of time. Arrays by cell id have n_rows entries, row 0 being the
 * medium's; arrays by type id have n_types. */
typedef struct {
  const EpnsTrajectory *of;
  guint32 member;
  const gint32 *type; /* by cell */
  gsize n_rows;
  gint32 n_types;

  /* of the frame that was measured last */
  guint32 frame;
  guint32 *volume;     /* by cell: sites */
  guint32 *perimeter;  /* by cell: bonds to other cells and medium; the lattice's border has none */
  guint32 *fragments;  /* by cell: connected pieces */
  guint32 *neighbours; /* by cell: other cells it has bonds with */
  double *aspect;      /* by cell: longer over shorter axis by second moments; NaN in 3D, for the gone */
  guint32 *clusters;   /* by type: connected pieces of its sites */
  guint32 *largest;    /* by type: sites of the largest of them */
  guint64 *type_sites; /* by type: sites */
  guint64 like;        /* bonds between two cells of one type */
  guint64 unlike;      /* bonds between cells of two types */
  guint64 medium;      /* bonds between a cell and medium */
  double *radius;       /* by cell: sites from the mean of the cells' centres; NaN for the gone and
                           where an axis is periodic */
  gboolean has_voronoi; /* 2D, no periodic axis, and cells enough for a triangle */
  EpnsVoronoi voronoi;  /* in diameters of the mean cell of the member's frame 0 */
  double *displacement; /* by cell: sites since the frame before; NaN in frame 0 and for the gone */
  double *path;         /* by cell: sites, sum of displacements; NaN for cells that are gone */
  double *squared;      /* by cell: sites^2 from where it was first seen; NaN for the gone */
  guint32 cells;        /* cells that own a site */
  guint32 lost;         /* cells that owned one before and own none now */

  /* scratch */
  double (*centre)[3];          /* by cell: z, y, x */
  double (*first)[3], (*last)[3]; /* by cell: where it was, going on across periodic borders */
  gint32 *types_at;             /* [site] */
  double (*moments)[3];         /* by cell: yy, xx, xy */
  double (*points)[2];          /* [n_rows] centres x, y in diameters */
  gint32 *point_types;          /* [n_rows] */
  double diameter;              /* sites */
  GArray *pairs;                /* guint64: cells that meet */
  guint32 *labels;              /* [2 * site] */
} EpnsMeasures;

/* No frame measured yet. The recording is lent and must hold its frames. */
EpnsMeasures *epns_measures_new (const EpnsTrajectory *of, guint32 member);
void          epns_measures_free (EpnsMeasures *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (EpnsMeasures, epns_measures_free)

/* Measure the next frame. FALSE when there is none. */
gboolean epns_measures_next (EpnsMeasures *self);
