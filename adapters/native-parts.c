/* SPDX-License-Identifier: MIT */
/* The two long parts of our own format: parameters by name, and how the cells start. */
#include "adapters/native.h"
#include "adapters/piff.h"
#include "adapters/xml-values.h"

#include <float.h>
#include <math.h>
#include <string.h>

/* Parameters: what adapters/scenario.h lists, with the ranges that make sense */

typedef enum { ONE, BY_TYPE, BY_PAIR } Shape;

typedef struct {
  const char *name;
  Shape shape;
  int32_t dtype;
  double minimum, maximum;
  const char *values; /* words for 0, 1, 2... */
} Known;

static const Known known[] = {
  { "temperature", ONE, EPNS_F64, 0.0, INFINITY, NULL },
  { "fluctuation-amplitude", BY_TYPE, EPNS_F64, 0.0, INFINITY, NULL },
  { "fluctuation-combine", ONE, EPNS_I32, 0, 2, "min|max|mean" },
  { "acceptance-offset", ONE, EPNS_F64, -INFINITY, INFINITY, NULL },
  { "boltzmann-constant", ONE, EPNS_F64, DBL_MIN, INFINITY, NULL },
  { "attempts-per-site", ONE, EPNS_F64, 0.0, INFINITY, NULL },
  { "neighbor-order", ONE, EPNS_I32, 1, 100, NULL },
  { "target-volume", BY_TYPE, EPNS_F64, 0.0, INFINITY, NULL },
  { "volume-strength", BY_TYPE, EPNS_F64, 0.0, INFINITY, NULL },
  { "target-surface", BY_TYPE, EPNS_F64, 0.0, INFINITY, NULL },
  { "surface-strength", BY_TYPE, EPNS_F64, 0.0, INFINITY, NULL },
  { "surface-neighbor-order", ONE, EPNS_I32, 1, 100, NULL },
  { "surface-scale", ONE, EPNS_F64, 0.0, INFINITY, NULL },
  { "contact-energy", BY_PAIR, EPNS_F64, -INFINITY, INFINITY, NULL },
  { "contact-neighbor-order", ONE, EPNS_I32, 1, 100, NULL },
  { "contact-weight-by-distance", ONE, EPNS_I32, 0, 1, "false|true" },
};

/* What has been stated of one parameter; n x n entries serve every shape. */
typedef struct {
  double *value;
  gboolean *stated;
  gboolean any;
} Statement;

static const Known *
find_known (const EpnsXmlNode *row, const char *name, GError **error)
{
  const char *names[G_N_ELEMENTS (known) + 1] = { NULL };

  for (guint i = 0; i < G_N_ELEMENTS (known); i++) {
    names[i] = known[i].name;
    if (g_str_equal (known[i].name, name))
      return &known[i];
  }
  g_autofree char *hint = epns_suggestion (name, names);
  epns_xml_refuse (row, EPNS_FAILURE_FORMAT, error, "<parameter name=\"%.40s\"> is not known%s",
                   name, *hint ? hint : "; epns list names the parameters of a step model");
  return NULL;
}

static gboolean
parse_value (const EpnsXmlNode *row, const Known *about, double *value, GError **error)
{
  if (about->values != NULL) {
    g_auto (GStrv) words = g_strsplit (about->values, "|", -1);
    for (guint i = 0; words[i] != NULL; i++)
      if (g_str_equal (words[i], epns_xml_attribute (row, "value"))) {
        *value = i;
        return TRUE;
      }
    return epns_xml_refuse (row, EPNS_FAILURE_FORMAT, error,
                            "<parameter name=\"%s\" value=\"%.40s\">: give one of %s", about->name,
                            epns_xml_attribute (row, "value"), about->values);
  }
  if (about->dtype == EPNS_F64)
    return epns_xml_number (row, "value", about->minimum, about->maximum, value, error);
  gint64 integer;
  if (!epns_xml_integer (row, "value", (gint64) about->minimum, (gint64) about->maximum, &integer,
                         error))
    return FALSE;
  *value = (double) integer;
  return TRUE;
}

static gboolean
read_row (const EpnsScenario *scenario, const EpnsXmlNode *row, const Known *about,
          Statement *statement, GError **error)
{
  static const char *const wanted[] = { "neither type nor with", "type=\"...\" and no with",
                                        "type=\"...\" and with=\"...\"" };
  const char *name[2] = { epns_xml_attribute (row, "type"), epns_xml_attribute (row, "with") };
  gsize n = scenario->types->len;
  gint32 type[2] = { 0, 0 };
  double value;

  if ((name[0] != NULL) != (about->shape >= BY_TYPE)
      || (name[1] != NULL) != (about->shape == BY_PAIR))
    return epns_xml_refuse (row, EPNS_FAILURE_FORMAT, error, "<parameter name=\"%s\"> takes %s",
                            about->name, wanted[about->shape]);
  for (int i = 0; i < 2; i++)
    if (name[i] != NULL && !epns_native_type (scenario, row, name[i], &type[i], error))
      return FALSE;
  if (!parse_value (row, about, &value, error))
    return FALSE;
  gsize at = about->shape == BY_PAIR ? (gsize) type[0] * n + (gsize) type[1] : (gsize) type[0];
  gsize mirrored = about->shape == BY_PAIR ? (gsize) type[1] * n + (gsize) type[0] : at;
  if (statement->stated[at])
    return epns_xml_refuse (row, EPNS_FAILURE_FORMAT, error,
                            "<parameter name=\"%s\"> is stated twice here; keep one", about->name);
  statement->stated[at] = statement->stated[mirrored] = statement->any = TRUE;
  statement->value[at] = statement->value[mirrored] = value;
  return TRUE;
}

