/* SPDX-License-Identifier: MIT */
/* Names of what lies in a recording's HDF5 file; doc/hdf5-layout.md says it in words. */
#pragma once

#define EPNS_HDF5_FORMAT "epns-trajectory"
#define EPNS_HDF5_VERSION 1
#define EPNS_HDF5_TIME "time"               /* f64 [time] */
#define EPNS_HDF5_TYPE_NAMES "type_names"   /* text [type] */
#define EPNS_HDF5_FRAMES_DONE "frames_done" /* u32 [member] */
#define EPNS_HDF5_ARCHIVE "archive"         /* group of u8 [byte], by member's number */
#define EPNS_HDF5_PROVENANCE "provenance"   /* group of text attributes */

#define EPNS_HDF5_CELL_ID "cell_id"     /* of lattices: i32 [member, time, (z,) y, x] */
#define EPNS_HDF5_CELL_TYPE "cell_type" /* of lattices: i32 [member, cell] */
#define EPNS_HDF5_PARTICLES "particles" /* of particles: H5MD's group */
#define EPNS_HDF5_STEP "step"           /* of particles: i64 [time] */
