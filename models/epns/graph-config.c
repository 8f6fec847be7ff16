/* SPDX-License-Identifier: MIT */
/* Hyper-parameters of the graph network: one table says what there is, its range and what it is
 * when absent. */
#include "models/epns/graph-config.h"
#include "models/epns/settings.h"
#include "plugin/error.h"

#include <math.h>
#include <string.h>

#define AT(member) G_STRUCT_OFFSET (EpnsGraphConfig, member)

enum { NOT_STATED = 2 }; /* behind the words of edge_velocity */

/* Defaults are those of the published constructors, where those have such a setting. */
static const EpnsSettingRule settings[] = {
  { "num_layers", EPNS_WHOLE, AT (num_layers), 1, 64, EPNS_NEEDED, NULL },
  { "emb_dim", EPNS_WHOLE, AT (emb_dim), 1, 4096, EPNS_NEEDED, NULL },
  { "num_latent_dim", EPNS_WHOLE, AT (num_latent_dim), 0, 4096, EPNS_NEEDED, NULL },
  { "do_node_aggregation", EPNS_FLAG, AT (do_node_aggregation), 0, 1, TRUE, NULL },
  { "sample_from_pred", EPNS_FLAG, AT (sample_from_pred), 0, 1, FALSE, NULL },
  { "EPS", EPNS_NUMBER, AT (EPS), 0, 1, 1e-5, NULL },
  { "free_bits", EPNS_NUMBER, AT (free_bits), 0, 1e30, 0, NULL },
  { "clip_reconstr_loss_to", EPNS_NUMBER, AT (clip_reconstr_loss_to), 0, INFINITY, INFINITY, NULL },
  { "dimensions", EPNS_WHOLE, AT (dimensions), 2, 3, 3, NULL },
  { "species", EPNS_WHOLE, AT (species), 1, 256, 1, NULL },
  { "radius", EPNS_FLAG, AT (radius), 0, 1, FALSE, NULL },
  { "cutoff", EPNS_NUMBER, AT (cutoff), 0, 1e30, 0, NULL },
  { "edge_velocity", EPNS_CHOICE, AT (edge_velocity), 0, 1, NOT_STATED, "full|published" },
  { "edge_direction", EPNS_FLAG, AT (edge_direction), 0, 1, FALSE, NULL },
  { "edge_radial", EPNS_WHOLE, AT (edge_radial), 0, EPNS_GRAPH_MOST_RADIAL, 0, NULL },
  { "edge_reach", EPNS_NUMBER, AT (edge_reach), 1e-30, 1e30, 1, NULL },
  { "edge_ahead", EPNS_NUMBER, AT (edge_ahead), 0, 1e30, 0, NULL },
  { "node_position", EPNS_FLAG, AT (node_position), 0, 1, TRUE, NULL },
  { "walls", EPNS_FLAG, AT (walls), 0, 1, FALSE, NULL },
  { "frames", EPNS_CHOICE, AT (frames), 0, 1, EPNS_FRAMES_PRINCIPAL, "principal|box" },
  { "scale", EPNS_NUMBER, AT (scale), 1e-30, 1e30, 10, NULL },
  { "velocity_scale", EPNS_NUMBER, AT (velocity_scale), 0, 1e30, 0, NULL },
  { "joint_spread", EPNS_FLAG, AT (joint_spread), 0, 1, FALSE, NULL },
  { "position_widening", EPNS_NUMBER, AT (widening[0]), -1, 100, 0, NULL },
  { "velocity_widening", EPNS_NUMBER, AT (widening[1]), -1, 100, 0, NULL },
  { "linear_motion", EPNS_FLAG, AT (linear_motion), 0, 1, FALSE, NULL },
  { "linear_knots", EPNS_WHOLE, AT (linear_knots), 0, EPNS_GRAPH_MOST_KNOTS, 0, NULL },
  { "velocity_after", EPNS_FLAG, AT (velocity_after), 0, 1, FALSE, NULL },
  { "passes", EPNS_WHOLE, AT (passes), 1, 64, 1, NULL },
  { "parts", EPNS_WHOLE, AT (parts), 1, 1000, 1, NULL },
};

static const EpnsOtherSetting others[] = {
  { "model", "N_Body_Simulator" }, { "processor", "fagnn" }, { "decoder", "vae_decoder" },
  { "nonlinearity", "relu" },      { "im_dim", NULL }, /* 1, the mass */
  { "dynamic_channels", NULL },                        /* all but the mass */
  { "pred_stepsize", NULL }, /* frames a step; the frames' length is not stated */
};

static const EpnsSettingTable table = { "epns-graph", settings, G_N_ELEMENTS (settings), others,
                                        G_N_ELEMENTS (others) };

