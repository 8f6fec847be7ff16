/* SPDX-License-Identifier: MIT */
/* Statistics against SciPy and NumPy, to 1e-10: tests/golden/statistics.json, or the file that
 * EPNS_STATISTICS names. */
#include "compare/calibration.h"
#include "compare/distances.h"
#include "compare/ks.h"
#include "compare/scores.h"
#include "compare/statistics.h"
#include "tests/suite.h"

#include <json-glib/json-glib.h>
#include <math.h>

static JsonParser *
open_reference (void)
{
  const char *named = g_getenv ("EPNS_STATISTICS");
  g_autofree char *path = named ? g_strdup (named) : suite_source ("tests/golden/statistics.json");
  JsonParser *parser = json_parser_new ();

  ck_assert_msg (json_parser_load_from_file (parser, path, NULL), "%s cannot be read", path);
  return parser;
}

static JsonArray *
part (JsonParser *parser, const char *name)
{
  JsonArray *array = json_object_get_array_member (
      json_node_get_object (json_parser_get_root (parser)), name);

  ck_assert_uint_ge (json_array_get_length (array), 3);
  return array;
}

static double *
numbers (JsonObject *of, const char *name, gsize *n)
{
  JsonArray *array = json_object_get_array_member (of, name);
  double *values = g_new (double, json_array_get_length (array));

  *n = json_array_get_length (array);
  for (guint i = 0; i < *n; i++)
    values[i] = json_array_get_double_element (array, i);
  return values;
}

/* Relative, so that small p-values count, too. */
static void
same (JsonObject *of, const char *name, double value)
{
  double right = json_object_get_double_member (of, name);

  ck_assert_msg (fabs (value - right) <= 1e-10 * fmax (fabs (right), 1e-12), "%s is %.17g, not %.17g",
                 name, value, right);
}

START_TEST (pairs)
{
  g_autoptr (JsonParser) parser = open_reference ();
  JsonArray *all = part (parser, "pairs");

  for (guint i = 0; i < json_array_get_length (all); i++) {
    JsonObject *of = json_array_get_object_element (all, i);
    gsize n, m;
    g_autofree double *a = numbers (of, "a", &n), *b = numbers (of, "b", &m);
    double d = epns_ks (a, n, b, m);

    same (of, "ks", d);
    same (of, "ks-limit-p", epns_ks_limit_p (d, n, m));
    if (json_object_has_member (of, "ks-exact-p")) {
      same (of, "ks-exact-p", epns_ks_exact_p (d, n, m));
      same (of, "ks-exact-p", epns_ks_p (a, n, b, m));
    }
    same (of, "mean", epns_mean (a, n));
    same (of, "deviation", epns_deviation (a, n));
    same (of, "quantile-0.37", epns_quantile (a, n, 0.37));
    same (of, "wasserstein", epns_wasserstein (a, n, b, m));
    same (of, "energy-distance", epns_energy_distance (a, n, b, m));
    same (of, "crps", epns_mean_crps (a, n, b, m));
    same (of, "spread-skill", epns_spread_skill (a, n, b, m));
    same (of, "coverage-0.5", epns_coverage (a, n, b, m, 0.5));
    same (of, "coverage-0.8", epns_coverage (a, n, b, m, 0.8));
    same (of, "coverage-0.9", epns_coverage (a, n, b, m, 0.9));
    same (of, "coverage-0.95", epns_coverage (a, n, b, m, 0.95));
  }
}
END_TEST

START_TEST (vectors)
{
  g_autoptr (JsonParser) parser = open_reference ();
  JsonArray *all = part (parser, "vectors");

  for (guint i = 0; i < json_array_get_length (all); i++) {
    JsonObject *of = json_array_get_object_element (all, i);
    gsize n, m, size = (gsize) json_object_get_int_member (of, "size");
    g_autofree double *x = numbers (of, "x", &n), *y = numbers (of, "y", &m);
    same (of, "score", epns_energy_score (x, n / size, y, m / size, size));
  }
}
END_TEST

START_TEST (least_probabilities)
{
  g_autoptr (JsonParser) parser = open_reference ();
  JsonArray *all = part (parser, "least");

  for (guint i = 0; i < json_array_get_length (all); i++) {
    JsonObject *of = json_array_get_object_element (all, i);
    gsize n = (gsize) json_object_get_int_member (of, "n"),
          m = (gsize) json_object_get_int_member (of, "m");
    same (of, "p", epns_ks_least_p (n, m));
  }
}
END_TEST

SUITE ("statistics beside SciPy", pairs, vectors, least_probabilities)
