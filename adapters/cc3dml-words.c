/* SPDX-License-Identifier: MIT */
/* What the sections of a CC3DML file share: known words, types by name, neighbour orders. */
#include "adapters/cc3dml.h"

#include <math.h>
#include <string.h>

void
epns_cc3dml_note (EpnsScenario *scenario, const EpnsXmlNode *node, const char *format, ...)
{
  va_list args;

  va_start (args, format);
  g_autofree char *text = g_strdup_vprintf (format, args);
  va_end (args);
  epns_scenario_note (scenario, "%s:%d: <%s>: %s", node->path, node->line, node->name, text);
}

static gboolean
check_attributes (EpnsScenario *scenario, const EpnsXmlNode *node, const char *known,
                  GError **error)
{
  g_auto (GStrv) words = g_strsplit (known ? known : "", " ", -1);

  for (guint i = 0; i < node->n_attributes; i++) {
    const char *name = node->attributes[i].name;
    if (g_strv_contains ((const char *const *) words, name))
      continue;
    if (!g_str_equal (name, "id")) {
      g_autofree char *hint = epns_suggestion (name, (const char *const *) words);
      return epns_xml_refuse (node, EPNS_FAILURE_FORMAT, error,
                              "<%s %s=\"%.40s\">: CompuCell3D does not know this attribute here "
                              "and would ignore it%s",
                              node->name, name, node->attributes[i].value,
                              *hint ? hint : "; remove it");
    }
    epns_cc3dml_note (scenario, node,
                      "id=\"%s\" lets Python steer this value; the value of the file is used",
                      node->attributes[i].value);
  }
  return TRUE;
}

static gboolean
refuse_unknown (const EpnsXmlNode *parent, const EpnsXmlNode *node, const Cc3dWord *words,
                GError **error)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new ();

  for (const Cc3dWord *word = words; word->name != NULL; word++)
    g_ptr_array_add (names, (gpointer) word->name);
  g_ptr_array_add (names, NULL);
  g_autofree char *hint = epns_suggestion (node->name, (const char *const *) names->pdata);
  return epns_xml_refuse (node, EPNS_FAILURE_FORMAT, error,
                          "<%s> is not known inside <%s>, CompuCell3D would ignore it%s",
                          node->name, parent->name, *hint ? hint : "; remove it");
}

static gboolean
check_leaf (const EpnsXmlNode *node, GError **error)
{
  static const Cc3dWord none[] = { { .name = NULL } };

  return node->children == NULL || refuse_unknown (node, node->children, none, error);
}

static gboolean
is_repeated (const EpnsXmlNode *parent, const EpnsXmlNode *node)
{
  return epns_xml_child (parent, node->name) != node;
}

static gboolean
check_child (EpnsScenario *scenario, const EpnsXmlNode *parent, const EpnsXmlNode *node,
             const Cc3dWord *words, GError **error)
{
  const Cc3dWord *word = words;

  while (word->name != NULL && !g_str_equal (word->name, node->name))
    word++;
  if (word->name == NULL)
    return refuse_unknown (parent, node, words, error);
  if (word->treatment == CC3D_REFUSED)
    return epns_xml_refuse (node, EPNS_FAILURE_UNSUPPORTED, error, "<%s> %s", node->name,
                            word->why);
  if (word->treatment == CC3D_INERT) {
    epns_cc3dml_note (scenario, node, "%s", word->why);
    return TRUE;
  }
  gboolean many = word->treatment == CC3D_ROWS || word->treatment == CC3D_TREES;
  if (!many && is_repeated (parent, node))
    epns_cc3dml_note (scenario, node,
                      "stated before; CompuCell3D takes the first, this one has no effect");
  gboolean leaf = word->treatment == CC3D_LEAF || word->treatment == CC3D_ROWS;
  return !leaf
         || (check_attributes (scenario, node, word->attributes, error)
             && check_leaf (node, error));
}

