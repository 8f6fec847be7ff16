/* SPDX-License-Identifier: MIT */
/* epns_verify.h - what a kind's extension("epns.verify/1") returns: the model checked against stored numbers and
 * against the symmetries it claims. The struct is static; all functions are [any]. */
#ifndef EPNS_VERIFY_H
#define EPNS_VERIFY_H
#include "epns_step.h"
#ifdef __cplusplus
extern "C" {
#endif

#define EPNS_VERIFY_EXTENSION "epns.verify/1"

/* One compared quantity: its largest error beside the tolerance; `name` is lent for the call. */
typedef void (*epns_verify_report)(void *ctx, const char *name, double error, double tolerance, int32_t holds);

typedef struct epns_verify {
  uint32_t size; /* sizeof(epns_verify) */
  /* Every tensor stored in the .safetensors file `reference` beside what the model at `source` computes from its
   * inputs; with `gradients` nonzero the gradients too. EPNS_OK even where some do not hold: the reports tell. */
  epns_status (*reference)(const char *source, const char *reference, int32_t gradients, epns_verify_report report,
                           void *ctx, epns_error *error);
  /* The symmetries the model claims (cell permutation, lattice symmetry), on a lattice made from `seed`. */
  epns_status (*equivariance)(const char *source, uint64_t seed, epns_verify_report report, void *ctx,
                              epns_error *error);
  /* The gradient of what the model is trained to minimise, by each of its parameters, beside finite differences of
   * it, on a step made from `seed`; names begin with "gradient of ". NULL: the model is not trained. */
  epns_status (*gradient)(const char *source, uint64_t seed, epns_verify_report report, void *ctx, epns_error *error);
} epns_verify;

#ifdef __cplusplus
}
#endif
#endif
