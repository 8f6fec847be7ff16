/* SPDX-License-Identifier: MIT */
/* Cell definitions of a PhysiCell settings file: what each inherits, its mechanics and motility.
 * Rules and defaults: core/PhysiCell_cell.cpp (initialize_cell_definition_from_pugixml) and
 * core/PhysiCell_phenotype.cpp (the constructors). */
#include "adapters/physicell.h"

#include <float.h>
#include <math.h>

#define AT(member) G_STRUCT_OFFSET (EpnsPhysicellType, member)
#define QUIET(element)                                                                             \
  {                                                                                                \
    element, PHYSICELL_QUIET, 0, 0, 0, NULL                                                        \
  }
#define PART(element)                                                                              \
  {                                                                                                \
    element, PHYSICELL_PART, 0, 0, 0, NULL                                                         \
  }

static void
add_pairs (EpnsPhysicell *self, EpnsPhysicellType *type)
{
  for (int pair = 0; pair < PHYSICELL_PAIRS; pair++) {
    type->pair[pair] = g_new0 (double, MAX (self->n_types, 1));
    g_ptr_array_add (self->pairs, type->pair[pair]);
  }
}

static void
copy_type (const EpnsPhysicell *self, EpnsPhysicellType *to, const EpnsPhysicellType *from)
{
  EpnsPhysicellType own = *to;

  *to = *from;
  to->node = own.node, to->name = own.name, to->id = own.id;
  for (int pair = 0; pair < PHYSICELL_PAIRS; pair++) {
    to->pair[pair] = own.pair[pair];
    for (guint i = 0; i < self->n_types; i++)
      to->pair[pair][i] = from->pair[pair][i];
  }
}

/* A cell of which nothing is stated. */
static void
set_defaults (const EpnsPhysicell *self, EpnsPhysicellType *type)
{
  type->volume = 2494.0;
  type->adhesion = 0.4, type->repulsion = 10.0, type->reach = 1.25;
  type->membrane_adhesion = 4.0, type->membrane_repulsion = 100.0;
  type->speed = 1.0, type->persistence = 1.0;
  for (guint i = 0; i < self->n_types; i++)
    type->pair[PHYSICELL_AFFINITY][i] = 1.0;
  epns_physicell_default_life (type);
}

/* A copy of the defaults that no parent_type asked for starts without what cells do. */
static void
put_to_rest (const EpnsPhysicell *self, EpnsPhysicellType *type)
{
  type->motile = type->chemotaxis = type->advanced_chemotaxis = FALSE;
  for (int pair = PHYSICELL_EATS; pair < PHYSICELL_PAIRS; pair++)
    for (guint i = 0; i < self->n_types; i++)
      type->pair[pair][i] = 0.0;
}

static gboolean
read_volume (EpnsPhysicell *self, EpnsPhysicellType *type, const EpnsXmlNode *node, GError **error)
{
  static const PhysicellWord words[] = { { "total", PHYSICELL_NUMBER, AT (volume), DBL_MIN, DBL_MAX,
                                           NULL },
                                         QUIET ("fluid_fraction"),
                                         QUIET ("nuclear"),
                                         QUIET ("fluid_change_rate"),
                                         QUIET ("cytoplasmic_biomass_change_rate"),
                                         QUIET ("nuclear_biomass_change_rate"),
                                         QUIET ("calcified_fraction"),
                                         QUIET ("calcification_rate"),
                                         QUIET ("relative_rupture_volume"),
                                         { .name = NULL } };

  return epns_physicell_section (self, node, words, type, error);
}

static gboolean
read_affinities (EpnsPhysicell *self, EpnsPhysicellType *type, const EpnsXmlNode *node,
                 GError **error)
{
  static const PhysicellWord words[] = {
    { "cell_adhesion_affinity", PHYSICELL_PARTS, 0, 0, 0, NULL }, { .name = NULL }
  };

  if (!epns_physicell_section (self, node, words, type, error))
    return FALSE;
  for (const EpnsXmlNode *row = node->children; row != NULL; row = row->next) {
    const char *name;
    if (!epns_xml_string (row, "name", &name, error))
      return FALSE;
    gint other = epns_physicell_by_name (self, name);
    if (other < 0) {
      g_autofree char *hint = epns_physicell_hint (self, name, "; remove it");
      return epns_xml_refuse (row, EPNS_FAILURE_FORMAT, error,
                              "<%s name=\"%.40s\">: no cell definition has this name, PhysiCell "
                              "would ignore it%s",
                              row->name, name, hint);
    }
    if (!epns_xml_number (row, NULL, 0.0, DBL_MAX, &type->pair[PHYSICELL_AFFINITY][other], error))
      return FALSE;
  }
  return TRUE;
}

