/* SPDX-License-Identifier: MIT */
/* A learned ensemble beside a native one, measured against what two native ensembles differ by. */
#pragma once
#include "compare/ensemble.h"

/* Write into the folder `dir` (made where it is missing): snapshots.png, curves.png, table.txt,
 * table.csv, table.json. native2: a second, independent native ensemble for the floor; NULL: the
 * two halves of `native` stand for it. All ensembles: the same lattice and types, and at least two
 * recorded times in common; only common times are compared. EPNS_FAILURE_MISMATCH where not;
 * EPNS_FAILURE_IO where a file cannot be written: that one is then not touched. [any] */
gboolean epns_compare_write (const EpnsTrajectory *native, const EpnsTrajectory *native2,
                             const EpnsTrajectory *learned, const char *dir, GError **error);

/* The same of a comparison that is made already. */
gboolean epns_comparison_write (const EpnsComparison *of, const char *dir, GError **error);
