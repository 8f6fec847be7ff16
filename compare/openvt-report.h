/* SPDX-License-Identifier: MIT */
/* Entries of the OpenVT benchmark as recordings of bodies, so that they are compared, judged and
 * drawn as any two ensembles are. */
#pragma once
#include "adapters/openvt-table.h"
#include "compare/ensemble.h"

/* Both entries as ensembles called "A" and "B": A is what is observed, B the forecast; the floor is
 * the halves of A. Cells are bodies of half a diameter, without velocities; those that have no row
 * are nowhere. Entries of the same times keep them; other times count as per cent of the whole.
 * Recordings go to own[0] and own[1], to be freed after the comparison. Errors as
 * epns_comparison_new. [any] */
EpnsComparison *epns_openvt_comparison (const EpnsOpenvtTable *a, const EpnsOpenvtTable *b,
                                        EpnsTrajectory *own[2], GError **error);
