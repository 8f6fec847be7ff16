/* SPDX-License-Identifier: MIT */
/* Statistics against numbers from SciPy 1.10. */
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

START_TEST (two_samples)
{
  double x[100], y[50];

  NEAR (epns_ks (a, 8, b, 6), 1 / 3.0);
  NEAR (epns_ks (b, 6, a, 8), 1 / 3.0);
  NEAR (epns_ks (a, 8, a, 8), 0);
  NEAR (epns_ks (a, 2, b + 5, 1), 1);
  NEAR (epns_wasserstein (a, 8, b, 6), 0.7083333333333333);
  NEAR (epns_wasserstein (b, 6, a, 8), 0.7083333333333333);
  NEAR (epns_wasserstein (a, 8, a, 8), 0);
  for (int i = 0; i < 100; i++)
    x[i] = cos (1.7 * (i + 1));
  for (int i = 0; i < 50; i++)
    y[i] = pow (sin (2.3 * (i + 1)), 2);
  epns_sort (x, 100);
  epns_sort (y, 50);
  NEAR (epns_ks (x, 100, y, 50), 0.49);
  NEAR (epns_wasserstein (x, 100, y, 50), 0.5049736677456453);
  NEAR (epns_quantile (x, 100, 0.37), -0.3712305380862566);
}
END_TEST

START_TEST (probabilities)
{
  /* n = m = 2: the square root of n m / (n + m) is 1, so D is Kolmogorov's variable itself */
  NEAR (epns_ks_p (0.4, 2, 2), 0.9971923267772983);
  NEAR (epns_ks_p (0.95, 2, 2), 0.32748548447955916);
  NEAR (epns_ks_p (1.0, 2, 2), 0.26999967167735456);
  NEAR (epns_ks_p (1.7, 2, 2), 0.0061774306344441286);
  NEAR (epns_ks_p (1 / 3.0, 8, 6), 0.8407030108704582);
  NEAR (epns_ks_p (0, 8, 6), 1);
  ck_assert_double_eq_tol (epns_ks_critical (0.05, 50, 100),
                           1.3580986393225507 / sqrt (5000 / 150.0), 1e-11);
  ck_assert_double_eq_tol (epns_ks_critical (0.01, 200, 200), 0.16276236115189504, 1e-11);
  NEAR (epns_ks_critical (0.05, 1, 1), 1); /* D is never larger */
}
END_TEST

SUITE ("statistics", one_sample, two_samples, probabilities)
