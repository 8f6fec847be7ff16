/* SPDX-License-Identifier: MIT */
/* The lattice network's training beside a stored record of it. */
#include "models/epns/lattice-objective.h"
#include "models/epns/verify-record.h"
#include "models/epns/verify-replay.h"

typedef struct {
  const EpnsRecord *record;
  EpnsReplay *replay; /* during learn() */
  EpnsSlots *x;
  GPtrArray *truths;
} Lattices;

static gboolean
stored_noise (gpointer user, gsize k, EpnsTensor *eps, GError **error)
{
  const Lattices *self = user;
  g_autofree char *name = epns_replay_name (self->replay, k, "eps");

  return epns_comparison_noise (self->record->comparison, name, eps, error);
}

static void
heard (gpointer user, gsize k, const EpnsLatticeTerms *terms, const EpnsSlots *predicted,
       const EpnsTensor *logits)
{
  const Lattices *self = user;
  g_autofree char *pred = epns_replay_name (self->replay, k, "pred");

  epns_replay_took (self->replay, k, terms->loss, terms->kl);
  epns_record_prediction (self->record, pred, predicted, logits);
}

static gboolean
learn (gpointer user, EpnsReplay *replay, double beta, gsize n, GError **error)
{
  Lattices *self = user;
  EpnsLatticeObjective objective = { self->record->net, self->record->ctx, beta };

  self->replay = replay;
  return epns_lattice_learn (&objective, self->x, (EpnsSlots *const *) self->truths->pdata, n,
                             stored_noise, heard, self, error);
}

/* x, x_true, x_true2, ... */
static gboolean
read_states (gpointer user, gsize n, GError **error)
{
  Lattices *self = user;
  gsize need;
  int axis;

  self->x = epns_record_state (self->record, "x", NULL, error);
  if (self->x == NULL
      || !epns_lattice_takes (self->record->net, self->x->height, self->x->width, &axis, &need,
                              error))
    return FALSE;
  for (gsize k = 1; k <= n; k++) {
    g_autofree char *name = epns_replay_truth (k);
    EpnsSlots *truth = epns_record_state (self->record, name, self->x, error);

    if (truth == NULL)
      return FALSE;
    g_ptr_array_add (self->truths, truth);
  }
  return TRUE;
}

gboolean
epns_verify_training (const EpnsRecord *record, GError **error)
{
  g_autoptr (GPtrArray) truths = g_ptr_array_new_with_free_func ((GDestroyNotify) epns_slots_free);
  Lattices self = { .record = record, .truths = truths };
  const EpnsReplayed of = { .weights = epns_lattice_weights (record->net),
                            .file = record->file,
                            .comparison = record->comparison,
                            .user = &self,
                            .read = read_states,
                            .learn = learn };
  gboolean done = epns_replay (&of, error);

  epns_slots_free (self.x);
  return done;
}
