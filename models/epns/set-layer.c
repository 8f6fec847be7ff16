/* SPDX-License-Identifier: MIT */
/* The permutation-equivariant layer. */
#include "models/epns/set-layer.h"

/* A run of convolutions PREFIX.0, PREFIX.2, ... with activations between them. */
static EpnsAffine *
load_convs (EpnsWeights *weights, guint n, gsize out, gsize in, gsize kernel, const char *prefix,
            const char *part)
{
  EpnsAffine *convs = g_new (EpnsAffine, n);

  for (guint i = 0; i < n; i++) {
    g_autofree char *name = g_strdup_printf ("%s.%s.%u", prefix, part, 2 * i);
    convs[i] = epns_weights_conv (weights, out, i ? out : in, kernel, name);
  }
  return convs;
}

void
epns_set_layer_load (EpnsSetLayer *self, EpnsWeights *weights, const EpnsLatticeConfig *config,
                     gsize channels, gsize kernel, const char *prefix)
{
  gsize fe = config->edge_emb_dim, f = config->edge_network_downsampling_factor;
  g_autofree char *down = g_strconcat (prefix, ".downsampling", NULL);
  g_autofree char *up = g_strconcat (prefix, ".upsampling", NULL);
  g_autofree char *unet = g_strconcat (prefix, ".node_network.1", NULL);

  *self = (EpnsSetLayer){ .n_edge = config->num_edge_network_layers,
                          .n_node = config->use_unet ? 1 : config->num_node_network_layers,
                          .has_unet = config->use_unet };
  self->down = epns_weights_conv (weights, fe, channels, f, down);
  self->edge = load_convs (weights, self->n_edge, fe, fe, kernel, prefix, "edge_network");
  self->up = epns_weights_conv_transpose (weights, fe, fe, f, up);
  self->node = load_convs (weights, self->n_node, config->emb_dim, channels + fe,
                           config->use_unet ? 1 : kernel, prefix, "node_network");
  if (config->use_unet)
    epns_unet_load (&self->unet, weights, config->num_node_network_layers, config->emb_dim,
                    config->unet_kernel_size, unet);
}

void
epns_set_layer_clear (EpnsSetLayer *self)
{
  g_clear_pointer (&self->edge, g_free);
  g_clear_pointer (&self->node, g_free);
  epns_unet_clear (&self->unet);
}

/* Rows of the input with z appended. */
static EpnsTensor *
input_rows (const EpnsPass *pass, EpnsSetInput input, gsize first, gsize count)
{
  g_autoptr (EpnsTensor) x = epns_pass_rows (pass, input.x, first, count);

  if (input.z == NULL)
    return g_steal_pointer (&x);
  g_autoptr (EpnsTensor) z = epns_pass_rows (pass, input.z, first, count);
  g_autoptr (EpnsTensor) spread = epns_broadcast_hw (pass->ctx, z, x->shape[2], x->shape[3]);
  return epns_concat_of (pass->ctx, 1, x, spread);
}

typedef struct {
  const EpnsSetLayer *layer;
  EpnsSetInput input;
  EpnsTensor *aggregate;
  const char *name;
} LayerCall;

/* M, what each node adds to the mean. */
static EpnsTensor *
message (const EpnsPass *pass, gsize first, gsize count, gpointer user)
{
  const LayerCall *call = user;
  g_autoptr (EpnsTensor) x = input_rows (pass, call->input, first, count);

  epns_tensor_set (&x, epns_pass_patches (pass, x, call->layer->down));
  epns_pass_saw (pass, x, first, "%s.down", call->name);
  for (guint i = 0; i < call->layer->n_edge; i++)
    epns_tensor_set (&x, epns_pass_same (pass, x, call->layer->edge[i], EPNS_RELU));
  epns_pass_saw (pass, x, first, "%s.edge", call->name);
  return g_steal_pointer (&x);
}

