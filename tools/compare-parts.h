/* SPDX-License-Identifier: MIT */
/* A comparison whose members several processes step, each a part of them (tools/part.h). They need
 * one folder that all of them see, and no other word from each other. */
#pragma once
#include "tools/compare-side.h"

/* Which of the processes reads what all recorded, and reports: the last, since tasks of an array
 * begin in order. */
gboolean epns_parts_gathers (const EpnsPart *part);

/* Record this part's members of both sides below `dir`, as parts/native.part-I-of-N.h5 and
 * parts/learned...: what is finished there is left alone, what is not is gone on with;
 * EPNS_FAILURE_MISMATCH, before any step, where it is another comparison's. The process that
 * gathers then waits for all parts, says so on standard error unless quiet, and reads them, so that
 * both sides' ensembles are as one process steps them; in the others they stay empty. A process
 * that fails leaves parts/failed.part-I-of-N.txt, on which the waiting one fails, too, and takes it
 * away. [any] */
EpnsSimulation epns_parts_step (EpnsSide *native, EpnsSide *learned,
                                const EpnsEnsembleOptions *options, const EpnsScenario *scenario,
                                const char *dir, GError **error);
