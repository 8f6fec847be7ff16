/* SPDX-License-Identifier: MIT */
/* Hyper-parameters: one table says what there is, its range and what it is when absent. */
#include "models/epns/lattice-config.h"
#include "models/epns/settings.h"
#include "plugin/error.h"

#include <math.h>
#include <string.h>

#define AT(member) G_STRUCT_OFFSET (EpnsLatticeConfig, member)

/* Defaults are those of the published constructors. */
static const EpnsSettingRule settings[] = {
  { "num_layers", EPNS_WHOLE, AT (num_layers), 1, 64, EPNS_NEEDED, NULL },
  { "emb_dim", EPNS_WHOLE, AT (emb_dim), 1, 4096, EPNS_NEEDED, NULL },
  { "kernel_size", EPNS_WHOLE, AT (kernel_size), 1, 99, 3, NULL },
  { "decoder_kernel_size", EPNS_WHOLE, AT (decoder_kernel_size), 1, 99, 25, NULL },
  { "num_latent_dim", EPNS_WHOLE, AT (num_latent_dim), 1, 4096, EPNS_NEEDED, NULL },
  { "num_cell_types", EPNS_WHOLE, AT (num_cell_types), 2, 4096, 0, NULL },
  { "edge_network_downsampling_factor", EPNS_WHOLE, AT (edge_network_downsampling_factor), 1, 64, 1,
    NULL },
  { "edge_emb_dim", EPNS_WHOLE, AT (edge_emb_dim), 0, 4096, 0, NULL },
  { "num_edge_network_layers", EPNS_WHOLE, AT (num_edge_network_layers), 1, 64, 2, NULL },
  { "num_node_network_layers", EPNS_WHOLE, AT (num_node_network_layers), 1, 16, 2, NULL },
  { "global_downsampling_factor", EPNS_WHOLE, AT (global_downsampling_factor), 1, 64, 1, NULL },
  { "prior_and_encoder_arch", EPNS_CHOICE, AT (prior_and_encoder_arch), 0, 1,
    EPNS_LATENT_GRIDDEEPSET, "conv|griddeepset" },
  { "num_prior_and_encoder_layers", EPNS_WHOLE, AT (num_prior_and_encoder_layers), 0, 64, 0, NULL },
  { "use_unet", EPNS_FLAG, AT (use_unet), 0, 1, FALSE, NULL },
  { "unet_kernel_size", EPNS_WHOLE, AT (unet_kernel_size), 1, 99, 3, NULL },
  { "do_node_aggregation", EPNS_FLAG, AT (do_node_aggregation), 0, 1, FALSE, NULL },
  { "sample_from_pred", EPNS_FLAG, AT (sample_from_pred), 0, 1, FALSE, NULL },
  { "EPS", EPNS_NUMBER, AT (EPS), 0, 1, 1e-6, NULL },
  { "free_bits", EPNS_NUMBER, AT (free_bits), 0, 1e30, 0, NULL },
  { "clip_reconstr_loss_to", EPNS_NUMBER, AT (clip_reconstr_loss_to), 0, INFINITY, INFINITY, NULL },
};

static const EpnsOtherSetting others[] = {
  { "model", "Cellsort_Simulator" },
  { "processor", "griddeepset" },
  { "decoder", "vae_decoder" },
  { "nonlinearity", "relu" },
  { "im_dim", NULL },           /* 1 + num_cell_types */
  { "dynamic_channels", NULL }, /* all */
  { "max_num_cells", NULL },    /* of the baseline: here the cells present count */
  { "edge_dist_thresh", NULL }, /* of a graph that is never used */
  { "pred_stepsize", NULL },    /* frames a step; the frames' length is not stated */
};

/* The axes of the lattice family: this network fixes window and output, and `latent` is another
 * word for do_node_aggregation. */
static gboolean
read_axes (EpnsLatticeConfig *self, EpnsModelDescription *description, GError **error)
{
  guint output, latent, aggregates = epns_lattice_config_aggregates (self);
  gint64 window;

  if (!epns_model_description_int (description, "window", 0, 0, 0, &window, error)
      || !epns_model_description_choice (description, "output", "independent", 0, &output, error)
      || !epns_model_description_choice (description, "latent", "cell|aggregated", aggregates,
                                         &latent, error))
    return FALSE;
  self->do_node_aggregation = latent == 1;
  if (latent == 1 || self->prior_and_encoder_arch == EPNS_LATENT_CONV)
    return TRUE;
  g_set_error (
      error, EPNS_FAILURE, EPNS_FAILURE_MISMATCH,
      "%s: prior-and-encoder-arch=\"griddeepset\" always aggregates; say latent=\"aggregated\"",
      description->path);
  return FALSE;
}

static const EpnsSettingTable table = { "epns-lattice", settings, G_N_ELEMENTS (settings), others,
                                    G_N_ELEMENTS (others) };

/* As stated, or as many as the description lists. */
static gboolean
find_types (EpnsLatticeConfig *self, const EpnsSafetensors *weights,
            const EpnsModelDescription *description, GError **error)
{
  if (self->num_cell_types == 0 && description != NULL)
    self->num_cell_types = (guint) description->n_types;
  if (self->num_cell_types > 0)
    return TRUE;
  g_set_error (error, EPNS_FAILURE, EPNS_FAILURE_FORMAT,
               "%s: num_cell_types is not stated; give it in the config of __metadata__ or in "
               "<network> of model.xml, or list the <types>",
               description != NULL ? description->path : epns_safetensors_path (weights));
  return FALSE;
}

gboolean
epns_lattice_config_read (EpnsLatticeConfig *self, const EpnsSafetensors *weights,
                          EpnsModelDescription *description, GError **error)
{
  memset (self, 0, sizeof *self);
  if (!epns_settings_read (&table, self, weights, description, error)
      || !find_types (self, weights, description, error)
      || (description != NULL && !read_axes (self, description, error)))
    return FALSE;
  if (self->edge_emb_dim == 0)
    self->edge_emb_dim = self->emb_dim;
  if (self->num_prior_and_encoder_layers == 0)
    self->num_prior_and_encoder_layers = self->num_layers;
  return TRUE;
}

guint
epns_lattice_config_decoder_layers (const EpnsLatticeConfig *self)
{
  return self->use_unet ? 1 : 3;
}

gboolean
epns_lattice_config_aggregates (const EpnsLatticeConfig *self)
{
  return self->do_node_aggregation || self->prior_and_encoder_arch == EPNS_LATENT_GRIDDEEPSET;
}
