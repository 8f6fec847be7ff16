/* SPDX-License-Identifier: MIT */
/* What the benches of the networks measure against: the machine's own matrix product. */
#pragma once
#include "models/nn/tensor.h"

/* Numbers between -1/2 and 1/2. */
EpnsTensor *bench_random_tensor (EpnsContext *ctx, guint32 purpose, guint rank,
                                 const gint64 *shape);
#define BENCH_PRODUCT 512
/* GFLOP/s of a square product of BENCH_PRODUCT rows, one operand packed, one thread: the best. */
double bench_product_gflops (EpnsContext *ctx);
