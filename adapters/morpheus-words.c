/* SPDX-License-Identifier: MIT */
/* What the sections of a MorpheusML file share: known words, choices, neighbourhoods, places. */
#include "adapters/morpheus.h"

#include <math.h>
#include <string.h>

void
epns_morpheus_note (EpnsMorpheus *self, const EpnsXmlNode *node, const char *format, ...)
{
  va_list args;

  va_start (args, format);
  g_autofree char *text = g_strdup_vprintf (format, args);
  va_end (args);
  epns_scenario_note (self->scenario, "%s:%d: <%s>: %s", node->path, node->line, node->name, text);
}

static gboolean
refuse_unknown (const EpnsXmlNode *parent, const EpnsXmlNode *node, const MorpheusWord *words,
                GError **error)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new ();

  for (const MorpheusWord *word = words; word->name != NULL; word++)
    g_ptr_array_add (names, (gpointer) word->name);
  g_ptr_array_add (names, NULL);
  g_autofree char *hint = epns_suggestion (node->name, (const char *const *) names->pdata);
  return epns_xml_refuse (node, EPNS_FAILURE_UNSUPPORTED, error,
                          "<%s> is not known inside <%s>%s", node->name, parent->name,
                          *hint ? hint : "; remove it or run this file in Morpheus");
}

/* Beside those it knows an element may have a name and tags for people. */
static gboolean
check_attributes (const EpnsXmlNode *node, const char *known, GError **error)
{
  g_autofree char *all = g_strconcat ("name tags ", known, NULL);
  g_auto (GStrv) words = g_strsplit (all, " ", -1);

  for (guint i = 0; i < node->n_attributes; i++) {
    const char *name = node->attributes[i].name;
    if (g_strv_contains ((const char *const *) words, name))
      continue;
    g_autofree char *hint = epns_suggestion (name, (const char *const *) words);
    return epns_xml_refuse (node, EPNS_FAILURE_FORMAT, error,
                            "<%s %s=\"%.40s\">: this attribute is not known here%s", node->name,
                            name, node->attributes[i].value, *hint ? hint : "; remove it");
  }
  return TRUE;
}

gboolean
epns_morpheus_check (EpnsMorpheus *self, const EpnsXmlNode *node, const MorpheusWord *words,
                     GError **error)
{
  for (const EpnsXmlNode *child = node->children; child != NULL; child = child->next) {
    const MorpheusWord *word = words;
    if (g_str_equal (child->name, "Disabled") || g_str_equal (child->name, "Annotation"))
      continue;
    while (word->name != NULL && !g_str_equal (word->name, child->name))
      word++;
    if (word->name == NULL)
      return refuse_unknown (node, child, words, error);
    if (word->treatment == MORPHEUS_REFUSED)
      return epns_xml_refuse (child, EPNS_FAILURE_UNSUPPORTED, error, "<%s> %s", child->name,
                              word->why);
    if (word->treatment == MORPHEUS_INERT)
      epns_morpheus_note (self, child, "%s", word->why);
    if (word->treatment == MORPHEUS_READ && word->attributes != NULL &&
        !check_attributes (child, word->attributes, error))
      return FALSE;
  }
  return TRUE;
}

gboolean
epns_morpheus_choice (const EpnsXmlNode *node, const char *attribute, const char *const *values,
                      int missing, int *index, GError **error)
{
  const char *text = epns_xml_attribute (node, attribute);

  *index = missing;
  if (text == NULL && missing >= 0)
    return TRUE;
  if (!epns_xml_string (node, attribute, &text, error))
    return FALSE;
  for (int i = 0; values[i] != NULL; i++)
    if (g_str_equal (values[i], text)) {
      *index = i;
      return TRUE;
    }
  g_autofree char *all = g_strjoinv (", ", (char **) values);
  return epns_xml_refuse (node, EPNS_FAILURE_FORMAT, error,
                          "<%s %s=\"%.40s\"> is none of %s; correct it", node->name, attribute,
                          text, all);
}

