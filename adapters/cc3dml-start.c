/* SPDX-License-Identifier: MIT */
/* Steppables that lay the first cells: BlobInitializer, UniformInitializer, PIFInitializer. */
#include "adapters/cc3dml.h"
#include "adapters/piff.h"

#include <string.h>

enum { LARGEST_SIDE = 32767 };

static const char *const axes[3] = { "x", "y", "z" };

static gboolean
read_point (const EpnsXmlNode *node, gint32 point[3], GError **error)
{
  for (int axis = 0; axis < 3; axis++) {
    gint64 value;
    if (!epns_xml_integer (node, axes[axis], 0, LARGEST_SIDE, &value, error))
      return FALSE;
    point[axis] = (gint32) value;
  }
  return TRUE;
}

static gboolean
read_length (const EpnsXmlNode *region, const char *element, gint64 minimum, gint32 *length,
             GError **error)
{
  const EpnsXmlNode *node = epns_xml_child (region, element);
  gint64 value = *length;

  if (node != NULL && !epns_xml_integer (node, NULL, minimum, LARGEST_SIDE, &value, error))
    return FALSE;
  *length = (gint32) value;
  return TRUE;
}

/* The child that CompuCell3D insists on. */
static const EpnsXmlNode *
required (const EpnsXmlNode *region, const char *element, GError **error)
{
  const EpnsXmlNode *node = epns_xml_child (region, element);

  if (node == NULL)
    epns_xml_refuse (region, EPNS_FAILURE_FORMAT, error, "<%s> has no <%s>; add it", region->name,
                     element);
  return node;
}

/* A comma list; blanks anywhere are dropped, a repeated name counts again, no name at all means
 * type 1. */
static gboolean
read_types (const EpnsScenario *scenario, const EpnsXmlNode *region, EpnsRegion *into,
            GError **error)
{
  const EpnsXmlNode *node = required (region, "Types", error);

  if (node == NULL)
    return FALSE;
  if (node->text[0] == '\0')
    return epns_scenario_type_name (scenario, 1) != NULL
           || epns_xml_refuse (node, EPNS_FAILURE_FORMAT, error,
                               "<Types> is empty and no cell type has id 1; name a type");
  g_auto (GStrv) words = g_strsplit_set (node->text, " \t\r\n", -1);
  g_autofree char *joined = g_strjoinv ("", words);
  g_auto (GStrv) names = g_strsplit (joined, ",", -1);
  for (char **name = names; *name != NULL; name++) {
    const EpnsXmlAttribute attribute = { "Types", *name };
    EpnsXmlNode one = *node; /* so that the message names the type alone */
    gint32 type;
    one.attributes = &attribute;
    one.n_attributes = 1;
    if (!epns_cc3dml_type (scenario, &one, "Types", &type, error))
      return FALSE;
    if (type == 0)
      return epns_xml_refuse (node, EPNS_FAILURE_UNSUPPORTED, error,
                              "<Types> names Medium: cells made of medium are not honoured; name a "
                              "cell type");
    g_array_append_val (into->types, type);
  }
  return TRUE;
}

/* Blob */

static gboolean
read_radius (const EpnsScenario *scenario, const EpnsXmlNode *node, EpnsRegion *into,
             GError **error)
{
  gint64 radius;

  if (!epns_xml_integer (node, NULL, 1, LARGEST_SIDE, &radius, error))
    return FALSE;
  if (2 * radius >= scenario->size[2] - 2)
    return epns_xml_refuse (node, EPNS_FAILURE_RANGE, error,
                            "<Radius> %d does not fit: CompuCell3D wants 2 * Radius < x - 2 = %d; "
                            "make it smaller",
                            (int) radius, scenario->size[2] - 2);
  into->radius = (double) radius;
  return TRUE;
}

