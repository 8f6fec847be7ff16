/* SPDX-License-Identifier: MIT */
/* What a PhysiCell settings file says outside its cell definitions: box, times, options, seed. */
#include "adapters/physicell.h"

#include <float.h>
#include <math.h>
#include <string.h>

#define AT(member) G_STRUCT_OFFSET (EpnsPhysicell, member)
#define QUIET(element)                                                                             \
  {                                                                                                \
    element, PHYSICELL_QUIET, 0, 0, 0, NULL                                                        \
  }
#define PART(element)                                                                              \
  {                                                                                                \
    element, PHYSICELL_PART, 0, 0, 0, NULL                                                         \
  }
#define PARTS(element)                                                                             \
  {                                                                                                \
    element, PHYSICELL_PARTS, 0, 0, 0, NULL                                                        \
  }
#define NOTED(element, why)                                                                        \
  {                                                                                                \
    element, PHYSICELL_NOTED, 0, 0, 0, why                                                         \
  }

/* dt_mechanics where the file is silent: core/PhysiCell_constants.cpp. */
#define DEFAULT_DT_MECHANICS 0.1

static const EpnsXmlNode *
required (const EpnsXmlNode *parent, const char *name, const char *instead, GError **error)
{
  const EpnsXmlNode *node = epns_xml_child (parent, name);

  if (node == NULL)
    epns_xml_refuse (parent, EPNS_FAILURE_FORMAT, error, "<%s> has no <%s>%s; add it", parent->name,
                     name, instead);
  return node;
}

/* The box; 2D is one voxel high around 0, whatever z_min and z_max say. */
static gboolean
read_domain (EpnsPhysicell *self, const EpnsXmlNode *node, GError **error)
{
  static const PhysicellWord words[] = {
    { "x_min", PHYSICELL_NUMBER, AT (low[0]), -DBL_MAX, DBL_MAX, NULL },
    { "x_max", PHYSICELL_NUMBER, AT (high[0]), -DBL_MAX, DBL_MAX, NULL },
    { "y_min", PHYSICELL_NUMBER, AT (low[1]), -DBL_MAX, DBL_MAX, NULL },
    { "y_max", PHYSICELL_NUMBER, AT (high[1]), -DBL_MAX, DBL_MAX, NULL },
    { "z_min", PHYSICELL_NUMBER, AT (low[2]), -DBL_MAX, DBL_MAX, NULL },
    { "z_max", PHYSICELL_NUMBER, AT (high[2]), -DBL_MAX, DBL_MAX, NULL },
    QUIET ("dx"),
    QUIET ("dy"),
    PART ("dz"),
    { "use_2D", PHYSICELL_FLAG, AT (flat), 0, 0, NULL },
    { .name = NULL }
  };
  const EpnsXmlNode *height = epns_xml_child (node, "dz");
  double dz = 0.0;

  if (!epns_physicell_section (self, node, words, self, error))
    return FALSE;
  if (height != NULL && !epns_xml_number (height, NULL, DBL_MIN, DBL_MAX, &dz, error))
    return FALSE;
  for (const PhysicellWord *word = words; word->treatment == PHYSICELL_NUMBER; word++)
    if (!(self->flat && word->name[0] == 'z')
        && required (node, word->name, ", which PhysiCell would take for 0", error) == NULL)
      return FALSE;
  if (self->flat && height == NULL)
    return required (node, "dz", ", the height of a 2D domain", error) != NULL;
  if (self->flat) {
    self->low[2] = -0.5 * dz;
    self->high[2] = 0.5 * dz;
  }
  for (int axis = 0; axis < 3; axis++)
    if (!(self->low[axis] < self->high[axis]))
      return epns_xml_refuse (node, EPNS_FAILURE_RANGE, error,
                              "<domain>: %c_min = %g is not below %c_max = %g; correct them",
                              'x' + axis, self->low[axis], 'x' + axis, self->high[axis]);
  return TRUE;
}

