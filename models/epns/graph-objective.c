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

/* Step k from `state`, which it moves on. */
static gboolean
learn_step (const Call *call, gsize k, EpnsSystems *state, const EpnsSystems *truth, GError **error)
{
  const EpnsGraphObjective *self = call->objective;
  const EpnsGraphConfig *config = epns_graph_config (self->net);
  const EpnsGraphPass pass = { self->ctx, NULL, NULL };
  g_autofree EpnsDrawKey *keys = g_memdup2 (self->keys, state->n_systems * sizeof *self->keys);
  g_auto (EpnsGraphScene) scene = { .config = NULL };
  g_auto (EpnsGraphEncoding) encoding = { .e = NULL };
  g_auto (EpnsGraphMotion) motion = { .change = NULL };
  g_auto (EpnsGraphLoss) loss = { .kl = NULL };
  g_autoptr (EpnsTensor) mu = NULL, sigma = NULL, z = NULL;
  gint axis;

  for (gsize b = 0; b < state->n_systems; b++)
    keys[b].stream += k;
  g_autoptr (EpnsSystems) start = epns_graph_pass_start (config, state, truth, keys);
  if (!epns_graph_scene_init (&scene, config, start, NULL, keys, &axis, error))
    return FALSE;
  epns_graph_encode (self->net, &pass, &scene, &encoding);
  epns_graph_posterior (self->net, &pass, &encoding, truth, &mu, &sigma);
  if (mu != NULL) {
    g_autoptr (EpnsTensor) eps = epns_tensor_new (self->ctx, mu->rank, mu->shape);
    if (!call->noise (call->user, k, eps, error))
      return FALSE;
    z = epns_reparameterise (self->ctx, mu, sigma, eps);
  }
  epns_graph_decode (self->net, &pass, &encoding, z, &motion);
  const EpnsGraphLatents latents = { encoding.mu, encoding.sigma, mu, sigma };
  epns_graph_loss (config, self->ctx, start, &motion, &latents, truth, self->beta, &loss);
  const EpnsGraphTerms terms = { (double) epns_tensor_item (loss.loss), loss.nll, loss.kl_loss };
  epns_context_backward (self->ctx, loss.loss);
  if (!epns_graph_follow (config, &motion, state, error))
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
