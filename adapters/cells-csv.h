/* SPDX-License-Identifier: MIT */
/* PhysiCell's files of cells: v1, `x,y,z,typeID` without a header, and v2, with the header
 * `x,y,z,type` and further columns for volume and behaviours. The first letter tells them apart: x
 * or X is v2 (modules/PhysiCell_geometry.cpp, 1.14.2). Blank lines, CRLF, a byte order mark and a
 * missing final newline, on some of which PhysiCell crashes, are taken for what they are; what it
 * would read as 0, leave out or freeze is refused. */
#pragma once
#include "adapters/physicell.h"

typedef struct {
  double position[3]; /* x, y, z */
  gint type;          /* index of its definition */
  double volume;
} EpnsCsvCell;

/* The cells of a file as EpnsCsvCell; at least one. A value for a single cell other than that of
 * its definition is refused where it acts. NULL and one line in *error: EPNS_FAILURE_FORMAT,
 * _UNSUPPORTED, _RANGE, _IO. [any] */
GArray *epns_cells_csv_read (const char *path, EpnsPhysicell *about, GError **error);
GArray *epns_cells_csv_parse (const char *path, const char *text, gsize size, EpnsPhysicell *about,
                              GError **error);
