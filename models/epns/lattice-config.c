/* SPDX-License-Identifier: MIT */
/* Hyper-parameters: one table says what there is, its range and what it is when absent. */
#include "models/epns/lattice-config.h"
#include "models/nn/plain-json.h"
#include "plugin/error.h"

#include <math.h>
#include <string.h>

typedef enum { WHOLE, FLAG, NUMBER, LATENT_NET } SettingType;

#define NEEDED (-1.0) /* no default */
#define AT(member) G_STRUCT_OFFSET (EpnsLatticeConfig, member)
#define LATENT_NETS "conv|griddeepset"

/* Defaults are those of the published constructors. */
static const struct Setting {
  const char *name;
  SettingType type;
  gsize at;
  double minimum, maximum, fallback;
} settings[] = {
  { "num_layers", WHOLE, AT (num_layers), 1, 64, NEEDED },
  { "emb_dim", WHOLE, AT (emb_dim), 1, 4096, NEEDED },
  { "kernel_size", WHOLE, AT (kernel_size), 1, 99, 3 },
  { "decoder_kernel_size", WHOLE, AT (decoder_kernel_size), 1, 99, 25 },
  { "num_latent_dim", WHOLE, AT (num_latent_dim), 1, 4096, NEEDED },
  { "num_cell_types", WHOLE, AT (num_cell_types), 2, 4096, NEEDED },
  { "edge_network_downsampling_factor", WHOLE, AT (edge_network_downsampling_factor), 1, 64, 1 },
  { "edge_emb_dim", WHOLE, AT (edge_emb_dim), 0, 4096, 0 },
  { "num_edge_network_layers", WHOLE, AT (num_edge_network_layers), 1, 64, 2 },
  { "num_node_network_layers", WHOLE, AT (num_node_network_layers), 1, 16, 2 },
  { "global_downsampling_factor", WHOLE, AT (global_downsampling_factor), 1, 64, 1 },
  { "prior_and_encoder_arch", LATENT_NET, AT (prior_and_encoder_arch), 0, 1,
    EPNS_LATENT_GRIDDEEPSET },
  { "num_prior_and_encoder_layers", WHOLE, AT (num_prior_and_encoder_layers), 0, 64, 0 },
  { "use_unet", FLAG, AT (use_unet), 0, 1, FALSE },
  { "unet_kernel_size", WHOLE, AT (unet_kernel_size), 1, 99, 3 },
  { "do_node_aggregation", FLAG, AT (do_node_aggregation), 0, 1, FALSE },
  { "sample_from_pred", FLAG, AT (sample_from_pred), 0, 1, FALSE },
  { "EPS", NUMBER, AT (EPS), 0, 1, 1e-6 },
  { "free_bits", NUMBER, AT (free_bits), 0, 1e30, 0 },
  { "clip_reconstr_loss_to", NUMBER, AT (clip_reconstr_loss_to), 0, INFINITY, INFINITY },
};

/* What else a published configuration states: either the only value there is, or nothing that bears
 * on a step. */
