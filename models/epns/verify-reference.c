/* SPDX-License-Identifier: MIT */
/* Parity: every stored result of the published code, computed anew from its stored inputs.
 *
 * Five evaluations make all of them: inference with z at the prior's mean and with stored noise;
 * training (the true next state known) with z at the posterior's mean and with stored noise; a
 * rollout at the prior's mean. */
#include "models/epns/lattice-loss.h"
#include "models/epns/source.h"
#include "models/epns/verify.h"
#include "models/epns/verify-record.h"
#include "plugin/error.h"

#include <string.h>

typedef struct {
  const EpnsRecord *record;
  const EpnsLattice *net;
  const EpnsSafetensors *file;
  EpnsComparison *comparison;
  EpnsContext *ctx;
  const char *prefixes[3]; /* before the names that the probe hears now; NULL-terminated */
  gboolean gradients;
} Check;

/* --- What is compared --- */

static void
compare (Check *self, const char *name, EpnsTensor *tensor)
{
  epns_comparison_values (self->comparison, name, tensor->data, 0, tensor->count, -1);
}

static void
compare_number (Check *self, const char *prefix, const char *name, double value)
{
  g_autofree char *full = g_strconcat (prefix, name, NULL);

  epns_comparison_values (self->comparison, full, &(float){ (float) value }, 0, 1, -1);
}

/* Intermediate results are stored for node 1 alone, aggregates for lattice 0. */
static void
compare_debug (Check *self, const char *name, EpnsTensor *tensor, gsize first)
{
  gsize row = g_str_has_suffix (name, ".agg_up") || g_str_has_suffix (name, ".agg_up.in") ? 0 : 1;
  gsize size = tensor->count / (gsize) tensor->shape[0];

  if (first <= row && row < first + (gsize) tensor->shape[0])
    epns_comparison_values (self->comparison, name, tensor->data + (row - first) * size, 0, size,
                            -1);
}

static void
saw (gpointer data, const char *name, EpnsTensor *tensor, gsize first)
{
  Check *self = data;

  for (guint i = 0; self->prefixes[i] != NULL; i++) {
    g_autofree char *full = g_strconcat (self->prefixes[i], name, NULL);

    if (!epns_comparison_wants (self->comparison, full))
      continue;
    if (g_str_has_prefix (full, "debug."))
      compare_debug (self, full, tensor, first);
    else
      epns_comparison_values (self->comparison, full, tensor->data,
                              first * (tensor->count / (gsize) tensor->shape[0]), tensor->count,
                              -1);
  }
}

static EpnsPass
watched (Check *self, const EpnsSlots *slots, const char *prefix, const char *other)
{
  EpnsPass pass = epns_lattice_pass (self->net, self->ctx, slots);

  pass.probe = saw;
  pass.probe_data = self;
  self->prefixes[0] = prefix;
  self->prefixes[1] = other;
  return pass;
}

/* Stored noise [N, Z], or NULL where the file has none. */
static EpnsTensor *
read_noise (Check *self, const char *name, EpnsTensor *like, GError **error)
{
  if (!epns_comparison_wants (self->comparison, name))
    return NULL;
  g_autoptr (EpnsTensor) noise = epns_tensor_new (self->ctx, like->rank, like->shape);
  return epns_comparison_noise (self->comparison, name, noise, error) ? g_steal_pointer (&noise)
                                                                      : NULL;
}

/* --- Inference --- */

static void
compare_nodes (Check *self, const EpnsSlots *slots)
{
  gsize n = slots->n_batch * slots->n_slots,
        types = epns_lattice_config (self->net)->num_cell_types;
  gsize count = n * (1 + types) * slots->height * slots->width;
  g_autofree gint32 *lattice_of = g_new (gint32, n);

  for (gsize i = 0; i < n; i++)
    lattice_of[i] = (gint32) (i / slots->n_slots);
  epns_comparison_whole (self->comparison, "batch_idx", lattice_of, n, NULL);
  if (epns_comparison_wants (self->comparison, "node_input")) {
    g_autofree float *nodes = g_new (float, count);
    epns_slots_to_nodes (slots, types, 0, n, nodes);
    epns_comparison_values (self->comparison, "node_input", nodes, 0, count, 0);
  }
}

static void
compare_log_probs (Check *self, const char *name, EpnsTensor *logits, const EpnsSlotTypes *types)
{
  g_autofree float *log_probs = g_new (float, 2 * logits->count);

  epns_lattice_log_probs (epns_lattice_config (self->net), self->ctx, logits, types, log_probs);
  epns_comparison_values (self->comparison, name, log_probs, 0, 2 * logits->count, -1);
}

static void
step_to_argmax (EpnsSlots *slots, const EpnsTensor *logits, const EpnsSlotTypes *types)
{
  g_autofree gint32 *predicted = g_new (gint32, slots->n_batch * slots->height * slots->width);

  epns_lattice_argmax (logits, predicted);
  epns_slots_assign (slots, predicted, types);
}

