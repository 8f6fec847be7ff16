/* SPDX-License-Identifier: MIT */
/* Does an ensemble spread as what it forecasts does? Samples without NaN. All [any]. */
#pragma once
#include <glib.h>

/* Rank histogram (Hamill, Mon. Weather Rev. 129, 550, 2001): each of the m observations y has a
 * rank among the n members, 0 to n, and a place (rank + 1/2) / (n + 1); the places are counted in
 * n_bins >= 1 equal bins. An observation that ties with members is shared evenly among the ranks it
 * can have, and a rank among the bins it spans, so that a calibrated ensemble fills all bins alike
 * for any n. x ascending; adds to counts [n_bins], m in all. */
void epns_rank_histogram (const double *x, gsize n, const double *y, gsize m, double *counts,
                          gsize n_bins);

/* How far a histogram is from flat: the mean over bins of |share - 1 / n_bins|, times
 * n_bins / (2 (n_bins - 1)): 0 flat, 1 all in one bin (reliability index after Delle Monache et
 * al., J. Geophys. Res. 111, D24307, 2006). NaN where nothing is counted or n_bins < 2. */
double epns_rank_unevenness (const double *counts, gsize n_bins);

/* Share of the observations within the members' central interval of probability `level`: between
 * their quantiles (1 - level) / 2 and (1 + level) / 2, as epns_quantile. x ascending; NaN for
 * n < 2 or m = 0. */
double epns_coverage (const double *x, gsize n, const double *y, gsize m, double level);

/* Spread over skill: the members' standard deviation, widened by sqrt ((n + 1) / n) for the mean's
 * own error, over the root mean square of y - mean (x). 1 where members and observations are alike,
 * below 1 where the ensemble is too narrow or shifted (Fortin et al., J. Hydrometeorol. 15, 1708,
 * 2014). NaN for n < 2, m = 0, or where the errors are 0. */
double epns_spread_skill (const double *x, gsize n, const double *y, gsize m);
