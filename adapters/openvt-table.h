/* SPDX-License-Identifier: MIT */
/* A table of the OpenVT cell-sorting benchmark, read (adapters/openvt-csv.h writes it and states its
 * columns). Entries differ: types are counted from 0 or from 1, simulations are numbers or names,
 * fields may begin with blanks; all of that is taken. */
#pragma once
#include <glib.h>

typedef struct {
  char *path;
  char **members;     /* simIDs in the order they come, NULL-terminated */
  guint32 n_members;
  guint32 n_times;
  double *time;       /* [n_times] ascending */
  guint32 n_cells;    /* different cellIDs of any simulation */
  gint32 *cell;       /* [n_cells] those, ascending */
  double (*at)[2];    /* [member][time][cell] x, y in cell diameters; NaN where there is no row */
  gint32 *type;       /* [member][cell], counted from 0; -1: the simulation has no such cell */
  gint32 first_type;  /* what the file calls the first type: 0 or 1 */
  gint32 n_types;
} EpnsOpenvtTable;

/* Read a file. EPNS_FAILURE_FORMAT naming the line for another header, a field that is no number, a
 * cell that comes twice at a time or changes its type, types that start neither at 0 nor at 1, or a
 * simulation that lacks a time; EPNS_FAILURE_IO. [any] */
EpnsOpenvtTable *epns_openvt_table_read (const char *path, GError **error);
void             epns_openvt_table_free (EpnsOpenvtTable *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (EpnsOpenvtTable, epns_openvt_table_free)
