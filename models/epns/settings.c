/* SPDX-License-Identifier: MIT */
/* Hyper-parameters by a table. */
#include "models/epns/settings.h"
#include "models/nn/plain-json.h"
#include "plugin/error.h"

#include <string.h>

typedef struct { /* one reading */
  const EpnsSettingTable *table;
  gpointer config;
  gboolean *seen; /* [table->n] */
} Reading;

static void
store (gpointer config, const EpnsSettingRule *setting, double value)
{
  gpointer at = G_STRUCT_MEMBER_P (config, setting->at);

  switch (setting->type) {
  case EPNS_WHOLE:
  case EPNS_CHOICE: *(guint *) at = (guint) value; break;
  case EPNS_FLAG: *(gboolean *) at = value != 0; break;
  case EPNS_NUMBER: *(double *) at = value; break;
  }
}

static gboolean
bad_setting (GError **error, const char *path, const EpnsSettingRule *setting)
{
  if (setting->type == EPNS_CHOICE)
    g_set_error (error, EPNS_FAILURE, EPNS_FAILURE_FORMAT, "%s: %s must be one of %s", path,
                 setting->name, setting->words);
  else
    g_set_error (error, EPNS_FAILURE, EPNS_FAILURE_RANGE, "%s: %s must be a %s from %g to %g", path,
                 setting->name,
                 setting->type == EPNS_NUMBER ? "number"
                 : setting->type == EPNS_FLAG ? "truth value"
                                              : "whole number",
                 setting->minimum, setting->maximum);
  return FALSE;
}

/* A choice's word as its number. */
static gboolean
word_number (const EpnsSettingRule *setting, const char *word, double *value)
{
  g_auto (GStrv) words = g_strsplit (setting->words, "|", -1);

  for (guint i = 0; words[i] != NULL; i++)
    if (g_str_equal (words[i], word)) {
      *value = i;
      return TRUE;
    }
  return FALSE;
}

/* A JSON value as a number, if it is of the setting's type; null is the default. */
static gboolean
json_number (const EpnsSettingRule *setting, JsonNode *node, double *value)
{
  if (JSON_NODE_HOLDS_NULL (node)) {
    *value = setting->fallback;
    return setting->fallback != EPNS_NEEDED;
  }
  if (!JSON_NODE_HOLDS_VALUE (node))
    return FALSE;

  GType type = json_node_get_value_type (node);
  switch (setting->type) {
  case EPNS_WHOLE: *value = (double) json_node_get_int (node); return type == G_TYPE_INT64;
  case EPNS_FLAG: *value = json_node_get_boolean (node); return type == G_TYPE_BOOLEAN;
  case EPNS_NUMBER:
    *value = json_node_get_double (node);
    return type == G_TYPE_INT64 || type == G_TYPE_DOUBLE;
  case EPNS_CHOICE:
    return type == G_TYPE_STRING && word_number (setting, json_node_get_string (node), value);
  }
  return FALSE;
}

static gboolean
read_other (const EpnsSettingTable *table, const char *path, const char *name, JsonNode *node,
            GError **error)
{
  const EpnsOtherSetting *others = table->others;

  for (guint i = 0; i < table->n_others; i++) {
    if (!g_str_equal (others[i].name, name))
      continue;
    const char *text = JSON_NODE_HOLDS_VALUE (node) ? json_node_get_string (node) : NULL;
    if (others[i].only == NULL || g_strcmp0 (text, others[i].only) == 0)
      return TRUE;
    g_set_error (error, EPNS_FAILURE, EPNS_FAILURE_UNSUPPORTED,
                 "%s: %s is '%s'; the kind %s runs '%s'", path, name, text ? text : "", table->kind,
                 others[i].only);
    return FALSE;
  }
  g_set_error (error, EPNS_FAILURE, EPNS_FAILURE_UNSUPPORTED,
               "%s: config has the unknown setting '%s'; correct or remove it", path, name);
  return FALSE;
}

static gboolean
read_json (const Reading *self, const EpnsSafetensors *weights, const char *config, GError **error)
{
  const EpnsSettingRule *settings = self->table->settings;
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

    while (s < self->table->n && !g_str_equal (settings[s].name, name))
      s++;
    if (s == self->table->n) {
      if (!read_other (self->table, path, name, node, error))
        return FALSE;
      continue;
    }
    if (!json_number (&settings[s], node, &value)
        || !(value >= settings[s].minimum && value <= settings[s].maximum))
      return bad_setting (error, path, &settings[s]);
    store (self->config, &settings[s], value);
    self->seen[s] = TRUE;
  }
  return TRUE;
}

/* One attribute, if the file has it. */
static gboolean
read_attribute (const Reading *self, guint s, EpnsModelDescription *description, GError **error)
{
  const EpnsSettingRule *setting = &self->table->settings[s];
  g_autofree char *name = g_strdelimit (g_ascii_strdown (setting->name, -1), "_", '-');
  gint64 whole;
  gboolean flag, fine = FALSE;
  guint choice;
  double value = 0;

  if (epns_model_description_text (description, name) == NULL)
    return TRUE;
  switch (setting->type) {
  case EPNS_WHOLE:
    fine = epns_model_description_int (description, name, (gint64) setting->minimum,
                                       (gint64) setting->maximum, 0, &whole, error);
    value = fine ? (double) whole : 0;
    break;
  case EPNS_FLAG:
    fine = epns_model_description_flag (description, name, FALSE, &flag, error);
    value = fine ? flag : 0;
    break;
  case EPNS_NUMBER:
    fine = epns_model_description_number (description, name, setting->minimum, setting->maximum, 0,
                                          &value, error);
    break;
  case EPNS_CHOICE:
    fine = epns_model_description_choice (description, name, setting->words, 0, &choice, error);
    value = fine ? choice : 0;
    break;
  }
  if (fine)
    store (self->config, setting, value);
  self->seen[s] |= fine;
  return fine;
}

gboolean
epns_settings_read (const EpnsSettingTable *self, gpointer config, const EpnsSafetensors *weights,
                    EpnsModelDescription *description, GError **error)
{
  g_autofree gboolean *seen = g_new0 (gboolean, self->n);
  const Reading reading = { self, config, seen };
  const char *json = weights ? epns_safetensors_metadata (weights, "config") : NULL;

  for (guint s = 0; s < self->n; s++)
    store (config, &self->settings[s],
           self->settings[s].fallback == EPNS_NEEDED ? 0 : self->settings[s].fallback);
  if (json != NULL && !read_json (&reading, weights, json, error))
    return FALSE;
  for (guint s = 0; description != NULL && s < self->n; s++)
    if (!read_attribute (&reading, s, description, error))
      return FALSE;
  for (guint s = 0; s < self->n; s++)
    if (self->settings[s].fallback == EPNS_NEEDED && !seen[s]) {
      g_set_error (error, EPNS_FAILURE, EPNS_FAILURE_FORMAT,
                   "%s: %s is not stated; give it in the config of __metadata__ or in <network> of "
                   "model.xml",
                   description ? description->path : epns_safetensors_path (weights),
                   self->settings[s].name);
      return FALSE;
    }
  return TRUE;
}
