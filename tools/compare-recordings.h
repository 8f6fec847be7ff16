/* SPDX-License-Identifier: MIT */
/* epns compare --a NATIVE.h5 --b LEARNED.h5: ensembles that were recorded before, somewhere. */
#pragma once
#include <glib.h>

typedef struct {
  const char *native, *second, *learned; /* recordings; second may be NULL */
  const char *dir;                       /* for the report, pictures and tables */
  const char *command;                   /* as typed */
  gint64 started;                        /* monotonic, microseconds */
} EpnsRecordings;

/* Measure, judge, and write what the main form writes, but for what stepping costs. What it says on
 * a terminal; free with g_free(). NULL and *error otherwise. [any] */
char *epns_compare_recordings (const EpnsRecordings *self, GError **error);
