/* SPDX-License-Identifier: MIT */
/* Every task is run exactly once, whoever lends the threads. */
#include "plugin/parallel.h"
#include "tests/suite.h"

enum { N_TASKS = 1000 };

static void
count (void *arg, guint32 i)
{
  int *counts = arg;

  g_atomic_int_inc (&counts[i]);
}

static void
expect_once (const epns_host *host, guint32 n)
{
  int counts[N_TASKS] = { 0 };

  epns_parallel_for (host, n, count, counts);
  for (guint32 i = 0; i < N_TASKS; i++)
    ck_assert_int_eq (counts[i], i < n ? 1 : 0);
}

START_TEST (runs_each_task_once)
{
  static const guint32 sizes[] = { 0, 1, 2, 3, 17, N_TASKS };

  for (gsize s = 0; s < G_N_ELEMENTS (sizes); s++) {
    expect_once (NULL, sizes[s]);
    for (guint32 threads = 0; threads < 9; threads++) {
      epns_host host = { .size = sizeof host, .threads = threads };
      expect_once (&host, sizes[s]);
    }
  }
}
END_TEST

/* A host's pool: backwards, and it notes that it was asked. */
static void
lent_pool (void *ctx, guint32 n, void (*task) (void *arg, guint32 i), void *arg)
{
  int *calls = ctx;

  ++*calls;
  for (guint32 i = n; i > 0; i--)
    task (arg, i - 1);
}

START_TEST (prefers_the_host_pool)
{
  int calls = 0;
  epns_host host = { .size = sizeof host, .threads = 4, .ctx = &calls, .parallel = lent_pool };

  expect_once (&host, 100);
  ck_assert_int_eq (calls, 1);
}
END_TEST

SUITE ("parallel", runs_each_task_once, prefers_the_host_pool)
