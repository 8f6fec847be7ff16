/* SPDX-License-Identifier: MIT */
/* The published graph network: equal to its authors' code in every stored tensor. */
#include "models/epns/verify-graph.h"
#include "tests/suite.h"

typedef struct {
  guint compared, failed;
  gboolean quiet;
} Tally;

static void
count (void *ctx, const char *name, double error, double tolerance, int32_t holds)
{
  Tally *tally = ctx;

  tally->compared++;
  tally->failed += !holds;
  if (!holds && !tally->quiet)
    printf ("%s: error %g, tolerance %g\n", name, error, tolerance);
}

static void
parity (const char *reference_name)
{
  g_autofree char *weights = suite_source ("tests/golden/fagnn_b3.weights.safetensors");
  g_autofree char *reference = suite_source (reference_name);
  g_autoptr (GError) error = NULL;
  Tally tally = { 0 };

  ck_assert_msg (epns_verify_graph_reference (weights, reference, TRUE, count, &tally, &error),
                 "%s", error ? error->message : "");
  ck_assert_uint_eq (tally.failed, 0);
  ck_assert_uint_gt (tally.compared, 100);
}

START_TEST (equals_the_published_code) { parity ("tests/golden/fagnn_b3.io.safetensors"); }
END_TEST

START_TEST (trains_as_the_published_code) { parity ("tests/golden/fagnn_b3.train.safetensors"); }
END_TEST

SUITE ("graph", equals_the_published_code, trains_as_the_published_code)
