/* SPDX-License-Identifier: MIT */
/* What the parts of a PhysiCell settings file share: known elements, truth values, types by name.
 */
#include "adapters/physicell.h"

#include <string.h>

void
epns_physicell_note (EpnsPhysicell *self, const EpnsXmlNode *node, const char *format, ...)
{
  va_list args;

  va_start (args, format);
  g_autofree char *text = g_strdup_vprintf (format, args);
  va_end (args);
  epns_scenario_note (self->scenario, "%s:%d: <%s>: %s", node->path, node->line, node->name, text);
}

gboolean
epns_physicell_flag (const EpnsXmlNode *node, const char *attribute, gboolean missing,
                     gboolean *value, GError **error)
{
  const char *text = attribute ? epns_xml_attribute (node, attribute) : node->text;

  *value = missing;
  if (text == NULL)
    return TRUE;
  if (*text != '\0' && strchr ("1tTyY", *text) != NULL) {
    *value = TRUE;
    return TRUE;
  }
  if (*text != '\0' && strchr ("0fFnN", *text) != NULL) {
    *value = FALSE;
    return TRUE;
  }
  return epns_xml_refuse (node, EPNS_FAILURE_FORMAT, error,
                          "<%s>%s%s: \"%.40s\" is neither true nor false, PhysiCell would take it "
                          "for false; correct it",
                          node->name, attribute ? " " : "", attribute ? attribute : "", text);
}

static gboolean
refuse_unknown (const EpnsXmlNode *parent, const EpnsXmlNode *node, const PhysicellWord *words,
                GError **error)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new ();

  for (const PhysicellWord *word = words; word->name != NULL; word++)
    g_ptr_array_add (names, (gpointer) word->name);
  g_ptr_array_add (names, NULL);
  g_autofree char *hint = epns_suggestion (node->name, (const char *const *) names->pdata);
  return epns_xml_refuse (node, EPNS_FAILURE_FORMAT, error,
                          "<%s> is not known inside <%s>, PhysiCell would ignore it%s", node->name,
                          parent->name, *hint ? hint : "; remove it");
}

static gboolean
read_word (EpnsPhysicell *self, const EpnsXmlNode *node, const PhysicellWord *word, gpointer into,
           GError **error)
{
  switch (word->treatment) {
  case PHYSICELL_NUMBER:
    return epns_xml_number (node, NULL, word->low, word->high,
                            G_STRUCT_MEMBER_P (into, word->offset), error);
  case PHYSICELL_FLAG:
    return epns_physicell_flag (node, NULL, FALSE, G_STRUCT_MEMBER_P (into, word->offset), error);
  case PHYSICELL_NOTED: epns_physicell_note (self, node, "%s", word->why); return TRUE;
  default: return TRUE;
  }
}

gboolean
epns_physicell_section (EpnsPhysicell *self, const EpnsXmlNode *node, const PhysicellWord *words,
                        gpointer into, GError **error)
{
  for (const EpnsXmlNode *child = node->children; child != NULL; child = child->next) {
    const PhysicellWord *word = words;
    while (word->name != NULL && !g_str_equal (word->name, child->name))
      word++;
    if (word->name == NULL)
      return refuse_unknown (node, child, words, error);
    if (word->treatment != PHYSICELL_PARTS && epns_xml_child (node, child->name) != child)
      epns_physicell_note (self, child,
                           "stated before; PhysiCell takes the first, this one has no effect");
    else if (!read_word (self, child, word, into, error))
      return FALSE;
  }
  return TRUE;
}

gint
epns_physicell_by_name (const EpnsPhysicell *self, const char *name)
{
  for (guint i = 0; i < self->n_types; i++)
    if (g_str_equal (self->types[i].name, name))
      return (gint) i;
  return -1;
}

gint
epns_physicell_by_id (const EpnsPhysicell *self, gint64 id)
{
  for (guint i = 0; i < self->n_types; i++)
    if (self->types[i].id == id)
      return (gint) i;
  return -1;
}

char *
epns_physicell_hint (const EpnsPhysicell *self, const char *name, const char *otherwise)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new ();

  for (guint i = 0; i < self->n_types; i++)
    g_ptr_array_add (names, (gpointer) self->types[i].name);
  g_ptr_array_add (names, NULL);
  g_autofree char *hint = epns_suggestion (name, (const char *const *) names->pdata);
  return g_strdup (*hint ? hint : otherwise);
}
