/* SPDX-License-Identifier: MIT */
/* Means, quantiles, and the distances of two empirical distributions. */
#include "compare/statistics.h"

#include <math.h>
#include <stdlib.h>

double
epns_mean (const double *x, gsize n)
{
  double sum = 0;

  for (gsize i = 0; i < n; i++)
    sum += x[i];
  return n > 0 ? sum / (double) n : NAN;
}

double
epns_deviation (const double *x, gsize n)
{
  double mean = epns_mean (x, n), squares = 0;

  for (gsize i = 0; i < n; i++)
    squares += (x[i] - mean) * (x[i] - mean);
  return n > 1 ? sqrt (squares / (double) (n - 1)) : NAN;
}

static int
compare_doubles (const void *a, const void *b)
{
  double x = *(const double *) a, y = *(const double *) b;

  return (x > y) - (x < y);
}

void
epns_sort (double *x, gsize n)
{
  if (n > 1)
    qsort (x, n, sizeof *x, compare_doubles);
}

double
epns_quantile (const double *sorted, gsize n, double p)
{
  if (n == 0)
    return NAN;
  double at = p * (double) (n - 1);
  gsize below = MIN ((gsize) at, n - 1), above = MIN (below + 1, n - 1);
  return sorted[below] + (at - (double) below) * (sorted[above] - sorted[below]);
}

/* Where both samples are passed up to and including their next value: TRUE while there is one.
 * *from, *to: the interval on which F - G then is *gap; *to is *from after the last value. */
typedef struct {
  const double *a, *b;
  gsize n, m, i, j;
} Sweep;

static gboolean
sweep (Sweep *self, double *from, double *to, double *gap)
{
  if (self->i == self->n && self->j == self->m)
    return FALSE;
  *from = self->j == self->m || (self->i < self->n && self->a[self->i] < self->b[self->j])
              ? self->a[self->i]
              : self->b[self->j];
  while (self->i < self->n && self->a[self->i] == *from)
    self->i++;
  while (self->j < self->m && self->b[self->j] == *from)
    self->j++;
  *gap = (double) self->i / (double) self->n - (double) self->j / (double) self->m;
  *to = *from;
  if (self->i < self->n)
    *to = self->a[self->i];
  if (self->j < self->m && (self->i == self->n || self->b[self->j] < *to))
    *to = self->b[self->j];
  return TRUE;
}

double
epns_ks (const double *a, gsize n, const double *b, gsize m)
{
  g_return_val_if_fail (n > 0 && m > 0, NAN);

  Sweep both = { a, b, n, m, 0, 0 };
  double from, to, gap, most = 0;
  while (sweep (&both, &from, &to, &gap))
    most = MAX (most, fabs (gap));
  return most;
}

double
epns_wasserstein (const double *a, gsize n, const double *b, gsize m)
{
  g_return_val_if_fail (n > 0 && m > 0, NAN);

  Sweep both = { a, b, n, m, 0, 0 };
  double from, to, gap, area = 0;
  while (sweep (&both, &from, &to, &gap))
    area += fabs (gap) * (to - from);
  return area;
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
epns_ks_p (double d, gsize n, gsize m)
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
