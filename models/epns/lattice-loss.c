/* SPDX-License-Identifier: MIT */
/* Probabilities, predictions and the loss of the lattice network. */
#include "models/epns/lattice-loss.h"
#include "plugin/error.h"

#include <math.h>
#include <string.h>

#define LOWEST 0x1p-23f  /* float32 resolution: bound of a probability */
#define TYPE_FLOOR 1e-6f /* fixed in the published code, whatever EPS is */

void
epns_lattice_argmax (const EpnsTensor *logits, gint32 *slot)
{
  gsize slots = (gsize) logits->shape[1], sites = (gsize) (logits->shape[2] * logits->shape[3]);

  for (gsize b = 0; b < (gsize) logits->shape[0]; b++) {
    const float *l = logits->data + b * slots * sites;
    gint32 *best = slot + b * sites;

    memset (best, 0, sites * sizeof *best);
    for (gsize c = 1; c < slots; c++)
      for (gsize i = 0; i < sites; i++)
        if (l[c * sites + i] > l[(gsize) best[i] * sites + i])
          best[i] = (gint32) c;
  }
}

static float
bounded_log (float p)
{
  return logf (CLAMP (p, LOWEST, 1.0f - LOWEST));
}

/* ln P_type of one site into out[0..C-1]; p: its softmax, `stride` apart. */
static void
type_log_probs (const EpnsLatticeConfig *config, const float *p, gsize stride,
                const EpnsSlotTypes *types, gsize b, gsize slots, float *out)
{
  const gint32 *type = types->type + b * types->n_slots;
  float sum = 0, total = 0;

  memset (out, 0, slots * sizeof *out);
  for (gsize c = 0; c < MIN (slots, types->n_slots); c++)
    if (types->known[c])
      out[type[c]] += p[c * stride];
  for (gsize t = 0; t < slots; t++)
    sum += out[t] + TYPE_FLOOR;
  for (gsize t = 0; t < slots; t++)
    total += out[t] = (out[t] + TYPE_FLOOR) / sum + (float) config->EPS;
  for (gsize t = 0; t < slots; t++)
    out[t] = bounded_log (out[t] / total);
}

void
epns_lattice_log_probs (const EpnsLatticeConfig *config, EpnsContext *ctx, EpnsTensor *logits,
                        const EpnsSlotTypes *types, float *log_probs)
{
  gsize slots = (gsize) logits->shape[1], sites = (gsize) (logits->shape[2] * logits->shape[3]);
  g_autoptr (EpnsTensor) p = epns_softmax (ctx, logits, 1);
  float eps = (float) config->EPS, total = 1.0f + (float) slots * eps;

  for (gsize b = 0; b < (gsize) logits->shape[0]; b++)
    for (gsize i = 0; i < sites; i++) {
      const float *site = p->data + b * slots * sites + i;
      float *ids = log_probs + ((2 * b) * sites + i) * slots;

      for (gsize c = 0; c < slots; c++)
        ids[c] = bounded_log ((site[c * sites] + eps) / total);
      type_log_probs (config, site, sites, types, b, slots, ids + sites * slots);
    }
}

void
epns_lattice_loss_clear (EpnsLatticeLoss *self)
{
  g_clear_pointer (&self->kl, epns_tensor_unref);
  g_clear_pointer (&self->log_prob, epns_tensor_unref);
  g_clear_pointer (&self->loss, epns_tensor_unref);
  g_clear_pointer (&self->kl_average, g_free);
  g_clear_pointer (&self->kl_free, g_free);
}

/* KL / C summed, with the gradient of what is below free_bits held back. [1] */
static EpnsTensor *
kl_term (const EpnsLatticeConfig *config, EpnsContext *ctx, gsize n_batch, EpnsLatticeLoss *loss)
{
  gsize rows = (gsize) loss->kl->shape[0], z = (gsize) loss->kl->shape[1];
  float scale = (float) n_batch / (float) rows; /* 1 / C */
  g_autoptr (EpnsTensor) mask = epns_tensor_new (ctx, loss->kl->rank, loss->kl->shape);
  g_autoptr (EpnsTensor) scaled = epns_affine (ctx, loss->kl, scale, 0);

  loss->kl_average = g_new (float, z);
  loss->kl_free = g_new (gboolean, z);
  for (gsize j = 0; j < z; j++) {
    double sum = 0;

    for (gsize n = 0; n < rows; n++)
      sum += (double) scaled->data[n * z + j];
    loss->kl_average[j] = (float) (sum / (double) n_batch);
    loss->kl_free[j] = (double) loss->kl_average[j] < config->free_bits;
    for (gsize n = 0; n < rows; n++)
      mask->data[n * z + j] = loss->kl_free[j] ? 0.0f : 1.0f;
  }
  epns_tensor_set (&scaled, epns_gate_gradient (ctx, scaled, mask));
  return epns_sum (ctx, scaled);
}