/* Squared lengths of the orders, 1 first. */
static const gint32 *
squares_of (const EpnsMorpheus *self, gint32 *n)
{
  static const gint32 line[] = { 1, 4, 9 }, square[] = { 1, 2, 4, 5, 8, 9 },
                      cubic[] = { 1, 2, 3, 4, 5, 6, 8, 9 }, hexagonal[] = { 1, 3, 4, 7, 9 };

  if (self->hexagonal) {
    *n = G_N_ELEMENTS (hexagonal);
    return hexagonal;
  }
  *n = self->axes == 1   ? (gint32) G_N_ELEMENTS (line)
       : self->axes == 2 ? (gint32) G_N_ELEMENTS (square)
                         : (gint32) G_N_ELEMENTS (cubic);
  return self->axes == 1 ? line : self->axes == 2 ? square : cubic;
}

/* Morpheus takes sites of a length up to 3 into a neighbourhood. */
gboolean
epns_morpheus_order (EpnsMorpheus *self, const EpnsXmlNode *parent, gint32 most, gint32 *order,
                     GError **error)
{
  const EpnsXmlNode *node = epns_xml_child (parent, "Neighborhood");
  const EpnsXmlNode *by_order = node ? epns_xml_child (node, "Order") : NULL;
  const EpnsXmlNode *by_distance = node ? epns_xml_child (node, "Distance") : NULL;
  gint32 n;
  const gint32 *squares = squares_of (self, &n);
  gint64 value = 0;
  double distance;

  if (node == NULL)
    return epns_xml_refuse (parent, EPNS_FAILURE_FORMAT, error,
                            "<%s> has no <Neighborhood>; add it", parent->name);
  if (by_order == NULL && by_distance == NULL)
    return epns_xml_refuse (node, EPNS_FAILURE_UNSUPPORTED, error,
                            "<Neighborhood> is stated neither by <Order> nor by <Distance>; use "
                            "one");
  if (by_distance != NULL) { /* goes first in Morpheus, too */
    if (!epns_xml_number (by_distance, NULL, 1.0, 3.0, &distance, error))
      return FALSE;
    while (value < n && sqrt (squares[value]) < distance + 1e-5)
      value++;
  } else if (!epns_xml_integer (by_order, NULL, 1, n, &value, error)) {
    return FALSE;
  }
  *order = (gint32) value;
  return value <= most
         || epns_xml_refuse (node, EPNS_FAILURE_UNSUPPORTED, error,
                             "<Neighborhood> of order %d is wider than this can use; at most %d",
                             *order, most);
}

void
epns_morpheus_to_orth (const EpnsMorpheus *self, const double site[3], double orth[3])
{
  orth[0] = self->hexagonal ? site[0] + 0.5 * site[1] : site[0];
  orth[1] = self->hexagonal ? sqrt (0.75) * site[1] : site[1];
  orth[2] = self->hexagonal ? 0.0 : site[2];
}

void
epns_morpheus_from_orth (const EpnsMorpheus *self, const double orth[3], gint32 site[3])
{
  double y = round (self->hexagonal ? orth[1] / sqrt (0.75) : orth[1]);
  double at[3] = { round (self->hexagonal ? orth[0] - 0.5 * y : orth[0]), y, round (orth[2]) };

  for (int axis = 0; axis < 3; axis++) /* far outside stays outside */
    site[axis] = self->size[axis] == 1 ? 0 : (gint32) CLAMP (at[axis], -1e9, 1e9);
}

void
epns_morpheus_apart (const EpnsMorpheus *self, const double a[3], const double b[3],
                     double apart[3])
{
  double height = self->hexagonal ? sqrt (0.75) * self->size[1] : self->size[1];

  for (int axis = 0; axis < 3; axis++)
    apart[axis] = a[axis] - b[axis];
  if (self->periodic[1]) {
    double turns = round (apart[1] / height);
    apart[1] -= turns * height;
    apart[0] -= self->hexagonal ? turns * 0.5 * self->size[1] : 0.0;
  }
  if (self->periodic[0])
    apart[0] -= round (apart[0] / self->size[0]) * self->size[0];
  if (self->periodic[2])
    apart[2] -= round (apart[2] / self->size[2]) * self->size[2];
}

gboolean
epns_morpheus_site (const EpnsMorpheus *self, const gint32 at[3], gint32 *site)
{
  gint32 inside[3];

  for (int axis = 0; axis < 3; axis++) {
    gint32 size = self->size[axis];
    inside[axis] = self->periodic[axis] ? ((at[axis] % size) + size) % size : at[axis];
    if (inside[axis] < 0 || inside[axis] >= size)
      return FALSE;
  }
  *site = (inside[2] * self->size[1] + inside[1]) * self->size[0] + inside[0];
  return TRUE;
}
