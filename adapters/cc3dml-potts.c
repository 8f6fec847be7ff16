/* SPDX-License-Identifier: MIT */
/* <Potts>: the lattice, the temperature and how copies are attempted. Defaults are CompuCell3D's
 * (PottsParseData). */
#include "adapters/cc3dml.h"

#include <float.h>
#include <math.h>
#include <string.h>

static const Cc3dWord potts_words[] = {
  { "Dimensions", CC3D_LEAF, "x y z", NULL },
  { "Steps", CC3D_LEAF, NULL, NULL },
  { "Temperature", CC3D_LEAF, NULL, NULL },
  { "FluctuationAmplitude", CC3D_TREE, NULL, NULL },
  { "FluctuationAmplitudeFunctionName", CC3D_LEAF, NULL, NULL },
  { "CellMotility", CC3D_TREE, NULL, NULL },
  { "NeighborOrder", CC3D_LEAF, NULL, NULL },
  { "FlipNeighborMaxDistance", CC3D_LEAF, NULL, NULL },
  { "Boundary_x", CC3D_LEAF, NULL, NULL },
  { "Boundary_y", CC3D_LEAF, NULL, NULL },
  { "Boundary_z", CC3D_LEAF, NULL, NULL },
  { "Flip2DimRatio", CC3D_LEAF, NULL, NULL },
  { "RandomSeed", CC3D_LEAF, NULL, NULL },
  { "RandomNumberGenerator", CC3D_LEAF, "Name", NULL },
  { "MetropolisAlgorithm", CC3D_LEAF, NULL, NULL },
  { "LatticeType", CC3D_LEAF, NULL, NULL },
  { "DimensionType", CC3D_LEAF, NULL, NULL },
  { "AcceptanceFunctionName", CC3D_LEAF, NULL, NULL },
  { "Offset", CC3D_LEAF, NULL, NULL },
  { "KBoltzman", CC3D_LEAF, NULL, NULL },
  { "Anneal", CC3D_INERT, NULL,
    "the zero-temperature steps after the end are not run, as in CompuCell3D's Python runner" },
  { "DebugOutputFrequency", CC3D_INERT, NULL, "only says how much CompuCell3D prints" },
  { "EnergyFunctionCalculator", CC3D_INERT, NULL, "only writes statistics of energies" },
  { "TestOutputGenerate", CC3D_INERT, NULL, "only writes CompuCell3D's own test data" },
  { "Units", CC3D_INERT, NULL, "only labels" },
  { "CustomAcceptanceFunction", CC3D_REFUSED, NULL,
    "accepts copies by an expression of its own, which no step model here honours; remove it to "
    "use exp(-dE/T)" },
  { "Shape", CC3D_REFUSED, NULL,
    "cuts the lattice to a shape, which no step model here honours; remove it" },
  { "TestRun", CC3D_REFUSED, NULL, "replays recorded copies instead of drawing them; remove it" },
  { .name = NULL }
};

/* Numbers that go straight to a parameter of the step. */
static const struct {
  const char *element, *parameter;
  double minimum, fallback;
} numbers[] = {
  { "Flip2DimRatio", "attempts-per-site", 0.0, 1.0 },
  { "Offset", "acceptance-offset", -INFINITY, 0.0 },
  { "KBoltzman", "boltzmann-constant", DBL_MIN, 1.0 },
};

enum { LARGEST_SIDE = 32767, LARGEST_ORDER = 100 }; /* CompuCell3D keeps coordinates in 16 bits */
static const double largest_lattice = 268435456.0;  /* sites: 1 GiB of cell ids */

gboolean
epns_cc3dml_read_lattice (EpnsScenario *scenario, const EpnsXmlNode *potts, GError **error)
{
  static const char *const axes[3] = { "z", "y", "x" };
  const EpnsXmlNode *node = epns_xml_child (potts, "Dimensions");
  double sites = 1.0;

  if (!epns_cc3dml_check (scenario, potts, NULL, potts_words, error))
    return FALSE;
  if (node == NULL)
    return epns_xml_refuse (potts, EPNS_FAILURE_FORMAT, error,
                            "<Potts> has no <Dimensions>; add <Dimensions x=\"...\" y=\"...\" "
                            "z=\"1\"/>");
  for (int axis = 0; axis < 3; axis++) {
    gint64 size;
    if (!epns_xml_integer (node, axes[axis], 1, LARGEST_SIDE, &size, error))
      return FALSE;
    scenario->size[axis] = (gint32) size;
    sites *= (double) size;
  }
  return sites <= largest_lattice
         || epns_xml_refuse (node, EPNS_FAILURE_RANGE, error,
                             "<Dimensions> make %.0f sites; at most %.0f are accepted", sites,
                             largest_lattice);
}

