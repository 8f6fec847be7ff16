/* SPDX-License-Identifier: MIT */
/* The parameters that a lattice network is told of (local-inputs.h), among those that its model was
 * trained at. */
#pragma once
#include "models/epns/lattice-network.h"

typedef struct {
  guint n;                       /* 0: it is told nothing */
  gint32 at[EPNS_LOCAL_N_TOLD];  /* their places among the fields */
} EpnsLatticeTold;

/* Find them among [n] fields, which a host then must not leave out. EPNS_FAILURE_MISMATCH naming
 * `path` and what <validity> lacks. [any] */
gboolean epns_lattice_told_find (EpnsLatticeTold *self, const EpnsLatticeNetwork *network,
                                 epns_field *fields, guint n, const char *path, GError **error);

/* What the network is told by [n] views of the fields, checked against them: free with g_free();
 * NULL where that is nothing. Refused with one line, and *field set, where there are too few types
 * or numbers that the network cannot use. [model] */
float *epns_lattice_told_read (const EpnsLatticeTold *self, const EpnsLatticeNetwork *network,
                               const epns_view *views, gint32 *field, GError **error);
