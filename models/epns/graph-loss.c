/* SPDX-License-Identifier: MIT */
/* Normal likelihoods, KL with free bits. */
#include "models/epns/graph-loss.h"

#include <math.h>

#define HALF_LOG_TWO_PI 0.91893853320467274178

double
epns_graph_mass_sigma (const EpnsGraphConfig *config)
{
  return log1p (exp (1e-5)) + config->EPS;
}

double
epns_graph_mass_log_prob (const EpnsGraphConfig *config)
{
  const double bound = config->clip_reconstr_loss_to;

  return CLAMP (-log (epns_graph_mass_sigma (config)) - HALF_LOG_TWO_PI, -bound, bound);
}

/* How far bodies really went, [R, 2, d]. */
static EpnsTensor *
true_change (EpnsContext *ctx, const EpnsSystems *now, const EpnsSystems *truth)
{
  const guint d = now->dimensions;
  const gsize rows = epns_systems_rows (now);
  EpnsTensor *change = epns_tensor_new (ctx, EPNS_SHAPE ((gint64) rows, 2, d));

  for (gsize i = 0; i < rows; i++) {
    float *to = change->data + i * 2 * d;
    double way[3];

    epns_box_displacement (&now->box, d, now->position + i * d, truth->position + i * d, way);
    for (guint c = 0; c < d; c++) {
      to[c] = (float) way[c];
      to[d + c] = (float) (truth->velocity[i * d + c] - now->velocity[i * d + c]);
    }
  }
  return change;
}

/* Off its mean given how far its position is off: velocity - c position. */
static EpnsTensor *
follow_position (EpnsContext *ctx, EpnsTensor *apart, EpnsTensor *spread)
{
  g_autoptr (EpnsTensor) third = epns_slice (ctx, spread, 1, 2, 1);
  g_autoptr (EpnsTensor) c = epns_reshape (ctx, third, EPNS_SHAPE (spread->shape[0], 1, 1));
  g_autoptr (EpnsTensor) position = epns_slice (ctx, apart, 1, 0, 1);
  g_autoptr (EpnsTensor) velocity = epns_slice (ctx, apart, 1, 1, 1);
  g_autoptr (EpnsTensor) along = epns_mul (ctx, position, c);
  g_autoptr (EpnsTensor) off = epns_sub (ctx, velocity, along);

  return epns_concat_of (ctx, 1, position, off);
}

static EpnsTensor *
log_probability (const EpnsGraphConfig *config, EpnsContext *ctx, const EpnsSystems *now,
                 const EpnsGraphMotion *motion, const EpnsSystems *truth)
{
  const float units[] = { (float) config->scale, (float) config->velocity_scale };
  g_autoptr (EpnsTensor) unit = epns_tensor_new_from (ctx, EPNS_SHAPE (1, 2, 1), units);
  g_autoptr (EpnsTensor) mean = epns_mul (ctx, motion->change, unit);
  g_autoptr (EpnsTensor) wanted = true_change (ctx, now, truth);
  g_autoptr (EpnsTensor) apart = epns_sub (ctx, wanted, mean);
  g_autoptr (EpnsTensor) off = config->joint_spread ? follow_position (ctx, apart, motion->spread)
                                                    : epns_tensor_ref (apart);
  g_autoptr (EpnsTensor) two = epns_slice (ctx, motion->spread, 1, 0, 2);
  g_autoptr (EpnsTensor)
      sigma = epns_reshape (ctx, two, EPNS_SHAPE (motion->spread->shape[0], 2, 1));
  g_autoptr (EpnsTensor) z = epns_div (ctx, off, sigma);
  g_autoptr (EpnsTensor) square = epns_mul (ctx, z, z);
  g_autoptr (EpnsTensor) half = epns_affine (ctx, square, -0.5f, (float) -HALF_LOG_TWO_PI);
  g_autoptr (EpnsTensor) log_sigma = epns_log (ctx, sigma);

  return epns_sub (ctx, half, log_sigma);
}

