/* SPDX-License-Identifier: MIT */
/* Proper scores of an ensemble as a forecast of what was observed; the smaller, the better. Both in
 * the fair form, whose mean does not depend on the number of members (Ferro, Q. J. R. Meteorol.
 * Soc. 140, 1917, 2014). All [any]. */
#pragma once
#include <glib.h>

/* Continuous ranked probability score: mean |x_i - y| - sum |x_i - x_j| / (2 n (n - 1)), in the
 * unit of x (Gneiting and Raftery, J. Am. Stat. Assoc. 102, 359, 2007). x ascending, without NaN;
 * NaN for n < 2. */
double epns_crps (const double *x, gsize n, double y);

/* The mean of it over m observations y (any order); NaN for m = 0. */
double epns_mean_crps (const double *x, gsize n, const double *y, gsize m);

/* Energy score of vectors of `size` numbers, the same with Euclidean norms (Gneiting and Raftery,
 * section 4.3), as the mean over m observations. x: [n][size], y: [m][size], without NaN. Scale
 * the numbers first: the norm adds their squares. NaN for n < 2 or m = 0. */
double epns_energy_score (const double *x, gsize n, const double *y, gsize m, gsize size);
