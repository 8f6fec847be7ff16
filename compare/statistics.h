/* SPDX-License-Identifier: MIT */
/* Statistics of one sample. Samples are arrays of doubles without NaN.
 * All [any]. */
#pragma once
#include <glib.h>

/* Arithmetic mean; NaN for n = 0. */
double epns_mean (const double *x, gsize n);

/* Standard deviation with n - 1; NaN for n < 2. */
double epns_deviation (const double *x, gsize n);

/* Put a sample in ascending order. */
void epns_sort (double *x, gsize n);

/* Quantile p in [0, 1] of an ascending sample, linear between order statistics (Hyndman and Fan,
 * Am. Stat. 50, 361, 1996, type 7); NaN for n = 0. */
double epns_quantile (const double *sorted, gsize n, double p);
