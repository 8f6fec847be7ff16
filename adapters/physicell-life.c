/* SPDX-License-Identifier: MIT */
/* What cells of a PhysiCell settings file do besides moving: divide, die, eat, change. Whatever of
 * it acts is refused, since the step models here move a fixed set of cells. */
#include "adapters/physicell.h"

#include <float.h>

/* Cycle models by code and their rates of leaving the first phase (1/min), before the file states
 * others: core/PhysiCell_standard_models.cpp. */
static const double first_exit[] = {
  1.0 / (3.62 * 60.0), /* Ki67 advanced */
  1.0 / (4.59 * 60.0), /* Ki67 basic */
  0.00324,             /* flow cytometry */
  0.0432 / 60.0,       /* live apoptotic, taken as live */
  0.0432 / 60.0,       /* total cells, taken as live */
  0.0432 / 60.0,       /* live */
  0.00335,             /* flow cytometry, separated */
  1.0 / (4.59 * 60.0), /* cycling quiescent */
};

enum { APOPTOSIS = 100, NECROSIS = 101, AUTOPHAGY = 102 };

void
epns_physicell_default_life (EpnsPhysicellType *type)
{
  type->cycle = 0;
  type->cycle_exit = first_exit[0];
  type->apoptosis = 0.00319 / 60.0;
  type->necrosis = 0.0;
}

static gint64
attribute_integer (const EpnsXmlNode *node, const char *name)
{
  const char *text = epns_xml_attribute (node, name);

  return text ? g_ascii_strtoll (text, NULL, 10) : 0;
}

/* Rates stand in their own element, an older one, or in <cycle> itself. */
static const EpnsXmlNode *
rates_of (const EpnsXmlNode *cycle)
{
  const EpnsXmlNode *rates = epns_xml_child (cycle, "phase_transition_rates");

  if (rates == NULL)
    rates = epns_xml_child (cycle, "transition_rates");
  return rates ? rates : cycle;
}

static gboolean
read_exit (EpnsPhysicellType *type, const EpnsXmlNode *cycle, GError **error)
{
  const EpnsXmlNode *durations = epns_xml_child (cycle, "phase_durations");
  double value;

  for (const EpnsXmlNode *row = epns_xml_child (rates_of (cycle), "rate"); row != NULL;
       row = epns_xml_again (row)) {
    if (!epns_xml_number (row, NULL, 0.0, DBL_MAX, &value, error))
      return FALSE;
    if (attribute_integer (row, "start_index") == 0)
      type->cycle_exit = value;
  }
  for (const EpnsXmlNode *row = durations ? epns_xml_child (durations, "duration") : NULL;
       row != NULL; row = epns_xml_again (row)) {
    if (!epns_xml_number (row, NULL, 0.0, DBL_MAX, &value, error))
      return FALSE;
    if (attribute_integer (row, "index") == 0)
      type->cycle_exit = 1.0 / (value + 1e-16);
  }
  return TRUE;
}

static gboolean
read_cycle (EpnsPhysicell *self, EpnsPhysicellType *type, const EpnsXmlNode *node,
            gboolean inherits, GError **error)
{
  static const PhysicellWord words[] = {
    { "phase_transition_rates", PHYSICELL_PART, 0, 0, 0, NULL },
    { "transition_rates", PHYSICELL_PART, 0, 0, 0, NULL },
    { "phase_durations", PHYSICELL_PART, 0, 0, 0, NULL },
    { "rate", PHYSICELL_PARTS, 0, 0, 0, NULL },
    { "standard_asymmetric_division", PHYSICELL_QUIET, 0, 0, 0, NULL },
    { .name = NULL }
  };
  const char *stated = epns_xml_attribute (node, "code");
  gint64 code;

  if (!epns_physicell_section (self, node, words, type, error))
    return FALSE;
  if (stated != NULL && *stated != '\0') {
    if (!epns_xml_integer (node, "code", 0, G_N_ELEMENTS (first_exit) - 1, &code, error))
      return FALSE;
    if (!inherits || code != type->cycle)
      type->cycle_exit = first_exit[code];
    type->cycle = code;
  }
  return read_exit (type, node, error);
}

