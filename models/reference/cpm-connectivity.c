/* SPDX-License-Identifier: MIT */
/* Connectivity: no copy that would cut a cell of a connected type in two, close it round a hole, or
 * let it touch itself at another place, as far as the target's neighbours tell; the local rule of
 * Morpheus' ConnectivityConstraint (2.2). Looked at are the neighbours that a cell owns, without
 * the target itself: in a plane they must be one run as one goes round, in space one cluster of
 * sites that touch face to face; a cell that gains the target must own one of the nearest
 * neighbours, one that loses it not all of them. Along a line anything goes. It costs nothing. */
#include "models/reference/cpm-energy.h"

#include <string.h>

typedef struct {
  EpnsCpmRule head;
  gboolean connected[]; /* [slot] */
} ConnectivityRule;

enum { LARGEST = 64 }; /* neighbours; 26 is the most there are */

static const EpnsParamField fields[] = {
  EPNS_PARAM_BY_TYPE ("connected", EPNS_I32, 0, 1),
  EPNS_PARAM_INTEGER ("connectivity-neighbor-order", 1, 1, 3),
};

static epns_status
connectivity_bind (const EpnsParams *params, EpnsCpmRule **rule, epns_error *error)
{
  (void) error;
  *rule = NULL;
  if (!epns_params_any (params, fields[0].field.name))
    return EPNS_OK;
  ConnectivityRule *self = g_malloc0 (sizeof *self + epns_cpm_slots (params) *
                                                         sizeof self->connected[0]);
  self->head.order = (guint) epns_params_number (params, fields[1].field.name);
  self->head.round = TRUE;
  for (guint s = EPNS_CPM_SLOT_TYPE; s < epns_cpm_slots (params); s++) /* never the medium */
    self->connected[s] = epns_params_at (params, fields[0].field.name, epns_cpm_slot_type (s), 0) >
                         0;
  *rule = &self->head;
  return EPNS_OK;
}

/* How many runs of the cell's sites one meets going round. */
static guint
runs_round (const gboolean *own, guint n)
{
  guint runs = 0;

  for (guint i = 0; i < n; i++)
    runs += own[i] && !own[(i + 1) % n] ? 1 : 0;
  return runs;
}

static gboolean
touch (const EpnsOffset *a, const EpnsOffset *b)
{
  gint32 apart = 0;

  for (int axis = 0; axis < 3; axis++)
    apart += ABS (a->by[axis] - b->by[axis]);
  return apart == 1;
}

/* How many of the cell's sites hang together with its first one, face to face. */
static guint
first_cluster (const EpnsNeighbourhood *near, const gboolean *own)
{
  gboolean left[LARGEST];
  guint queue[LARGEST], n = 0;

  memcpy (left, own, near->n * sizeof left[0]);
  for (guint i = 0; i < near->n && n == 0; i++)
    if (left[i]) {
      left[i] = FALSE;
      queue[n++] = i;
    }
  for (guint at = 0; at < n; at++)
    for (guint j = 0; j < near->n; j++)
      if (left[j] && touch (&near->offsets[queue[at]], &near->offsets[j])) {
        left[j] = FALSE;
        queue[n++] = j;
      }
  return n;
}

/* Would the cell come apart, or close up, by the target being won (or lost)? */
static gboolean
breaks (const EpnsCpmPart *part, const gint32 *target, gint32 cell, gboolean wins)
{
  const EpnsNeighbourhood *near = &part->neighbours;
  guint owned = 0, nearest = 0, nearest_owned = 0, axes = 0;
  gboolean own[LARGEST];

  for (guint i = 0; i < near->n; i++) {
    own[i] = target[near->step[i]] == cell;
    owned += own[i] ? 1 : 0;
    if (near->offsets[i].distance > 1.01)
      continue;
    nearest++;
    nearest_owned += own[i] ? 1 : 0;
  }
  for (int axis = 0; axis < 3; axis++)
    axes += near->reach[axis] > 0 ? 1 : 0;
  if (axes < 2)
    return FALSE;
  if (wins ? nearest_owned == 0 : nearest_owned == nearest)
    return TRUE;
  return axes == 2 ? runs_round (own, near->n) > 1 : first_cluster (near, own) < owned;
}

static gboolean
connectivity_forbids (const EpnsCpmPart *part, const EpnsCpmState *state, EpnsCpmCopy copy)
{
  const ConnectivityRule *self = (const ConnectivityRule *) part->rule;
  const gint32 *target = state->lattice.ids + copy.target;

  return (self->connected[state->slot[copy.winner]] && breaks (part, target, copy.winner, TRUE)) ||
         (self->connected[state->slot[copy.loser]] && breaks (part, target, copy.loser, FALSE));
}

const EpnsCpmEnergy epns_cpm_connectivity = {
  .name = "connectivity",
  .fields = fields,
  .n_fields = G_N_ELEMENTS (fields),
  .bind = connectivity_bind,
  .forbids = connectivity_forbids,
};
