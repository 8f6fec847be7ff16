/* SPDX-License-Identifier: MIT */
/* Prior and posterior nets. */
#include "models/epns/latent-net.h"

#define SMALLEST_SIGMA 1e-5f /* fixed in the published code */

/* Places in the published list of layers: a selector, conv, ReLU, then conv, ReLU, pool; the mean;
 * the linear layer. */
static guint
conv_place (guint i)
{
  return i == 0 ? 1 : 3 * i;
}

static void
load_aggregator (EpnsLatent *self, EpnsWeights *weights, gsize in, gsize width, const char *prefix)
{
  for (guint i = 0; i < 2; i++) {
    g_autofree char *embed = g_strdup_printf ("%s.embed_each_cell.%u", prefix, 2 * i);
    g_autofree char *global = g_strdup_printf ("%s.to_global_emb.%u", prefix, 2 * i);

    self->embed[i] = epns_weights_conv (weights, width, i ? width : in, 1, embed);
    self->global[i] = epns_weights_conv (weights, width, width, 1, global);
  }
}

static void
load_conv_net (EpnsLatent *self, EpnsWeights *weights, const EpnsLatticeConfig *config,
               gsize channels, const char *prefix)
{
  gsize e = config->emb_dim;
  g_autofree char *aggregator = g_strconcat (prefix, ".0.1", NULL);
  g_autofree char *hidden = g_strdup_printf ("%s.%u", prefix,
                                             self->aggregates ? 1 : 3 * self->n_layers + 1);

  self->convs = g_new (EpnsAffine, self->n_layers);
  for (guint i = 0; i < self->n_layers; i++) {
    g_autofree char *name = g_strdup_printf (self->aggregates ? "%s.0.0.layer.%u" : "%s.%u", prefix,
                                             conv_place (i));
    self->convs[i] = epns_weights_conv (weights, e, i ? e : channels, config->kernel_size, name);
  }
  if (self->aggregates)
    load_aggregator (self, weights, e, 2 * config->num_latent_dim, aggregator);
  self->hidden = epns_weights_linear (weights, e, self->aggregates ? 2 * config->num_latent_dim : e,
                                      hidden);
}

void
epns_latent_load (EpnsLatent *self, EpnsWeights *weights, const EpnsLatticeConfig *config,
                  gsize channels, const char *net, const char *head)
{
  gsize z = config->num_latent_dim, width = config->emb_dim;
  g_autofree char *prefix = g_strconcat ("engine.dec.", net, NULL);
  g_autofree char *stack = g_strconcat (prefix, ".0.forward_network", NULL);
  g_autofree char *aggregator = g_strconcat (prefix, ".1", NULL);
  g_autofree char *mu = g_strdup_printf ("engine.dec.%s_mu", head);
  g_autofree char *log_sigma = g_strdup_printf ("engine.dec.%s_log_sigma", head);

  *self = (EpnsLatent){ .arch = config->prior_and_encoder_arch,
                        .aggregates = epns_lattice_config_aggregates (config),
                        .n_layers = config->num_prior_and_encoder_layers };
  if (self->arch == EPNS_LATENT_CONV)
    load_conv_net (self, weights, config, channels, prefix);
  else {
    self->layers = epns_set_layers_load (self->n_layers, weights, config, channels,
                                         config->kernel_size, stack);
    load_aggregator (self, weights, width, 2 * z, aggregator);
    width = 2 * z;
  }
  self->mu = epns_weights_linear (weights, z, width, mu);
  self->log_sigma = epns_weights_linear (weights, z, width, log_sigma);
}

void
epns_latent_clear (EpnsLatent *self)
{
  epns_set_layers_free (self->layers, self->n_layers);
  self->layers = NULL;
  g_clear_pointer (&self->convs, g_free);
}

typedef struct {
  const EpnsLatent *net;
  EpnsTensor *h, *truth;
  const char *name;
} LatentCall;

/* A convolution and its ReLU, apart from each other only where someone looks between them. */
static EpnsTensor *
conv_relu (const EpnsPass *pass, EpnsTensor *x, EpnsAffine layer, gsize first, const char *name,
           guint place)
{
  if (pass->probe == NULL)
    return epns_pass_valid (pass, x, layer, EPNS_RELU);
  g_autoptr (EpnsTensor) y = epns_pass_valid (pass, x, layer, EPNS_LINEAR);
  epns_pass_saw (pass, y, first, "debug.%s.%u", name, place);
  return epns_relu (pass->ctx, y);
}

static EpnsTensor *
input_rows (const EpnsPass *pass, const LatentCall *call, gsize first, gsize count)
{
  g_autoptr (EpnsTensor) h = epns_pass_rows (pass, call->h, first, count);

  if (call->truth == NULL)
    return g_steal_pointer (&h);
  g_autoptr (EpnsTensor) truth = epns_pass_rows (pass, call->truth, first, count);
  return epns_concat_of (pass->ctx, 1, h, truth);
}

/* The convolutions; then the mean over the lattice [count, E] or, to be aggregated, the embedded
 * map. */