EpnsTensor *
epns_set_layer_aggregate (const EpnsSetLayer *self, const EpnsPass *pass, EpnsSetInput input,
                          const char *name)
{
  LayerCall call = { .layer = self, .input = input, .name = name };
  g_autoptr (EpnsTensor) messages = epns_pass_nodes (pass, message, &call);
  g_autoptr (EpnsTensor) mean = epns_pass_mean (pass, messages);

  epns_pass_saw (pass, mean, 0, "%s.agg_up.in", name);
  EpnsTensor *up = epns_pass_unpatch (pass, mean, self->up, self->up.w->shape[2]);
  epns_pass_saw (pass, up, 0, "%s.agg_up", name);
  return up;
}

EpnsTensor *
epns_set_layer_update (const EpnsSetLayer *self, const EpnsPass *pass, EpnsSetInput input,
                       EpnsTensor *aggregate, gsize first, gsize count, const char *name)
{
  g_autoptr (EpnsTensor) x = input_rows (pass, input, first, count);
  g_autofree gint32 *lattice_of = g_new (gint32, count);

  for (gsize i = 0; i < count; i++)
    lattice_of[i] = (gint32) ((first + i) / (pass->n_nodes / pass->n_batch));
  g_autoptr (EpnsTensor) mean = epns_gather_rows (pass->ctx, aggregate, count, lattice_of);
  epns_tensor_set (&x, epns_concat_of (pass->ctx, 1, x, mean));
  g_clear_pointer (&mean, epns_tensor_unref);

  for (guint i = 0; i < self->n_node; i++)
    epns_tensor_set (&x, epns_pass_same (pass, x, self->node[i],
                                         i + 1 < self->n_node ? EPNS_RELU : EPNS_LINEAR));
  if (!self->has_unet) {
    epns_pass_saw (pass, x, first, "%s.node_out", name);
    return g_steal_pointer (&x);
  }
  epns_pass_saw (pass, x, first, "%s.unet_in", name);
  EpnsTensor *y = epns_unet_apply (&self->unet, pass, x, first, name);
  epns_pass_saw (pass, y, first, "%s.unet_out", name);
  return y;
}

EpnsSetLayer *
epns_set_layers_load (guint n, EpnsWeights *weights, const EpnsLatticeConfig *config,
                      gsize channels, gsize kernel, const char *prefix)
{
  EpnsSetLayer *layers = g_new (EpnsSetLayer, n);

  for (guint i = 0; i < n; i++) {
    g_autofree char *name = g_strdup_printf ("%s.%u", prefix, i);
    epns_set_layer_load (&layers[i], weights, config, i ? config->emb_dim : channels, kernel, name);
  }
  return layers;
}

void
epns_set_layers_free (EpnsSetLayer *layers, guint n)
{
  for (guint i = 0; layers != NULL && i < n; i++)
    epns_set_layer_clear (&layers[i]);
  g_free (layers);
}

static EpnsTensor *
update (const EpnsPass *pass, gsize first, gsize count, gpointer user)
{
  const LayerCall *call = user;

  return epns_set_layer_update (call->layer, pass, call->input, call->aggregate, first, count,
                                call->name);
}

EpnsTensor *
epns_set_layers_apply (const EpnsSetLayer *layers, guint n, const EpnsPass *pass,
                       EpnsSetInput input, const char *name)
{
  g_autoptr (EpnsTensor) y = epns_tensor_ref (input.x);
  EpnsTensor *z = input.z; /* enters the first layer only */

  for (guint i = 0; i < n; i++, z = NULL) {
    g_autofree char *numbered = g_strdup_printf ("%s.%u", name, i);
    LayerCall call = { .layer = &layers[i], .input = { y, z }, .name = numbered };
    g_autoptr (EpnsTensor)
        aggregate = epns_set_layer_aggregate (&layers[i], pass, call.input, numbered);

    call.aggregate = aggregate;
    epns_tensor_set (&y, epns_pass_nodes (pass, update, &call));
  }
  return g_steal_pointer (&y);
}
