/* SPDX-License-Identifier: MIT */
/* Bodies dealt to passes. */
#include "models/epns/graph-passes.h"

#include <string.h>

guint
epns_graph_pass_of (const EpnsGraphConfig *config, const EpnsDrawKey *key, gsize body)
{
  return config->passes > 1 ? (guint) (config->passes
                                       * epns_random_uniform (key, EPNS_GRAPH_DRAW_PASS, body))
                            : 0;
}

void
epns_graph_pass_move (EpnsSystems *bodies, gsize row, const double *position,
                      const double *velocity)
{
  const gsize d = bodies->dimensions;
  double *here = bodies->position + row * d;

  epns_box_displacement (&bodies->box, (guint) d, here, position, bodies->way + row * d);
  memcpy (here, position, d * sizeof *here);
  memcpy (bodies->velocity + row * d, velocity, d * sizeof *velocity);
  epns_box_keep (&bodies->box, (guint) d, here);
  bodies->moved[row] = 1;
}

EpnsSystems *
epns_graph_pass_all (const EpnsSystems *now, const double *position)
{
  EpnsSystems *moved = epns_systems_copy (now);
  const gsize d = now->dimensions;

  for (gsize row = 0; row < epns_systems_rows (now); row++)
    epns_graph_pass_move (moved, row, position + row * d, now->velocity + row * d);
  return moved;
}

EpnsSystems *
epns_graph_pass_start (const EpnsGraphConfig *config, const EpnsSystems *now,
                       const EpnsSystems *truth, const EpnsDrawKey *keys)
{
  EpnsSystems *start = epns_systems_copy (now);
  const gsize d = now->dimensions;

  for (gsize row = 0; config->passes > 1 && row < epns_systems_rows (now); row++) {
    const EpnsDrawKey *key = &keys[row / now->n];
    const gsize one = (gsize) ((double) now->n
                               * epns_random_uniform (key, EPNS_GRAPH_DRAW_PASS, now->n));
    if (epns_graph_pass_of (config, key, row % now->n) < epns_graph_pass_of (config, key, one))
      epns_graph_pass_move (start, row, truth->position + row * d, truth->velocity + row * d);
  }
  return start;
}
