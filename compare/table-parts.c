/* SPDX-License-Identifier: MIT */
/* The small pieces of CSV and JSON. */
#include "compare/table-parts.h"

#include <math.h>
#include <string.h>

void
epns_csv_append (GString *text, const char *field)
{
  if (strpbrk (field, ",\"\n\r") == NULL) {
    g_string_append (text, field);
    return;
  }
  g_string_append_c (text, '"');
  for (; *field != '\0'; field++)
    g_string_append_printf (text, *field == '"' ? "\"\"" : "%c", *field);
  g_string_append_c (text, '"');
}

void
epns_json_number (JsonBuilder *json, const char *name, double value)
{
  json_builder_set_member_name (json, name);
  if (isfinite (value))
    json_builder_add_double_value (json, value);
  else
    json_builder_add_null_value (json);
}

void
epns_json_text (JsonBuilder *json, const char *name, const char *value)
{
  g_autofree char *valid = g_utf8_make_valid (value, -1);

  json_builder_set_member_name (json, name);
  json_builder_add_string_value (json, valid);
}

void
epns_json_count (JsonBuilder *json, const char *name, gsize value)
{
  json_builder_set_member_name (json, name);
  json_builder_add_int_value (json, (gint64) value);
}

void
epns_json_provenance (JsonBuilder *json, const char *name, const EpnsTrajectoryMeta *meta)
{
  g_autoptr (GList)
      keys = g_list_sort (g_hash_table_get_keys (meta->provenance), (GCompareFunc) strcmp);

  json_builder_set_member_name (json, name);
  json_builder_begin_object (json);
  epns_json_count (json, "members", meta->members);
  g_autofree char *seed = g_strdup_printf ("%" G_GUINT64_FORMAT,
                                           meta->seed); /* JSON has no 64-bit integers */
  epns_json_text (json, "seed", seed);
  for (GList *key = keys; key != NULL; key = key->next)
    epns_json_text (json, key->data, g_hash_table_lookup (meta->provenance, key->data));
  json_builder_end_object (json);
}

char *
epns_json_end (JsonBuilder *json)
{
  g_autoptr (JsonGenerator) generator = json_generator_new ();
  JsonNode *root = json_builder_get_root (json);

  json_generator_set_pretty (generator, TRUE);
  json_generator_set_root (generator, root);
  char *text = json_generator_to_data (generator, NULL);
  json_node_unref (root);
  return text;
}
