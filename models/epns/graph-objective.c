/* SPDX-License-Identifier: MIT */
/* One-step and multi-step training. */
#include "models/epns/graph-objective.h"
#include "models/epns/graph-passes.h"
#include "plugin/error.h"

#include <math.h>

typedef struct {
  const EpnsGraphObjective *objective;
  EpnsGraphNoise noise;
  EpnsGraphHeard heard;
  gpointer user;
} Call;

gboolean
epns_graph_follow (const EpnsGraphConfig *config, const EpnsGraphMotion *motion,
                   EpnsSystems *bodies, GError **error)
{
  g_autofree double *change = g_new (double, motion->change->count);

  for (gsize i = 0; i < motion->change->count; i++) {
    change[i] = (double) motion->change->data[i];
    if (isfinite (change[i]))
      continue;
    g_set_error (error, EPNS_FAILURE, EPNS_FAILURE_RANGE,
                 "the network moves body %" G_GSIZE_FORMAT " by a number that is not finite; its "
                 "weights are broken or this state is far from its training",
                 i / (2 * bodies->dimensions));
    return FALSE;
  }
  epns_graph_move (config, bodies, change);
  return TRUE;
}

void
epns_graph_outcome_clear (EpnsGraphOutcome *self)
{
  epns_graph_motion_clear (&self->motion);
  epns_graph_loss_clear (&self->loss);
}

/* The two networks' motions of [R, 2, d] changes and [R, 2 or 3] deviations in one: positions as the
 * first has them, velocities, and how they follow, as the second. */
static void
take_velocities (EpnsContext *ctx, EpnsGraphMotion *motion, const EpnsGraphMotion *after)
{
  EpnsTensor **const to[] = { &motion->change, &motion->spread };
  EpnsTensor *const from[] = { after->change, after->spread };

  for (guint i = 0; i < G_N_ELEMENTS (to); i++) {
    g_autoptr (EpnsTensor) first = epns_slice (ctx, *to[i], 1, 0, 1);
    g_autoptr (EpnsTensor) second = epns_slice (ctx, from[i], 1, 1, from[i]->shape[1] - 1);
    epns_tensor_set (to[i], epns_concat_of (ctx, 1, first, second));
  }
}

/* Velocities where bodies have gone to where they truly went. */
static gboolean
move_after (const EpnsGraphObjective *self, const EpnsGraph *after, const EpnsSystems *now,
            const EpnsSystems *truth, const EpnsDrawKey *keys, EpnsGraphMotion *motion,
            GError **error)
{
  const EpnsGraphPass pass = { self->ctx, NULL, NULL };
  g_autoptr (EpnsSystems) moved = epns_graph_pass_all (now, truth->position);
  g_auto (EpnsGraphScene) scene = { .config = NULL };
  g_auto (EpnsGraphEncoding) encoding = { .e = NULL };
  g_auto (EpnsGraphMotion) then = { .change = NULL };
  gint axis;

  if (!epns_graph_scene_init (&scene, epns_graph_config (after), moved, NULL, keys, &axis, error))
    return FALSE;
  epns_graph_encode (after, &pass, &scene, &encoding);
  epns_graph_decode (after, &pass, &encoding, NULL, &then);
  take_velocities (self->ctx, motion, &then);
  return TRUE;
}

gboolean
epns_graph_outcome (const EpnsGraphObjective *self, gsize k, const EpnsSystems *now,
                    const EpnsSystems *truth, EpnsGraphNoise noise, gpointer user,
                    EpnsGraphOutcome *outcome, GError **error)
{
  const EpnsGraph *after = epns_graph_after (self->net);
  const EpnsGraphConfig *config = epns_graph_config (self->net);
  const EpnsGraphPass pass = { self->ctx, NULL, NULL };
  g_autofree EpnsDrawKey *keys = g_memdup2 (self->keys, now->n_systems * sizeof *self->keys);
  g_auto (EpnsGraphScene) scene = { .config = NULL };
  g_auto (EpnsGraphEncoding) encoding = { .e = NULL };
  g_autoptr (EpnsTensor) mu = NULL, sigma = NULL, z = NULL;
  gint axis;

  for (gsize b = 0; b < now->n_systems; b++)
    keys[b].stream += k;
  g_autoptr (EpnsSystems) start = epns_graph_pass_start (config, now, truth, keys);
  if (!epns_graph_scene_init (&scene, config, start, NULL, keys, &axis, error))
    return FALSE;
  epns_graph_encode (self->net, &pass, &scene, &encoding);
  epns_graph_posterior (self->net, &pass, &encoding, truth, &mu, &sigma);
  if (mu != NULL) {
    g_autoptr (EpnsTensor) eps = epns_tensor_new (self->ctx, mu->rank, mu->shape);
    if (!noise (user, k, eps, error))
      return FALSE;
    z = epns_reparameterise (self->ctx, mu, sigma, eps);
  }
  epns_graph_decode (self->net, &pass, &encoding, z, &outcome->motion);
  if (after != NULL && !move_after (self, after, now, truth, keys, &outcome->motion, error))
    return FALSE;
  const EpnsGraphLatents latents = { encoding.mu, encoding.sigma, mu, sigma };
  epns_graph_loss (config, self->ctx, start, &outcome->motion, &latents, truth, self->beta,
                   &outcome->loss);
  return TRUE;
}

/* Step k from `state`, which it moves on. */
static gboolean
learn_step (const Call *call, gsize k, EpnsSystems *state, const EpnsSystems *truth, GError **error)
{
  const EpnsGraphObjective *self = call->objective;
  g_auto (EpnsGraphOutcome) outcome = { .motion = { NULL, NULL } };

  if (!epns_graph_outcome (self, k, state, truth, call->noise, call->user, &outcome, error))
    return FALSE;
  const EpnsGraphLoss *loss = &outcome.loss;
  const EpnsGraphTerms terms = { (double) epns_tensor_item (loss->loss), loss->nll, loss->kl_loss };
  epns_context_backward (self->ctx, loss->loss);
  if (!epns_graph_follow (epns_graph_config (self->net), &outcome.motion, state, error))
    return FALSE;
  if (call->heard != NULL)
    call->heard (call->user, k, &terms, state);
  return TRUE;
}

gboolean
epns_graph_learn (const EpnsGraphObjective *self, const EpnsSystems *x, EpnsSystems *const *truths,
                  gsize n_steps, EpnsGraphNoise noise, EpnsGraphHeard heard, gpointer user,
                  GError **error)
{
  const Call call = { self, noise, heard, user };
  g_autoptr (EpnsSystems) state = epns_systems_copy (x);
  gboolean done = TRUE;

  epns_context_record (self->ctx, TRUE);
  for (gsize k = 0; done && k < n_steps; k++)
    done = learn_step (&call, k, state, truths[k], error);
  epns_context_record (self->ctx, FALSE);
  epns_context_clear (self->ctx);
  return done;
}
