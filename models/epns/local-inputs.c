/* SPDX-License-Identifier: MIT */
/* Energies over temperature. */
#include "models/epns/local-inputs.h"
#include "plugin/error.h"

#include <math.h>

const EpnsLocalTold epns_local_told[EPNS_LOCAL_N_TOLD] = {
  [EPNS_TOLD_TEMPERATURE] = { "temperature", 0 },
  [EPNS_TOLD_CONTACT] = { "contact-energy", 2 },
  [EPNS_TOLD_STRENGTH] = { "volume-strength", 1 },
  [EPNS_TOLD_TARGET] = { "target-volume", 1 },
};

gsize
epns_local_n_inputs (const EpnsLocalConfig *config)
{
  const gsize n = config->n_types;

  return config->inputs == EPNS_LOCAL_INPUTS_NONE ? 0 : n * (n + 1) / 2 - 1 + 2 * (n - 1);
}

gboolean
epns_local_inputs (const EpnsLocalConfig *config, const double *const values[EPNS_LOCAL_N_TOLD],
                   float *inputs, GError **error)
{
  const double temperature = *values[EPNS_TOLD_TEMPERATURE];
  const gsize n = config->n_types;
  gsize k = 0;

  if (!(temperature > 0)) {
    g_set_error (error, EPNS_FAILURE, EPNS_FAILURE_RANGE,
                 "temperature is %g, and the network is told energies over it; give one above 0",
                 temperature);
    return FALSE;
  }
  for (gsize a = 0; a < n; a++)
    for (gsize b = MAX (a, 1); b < n; b++)
      inputs[k++] = (float) (values[EPNS_TOLD_CONTACT][a * n + b] / temperature);
  for (gsize a = 1; a < n; a++)
    inputs[k++] = (float) (values[EPNS_TOLD_STRENGTH][a] / temperature);
  for (gsize a = 1; a < n; a++)
    inputs[k++] = (float) (values[EPNS_TOLD_TARGET][a] / config->target_volume);
  while (k > 0)
    if (!isfinite (inputs[--k])) {
      g_set_error (error, EPNS_FAILURE, EPNS_FAILURE_RANGE,
                   "energies, strengths or target volumes are not finite beside the temperature "
                   "%g; correct them",
                   temperature);
      return FALSE;
    }
  return TRUE;
}
