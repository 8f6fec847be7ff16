/* SPDX-License-Identifier: MIT */
/* Means, deviations, order. */
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
