/* SPDX-License-Identifier: MIT */
/* Activations and their slopes. */
#include "models/nn/activation.h"

#include <math.h>
#include <string.h>

void
epns_activate (EpnsActivation activation, float bias, const float *restrict from,
               float *restrict to, gsize n)
{
  switch (activation) {
  case EPNS_LINEAR:
    EPNS_EACH (n, to[i] = from[i] + bias);
    break;
  case EPNS_RELU:
    EPNS_EACH (n, to[i] = from[i] + bias < 0.0f ? 0.0f : from[i] + bias); /* NaN stays */
    break;
  case EPNS_TANH:
    for (gsize i = 0; i < n; i++)
      to[i] = tanhf (from[i] + bias);
    break;
  }
}

void
epns_activate_back (EpnsActivation activation, const float *y, const float *grad,
                    float *restrict to, gsize n)
{
  switch (activation) {
  case EPNS_LINEAR:
    memcpy (to, grad, n * sizeof *to);
    break;
  case EPNS_RELU:
    for (gsize i = 0; i < n; i++) {
      const float g = grad[i]; /* read in any case, so that no branch is needed */
      to[i] = y[i] > 0.0f ? g : 0.0f;
    }
    break;
  case EPNS_TANH:
    for (gsize i = 0; i < n; i++)
      to[i] = grad[i] * (1.0f - y[i] * y[i]);
    break;
  }
}