static EpnsTensor *
convolve (const EpnsPass *pass, gsize first, gsize count, gpointer user)
{
  const LatentCall *call = user;
  const EpnsLatent *net = call->net;
  g_autoptr (EpnsTensor) x = input_rows (pass, call, first, count);

  epns_pass_saw (pass, x, first, "debug.%s.0", call->name);
  for (guint i = 0; i < net->n_layers; i++) {
    epns_tensor_set (&x, conv_relu (pass, x, net->convs[i], first, call->name, conv_place (i)));
    if (i == 0)
      continue;
    epns_tensor_set (&x, epns_maxpool2x2 (pass->ctx, x));
    epns_pass_saw (pass, x, first, "debug.%s.%u", call->name, conv_place (i) + 2);
  }
  if (!net->aggregates) {
    EpnsTensor *mean = epns_mean_hw (pass->ctx, x);
    epns_pass_saw (pass, mean, first, "debug.%s.%u", call->name, 3 * net->n_layers);
    return mean;
  }
  epns_tensor_set (&x, epns_pass_valid (pass, x, net->embed[0], EPNS_RELU));
  return epns_pass_valid (pass, x, net->embed[1], EPNS_LINEAR);
}

/* The node's part of the aggregator, after set layers. */
static EpnsTensor *
embed (const EpnsPass *pass, gsize first, gsize count, gpointer user)
{
  const LatentCall *call = user;
  g_autoptr (EpnsTensor) x = epns_pass_rows (pass, call->h, first, count);

  epns_tensor_set (&x, epns_pass_valid (pass, x, call->net->embed[0], EPNS_RELU));
  return epns_pass_valid (pass, x, call->net->embed[1], EPNS_LINEAR);
}

/* Embedded maps [N, 2Z, h, w] -> [N, 2Z], the same for all nodes of a lattice. */
static EpnsTensor *
aggregate (const EpnsLatent *net, const EpnsPass *pass, EpnsTensor *embedded)
{
  g_autoptr (EpnsTensor) x = epns_pass_mean (pass, embedded);

  epns_tensor_set (&x, epns_pass_valid (pass, x, net->global[0], EPNS_RELU));
  epns_tensor_set (&x, epns_pass_valid (pass, x, net->global[1], EPNS_LINEAR));
  epns_tensor_set (&x, epns_mean_hw (pass->ctx, x));
  return epns_pass_repeat (pass, x);
}

static EpnsTensor *
features_by_convs (const EpnsPass *pass, LatentCall *call)
{
  const EpnsLatent *net = call->net;
  g_autoptr (EpnsTensor) x = epns_pass_nodes (pass, convolve, call);

  if (net->aggregates)
    epns_tensor_set (&x, aggregate (net, pass, x));
  epns_tensor_set (&x, epns_pass_linear (pass, x, net->hidden, EPNS_LINEAR));
  epns_pass_saw (pass, x, 0, "debug.%s.%u", call->name, 3 * net->n_layers + 1);
  return epns_relu (pass->ctx, x);
}

static EpnsTensor *
features_by_sets (const EpnsPass *pass, LatentCall *call)
{
  const EpnsLatent *net = call->net;
  g_autofree char *name = g_strdup_printf ("debug.%s", call->name);
  g_autoptr (EpnsTensor) input = input_rows (pass, call, 0, pass->n_nodes);
  g_autoptr (EpnsTensor) maps = epns_set_layers_apply (net->layers, net->n_layers, pass,
                                                       (EpnsSetInput){ input, NULL }, name);
  LatentCall after = { .net = net, .h = maps };
  g_autoptr (EpnsTensor) embedded = epns_pass_nodes (pass, embed, &after);

  return aggregate (net, pass, embedded);
}

void
epns_latent_apply (const EpnsLatent *self, const EpnsPass *pass, EpnsTensor *h, EpnsTensor *truth,
                   const char *net, EpnsTensor **mu, EpnsTensor **sigma)
{
  LatentCall call = { .net = self, .h = h, .truth = truth, .name = net };
  g_autoptr (EpnsTensor) features = self->arch == EPNS_LATENT_CONV ? features_by_convs (pass, &call)
                                                                   : features_by_sets (pass, &call);
  g_autoptr (EpnsTensor) s = epns_pass_linear (pass, features, self->log_sigma, EPNS_LINEAR);

  epns_tensor_set (&s, epns_softplus (pass->ctx, s));
  *mu = epns_pass_linear (pass, features, self->mu, EPNS_LINEAR);
  *sigma = epns_affine (pass->ctx, s, 1.0f, SMALLEST_SIGMA);
}

gsize
epns_latent_smallest (const EpnsLatticeConfig *config)
{
  const gsize unreachable = (gsize) 1 << 40; /* many layers double beyond what can be counted */
  gsize smallest = 1;

  if (config->prior_and_encoder_arch != EPNS_LATENT_CONV)
    return 1;
  for (guint i = config->num_prior_and_encoder_layers; i-- > 1;)
    smallest = MIN (2 * smallest + config->kernel_size - 1, unreachable);
  return smallest + config->kernel_size - 1;
}
