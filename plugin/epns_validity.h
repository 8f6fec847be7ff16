/* SPDX-License-Identifier: MIT */
/* epns_validity.h - what a kind's extension("epns.validity/1") returns: what states a learned model
 * may be trusted with, for hosts that watch them while it runs. The struct is static. */
#ifndef EPNS_VALIDITY_H
#define EPNS_VALIDITY_H
#include "epns_step.h"
#ifdef __cplusplus
extern "C" {
#endif

#define EPNS_VALIDITY_EXTENSION "epns.validity/1"

typedef struct epns_validity {
  uint32_t size; /* sizeof(epns_validity) */
  /* Sites a cell had in training, both ends included; 0 and infinity where nothing is stated.
   * [model] */
  void (*cell_volume)(const epns_model *model, double *minimum, double *maximum);
  /* Element (row, column) of a PARAM as it was in training, or in the middle of what it was; NaN
   * where nothing is stated. [model] */
  double (*parameter)(const epns_model *model, const char *name, uint32_t row, uint32_t column);
} epns_validity;

#ifdef __cplusplus
}
#endif
#endif
