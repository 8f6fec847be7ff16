/* SPDX-License-Identifier: MIT */
/* Numbers and words out of elements. */
#include "adapters/xml-values.h"

#include <math.h>
#include <string.h>

gboolean
epns_xml_refuse (const EpnsXmlNode *node, EpnsFailure code, GError **error, const char *format, ...)
{
  va_list args;

  va_start (args, format);
  g_autofree char *text = g_strdelimit (g_strdup_vprintf (format, args), "\n\r\t", ' ');
  va_end (args);
  g_set_error (error, EPNS_FAILURE, code, "%s:%d: %s", node->path, node->line, text);
  return FALSE;
}

gboolean
epns_xml_string (const EpnsXmlNode *node, const char *attribute, const char **value, GError **error)
{
  *value = attribute ? epns_xml_attribute (node, attribute) : node->text;
  if (*value != NULL && **value != '\0')
    return TRUE;
  if (attribute != NULL)
    return epns_xml_refuse (node, EPNS_FAILURE_FORMAT, error, "<%s> has no %s; add %s=\"...\"",
                            node->name, attribute, attribute);
  return epns_xml_refuse (node, EPNS_FAILURE_FORMAT, error, "<%s> is empty; state its value",
                          node->name);
}

static gboolean
not_a_number (const EpnsXmlNode *node, const char *attribute, const char *text, const char *what,
              GError **error)
{
  const char *hint = strstr (text, "{{") ? "fill in the template first" : "correct it";

  if (attribute != NULL)
    return epns_xml_refuse (node, EPNS_FAILURE_FORMAT, error, "<%s %s=\"%.40s\"> is not %s; %s",
                            node->name, attribute, text, what, hint);
  return epns_xml_refuse (node, EPNS_FAILURE_FORMAT, error, "<%s>%.40s</%s> is not %s; %s",
                          node->name, text, node->name, what, hint);
}

gboolean
epns_xml_number (const EpnsXmlNode *node, const char *attribute, double minimum, double maximum,
                 double *value, GError **error)
{
  const char *text;
  char *end;

  if (!epns_xml_string (node, attribute, &text, error))
    return FALSE;
  *value = g_ascii_strtod (text, &end);
  while (g_ascii_isspace (*end))
    end++;
  if (end == text || *end != '\0' || !isfinite (*value))
    return not_a_number (node, attribute, text, "a finite number", error);
  if (*value < minimum || *value > maximum)
    return epns_xml_refuse (node, EPNS_FAILURE_RANGE, error,
                            "<%s> %s%s%.40s is outside %g to %g; correct it", node->name,
                            attribute ? attribute : "", attribute ? "=" : "", text, minimum,
                            maximum);
  return TRUE;
}

gboolean
epns_xml_integer (const EpnsXmlNode *node, const char *attribute, gint64 minimum, gint64 maximum,
                  gint64 *value, GError **error)
{
  const char *text;
  double number;

  if (!epns_xml_string (node, attribute, &text, error))
    return FALSE;
  gboolean digits = strspn (text, "+-0123456789") == strlen (text) && strlen (text) < 19;
  if (digits) {
    char *end;
    *value = g_ascii_strtoll (text, &end, 10);
    if (*end != '\0')
      return not_a_number (node, attribute, text, "an integer", error);
    number = (double) *value;
  } else if (!epns_xml_number (node, attribute, -0x1p62, 0x1p62, &number, error)) {
    return FALSE;
  } else if (number != floor (number)) {
    return not_a_number (node, attribute, text, "an integer", error);
  } else {
    *value = (gint64) number;
  }
  if (*value < minimum || *value > maximum)
    return epns_xml_refuse (node, EPNS_FAILURE_RANGE, error,
                            "<%s> %s%s%.40s is outside %" G_GINT64_FORMAT " to %" G_GINT64_FORMAT
                            "; correct it",
                            node->name, attribute ? attribute : "", attribute ? "=" : "", text,
                            minimum, maximum);
  return TRUE;
}

/* Edit distance (Levenshtein), letters compared without case; words beyond the buffer count as far
 * away. */
static gsize
edit_distance (const char *a, const char *b)
{
  enum { LONGEST = 63 };
  gsize n = strlen (b), row[LONGEST + 1];

  if (n > LONGEST)
    return G_MAXSIZE;
  for (gsize j = 0; j <= n; j++)
    row[j] = j;
  for (gsize i = 1; *a != '\0'; a++, i++) {
    gsize corner = row[0];
    row[0] = i;
    for (gsize j = 1; j <= n; j++) {
      gsize replaced = corner + (g_ascii_tolower (*a) != g_ascii_tolower (b[j - 1]));
      corner = row[j];
      row[j] = MIN (replaced, MIN (row[j], row[j - 1]) + 1);
    }
  }
  return row[n];
}

const char *
epns_nearest_word (const char *word, const char *const *known)
{
  const char *nearest = NULL;
  gsize least = 1 + strlen (word) / 3; /* more edits than a third of the word make another word */

  for (; *known != NULL; known++) {
    gsize distance = edit_distance (word, *known);
    if (distance < least || (distance == least && nearest == NULL)) {
      least = distance;
      nearest = *known;
    }
  }
  return nearest;
}

char *
epns_suggestion (const char *word, const char *const *known)
{
  const char *nearest = epns_nearest_word (word, known);

  return nearest ? g_strdup_printf ("; did you mean %s?", nearest) : g_strdup ("");
}

char **
epns_xml_types (const EpnsXmlNode *parent, gsize *n, GError **error)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);

  for (const EpnsXmlNode *row = epns_xml_child (parent, "type"); row != NULL;
       row = epns_xml_again (row)) {
    gint64 id;
    if (!epns_xml_integer (row, "id", 0, 255, &id, error))
      return NULL;
    if (id != names->len) {
      epns_xml_refuse (row, EPNS_FAILURE_FORMAT, error,
                       "<type id=\"%d\">: ids count from 0 without gaps, here %u is next; reorder "
                       "them",
                       (int) id, names->len);
      return NULL;
    }
    g_ptr_array_add (names, g_strdup (epns_xml_attribute (row, "name")));
  }
  *n = names->len;
  g_ptr_array_add (names, NULL);
  return (char **) g_ptr_array_steal (names, NULL);
}