gboolean
epns_cc3dml_check (EpnsScenario *scenario, const EpnsXmlNode *node, const char *attributes,
                   const Cc3dWord *words, GError **error)
{
  if (!check_attributes (scenario, node, attributes, error))
    return FALSE;
  if (node->text[0] != '\0' && node->children != NULL)
    epns_cc3dml_note (scenario, node, "the text \"%.40s\" between its elements has no effect",
                      node->text);
  for (const EpnsXmlNode *child = node->children; child != NULL; child = child->next)
    if (!check_child (scenario, node, child, words, error))
      return FALSE;
  return TRUE;
}

gboolean
epns_cc3dml_choice (const EpnsXmlNode *node, const char *const *values, guint *index,
                    GError **error)
{
  for (guint i = 0; values[i] != NULL; i++)
    if (g_str_equal (values[i], node->text)) {
      *index = i;
      return TRUE;
    }
  g_autofree char *hint = epns_suggestion (node->text, values),
                  *all = g_strjoinv (", ", (char **) values);
  return epns_xml_refuse (node, EPNS_FAILURE_FORMAT, error,
                          "<%s>%.40s</%s>: CompuCell3D does not know this value and would take its "
                          "default%s%s%s",
                          node->name, node->text, node->name, hint, *hint ? "" : "; give one of ",
                          *hint ? "" : all);
}

static gboolean
refuse_type (const EpnsScenario *scenario, const EpnsXmlNode *node, const char *attribute,
             const char *name, GError **error)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new ();

  for (guint id = 0; id < scenario->types->len; id++)
    if (epns_scenario_type_name (scenario, (gint32) id) != NULL)
      g_ptr_array_add (names, (gpointer) epns_scenario_type_name (scenario, (gint32) id));
  g_ptr_array_add (names, NULL);
  g_autofree char *hint = epns_suggestion (name, (const char *const *) names->pdata);
  return epns_xml_refuse (node, EPNS_FAILURE_FORMAT, error,
                          "<%s %s=\"%.40s\">: no cell type has this name%s", node->name, attribute,
                          name, *hint ? hint : "; declare it in <Plugin Name=\"CellType\">");
}

gboolean
epns_cc3dml_type (const EpnsScenario *scenario, const EpnsXmlNode *node, const char *attribute,
                  gint32 *type, GError **error)
{
  const char *name;

  if (!epns_xml_string (node, attribute, &name, error))
    return FALSE;
  *type = epns_scenario_type_id (scenario, name);
  return *type >= 0 || refuse_type (scenario, node, attribute, name, error);
}

gboolean
epns_cc3dml_by_type (const EpnsScenario *scenario, const EpnsXmlNode *node, const char *row,
                     const char *const values[], int n_values, double *const into[],
                     gboolean *stated, GError **error)
{
  for (const EpnsXmlNode *at = epns_xml_child (node, row); at != NULL; at = epns_xml_again (at)) {
    gint32 type;
    if (!epns_cc3dml_type (scenario, at, "CellType", &type, error))
      return FALSE;
    if (stated[type])
      return epns_xml_refuse (at, EPNS_FAILURE_FORMAT, error,
                              "<%s CellType=\"%s\"> is stated twice; remove one", at->name,
                              epns_scenario_type_name (scenario, type));
    stated[type] = TRUE;
    for (int i = 0; i < n_values; i++)
      if (!epns_xml_number (at, values[i], 0.0, INFINITY, &into[i][type], error))
        return FALSE;
  }
  return TRUE;
}

gint32
epns_cc3dml_depth_order (const EpnsScenario *scenario, double depth)
{
  gint32 reach = (gint32) floor (depth), limit[3], order = 0;
  gint32 largest = (gint32) floor (depth * depth + 1e-6);

  for (int axis = 0; axis < 3; axis++)
    limit[axis] = scenario->size[axis] > 1 ? reach : 0;
  g_autofree gboolean *seen = g_new0 (gboolean, (gsize) largest + 1);
  for (gint32 z = 0; z <= limit[0]; z++)
    for (gint32 y = 0; y <= limit[1]; y++)
      for (gint32 x = 0; x <= limit[2]; x++) {
        gint32 square = x * x + y * y + z * z;
        if (square > 0 && square <= largest && !seen[square]) {
          seen[square] = TRUE;
          order++;
        }
      }
  return MAX (order, 1);
}
