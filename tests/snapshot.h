/* SPDX-License-Identifier: MIT */
/* Drawings as CompuCell3D would leave them in a folder of snapshots. */
#pragma once
#include "tests/tissue.h"

static inline void
snapshot_array (GString *text, const char *name, const char *type, const gint32 *values, gsize n,
                const gint32 *by)
{
  g_string_append_printf (text, "%s 1 %zu %s\n", name, n, type);
  for (gsize i = 0; i < n; i++)
    g_string_append_printf (text, "%d%c", by ? by[values[i]] : values[i], i % 9 == 8 ? '\n' : ' ');
  g_string_append_c (text, '\n');
}

/* A drawing as a snapshot, with an array that is of no use here. */
static inline char *
snapshot (const char *drawing)
{
  g_autoptr (EpnsLatticeState) state = tissue_draw (drawing);
  gsize n = epns_lattice_state_sites (state);
  GString *text = g_string_new ("# vtk DataFile Version 5.1\nvtk output\nASCII\n"
                                "DATASET STRUCTURED_POINTS\n");

  g_string_append_printf (text, "DIMENSIONS %d %d 1\nSPACING 1 1 1\nORIGIN 0 0 0\n",
                          state->size[2], state->size[1]);
  g_string_append_printf (text, "POINT_DATA %zu\nFIELD FieldData 3\n", n);
  snapshot_array (text, "CellType", "unsigned_char", state->id, n, state->type);
  snapshot_array (text, "CellId", "long", state->id, n, NULL);
  g_string_append (text, "METADATA\nINFORMATION 0\n\n");
  snapshot_array (text, "ClusterId", "long", state->id, n, NULL);
  return g_string_free (text, FALSE);
}
