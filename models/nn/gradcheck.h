/* SPDX-License-Identifier: MIT */
/* Are the gradients right? Central differences along random directions, for operators and whole
 * networks. */
#pragma once
#include "models/nn/context.h"

/* A differentiable function: any shape of result. */
typedef EpnsTensor *(*EpnsGradFunction) (EpnsContext *ctx, EpnsTensor *const *inputs,
                                         gpointer user);

/* With r a random vector and L = sum_i r_i f_i (inputs), compare for each input x that requires a
 * gradient and several random directions d of +-1: grad L . d against (L (x + h d) - L (x - h d)) /
 * 2 h. Returns the largest |difference| divided by the larger of the two values and of
 * 0.3 |grad L|, near which grad L . d lies by chance. f is evaluated in float32, so expect 1e-3
 * with h about 5e-3 for values about 1, and stay h away from kinks. Gradients of inputs are
 * replaced. [run] */
double epns_gradcheck (EpnsContext *ctx, EpnsGradFunction f, gpointer user,
                       EpnsTensor *const *inputs, guint n_inputs, double h, guint64 seed);
