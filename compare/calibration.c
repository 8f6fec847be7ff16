/* SPDX-License-Identifier: MIT */
/* Ranks, intervals and spread of an ensemble beside observations. */
#include "compare/calibration.h"

#include "compare/statistics.h"

#include <math.h>

/* Add `weight` to the bins that the ranks first to last (of n + 1) span, evenly. */
static void
spread (double first, double last, double n_ranks, double weight, double *counts, gsize n_bins)
{
  double low = first / n_ranks * (double) n_bins, high = (last + 1) / n_ranks * (double) n_bins;

  for (gsize b = (gsize) low; b < n_bins && (double) b < high; b++) {
    double within = fmin (high, (double) b + 1) - fmax (low, (double) b);
    counts[b] += weight * within / (high - low);
  }
}

void
epns_rank_histogram (const double *x, gsize n, const double *y, gsize m, double *counts,
                     gsize n_bins)
{
  for (gsize k = 0; k < m; k++) {
    gsize below = 0, upto = 0;
    while (below < n && x[below] < y[k])
      below++;
    for (upto = below; upto < n && x[upto] == y[k]; upto++)
      ;
    spread ((double) below, (double) upto, (double) n + 1, 1, counts, n_bins);
  }
}

double
epns_rank_unevenness (const double *counts, gsize n_bins)
{
  double all = 0, off = 0, flat = 1 / (double) n_bins;

  for (gsize b = 0; b < n_bins; b++)
    all += counts[b];
  if (!(all > 0) || n_bins < 2)
    return NAN;
  for (gsize b = 0; b < n_bins; b++)
    off += fabs (counts[b] / all - flat);
  return off / (2 * (1 - flat));
}

double
epns_coverage (const double *x, gsize n, const double *y, gsize m, double level)
{
  double low = epns_quantile (x, n, (1 - level) / 2), high = epns_quantile (x, n, (1 + level) / 2);
  gsize within = 0;

  if (n < 2 || m == 0)
    return NAN;
  for (gsize k = 0; k < m; k++)
    within += y[k] >= low && y[k] <= high;
  return (double) within / (double) m;
}

double
epns_spread_skill (const double *x, gsize n, const double *y, gsize m)
{
  double mean = epns_mean (x, n), squares = 0;

  for (gsize k = 0; k < m; k++)
    squares += (y[k] - mean) * (y[k] - mean);
  if (n < 2 || m == 0 || squares == 0)
    return NAN;
  return epns_deviation (x, n) * sqrt (((double) n + 1) / (double) n)
         / sqrt (squares / (double) m);
}
