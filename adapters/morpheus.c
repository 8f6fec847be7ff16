/* SPDX-License-Identifier: MIT */
/* A MorpheusML file from its root: sections, time, what is only shown. */
#include "adapters/morpheus.h"

#include <math.h>

static const MorpheusWord root_words[] = {
  { "Description", MORPHEUS_SYMBOL, NULL, NULL },
  { "Global", MORPHEUS_READ, "", NULL },
  { "Space", MORPHEUS_READ, "", NULL },
  { "Time", MORPHEUS_READ, "", NULL },
  { "CellTypes", MORPHEUS_READ, "", NULL },
  { "CPM", MORPHEUS_READ, "", NULL },
  { "CellPopulations", MORPHEUS_READ, "", NULL },
  { "Analysis", MORPHEUS_INERT, NULL, "outputs are the command's own (-o)" },
  { "ParameterSets", MORPHEUS_INERT, NULL, "alternative values; the file's own are used" },
  { .name = NULL }
};

static const MorpheusWord global_words[] = {
  MORPHEUS_VALUES,
  { "DelayVariable", MORPHEUS_SYMBOL, NULL, NULL },
  { "ExtSymbol", MORPHEUS_SYMBOL, NULL, NULL },
  { "Field", MORPHEUS_INERT, NULL, MORPHEUS_COMPUTES },
  { "FileField", MORPHEUS_INERT, NULL, MORPHEUS_COMPUTES },
  { "VectorField", MORPHEUS_INERT, NULL, MORPHEUS_COMPUTES },
  { .name = NULL }
};

static const MorpheusWord time_words[] = {
  { "StartTime", MORPHEUS_READ, "value symbol", NULL },
  { "StopTime", MORPHEUS_READ, "value symbol", NULL },
  { "RandomSeed", MORPHEUS_READ, "value", NULL },
  { "TimeSymbol", MORPHEUS_SYMBOL, NULL, NULL },
  { "SaveInterval", MORPHEUS_INERT, NULL, "outputs are the command's own (-o)" },
  { "StopCondition", MORPHEUS_INERT, NULL, "is not looked at; the run goes on to StopTime" },
  { .name = NULL }
};

static gboolean
read_seed (EpnsMorpheus *self, const EpnsXmlNode *time, GError **error)
{
  const EpnsXmlNode *node = epns_xml_child (time, "RandomSeed");
  gint64 seed;

  if (node == NULL) {
    epns_morpheus_note (self, time,
                        "no RandomSeed, Morpheus takes one from the clock; here it is 1 unless "
                        "--seed says otherwise");
    return TRUE;
  }
  if (!epns_xml_integer (node, "value", 0, G_MAXUINT32, &seed, error))
    return FALSE;
  self->scenario->host_seed = self->scenario->plan.seed = (guint64) seed;
  return TRUE;
}

static gboolean
read_moment (EpnsMorpheus *self, const EpnsXmlNode *node, double *value, GError **error)
{
  *value = 0.0;
  return node == NULL
         || epns_morpheus_number (self, NULL, node, "value", -1e12, 1e12, value, error);
}

/* Morpheus counts time in units of its own; a run here counts MCS. */
static gboolean
read_time (EpnsMorpheus *self, const EpnsXmlNode *time, GError **error)
{
  const EpnsXmlNode *duration = epns_xml_find (self->root, "CPM/MonteCarloSampler/MCSDuration");
  const EpnsXmlNode *stop = epns_xml_child (time, "StopTime");
  double from, to, mcs = 1.0;

  if (!epns_morpheus_check (self, time, time_words, error))
    return FALSE;
  if (stop == NULL)
    return epns_xml_refuse (time, EPNS_FAILURE_FORMAT, error, "<Time> has no <StopTime>; add it");
  if (!read_moment (self, epns_xml_child (time, "StartTime"), &from, error)
      || !read_moment (self, stop, &to, error)
      || (duration != NULL
          && !epns_morpheus_number (self, NULL, duration, "value", 1e-12, 1e12, &mcs, error)))
    return FALSE;
  double steps = floor ((to - from) / mcs + 1e-9);
  self->scenario->steps = (gint64) CLAMP (steps, 0.0, 1e15);
  self->scenario->plan.until = (double) self->scenario->steps;
  self->scenario->plan.every = epns_scenario_default_every (self->scenario->plan.until);
  if (fabs (mcs - 1.0) > 0.0 || fabs (from) > 0.0)
    epns_morpheus_note (self, time,
                        "times here count MCS, from 0: one is %g of Morpheus' time, 0 is its %g",
                        mcs, from);
  return read_seed (self, time, error);
}

/* What there must be; without a CPM cells do not move, and there is nothing to step. */
static gboolean
check_sections (EpnsMorpheus *self, GError **error)
{
  static const struct {
    const char *name, *why;
  } sections[] = {
    { "Space", "; add it" },
    { "Time", "; add it" },
    { "CPM", ", so that nothing moves on its lattice and there is nothing to step; add it or run "
             "this file in Morpheus" },
    { "CellTypes", "; add it" },
    { "CellPopulations", "; add it" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (sections); i++)
    if (epns_xml_child (self->root, sections[i].name) == NULL)
      return epns_xml_refuse (self->root, EPNS_FAILURE_UNSUPPORTED, error,
                              "<MorpheusModel> has no <%s>%s", sections[i].name, sections[i].why);
  return TRUE;
}

static gboolean
read_root (EpnsMorpheus *self, GError **error)
{
  const EpnsXmlNode *root = self->root, *global = epns_xml_child (root, "Global");

  if (!epns_morpheus_check (self, root, root_words, error) || !check_sections (self, error)
      || !epns_morpheus_name_types (self, epns_xml_child (root, "CellTypes"), error))
    return FALSE;
  epns_morpheus_symbols (self);
  return epns_morpheus_read_types (self, epns_xml_child (root, "CellTypes"), error)
         && (global == NULL || epns_morpheus_check (self, global, global_words, error))
         && epns_morpheus_read_space (self, epns_xml_child (root, "Space"), error)
         && epns_morpheus_read_cpm (self, epns_xml_child (root, "CPM"), error)
         && epns_morpheus_read_populations (self, epns_xml_child (root, "CellPopulations"), error)
         && read_time (self, epns_xml_child (root, "Time"), error);
}

gboolean
epns_morpheus_probe (const EpnsXmlNode *root)
{
  return g_str_equal (root->name, "MorpheusModel");
}

EpnsScenario *
epns_morpheus_read (const char *path, EpnsXml *xml, GError **error)
{
  g_autoptr (EpnsScenario) scenario = epns_scenario_new (path, "Morpheus");
  EpnsMorpheus self = { .scenario = scenario, .root = epns_xml_root (xml) };

  self.type_nodes = g_ptr_array_new ();
  gboolean fine = read_root (&self, error);
  epns_morpheus_symbols_free (&self);
  g_ptr_array_unref (self.type_nodes);
  if (!fine)
    return NULL;
  epns_scenario_add_model (scenario, "native", "cpm", NULL);
  return g_steal_pointer (&scenario);
}
