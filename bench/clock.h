/* SPDX-License-Identifier: MIT */
/* The clock of benches that run in one thread. */
#pragma once
#include <time.h>

/* Processor time of this thread, in seconds: what other programs take does not count. */
static inline double
bench_thread_seconds (void)
{
  struct timespec now;

  clock_gettime (CLOCK_THREAD_CPUTIME_ID, &now);
  return (double) now.tv_sec + 1e-9 * (double) now.tv_nsec;
}
