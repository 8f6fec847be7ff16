/* SPDX-License-Identifier: MIT */
/* Distances between two empirical distributions. Ascending samples with n, m >= 1, without NaN. All
 * [any]. */
#pragma once
#include <glib.h>

/* Wasserstein-1 distance: the area between F and G, in the sample's unit (Vallender, Theory Probab.
 * Appl. 18, 784, 1974). */
double epns_wasserstein (const double *a, gsize n, const double *b, gsize m);

/* Energy distance: the square root of 2 E|X - Y| - E|X - X'| - E|Y - Y'|, which is that of twice
 * the integral of (F - G)^2; in the square root of the sample's unit (Szekely and Rizzo, J. Stat.
 * Plan. Inference 143, 1249, 2013). */
double epns_energy_distance (const double *a, gsize n, const double *b, gsize m);
