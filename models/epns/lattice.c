/* SPDX-License-Identifier: MIT */
/* The published lattice network: loading and evaluation. */
#include "models/epns/lattice.h"
#include "models/epns/latent-net.h"
#include "plugin/error.h"

struct _EpnsLattice {
  EpnsLatticeConfig config;
  EpnsWeights *weights;
  EpnsAffine shrink, shrink_truth, enlarge; /* global down-sampling, if any */
  EpnsAffine encoder, final;
  EpnsSetLayer *processor, *decoder;
  EpnsLatent prior, posterior;
};

static void
load (EpnsLattice *self)
{
  const EpnsLatticeConfig *config = &self->config;
  EpnsWeights *weights = self->weights;
  gsize e = config->emb_dim, nodes = 1 + config->num_cell_types,
        g = config->global_downsampling_factor, seen = nodes;

  if (g > 1) {
    self->shrink = epns_weights_conv (weights, e, nodes, g, "engine.global_downsampling");
    self->enlarge = epns_weights_conv_transpose (weights, e, e, g, "engine.global_upsampling");
    self->shrink_truth = epns_weights_conv (weights, e, nodes, g,
                                            "engine.global_downsampling_ground_truth");
    seen = e;
  }
  self->encoder = epns_weights_conv (weights, e, seen, 1, "engine.enc.arch.0");
  self->processor = epns_set_layers_load (config->num_layers, weights, config, e,
                                          config->kernel_size,
                                          "engine.proc.arch.0.forward_network");
  epns_latent_load (&self->prior, weights, config, e, "prior_net", "prior");
  epns_latent_load (&self->posterior, weights, config, e + seen, "encoder_net", "enc");
  self->decoder = epns_set_layers_load (
      epns_lattice_config_decoder_layers (config), weights, config, e + config->num_latent_dim,
      config->decoder_kernel_size, "engine.dec.end_arch.forward_network");
  self->final = epns_weights_conv (weights, 1, e, 1, "final_layer");
}

EpnsLattice *
epns_lattice_new (const EpnsSafetensors *file, EpnsModelDescription *description,
                  gboolean trainable, GError **error)
{
  g_autoptr (EpnsLattice) self = g_new0 (EpnsLattice, 1);

  if (!epns_lattice_config_read (&self->config, file, description, error))
    return NULL;
  self->weights = epns_weights_new (file, trainable);
  load (self);
  return epns_weights_finish (self->weights, error) ? g_steal_pointer (&self) : NULL;
}

/* Takes over the weights, none of which can be missing. */
static EpnsLattice *
with_weights (const EpnsLatticeConfig *config, EpnsWeights *weights)
{
  EpnsLattice *self = g_new0 (EpnsLattice, 1);

  self->config = *config;
  self->weights = weights;
  load (self);
  return self;
}

EpnsLattice *
epns_lattice_draw (const EpnsLatticeConfig *config, guint64 seed)
{
  return with_weights (config, epns_weights_draw (seed));
}

EpnsLattice *
epns_lattice_worker (const EpnsLattice *of)
{
  return with_weights (&of->config, epns_weights_share (of->weights));
}

void
epns_lattice_free (EpnsLattice *self)
{
  if (self == NULL)
    return;
  epns_set_layers_free (self->processor, self->config.num_layers);
  epns_set_layers_free (self->decoder, epns_lattice_config_decoder_layers (&self->config));
  epns_latent_clear (&self->prior);
  epns_latent_clear (&self->posterior);
  epns_weights_free (self->weights);
  g_free (self);
}

const EpnsLatticeConfig *
epns_lattice_config (const EpnsLattice *self)
{
  return &self->config;
}

const EpnsWeights *
epns_lattice_weights (const EpnsLattice *self)
{
  return self->weights;
}

gboolean
epns_lattice_takes (const EpnsLattice *self, gsize height, gsize width, int *axis, gsize *need,
                    GError **error)
{
  const EpnsLatticeConfig *config = &self->config;
  gsize g = config->global_downsampling_factor,
        multiple = g * config->edge_network_downsampling_factor;
  gsize latent = epns_latent_smallest (config);
  gsize unet = config->use_unet ? epns_unet_smallest (config->num_node_network_layers) : 1;
  gsize smallest = (MAX (latent, unet) * g + multiple - 1) / multiple * multiple;

  for (*axis = 0; *axis < 2; (*axis)++) {
    gsize extent = *axis ? width : height;

    if (extent >= smallest && extent % multiple == 0)
      continue;
    *need = MAX ((extent + multiple - 1) / multiple * multiple, smallest);
    g_set_error (error, EPNS_FAILURE, EPNS_FAILURE_MISMATCH,
                 "the lattice has %s %" G_GSIZE_FORMAT
                 "; this network takes multiples of %" G_GSIZE_FORMAT " from %" G_GSIZE_FORMAT
                 " on, the next is %" G_GSIZE_FORMAT,
                 *axis ? "width" : "height", extent, multiple, smallest, *need);
    return FALSE;
  }
  return TRUE;
}

