/* SPDX-License-Identifier: MIT */
/* <CellTypes>: names, volume and surface, connectivity, what is frozen; what else moves cells is
 * refused, what only computes values is noted. A type without cells has no say. */
#include "adapters/morpheus.h"

#include <math.h>

#define IN_MORPHEUS "; remove it, or run this file in Morpheus"
#define PUSHES(what) "moves cells by " what ", which no step model here honours" IN_MORPHEUS
#define MAKES(what) what ", and cells neither come nor go here" IN_MORPHEUS

static const MorpheusWord words[] = {
  { "VolumeConstraint", MORPHEUS_READ, "target strength", NULL },
  { "SurfaceConstraint", MORPHEUS_READ, "target strength mode", NULL },
  { "ConnectivityConstraint", MORPHEUS_READ, "", NULL },
  { "FreezeMotion", MORPHEUS_READ, "condition", NULL },
  MORPHEUS_VALUES,
  { "Property", MORPHEUS_SYMBOL, NULL, NULL },
  { "PropertyVector", MORPHEUS_SYMBOL, NULL, NULL },
  { "DelayProperty", MORPHEUS_SYMBOL, NULL, NULL },
  { "MembraneProperty", MORPHEUS_SYMBOL, NULL, NULL },
  { "BufferedVectorReporter", MORPHEUS_INERT, NULL, MORPHEUS_COMPUTES },
  { "CellReporter", MORPHEUS_INERT, NULL, MORPHEUS_COMPUTES },
  { "MembraneReporter", MORPHEUS_INERT, NULL, MORPHEUS_COMPUTES },
  { "MotilityReporter", MORPHEUS_INERT, NULL, MORPHEUS_COMPUTES },
  { "PopulationReporter", MORPHEUS_INERT, NULL, MORPHEUS_COMPUTES },
  { "MembraneRules", MORPHEUS_INERT, NULL, MORPHEUS_COMPUTES },
  { "BBox", MORPHEUS_INERT, NULL, MORPHEUS_COMPUTES },
  { "PersistentMotion", MORPHEUS_REFUSED, NULL, PUSHES ("what they did before") },
  { "DirectedMotion", MORPHEUS_REFUSED, NULL, PUSHES ("a direction") },
  { "Chemotaxis", MORPHEUS_REFUSED, NULL, PUSHES ("a field's gradient") },
  { "Haptotaxis", MORPHEUS_REFUSED, NULL, PUSHES ("a field") },
  { "Protrusion", MORPHEUS_REFUSED, NULL, PUSHES ("their sites' activity") },
  { "Pseudopodia", MORPHEUS_REFUSED, NULL, PUSHES ("pseudopodia") },
  { "LengthConstraint", MORPHEUS_REFUSED, NULL, PUSHES ("a target for their length") },
  { "StarConvex", MORPHEUS_REFUSED, NULL, PUSHES ("their convexity") },
  { "MatrixGuidance", MORPHEUS_REFUSED, NULL, PUSHES ("a matrix") },
  { "MechanicalLink", MORPHEUS_REFUSED, NULL, PUSHES ("links between them") },
  { "FlipCellMotion", MORPHEUS_REFUSED, NULL, PUSHES ("exchanging whole cells") },
  { "MargolusDiffusion", MORPHEUS_REFUSED, NULL, PUSHES ("exchanging sites") },
  { "RodMechanics", MORPHEUS_REFUSED, NULL, PUSHES ("rods' mechanics") },
  { "RodAutoGrowth", MORPHEUS_REFUSED, NULL, PUSHES ("rods' growth") },
  { "CellDivision", MORPHEUS_REFUSED, NULL, MAKES ("divides cells") },
  { "CellDeath", MORPHEUS_REFUSED, NULL, MAKES ("lets cells die") },
  { "AddCell", MORPHEUS_REFUSED, NULL, MAKES ("adds cells") },
  { "InsertMedium", MORPHEUS_REFUSED, NULL, MAKES ("turns sites of cells into medium") },
  { "Fusion", MORPHEUS_REFUSED, NULL, MAKES ("merges cells") },
  { "Vesicles", MORPHEUS_REFUSED, NULL, MAKES ("sets vesicles free") },
  { "FluidSecretion", MORPHEUS_REFUSED, NULL, MAKES ("sets fluid free") },
  { "ChangeCellType", MORPHEUS_REFUSED, NULL,
    "turns cells into others, and cells keep their types here" IN_MORPHEUS },
  { .name = NULL }
};

static gboolean
add_type (EpnsMorpheus *self, const EpnsXmlNode *row, const char *name)
{
  EpnsCellType type = { .name = g_strdup (name) };

  g_array_append_val (self->scenario->types, type);
  g_ptr_array_add (self->type_nodes, (gpointer) row);
  return TRUE;
}