/* Mechanics::set_relative_equilibrium_distance: two equal cells balance at `distance` radii, at
 * most 2, where the adhesion is
 *   a = r ((1 - s/2) / (1 - s/(2 f)))^2,  s the distance, r the repulsion, f the reach. */
static gboolean
balance (EpnsPhysicellType *type, const EpnsXmlNode *node, double distance, GError **error)
{
  double s = MIN (distance, 2.0), root = (1.0 - s / 2.0) / (1.0 - s / (2.0 * type->reach));

  if (!(type->reach > s / 2.0))
    return epns_xml_refuse (node, EPNS_FAILURE_RANGE, error,
                            "<%s>: %g radii are beyond relative_maximum_adhesion_distance %g; "
                            "correct one of them",
                            node->name, distance, type->reach);
  type->adhesion = type->repulsion * root * root;
  return TRUE;
}

static gboolean
read_distance (EpnsPhysicell *self, EpnsPhysicellType *type, const EpnsXmlNode *options,
               const char *name, double unit, GError **error)
{
  const EpnsXmlNode *node = epns_xml_child (options, name);
  gboolean enabled = FALSE;
  double distance;

  if (node == NULL)
    return TRUE;
  if (!epns_physicell_flag (node, "enabled", FALSE, &enabled, error))
    return FALSE;
  if (!enabled)
    return TRUE;
  if (!epns_xml_number (node, NULL, 0.0, DBL_MAX, &distance, error))
    return FALSE;
  if (distance / unit > 2.0)
    epns_physicell_note (self, node, "more than two radii; PhysiCell takes two");
  return balance (type, node, distance / unit, error);
}

static gboolean
read_distances (EpnsPhysicell *self, EpnsPhysicellType *type, const EpnsXmlNode *node,
                GError **error)
{
  static const PhysicellWord words[] = { PART ("set_relative_equilibrium_distance"),
                                         PART ("set_absolute_equilibrium_distance"),
                                         { .name = NULL } };
  double radius = cbrt (type->volume / (4.0 / 3.0 * G_PI));

  return epns_physicell_section (self, node, words, type, error)
         && read_distance (self, type, node, "set_relative_equilibrium_distance", 1.0, error)
         && read_distance (self, type, node, "set_absolute_equilibrium_distance", radius, error);
}

static gboolean
read_mechanics (EpnsPhysicell *self, EpnsPhysicellType *type, const EpnsXmlNode *node,
                GError **error)
{
  static const PhysicellWord words[] = {
    { "cell_cell_adhesion_strength", PHYSICELL_NUMBER, AT (adhesion), 0.0, DBL_MAX, NULL },
    { "cell_cell_repulsion_strength", PHYSICELL_NUMBER, AT (repulsion), 0.0, DBL_MAX, NULL },
    { "relative_maximum_adhesion_distance", PHYSICELL_NUMBER, AT (reach), 0.0, DBL_MAX, NULL },
    { "cell_BM_adhesion_strength", PHYSICELL_NUMBER, AT (membrane_adhesion), 0.0, DBL_MAX, NULL },
    { "cell_BM_repulsion_strength", PHYSICELL_NUMBER, AT (membrane_repulsion), 0.0, DBL_MAX, NULL },
    { "attachment_rate", PHYSICELL_NUMBER, AT (attachment_rate), 0.0, DBL_MAX, NULL },
    PART ("cell_adhesion_affinities"),
    PART ("options"),
    QUIET ("attachment_elastic_constant"),
    QUIET ("detachment_rate"),
    QUIET ("maximum_number_of_attachments"),
    { .name = NULL }
  };
  const EpnsXmlNode *affinities = epns_xml_child (node, "cell_adhesion_affinities");
  const EpnsXmlNode *options = epns_xml_child (node, "options");

  return epns_physicell_section (self, node, words, type, error)
         && (affinities == NULL || read_affinities (self, type, affinities, error))
         && (options == NULL || read_distances (self, type, options, error));
}

