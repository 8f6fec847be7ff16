/* SPDX-License-Identifier: MIT */
/* The few lines every test program shares. */
#pragma once
#include <check.h>
#include <glib.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SUITE_TIMEOUT 600 /* seconds before a test counts as hung; nothing here measures speed */

typedef struct { /* a test, taken with _i from `first` to `end` - 1 */
  const TTest *test;
  int first, end;
} SuiteCase;

#define ONCE(test) { test, 0, 1 }
#define LOOP(test, first, end) { test, first, (int) (end) }

/* Run n tests, each in a process of its own unless CK_FORK=no; gives main()'s return value. */
static inline int
suite_run_cases (const char *name, const SuiteCase *cases, gsize n)
{
  Suite *suite = suite_create (name);
  TCase *tcase = tcase_create (name);

  tcase_set_timeout (tcase, SUITE_TIMEOUT);
  for (gsize i = 0; i < n; i++)
    tcase_add_loop_test (tcase, cases[i].test, cases[i].first, cases[i].end);
  suite_add_tcase (suite, tcase);
  SRunner *runner = srunner_create (suite);
  srunner_run_all (runner, CK_NORMAL);
  int failed = srunner_ntests_failed (runner);
  srunner_free (runner);
  return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

static inline int
suite_run (const char *name, const TTest *const *tests, gsize n)
{
  g_autofree SuiteCase *cases = g_new0 (SuiteCase, n);

  for (gsize i = 0; i < n; i++)
    cases[i] = (SuiteCase) ONCE (tests[i]);
  return suite_run_cases (name, cases, n);
}

/* SUITE ("name", test, test, ...): a main() that runs them. */
#define SUITE(name, ...)                                        \
  int main (void)                                               \
  {                                                             \
    const TTest *const tests[] = { __VA_ARGS__ };               \
    return suite_run (name, tests, G_N_ELEMENTS (tests));       \
  }

/* SUITE_CASES ("name", ONCE (test), LOOP (test, 0, 5), ...): the same where some have loops. */
#define SUITE_CASES(name, ...)                                              \
  int main (void)                                                           \
  {                                                                         \
    const SuiteCase suite_cases[] = { __VA_ARGS__ };                        \
    return suite_run_cases (name, suite_cases, G_N_ELEMENTS (suite_cases)); \
  }

/* How many trials: fewer under valgrind, where each takes a hundred times as long. */
static inline guint
suite_trials (guint many, guint few)
{
  return g_getenv ("EPNS_UNDER_VALGRIND") != NULL ? few : many;
}

/* A file of the source tree: suite_source ("tests/golden/x"). Free with g_free. */
static inline char *
suite_source (const char *relative)
{
  const char *root = g_getenv ("EPNS_SRCDIR");
  return g_build_filename (root ? root : ".", relative, NULL);
}

/* A file of the large reference data, or NULL (and a line saying so) where this machine has none. Free with g_free. */
static inline char *
suite_data (const char *relative)
{
  const char *root = g_getenv ("EPNS_TEST_DATA");
  if (root == NULL || *root == '\0') {
    printf ("SKIP: EPNS_TEST_DATA is not set, so %s is not checked\n", relative);
    return NULL;
  }
  return g_build_filename (root, relative, NULL);
}
