/* SPDX-License-Identifier: MIT */
/* A network's gradient of its own loss against finite differences of that loss. */
#pragma once
#include "models/epns/symmetry.h"
#include "models/nn/tensor.h"

typedef struct { /* a loss of one made-up sample, as a function of a network's parameters */
  gpointer of;
  gsize n;
  EpnsTensor *(*parameter) (gpointer of, gsize i); /* lent; has a gradient */
  char *(*name) (gpointer of, gsize i);            /* free with g_free() */
  /* The loss at the parameters' present values; its gradient is added to theirs. The same values
   * give the same loss: all draws are by place. */
  gboolean (*evaluate) (gpointer of, double *loss, GError **error);
} EpnsLossOf;

/* Each parameter t, of gradient g and norm |g|, is moved to and fro along a unit vector u, which
 * lies for two thirds along g and for one third anywhere. Reported, as "gradient of NAME":
 * | (L (t + h u) - L (t - h u)) / 2 h - g . u | in units of |g|, or of a hundredth of the largest
 * parameter's where that is more. h would change the loss by a thousandth, an eighth or a 64th of
 * that, of which the nearest counts: a large step leaves the region where a ReLU is on, a small one
 * drowns in single precision, and a wrong gradient is wrong at all of them. Parameters are as
 * before afterwards. */
gboolean epns_verify_gradient_of (const EpnsLossOf *loss, guint64 seed,
                                  const EpnsReporter *reporter, GError **error);

/* The lattice network kept at `path`: -ln p, or the bound above it, of a step of its own on a
 * made-up tissue; free bits, whose gradient is held back on purpose, are left out, and so is the
 * published loss's part of types, which has none. [any] */
gboolean epns_verify_lattice_gradient (const char *path, guint64 seed, epns_verify_report report,
                                       gpointer data, GError **error);