static gboolean
read_boundaries (EpnsScenario *scenario, const EpnsXmlNode *potts, GError **error)
{
  static const char *const elements[3] = { "Boundary_z", "Boundary_y", "Boundary_x" };
  static const char *const values[] = { "NoFlux", "Periodic", NULL };

  for (int axis = 0; axis < 3; axis++) {
    const EpnsXmlNode *node = epns_xml_child (potts, elements[axis]);
    guint index;
    if (node == NULL)
      continue;
    if (!epns_cc3dml_choice (node, values, &index, error))
      return FALSE;
    if (scenario->size[axis] == 1)
      return epns_xml_refuse (node, EPNS_FAILURE_FORMAT, error,
                              "<%s> on an axis of one site, which CompuCell3D refuses; remove it",
                              node->name);
    scenario->periodic[axis] = index == 1;
  }
  epns_scenario_put (scenario, "periodic", EPNS_I32, 1, (int64_t[]) { 3 }, scenario->periodic);
  return TRUE;
}

static gboolean
read_numbers (EpnsScenario *scenario, const EpnsXmlNode *potts, GError **error)
{
  for (guint i = 0; i < G_N_ELEMENTS (numbers); i++) {
    const EpnsXmlNode *node = epns_xml_child (potts, numbers[i].element);
    double value = numbers[i].fallback;
    if (node != NULL && !epns_xml_number (node, NULL, numbers[i].minimum, INFINITY, &value, error))
      return FALSE;
    epns_scenario_put_number (scenario, numbers[i].parameter, value);
    if (node != NULL && value == 0.0 && g_str_equal (node->name, "Flip2DimRatio"))
      epns_cc3dml_note (scenario, node, "no copy is ever attempted, the cells stand still");
  }
  return TRUE;
}

/* Amplitudes by cell type, in either spelling. CompuCell3D keeps them in single precision. */
static gboolean
read_amplitudes (EpnsScenario *scenario, const EpnsXmlNode *node, const char *row,
                 const char *value, GError **error)
{
  g_autofree char *attributes = g_strconcat ("CellType ", value, NULL);
  const Cc3dWord words[] = { { row, CC3D_ROWS, attributes, NULL }, { .name = NULL } };
  guint n = scenario->types->len;
  g_autofree double *amplitude = g_new0 (double, n);
  g_autofree gboolean *stated = g_new0 (gboolean, n);

  if (!epns_cc3dml_check (scenario, node, NULL, words, error)
      || !epns_cc3dml_by_type (scenario, node, row, (const char *const[]) { value }, 1,
                               (double *const[]) { amplitude }, stated, error))
    return FALSE;
  for (guint type = 1; type < n; type++) {
    const EpnsCellType *about = &g_array_index (scenario->types, EpnsCellType, type);
    if (about->name != NULL && !about->frozen && !stated[type])
      return epns_xml_refuse (node, EPNS_FAILURE_FORMAT, error,
                              "<%s>: no row for CellType \"%s\"; add one", node->name, about->name);
    amplitude[type] = (double) (float) amplitude[type];
  }
  epns_scenario_put (scenario, "fluctuation-amplitude", EPNS_F64, 1, (int64_t[]) { n }, amplitude);
  return TRUE;
}

/* FluctuationAmplitude, as a number or by type, goes before Temperature and CellMotility. */
static gboolean
read_temperature (EpnsScenario *scenario, const EpnsXmlNode *potts, GError **error)
{
  static const char *const combinations[] = { "Min", "Max", "ArithmeticAverage", NULL };
  const EpnsXmlNode *global = epns_xml_child (potts, "Temperature");
  const EpnsXmlNode *amplitude = epns_xml_child (potts, "FluctuationAmplitude");
  const EpnsXmlNode *motility = epns_xml_child (potts, "CellMotility");
  const EpnsXmlNode *combine = epns_xml_child (potts, "FluctuationAmplitudeFunctionName");
  gboolean by_type = amplitude != NULL && amplitude->children != NULL;
  double temperature = 0.0;
  guint combination = 0;

  if (amplitude != NULL && !by_type) {
    static const Cc3dWord none[] = { { .name = NULL } };
    global = amplitude;
    if (!epns_cc3dml_check (scenario, amplitude, NULL, none, error))
      return FALSE;
  }
  if (by_type
      && !read_amplitudes (scenario, amplitude, "FluctuationAmplitudeParameters",
                           "FluctuationAmplitude", error))
    return FALSE;
  if (!by_type && motility != NULL
      && !read_amplitudes (scenario, motility, "MotilityParameters", "Motility", error))
    return FALSE;
  if (global != NULL && !epns_xml_number (global, NULL, 0.0, INFINITY, &temperature, error))
    return FALSE;
  if (combine != NULL && !epns_cc3dml_choice (combine, combinations, &combination, error))
    return FALSE;
  if (global == NULL && !by_type && motility == NULL)
    epns_cc3dml_note (scenario, potts, "no Temperature; CompuCell3D takes 0, so does this");
  epns_scenario_put_number (scenario, "temperature", temperature);
  epns_scenario_put_integer (scenario, "fluctuation-combine", (gint32) combination);
  return TRUE;
}

