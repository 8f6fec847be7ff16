/* SPDX-License-Identifier: MIT */
/* Axes with round numbers. */
#pragma once
#include <glib.h>

/* A range that ends on data, ticks at multiples of step. */
typedef struct {
  double low, high, step;
} EpnsAxis;

/* An axis for values from low to high with about `ticks` steps of 1, 2 or 5 times a power of ten.
 * `pad`: widen it by 6 % on both sides, and start it at 0 where the values are positive and reach
 * far down. Works for low = high. [any] */
EpnsAxis epns_axis (double low, double high, int ticks, gboolean pad);

/* Where a value lies: 0 at low, 1 at high. */
double epns_axis_at (const EpnsAxis *self, double value);

/* The k-th tick from below, k from 0; FALSE above the last. text: at least G_ASCII_DTOSTR_BUF_SIZE
 * bytes. */
gboolean epns_axis_tick (const EpnsAxis *self, int k, double *value, char *text);
