/* SPDX-License-Identifier: MIT */
/* Every task is run exactly once, whoever lends the threads. */
#include "plugin/parallel.h"

#include <check.h>
#include <stdlib.h>

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
  epns_host host = { .size = sizeof host, .threads = (guint32) _i };

  for (gsize s = 0; s < G_N_ELEMENTS (sizes); s++)
    expect_once (_i == 0 ? NULL : &host, sizes[s]);
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

int
main (void)
{
  Suite *suite = suite_create ("parallel");
  TCase *tests = tcase_create ("parallel");
  SRunner *runner = srunner_create (suite);

  tcase_add_loop_test (tests, runs_each_task_once, 0, 9);
  tcase_add_test (tests, prefers_the_host_pool);
  suite_add_tcase (suite, tests);
  srunner_run_all (runner, CK_ENV);
  int failed = srunner_ntests_failed (runner);
  srunner_free (runner);
  return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
