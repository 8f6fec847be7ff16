/* SPDX-License-Identifier: MIT */
/* Which part of an ensemble a process runs, where several share one. Members are functions of
 * (seed, i) alone, so that parts need no word from each other: processes may be ranks of mpirun,
 * tasks of a SLURM array, or started by hand, now or later. */
#pragma once
#include <glib.h>

typedef struct {
  guint32 number, of; /* part `number`, from 1; 1 of 1: the whole ensemble */
} EpnsPart;

/* "2/8"; "slurm": this task of its array (SLURM_ARRAY_TASK_ID, _MIN, _STEP, _COUNT); NULL: this
 * rank where mpirun started more than one (Open MPI's OMPI_COMM_WORLD_RANK and _SIZE, else MPICH's
 * PMI_RANK and PMI_SIZE), else the whole. EPNS_FAILURE_RANGE. */
gboolean epns_part_parse (const char *text, EpnsPart *part, GError **error);

/* The part's members, as even as can be: *first to *first + *n - 1 of `members`. EPNS_FAILURE_RANGE
 * where there are fewer than parts. */
gboolean epns_part_members (const EpnsPart *self, guint32 members, guint32 *first, guint32 *n,
                            GError **error);

/* Where a part of "out.h5" goes: "out.part-02-of-16.h5". Free with g_free(). */
char *epns_part_path (const EpnsPart *self, const char *path);

/* What a recording says of its members: "10 to 19 of 100"; and back, FALSE where it says none. */
char    *epns_part_describe (guint32 first, guint32 n, guint32 members);
gboolean epns_part_described (const char *text, guint32 *first, guint32 *n, guint32 *members);

/* The key of that in a recording's provenance. */
#define EPNS_PART_KEY "members"