static gboolean
read_blob_region (EpnsScenario *scenario, const EpnsXmlNode *region, GError **error)
{
  static const Cc3dWord words[] = {
    { "Center", CC3D_LEAF, "x y z", NULL },
    { "Radius", CC3D_LEAF, NULL, NULL },
    { "Gap", CC3D_LEAF, NULL, NULL },
    { "Width", CC3D_LEAF, NULL, NULL },
    { "Types", CC3D_LEAF, NULL, NULL },
    { .name = NULL }
  };
  EpnsRegion *into = epns_scenario_add_region (scenario, EPNS_REGION_BLOB);
  const EpnsXmlNode *radius, *centre;

  return epns_cc3dml_check (scenario, region, NULL, words, error)
         && (radius = required (region, "Radius", error)) != NULL
         && read_radius (scenario, radius, into, error)
         && (centre = required (region, "Center", error)) != NULL
         && read_point (centre, into->centre, error)
         && read_length (region, "Gap", 0, &into->gap, error)
         && read_length (region, "Width", 1, &into->width, error)
         && read_types (scenario, region, into, error);
}

/* The form without Region: one blob in the middle, type 1, or with CellSortInit 1 and 2 by an even
 * draw: type 1 below a half, which is what a region with the types 2, 1 draws (see draw_type in
 * adapters/initial-state.c). */
static gboolean
read_old_blob (EpnsScenario *scenario, const EpnsXmlNode *steppable, GError **error)
{
  static const char *const answers[] = { "yes", "Yes", "no", "No", NULL };
  const EpnsXmlNode *sort = epns_xml_child (steppable, "CellSortInit"), *radius;
  EpnsRegion *into = epns_scenario_add_region (scenario, EPNS_REGION_BLOB);
  guint answer = 3;

  for (int axis = 0; axis < 3; axis++)
    into->centre[axis] = scenario->size[2 - axis] / 2;
  if ((radius = required (steppable, "Radius", error)) == NULL
      || !read_radius (scenario, radius, into, error)
      || !read_length (steppable, "Gap", 0, &into->gap, error)
      || !read_length (steppable, "Width", 1, &into->width, error)
      || (sort != NULL && !epns_cc3dml_choice (sort, answers, &answer, error)))
    return FALSE;
  if (answer < 2) {
    g_array_append_vals (into->types, (const gint32[]) { 2, 1 }, 2);
    if (scenario->regions->len > 1)
      return epns_xml_refuse (sort, EPNS_FAILURE_UNSUPPORTED, error,
                              "<CellSortInit> after another initialiser would change that one's "
                              "types too; use <Region>");
  }
  gint32 largest = answer < 2 ? 2 : 1;
  for (gint32 type = 1; type <= largest; type++)
    if (epns_scenario_type_name (scenario, type) == NULL)
      return epns_xml_refuse (steppable, EPNS_FAILURE_FORMAT, error,
                              "no cell type has id %d; declare it or use <Region>", type);
  return TRUE;
}

gboolean
epns_cc3dml_read_blob (EpnsScenario *scenario, const EpnsXmlNode *steppable, GError **error)
{
  static const Cc3dWord words[] = {
    { "Region", CC3D_TREES, NULL, NULL },
    { "Radius", CC3D_LEAF, NULL, NULL },
    { "Gap", CC3D_LEAF, NULL, NULL },
    { "Width", CC3D_LEAF, NULL, NULL },
    { "CellSortInit", CC3D_LEAF, NULL, NULL },
    { "Engulfment", CC3D_REFUSED, NULL,
      "types cells by where they lie, which is not read; write the start as PIFF" },
    { .name = NULL }
  };
  const EpnsXmlNode *region = epns_xml_child (steppable, "Region");

  if (!epns_cc3dml_check (scenario, steppable, "Type Frequency", words, error))
    return FALSE;
  if (region == NULL)
    return read_old_blob (scenario, steppable, error);
  for (; region != NULL; region = epns_xml_again (region))
    if (!read_blob_region (scenario, region, error))
      return FALSE;
  return TRUE;
}

/* Uniform */

static gboolean
check_box (const EpnsScenario *scenario, const EpnsXmlNode *node, const EpnsRegion *region,
           GError **error)
{
  for (int axis = 0; axis < 3; axis++) {
    if (region->high[axis] > scenario->size[2 - axis])
      return epns_xml_refuse (node, EPNS_FAILURE_RANGE, error,
                              "<BoxMax %s=\"%d\"> is beyond the lattice's %d sites; correct it",
                              axes[axis], region->high[axis], scenario->size[2 - axis]);
    if (region->low[axis] >= region->high[axis])
      return epns_xml_refuse (node, EPNS_FAILURE_RANGE, error,
                              "<BoxMax %s=\"%d\"> is not beyond <BoxMin %s=\"%d\">: no cell; "
                              "the upper end is not included",
                              axes[axis], region->high[axis], axes[axis], region->low[axis]);
  }
  return TRUE;
}

