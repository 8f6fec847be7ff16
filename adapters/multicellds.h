/* SPDX-License-Identifier: MIT */
/* What PhysiCell saves: MultiCellDS (version 2), an XML file with the time and the names of rows,
 * and beside it a MATLAB file with a column for each cell. A folder of numbered ones is a
 * recording. Rows are found by their labels, since how many there are depends on the model; cells
 * by their IDs, since a column is given to another cell when one dies. */
#pragma once
#include "adapters/trajectory.h"
#include "adapters/xml.h"

/* Root <MultiCellDS>? */
gboolean epns_multicellds_probe (const EpnsXmlNode *root);

/* One save. Lengths micron, times min. */
typedef struct {
  char *path;
  double time;
  double low[3], high[3]; /* x, y, z: the domain */
  GPtrArray *type_names;  /* char *, in the file's order; "type 3" where it names none */
  GArray *type_ids;       /* gint32, the same */
  gsize n;                /* cells, at least 1; by ascending ID, as all below */
  gint32 *id, *type;      /* type: index into type_names */
  double (*position)[3];  /* x, y, z */
  double (*motility)[3];  /* micron/min; NULL: not in the file */
  double *radius, *volume;
} EpnsMulticellds;

/* EPNS_FAILURE_FORMAT where it is no such file or its parts do not fit each other, _IO. [any] */
EpnsMulticellds *epns_multicellds_read (const char *path, GError **error);
void epns_multicellds_free (EpnsMulticellds *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (EpnsMulticellds, epns_multicellds_free)

/* The only variable of a MATLAB version 4 file, a matrix of doubles: [columns][rows], free with
 * g_free; implemented by adapters/multicellds-mat.c, which alone includes matio. [any] */
double *epns_multicellds_matrix (const char *path, gsize *rows, gsize *columns, GError **error);

/* The recording that a save belongs to: all output<digits>.xml of its folder in their order; a save
 * of another name ("initial.xml") alone. PhysiCell writes velocities as 0 (it clears them before it
 * saves), so they are the change of place since the save before over the time between; at the first
 * save 0 where it is the start (time 0), else as at the second. In 2D (all cells at one height)
 * there are two axes. EPNS_FAILURE_UNSUPPORTED where cells were born, died or changed between
 * saves.
 */
EpnsTrajectory *epns_multicellds_read_series (const char *path, GError **error);

/* The path of the first of a folder's numbered saves, by which the series is read; NULL where it
 * has none. Free with g_free. [any] */
char *epns_multicellds_first_save (const char *folder);
