/* SPDX-License-Identifier: MIT */
/* What a bench prints: a line of JSON for each measurement, of which bench/run.sh makes a table.
 * Units: s, ms, us and MiB, better small; 1/s, GFLOP/s and %, better large. */
#pragma once
#include <glib.h>
#include <stdio.h>
#include <sys/resource.h>

static inline void
bench_line (const char *bench, const char *what, guint threads, const char *unit, double value)
{
  printf ("{\"bench\": \"%s\", \"what\": \"%s\", \"threads\": %u, \"unit\": \"%s\", "
          "\"value\": %.6g}\n",
          bench, what, threads, unit, value);
  fflush (stdout);
}

/* Resident memory of this process, at most so far. */
static inline void
bench_peak (const char *bench, const char *what, guint threads)
{
  struct rusage usage;

  getrusage (RUSAGE_SELF, &usage);
  bench_line (bench, what, threads, "MiB", (double) usage.ru_maxrss / 1024);
}