static gboolean
read_uniform_region (EpnsScenario *scenario, const EpnsXmlNode *region, GError **error)
{
  static const Cc3dWord words[] = {
    { "BoxMin", CC3D_LEAF, "x y z", NULL },
    { "BoxMax", CC3D_LEAF, "x y z", NULL },
    { "Gap", CC3D_LEAF, NULL, NULL },
    { "Width", CC3D_LEAF, NULL, NULL },
    { "Types", CC3D_LEAF, NULL, NULL },
    { .name = NULL }
  };
  EpnsRegion *into = epns_scenario_add_region (scenario, EPNS_REGION_UNIFORM);
  const EpnsXmlNode *low = epns_xml_child (region, "BoxMin"), *high;

  return epns_cc3dml_check (scenario, region, NULL, words, error)
         && (high = required (region, "BoxMax", error)) != NULL
         && read_point (high, into->high, error)
         && (low == NULL || read_point (low, into->low, error))
         && check_box (scenario, high, into, error)
         && read_length (region, "Gap", 0, &into->gap, error)
         && read_length (region, "Width", 1, &into->width, error)
         && read_types (scenario, region, into, error);
}

gboolean
epns_cc3dml_read_uniform (EpnsScenario *scenario, const EpnsXmlNode *steppable, GError **error)
{
  static const Cc3dWord words[] = { { "Region", CC3D_TREES, NULL, NULL }, { .name = NULL } };
  const EpnsXmlNode *region = required (steppable, "Region", error);

  if (region == NULL || !epns_cc3dml_check (scenario, steppable, "Type Frequency", words, error))
    return FALSE;
  for (; region != NULL; region = epns_xml_again (region))
    if (!read_uniform_region (scenario, region, error))
      return FALSE;
  return TRUE;
}

/* PIFF: the name counts from the project's folder, where the .cc3d file lies: the XML's own, or the
 * one above "Simulation" */

static char *
find_pif (const EpnsXmlNode *node, GError **error)
{
  g_autofree char *folder = g_path_get_dirname (node->path);
  gboolean here = g_str_equal (folder, ".");
  g_autofree char *beside = here ? g_strdup (node->text)
                                 : g_build_filename (folder, node->text, NULL);
  g_autofree char *upper = here ? g_build_filename ("..", node->text, NULL)
                                : g_build_filename (folder, "..", node->text, NULL);

  if (g_file_test (beside, G_FILE_TEST_EXISTS))
    return g_steal_pointer (&beside);
  if (g_file_test (upper, G_FILE_TEST_EXISTS))
    return g_steal_pointer (&upper);
  epns_xml_refuse (node, EPNS_FAILURE_IO, error,
                   "<PIFName>: neither %s nor %s exists; put the file there", beside, upper);
  return NULL;
}

gboolean
epns_cc3dml_read_pif (EpnsScenario *scenario, const EpnsXmlNode *steppable, GError **error)
{
  static const Cc3dWord words[] = { { "PIFName", CC3D_LEAF, NULL, NULL }, { .name = NULL } };
  const EpnsXmlNode *node = required (steppable, "PIFName", error);
  const char *name;

  if (node == NULL || !epns_cc3dml_check (scenario, steppable, "Type Frequency", words, error)
      || !epns_xml_string (node, NULL, &name, error))
    return FALSE;
  if (g_path_is_absolute (name))
    return epns_xml_refuse (node, EPNS_FAILURE_FORMAT, error,
                            "<PIFName>%.80s</PIFName>: CompuCell3D looks from the project's "
                            "folder; give a relative path",
                            name);
  g_autofree char *path = find_pif (node, error);
  return path != NULL
         && epns_piff_read (path, scenario, epns_scenario_add_region (scenario, EPNS_REGION_BOXES),
                            error);
}