static gboolean
death_code (const EpnsXmlNode *model, gint64 *code, GError **error)
{
  static const char *const names[] = { "apoptosis", "necrosis", "autophagy" };
  const char *stated = epns_xml_attribute (model, "code"), *name;

  if (stated != NULL && *stated != '\0')
    return epns_xml_integer (model, "code", APOPTOSIS, AUTOPHAGY, code, error);
  if (!epns_xml_string (model, "name", &name, error))
    return FALSE;
  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    if (g_ascii_strcasecmp (names[i], name) == 0) {
      *code = APOPTOSIS + (gint64) i;
      return TRUE;
    }
  return epns_xml_refuse (
      model, EPNS_FAILURE_FORMAT, error,
      "<model name=\"%.40s\"> is no death model of PhysiCell; give code=\"100\" "
      "(apoptosis) or \"101\" (necrosis)",
      name);
}

static gboolean
read_death (EpnsPhysicell *self, EpnsPhysicellType *type, const EpnsXmlNode *node, GError **error)
{
  static const PhysicellWord words[] = { { "model", PHYSICELL_PARTS, 0, 0, 0, NULL },
                                         { .name = NULL } };

  if (!epns_physicell_section (self, node, words, type, error))
    return FALSE;
  for (const EpnsXmlNode *model = node->children; model != NULL; model = model->next) {
    const EpnsXmlNode *rate = epns_xml_child (model, "rate");
    double value = 0.0;
    gint64 code;
    if (rate == NULL)
      rate = epns_xml_child (model, "death_rate");
    if (!death_code (model, &code, error)
        || (rate != NULL && !epns_xml_number (rate, NULL, 0.0, DBL_MAX, &value, error)))
      return FALSE;
    if (code == APOPTOSIS)
      type->apoptosis = value;
    else if (code == NECROSIS)
      type->necrosis = value;
  }
  return TRUE;
}

/* Where the rates towards other definitions stand in <phenotype>. */
static const struct {
  int pair;
  const char *list, *row;
} rates[] = {
  { PHYSICELL_EATS, "cell_interactions/live_phagocytosis_rates", "phagocytosis_rate" },
  { PHYSICELL_ATTACKS, "cell_interactions/attack_rates", "attack_rate" },
  { PHYSICELL_FUSES, "cell_interactions/fusion_rates", "fusion_rate" },
  { PHYSICELL_BECOMES, "cell_transformations/transformation_rates", "transformation_rate" },
};

/* An unknown name is ignored by PhysiCell, with a warning; so it is here. */
static gboolean
read_rates (EpnsPhysicell *self, EpnsPhysicellType *type, const EpnsXmlNode *list, const char *name,
            int pair, GError **error)
{
  for (const EpnsXmlNode *row = epns_xml_child (list, name); row != NULL;
       row = epns_xml_again (row)) {
    const char *other;
    double value;
    if (!epns_xml_string (row, "name", &other, error)
        || !epns_xml_number (row, NULL, 0.0, DBL_MAX, &value, error))
      return FALSE;
    gint index = epns_physicell_by_name (self, other);
    gboolean itself = pair == PHYSICELL_BECOMES && g_str_equal (other, type->name);
    if (index < 0)
      epns_physicell_note (self, row, "no cell definition is called \"%.40s\"; it has no effect",
                           other);
    else if (!itself)
      type->pair[pair][index] = value;
  }
  return TRUE;
}

gboolean
epns_physicell_read_life (EpnsPhysicell *self, EpnsPhysicellType *type, gboolean inherits,
                          GError **error)
{
  const EpnsXmlNode *phenotype = epns_xml_child (type->node, "phenotype");
  const EpnsXmlNode *cycle = epns_xml_child (phenotype, "cycle");
  const EpnsXmlNode *death = epns_xml_child (phenotype, "death");

  if ((cycle != NULL && !read_cycle (self, type, cycle, inherits, error))
      || (death != NULL && !read_death (self, type, death, error)))
    return FALSE;
  for (gsize i = 0; i < G_N_ELEMENTS (rates); i++) {
    const EpnsXmlNode *list = epns_xml_find (phenotype, rates[i].list);
    if (list != NULL && !read_rates (self, type, list, rates[i].row, rates[i].pair, error))
      return FALSE;
  }
  return TRUE;
}

/* What is not honoured. Each gives the rate at which it acts, 0 where it does not. */

static double
largest (const EpnsPhysicell *self, const EpnsPhysicellType *type, int pair)
{
  double most = 0.0;

  for (guint i = 0; i < self->n_types; i++)
    most = MAX (most, type->pair[pair][i]);
  return most;
}

static double
divides (const EpnsPhysicell *self, const EpnsPhysicellType *type)
{
  (void) self;
  return type->cycle_exit;
}

