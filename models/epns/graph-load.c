/* SPDX-License-Identifier: MIT */
/* The graph network: its parameters, from a file, drawn or shared. */
#include "models/epns/graph-private.h"

/* Prior and posterior. */
static void
load_latents (EpnsGraph *self)
{
  static const struct {
    const char *layers, *mu, *log_sigma;
    gsize edge;
  } parts[] = { { "engine.dec.prior_net.0", "engine.dec.prior_mu", "engine.dec.prior_log_sigma",
                  EPNS_GRAPH_PAIR },
                { "engine.dec.encoder_net.0", "engine.dec.enc_mu", "engine.dec.enc_log_sigma",
                  2 * EPNS_GRAPH_PAIR } };
  const EpnsGraphConfig *config = &self->config;
  const gsize e = config->emb_dim, z = config->num_latent_dim;

  self->prior = g_new0 (EpnsMessageLayer, config->num_layers);
  self->posterior = g_new0 (EpnsMessageLayer, config->num_layers);
  for (guint i = 0; i < 2; i++) {
    epns_message_layers_load (i == 0 ? self->prior : self->posterior, config->num_layers,
                              self->weights, parts[i].edge,
                              epns_graph_config_features (config) + e, e, parts[i].layers);
    self->mu[i] = epns_weights_linear (self->weights, z, e, parts[i].mu);
    self->log_sigma[i] = epns_weights_linear (self->weights, z, e, parts[i].log_sigma);
  }
}

static EpnsAffine
load_linear (EpnsGraph *self, gsize out, gsize in, const char *name)
{
  g_autofree char *full = g_strconcat (self->config.second ? "after." : "", name, NULL);

  return epns_weights_linear (self->weights, out, in, full);
}

static void
load_layers (EpnsGraph *self, EpnsMessageLayer *layers, guint n, gsize in, const char *name)
{
  g_autofree char *full = g_strconcat (self->config.second ? "after." : "", name, NULL);

  epns_message_layers_load (layers, n, self->weights, epns_graph_config_edge (&self->config), in,
                            self->config.emb_dim, full);
}

static void
load (EpnsGraph *self)
{
  const EpnsGraphConfig *config = &self->config;
  const gsize e = config->emb_dim, features = epns_graph_config_features (config),
              framed = epns_graph_config_framed (config), z = config->num_latent_dim,
              d = config->dimensions;

  self->processor = g_new0 (EpnsMessageLayer, config->num_layers);
  self->encoder = load_linear (self, e, features, "engine.enc.arch.0");
  load_layers (self, self->processor, config->num_layers, framed + e,
               "engine.proc.arch.0.backbone_gnn");
  if (z > 0)
    load_latents (self);
  load_layers (self, self->decoder, EPNS_GRAPH_DECODER_LAYERS, framed + features + e + z,
               "engine.dec.end_arch.backbone_gnn");
  self->change[0] = load_linear (self, e, e, "engine.dec.end_arch.decoder.1");
  self->change[1] = load_linear (self, 2 * d, e, "engine.dec.end_arch.decoder.3");
  self->coefficient[0] = load_linear (self, e, e, "engine.dec.end_arch.v_coef.1");
  self->coefficient[1] = load_linear (self, 1, e, "engine.dec.end_arch.v_coef.3");
  self->spread = load_linear (self, epns_graph_config_spreads (config), e, "node_std_layer");
  if (!config->linear_motion)
    return;
  self->linear = epns_weights_matrix (self->weights, 2, epns_graph_config_linear (config),
                                      config->second ? "after.linear_motion" : "linear_motion");
  self->unit = epns_weights_matrix (self->weights, 1, 2,
                                    config->second ? "after.motion_unit" : "motion_unit");
}

/* The second network has all of the first's hyper-parameters. */
static EpnsGraph *
graph_of (const EpnsGraphConfig *config, EpnsWeights *weights)
{
  EpnsGraph *self = g_new0 (EpnsGraph, 1);

  self->config = *config;
  self->weights = weights;
  load (self);
  if (config->velocity_after && !config->second) {
    EpnsGraphConfig second = *config;
    second.second = TRUE;
    self->after = graph_of (&second, weights);
  }
  return self;
}

EpnsGraph *
epns_graph_load (const EpnsGraphConfig *config, const EpnsSafetensors *weights, gboolean trainable,
                 GError **error)
{
  g_autoptr (EpnsGraph) self = graph_of (config, epns_weights_new (weights, trainable));

  return epns_weights_finish (self->weights, error) ? g_steal_pointer (&self) : NULL;
}

EpnsGraph *
epns_graph_new (const EpnsSafetensors *weights, EpnsModelDescription *description,
                gboolean trainable, GError **error)
{
  EpnsGraphConfig config;

  return epns_graph_config_read (&config, weights, description, error)
             ? epns_graph_load (&config, weights, trainable, error)
             : NULL;
}

EpnsGraph *
epns_graph_draw (const EpnsGraphConfig *config, guint64 seed)
{
  return graph_of (config, epns_weights_draw (seed));
}

EpnsGraph *
epns_graph_share (const EpnsGraph *self)
{
  return graph_of (&self->config, epns_weights_share (self->weights));
}

void
epns_graph_free (EpnsGraph *self)
{
  if (self == NULL)
    return;
  g_free (self->processor);
  g_free (self->prior);
  g_free (self->posterior);
  if (!self->config.second)
    epns_weights_free (self->weights);
  epns_graph_free (self->after);
  g_free (self);
}

const EpnsGraphConfig *
epns_graph_config (const EpnsGraph *self)
{
  return &self->config;
}

const EpnsGraph *
epns_graph_after (const EpnsGraph *self)
{
  return self->after;
}

const EpnsWeights *
epns_graph_weights (const EpnsGraph *self)
{
  return self->weights;
}

gboolean
epns_graph_is_fitted (const EpnsGraph *self, const EpnsTensor *weight)
{
  return weight == self->linear || weight == self->unit
         || (self->after != NULL && epns_graph_is_fitted (self->after, weight));
}