/* What is stated for some types must be stated for all that move; types of two frozen cells have no
 * say. */
static gboolean
check_complete (const EpnsScenario *scenario, const EpnsXmlNode *node, const Known *about,
                const Statement *statement, GError **error)
{
  guint n = scenario->types->len;
  const EpnsCellType *types = (const EpnsCellType *) (gpointer) scenario->types->data;

  for (guint a = about->shape == BY_PAIR ? 0 : 1; a < n && about->shape != ONE; a++)
    for (guint b = MAX (a, 1); b < (about->shape == BY_PAIR ? n : a + 1); b++) {
      gsize at = about->shape == BY_PAIR ? (gsize) a * n + b : a;
      if (statement->stated[at] || (types[a].frozen && types[b].frozen))
        continue;
      if (about->shape == BY_PAIR)
        return epns_xml_refuse (node, EPNS_FAILURE_FORMAT, error,
                                "<parameter name=\"%s\" type=\"%s\" with=\"%s\"> is missing; add "
                                "it",
                                about->name, types[a].name, types[b].name);
      return epns_xml_refuse (node, EPNS_FAILURE_FORMAT, error,
                              "<parameter name=\"%s\" type=\"%s\"> is missing; add it", about->name,
                              types[a].name);
    }
  return TRUE;
}

static void
put (EpnsScenario *scenario, const Known *about, const Statement *statement)
{
  int64_t n = scenario->types->len, shape[2] = { n, n };

  if (about->dtype == EPNS_I32)
    epns_scenario_put_integer (scenario, about->name, (gint32) statement->value[0]);
  else
    epns_scenario_put (scenario, about->name, EPNS_F64, (int32_t) about->shape, shape,
                       statement->value);
}

static gboolean
finish (EpnsScenario *scenario, const EpnsXmlNode *node, const Statement *statements,
        GError **error)
{
  static const char *const needed[] = { "temperature", "target-volume", "volume-strength",
                                        "contact-energy", NULL };

  for (guint i = 0; i < G_N_ELEMENTS (known); i++) {
    if (statements[i].any) {
      if (!check_complete (scenario, node, &known[i], &statements[i], error))
        return FALSE;
      put (scenario, &known[i], &statements[i]);
    } else if (g_strv_contains (needed, known[i].name)) {
      return epns_xml_refuse (node, EPNS_FAILURE_FORMAT, error,
                              "<parameters> has no %s; add it, 0 where none is meant",
                              known[i].name);
    }
  }
  return TRUE;
}

gboolean
epns_native_read_parameters (EpnsScenario *scenario, const EpnsXmlNode *node, GError **error)
{
  gsize n = scenario->types->len, room = n * n;
  Statement statements[G_N_ELEMENTS (known)] = { { 0 } };
  g_autofree double *values = g_new0 (double, room * G_N_ELEMENTS (known));
  g_autofree gboolean *stated = g_new0 (gboolean, room * G_N_ELEMENTS (known));

  for (guint i = 0; i < G_N_ELEMENTS (known); i++) {
    statements[i].value = values + i * room;
    statements[i].stated = stated + i * room;
  }
  for (const EpnsXmlNode *row = epns_xml_child (node, "parameter"); row != NULL;
       row = epns_xml_again (row)) {
    const Known *about = find_known (row, epns_xml_attribute (row, "name"), error);
    if (about == NULL || !read_row (scenario, row, about, &statements[about - known], error))
      return FALSE;
  }
  return finish (scenario, node, statements, error);
}

/* Cells */

static gboolean
read_point (const EpnsXmlNode *node, const char *attribute, const EpnsScenario *scenario,
            gint32 beyond, gint32 point[3], GError **error)
{
  const char *at = epns_xml_attribute (node, attribute);
  char *end;

  for (int axis = 0; axis < 3; axis++, at = end) {
    gint64 value = g_ascii_strtoll (at, &end, 10);
    if (value >= scenario->size[2 - axis] + beyond)
      return epns_xml_refuse (node, EPNS_FAILURE_RANGE, error,
                              "<%s %s=\"%s\"> lies outside the lattice; correct it", node->name,
                              attribute, epns_xml_attribute (node, attribute));
    point[axis] = (gint32) value;
  }
  return TRUE;
}

