/* SPDX-License-Identifier: MIT */
/* The header of a .npy file, version 1.0, as numpy.lib.format documents it. */
#pragma once
#include "plugin/epns_step.h"
#include <glib.h>

#define EPNS_NPY_RANK 5
#define EPNS_NPY_HEADER 128 /* bytes before the data, for every shape whose extents fit int32 */

typedef struct {
  int rank;
  guint64 shape[EPNS_NPY_RANK];
  int32_t dtype; /* EPNS_I32, EPNS_F64 */
} EpnsNpyShape;

/* A header for little-endian elements in C order: EPNS_NPY_HEADER bytes, so that the data begin on
 * a multiple of 64. [any] */
void epns_npy_format (char header[EPNS_NPY_HEADER], const EpnsNpyShape *shape);

/* Parse the first `size` bytes of a file. Accepted: versions 1.0 and 2.0, '<i4' or '<f8', C order,
 * at most EPNS_NPY_RANK axes, the three keys once each in any order, nothing else. *data_at: where
 * the data begin. EPNS_FAILURE_FORMAT beginning with `path`. [any] */
gboolean epns_npy_parse (const char *path, const guint8 *bytes, gsize size, EpnsNpyShape *shape,
                         gsize *data_at, GError **error);
