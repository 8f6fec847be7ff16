/* SPDX-License-Identifier: MIT */
/* Statistics of one sample and distances between two. Samples are arrays of doubles without NaN.
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

/* Two-sample Kolmogorov-Smirnov statistic D = max |F - G| of ascending samples with n, m >= 1; ties
 * allowed. */
double epns_ks (const double *a, gsize n, const double *b, gsize m);

/* P (D' >= D) for equal continuous distributions, by the limiting law at sqrt (n m / (n + m)) D
 * (Smirnov, Ann. Math. Stat. 19, 279, 1948); conservative where values tie. */
double epns_ks_p (double d, gsize n, gsize m);

/* The D above which that probability is below p. */
double epns_ks_critical (double p, gsize n, gsize m);

/* Wasserstein-1 distance: the area between F and G, in the sample's unit; ascending samples with n,
 * m >= 1. */
double epns_wasserstein (const double *a, gsize n, const double *b, gsize m);