static void
note_unit (EpnsPhysicell *self, const EpnsXmlNode *overall, const char *name, const char *unit)
{
  const EpnsXmlNode *node = epns_xml_child (overall, name);

  if (node != NULL && !g_str_equal (node->text, unit))
    epns_physicell_note (self, node, "\"%.20s\" is a label only; numbers count as %s", node->text,
                         unit);
}

static gboolean
read_overall (EpnsPhysicell *self, const EpnsXmlNode *node, GError **error)
{
  static const PhysicellWord words[] = {
    { "max_time", PHYSICELL_NUMBER, AT (max_time), 0.0, DBL_MAX, NULL },
    { "dt_mechanics", PHYSICELL_NUMBER, AT (dt_mechanics), DBL_MIN, DBL_MAX, NULL },
    QUIET ("time_units"),
    QUIET ("space_units"),
    QUIET ("dt_diffusion"),
    QUIET ("dt_phenotype"),
    QUIET ("dt_intracellular"),
    { .name = NULL }
  };

  self->dt_mechanics = DEFAULT_DT_MECHANICS;
  if (required (node, "max_time", ", which PhysiCell would take for 0", error) == NULL
      || !epns_physicell_section (self, node, words, self, error))
    return FALSE;
  note_unit (self, node, "time_units", "min");
  note_unit (self, node, "space_units", "micron");
  return TRUE;
}

static gboolean
read_save (EpnsPhysicell *self, const EpnsXmlNode *node, GError **error)
{
  static const PhysicellWord words[] = { { "interval", PHYSICELL_NUMBER, AT (save_every), 0.0,
                                           DBL_MAX, NULL },
                                         QUIET ("enable"),
                                         QUIET ("settings"),
                                         { .name = NULL } };
  const EpnsXmlNode *full = epns_xml_child (node, "full_data"), *enable;
  gboolean enabled = FALSE;

  if (full == NULL)
    return TRUE;
  if (!epns_physicell_section (self, full, words, self, error))
    return FALSE;
  enable = epns_xml_child (full, "enable");
  if (enable != NULL && !epns_physicell_flag (enable, NULL, FALSE, &enabled, error))
    return FALSE;
  if (!enabled)
    self->save_every = 0.0;
  return TRUE;
}

/* std::stoul by PhysiCell; a negative number would wrap around, text after the digits be lost. */
static gboolean
read_seed (EpnsPhysicell *self, const EpnsXmlNode *node, GError **error)
{
  static const char *const clock[] = { "", "random", "system_clock", NULL };
  gint64 seed;

  self->seeded = FALSE;
  if (g_strv_contains (clock, node->text))
    return TRUE;
  if (!epns_xml_integer (node, NULL, 0, G_MAXUINT32, &seed, error))
    return FALSE;
  self->seeded = TRUE;
  self->seed = (guint64) seed;
  return TRUE;
}

static gboolean
read_options (EpnsPhysicell *self, const EpnsXmlNode *node, GError **error)
{
  static const PhysicellWord words[] = {
    { "virtual_wall_at_domain_edge", PHYSICELL_FLAG, AT (virtual_wall), 0, 0, NULL },
    { "disable_automated_spring_adhesions", PHYSICELL_FLAG, AT (springs_disabled), 0, 0, NULL },
    { "legacy_cell_defaults_copy", PHYSICELL_FLAG, AT (legacy_copy), 0, 0, NULL },
    QUIET ("legacy_random_points_on_sphere_in_divide"),
    PART ("random_seed"),
    { .name = NULL }
  };
  const EpnsXmlNode *seed = epns_xml_child (node, "random_seed");

  return epns_physicell_section (self, node, words, self, error)
         && (seed == NULL || read_seed (self, seed, error));
}

