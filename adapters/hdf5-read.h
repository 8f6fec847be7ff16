/* SPDX-License-Identifier: MIT */
/* Recordings read from HDF5. What a file says is checked before it is believed; EPNS_FAILURE_FORMAT
 * where it does not hold. */
#pragma once
#include "adapters/trajectory.h"

/* With or without its frames. */
EpnsTrajectory *epns_hdf5_read_trajectory (const char *path, gboolean frames, GError **error);

/* A member's archived run. */
GBytes *epns_hdf5_read_archive (const char *path, guint32 member, GError **error);
