/* SPDX-License-Identifier: MIT */
/* Activations that linear layers and convolutions apply to their result; their slope follows from
 * the result alone. */
#pragma once
#include "models/nn/ops.h"

/* to = act (from + bias), n values. */
void epns_activate (EpnsActivation activation, float bias, const float *restrict from,
                    float *restrict to, gsize n);
/* to = grad * act' at y = act (v): ReLU: y > 0; tanh: 1 - y^2. */
void epns_activate_back (EpnsActivation activation, const float *y, const float *grad, float *to,
                         gsize n);
