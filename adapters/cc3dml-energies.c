/* SPDX-License-Identifier: MIT */
/* Plugins that the step honours: CellType, Volume, Surface and Contact. */
#include "adapters/cc3dml.h"

#include <math.h>
#include <string.h>

enum { LARGEST_TYPE = 255, LARGEST_ORDER = 100 }; /* CompuCell3D keeps a type in one byte */

/* CellType */

static gint64
lowest_free (const EpnsScenario *scenario, const EpnsXmlNode *plugin)
{
  for (gint64 id = 0;; id++) {
    gboolean taken = epns_scenario_type_name (scenario, (gint32) id) != NULL;
    for (const EpnsXmlNode *row = epns_xml_child (plugin, "CellType"); row != NULL && !taken;
         row = epns_xml_again (row)) {
      const char *stated = epns_xml_attribute (row, "TypeId");
      taken = stated != NULL && g_ascii_strtoll (stated, NULL, 10) == id;
    }
    if (!taken)
      return id;
  }
}

static gboolean
read_type (EpnsScenario *scenario, const EpnsXmlNode *plugin, const EpnsXmlNode *row,
           GError **error)
{
  const char *name, *freeze = epns_xml_attribute (row, "Freeze");
  gint64 id;

  if (!epns_xml_string (row, "TypeName", &name, error))
    return FALSE;
  if (epns_xml_attribute (row, "TypeId") == NULL)
    id = lowest_free (scenario, plugin);
  else if (!epns_xml_integer (row, "TypeId", 0, LARGEST_TYPE, &id, error))
    return FALSE;
  if (epns_scenario_type_name (scenario, (gint32) id) != NULL)
    return epns_xml_refuse (row, EPNS_FAILURE_FORMAT, error,
                            "<CellType TypeId=\"%d\"> is \"%s\" already; give \"%.40s\" another",
                            (int) id, epns_scenario_type_name (scenario, (gint32) id), name);
  if (epns_scenario_type_id (scenario, name) >= 0)
    return epns_xml_refuse (row, EPNS_FAILURE_FORMAT, error,
                            "<CellType TypeName=\"%.40s\"> is declared twice; rename one", name);
  if ((id == 0) != g_str_equal (name, "Medium"))
    return epns_xml_refuse (row, EPNS_FAILURE_FORMAT, error,
                            "<CellType TypeName=\"%.40s\" TypeId=\"%d\">: Medium, and nothing "
                            "else, has TypeId 0",
                            name, (int) id);
  if (freeze != NULL && g_ascii_strcasecmp (freeze, "false") == 0)
    epns_cc3dml_note (scenario, row,
                      "Freeze=\"false\" freezes %s: CompuCell3D looks only whether Freeze is there",
                      name);
  if ((guint) id >= scenario->types->len)
    g_array_set_size (scenario->types, (guint) id + 1);
  EpnsCellType *type = &g_array_index (scenario->types, EpnsCellType, id);
  type->name = g_strdup (name);
  type->frozen = freeze != NULL;
  return TRUE;
}

gboolean
epns_cc3dml_read_types (EpnsScenario *scenario, const EpnsXmlNode *plugin, GError **error)
{
  static const Cc3dWord words[] = { { "CellType", CC3D_ROWS, "TypeName TypeId Freeze", NULL },
                                    { .name = NULL } };

  if (!epns_cc3dml_check (scenario, plugin, "Name", words, error))
    return FALSE;
  for (const EpnsXmlNode *row = epns_xml_child (plugin, "CellType"); row != NULL;
       row = epns_xml_again (row))
    if (!read_type (scenario, plugin, row, error))
      return FALSE;
  if (epns_scenario_type_name (scenario, 0) == NULL)
    return epns_xml_refuse (plugin, EPNS_FAILURE_FORMAT, error,
                            "no Medium; add <CellType TypeName=\"Medium\" TypeId=\"0\"/>");
  guint n = scenario->types->len;
  g_autofree gint32 *frozen = g_new0 (gint32, n);
  for (guint id = 0; id < n; id++)
    frozen[id] = g_array_index (scenario->types, EpnsCellType, id).frozen;
  epns_scenario_put (scenario, "frozen", EPNS_I32, 1, (int64_t[]) { n }, frozen);
  return TRUE;
}

