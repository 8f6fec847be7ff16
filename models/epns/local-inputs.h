/* SPDX-License-Identifier: MIT */
/* What a local network with inputs="energies" is told of the step that it replaces.
 *
 * A copy attempt of the Cellular Potts model is accepted with probability min (1, exp (-dH / T))
 * (Graner and Glazier, Phys. Rev. Lett. 69, 2013, 1992), so that nothing depends on energies but
 * through their ratios to the temperature. With n types, 0 being the medium, the network is told,
 * in this order,
 *
 *   J(a, b) / T         contact energy of types a <= b, but of the medium with itself
 *   lambda(a) / T       strength of the constraint of volumes, a > 0
 *   V(a) / target       target volume beside the network's own, a > 0
 *
 * n (n + 1) / 2 - 1 + 2 (n - 1) numbers. All else that a step depends on (neighbour orders,
 * acceptance) is as it was in training. [any] */
#pragma once
#include "models/epns/local.h"

enum { /* parameters of the step, by the names that it has for them */
  EPNS_TOLD_TEMPERATURE,
  EPNS_TOLD_CONTACT,
  EPNS_TOLD_STRENGTH,
  EPNS_TOLD_TARGET,
  EPNS_LOCAL_N_TOLD
};

typedef struct {
  const char *name;
  int rank; /* 0 one number, 1 one a type, 2 one a pair of types */
} EpnsLocalTold;
extern const EpnsLocalTold epns_local_told[EPNS_LOCAL_N_TOLD];

/* How many numbers; 0 where the network is told nothing. */
gsize epns_local_n_inputs (const EpnsLocalConfig *config);

/* From values [n_types as often as the rank says], by EPNS_TOLD_*. EPNS_FAILURE_RANGE where the
 * temperature is not above 0 or a number is not finite; one line. */
gboolean epns_local_inputs (const EpnsLocalConfig *config,
                            const double *const values[EPNS_LOCAL_N_TOLD], float *inputs,
                            GError **error);