static void
compare_prediction (Check *self, const char *name, const EpnsSlots *from, EpnsTensor *logits,
                    const EpnsSlotTypes *types, gboolean allow_ties)
{
  g_autoptr (EpnsSlots) next = epns_slots_copy (from);

  step_to_argmax (next, logits, types);
  epns_record_prediction (self->record, name, next, allow_ties ? logits : NULL);
}

static gboolean
check_inference (Check *self, const EpnsSlots *x, GError **error)
{
  g_autoptr (EpnsSlotTypes) types = epns_slot_types_new (x);
  EpnsPass pass = watched (self, x, "", "infer_mean.");
  g_auto (EpnsLatticeEncoding) encoding = { .e = NULL };
  g_autoptr (GError) failure = NULL;

  compare_nodes (self, x);
  epns_lattice_encode (self->net, &pass, x, &encoding);
  g_autoptr (EpnsTensor) logits = epns_lattice_decode (self->net, &pass, &encoding, encoding.mu);
  compare_log_probs (self, "infer_mean.logprobs", logits, types);
  compare_prediction (self, "infer_mean.pred", x, logits, types, FALSE);

  g_autoptr (EpnsTensor) noise = read_noise (self, "eps_prior", encoding.mu, &failure);
  if (noise != NULL) {
    g_autoptr (EpnsTensor) z = epns_reparameterise (self->ctx, encoding.mu, encoding.sigma, noise);

    pass = watched (self, x, "infer_eps.", NULL);
    compare (self, "infer_eps.z", z);
    epns_tensor_set (&logits, epns_lattice_decode (self->net, &pass, &encoding, z));
    compare_log_probs (self, "infer_eps.logprobs", logits, types);
    compare_prediction (self, "infer_eps.pred", x, logits, types, TRUE);
  }
  if (failure != NULL)
    g_propagate_error (error, g_steal_pointer (&failure));
  return failure == NULL;
}

/* rollout.x: states [steps + 1, B, 2, H, W], the first being x. */
static gboolean
check_rollout (Check *self, const EpnsSlots *x, GError **error)
{
  const EpnsStored *stored = epns_safetensors_find (self->file, "rollout.x");
  gsize frame = 2 * x->n_batch * x->height * x->width;

  if (stored == NULL)
    return TRUE;
  if (stored->count == 0 || stored->count % frame != 0) {
    g_set_error (error, EPNS_FAILURE, EPNS_FAILURE_FORMAT,
                 "%s: tensor 'rollout.x' must hold states as large as x",
                 epns_safetensors_path (self->file));
    return FALSE;
  }
  g_autoptr (EpnsSlotTypes) types = epns_slot_types_new (x);
  g_autoptr (EpnsSlots) state = epns_slots_copy (x);
  g_autofree gint32 *packed = g_new (gint32, stored->count);

  epns_record_pack (state, packed);
  for (gsize step = 1; step < stored->count / frame; step++) {
    EpnsPass pass = epns_lattice_pass (self->net, self->ctx, state);
    g_auto (EpnsLatticeEncoding) encoding = { .e = NULL };

    epns_lattice_encode (self->net, &pass, state, &encoding);
    g_autoptr (EpnsTensor) logits = epns_lattice_decode (self->net, &pass, &encoding, encoding.mu);
    step_to_argmax (state, logits, types);
    epns_record_pack (state, packed + step * frame);
    if (step + 1 == stored->count / frame)
      compare (self, "rollout.last_logits", logits);
  }
  epns_comparison_whole (self->comparison, "rollout.x", packed, stored->count, NULL);
  return TRUE;
}

/* --- Training --- */

/* What does not depend on z. */
static void
compare_kl (Check *self, const EpnsLatticeLoss *loss)
{
  gsize latents = (gsize) loss->kl->shape[1];
  g_autofree gint32 *held = g_new (gint32, latents);

  for (gsize j = 0; j < latents; j++)
    held[j] = loss->kl_free[j];
  compare (self, "kl", loss->kl);
  epns_comparison_values (self->comparison, "kl_avg", loss->kl_average, 0, latents, -1);
  epns_comparison_whole (self->comparison, "kl_detached", held, latents, NULL);
}

/* One training evaluation: with noise, or at the posterior's mean if `noise_name` is NULL. `prefix`
 * goes before results. */
