/* SPDX-License-Identifier: MIT */
/* Plain JSON: look at the text before json-glib does, and count members while it parses. */
#include "models/nn/plain-json.h"
#include "plugin/error.h"

#include <string.h>

#define DEEPEST 16

static gboolean refuse (GError **error, const char *format, ...) G_GNUC_PRINTF (2, 3);

static gboolean
refuse (GError **error, const char *format, ...)
{
  va_list args;

  va_start (args, format);
  g_autofree char *what = g_strdup_vprintf (format, args);
  va_end (args);
  g_set_error_literal (error, EPNS_FAILURE, EPNS_FAILURE_FORMAT, what);
  return FALSE;
}

static gboolean
check_text (const char *text, gsize length, guint max_depth, GError **error)
{
  gboolean quoted = FALSE;
  guint depth = 0;

  if (length == 0 || text[0] != '{')
    return refuse (error, "is not a JSON object");
  if (!g_utf8_validate_len (text, length, NULL))
    return refuse (error, "is not UTF-8");
  for (gsize i = 0; i < length; i++) {
    char c = text[i];

    if (quoted && (guchar) c < 0x20)
      return refuse (error, "has a control character at byte %" G_GSIZE_FORMAT, i);
    if (quoted && c == '\\')
      i++;
    else if (c == '"')
      quoted = !quoted;
    else if (!quoted && strchr (" \t\r\n{}[]:,0123456789+-.eEtrufalsn", c) == NULL)
      return refuse (error, "is not plain JSON at byte %" G_GSIZE_FORMAT, i);
    else if (!quoted && (c == '{' || c == '[') && ++depth > max_depth)
      return refuse (error, "is nested more than %u levels deep", max_depth);
    else if (!quoted && (c == '}' || c == ']') && depth-- == 0)
      return refuse (error, "has a bracket too many at byte %" G_GSIZE_FORMAT, i);
  }
  return TRUE;
}

typedef struct {
  guint members[DEEPEST + 1]; /* seen so far in the open objects */
  guint depth;
  gboolean repeated;
} MemberCount;

static void
object_opens (JsonParser *parser G_GNUC_UNUSED, MemberCount *count)
{
  count->members[++count->depth] = 0;
}

static void
member_seen (JsonParser *parser G_GNUC_UNUSED, JsonObject *object G_GNUC_UNUSED,
             const char *name G_GNUC_UNUSED, MemberCount *count)
{
  count->members[count->depth]++;
}

static void
object_closes (JsonParser *parser G_GNUC_UNUSED, JsonObject *object, MemberCount *count)
{
  if (count->members[count->depth] != json_object_get_size (object))
    count->repeated = TRUE;
  count->depth--;
}

JsonParser *
epns_plain_json_parse (const char *text, gsize length, guint max_depth, GError **error)
{
  g_autoptr (JsonParser) parser = NULL;
  g_autoptr (GError) syntax = NULL;
  MemberCount count = { .depth = 0 };

  g_return_val_if_fail (max_depth <= DEEPEST, NULL);
  if (!check_text (text, length, max_depth, error))
    return NULL;
  parser = json_parser_new_immutable ();
  g_signal_connect (parser, "object-start", G_CALLBACK (object_opens), &count);
  g_signal_connect (parser, "object-member", G_CALLBACK (member_seen), &count);
  g_signal_connect (parser, "object-end", G_CALLBACK (object_closes), &count);
  gboolean parsed = json_parser_load_from_data (parser, text, (gssize) length, &syntax);
  g_signal_handlers_disconnect_by_data (parser, &count);
  JsonNode *root = parsed ? json_parser_get_root (parser) : NULL;

  if (root == NULL || !JSON_NODE_HOLDS_OBJECT (root)) {
    refuse (error, "cannot be parsed (%s)", syntax ? syntax->message : "no object");
    return NULL;
  }
  if (count.repeated) {
    refuse (error, "has a name twice");
    return NULL;
  }
  return g_steal_pointer (&parser);
}