static gboolean
read_chemotaxis (const EpnsXmlNode *options, const char *name, gboolean *follows, GError **error)
{
  const EpnsXmlNode *node = epns_xml_child (options, name);
  const EpnsXmlNode *enabled = node ? epns_xml_child (node, "enabled") : NULL;
  gboolean on = FALSE;

  if (enabled != NULL && !epns_physicell_flag (enabled, NULL, FALSE, &on, error))
    return FALSE;
  *follows = *follows || on; /* nothing turns an inherited one off */
  return TRUE;
}

static gboolean
read_motility (EpnsPhysicell *self, EpnsPhysicellType *type, const EpnsXmlNode *node,
               GError **error)
{
  static const PhysicellWord words[] = {
    { "speed", PHYSICELL_NUMBER, AT (speed), 0.0, DBL_MAX, NULL },
    { "persistence_time", PHYSICELL_NUMBER, AT (persistence), 0.0, DBL_MAX, NULL },
    { "migration_bias", PHYSICELL_NUMBER, AT (bias), 0.0, 1.0, NULL },
    PART ("options"),
    { .name = NULL }
  };
  static const PhysicellWord option_words[] = { { "enabled", PHYSICELL_FLAG, AT (motile), 0, 0,
                                                  NULL },
                                                { "use_2D", PHYSICELL_FLAG, AT (flat), 0, 0, NULL },
                                                PART ("chemotaxis"),
                                                PART ("advanced_chemotaxis"),
                                                { .name = NULL } };
  const EpnsXmlNode *options = epns_xml_child (node, "options");

  if (!epns_physicell_section (self, node, words, type, error))
    return FALSE;
  if (options == NULL)
    return TRUE;
  return epns_physicell_section (self, options, option_words, type, error)
         && read_chemotaxis (options, "chemotaxis", &type->chemotaxis, error)
         && read_chemotaxis (options, "advanced_chemotaxis", &type->advanced_chemotaxis, error);
}

static const struct {
  const char *name;
  gboolean (*read) (EpnsPhysicell *self, EpnsPhysicellType *type, const EpnsXmlNode *node,
                    GError **error);
} parts[] = { { "volume", read_volume },
              { "mechanics", read_mechanics },
              { "motility", read_motility } };

static gboolean
read_phenotype (EpnsPhysicell *self, EpnsPhysicellType *type, const EpnsXmlNode *phenotype,
                GError **error)
{
  static const PhysicellWord words[] = { PART ("cycle"),
                                         PART ("death"),
                                         PART ("volume"),
                                         PART ("mechanics"),
                                         PART ("motility"),
                                         PART ("cell_interactions"),
                                         PART ("cell_transformations"),
                                         PART ("intracellular"),
                                         QUIET ("secretion"),
                                         QUIET ("cell_integrity"),
                                         QUIET ("molecular"),
                                         { .name = NULL } };

  type->intracellular = epns_xml_child (phenotype, "intracellular") != NULL;
  if (!epns_physicell_section (self, phenotype, words, type, error))
    return FALSE;
  for (gsize i = 0; i < G_N_ELEMENTS (parts); i++) {
    const EpnsXmlNode *node = epns_xml_child (phenotype, parts[i].name);
    if (node != NULL && !parts[i].read (self, type, node, error))
      return FALSE;
  }
  return TRUE;
}

/* Whose copy the definition starts as: the one parent_type names, among those before it. */
static gboolean
find_parent (const EpnsPhysicell *self, const EpnsPhysicellType *type,
             const EpnsPhysicellType **parent, GError **error)
{
  const char *name = epns_xml_attribute (type->node, "parent_type");

  *parent = NULL;
  if (name == NULL)
    return TRUE;
  gint found = epns_physicell_by_name (self, name);
  if (found >= 0 && &self->types[found] < type) {
    *parent = &self->types[found];
    return TRUE;
  }
  g_autofree char *hint = epns_physicell_hint (self, name, "; correct it");
  return epns_xml_refuse (
      type->node, EPNS_FAILURE_FORMAT, error,
      "<cell_definition name=\"%s\" parent_type=\"%.40s\">: no definition before "
      "it has this name%s",
      type->name, name, found >= 0 ? "; move it further down" : hint);
}

