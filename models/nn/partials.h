/* SPDX-License-Identifier: MIT */
/* Sums over samples that come out the same for any number of threads: the samples form a fixed
 * number of groups, each group is summed in order into a partial of its own, and the partials are
 * added in order. */
#pragma once
#include "models/nn/op.h"

#define EPNS_PARTIALS_MAX 16

typedef struct {
  gsize n_items, n_groups, size; /* samples; groups; floats of a partial */
  EpnsTensor *sums;              /* [n_groups, size], zero at first; NULL if size is 0 */
} EpnsPartials;

EpnsPartials epns_partials_new (EpnsContext *ctx, gsize n_items, gsize size);
/* Items lo .. hi - 1 are group g's. */
static inline void
epns_partials_range (const EpnsPartials *self, gsize g, gsize *lo, gsize *hi)
{
  *lo = g * self->n_items / self->n_groups;
  *hi = (g + 1) * self->n_items / self->n_groups;
}
static inline float *
epns_partials_of (const EpnsPartials *self, gsize g)
{
  return self->sums->data + g * self->size;
}
/* to[i] += the sum of all partials' elements first + i, i < n; to may be NULL. */
void epns_partials_add (const EpnsPartials *self, gsize first, gsize n, float *to);
void epns_partials_clear (EpnsPartials *self);
