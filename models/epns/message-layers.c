/* SPDX-License-Identifier: MIT */
/* Message layers. */
#include "models/epns/message-layers.h"

void
epns_message_layers_load (EpnsMessageLayer *layers, guint n, EpnsWeights *weights, gsize edge,
                          gsize in, gsize e, const char *prefix)
{
  for (guint l = 0; l < n; l++, in = e) {
    const struct {
      const char *name;
      gsize in;
      EpnsAffine *to;
    } parts[] = { { "edge_network.0", edge + 2 * in, &layers[l].edge[0] },
                  { "edge_network.2", e, &layers[l].edge[1] },
                  { "node_network.0", in + e, &layers[l].node[0] },
                  { "node_network.2", e, &layers[l].node[1] } };

    for (guint p = 0; p < G_N_ELEMENTS (parts); p++) {
      g_autofree char *name = g_strdup_printf ("%s.forward_network.%u.%s", prefix, l,
                                               parts[p].name);
      *parts[p].to = epns_weights_linear (weights, e, parts[p].in, name);
    }
  }
}

/* The part of a layer's product that `input` has in it: columns from `first` on. */
static EpnsTensor *
product (EpnsContext *ctx, const EpnsLayerInput *input, EpnsTensor *w, gint64 first,
         EpnsTensor *bias)
{
  if (input->framed == NULL)
    return epns_linear_columns (ctx, input->shared, w, first, bias, EPNS_LINEAR);
  const gint64 rows = input->shared->shape[0], all = input->framed->shape[0], width = w->shape[0];
  g_autoptr (EpnsTensor) shared = epns_linear_columns (
      ctx, input->shared, w, first + input->framed->shape[1], bias, EPNS_LINEAR);
  g_autoptr (EpnsTensor)
      own = epns_linear_columns (ctx, input->framed, w, first, NULL, EPNS_LINEAR);
  g_autoptr (EpnsTensor) framed = epns_reshape (ctx, own, EPNS_SHAPE (all / rows, rows, width));
  g_autoptr (EpnsTensor) sum = epns_add (ctx, framed, shared);
  return epns_reshape (ctx, sum, EPNS_SHAPE (all, width));
}

static gint64
width_of (const EpnsLayerInput *input)
{
  return input->shared->shape[1] + (input->framed ? input->framed->shape[1] : 0);
}

static EpnsTensor *
apply_layer (EpnsContext *ctx, const EpnsMessageLayer *layer, const EpnsLayerInput *input,
             const EpnsLayerWays *ways)
{
  const gint64 edge = ways->edges->shape[1], in = width_of (input);
  EpnsTensor *w1 = layer->edge[0].w, *w3 = layer->node[0].w;
  g_autoptr (EpnsTensor) from = product (ctx, input, w1, edge, NULL);
  g_autoptr (EpnsTensor) to = product (ctx, input, w1, edge + in, layer->edge[0].b);
  g_autoptr (EpnsTensor) heard = epns_messages (ctx, to, from, ways->edges, ways->signs, w1,
                                                layer->edge[1].w, layer->edge[1].b, ways->list);
  g_autoptr (EpnsTensor) own = product (ctx, input, w3, 0, layer->node[0].b);
  g_autoptr (EpnsTensor) others = epns_linear_columns (ctx, heard, w3, in, NULL, EPNS_LINEAR);
  g_autoptr (EpnsTensor) both = epns_add (ctx, own, others);
  g_autoptr (EpnsTensor) hidden = epns_relu (ctx, both);

  return epns_linear (ctx, hidden, layer->node[1].w, layer->node[1].b, EPNS_LINEAR);
}

EpnsTensor *
epns_message_layers_apply (EpnsContext *ctx, const EpnsMessageLayer *layers, guint n,
                           EpnsLayerInput input, const EpnsLayerWays *ways)
{
  g_autoptr (EpnsTensor) v = NULL;

  for (guint l = 0; l < n; l++) {
    epns_tensor_set (&v, apply_layer (ctx, &layers[l], &input, ways));
    input = (EpnsLayerInput){ NULL, v };
  }
  return g_steal_pointer (&v);
}

EpnsTensor *
epns_mean_of_frames (EpnsContext *ctx, EpnsTensor *x, gint64 rows)
{
  const gint64 frames = x->shape[0] / rows, width = x->shape[1];
  g_autoptr (EpnsTensor) flat = epns_reshape (ctx, x, EPNS_SHAPE (frames, rows * width));
  g_autoptr (EpnsTensor) mean = epns_mean_groups (ctx, flat, 1, NULL);

  return epns_reshape (ctx, mean, EPNS_SHAPE (rows, width));
}
