/* SPDX-License-Identifier: MIT */
/* Statistics on samples small enough to count by hand; tests/test-statistics-reference.c holds them
 * against SciPy. */
#include "compare/calibration.h"
#include "compare/distances.h"
#include "compare/ks.h"
#include "compare/multiplicity.h"
#include "compare/scores.h"
#include "compare/statistics.h"
#include "tests/suite.h"

#include <math.h>

static const double a[] = { 0.3, 1.2, 1.2, 2.5, 3.1, 4.0, 4.0, 5.7 },
                    b[] = { 0.9, 1.2, 2.0, 2.5, 2.5, 6.1 };

#define NEAR(x, y) ck_assert_double_eq_tol (x, y, 1e-13)

START_TEST (one_sample)
{
  NEAR (epns_mean (a, 8), 2.75);
  NEAR (epns_deviation (a, 8), 1.805547008526779);
  const double p[] = { 0, .05, .25, .5, .9, 1 }, q[] = { 0.3, 0.615, 1.2, 2.8, 4.51, 5.7 };
  for (guint i = 0; i < G_N_ELEMENTS (p); i++)
    NEAR (epns_quantile (a, 8, p[i]), q[i]);
  NEAR (epns_quantile (b, 1, 0.7), 0.9);
  ck_assert (isnan (epns_mean (a, 0)) && isnan (epns_deviation (a, 1))
             && isnan (epns_quantile (a, 0, 0.5)));
}
END_TEST

START_TEST (distances)
{
  NEAR (epns_ks (a, 8, b, 6), 1 / 3.0);
  NEAR (epns_ks (b, 6, a, 8), 1 / 3.0);
  NEAR (epns_ks (a, 8, a, 8), 0);
  NEAR (epns_ks (a, 2, b + 5, 1), 1);
  NEAR (epns_wasserstein (a, 8, b, 6), 0.7083333333333333);
  NEAR (epns_wasserstein (b, 6, a, 8), 0.7083333333333333);
  NEAR (epns_wasserstein (a, 8, a, 8), 0);
  NEAR (epns_energy_distance (a, 8, a, 8), 0);
  NEAR (epns_energy_distance (a, 1, b, 1), sqrt (2 * 0.6)); /* two points: 2 |x - y| under the root */
}
END_TEST

START_TEST (limiting_probabilities)
{
  /* n = m = 2: the square root of n m / (n + m) is 1, so D is Kolmogorov's variable itself */
  NEAR (epns_ks_limit_p (0.4, 2, 2), 0.9971923267772983);
  NEAR (epns_ks_limit_p (0.95, 2, 2), 0.32748548447955916);
  NEAR (epns_ks_limit_p (1.0, 2, 2), 0.26999967167735456);
  NEAR (epns_ks_limit_p (1.7, 2, 2), 0.0061774306344441286);
  NEAR (epns_ks_limit_p (1 / 3.0, 8, 6), 0.8407030108704582);
  NEAR (epns_ks_limit_p (0, 8, 6), 1);
  ck_assert_double_eq_tol (epns_ks_critical (0.05, 50, 100),
                           1.3580986393225507 / sqrt (5000 / 150.0), 1e-11);
  ck_assert_double_eq_tol (epns_ks_critical (0.01, 200, 200), 0.16276236115189504, 1e-11);
  NEAR (epns_ks_critical (0.05, 1, 1), 1); /* D is never larger */
}
END_TEST

START_TEST (exact_probabilities)
{
  const double low[] = { 1, 2, 3, 4 }, high[] = { 5, 6, 7, 8 };

  NEAR (epns_ks_p (low, 4, high, 4), 2 / 70.0);
  NEAR (epns_ks_least_p (4, 4), 2 / 70.0);
  NEAR (epns_ks_exact_p (0, 5, 3), 1);
  NEAR (epns_ks_exact_p (1, 1, 1), 1);
  ck_assert_double_gt (epns_ks_exact_p (1, 500, 500), 0); /* no cancellation: about 7e-300 */
  ck_assert_double_lt (epns_ks_exact_p (1, 500, 500), 1e-298);
}
END_TEST

/* With ties: deal seven values, of which four are equal, out to 3 and 4 in all 35 ways and count
 * those that lie as far apart. */