/* A name is part of symbols, so that it has neither blanks nor signs. */
static gboolean
read_name (EpnsMorpheus *self, const EpnsXmlNode *row, gboolean *medium, GError **error)
{
  static const char *const classes[] = { "biological", "medium", NULL };
  const char *name;
  int which;

  if (!epns_xml_string (row, "name", &name, error)
      || !epns_morpheus_choice (row, "class", classes, -1, &which, error))
    return FALSE;
  *medium = which == 1;
  if (epns_scenario_type_id (self->scenario, name) >= 0)
    return epns_xml_refuse (row, EPNS_FAILURE_FORMAT, error,
                            "<CellType name=\"%.40s\"> is stated twice; rename one", name);
  return TRUE;
}

/* The first medium is type 0, whatever its place; where there is none, Morpheus has one of its own.
 * The others follow in the file's order. */
gboolean
epns_morpheus_name_types (EpnsMorpheus *self, const EpnsXmlNode *types, GError **error)
{
  enum { MOST = 255 };
  const EpnsXmlNode *medium = NULL;
  gboolean is_medium;

  for (const EpnsXmlNode *row = epns_xml_child (types, "CellType"); row != NULL && medium == NULL;
       row = epns_xml_again (row)) {
    const char *class_name = epns_xml_attribute (row, "class");
    if (class_name != NULL && g_str_equal (class_name, "medium"))
      medium = row;
  }
  const char *medium_name = medium ? epns_xml_attribute (medium, "name") : NULL;
  add_type (self, medium, medium_name ? medium_name : "Medium");
  for (const EpnsXmlNode *row = epns_xml_child (types, "CellType"); row != NULL;
       row = epns_xml_again (row)) {
    if (row == medium ? epns_xml_attribute (row, "name") == NULL : TRUE) {
      if (!read_name (self, row, &is_medium, error))
        return FALSE;
    }
    if (row != medium)
      add_type (self, row, epns_xml_attribute (row, "name"));
    if (self->type_nodes->len > MOST)
      return epns_xml_refuse (row, EPNS_FAILURE_UNSUPPORTED, error,
                              "more than %d cell types; remove those that are not used", MOST - 1);
  }
  return TRUE;
}

/* Arrays by type that become parameters. */
typedef struct {
  guint n;
  double *volume, *volume_strength, *surface, *surface_strength;
  gint32 *frozen, *connected;
  int mode;       /* of surfaces: see below; -1 till one is stated */
  gboolean sized; /* some type has a volume */
} Tables;

enum { MODE_SURFACE, MODE_ASPHERITY };

static gboolean
read_volume (EpnsMorpheus *self, const EpnsXmlNode *node, gint32 type, Tables *tables,
             GError **error)
{
  const MorpheusScope *scope = epns_morpheus_scope (self, type);

  tables->sized = TRUE;
  return epns_morpheus_number (self, scope, node, "target", 0.0, 1e12, &tables->volume[type], error)
         && epns_morpheus_number (self, scope, node, "strength", -1e12, 1e12,
                                  &tables->volume_strength[type], error);
}

static gboolean
read_surface (EpnsMorpheus *self, const EpnsXmlNode *node, gint32 type, Tables *tables,
              GError **error)
{
  static const char *const modes[] = { "surface", "aspherity", NULL };
  const MorpheusScope *scope = epns_morpheus_scope (self, type);
  int mode;

  if (!epns_morpheus_choice (node, "mode", modes, -1, &mode, error))
    return FALSE;
  if (tables->mode >= 0 && tables->mode != mode)
    return epns_xml_refuse (node, EPNS_FAILURE_UNSUPPORTED, error,
                            "<SurfaceConstraint mode=\"%s\">: another cell type has mode=\"%s\"; "
                            "state all in one mode",
                            modes[mode], modes[tables->mode]);
  tables->mode = mode;
  return epns_morpheus_number (self, scope, node, "target", 0.0, 1e12, &tables->surface[type],
                               error)
         && epns_morpheus_number (self, scope, node, "strength", -1e12, 1e12,
                                  &tables->surface_strength[type], error);
}

/* Frozen where the condition is 1 or more. */
static gboolean
read_freeze (EpnsMorpheus *self, const EpnsXmlNode *node, gint32 type, Tables *tables,
             GError **error)
{
  const MorpheusScope *scope = epns_morpheus_scope (self, type);
  const EpnsXmlNode *condition = epns_xml_child (node, "Condition");
  double value;

  if (condition == NULL)
    return epns_xml_refuse (node, EPNS_FAILURE_FORMAT, error,
                            "<FreezeMotion> has no <Condition>; add <Condition>1</Condition>");
  if (!epns_morpheus_number (self, scope, condition, NULL, -INFINITY, INFINITY, &value, error))
    return FALSE;
  tables->frozen[type] = value >= 1.0;
  return TRUE;
}