/* ln P_id of the truth, [B, H, W]. */
static EpnsTensor *
id_log_prob (const EpnsLatticeConfig *config, EpnsContext *ctx, EpnsTensor *softmax,
             const EpnsSlots *truth)
{
  gsize slots = truth->n_slots, sites = truth->height * truth->width, n = truth->n_batch * sites;
  g_autofree gint32 *places = g_new (gint32, n);
  float eps = (float) config->EPS, total = 1.0f + (float) slots * eps;

  for (gsize i = 0; i < n; i++)
    places[i] = (gint32) ((i / sites * slots + (gsize) truth->slot[i]) * sites + i % sites);
  g_autoptr (EpnsTensor) p = epns_pick (
      ctx, softmax,
      EPNS_SHAPE ((gint64) truth->n_batch, (gint64) truth->height, (gint64) truth->width), places,
      0);
  epns_tensor_set (&p, epns_affine (ctx, p, 1.0f / total, eps / total));
  epns_tensor_set (&p, epns_clip (ctx, p, LOWEST, 1.0f - LOWEST));
  return epns_log (ctx, p);
}

/* Minus the sum, each term held within the configured bound. [1] */
static EpnsTensor *
negative_sum (const EpnsLatticeConfig *config, EpnsContext *ctx, EpnsTensor *log_prob)
{
  float bound = (float) config->clip_reconstr_loss_to;
  g_autoptr (EpnsTensor) clipped = isinf (bound) ? epns_tensor_ref (log_prob)
                                                 : epns_clip (ctx, log_prob, -bound, bound);

  epns_tensor_set (&clipped, epns_sum (ctx, clipped));
  return epns_affine (ctx, clipped, -1.0f, 0);
}

/* ln P_type of the truth into channel 1 of log_prob, and their clipped sum. */
static double
type_part (const EpnsLatticeConfig *config, const EpnsTensor *softmax, const EpnsSlotTypes *types,
           const EpnsSlots *truth, EpnsTensor *log_prob)
{
  gsize slots = truth->n_slots, sites = truth->height * truth->width;
  g_autofree float *out = g_new (float, slots);
  double bound = config->clip_reconstr_loss_to, sum = 0;

  for (gsize i = 0; i < truth->n_batch * sites; i++) {
    gsize b = i / sites, at = i % sites;

    type_log_probs (config, softmax->data + b * slots * sites + at, sites, types, b, slots, out);
    log_prob->data[(2 * b + 1) * sites + at] = out[truth->type[i]];
    sum += CLAMP ((double) out[truth->type[i]], -bound, bound);
  }
  return -sum;
}

static gboolean
types_have_entries (const EpnsSlotTypes *types, const EpnsSlots *truth, GError **error)
{
  gint32 largest = 0;

  for (gsize i = 0; i < types->n_batch * types->n_slots; i++)
    largest = MAX (largest, types->type[i]);
  for (gsize i = 0; i < truth->n_batch * truth->height * truth->width; i++)
    largest = MAX (largest, truth->type[i]);
  if ((gsize) largest < truth->n_slots)
    return TRUE;
  g_set_error (error, EPNS_FAILURE, EPNS_FAILURE_MISMATCH,
               "type %d has no place among %" G_GSIZE_FORMAT
               " cells' slots, as the published loss needs; use more cells",
               largest, truth->n_slots);
  return FALSE;
}

gboolean
epns_lattice_loss (const EpnsLatticeConfig *config, EpnsContext *ctx, EpnsTensor *logits,
                   const EpnsLatticeLatents *latents, const EpnsSlotTypes *types,
                   const EpnsSlots *truth, double beta, EpnsLatticeLoss *loss, GError **error)
{
  gsize sites = truth->height * truth->width;

  memset (loss, 0, sizeof *loss);
  if (!types_have_entries (types, truth, error))
    return FALSE;
  loss->kl = epns_gaussian_kl (ctx, latents->mu_q, latents->sigma_q, latents->mu_p,
                               latents->sigma_p);
  g_autoptr (EpnsTensor) kl = kl_term (config, ctx, truth->n_batch, loss);
  g_autoptr (EpnsTensor) softmax = epns_softmax (ctx, logits, 1);
  g_autoptr (EpnsTensor) log_prob = id_log_prob (config, ctx, softmax, truth);
  g_autoptr (EpnsTensor) nll = negative_sum (config, ctx, log_prob);

  loss->log_prob = epns_tensor_new (
      ctx, EPNS_SHAPE ((gint64) truth->n_batch, 2, (gint64) truth->height, (gint64) truth->width));
  for (gsize b = 0; b < truth->n_batch; b++)
    memcpy (loss->log_prob->data + 2 * b * sites, log_prob->data + b * sites,
            sites * sizeof (float));
  loss->nll_id = (double) epns_tensor_item (nll);
  loss->nll_type = type_part (config, softmax, types, truth, loss->log_prob);
  loss->kl_loss = (double) epns_tensor_item (kl);

  g_autoptr (EpnsTensor) weighted = epns_affine (ctx, kl, (float) beta, (float) loss->nll_type);
  loss->loss = epns_add (ctx, nll, weighted);
  return TRUE;
}
