/* SPDX-License-Identifier: MIT */
/* Kolmogorov-Smirnov for two samples: the statistic by a sweep, its law by counting lattice paths. */
#include "compare/ks.h"

#include "compare/sweep.h"

#include <math.h>

#define EXACT_UP_TO 4e6 /* path steps: a few hundredths of a second */

double
epns_ks (const double *a, gsize n, const double *b, gsize m)
{
  g_return_val_if_fail (n > 0 && m > 0, NAN);

  EpnsSweep both = { a, b, n, m, 0, 0 };
  double from, to, gap, most = 0;
  while (epns_sweep (&both, &from, &to, &gap))
    most = MAX (most, fabs (gap));
  return most;
}

/* The share of paths from (0, 0) to (n, m) that somewhere have |i / n - j / m| >= D. A path is one
 * way to deal the pooled values out; ends[k] tells whether the distribution functions are complete
 * after k values (NULL: always). All terms are positive, so small shares keep their digits. */
static double
share_outside (double d, gsize n, gsize m, const gboolean *ends)
{
  g_autofree double *outside = g_new (double, m + 1);
  double reach = d * (double) n * (double) m - 0.5; /* |i m - j n| are whole numbers */

  for (gsize i = 0; i <= n; i++)
    for (gsize j = 0; j <= m; j++) {
      double gap = fabs ((double) i * (double) m - (double) j * (double) n), all = (double) (i + j);
      if (gap > reach && (ends == NULL || ends[i + j]))
        outside[j] = 1;
      else if (i == 0)
        outside[j] = j == 0 ? 0 : outside[j - 1];
      else
        outside[j] = outside[j] * (double) i / all
                     + (j == 0 ? 0 : outside[j - 1] * (double) j / all);
    }
  return outside[m];
}

double
epns_ks_exact_p (double d, gsize n, gsize m)
{
  g_return_val_if_fail (n > 0 && m > 0, NAN);

  return share_outside (d, n, m, NULL);
}

double
epns_ks_p (const double *a, gsize n, const double *b, gsize m)
{
  double d = epns_ks (a, n, b, m);

  if ((double) n * (double) m > EXACT_UP_TO)
    return epns_ks_limit_p (d, n, m);
  g_autofree gboolean *ends = g_new0 (gboolean, n + m + 1);
  EpnsSweep both = { a, b, n, m, 0, 0 };
  double from, to, gap;
  while (epns_sweep (&both, &from, &to, &gap))
    ends[both.i + both.j] = TRUE;
  ends[0] = TRUE;
  return share_outside (d, n, m, ends);
}

/* Q (x) = P (K >= x) of Kolmogorov's distribution, by whichever of its two series converges
 * fast. */
static double
kolmogorov (double x)
{
  double sum = 0;

  if (x <= 0)
    return 1;
  if (x < 1) {
    for (int k = 1; k <= 9; k += 2)
      sum += exp (-k * k * G_PI * G_PI / (8 * x * x));
    return 1 - sqrt (2 * G_PI) / x * sum;
  }
  for (int k = 1; k <= 6; k++)
    sum += (k % 2 ? 2 : -2) * exp (-2 * k * k * x * x);
  return sum;
}

static double
effective (gsize n, gsize m)
{
  return sqrt ((double) n * (double) m / ((double) n + (double) m));
}

double
epns_ks_limit_p (double d, gsize n, gsize m)
{
  return CLAMP (kolmogorov (d * effective (n, m)), 0, 1);
}

double
epns_ks_critical (double p, gsize n, gsize m)
{
  double low = 0, high = 8;

  while (high - low > 1e-12) { /* Q falls from 1 to 0 */
    double middle = (low + high) / 2;
    if (kolmogorov (middle) > p)
      low = middle;
    else
      high = middle;
  }
  return MIN (high / effective (n, m), 1);
}

double
epns_ks_least_p (gsize n, gsize m)
{
  double logarithm = log (2) + lgamma ((double) n + 1) + lgamma ((double) m + 1)
                     - lgamma ((double) (n + m) + 1);

  return MIN (exp (logarithm), 1);
}
