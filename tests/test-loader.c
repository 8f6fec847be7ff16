/* SPDX-License-Identifier: MIT */
/* The loader: where it looks, what it accepts, and the reason for each refusal. */
#include "plugin/epns_loader.h"
#include "tests/suite.h"

#include <glib/gstdio.h>

typedef struct {
  guint accepted, refused;
  char *last; /* refusal */
} Visits;

static int
count (void *ctx, const char *path, const epns_plugin *plugin, const char *refusal)
{
  Visits *visits = ctx;

  ck_assert_ptr_nonnull (path);
  ck_assert ((plugin == NULL) == (refusal != NULL));
  visits->accepted += plugin != NULL;
  visits->refused += plugin == NULL;
  g_free (visits->last);
  visits->last = g_strdup (refusal);
  return 0;
}

static char *
built (const char *relative)
{
  return g_build_filename (g_getenv ("EPNS_BUILDDIR"), relative, NULL);
}

static void
refused_because (const char *path, const char *reason)
{
  Visits visits = { 0 };

  epns_visit_plugins (path, count, &visits);
  ck_assert_uint_eq (visits.accepted, 0);
  ck_assert_uint_eq (visits.refused, 1);
  ck_assert_msg (strstr (visits.last, reason) != NULL, "'%s' does not say '%s'", visits.last, reason);
  g_free (visits.last);
}

START_TEST (refusals)
{
  g_autofree char *other = built ("tests/.libs/plugin-other-abi.so"), *hollow = built ("tests/.libs/plugin-hollow.so");
  g_autofree char *text = suite_source ("tests/test-loader.c"), *none = built ("no-such.so");
  g_autofree char *empty = g_dir_make_tmp ("epns-XXXXXX", NULL);

  refused_because (other, "symbol epns_step_v1");
  refused_because (hollow, "empty entry");
  refused_because (text, "system's loader says");
  refused_because (none, "no such file");
  refused_because (empty, "no *.so");
  g_rmdir (empty);
}
END_TEST

START_TEST (search_path_in_order)
{
  g_autofree char *ours = built ("plugin/.libs/epns.so"), *other = built ("tests/.libs/plugin-other-abi.so");
  g_autofree char *list = g_strdup_printf ("%s::%s", other, ours);
  Visits visits = { 0 };

  g_setenv ("EPNS_PLUGIN_PATH", list, TRUE);
  g_setenv ("XDG_DATA_HOME", "/nonexistent", TRUE);
  epns_visit_plugins (NULL, count, &visits);
  ck_assert_uint_ge (visits.accepted, 1);
  ck_assert_uint_ge (visits.refused, 2); /* the foreign one and the user's folder */
  g_free (visits.last);

  epns_error error;
  ck_assert_ptr_nonnull (epns_load_kind (NULL, "cpm", &error));
  ck_assert_ptr_null (epns_load_kind (other, "cpm", &error));
  ck_assert_ptr_nonnull (strstr (error.text, "cpm"));
  ck_assert_ptr_nonnull (strstr (error.text, "EPNS_PLUGIN_PATH"));
}
END_TEST

START_TEST (fields_by_name)
{
  const epns_field fields[] = { { .name = "a" }, { .name = "b" } };

  ck_assert_int_eq (epns_find_field (fields, 2, "b"), 1);
  ck_assert_int_eq (epns_find_field (fields, 2, "c"), -1);
}
END_TEST

SUITE ("loader", refusals, search_path_in_order, fields_by_name)
