/* SPDX-License-Identifier: MIT */
/* e^x and tanh x of many numbers, in vectors that every processor has: the same bits everywhere
 * that rounds alike, whatever n and the place of a number. [any] */
#pragma once
#include <glib.h>

/* to[i] = e^x[i], to 2e-7 of itself; 0 below -87, e^88 above 88; NaN stays. x and to may be the
 * same. */
void epns_exp_of (gsize n, const float *x, float *to);

/* to[i] = tanh x[i], to 2e-7; NaN stays. x and to may be the same. */
void epns_tanh_of (gsize n, const float *x, float *to);
