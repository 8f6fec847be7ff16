/* SPDX-License-Identifier: MIT */
/* What is known of whole cells. */
#include "models/epns/local-whole.h"
#include "models/epns/local-trunk.h"

#include <math.h>

#define EXPECTED_SCALE 3.0
#define MOVE_SCALE 4.0

void
epns_local_whole_row (const EpnsLocalNetwork *network, const EpnsLocalPass *pass, gsize cell,
                      guint k, const EpnsLocalMoments *before, double all, float *known,
                      float *lean)
{
  const EpnsLocalConfig *config = epns_local_network_config (network);
  const double target = config->target_volume, n = before->drawn[0], e = before->expected[0];
  const double my = MOVE_SCALE * (before->drawn[1] - before->expected[1]) / target;
  const double mx = MOVE_SCALE * (before->drawn[2] - before->expected[2]) / target;
  const double u = (n + all - e - target) / EXPECTED_SCALE;
  const double moments[EPNS_LOCAL_MOMENTS] = { u,
                                               u * u,
                                               (double) epns_local_scaled_volume (
                                                   network, &pass->windows->cells[cell]),
                                               n / target,
                                               (e - n) / EXPECTED_SCALE,
                                               my * my + mx * mx,
                                               my,
                                               mx };

  known += epns_local_what (network, pass, cell, known);
  for (guint i = 0; i < config->passes; i++)
    known[i] = i == k;
  for (guint i = 0; i < EPNS_LOCAL_MOMENTS; i++)
    known[config->passes + i] = (float) moments[i];
  lean[0] = (float) u;
  lean[1] = (float) my;
  lean[2] = (float) mx;
  lean[3] = n > 0 ? (float) ((double) config->window / 2 / sqrt (target / G_PI)) : 0;
  lean[4] = n > 0 ? (float) (before->drawn[1] / n) : 0;
  lean[5] = n > 0 ? (float) (before->drawn[2] / n) : 0;
}

void
epns_local_medium_whole_row (const EpnsLocalNetwork *network, const EpnsLocalPass *pass, guint k,
                             float *known)
{
  const EpnsLocalConfig *config = epns_local_network_config (network);

  for (guint i = 0; i < config->passes; i++)
    known[i] = i == k;
  for (gsize i = 0; i < epns_local_n_inputs (config); i++)
    known[config->passes + i] = pass->inputs[i];
}
