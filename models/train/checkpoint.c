/* SPDX-License-Identifier: MIT */
/* A training in one weights file: weights, Adam's moments, averages, best weights, and where it
 * stands. */
#include "models/nn/safetensors.h"
#include "models/train/trainer.h"
#include "plugin/error.h"

#include <math.h>
#include <string.h>

enum { N_GROUPS = 5, N_WHOLE = 4, N_REAL = 3 };

static const char *const groups[N_GROUPS] = { "weights", "moment1", "moment2", "average", "best" };

static EpnsTensor *
tensor_of (const EpnsTrainer *self, guint group, gsize p)
{
  EpnsTensor **const all[N_GROUPS] = { self->parameters, self->adam->m, self->adam->v,
                                       self->ema->average, self->best };

  return all[group][p];
}

static EpnsStored
stored_f32 (const char *name, const EpnsTensor *tensor)
{
  EpnsStored stored = {
    .name = name, .type = EPNS_STORED_F32, .rank = tensor->rank, .data = tensor->data
  };

  for (guint i = 0; i < tensor->rank; i++)
    stored.shape[i] = (gsize) tensor->shape[i];
  return stored;
}

gboolean
epns_trainer_save (const EpnsTrainer *self, const char *path, const char *identity, GError **error)
{
  const EpnsTrainerState *state = &self->state;
  const gint64 whole[N_WHOLE] = { (gint64) state->step, self->adam->t, (gint64) state->best_step,
                                  (gint64) state->since_best };
  const double real[N_REAL] = { state->loss, state->norm, state->best };
  const char *const metadata[] = { "format", "epns-training/1", "identity", identity, NULL };
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GArray) tensors = g_array_new (FALSE, FALSE, sizeof (EpnsStored));
  const EpnsStored numbers[] = {
    { .name = "state.whole",
      .type = EPNS_STORED_I64,
      .rank = 1,
      .shape = { N_WHOLE },
      .data = whole },
    { .name = "state.real", .type = EPNS_STORED_F64, .rank = 1, .shape = { N_REAL }, .data = real },
  };

  for (guint g = 0; g < N_GROUPS; g++)
    for (gsize p = 0; p < self->n; p++) {
      char *name = g_strconcat (groups[g], ".", self->names[p], NULL);
      EpnsStored stored = stored_f32 (name, tensor_of (self, g, p));
      g_ptr_array_add (names, name);
      g_array_append_val (tensors, stored);
    }
  g_array_append_vals (tensors, numbers, G_N_ELEMENTS (numbers));
  return epns_safetensors_write (path, (const EpnsStored *) (gpointer) tensors->data, tensors->len,
                                 metadata, error);
}

/* One group of tensors, found and of the right shape; copied only if `copy`. */
static gboolean
load_group (EpnsTrainer *self, const EpnsSafetensors *file, guint group, gboolean copy,
            GError **error)
{
  for (gsize p = 0; p < self->n; p++) {
    EpnsTensor *tensor = tensor_of (self, group, p);
    g_autofree char *name = g_strconcat (groups[group], ".", self->names[p], NULL);
    EpnsStored shape = stored_f32 (name, tensor);
    const EpnsStored *stored = epns_safetensors_need_shape (file, name, shape.rank, shape.shape,
                                                            error);
    if (stored == NULL)
      return FALSE;
    if (stored->type != EPNS_STORED_F32) {
      g_set_error (error, EPNS_FAILURE, EPNS_FAILURE_FORMAT,
                   "%s: tensor %s is %s; remove the file to begin anew",
                   epns_safetensors_path (file), name, epns_stored_type_name (stored->type));
      return FALSE;
    }
    if (copy)
      memcpy (tensor->data, stored->data, stored->bytes);
  }
  return TRUE;
}

static gboolean
check_identity (const EpnsSafetensors *file, const char *identity, GError **error)
{
  const char *found = epns_safetensors_metadata (file, "identity");

  if (found != NULL && g_str_equal (found, identity))
    return TRUE;
  g_set_error (error, EPNS_FAILURE, EPNS_FAILURE_MISMATCH,
               "%s: it belongs to another training (its network, plan or data differ); choose "
               "another output folder, or "
               "remove the file to begin anew",
               epns_safetensors_path (file));
  return FALSE;
}

static gboolean
load_state (const EpnsSafetensors *file, gint64 whole[N_WHOLE], double real[N_REAL], GError **error)
{
  const EpnsStored *w = epns_safetensors_need_shape (file, "state.whole", 1,
                                                     (const gsize[]){ N_WHOLE }, error);
  if (w == NULL)
    return FALSE;
  const EpnsStored *r = epns_safetensors_need_shape (file, "state.real", 1,
                                                     (const gsize[]){ N_REAL }, error);
  if (r == NULL)
    return FALSE;
  if (w->type == EPNS_STORED_I64 && r->type == EPNS_STORED_F64) {
    memcpy (whole, w->data, w->bytes);
    memcpy (real, r->data, r->bytes);
    return TRUE;
  }
  g_set_error (error, EPNS_FAILURE, EPNS_FAILURE_FORMAT,
               "%s: its state has other types; remove the file to begin anew",
               epns_safetensors_path (file));
  return FALSE;
}

gboolean
epns_trainer_load (EpnsTrainer *self, const char *path, const char *identity, GError **error)
{
  g_autoptr (EpnsSafetensors) file = epns_safetensors_read (path, error);
  gint64 whole[N_WHOLE];
  double real[N_REAL];

  if (file == NULL || !check_identity (file, identity, error)
      || !load_state (file, whole, real, error))
    return FALSE;
  for (gboolean copy = FALSE; copy <= TRUE;
       copy++) /* nothing is changed before all is known to fit */
    for (guint g = 0; g < N_GROUPS; g++)
      if (!load_group (self, file, g, copy, error))
        return FALSE;
  self->adam->t = whole[1];
  self->state = (EpnsTrainerState){ .step = (guint64) whole[0],
                                    .best_step = (guint64) whole[2],
                                    .since_best = (guint64) whole[3],
                                    .loss = real[0],
                                    .norm = real[1],
                                    .best = real[2] };
  return TRUE;
}

gboolean
epns_trainer_export (const EpnsTrainer *self, gboolean latest, const char *path, GError **error)
{
  EpnsTensor **weights = latest || !isfinite (self->state.best) ? self->ema->average : self->best;
  g_autoptr (GArray) tensors = g_array_new (FALSE, FALSE, sizeof (EpnsStored));

  for (gsize p = 0; p < self->n; p++) {
    EpnsStored stored = stored_f32 (self->names[p], weights[p]);
    g_array_append_val (tensors, stored);
  }
  return epns_safetensors_write (path, (const EpnsStored *) (gpointer) tensors->data, tensors->len,
                                 NULL, error);
}
