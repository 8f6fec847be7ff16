/* SPDX-License-Identifier: MIT */
/* Snapshots of a lattice as CompuCell3D writes them with `-f`: legacy VTK in ASCII, a dataset of
 * STRUCTURED_POINTS, its FIELD with the arrays CellType and CellId (x fastest, then y, z; medium
 * 0); other arrays are passed over. A run leaves a folder of Step_<MCS>.vtk (manual of the Player,
 * LatticeData). Borders and names of types are not in them. [any] */
#pragma once
#include "adapters/trajectory.h"

/* One snapshot. EPNS_FAILURE_FORMAT, EPNS_FAILURE_UNSUPPORTED (another dataset, BINARY),
 * EPNS_FAILURE_IO. */
EpnsLatticeState *epns_vtk_read (const char *path, GError **error);

/* The same for text in memory, which is changed; text[size] is '\0', path names it in messages. */
EpnsLatticeState *epns_vtk_parse (const char *path, char *text, GError **error);

/* The Step_<MCS>.vtk of a folder in the order of their times, one member, unit "MCS". Names of
 * types and borders (z, y, x) are the caller's. EPNS_FAILURE_MISMATCH where sizes differ between
 * frames, where a cell has a type without a name, or changes its type. */
EpnsTrajectory *epns_vtk_read_folder (const char *folder, const gint32 periodic[3],
                                      const char *const *type_names, GError **error);