static gboolean
fits_together (const EpnsGraphConfig *self, const char *path, GError **error)
{
  const char *why = NULL;

  if (self->frames == EPNS_FRAMES_BOX && self->node_position)
    why = "frames of a box have no centre; say node-position=\"false\"";
  else if (self->walls && (self->frames != EPNS_FRAMES_BOX || !(self->cutoff > 0)))
    why = "walls are felt in frames of the box, within the cut-off; say frames=\"box\" and a "
          "cutoff";
  else if (!self->node_position && !self->edge_direction)
    why = "bodies know neither where they are nor where others are; say edge-direction=\"true\"";
  else if (self->edge_velocity == EPNS_VELOCITY_PUBLISHED && self->dimensions != 3)
    why = "edge-velocity=\"published\" is for dimensions=\"3\" alone; say \"full\"";
  else if ((self->edge_radial > 0 || self->edge_ahead > 0) && !self->edge_direction)
    why = "edge-radial and edge-ahead add to the directions of edges; say edge-direction=\"true\"";
  else if (self->passes > 1 && (self->num_latent_dim > 0 || !self->sample_from_pred))
    why = "bodies of a pass are drawn given those before; say num-latent-dim=\"0\" and "
          "sample-from-pred=\"true\"";
  else if (self->linear_motion && !self->edge_direction)
    why = "linear-motion adds up the directions of edges; say edge-direction=\"true\"";
  else if (self->linear_knots > 0 && !(self->linear_motion && self->cutoff > 0))
    why = "linear-knots lie between 0 and the cut-off of linear-motion; say both";
  else if (self->velocity_after && (self->num_latent_dim > 0 || self->passes > 1))
    why = "velocity-after stands in for passes and latents; leave passes out and say "
          "num-latent-dim=\"0\"";
  if (why != NULL)
    g_set_error (error, EPNS_FAILURE, EPNS_FAILURE_MISMATCH, "%s: %s", path, why);
  return why == NULL;
}

gboolean
epns_graph_config_read (EpnsGraphConfig *self, const EpnsSafetensors *weights,
                        EpnsModelDescription *description, GError **error)
{
  gboolean published = weights != NULL && epns_safetensors_metadata (weights, "config") != NULL;

  memset (self, 0, sizeof *self);
  if (!epns_settings_read (&table, self, weights, description, error))
    return FALSE;
  if (self->edge_velocity == NOT_STATED)
    self->edge_velocity = published ? EPNS_VELOCITY_PUBLISHED : EPNS_VELOCITY_FULL;
  if (self->velocity_scale <= 0)
    self->velocity_scale = self->scale;
  return fits_together (self, description ? description->path : epns_safetensors_path (weights),
                        error);
}

guint
epns_graph_config_features (const EpnsGraphConfig *self)
{
  return 1 + (self->species > 1 ? self->species : 0) + (self->radius ? 1 : 0)
         + (self->passes > 1 ? 1 : 0);
}

gboolean
epns_graph_config_knows_way (const EpnsGraphConfig *self)
{
  return self->passes > 1 || (self->second && !self->joint_spread);
}

guint
epns_graph_config_framed (const EpnsGraphConfig *self)
{
  return self->dimensions
         * (1u + (self->node_position ? 1 : 0) + (self->walls ? 1 : 0)
            + (epns_graph_config_knows_way (self) ? 1 : 0));
}

guint
epns_graph_config_looks (const EpnsGraphConfig *self)
{
  return self->edge_ahead > 0 ? 3 : 1;
}

guint
epns_graph_config_scalars (const EpnsGraphConfig *self)
{
  const guint looks = epns_graph_config_looks (self);

  return EPNS_GRAPH_PAIR + looks - 1 + looks * self->edge_radial;
}

guint
epns_graph_config_edge (const EpnsGraphConfig *self)
{
  const guint ways = epns_graph_config_looks (self) * (1 + self->edge_radial);

  return epns_graph_config_scalars (self) + (self->edge_direction ? ways * self->dimensions : 0);
}

guint
epns_graph_config_sums (const EpnsGraphConfig *self)
{
  return self->species > 1 ? 3 : 2;
}

guint
epns_graph_config_linear (const EpnsGraphConfig *self)
{
  const guint ways = epns_graph_config_looks (self) * (1 + self->edge_radial + self->linear_knots);

  if (!self->linear_motion)
    return 0;
  return (epns_graph_config_knows_way (self) ? 2 : 1) + ways * epns_graph_config_sums (self);
}

guint
epns_graph_config_spreads (const EpnsGraphConfig *self)
{
  return self->joint_spread ? 3 : 2;
}

guint
epns_graph_config_frames (const EpnsGraphConfig *self)
{
  return 1u << self->dimensions;
}