/* Gradients alone matter: fields act on mechanics by chemotaxis only. */
static gboolean
read_fields (EpnsPhysicell *self, const EpnsXmlNode *node, GError **error)
{
  const EpnsXmlNode *gradients = epns_xml_find (node, "options/calculate_gradients");

  if (epns_xml_child (node, "variable") != NULL)
    epns_physicell_note (
        self, node,
        "chemical fields are not computed; they have no effect on mechanics unless "
        "cells follow them");
  return gradients == NULL || epns_physicell_flag (gradients, NULL, FALSE, &self->gradients, error);
}

static gboolean
read_rules (EpnsPhysicell *self, const EpnsXmlNode *node, GError **error)
{
  const EpnsXmlNode *sets = epns_xml_child (node, "rulesets");

  (void) self;
  for (const EpnsXmlNode *set = sets ? epns_xml_child (sets, "ruleset") : NULL; set != NULL;
       set = epns_xml_again (set)) {
    gboolean enabled;
    if (!epns_physicell_flag (set, "enabled", FALSE, &enabled, error))
      return FALSE;
    if (enabled)
      return epns_xml_refuse (set, EPNS_FAILURE_UNSUPPORTED, error,
                              "<ruleset> is enabled: rules change cells by what they sense, which "
                              "no step model here honours; set enabled=\"false\" or run this file "
                              "in PhysiCell");
  }
  return TRUE;
}

/* Two user parameters are read by the template project (custom_modules/custom.cpp). */
static gboolean
read_user (EpnsPhysicell *self, const EpnsXmlNode *node, GError **error)
{
  const EpnsXmlNode *seed = epns_xml_child (node, "random_seed");
  const EpnsXmlNode *cells = epns_xml_child (node, "number_of_cells");
  guint others = 0;

  for (const EpnsXmlNode *child = node->children; child != NULL; child = child->next)
    others += child != seed && child != cells
              && g_strcmp0 (epns_xml_attribute (child, "type"), "divider") != 0;
  if (others > 0)
    epns_physicell_note (self, node,
                         "%u parameter%s that only the project's own C++ reads; it is not run here",
                         others, others == 1 ? "" : "s");
  if (seed != NULL && self->seeded)
    epns_physicell_note (self, seed,
                         "set after the one in <options>, as the template project does");
  if (seed != NULL && !read_seed (self, seed, error))
    return FALSE;
  return cells == NULL || epns_xml_integer (cells, NULL, 0, 1 << 20, &self->random_cells, error);
}

/* The sections in the order that PhysiCell reads them. */
static const struct {
  const char *name;
  gboolean needed;
  gboolean (*read) (EpnsPhysicell *self, const EpnsXmlNode *node, GError **error);
} sections[] = {
  { "domain", TRUE, read_domain },
  { "overall", TRUE, read_overall },
  { "save", FALSE, read_save },
  { "options", FALSE, read_options },
  { "microenvironment_setup", FALSE, read_fields },
  { "cell_rules", FALSE, read_rules },
  { "user_parameters", FALSE, read_user },
};

gboolean
epns_physicell_read_settings (EpnsPhysicell *self, GError **error)
{
  static const PhysicellWord words[] = { PART ("domain"),
                                         PART ("overall"),
                                         PART ("save"),
                                         PART ("options"),
                                         PART ("microenvironment_setup"),
                                         PART ("cell_definitions"),
                                         PART ("initial_conditions"),
                                         PART ("cell_rules"),
                                         PART ("user_parameters"),
                                         QUIET ("parallel"),
                                         { .name = NULL } };

  if (!epns_physicell_section (self, self->root, words, self, error))
    return FALSE;
  for (gsize i = 0; i < G_N_ELEMENTS (sections); i++) {
    const EpnsXmlNode *node = epns_xml_child (self->root, sections[i].name);
    if (node == NULL && sections[i].needed)
      return required (self->root, sections[i].name, "", error) != NULL;
    if (node != NULL && !sections[i].read (self, node, error))
      return FALSE;
  }
  return TRUE;
}
