/* SPDX-License-Identifier: MIT */
/* What PyTorch has of the local network: stored tensors, and its loss and gradient by every weight
 * (bench/torch/make_gradients.py). */
#pragma once
#include "models/epns/local-train.h"
#include "tests/suite.h"

#include <math.h>

static inline EpnsSafetensors *
local_golden_read (const char *what, const char *part)
{
  g_autofree char *name = g_strdup_printf ("tests/golden/local_%s.%s.safetensors", what, part);
  g_autofree char *path = suite_source (name);
  g_autoptr (GError) error = NULL;
  EpnsSafetensors *file = epns_safetensors_read (path, &error);

  ck_assert_msg (file != NULL, "%s", error ? error->message : "");
  return file;
}

static inline gint32 *
local_golden_integers (const EpnsSafetensors *file, const char *name)
{
  const EpnsStored *stored = epns_safetensors_find (file, name);

  ck_assert_msg (stored != NULL, "%s", name);
  gint32 *values = g_new (gint32, stored->count);
  ck_assert (epns_stored_to_i32 (stored, values));
  return values;
}

static inline void
local_golden_close (const char *name, const EpnsSafetensors *grads, const EpnsTensor *got)
{
  const EpnsStored *stored = epns_safetensors_find (grads, name);
  g_autofree float *want = g_new (float, got->count);
  float largest = 0;

  ck_assert (stored != NULL && stored->count == got->count && epns_stored_to_f32 (stored, want));
  for (gsize i = 0; i < got->count; i++)
    largest = fmaxf (largest, fabsf (want[i]));
  for (gsize i = 0; i < got->count; i++)
    ck_assert_msg (fabsf (got->data[i] - want[i]) <= 1e-4f * largest, "%s, element %zu: %g, not %g",
                   name, i, (double) got->data[i], (double) want[i]);
}

/* On a lattice with a wall along one axis and a period along the other; what: "passes" or "sites".
 */
static inline void
local_golden_follows (const EpnsLocalConfig *config, const EpnsLocalObjective *objective,
                      const char *what)
{
  g_autoptr (EpnsSafetensors) io = local_golden_read ("passes", "io");
  g_autoptr (EpnsSafetensors) weights = local_golden_read (what, "weights");
  g_autoptr (EpnsSafetensors) grads = local_golden_read (what, "grads");
  g_autofree gint32 *now = local_golden_integers (io, "wrapped.ids"),
                    *next = local_golden_integers (io, "wrapped.next"),
                    *type = local_golden_integers (io, "wrapped.types");
  const EpnsStored *ids = epns_safetensors_find (io, "wrapped.ids"),
                   *types = epns_safetensors_find (io, "wrapped.types");
  const EpnsPair pair = { .now = now,
                          .next = next,
                          .type = type,
                          .height = ids->shape[0],
                          .width = ids->shape[1],
                          .n_ids = types->count,
                          .periodic = { TRUE, FALSE } };
  const EpnsDrawKey key = { .seed = 3, .stream = 1 };
  g_autoptr (EpnsContext) ctx = epns_context_new (NULL);
  g_autoptr (GError) error = NULL;
  EpnsLocalNetwork *network = epns_local_network_new (config, weights, &error);

  ck_assert_msg (network != NULL, "%s", error ? error->message : "");
  const EpnsTrainable net = epns_local_trainable (network, objective);
  gpointer worker = net.form->worker_new (net.net);
  epns_context_record (ctx, TRUE);
  g_autoptr (EpnsTensor) loss = net.form->loss (worker, ctx, &pair, &key, NULL);
  epns_context_backward (ctx, loss);
  local_golden_close ("loss", grads, loss);
  for (gsize p = 0; p < net.form->n_parameters (net.net); p++) {
    g_autofree char *name = net.form->parameter_name (net.net, p);
    local_golden_close (name, grads, net.form->worker_parameter (worker, p)->grad);
  }
  net.form->worker_free (worker);
  net.form->free (net.net);
}