/* Volume and Surface: strength * (value - target)^2, for all cells or by type */

typedef struct {
  const char *target, *strength, *rows, *expression; /* elements, and attributes of a row */
  const char *target_parameter, *strength_parameter;
} Constraint;

static const Constraint volume = {
  "TargetVolume", "LambdaVolume", "VolumeEnergyParameters", "VolumeEnergyExpression",
  "target-volume", "volume-strength"
};
static const Constraint surface = {
  "TargetSurface", "LambdaSurface", "SurfaceEnergyParameters", "SurfaceEnergyExpression",
  "target-surface", "surface-strength"
};

static gboolean
same_for_all (const EpnsXmlNode *plugin, const Constraint *constraint, guint n, double *target,
              double *strength, GError **error)
{
  const EpnsXmlNode *node = epns_xml_child (plugin, constraint->target);
  const EpnsXmlNode *factor = epns_xml_child (plugin, constraint->strength);

  if (factor == NULL)
    return epns_xml_refuse (node, EPNS_FAILURE_FORMAT, error, "<%s> without <%s>; add it",
                            constraint->target, constraint->strength);
  if (!epns_xml_number (node, NULL, 0.0, INFINITY, &target[1], error)
      || !epns_xml_number (factor, NULL, 0.0, INFINITY, &strength[1], error))
    return FALSE;
  for (guint type = 2; type < n; type++) {
    target[type] = target[1];
    strength[type] = strength[1];
  }
  return TRUE;
}

/* A type without a row, as is usual for frozen walls, has strength 0. */
static gboolean
by_type (EpnsScenario *scenario, const EpnsXmlNode *plugin, const Constraint *constraint, guint n,
         double *target, double *strength, GError **error)
{
  const char *const values[] = { constraint->target, constraint->strength };
  g_autofree gboolean *stated = g_new0 (gboolean, n);

  if (epns_xml_child (plugin, constraint->target) != NULL)
    epns_cc3dml_note (scenario, epns_xml_child (plugin, constraint->target),
                      "<%s> by type goes before it", constraint->rows);
  if (!epns_cc3dml_by_type (scenario, plugin, constraint->rows, values, 2,
                            (double *const[]) { target, strength }, stated, error))
    return FALSE;
  for (guint type = 1; type < n; type++) {
    const EpnsCellType *about = &g_array_index (scenario->types, EpnsCellType, type);
    if (about->name != NULL && !about->frozen && !stated[type])
      epns_cc3dml_note (scenario, plugin, "%s has no row of <%s>, so nothing constrains it",
                        about->name, constraint->rows);
  }
  target[0] = strength[0] = 0.0; /* the medium is no cell */
  return TRUE;
}

static gboolean
read_constraint (EpnsScenario *scenario, const EpnsXmlNode *plugin, const Constraint *constraint,
                 GError **error)
{
  guint n = scenario->types->len;
  g_autofree double *target = g_new0 (double, n + 1), *strength = g_new0 (double, n + 1);

  if (epns_xml_child (plugin, constraint->rows) != NULL) {
    if (!by_type (scenario, plugin, constraint, n, target, strength, error))
      return FALSE;
  } else if (epns_xml_child (plugin, constraint->target) != NULL) {
    if (!same_for_all (plugin, constraint, n, target, strength, error))
      return FALSE;
  } else {
    return epns_xml_refuse (plugin, EPNS_FAILURE_UNSUPPORTED, error,
                            "<Plugin Name=\"%s\"> leaves %s and %s to Python; state them here, or "
                            "by type in <%s>",
                            epns_xml_attribute (plugin, "Name"), constraint->target,
                            constraint->strength, constraint->rows);
  }
  epns_scenario_put (scenario, constraint->target_parameter, EPNS_F64, 1, (int64_t[]) { n },
                     target);
  epns_scenario_put (scenario, constraint->strength_parameter, EPNS_F64, 1, (int64_t[]) { n },
                     strength);
  return TRUE;
}

