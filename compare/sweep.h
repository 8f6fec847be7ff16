/* SPDX-License-Identifier: MIT */
/* Two ascending samples passed value by value: what all distances of empirical distribution
 * functions are sums or maxima over. */
#pragma once
#include <glib.h>

typedef struct {
  const double *a, *b; /* ascending, lent */
  gsize n, m;
  gsize i, j; /* values passed: start at 0 */
} EpnsSweep;

/* Pass the next value in both samples; FALSE when there is none. *from, *to: the interval on which
 * F - G then is *gap; *to is *from after the last value. [any] */
static inline gboolean
epns_sweep (EpnsSweep *self, double *from, double *to, double *gap)
{
  if (self->i == self->n && self->j == self->m)
    return FALSE;
  *from = self->j == self->m || (self->i < self->n && self->a[self->i] < self->b[self->j])
              ? self->a[self->i]
              : self->b[self->j];
  while (self->i < self->n && self->a[self->i] == *from)
    self->i++;
  while (self->j < self->m && self->b[self->j] == *from)
    self->j++;
  *gap = (double) self->i / (double) self->n - (double) self->j / (double) self->m;
  *to = *from;
  if (self->i < self->n)
    *to = self->a[self->i];
  if (self->j < self->m && (self->i == self->n || self->b[self->j] < *to))
    *to = self->b[self->j];
  return TRUE;
}