static gboolean
check_loss (Check *self, const EpnsSlots *x, const EpnsSlots *truth, const EpnsSlotTypes *types,
            const char *prefix, const char *noise_name, const char *gradient_prefix, GError **error)
{
  EpnsPass pass;
  g_auto (EpnsLatticeEncoding) encoding = { .e = NULL };
  g_autoptr (EpnsTensor) mu = NULL, sigma = NULL, z = NULL;
  g_auto (EpnsLatticeLoss) loss = { .kl = NULL };
  g_autoptr (GError) failure = NULL;

  epns_context_record (self->ctx, self->gradients);
  pass = watched (self, x, "train.", NULL);
  epns_lattice_encode (self->net, &pass, x, &encoding);
  epns_lattice_posterior (self->net, &pass, &encoding, truth, &mu, &sigma);
  compare (self, "post.mu", mu);
  compare (self, "post.sigma", sigma);
  z = epns_tensor_ref (mu);
  if (noise_name != NULL) {
    g_autoptr (EpnsTensor) noise = read_noise (self, noise_name, mu, &failure);

    if (noise != NULL)
      epns_tensor_set (&z, epns_reparameterise (self->ctx, mu, sigma, noise));
  }
  pass = watched (self, x, prefix, NULL);
  g_autoptr (EpnsTensor) logits = epns_lattice_decode (self->net, &pass, &encoding, z);
  EpnsLatticeLatents latents = { encoding.mu, encoding.sigma, mu, sigma };

  if (failure == NULL
      && epns_lattice_loss (epns_lattice_config (self->net), self->ctx, logits, &latents, types,
                            truth, 1.0, &loss, &failure)) {
    saw (self, "logprob", loss.log_prob, 0);
    compare_kl (self, &loss);
    compare_number (self, prefix, "nll_id", loss.nll_id);
    compare_number (self, prefix, "nll_type", loss.nll_type);
    compare_number (self, prefix, "nll", loss.nll_id + loss.nll_type);
    compare_number (self, prefix, "kl", loss.kl_loss);
    compare_number (self, prefix, "loss", (double) epns_tensor_item (loss.loss));
    if (self->gradients) {
      epns_context_backward (self->ctx, loss.loss);
      epns_comparison_gradients (self->comparison, epns_lattice_weights (self->net),
                                 gradient_prefix);
    }
  }
  epns_context_record (self->ctx, FALSE);
  epns_context_clear (self->ctx);
  if (failure != NULL)
    g_propagate_error (error, g_steal_pointer (&failure));
  return failure == NULL;
}

static gboolean
check_training (Check *self, const EpnsSlots *first, GError **error)
{
  if (!epns_comparison_wants (self->comparison, "x_true"))
    return TRUE;
  g_autoptr (EpnsSlots) truth = epns_record_state (self->record, "x_true", first, error);
  if (truth == NULL)
    return FALSE;
  g_autoptr (EpnsSlots) x = epns_slots_copy (first);
  x->n_slots = truth->n_slots = MAX (x->n_slots, truth->n_slots);
  g_autoptr (EpnsSlotTypes) types = epns_slot_types_new (x);

  return check_loss (self, x, truth, types, "train_mean.", NULL, "grad_zmean.", error)
         && check_loss (self, x, truth, types, "train_eps.", "eps_post", "grad.", error);
}

static gboolean
check_all (const EpnsRecord *record, gboolean gradients, GError **error)
{
  Check check = { .record = record,
                  .net = record->net,
                  .file = record->file,
                  .comparison = record->comparison,
                  .ctx = record->ctx,
                  .gradients = gradients };
  g_autoptr (EpnsSlots) x = epns_record_state (record, "x", NULL, error);
  gsize need;
  int axis;

  if (x == NULL || !epns_lattice_takes (record->net, x->height, x->width, &axis, &need, error))
    return FALSE;
  return check_inference (&check, x, error) && check_rollout (&check, x, error)
         && check_training (&check, x, error);
}

static gboolean
check_record (const EpnsRecord *record, gboolean gradients, GError **error)
{
  if (epns_safetensors_metadata (record->file, "adam") == NULL)
    return check_all (record, gradients, error);
  if (gradients)
    return epns_verify_training (record, error);
  g_set_error (error, EPNS_FAILURE, EPNS_FAILURE_MISMATCH,
               "%s: it records training, which takes gradients; verify with --gradients",
               epns_safetensors_path (record->file));
  return FALSE;
}

gboolean
epns_verify_reference (const char *source, const char *reference, gboolean gradients,
                       epns_verify_report report, gpointer data, GError **error)
{
  static const char *const with_gradients[] = { NULL };
  static const char *const without[] = { "grad.", "grad_zmean.", NULL };
  g_auto (EpnsSource) model = { NULL, NULL };
  gsize window;

  if (!epns_source_open (&model, source, error) || !epns_source_window (&model, &window, error))
    return FALSE;
  if (window > 0) {
    g_set_error (error, EPNS_FAILURE, EPNS_FAILURE_UNSUPPORTED,
                 "%s: only the published network (window=\"0\") has reference files; verify this "
                 "one without",
                 source);
    return FALSE;
  }
  g_autoptr (EpnsLattice)
      net = epns_lattice_new (model.weights, model.description, gradients, error);
  g_autoptr (EpnsSafetensors) file = net ? epns_safetensors_read (reference, error) : NULL;
  if (file == NULL)
    return FALSE;

  g_autoptr (EpnsComparison) comparison = epns_comparison_new (file);
  g_autoptr (EpnsContext) ctx = epns_context_new (NULL);
  EpnsRecord record = { net, file, comparison, ctx };

  if (!check_record (&record, gradients, error))
    return FALSE;
  epns_comparison_report (comparison, gradients ? with_gradients : without, report, data);
  return TRUE;
}