static const char by_expression[] =
    "is an energy by an expression of its own, which no step model here honours; remove it";

gboolean
epns_cc3dml_read_volume (EpnsScenario *scenario, const EpnsXmlNode *plugin, GError **error)
{
  static const Cc3dWord words[] = {
    { "TargetVolume", CC3D_LEAF, NULL, NULL },
    { "LambdaVolume", CC3D_LEAF, NULL, NULL },
    { "VolumeEnergyParameters", CC3D_ROWS, "CellType TargetVolume LambdaVolume", NULL },
    { "VolumeEnergyExpression", CC3D_REFUSED, NULL, by_expression },
    { "Units", CC3D_INERT, NULL, "only labels" },
    { .name = NULL }
  };

  return epns_cc3dml_check (scenario, plugin, "Name", words, error)
         && read_constraint (scenario, plugin, &volume, error);
}

gboolean
epns_cc3dml_read_surface (EpnsScenario *scenario, const EpnsXmlNode *plugin, GError **error)
{
  static const Cc3dWord words[] = {
    { "TargetSurface", CC3D_LEAF, NULL, NULL },
    { "LambdaSurface", CC3D_LEAF, NULL, NULL },
    { "SurfaceEnergyParameters", CC3D_ROWS, "CellType TargetSurface LambdaSurface", NULL },
    { "NeighborOrder", CC3D_LEAF, NULL, NULL },
    { "ScaleSurface", CC3D_LEAF, NULL, NULL },
    { "SurfaceEnergyExpression", CC3D_REFUSED, NULL, by_expression },
    { "Units", CC3D_INERT, NULL, "only labels" },
    { .name = NULL }
  };
  gint64 order = 1;
  double scale = 1.0;

  if (!epns_cc3dml_check (scenario, plugin, "Name", words, error)
      || !read_constraint (scenario, plugin, &surface, error))
    return FALSE;
  const EpnsXmlNode *node = epns_xml_child (plugin, "NeighborOrder");
  if (node != NULL && !epns_xml_integer (node, NULL, 1, LARGEST_ORDER, &order, error))
    return FALSE;
  node = epns_xml_child (plugin, "ScaleSurface");
  if (node != NULL && !epns_xml_number (node, NULL, 0.0, INFINITY, &scale, error))
    return FALSE;
  epns_scenario_put_integer (scenario, "surface-neighbor-order", (gint32) order);
  epns_scenario_put_number (scenario, "surface-scale", scale);
  return TRUE;
}

/* Contact */

static gboolean
read_energies (const EpnsScenario *scenario, const EpnsXmlNode *plugin, double *energy,
               gboolean *stated, GError **error)
{
  guint n = scenario->types->len;

  for (const EpnsXmlNode *row = epns_xml_child (plugin, "Energy"); row != NULL;
       row = epns_xml_again (row)) {
    gint32 a, b;
    double value;
    if (!epns_cc3dml_type (scenario, row, "Type1", &a, error)
        || !epns_cc3dml_type (scenario, row, "Type2", &b, error)
        || !epns_xml_number (row, NULL, -INFINITY, INFINITY, &value, error))
      return FALSE;
    gsize pair = (gsize) a * n + (gsize) b, mirrored = (gsize) b * n + (gsize) a;
    if (stated[pair])
      return epns_xml_refuse (row, EPNS_FAILURE_FORMAT, error,
                              "<Energy Type1=\"%s\" Type2=\"%s\"> is stated twice; remove one",
                              epns_scenario_type_name (scenario, a),
                              epns_scenario_type_name (scenario, b));
    stated[pair] = stated[mirrored] = TRUE;
    energy[pair] = energy[mirrored] = value;
  }
  return TRUE;
}