EpnsPass
epns_lattice_pass (const EpnsLattice *self, EpnsContext *ctx, const EpnsSlots *slots)
{
  return epns_pass (ctx, slots->n_batch, slots->n_slots,
                    slots->height * slots->width * self->config.emb_dim);
}

void
epns_lattice_encoding_clear (EpnsLatticeEncoding *self)
{
  g_clear_pointer (&self->e, epns_tensor_unref);
  g_clear_pointer (&self->h, epns_tensor_unref);
  g_clear_pointer (&self->mu, epns_tensor_unref);
  g_clear_pointer (&self->sigma, epns_tensor_unref);
}

typedef struct {
  const EpnsLattice *net;
  const EpnsSlots *slots;
  EpnsAffine shrink;
} NodesCall;

/* The nodes' maps, shrunk if the network does so. */
static EpnsTensor *
nodes (const EpnsPass *pass, gsize first, gsize count, gpointer user)
{
  const NodesCall *call = user;
  const EpnsSlots *slots = call->slots;
  gsize types = call->net->config.num_cell_types;
  g_autoptr (EpnsTensor)
      x = epns_tensor_new (pass->ctx, EPNS_SHAPE ((gint64) count, (gint64) (1 + types),
                                                  (gint64) slots->height, (gint64) slots->width));

  epns_slots_to_nodes (slots, types, first, count, x->data);
  if (call->shrink.w != NULL)
    epns_tensor_set (&x, epns_pass_patches (pass, x, call->shrink));
  return g_steal_pointer (&x);
}

static EpnsTensor *
embed (const EpnsPass *pass, gsize first, gsize count, gpointer user)
{
  const NodesCall *call = user;
  g_autoptr (EpnsTensor) x = nodes (pass, first, count, user);

  return epns_pass_valid (pass, x, call->net->encoder, EPNS_LINEAR);
}

/* --- What is recorded as a whole and computed again for its gradients: segments whose user is the
 * encoding --- */

/* The second time, while its inside is recorded, nobody watches. */
static EpnsPass
segment_pass (const EpnsLatticeEncoding *encoding)
{
  EpnsPass pass = encoding->pass;

  if (epns_context_is_recording (pass.ctx))
    pass.probe = NULL;
  return pass;
}

/* h from e. */
static EpnsTensor *
process (EpnsContext *ctx, EpnsTensor *const *inputs, gpointer user)
{
  const EpnsLatticeEncoding *encoding = user;
  const EpnsLattice *net = encoding->net;
  EpnsPass pass = segment_pass (encoding);
  g_autoptr (EpnsTensor)
      processed = epns_set_layers_apply (net->processor, net->config.num_layers, &pass,
                                         (EpnsSetInput){ inputs[0], NULL }, "debug.proc");

  return epns_add (ctx, processed, inputs[0]);
}

static EpnsTensor *
latents (EpnsContext *ctx, const EpnsLatent *latent, const EpnsPass *pass, EpnsTensor *h,
         EpnsTensor *truth, const char *name)
{
  g_autoptr (EpnsTensor) mu = NULL, sigma = NULL;

  epns_latent_apply (latent, pass, h, truth, name, &mu, &sigma);
  return epns_concat_of (ctx, 1, mu, sigma);
}

/* CAT [mu_p, sigma_p] from h. */
static EpnsTensor *
prior (EpnsContext *ctx, EpnsTensor *const *inputs, gpointer user)
{
  const EpnsLatticeEncoding *encoding = user;
  EpnsPass pass = segment_pass (encoding);

  return latents (ctx, &encoding->net->prior, &pass, inputs[0], NULL, "prior_net");
}

/* CAT [mu_q, sigma_q] from h and the nodes of the true next state. */
static EpnsTensor *
posterior (EpnsContext *ctx, EpnsTensor *const *inputs, gpointer user)
{
  const EpnsLatticeEncoding *encoding = user;
  EpnsPass pass = segment_pass (encoding);

  return latents (ctx, &encoding->net->posterior, &pass, inputs[0], inputs[1], "encoder_net");
}

typedef struct {
  const EpnsLattice *net;
  EpnsTensor *e;
  EpnsSetInput input;
  EpnsTensor *aggregate;
  const char *name;
} HeadCall;