/* A body that a pass before has moved says nothing; those of a system that remain stand for all. */
static EpnsTensor *
weigh_rows (EpnsContext *ctx, const EpnsSystems *now, EpnsTensor *log_prob)
{
  const gsize rows = epns_systems_rows (now);
  g_autoptr (EpnsTensor) weight = epns_tensor_new (ctx, EPNS_SHAPE ((gint64) rows, 1, 1));

  for (gsize i = 0; i < rows; i++) {
    gsize left = 0;
    for (gsize k = 0; k < now->n; k++)
      left += now->moved[i / now->n * now->n + k] == 0;
    weight->data[i] = now->moved[i] ? 0 : (float) now->n / (float) left;
  }
  return epns_mul (ctx, log_prob, weight);
}

/* KL elements, of which those whose average is too small have no gradient. */
static EpnsTensor *
gate (const EpnsGraphConfig *config, EpnsContext *ctx, gsize n_systems, EpnsGraphLoss *loss)
{
  const gsize each = loss->kl->count / n_systems;
  g_autoptr (EpnsTensor) mask = epns_tensor_new (ctx, loss->kl->rank, loss->kl->shape);

  loss->kl_average = g_new (float, each);
  loss->kl_free = g_new (gboolean, each);
  for (gsize k = 0; k < each; k++) {
    double sum = 0;
    for (gsize b = 0; b < n_systems; b++)
      sum += (double) loss->kl->data[b * each + k];
    loss->kl_average[k] = (float) (sum / (double) n_systems);
    loss->kl_free[k] = (double) loss->kl_average[k] < config->free_bits;
  }
  for (gsize i = 0; i < mask->count; i++)
    mask->data[i] = loss->kl_free[i % each] ? 0 : 1;
  return epns_gate_gradient (ctx, loss->kl, mask);
}

/* loss = nll + beta KL, where there are latents. */
static void
add_latents (const EpnsGraphConfig *config, EpnsContext *ctx, gsize n_systems,
             const EpnsGraphLatents *latents, EpnsTensor *nll, double beta, EpnsGraphLoss *loss)
{
  if (latents->mu_p == NULL) {
    loss->loss = epns_tensor_ref (nll);
    return;
  }
  loss->kl = epns_gaussian_kl (ctx, latents->mu_q, latents->sigma_q, latents->mu_p,
                               latents->sigma_p);
  g_autoptr (EpnsTensor) gated = gate (config, ctx, n_systems, loss);
  g_autoptr (EpnsTensor) kl = epns_sum (ctx, gated);
  g_autoptr (EpnsTensor) weighed = epns_affine (ctx, kl, (float) beta, 0);

  loss->kl_loss = (double) epns_tensor_item (kl);
  loss->loss = epns_add (ctx, nll, weighed);
}

void
epns_graph_loss (const EpnsGraphConfig *config, EpnsContext *ctx, const EpnsSystems *now,
                 const EpnsGraphMotion *motion, const EpnsGraphLatents *latents,
                 const EpnsSystems *truth, double beta, EpnsGraphLoss *loss)
{
  const float bound = (float) config->clip_reconstr_loss_to;
  const double masses = (double) epns_systems_rows (now) * epns_graph_mass_log_prob (config);

  loss->log_prob = log_probability (config, ctx, now, motion, truth);
  g_autoptr (EpnsTensor) clipped = isfinite (bound) ? epns_clip (ctx, loss->log_prob, -bound, bound)
                                                    : epns_tensor_ref (loss->log_prob);
  g_autoptr (EpnsTensor) weighed = config->passes > 1 ? weigh_rows (ctx, now, clipped)
                                                      : epns_tensor_ref (clipped);
  g_autoptr (EpnsTensor) sum = epns_sum (ctx, weighed);
  g_autoptr (EpnsTensor) nll = epns_affine (ctx, sum, -1, (float) -masses);

  loss->nll = (double) epns_tensor_item (nll);
  add_latents (config, ctx, now->n_systems, latents, nll, beta, loss);
}

void
epns_graph_loss_clear (EpnsGraphLoss *self)
{
  epns_tensor_set (&self->kl, NULL);
  epns_tensor_set (&self->log_prob, NULL);
  epns_tensor_set (&self->loss, NULL);
  g_clear_pointer (&self->kl_average, g_free);
  g_clear_pointer (&self->kl_free, g_free);
}
