/* SPDX-License-Identifier: MIT */
/* The clocks of benches, in seconds. What other programs take counts on the wall's alone. */
#pragma once
#include <time.h>

static inline double
bench_seconds (clockid_t clock)
{
  struct timespec now;

  clock_gettime (clock, &now);
  return (double) now.tv_sec + 1e-9 * (double) now.tv_nsec;
}

/* Processor time of this thread, and of all threads of the process. */
static inline double
bench_thread_seconds (void)
{
  return bench_seconds (CLOCK_THREAD_CPUTIME_ID);
}

static inline double
bench_process_seconds (void)
{
  return bench_seconds (CLOCK_PROCESS_CPUTIME_ID);
}

static inline double
bench_wall_seconds (void)
{
  return bench_seconds (CLOCK_MONOTONIC);
}
