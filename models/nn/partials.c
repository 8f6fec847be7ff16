/* SPDX-License-Identifier: MIT */
/* Sums over samples in a fixed order. */
#include "models/nn/partials.h"

EpnsPartials
epns_partials_new (EpnsContext *ctx, gsize n_items, gsize size)
{
  EpnsPartials self = { n_items, MIN (n_items, EPNS_PARTIALS_MAX), size, NULL };

  if (size > 0)
    self.sums = epns_tensor_new_zero (ctx, EPNS_SHAPE ((gint64) self.n_groups, (gint64) size));
  return self;
}

void
epns_partials_add (const EpnsPartials *self, gsize first, gsize n, float *to)
{
  for (gsize g = 0; to != NULL && g < self->n_groups; g++)
    for (gsize i = 0; i < n; i++)
      to[i] += epns_partials_of (self, g)[first + i];
}

void
epns_partials_clear (EpnsPartials *self)
{
  epns_tensor_unref (self->sums);
  self->sums = NULL;
}