static const struct {
  const char *name, *only;
} others[] = {
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

static void
store (EpnsLatticeConfig *self, const struct Setting *setting, double value)
{
  gpointer at = G_STRUCT_MEMBER_P (self, setting->at);

  switch (setting->type) {
  case WHOLE: *(guint *) at = (guint) value; break;
  case FLAG: *(gboolean *) at = value != 0; break;
  case NUMBER: *(double *) at = value; break;
  case LATENT_NET: *(EpnsLatentNet *) at = (EpnsLatentNet) value; break;
  }
}

static gboolean
bad_setting (GError **error, const char *path, const struct Setting *setting)
{
  if (setting->type == LATENT_NET)
    g_set_error (error, EPNS_FAILURE, EPNS_FAILURE_FORMAT, "%s: %s must be one of %s", path,
                 setting->name, LATENT_NETS);
  else
    g_set_error (error, EPNS_FAILURE, EPNS_FAILURE_RANGE, "%s: %s must be a %s from %g to %g", path,
                 setting->name,
                 setting->type == NUMBER ? "number"
                 : setting->type == FLAG ? "truth value"
                                         : "whole number",
                 setting->minimum, setting->maximum);
  return FALSE;
}

/* A JSON value as a number, if it is of the setting's type; null is the default. */
static gboolean
json_number (const struct Setting *setting, JsonNode *node, double *value)
{
  if (JSON_NODE_HOLDS_NULL (node)) {
    *value = setting->fallback;
    return setting->fallback != NEEDED;
  }
  if (!JSON_NODE_HOLDS_VALUE (node))
    return FALSE;

  GType type = json_node_get_value_type (node);
  switch (setting->type) {
  case WHOLE: *value = (double) json_node_get_int (node); return type == G_TYPE_INT64;
  case FLAG: *value = json_node_get_boolean (node); return type == G_TYPE_BOOLEAN;
  case NUMBER:
    *value = json_node_get_double (node);
    return type == G_TYPE_INT64 || type == G_TYPE_DOUBLE;
  case LATENT_NET:
    if (type != G_TYPE_STRING)
      return FALSE;
    *value = g_str_equal (json_node_get_string (node), "conv") ? EPNS_LATENT_CONV
                                                               : EPNS_LATENT_GRIDDEEPSET;
    return *value == EPNS_LATENT_CONV || g_str_equal (json_node_get_string (node), "griddeepset");
  }
  return FALSE;
}

static gboolean
read_other (const char *path, const char *name, JsonNode *node, GError **error)
{
  for (guint i = 0; i < G_N_ELEMENTS (others); i++) {
    if (!g_str_equal (others[i].name, name))
      continue;
    const char *text = JSON_NODE_HOLDS_VALUE (node) ? json_node_get_string (node) : NULL;
    if (others[i].only == NULL || g_strcmp0 (text, others[i].only) == 0)
      return TRUE;
    g_set_error (error, EPNS_FAILURE, EPNS_FAILURE_UNSUPPORTED,
                 "%s: %s is '%s'; the kind epns-lattice runs '%s'", path, name, text ? text : "",
                 others[i].only);
    return FALSE;
  }
  g_set_error (error, EPNS_FAILURE, EPNS_FAILURE_UNSUPPORTED,
               "%s: config has the unknown setting '%s'; correct or remove it", path, name);
  return FALSE;
}

static gboolean
read_json (EpnsLatticeConfig *self, gboolean *seen, const EpnsSafetensors *weights,
           const char *config, GError **error)
{
  const char *path = epns_safetensors_path (weights), *name;
  JsonObjectIter iter;
  JsonNode *node;
  g_autoptr (JsonParser) parser = epns_plain_json_parse (config, strlen (config), 4, error);

  if (parser == NULL) {
    g_prefix_error (error, "%s: the config in __metadata__ ", path);
    return FALSE;
  }
  json_object_iter_init (&iter, json_node_get_object (json_parser_get_root (parser)));
  while (json_object_iter_next (&iter, &name, &node)) {
    guint s = 0;
    double value;

    while (s < G_N_ELEMENTS (settings) && !g_str_equal (settings[s].name, name))
      s++;
    if (s == G_N_ELEMENTS (settings)) {
      if (!read_other (path, name, node, error))
        return FALSE;
      continue;
    }
    if (!json_number (&settings[s], node, &value)
        || !(value >= settings[s].minimum && value <= settings[s].maximum))
      return bad_setting (error, path, &settings[s]);
    store (self, &settings[s], value);
    seen[s] = TRUE;
  }
  return TRUE;
}

/* One attribute, if the file has it. */
static gboolean
read_attribute (EpnsLatticeConfig *self, const struct Setting *setting,
                EpnsModelDescription *description, gboolean *seen, GError **error)
{
  g_autofree char *name = g_strdelimit (g_ascii_strdown (setting->name, -1), "_", '-');
  gint64 whole;
  gboolean flag, fine = FALSE;
  guint choice;
  double value = 0;

  if (epns_model_description_text (description, name) == NULL)
    return TRUE;
  switch (setting->type) {
  case WHOLE:
    fine = epns_model_description_int (description, name, (gint64) setting->minimum,
                                       (gint64) setting->maximum, 0, &whole, error);
    value = fine ? (double) whole : 0;
    break;
  case FLAG:
    fine = epns_model_description_flag (description, name, FALSE, &flag, error);
    value = fine ? flag : 0;
    break;
  case NUMBER:
    fine = epns_model_description_number (description, name, setting->minimum, setting->maximum, 0,
                                          &value, error);
    break;
  case LATENT_NET:
    fine = epns_model_description_choice (description, name, LATENT_NETS, 0, &choice, error);
    value = fine ? choice : 0;
    break;
  }
  if (fine)
    store (self, setting, value);
  *seen |= fine;
  return fine;
}

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

gboolean
epns_lattice_config_read (EpnsLatticeConfig *self, const EpnsSafetensors *weights,
                          EpnsModelDescription *description, GError **error)
{
  gboolean seen[G_N_ELEMENTS (settings)] = { FALSE };
  const char *config = epns_safetensors_metadata (weights, "config");

  memset (self, 0, sizeof *self);
  for (guint s = 0; s < G_N_ELEMENTS (settings); s++)
    store (self, &settings[s], MAX (settings[s].fallback, 0));
  if (config != NULL && !read_json (self, seen, weights, config, error))
    return FALSE;
  for (guint s = 0; description != NULL && s < G_N_ELEMENTS (settings); s++)
    if (!read_attribute (self, &settings[s], description, &seen[s], error))
      return FALSE;
  if (description != NULL && !read_axes (self, description, error))
    return FALSE;
  for (guint s = 0; s < G_N_ELEMENTS (settings); s++)
    if (settings[s].fallback == NEEDED && !seen[s]) {
      g_set_error (error, EPNS_FAILURE, EPNS_FAILURE_FORMAT,
                   "%s: %s is not stated; give it in the config of __metadata__ or in <network> of "
                   "model.xml",
                   description ? description->path : epns_safetensors_path (weights),
                   settings[s].name);
      return FALSE;
    }
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