START_TEST (exact_probabilities_with_ties)
{
  const double pool[] = { 1, 2, 2, 2, 2, 5, 6 };
  double observed[2][4] = { { 1, 2, 2 }, { 2, 2, 5, 6 } };
  double d = epns_ks (observed[0], 3, observed[1], 4);
  int as_far = 0, all = 0;

  for (guint deal = 0; deal < 128; deal++) {
    double x[7], y[7];
    gsize n = 0, m = 0;
    for (guint k = 0; k < 7; k++)
      if (deal >> k & 1)
        x[n++] = pool[k];
      else
        y[m++] = pool[k];
    if (n != 3)
      continue;
    all++;
    as_far += epns_ks (x, n, y, m) >= d - 1e-9;
  }
  ck_assert_int_eq (all, 35);
  NEAR (epns_ks_p (observed[0], 3, observed[1], 4), as_far / 35.0);
  ck_assert_double_lt (as_far / 35.0, epns_ks_exact_p (d, 3, 4)); /* ignoring ties: too careful */
}
END_TEST

START_TEST (scores)
{
  const double x[] = { 0, 2 }, y[] = { 1, 4 };

  NEAR (epns_crps (x, 2, 1), 1 - 1);     /* misses 1, gap 2, halved */
  NEAR (epns_mean_crps (x, 2, y, 2), 1); /* (0 + 2) / 2 */
  ck_assert (isnan (epns_crps (x, 1, 0)));
  const double points[] = { 0, 0, 3, 4 }, at[] = { 0, 0 };
  NEAR (epns_energy_score (points, 2, at, 1, 2), 2.5 - 2.5);
  ck_assert (isnan (epns_energy_score (points, 1, at, 1, 2)));
}
END_TEST

START_TEST (ranks)
{
  const double x[] = { 1, 2, 2 };
  double counts[4] = { 0 }, halves[2] = { 0 };

  epns_rank_histogram (x, 3, (const double[]){ 0, 2, 9 }, 3, counts, 4);
  NEAR (counts[0], 1);
  NEAR (counts[1], 1 / 3.0); /* ranks 1, 2, 3 are alike for the tie */
  NEAR (counts[2], 1 / 3.0);
  NEAR (counts[3], 1 + 1 / 3.0);
  epns_rank_histogram (x, 2, (const double[]){ 1.5 }, 1, halves, 2); /* the middle one of 3 ranks */
  NEAR (halves[0], 0.5);
  NEAR (halves[1], 0.5);
  NEAR (epns_rank_unevenness (halves, 2), 0);
  NEAR (epns_rank_unevenness ((const double[]){ 0, 7, 0 }, 3), 1);
}
END_TEST

START_TEST (intervals)
{
  const double x[] = { 0, 1, 2, 3, 4 }, y[] = { 0.9, 1, 3, 3.1 };

  NEAR (epns_coverage (x, 5, y, 4, 0.5), 0.5); /* from 1 to 3 */
  NEAR (epns_coverage (x, 5, y, 4, 0.95), 1);
  NEAR (epns_spread_skill (x, 5, (const double[]){ 2 - sqrt (3), 2 + sqrt (3) }, 2), 1);
  ck_assert (isnan (epns_spread_skill (x, 5, (const double[]){ 2 }, 1)));
}
END_TEST

START_TEST (many_tests)
{
  /* R: p.adjust (c (.01, .04, .03, .005), "holm") and "BH" */
  const double p[] = { 0.01, 0.04, NAN, 0.03, 0.005 }, holm[] = { 0.03, 0.06, NAN, 0.06, 0.02 },
               fdr[] = { 0.02, 0.04, NAN, 0.04, 0.02 };
  double adjusted[5];

  epns_adjust_holm (p, adjusted, 5);
  for (int i = 0; i < 5; i++)
    ck_assert (isnan (holm[i]) ? isnan (adjusted[i]) : fabs (adjusted[i] - holm[i]) < 1e-15);
  epns_adjust_fdr (p, adjusted, 5);
  for (int i = 0; i < 5; i++)
    ck_assert (isnan (fdr[i]) ? isnan (adjusted[i]) : fabs (adjusted[i] - fdr[i]) < 1e-15);
  epns_adjust_holm ((const double[]){ 0.9 }, adjusted, 1);
  NEAR (adjusted[0], 0.9);
}
END_TEST

SUITE ("statistics", one_sample, distances, limiting_probabilities, exact_probabilities,
       exact_probabilities_with_ties, scores, ranks, intervals, many_tests)