static double
dies (const EpnsPhysicell *self, const EpnsPhysicellType *type)
{
  (void) self;
  return type->apoptosis + type->necrosis;
}

static double
eats (const EpnsPhysicell *self, const EpnsPhysicellType *type)
{
  return largest (self, type, PHYSICELL_EATS);
}

static double
fuses (const EpnsPhysicell *self, const EpnsPhysicellType *type)
{
  return largest (self, type, PHYSICELL_FUSES);
}

static double
becomes (const EpnsPhysicell *self, const EpnsPhysicellType *type)
{
  return largest (self, type, PHYSICELL_BECOMES);
}

static double
attaches (const EpnsPhysicell *self, const EpnsPhysicellType *type)
{
  return self->springs_disabled ? 0.0 : type->attachment_rate;
}

/* Cells that stand, draw evenly or find no gradient go as without chemotaxis. */
static double
follows (const EpnsPhysicell *self, const EpnsPhysicellType *type)
{
  gboolean turns = type->chemotaxis || type->advanced_chemotaxis;

  return self->gradients && turns && type->motile && type->speed > 0.0 ? type->bias : 0.0;
}

static double
thinks (const EpnsPhysicell *self, const EpnsPhysicellType *type)
{
  (void) self;
  return type->intracellular ? G_MAXDOUBLE : 0.0;
}

static const struct {
  double (*acts) (const EpnsPhysicell *self, const EpnsPhysicellType *type);
  const char *where; /* from the definition down */
  const char *what, *instead;
} limits[] = {
  { thinks, "phenotype/intracellular", "a model inside each cell steers it",
    "take the element out" },
  { follows, "phenotype/motility", "cells follow a chemical gradient",
    "disable chemotaxis or set migration_bias to 0" },
  { divides, "phenotype/cycle", "cells grow and divide, leaving the first phase of their cycle",
    "set the rate from start_index 0 to 0" },
  { dies, "phenotype/death", "cells die", "set every death_rate to 0" },
  { eats, "phenotype/cell_interactions", "cells eat others", "set every phagocytosis_rate to 0" },
  { fuses, "phenotype/cell_interactions", "cells fuse", "set every fusion_rate to 0" },
  { becomes, "phenotype/cell_transformations", "cells change their type",
    "set every transformation_rate to 0" },
  { attaches, "phenotype/mechanics", "cells attach to others by springs",
    "set attachment_rate to 0 or disable_automated_spring_adhesions to true" },
};

/* Below this many expected events of a cell in the whole run something counts as never happening;
 * files state "never" as a duration of 1e9 or more. */
#define NEVER 1e-6

static gboolean
check_distributions (const EpnsPhysicellType *type, GError **error)
{
  const EpnsXmlNode *all = epns_xml_child (type->node, "initial_parameter_distributions");
  gboolean enabled = FALSE;

  if (all == NULL)
    return TRUE;
  if (!epns_physicell_flag (all, "enabled", TRUE, &enabled, error))
    return FALSE;
  for (const EpnsXmlNode *row = epns_xml_child (all, "distribution"); enabled && row != NULL;
       row = epns_xml_again (row)) {
    gboolean drawn;
    if (!epns_physicell_flag (row, "enabled", TRUE, &drawn, error))
      return FALSE;
    if (drawn)
      return epns_xml_refuse (row, EPNS_FAILURE_UNSUPPORTED, error,
                              "<distribution> draws a value for each cell, which is not honoured "
                              "here; set enabled=\"false\", or state volumes in the file of cells");
  }
  return TRUE;
}

gboolean
epns_physicell_check_life (EpnsPhysicell *self, const EpnsPhysicellType *type, GError **error)
{
  for (gsize i = 0; i < G_N_ELEMENTS (limits); i++) {
    double rate = limits[i].acts (self, type);
    const EpnsXmlNode *node = epns_xml_find (type->node, limits[i].where);
    if (rate * MAX (self->max_time, 1.0) <= NEVER)
      continue;
    if (node == NULL)
      node = type->node;
    return epns_xml_refuse (node, EPNS_FAILURE_UNSUPPORTED, error,
                            "<%s> of cell definition \"%s\": %s, which no step model here honours; "
                            "%s or run this file in PhysiCell",
                            node->name, type->name, limits[i].what, limits[i].instead);
  }
  if (largest (self, type, PHYSICELL_ATTACKS) > 0.0)
    epns_physicell_note (self, type->node, "attacks do damage, which changes no mechanics");
  return check_distributions (type, error);
}
