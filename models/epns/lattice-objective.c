/* SPDX-License-Identifier: MIT */
/* One-step and multi-step training. */
#include "models/epns/lattice-objective.h"

typedef struct {
  const EpnsLatticeObjective *objective;
  EpnsLatticeNoise noise;
  EpnsLatticeHeard heard;
  gpointer user;
} Call;

/* The posterior's z with the noise of step k; its logits, loss and, where they are recorded,
 * gradients. NULL: *error. */
static EpnsTensor *
learn_step (const Call *call, gsize k, const EpnsSlots *x, const EpnsSlots *truth,
            const EpnsSlotTypes *types, EpnsLatticeTerms *terms, GError **error)
{
  const EpnsLatticeObjective *self = call->objective;
  EpnsPass pass = epns_lattice_pass (self->net, self->ctx, x);
  g_auto (EpnsLatticeEncoding) encoding = { .e = NULL };
  g_auto (EpnsLatticeLoss) loss = { .kl = NULL };
  g_autoptr (EpnsTensor) mu = NULL, sigma = NULL;

  epns_lattice_encode (self->net, &pass, x, &encoding);
  epns_lattice_posterior (self->net, &pass, &encoding, truth, &mu, &sigma);
  g_autoptr (EpnsTensor) eps = epns_tensor_new (self->ctx, mu->rank, mu->shape);
  if (!call->noise (call->user, k, eps, error))
    return NULL;
  g_autoptr (EpnsTensor) z = epns_reparameterise (self->ctx, mu, sigma, eps);
  g_autoptr (EpnsTensor) logits = epns_lattice_decode (self->net, &pass, &encoding, z);
  EpnsLatticeLatents latents = { encoding.mu, encoding.sigma, mu, sigma };

  if (!epns_lattice_loss (epns_lattice_config (self->net), self->ctx, logits, &latents, types,
                          truth, self->beta, &loss, error))
    return NULL;
  *terms = (EpnsLatticeTerms){ .loss = (double) epns_tensor_item (loss.loss),
                               .nll_id = loss.nll_id,
                               .nll_type = loss.nll_type,
                               .kl = loss.kl_loss };
  if (epns_context_is_recording (self->ctx))
    epns_context_backward (self->ctx, loss.loss);
  return g_steal_pointer (&logits);
}

/* The likeliest cells become the state. */
static void
move_on (EpnsSlots *state, const EpnsTensor *logits, const EpnsSlotTypes *types)
{
  g_autofree gint32 *predicted = g_new (gint32, state->n_batch * state->height * state->width);

  epns_lattice_argmax (logits, predicted);
  epns_slots_assign (state, predicted, types);
}

/* The truth with as many slots as the state has: both grow to the larger number. */
static EpnsSlots *
matched (const EpnsSlots *truth, EpnsSlots *state, EpnsSlotTypes **types)
{
  EpnsSlots *copy = epns_slots_copy (truth);

  copy->n_slots = state->n_slots = MAX (state->n_slots, truth->n_slots);
  if (*types == NULL)
    *types = epns_slot_types_new (state);
  else if ((*types)->n_slots < state->n_slots) {
    EpnsSlotTypes *extended = epns_slot_types_extended (*types, state->n_slots);

    epns_slot_types_free (*types);
    *types = extended;
  }
  return copy;
}

static gboolean
learn (const Call *call, const EpnsSlots *x, EpnsSlots *const *truths, gsize n_steps,
       GError **error)
{
  g_autoptr (EpnsSlots) state = epns_slots_copy (x);
  g_autoptr (EpnsSlotTypes) types = NULL;

  for (gsize k = 0; k < n_steps; k++) {
    g_autoptr (EpnsSlots) truth = matched (truths[k], state, &types);
    EpnsLatticeTerms terms;
    g_autoptr (EpnsTensor) logits = learn_step (call, k, state, truth, types, &terms, error);

    if (logits == NULL)
      return FALSE;
    move_on (state, logits, types);
    if (call->heard != NULL)
      call->heard (call->user, k, &terms, state, logits);
  }
  return TRUE;
}

gboolean
epns_lattice_learn (const EpnsLatticeObjective *self, const EpnsSlots *x, EpnsSlots *const *truths,
                    gsize n_steps, EpnsLatticeNoise noise, EpnsLatticeHeard heard, gpointer user,
                    GError **error)
{
  Call call = { self, noise, heard, user };

  epns_context_record (self->ctx, TRUE);
  gboolean done = learn (&call, x, truths, n_steps, error);
  epns_context_record (self->ctx, FALSE);
  epns_context_clear (self->ctx);
  return done;
}

gboolean
epns_lattice_weigh (const EpnsLatticeObjective *self, const EpnsSlots *x, EpnsSlots *truth,
                    EpnsLatticeNoise noise, gpointer user, EpnsLatticeTerms *terms, GError **error)
{
  Call call = { self, noise, NULL, user };
  g_autoptr (EpnsSlots) state = epns_slots_copy (x);
  g_autoptr (EpnsSlotTypes) types = NULL;
  g_autoptr (EpnsSlots) same = matched (truth, state, &types);
  g_autoptr (EpnsTensor) logits = learn_step (&call, 0, state, same, types, terms, error);

  return logits != NULL;
}
