/* SPDX-License-Identifier: MIT */
/* Names and shapes of what lies in a recording's HDF5 file; doc/hdf5-layout.md says it in words. */
#pragma once
#include "adapters/trajectory.h"
#include <hdf5.h>

#define EPNS_HDF5_FORMAT "epns-trajectory"
#define EPNS_HDF5_VERSION 1
#define EPNS_HDF5_CELL_ID "cell_id"         /* i32 [member, time, (z,) y, x], -1: not recorded */
#define EPNS_HDF5_CELL_TYPE "cell_type"     /* i32 [member, cell] */
#define EPNS_HDF5_TIME "time"               /* f64 [time] */
#define EPNS_HDF5_TYPE_NAMES "type_names"   /* text [type] */
#define EPNS_HDF5_FRAMES_DONE "frames_done" /* u32 [member] */
#define EPNS_HDF5_ARCHIVE "archive"         /* group of u8 [byte], by member's number */
#define EPNS_HDF5_PROVENANCE "provenance"   /* group of text attributes */

/* Rank of cell_id and what a frame of one member is in it: offset and count. A lattice of one plane
 * has no z axis. */
static inline int
epns_hdf5_frame_box (const gint32 size[3], guint32 member, guint32 frame, hsize_t offset[5],
                     hsize_t count[5])
{
  int skip = size[0] == 1 ? 1 : 0, rank = 5 - skip;

  for (int i = 0; i < rank; i++) {
    offset[i] = i == 0 ? member : i == 1 ? frame : 0;
    count[i] = i < 2 ? 1 : (hsize_t) size[i - 2 + skip];
  }
  return rank;
}
