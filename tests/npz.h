/* SPDX-License-Identifier: MIT */
/* Reads the arrays of NumPy .npz files that tests compare with. */
#pragma once
#include <glib.h>

typedef struct {
  gint32 *data; /* row-major, widened from i1, i2, i4, u1, u2 or i8; NULL for f8; owned */
  double *real; /* row-major, f8; else NULL; owned */
  gsize n;
  int rank;
  gint64 shape[8];
} EpnsNpz;

/* Array `name` ("frames") of the file, or NULL and *error. Members stored or deflated; C order;
 * little-endian. */
EpnsNpz *epns_npz_read (const char *path, const char *name, GError **error);
void     epns_npz_free (EpnsNpz *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (EpnsNpz, epns_npz_free)
