/* SPDX-License-Identifier: MIT */
/* <CPM>: contact energies, how copies are drawn and accepted, how surfaces are counted. */
#include "adapters/morpheus.h"

#include <math.h>

#define OLD_FORMAT "is how older versions state it; open the file in Morpheus 2.2 and save it"
#define PLUGIN "makes a contact's energy depend on more than the types, which no step model here " \
               "honours; remove it"

static const MorpheusWord cpm_words[] = {
  { "Interaction", MORPHEUS_READ, "default negative collapse", NULL },
  { "MonteCarloSampler", MORPHEUS_READ, "stepper", NULL },
  { "ShapeSurface", MORPHEUS_READ, "scaling", NULL },
  { "MCSDuration", MORPHEUS_REFUSED, NULL, OLD_FORMAT },
  { "MetropolisKinetics", MORPHEUS_REFUSED, NULL, OLD_FORMAT },
  { .name = NULL }
};

static const MorpheusWord interaction_words[] = {
  { "Contact", MORPHEUS_READ, "type1 type2 value", NULL },
  { "Constant", MORPHEUS_REFUSED, NULL, "stands in <Interaction>; move it to <Global>" },
  { "Function", MORPHEUS_REFUSED, NULL, "stands in <Interaction>; move it to <Global>" },
  { "Neighborhood", MORPHEUS_REFUSED, NULL, OLD_FORMAT },
  { .name = NULL }
};

static const MorpheusWord contact_words[] = {
  { "AddonAdhesion", MORPHEUS_REFUSED, NULL, PLUGIN },
  { "HomophilicAdhesion", MORPHEUS_REFUSED, NULL, PLUGIN },
  { "HeterophilicAdhesion", MORPHEUS_REFUSED, NULL, PLUGIN },
  { "AnisotropicAdhesion", MORPHEUS_REFUSED, NULL, PLUGIN },
  { "RodSegmentInteraction", MORPHEUS_REFUSED, NULL, PLUGIN },
  { .name = NULL }
};

static const MorpheusWord sampler_words[] = {
  { "MCSDuration", MORPHEUS_READ, "value symbol", NULL },
  { "Neighborhood", MORPHEUS_READ, "", NULL },
  { "MetropolisKinetics", MORPHEUS_READ, "temperature yield", NULL },
  { .name = NULL }
};

/* What one site of border stands for, by lattice and order (Magno et al., BMC Biophysics 8:8, 2015;
 * the values are Morpheus' own). */
static double
norm_of (const EpnsMorpheus *self, gint32 order)
{
  static const double line[] = { 1, 2, 3 }, square[] = { 1, 3, 5, 11, 15, 18 },
                      cubic[] = { 1, 5, 9, 11, 23, 39, 47, 70 },
                      hexagonal[] = { 2.2, 6, 10.4, 22.1, 28.65 };

  if (self->hexagonal)
    return hexagonal[order - 1];
  return self->axes == 1 ? line[order - 1] : self->axes == 2 ? square[order - 1] : cubic[order - 1];
}

static double
neighbours_of (const EpnsMorpheus *self, gint32 order)
{
  static const double square[] = { 4, 8, 12, 20, 24, 28 },
                      cubic[] = { 6, 18, 26, 32, 56, 80, 92, 122 },
                      hexagonal[] = { 6, 12, 18, 30, 36 };

  if (self->hexagonal)
    return hexagonal[order - 1];
  return self->axes == 1   ? 2.0 * order
         : self->axes == 2 ? square[order - 1]
                           : cubic[order - 1];
}

/* Energies and surfaces are both counts over this neighbourhood, divided by the scale. */
static gboolean
read_surface (EpnsMorpheus *self, const EpnsXmlNode *cpm, double *scale, GError **error)
{
  static const char *const scalings[] = { "norm", "size", "none", "magno", NULL };
  const EpnsXmlNode *node = epns_xml_child (cpm, "ShapeSurface");
  int scaling;
  gint32 order;

  if (node == NULL)
    return epns_xml_refuse (cpm, EPNS_FAILURE_FORMAT, error,
                            "<CPM> has no <ShapeSurface>; open the file in Morpheus 2.2 and "
                            "save it");
  if (!epns_morpheus_choice (node, "scaling", scalings, 0, &scaling, error)
      || !epns_morpheus_order (self, node, 8, &order, error))
    return FALSE;
  *scale = scaling == 2   ? 1.0
           : scaling == 1 ? neighbours_of (self, order)
                          : norm_of (self, order);
  epns_scenario_put_integer (self->scenario, "contact-neighbor-order", order);
  epns_scenario_put_integer (self->scenario, "surface-neighbor-order", order);
  epns_scenario_put_number (self->scenario, "surface-scale", 1.0 / *scale);
  return TRUE;
}

static gboolean
read_type (EpnsMorpheus *self, const EpnsXmlNode *row, const char *attribute, gint32 *type,
           GError **error)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new ();
  const char *name;

  if (!epns_xml_string (row, attribute, &name, error))
    return FALSE;
  *type = epns_scenario_type_id (self->scenario, name);
  if (*type >= 0)
    return TRUE;
  for (guint i = 0; i < self->scenario->types->len; i++)
    g_ptr_array_add (names, g_array_index (self->scenario->types, EpnsCellType, i).name);
  g_ptr_array_add (names, NULL);
  g_autofree char *hint = epns_suggestion (name, (const char *const *) names->pdata);
  return epns_xml_refuse (row, EPNS_FAILURE_FORMAT, error,
                          "<%s %s=\"%.40s\">: no cell type has this name%s", row->name, attribute,
                          name, *hint ? hint : "; declare it in <CellTypes>");
}