/* A definition called "default" or of ID 0 writes into PhysiCell's cell_defaults, of which those
 * after it are copies unless they name a parent. */
static gboolean
read_type (EpnsPhysicell *self, EpnsPhysicellType *type, EpnsPhysicellType *defaults,
           GError **error)
{
  static const PhysicellWord words[] = { PART ("phenotype"),
                                         QUIET ("custom_data"),
                                         PART ("initial_parameter_distributions"),
                                         { .name = NULL } };
  gboolean is_default = g_str_equal (type->name, "default") || type->id == 0;
  const EpnsXmlNode *phenotype = epns_xml_child (type->node, "phenotype");
  const EpnsPhysicellType *parent;

  if (!find_parent (self, type, &parent, error)
      || !epns_physicell_section (self, type->node, words, type, error))
    return FALSE;
  if (is_default && defaults->node != NULL)
    return epns_xml_refuse (
        type->node, EPNS_FAILURE_FORMAT, error,
        "<cell_definition name=\"%s\" ID=\"%d\">: PhysiCell would write it over "
        "the one in line %d, since the name \"default\" and the ID 0 mean the "
        "same; change one",
        type->name, type->id, defaults->node->line);
  copy_type (self, type, parent ? parent : defaults);
  if (parent == NULL && !is_default && !self->legacy_copy)
    put_to_rest (self, type);
  if (phenotype != NULL
      && (!epns_physicell_read_life (self, type, parent != NULL || !is_default, error)
          || !read_phenotype (self, type, phenotype, error)))
    return FALSE;
  type->flat = type->flat || self->flat;
  if (is_default) {
    copy_type (self, defaults, type);
    defaults->node = type->node;
  }
  return epns_physicell_check_life (self, type, error);
}

static gboolean
name_type (EpnsPhysicell *self, EpnsPhysicellType *type, GError **error)
{
  guint index = (guint) (type - self->types);
  gint64 id;

  if (!epns_xml_string (type->node, "name", &type->name, error)
      || !epns_xml_integer (type->node, "ID", 0, G_MAXINT32, &id, error))
    return FALSE;
  type->id = (gint32) id;
  for (guint i = 0; i < index; i++)
    if (g_str_equal (self->types[i].name, type->name) || self->types[i].id == type->id)
      return epns_xml_refuse (
          type->node, EPNS_FAILURE_FORMAT, error,
          "<cell_definition name=\"%s\" ID=\"%d\"> after one of the same name or "
          "ID in line %d; change one",
          type->name, type->id, self->types[i].node->line);
  add_pairs (self, type);
  return TRUE;
}

gboolean
epns_physicell_read_types (EpnsPhysicell *self, GError **error)
{
  static const PhysicellWord words[] = { { "cell_definition", PHYSICELL_PARTS, 0, 0, 0, NULL },
                                         { .name = NULL } };
  const EpnsXmlNode *all = epns_xml_child (self->root, "cell_definitions"), *node;
  EpnsPhysicellType defaults = { .name = "default" };

  if (all == NULL || epns_xml_child (all, "cell_definition") == NULL)
    return epns_xml_refuse (self->root, EPNS_FAILURE_UNSUPPORTED, error,
                            "no <cell_definition>, the cells are left to the project's C++; define "
                            "them in <cell_definitions>");
  if (!epns_physicell_section (self, all, words, self, error))
    return FALSE;
  for (node = all->children; node != NULL; node = node->next)
    self->n_types++;
  self->types = g_new0 (EpnsPhysicellType, self->n_types);
  EpnsPhysicellType *type = self->types;
  for (guint i = 0; i < self->n_types; i++)
    type[i].name = ""; /* so that names can be compared while they are read */
  for (node = all->children; node != NULL; node = node->next, type++) {
    type->node = node;
    if (!name_type (self, type, error))
      return FALSE;
  }
  add_pairs (self, &defaults);
  set_defaults (self, &defaults);
  for (guint i = 0; i < self->n_types; i++)
    if (!read_type (self, &self->types[i], &defaults, error))
      return FALSE;
  return TRUE;
}