/* Every pair that can cost something must be stated; medium has no border with itself, and two
 * frozen types never change. */
static gboolean
check_pairs (const EpnsScenario *scenario, const EpnsXmlNode *plugin, const gboolean *stated,
             GError **error)
{
  guint n = scenario->types->len;

  for (guint a = 0; a < n; a++)
    for (guint b = MAX (a, 1); b < n; b++) {
      const EpnsCellType *first = &g_array_index (scenario->types, EpnsCellType, a);
      const EpnsCellType *second = &g_array_index (scenario->types, EpnsCellType, b);
      if (first->name == NULL || second->name == NULL || (first->frozen && second->frozen)
          || stated[a * n + b])
        continue;
      return epns_xml_refuse (plugin, EPNS_FAILURE_FORMAT, error,
                              "<Energy Type1=\"%s\" Type2=\"%s\"> is missing from "
                              "<Plugin Name=\"Contact\">, CompuCell3D would take 0; "
                              "add it, with 0 if that is meant",
                              first->name, second->name);
    }
  return TRUE;
}

/* Its mere presence counts. */
static gboolean
read_weighting (EpnsScenario *scenario, const EpnsXmlNode *plugin, GError **error)
{
  const EpnsXmlNode *node = epns_xml_child (plugin, "WeightEnergyByDistance");

  if (node != NULL && g_ascii_strcasecmp (node->text, "false") == 0)
    return epns_xml_refuse (node, EPNS_FAILURE_FORMAT, error,
                            "<%s>%s</%s> switches it on: CompuCell3D looks only whether it is "
                            "there; remove it",
                            node->name, node->text, node->name);
  epns_scenario_put_integer (scenario, "contact-weight-by-distance", node != NULL);
  return TRUE;
}

/* Depth goes before NeighborOrder here. */
static gboolean
read_order (EpnsScenario *scenario, const EpnsXmlNode *plugin, gint32 *order, GError **error)
{
  const EpnsXmlNode *depth = epns_xml_child (plugin, "Depth"),
                    *node = epns_xml_child (plugin, "NeighborOrder");
  gint64 value = 1;
  double distance;

  if (node != NULL && !epns_xml_integer (node, NULL, 1, LARGEST_ORDER, &value, error))
    return FALSE;
  if (depth != NULL && !epns_xml_number (depth, NULL, 1.0, 10.0, &distance, error))
    return FALSE;
  if (depth != NULL && node != NULL)
    epns_cc3dml_note (scenario, node, "Depth goes before it; it has no effect");
  *order = depth != NULL ? epns_cc3dml_depth_order (scenario, distance) : (gint32) value;
  return TRUE;
}

gboolean
epns_cc3dml_read_contact (EpnsScenario *scenario, const EpnsXmlNode *plugin, GError **error)
{
  static const Cc3dWord words[] = {
    { "Energy", CC3D_ROWS, "Type1 Type2", NULL },
    { "NeighborOrder", CC3D_LEAF, NULL, NULL },
    { "Depth", CC3D_LEAF, NULL, NULL },
    { "WeightEnergyByDistance", CC3D_LEAF, NULL, NULL },
    { "Units", CC3D_INERT, NULL, "only labels" },
    { .name = NULL }
  };
  guint n = scenario->types->len;
  g_autofree double *energy = g_new0 (double, (gsize) n * n);
  g_autofree gboolean *stated = g_new0 (gboolean, (gsize) n * n);
  gint32 order;

  if (!epns_cc3dml_check (scenario, plugin, "Name", words, error)
      || !read_energies (scenario, plugin, energy, stated, error)
      || !check_pairs (scenario, plugin, stated, error)
      || !read_order (scenario, plugin, &order, error) || !read_weighting (scenario, plugin, error))
    return FALSE;
  epns_scenario_put (scenario, "contact-energy", EPNS_F64, 2, (int64_t[]) { n, n }, energy);
  epns_scenario_put_integer (scenario, "contact-neighbor-order", order);
  return TRUE;
}
