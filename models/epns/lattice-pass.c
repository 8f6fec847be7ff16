/* SPDX-License-Identifier: MIT */
/* Nodes in chunks, layers in one line each. */
#include "models/epns/lattice-pass.h"

#include <string.h>

#define CHUNK_BYTES (16u << 20)

EpnsPass
epns_pass (EpnsContext *ctx, gsize n_batch, gsize n_slots, gsize floats)
{
  gsize n_nodes = n_batch * n_slots;
  gsize fitting = MAX (CHUNK_BYTES / (MAX (floats, 1) * sizeof (float)), 1);

  return (EpnsPass){
    .ctx = ctx, .n_batch = n_batch, .n_nodes = n_nodes, .chunk = MIN (fitting, n_nodes)
  };
}

void
epns_pass_saw (const EpnsPass *pass, EpnsTensor *tensor, gsize first, const char *format, ...)
{
  va_list args;

  if (pass->probe == NULL)
    return;
  va_start (args, format);
  g_autofree char *name = g_strdup_vprintf (format, args);
  va_end (args);
  pass->probe (pass->probe_data, name, tensor, first);
}

EpnsTensor *
epns_pass_nodes (const EpnsPass *pass, EpnsNodeBody body, gpointer user)
{
  EpnsTensor *all = NULL;

  if (pass->chunk >= pass->n_nodes || epns_context_is_recording (pass->ctx))
    return body (pass, 0, pass->n_nodes, user);
  for (gsize first = 0; first < pass->n_nodes; first += pass->chunk) {
    gsize count = MIN (pass->chunk, pass->n_nodes - first);
    g_autoptr (EpnsTensor) part = body (pass, first, count, user);
    gsize row = part->count / count;

    if (all == NULL) {
      gint64 shape[EPNS_TENSOR_MAX_RANK];

      memcpy (shape, part->shape, sizeof shape);
      shape[0] = (gint64) pass->n_nodes;
      all = epns_tensor_new (pass->ctx, part->rank, shape);
    }
    memcpy (all->data + first * row, part->data, part->count * sizeof *part->data);
  }
  return all;
}

EpnsTensor *
epns_pass_rows (const EpnsPass *pass, EpnsTensor *x, gsize first, gsize count)
{
  if (count == (gsize) x->shape[0])
    return epns_tensor_ref (x);
  return epns_slice (pass->ctx, x, 0, (gint64) first, (gint64) count);
}

EpnsTensor *
epns_pass_mean (const EpnsPass *pass, EpnsTensor *x)
{
  return epns_mean_groups (pass->ctx, x, pass->n_batch, NULL);
}

EpnsTensor *
epns_pass_repeat (const EpnsPass *pass, EpnsTensor *x)
{
  return epns_repeat_groups (pass->ctx, x, pass->n_nodes, NULL);
}

EpnsTensor *
epns_pass_same (const EpnsPass *pass, EpnsTensor *x, EpnsAffine layer, EpnsActivation activation)
{
  return epns_conv2d (pass->ctx, x, layer.w, layer.b,
                      epns_conv_same (layer.w->shape[2], activation));
}

EpnsTensor *
epns_pass_valid (const EpnsPass *pass, EpnsTensor *x, EpnsAffine layer, EpnsActivation activation)
{
  return epns_conv2d (pass->ctx, x, layer.w, layer.b, epns_conv_valid (activation));
}

EpnsTensor *
epns_pass_patches (const EpnsPass *pass, EpnsTensor *x, EpnsAffine layer)
{
  return epns_conv2d (pass->ctx, x, layer.w, layer.b,
                      epns_conv_strided (layer.w->shape[2], 0, EPNS_LINEAR));
}

EpnsTensor *
epns_pass_unpatch (const EpnsPass *pass, EpnsTensor *x, EpnsAffine layer, gint64 stride)
{
  return epns_conv_transpose2d (pass->ctx, x, layer.w, layer.b, stride, 0);
}

EpnsTensor *
epns_pass_linear (const EpnsPass *pass, EpnsTensor *x, EpnsAffine layer, EpnsActivation activation)
{
  return epns_linear (pass->ctx, x, layer.w, layer.b, activation);
}
