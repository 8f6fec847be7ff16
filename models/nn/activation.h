/* SPDX-License-Identifier: MIT */
/* Activations that linear layers and convolutions apply to their result; their slope follows from
 * the result alone. */
#pragma once
#include "models/nn/ops.h"

/* statement for every i < n: in eights, which the compiler makes vectors of, and the rest. */
#define EPNS_EACH(n, statement)                                  \
  do {                                                           \
    const gsize whole_ = (n) / 8 * 8;                            \
    for (gsize first_ = 0; first_ < whole_; first_ += 8)         \
      for (gsize i = first_; i < first_ + 8; i++)                \
        statement;                                               \
    for (gsize i = whole_; i < (n); i++)                         \
      statement;                                                 \
  } while (0)

/* to = act (from + bias), n values. */
void epns_activate (EpnsActivation activation, float bias, const float *restrict from,
                    float *restrict to, gsize n);
/* to = grad * act' at y = act (v): ReLU: y > 0; tanh: 1 - y^2. */
void epns_activate_back (EpnsActivation activation, const float *y, const float *grad, float *to,
                         gsize n);