static gboolean
read_neighbours (EpnsScenario *scenario, const EpnsXmlNode *potts, GError **error)
{
  const EpnsXmlNode *order = epns_xml_child (potts, "NeighborOrder");
  const EpnsXmlNode *depth = epns_xml_child (potts, "FlipNeighborMaxDistance");
  gint64 value = 1;
  double distance;

  if (order != NULL && !epns_xml_integer (order, NULL, 1, LARGEST_ORDER, &value, error))
    return FALSE;
  if (depth != NULL && !epns_xml_number (depth, NULL, 1.0, 10.0, &distance, error))
    return FALSE;
  if (order == NULL && depth != NULL)
    value = epns_cc3dml_depth_order (scenario, distance);
  else if (depth != NULL)
    epns_cc3dml_note (scenario, depth, "NeighborOrder goes before it; it has no effect");
  epns_scenario_put_integer (scenario, "neighbor-order", (gint32) value);
  return TRUE;
}

/* Elements whose text chooses a variant; only the first of each is stepped here. */
static gboolean
read_variants (const EpnsXmlNode *potts, GError **error)
{
  static const struct {
    const char *element;
    const char *values[5];
    gboolean any_case;
    const char *why; /* the others are refused */
  } variants[] = {
    { "LatticeType", { "square", "hexagonal", NULL }, TRUE, "is a hexagonal lattice" },
    { "MetropolisAlgorithm", { "fast", "list", "boundarywalker", "testrun", NULL }, TRUE,
      "draws copies in another way" },
    { "AcceptanceFunctionName", { "Default", "FirstOrderExpansion", NULL }, FALSE,
      "accepts copies by another law" },
    { "DimensionType", { "3D", "2.5D", NULL }, FALSE, "keeps copies inside planes" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (variants); i++) {
    const EpnsXmlNode *node = epns_xml_child (potts, variants[i].element);
    guint index;
    if (node == NULL)
      continue;
    g_autofree char *folded = variants[i].any_case ? g_ascii_strdown (node->text, -1)
                                                   : g_strdup (node->text);
    EpnsXmlNode spelled = *node;
    spelled.text = folded;
    if (!epns_cc3dml_choice (&spelled, variants[i].values, &index, error))
      return FALSE;
    if (index > 0)
      return epns_xml_refuse (node, EPNS_FAILURE_UNSUPPORTED, error,
                              "<%s>%s</%s> %s, which no step model here honours; remove it or run "
                              "this file in CompuCell3D",
                              node->name, node->text, node->name, variants[i].why);
  }
  return TRUE;
}

/* Seed 0, or none, is the clock's in CompuCell3D: then runs here start from the command's seed. */
static gboolean
read_seed (EpnsScenario *scenario, const EpnsXmlNode *potts, GError **error)
{
  static const char *const generators[] = { "MersenneTwister", "Legacy", NULL };
  const EpnsXmlNode *node = epns_xml_child (potts, "RandomSeed");
  const EpnsXmlNode *generator = epns_xml_child (potts, "RandomNumberGenerator");
  gint64 seed = 0;

  if (node != NULL && !epns_xml_integer (node, NULL, 0, G_MAXUINT32, &seed, error))
    return FALSE;
  scenario->host_seed = (guint64) seed;
  if (seed != 0)
    scenario->plan.seed = (guint64) seed;
  else
    epns_cc3dml_note (scenario, node ? node : potts,
                      "no RandomSeed, CompuCell3D takes one from the clock; here it is 1 unless "
                      "--seed says otherwise");
  if (generator == NULL || epns_xml_attribute (generator, "Name") == NULL)
    return TRUE;
  EpnsXmlNode named = *generator;
  guint index;
  named.text = epns_xml_attribute (generator, "Name");
  if (!epns_cc3dml_choice (&named, generators, &index, error))
    return FALSE;
  if (index > 0)
    epns_cc3dml_note (scenario, generator,
                      "this generator's own sequence is not reproduced; results agree in "
                      "distribution");
  return TRUE;
}

/* CompuCell3D's runner loops over 0..Steps-1 and does not sweep at 0. */
static gboolean
read_steps (EpnsScenario *scenario, const EpnsXmlNode *potts, GError **error)
{
  const EpnsXmlNode *node = epns_xml_child (potts, "Steps");

  if (node == NULL)
    epns_cc3dml_note (scenario, potts,
                      "no Steps; CompuCell3D takes 0, say with --until how long to run");
  else if (!epns_xml_integer (node, NULL, 0, G_MAXUINT32, &scenario->steps, error))
    return FALSE;
  scenario->plan.until = (double) MAX (scenario->steps - 1, 0);
  scenario->plan.every = epns_scenario_default_every (scenario->plan.until);
  return TRUE;
}

gboolean
epns_cc3dml_read_potts (EpnsScenario *scenario, const EpnsXmlNode *potts, GError **error)
{
  return read_variants (potts, error) && read_boundaries (scenario, potts, error)
         && read_temperature (scenario, potts, error) && read_neighbours (scenario, potts, error)
         && read_numbers (scenario, potts, error) && read_seed (scenario, potts, error)
         && read_steps (scenario, potts, error);
}