static gboolean
read_type (EpnsMorpheus *self, const EpnsXmlNode *row, gint32 type, Tables *tables, GError **error)
{
  for (const EpnsXmlNode *node = row->children; node != NULL; node = node->next) {
    gboolean fine = TRUE;
    if (g_str_equal (node->name, "VolumeConstraint"))
      fine = read_volume (self, node, type, tables, error);
    else if (g_str_equal (node->name, "SurfaceConstraint"))
      fine = read_surface (self, node, type, tables, error);
    else if (g_str_equal (node->name, "FreezeMotion"))
      fine = read_freeze (self, node, type, tables, error);
    else if (g_str_equal (node->name, "ConnectivityConstraint"))
      tables->connected[type] = 1;
    if (!fine)
      return FALSE;
  }
  return TRUE;
}

/* The medium has neither volume nor surface here. */
static gboolean
check_medium (EpnsMorpheus *self, const EpnsXmlNode *row, GError **error)
{
  if (!epns_morpheus_check (self, row, words, error))
    return FALSE;
  for (const MorpheusWord *word = words; word->treatment == MORPHEUS_READ; word++) {
    const EpnsXmlNode *node = epns_xml_child (row, word->name);
    if (node != NULL)
      return epns_xml_refuse (node, EPNS_FAILURE_UNSUPPORTED, error,
                              "<%s> of a medium, which no step model here honours; remove it",
                              node->name);
  }
  return TRUE;
}

/* What makes cells does so from none, too. */
static gboolean
check_empty_type (EpnsMorpheus *self, const EpnsXmlNode *row, GError **error)
{
  static const MorpheusWord makers[] = {
    { "AddCell", MORPHEUS_REFUSED, NULL, MAKES ("adds cells") }, { .name = NULL }
  };

  for (const EpnsXmlNode *node = row->children; node != NULL; node = node->next)
    if (g_str_equal (node->name, makers[0].name))
      return epns_morpheus_check (self, row, makers, error);
  if (row->children != NULL)
    epns_morpheus_note (self, row, "no cell is of type %s, so that nothing it states has an effect",
                        epns_xml_attribute (row, "name"));
  return TRUE;
}

static void
put_by_type (EpnsMorpheus *self, const char *name, guint n, const double *values)
{
  epns_scenario_put (self->scenario, name, EPNS_F64, 1, (int64_t[]) { n }, values);
}

static void
put_tables (EpnsMorpheus *self, const Tables *tables)
{
  EpnsScenario *scenario = self->scenario;
  const int64_t shape[] = { tables->n };

  for (guint type = 0; type < tables->n; type++)
    g_array_index (scenario->types, EpnsCellType, type).frozen = tables->frozen[type];
  epns_scenario_put (scenario, "frozen", EPNS_I32, 1, shape, tables->frozen);
  put_by_type (self, "target-volume", tables->n, tables->volume);
  put_by_type (self, "volume-strength", tables->n, tables->volume_strength);
  if (tables->mode >= 0) {
    put_by_type (self, "target-surface", tables->n, tables->surface);
    put_by_type (self, "surface-strength", tables->n, tables->surface_strength);
    epns_scenario_put_integer (scenario, "surface-target", tables->mode == MODE_ASPHERITY);
  }
  for (guint type = 1; type < tables->n; type++)
    if (tables->connected[type]) {
      epns_scenario_put (scenario, "connected", EPNS_I32, 1, shape, tables->connected);
      break;
    }
}

static void
note_free_types (EpnsMorpheus *self, const Tables *tables)
{
  for (guint type = 1; type < tables->n; type++) {
    const EpnsXmlNode *row = g_ptr_array_index (self->type_nodes, type);
    if (epns_morpheus_populated (self, (gint32) type) && !tables->frozen[type]
        && fabs (tables->volume_strength[type]) <= 0.0)
      epns_morpheus_note (self, row, "nothing constrains the volume of cells of type %s",
                          epns_xml_attribute (row, "name"));
  }
}

gboolean
epns_morpheus_read_types (EpnsMorpheus *self, const EpnsXmlNode *types, GError **error)
{
  static const MorpheusWord rows[] = { { "CellType", MORPHEUS_READ, "class", NULL },
                                       { .name = NULL } };
  guint n = self->type_nodes->len;
  g_autofree double *numbers = g_new0 (double, 4 * n);
  g_autofree gint32 *flags = g_new0 (gint32, 2 * n);
  Tables tables = { n, numbers, numbers + n, numbers + 2 * n, numbers + 3 * n, flags, flags + n,
                    -1, FALSE };

  if (!epns_morpheus_check (self, types, rows, error))
    return FALSE;
  for (guint type = 0; type < n; type++) {
    const EpnsXmlNode *row = g_ptr_array_index (self->type_nodes, type);
    if (row == NULL)
      continue;
    if (type == 0) {
      if (!check_medium (self, row, error))
        return FALSE;
    } else if (!epns_morpheus_populated (self, (gint32) type)) {
      if (!check_empty_type (self, row, error))
        return FALSE;
    } else if (!epns_morpheus_check (self, row, words, error)
               || !read_type (self, row, (gint32) type, &tables, error)) {
      return FALSE;
    }
  }
  put_tables (self, &tables);
  note_free_types (self, &tables);
  return TRUE;
}
