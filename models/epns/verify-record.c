/* SPDX-License-Identifier: MIT */
/* Reading reference files. */
#include "models/epns/verify-record.h"
#include "plugin/error.h"

#include <math.h>
#include <string.h>

#define NEAR_TIE 1e-3f /* logits closer than this may change places by rounding */

EpnsSlots *
epns_record_state (const EpnsRecord *self, const char *name, const EpnsSlots *like, GError **error)
{
  const EpnsStored *stored = epns_safetensors_need (self->file, name, error);
  const char *path = epns_safetensors_path (self->file);
  gint32 types = (gint32) epns_lattice_config (self->net)->num_cell_types;

  if (stored == NULL)
    return NULL;
  g_autofree gint32 *values = g_new (gint32, stored->count + 1);
  if (stored->rank != 4 || stored->shape[1] != 2 || stored->count == 0
      || !epns_stored_to_i32 (stored, values)) {
    g_set_error (error, EPNS_FAILURE, EPNS_FAILURE_FORMAT,
                 "%s: tensor '%s' must be lattices of ids and types, [B, 2, H, W]", path, name);
    return NULL;
  }
  if (like != NULL
      && (stored->shape[0] != like->n_batch || stored->shape[2] != like->height
          || stored->shape[3] != like->width)) {
    g_set_error (error, EPNS_FAILURE, EPNS_FAILURE_FORMAT,
                 "%s: tensor '%s' must have the shape of tensor 'x'", path, name);
    return NULL;
  }
  g_autoptr (EpnsSlots)
      slots = epns_slots_new (stored->shape[0], 0, stored->shape[2], stored->shape[3]);
  gsize sites = slots->height * slots->width;
  gint32 largest = 0;

  for (gsize i = 0; i < slots->n_batch * sites; i++) {
    slots->slot[i] = values[i / sites * 2 * sites + i % sites];
    slots->type[i] = values[(i / sites * 2 + 1) * sites + i % sites];
    largest = MAX (largest, slots->slot[i]);
    if (slots->slot[i] < 0 || slots->slot[i] > 65535 || slots->type[i] < 0
        || slots->type[i] >= types) {
      g_set_error (error, EPNS_FAILURE, EPNS_FAILURE_RANGE,
                   "%s: tensor '%s' has id %d of type %d; ids go from 0 to 65535, types to %d",
                   path, name, slots->slot[i], slots->type[i], types - 1);
      return NULL;
    }
  }
  slots->n_slots = (gsize) largest + 1;
  epns_comparison_input (self->comparison, name);
  return g_steal_pointer (&slots);
}

void
epns_record_pack (const EpnsSlots *state, gint32 *packed)
{
  gsize sites = state->height * state->width;

  for (gsize b = 0; b < state->n_batch; b++) {
    memcpy (packed + 2 * b * sites, state->slot + b * sites, sites * sizeof *packed);
    memcpy (packed + (2 * b + 1) * sites, state->type + b * sites, sites * sizeof *packed);
  }
}

/* Sites, twice over (ids, types), whose two largest logits are nearly equal. */
static gboolean *
near_ties (const EpnsTensor *logits)
{
  gsize batch = (gsize) logits->shape[0], slots = (gsize) logits->shape[1];
  gsize sites = (gsize) (logits->shape[2] * logits->shape[3]);
  gboolean *near = g_new (gboolean, 2 * batch * sites);

  for (gsize i = 0; i < batch * sites; i++) {
    const float *l = logits->data + i / sites * slots * sites + i % sites;
    float best = -INFINITY, second = -INFINITY;

    for (gsize c = 0; c < slots; c++) {
      float value = l[c * sites];
      second = value > best ? best : MAX (second, value);
      best = MAX (best, value);
    }
    gsize at = i / sites * 2 * sites + i % sites;
    near[at] = near[at + sites] = best - second < NEAR_TIE;
  }
  return near;
}

void
epns_record_prediction (const EpnsRecord *self, const char *name, const EpnsSlots *predicted,
                        const EpnsTensor *logits)
{
  gsize count = 2 * predicted->n_batch * predicted->height * predicted->width;
  g_autofree gint32 *packed = g_new (gint32, count);
  g_autofree gboolean *near = logits != NULL ? near_ties (logits) : NULL;

  epns_record_pack (predicted, packed);
  epns_comparison_whole (self->comparison, name, packed, count, near);
}