/* Contacts hold either way round; a later one of the same pair goes before, as in Morpheus. */
static gboolean
read_contacts (EpnsMorpheus *self, const EpnsXmlNode *node, double factor, double *energy,
               GError **error)
{
  guint n = self->scenario->types->len;
  g_autofree gboolean *stated = g_new0 (gboolean, (gsize) n * n);

  for (const EpnsXmlNode *row = epns_xml_child (node, "Contact"); row != NULL;
       row = epns_xml_again (row)) {
    gint32 a, b;
    double value;
    if (!epns_morpheus_check (self, row, contact_words, error)
        || !read_type (self, row, "type1", &a, error) || !read_type (self, row, "type2", &b, error)
        || !epns_morpheus_number (self, NULL, row, "value", -1e12, 1e12, &value, error))
      return FALSE;
    gsize pair = (gsize) a * n + (gsize) b, mirrored = (gsize) b * n + (gsize) a;
    if (stated[pair])
      epns_morpheus_note (self, row, "this pair is stated before; the later one counts");
    stated[pair] = stated[mirrored] = TRUE;
    energy[pair] = energy[mirrored] = factor * value;
  }
  return TRUE;
}

static gboolean
read_interaction (EpnsMorpheus *self, const EpnsXmlNode *cpm, double scale, GError **error)
{
  static const char *const flags[] = { "false", "true", "0", "1", NULL };
  const EpnsXmlNode *node = epns_xml_child (cpm, "Interaction");
  guint n = self->scenario->types->len;
  g_autofree double *energy = g_new0 (double, (gsize) n * n);
  double fallback = 0.0;
  int negative;

  if (node == NULL)
    return epns_xml_refuse (cpm, EPNS_FAILURE_FORMAT, error, "<CPM> has no <Interaction>; add it");
  if (!epns_morpheus_check (self, node, interaction_words, error)
      || !epns_morpheus_choice (node, "negative", flags, 0, &negative, error)
      || (epns_xml_attribute (node, "default") != NULL
          && !epns_morpheus_number (self, NULL, node, "default", -1e12, 1e12, &fallback, error)))
    return FALSE;
  double factor = (negative % 2 ? -1.0 : 1.0) / scale;
  for (gsize i = 0; i < (gsize) n * n; i++)
    energy[i] = factor * fallback;
  if (!read_contacts (self, node, factor, energy, error))
    return FALSE;
  epns_scenario_put (self->scenario, "contact-energy", EPNS_F64, 2, (int64_t[]) { n, n }, energy);
  return TRUE;
}

/* A copy is accepted by exp (-(dE + yield) / temperature), always where dE + yield is at most 0. */
static gboolean
read_kinetics (EpnsMorpheus *self, const EpnsXmlNode *sampler, GError **error)
{
  const EpnsXmlNode *node = epns_xml_child (sampler, "MetropolisKinetics");
  double temperature, yield = 0.0;

  if (node == NULL)
    return epns_xml_refuse (sampler, EPNS_FAILURE_FORMAT, error,
                            "<MonteCarloSampler> has no <MetropolisKinetics>; add it");
  if (!epns_morpheus_number (self, NULL, node, "temperature", 1e-300, 1e300, &temperature, error))
    return FALSE;
  if (epns_xml_attribute (node, "yield") != NULL
      && !epns_morpheus_number (self, NULL, node, "yield", -1e300, 1e300, &yield, error))
    return FALSE;
  epns_scenario_put_number (self->scenario, "temperature", temperature);
  epns_scenario_put_number (self->scenario, "acceptance-offset", 0.0 - yield);
  return TRUE;
}

static gboolean
read_sampler (EpnsMorpheus *self, const EpnsXmlNode *cpm, GError **error)
{
  static const char *const steppers[] = { "edgelist", "random", NULL };
  const EpnsXmlNode *node = epns_xml_child (cpm, "MonteCarloSampler");
  int stepper;
  gint32 order;

  if (node == NULL)
    return epns_xml_refuse (cpm, EPNS_FAILURE_UNSUPPORTED, error,
                            "<CPM> has no <MonteCarloSampler>, so that cells never move; add it");
  if (!epns_morpheus_check (self, node, sampler_words, error)
      || !epns_morpheus_choice (node, "stepper", steppers, -1, &stepper, error)
      || !epns_morpheus_order (self, node, 8, &order, error))
    return FALSE;
  epns_morpheus_note (self, node,
                      "copies are drawn one for each site of the lattice in an MCS, from all "
                      "sites; Morpheus' own random sequence is not reproduced, results agree in "
                      "distribution");
  epns_scenario_put_integer (self->scenario, "neighbor-order", order);
  epns_scenario_put_number (self->scenario, "attempts-per-site", 1.0);
  epns_scenario_put_integer (self->scenario, "last-site", 1);
  return read_kinetics (self, node, error);
}

/* Connectivity looks at the lattice's own neighbourhood. */
static gboolean
read_connectivity (EpnsMorpheus *self, GError **error)
{
  const EpnsXmlNode *lattice = epns_xml_find (self->root, "Space/Lattice");
  epns_view view;
  gint32 order;

  if (!epns_scenario_parameter (self->scenario, "connected", &view))
    return TRUE;
  if (!epns_morpheus_order (self, lattice, self->axes == 3 ? 3 : 2, &order, error))
    return FALSE;
  epns_scenario_put_integer (self->scenario, "connectivity-neighbor-order", order);
  return TRUE;
}

gboolean
epns_morpheus_read_cpm (EpnsMorpheus *self, const EpnsXmlNode *cpm, GError **error)
{
  double scale = 1.0;

  return epns_morpheus_check (self, cpm, cpm_words, error)
         && read_surface (self, cpm, &scale, error) && read_interaction (self, cpm, scale, error)
         && read_sampler (self, cpm, error) && read_connectivity (self, error);
}