/* The last set layer, the residual and the logits of some nodes: d never exists for all of them. */
static EpnsTensor *
head (const EpnsPass *pass, gsize first, gsize count, gpointer user)
{
  const HeadCall *call = user;
  const EpnsLattice *net = call->net;
  const EpnsSetLayer *last = &net->decoder[epns_lattice_config_decoder_layers (&net->config) - 1];
  g_autoptr (EpnsTensor) d = epns_set_layer_update (last, pass, call->input, call->aggregate, first,
                                                    count, call->name);
  g_autoptr (EpnsTensor) e = epns_pass_rows (pass, call->e, first, count);

  epns_tensor_set (&d, epns_add (pass->ctx, d, e));
  if (net->enlarge.w != NULL)
    epns_tensor_set (
        &d, epns_pass_unpatch (pass, d, net->enlarge, net->config.global_downsampling_factor));
  epns_pass_saw (pass, d, first, "dec_emb");
  return epns_pass_valid (pass, d, net->final, EPNS_LINEAR);
}

/* Logits, a map for every node, from e, h and z. */
static EpnsTensor *
decode (EpnsContext *ctx G_GNUC_UNUSED, EpnsTensor *const *inputs, gpointer user)
{
  const EpnsLatticeEncoding *encoding = user;
  const EpnsLattice *net = encoding->net;
  EpnsPass pass = segment_pass (encoding);
  EpnsTensor *e = inputs[0], *h = inputs[1], *z = inputs[2];
  guint last = epns_lattice_config_decoder_layers (&net->config) - 1;
  g_autofree char *name = g_strdup_printf ("debug.dec.%u", last);
  g_autoptr (EpnsTensor)
      y = epns_set_layers_apply (net->decoder, last, &pass, (EpnsSetInput){ h, z }, "debug.dec");
  HeadCall call = { .net = net, .e = e, .input = { y, last == 0 ? z : NULL }, .name = name };
  g_autoptr (EpnsTensor)
      aggregate = epns_set_layer_aggregate (&net->decoder[last], &pass, call.input, name);

  call.aggregate = aggregate;
  return epns_pass_nodes (&pass, head, &call);
}

/* --- Evaluation --- */

/* What the segments find with their user. */
static void
evaluate (EpnsLatticeEncoding *encoding, const EpnsLattice *net, const EpnsPass *pass)
{
  encoding->net = net;
  encoding->pass = *pass;
}

/* Mean and deviation, side by side in `both`, apart. */
static void
part (EpnsContext *ctx, EpnsTensor *both, EpnsTensor **mu, EpnsTensor **sigma)
{
  gint64 z = both->shape[1] / 2;

  *mu = epns_slice (ctx, both, 1, 0, z);
  *sigma = epns_slice (ctx, both, 1, z, z);
}

void
epns_lattice_encode (const EpnsLattice *self, const EpnsPass *pass, const EpnsSlots *slots,
                     EpnsLatticeEncoding *encoding)
{
  NodesCall call = { self, slots, self->shrink };

  evaluate (encoding, self, pass);
  encoding->e = epns_pass_nodes (pass, embed, &call);
  epns_pass_saw (pass, encoding->e, 0, "enc");
  encoding->h = epns_checkpoint (pass->ctx, process, encoding, &encoding->e, 1);
  epns_pass_saw (pass, encoding->h, 0, "h");
  g_autoptr (EpnsTensor) both = epns_checkpoint (pass->ctx, prior, encoding, &encoding->h, 1);
  part (pass->ctx, both, &encoding->mu, &encoding->sigma);
  epns_pass_saw (pass, encoding->mu, 0, "prior.mu");
  epns_pass_saw (pass, encoding->sigma, 0, "prior.sigma");
}

void
epns_lattice_posterior (const EpnsLattice *self, const EpnsPass *pass,
                        EpnsLatticeEncoding *encoding, const EpnsSlots *truth, EpnsTensor **mu,
                        EpnsTensor **sigma)
{
  NodesCall call = { self, truth, self->shrink_truth };
  g_autoptr (EpnsTensor) seen = epns_pass_nodes (pass, nodes, &call);

  evaluate (encoding, self, pass);
  g_autoptr (EpnsTensor) both = epns_checkpoint (pass->ctx, posterior, encoding,
                                                 (EpnsTensor *[]){ encoding->h, seen }, 2);
  part (pass->ctx, both, mu, sigma);
}

EpnsTensor *
epns_lattice_decode (const EpnsLattice *self, const EpnsPass *pass, EpnsLatticeEncoding *encoding,
                     EpnsTensor *z)
{
  gint64 c = (gint64) (pass->n_nodes / pass->n_batch);

  evaluate (encoding, self, pass);
  g_autoptr (EpnsTensor) logits = epns_checkpoint (
      pass->ctx, decode, encoding, (EpnsTensor *[]){ encoding->e, encoding->h, z }, 3);
  EpnsTensor *batched = epns_reshape (
      pass->ctx, logits,
      EPNS_SHAPE ((gint64) pass->n_batch, c, logits->shape[2], logits->shape[3]));
  epns_pass_saw (pass, batched, 0, "logits");
  return batched;
}
