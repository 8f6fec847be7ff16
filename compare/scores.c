/* SPDX-License-Identifier: MIT */
/* Fair scores: what a member misses an observation by, less half of what two members differ by. */
#include "compare/scores.h"

#include "compare/statistics.h"

#include <math.h>

/* Sum of |x_i - x_j| over ordered pairs, in one pass over ascending values. */
static double
sum_of_gaps (const double *x, gsize n)
{
  double sum = 0;

  for (gsize i = 0; i < n; i++)
    sum += (2 * (double) i - (double) n + 1) * x[i];
  return 2 * sum;
}

double
epns_crps (const double *x, gsize n, double y)
{
  return epns_mean_crps (x, n, &y, 1);
}

double
epns_mean_crps (const double *x, gsize n, const double *y, gsize m)
{
  double size = (double) n, misses = 0;

  if (n < 2 || m == 0)
    return NAN;
  for (gsize k = 0; k < m; k++)
    for (gsize i = 0; i < n; i++)
      misses += fabs (x[i] - y[k]);
  return misses / (size * (double) m) - sum_of_gaps (x, n) / (2 * size * (size - 1));
}

static double
distance (const double *a, const double *b, gsize size)
{
  double squares = 0;

  for (gsize k = 0; k < size; k++)
    squares += (a[k] - b[k]) * (a[k] - b[k]);
  return sqrt (squares);
}

double
epns_energy_score (const double *x, gsize n, const double *y, gsize m, gsize size)
{
  double members = (double) n, misses = 0, gaps = 0;

  if (n < 2 || m == 0)
    return NAN;
  for (gsize i = 0; i < n; i++) {
    for (gsize k = 0; k < m; k++)
      misses += distance (x + i * size, y + k * size, size);
    for (gsize j = 0; j < i; j++)
      gaps += distance (x + i * size, x + j * size, size);
  }
  return misses / (members * (double) m) - gaps / (members * (members - 1));
}
