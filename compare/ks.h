/* SPDX-License-Identifier: MIT */
/* The two-sample Kolmogorov-Smirnov test. Samples are ascending arrays of doubles without NaN. All
 * [any]. */
#pragma once
#include <glib.h>

/* The statistic D = max |F - G| with n, m >= 1; ties allowed. */
double epns_ks (const double *a, gsize n, const double *b, gsize m);

/* P (D' >= D) when every way to deal the pooled values out to both samples is equally likely:
 * exact for any n and m as long as n m <= 4e6, and exact where values tie, too (only points where
 * both distribution functions are complete count; Schroeer and Trenkler, Comput. Stat. Data Anal.
 * 20, 185, 1995; Hodges, Ark. Mat. 3, 469, 1958, for the paths). Above that the limiting law. */
double epns_ks_p (const double *a, gsize n, const double *b, gsize m);

/* The same for values that do not tie, from D alone: what scipy.stats.ks_2samp calls exact. */
double epns_ks_exact_p (double d, gsize n, gsize m);

/* The limiting law at sqrt (n m / (n + m)) D (Smirnov, Ann. Math. Stat. 19, 279, 1948);
 * conservative where values tie. */
double epns_ks_limit_p (double d, gsize n, gsize m);

/* The D above which the limiting probability is below p; at most 1. */
double epns_ks_critical (double p, gsize n, gsize m);

/* The smallest p that samples of these sizes can have: 2 / C (n + m, n), all of one below all of
 * the other. No test at a smaller level can ever reject. */
double epns_ks_least_p (gsize n, gsize m);