static gboolean
read_tiles (const EpnsScenario *scenario, const EpnsXmlNode *node, EpnsRegion *region,
            GError **error)
{
  g_auto (GStrv) names = g_strsplit_set (epns_xml_attribute (node, "types"), " \t\r\n", -1);
  gint64 width, gap = 0;

  if (!epns_xml_integer (node, "width", 1, 32767, &width, error)
      || (epns_xml_attribute (node, "gap") != NULL
          && !epns_xml_integer (node, "gap", 0, 32767, &gap, error)))
    return FALSE;
  region->width = (gint32) width;
  region->gap = (gint32) gap;
  for (char **name = names; *name != NULL; name++) {
    gint32 type;
    if (**name == '\0')
      continue;
    if (!epns_native_type (scenario, node, *name, &type, error))
      return FALSE;
    if (type == 0)
      return epns_xml_refuse (node, EPNS_FAILURE_FORMAT, error,
                              "<%s>: Medium is no cell; name a cell type", node->name);
    g_array_append_val (region->types, type);
  }
  return TRUE;
}

static gboolean
read_blob (EpnsScenario *scenario, const EpnsXmlNode *node, GError **error)
{
  static const char *const axes[3] = { "x", "y", "z" };
  EpnsRegion *region = epns_scenario_add_region (scenario, EPNS_REGION_BLOB);

  for (int axis = 0; axis < 3; axis++) {
    gint64 value = 0;
    if (epns_xml_attribute (node, axes[axis]) != NULL
        && !epns_xml_integer (node, axes[axis], 0, 32767, &value, error))
      return FALSE;
    region->centre[axis] = (gint32) value;
  }
  return epns_xml_number (node, "radius", 0.0, 1e6, &region->radius, error)
         && read_tiles (scenario, node, region, error);
}

static gboolean
ordered (const EpnsXmlNode *node, const gint32 low[3], const gint32 high[3], gint32 least,
         GError **error)
{
  for (int axis = 0; axis < 3; axis++)
    if (high[axis] < low[axis] + least)
      return epns_xml_refuse (node, EPNS_FAILURE_RANGE, error,
                              "<%s from=\"%s\" to=\"%s\"> holds no site%s", node->name,
                              epns_xml_attribute (node, "from"), epns_xml_attribute (node, "to"),
                              least > 0 ? "; `to` is not included" : "; exchange them");
  return TRUE;
}

static gboolean
read_grid (EpnsScenario *scenario, const EpnsXmlNode *node, GError **error)
{
  EpnsRegion *region = epns_scenario_add_region (scenario, EPNS_REGION_UNIFORM);

  return read_point (node, "from", scenario, 0, region->low, error)
         && read_point (node, "to", scenario, 1, region->high, error)
         && ordered (node, region->low, region->high, 1, error)
         && read_tiles (scenario, node, region, error);
}

static gboolean
read_piff (EpnsScenario *scenario, const EpnsXmlNode *node, GError **error)
{
  g_autofree char *path = epns_native_path (scenario->path, epns_xml_attribute (node, "href"));

  return epns_piff_read (path, scenario, epns_scenario_add_region (scenario, EPNS_REGION_BOXES),
                         error);
}

/* Boxes that follow one another belong to one region, as the lines of a PIFF file do. */
static gboolean
read_box (EpnsScenario *scenario, const EpnsXmlNode *node, EpnsRegion **region, GError **error)
{
  EpnsCellBox box;
  gint64 cell;

  if (!epns_xml_integer (node, "cell", 1, 1 << 24, &cell, error)
      || !epns_native_type (scenario, node, epns_xml_attribute (node, "type"), &box.type, error)
      || !read_point (node, "from", scenario, 0, box.low, error)
      || !read_point (node, "to", scenario, 0, box.high, error)
      || !ordered (node, box.low, box.high, 0, error))
    return FALSE;
  if (box.type == 0)
    return epns_xml_refuse (node, EPNS_FAILURE_FORMAT, error,
                            "<box>: Medium is no cell; name a cell type");
  box.cell = (gint32) cell;
  if (*region == NULL)
    *region = epns_scenario_add_region (scenario, EPNS_REGION_BOXES);
  g_array_append_val ((*region)->boxes, box);
  return TRUE;
}

gboolean
epns_native_read_cells (EpnsScenario *scenario, const EpnsXmlNode *node, GError **error)
{
  static const struct {
    const char *element;
    gboolean (*read) (EpnsScenario *scenario, const EpnsXmlNode *node, GError **error);
  } pieces[] = { { "blob", read_blob }, { "grid", read_grid }, { "piff", read_piff } };
  EpnsRegion *boxes = NULL;

  for (const EpnsXmlNode *at = node->children; at != NULL; at = at->next) {
    if (g_str_equal (at->name, "box")) {
      if (!read_box (scenario, at, &boxes, error))
        return FALSE;
      continue;
    }
    boxes = NULL;
    for (guint i = 0; i < G_N_ELEMENTS (pieces); i++)
      if (g_str_equal (at->name, pieces[i].element) && !pieces[i].read (scenario, at, error))
        return FALSE;
  }
  return TRUE;
}
