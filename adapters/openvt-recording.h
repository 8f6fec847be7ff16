/* SPDX-License-Identifier: MIT */
/* A table of the OpenVT benchmark as a recording of bodies: cells at their centres, in a plane. */
#pragma once
#include "adapters/trajectory.h"

/* A table has neither velocities nor names nor units. Velocities are the change of place since the
 * time before over the time between, as those of PhysiCell's saves; so the table's first time
 * serves them alone, and the second is frame 0. Times are in `time_unit`, lengths in cell
 * diameters, types by number those in type_names (NULL-terminated), and space is free: a cell that
 * leaves on one side of a periodic tissue and comes in on the other would seem to cross it.
 * EPNS_FAILURE_FORMAT and _IO as in adapters/openvt-table.h; EPNS_FAILURE_UNSUPPORTED where a cell
 * is not there at all times in all simulations, or there is one time only; EPNS_FAILURE_MISMATCH
 * where there are more types than names. [any] */
EpnsTrajectory *epns_openvt_recording_read (const char *path, const char *time_unit,
                                            const char *const *type_names, GError **error);
