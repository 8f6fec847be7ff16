/* SPDX-License-Identifier: MIT */
/* A CC3DML file from its root: which plugins and steppables are read, which do not matter, which
 * are refused. */
#include "adapters/cc3dml.h"

#include <string.h>

typedef gboolean (*Reader) (EpnsScenario *scenario, const EpnsXmlNode *node, GError **error);

typedef enum { PART_ENERGY, PART_START, PART_INERT, PART_REFUSED } PartKind;

/* A plugin or steppable of CompuCell3D. */
typedef struct {
  const char *name;
  PartKind kind;
  Reader read;
  const char *what; /* does: for notes and refusals */
} Part;

#define TRACKS "only keeps book"
#define WRITES "only writes files"
#define FIELDS "works on chemical fields"
#define PULLS "adds an energy to every copy"
#define LINKS "keeps cells whole or together"
#define DIVIDES "makes cells grow or divide"

static const Part plugins[] = {
  { "CellType", PART_ENERGY, NULL, NULL }, /* read first, on its own */
  { "Volume", PART_ENERGY, epns_cc3dml_read_volume, NULL },
  { "VolumeFlex", PART_ENERGY, epns_cc3dml_read_volume, NULL },
  { "VolumeLocalFlex", PART_ENERGY, epns_cc3dml_read_volume, NULL },
  { "VolumeEnergy", PART_ENERGY, epns_cc3dml_read_volume, NULL },
  { "Surface", PART_ENERGY, epns_cc3dml_read_surface, NULL },
  { "SurfaceFlex", PART_ENERGY, epns_cc3dml_read_surface, NULL },
  { "SurfaceLocalFlex", PART_ENERGY, epns_cc3dml_read_surface, NULL },
  { "SurfaceEnergy", PART_ENERGY, epns_cc3dml_read_surface, NULL },
  { "Contact", PART_ENERGY, epns_cc3dml_read_contact, NULL },
  { "BoundaryMonitor", PART_INERT, NULL, TRACKS },
  { "BoundaryPixelTracker", PART_INERT, NULL, TRACKS },
  { "CellTypeMonitor", PART_INERT, NULL, TRACKS },
  { "CellVelocity", PART_INERT, NULL, TRACKS },
  { "CenterOfMass", PART_INERT, NULL, TRACKS },
  { "ClusterSurfaceTracker", PART_INERT, NULL, TRACKS },
  { "CurvatureCalculator", PART_INERT, NULL, TRACKS },
  { "ElasticityTracker", PART_INERT, NULL, TRACKS },
  { "GlobalBoundaryPixelTracker", PART_INERT, NULL, TRACKS },
  { "MomentOfInertia", PART_INERT, NULL, TRACKS },
  { "NeighborTracker", PART_INERT, NULL, TRACKS },
  { "PixelTracker", PART_INERT, NULL, TRACKS },
  { "PlasticityTracker", PART_INERT, NULL, TRACKS },
  { "PlayerSettings", PART_INERT, NULL, "only sets up the display" },
  { "PolarizationVector", PART_INERT, NULL, TRACKS },
  { "SimpleClock", PART_INERT, NULL, TRACKS },
  { "SurfaceTracker", PART_INERT, NULL, TRACKS },
  { "VolumeTracker", PART_INERT, NULL, TRACKS },
  { "AdhesionFlex", PART_REFUSED, NULL, PULLS },
  { "CellOrientation", PART_REFUSED, NULL, PULLS },
  { "Chemotaxis", PART_REFUSED, NULL, "pulls cells along chemical gradients" },
  { "ChemotaxisDicty", PART_REFUSED, NULL, "pulls cells along chemical gradients" },
  { "ClusterSurface", PART_REFUSED, NULL, "constrains cells made of compartments" },
  { "Compartment", PART_REFUSED, NULL, "makes cells of compartments" },
  { "Connectivity", PART_REFUSED, NULL, LINKS },
  { "ConnectivityGlobal", PART_REFUSED, NULL, LINKS },
  { "ConnectivityLocalFlex", PART_REFUSED, NULL, LINKS },
  { "ContactCompartment", PART_REFUSED, NULL, "makes cells of compartments" },
  { "ContactInternal", PART_REFUSED, NULL, "makes cells of compartments" },
  { "ContactLocalFlex", PART_REFUSED, NULL,
    "gives every pair of cells a contact energy of its own" },
  { "ContactLocalProduct", PART_REFUSED, NULL,
    "makes contact energies from molecules that cells carry" },
  { "ContactMultiCad", PART_REFUSED, NULL,
    "makes contact energies from molecules that cells carry" },
  { "ContactOrientation", PART_REFUSED, NULL, PULLS },
  { "ConvergentExtension", PART_REFUSED, NULL, PULLS },
  { "Curvature", PART_REFUSED, NULL, PULLS },
  { "ECMaterials", PART_REFUSED, NULL, PULLS },
  { "Elasticity", PART_REFUSED, NULL, LINKS },
  { "ElasticityEnergy", PART_REFUSED, NULL, LINKS },
  { "ExternalPotential", PART_REFUSED, NULL, "pulls cells by an outer force" },
  { "FocalPointContact", PART_REFUSED, NULL, LINKS },
  { "FocalPointPlasticity", PART_REFUSED, NULL, LINKS },
  { "ImplicitMotility", PART_REFUSED, NULL, "drives cells along a direction of their own" },
  { "LengthConstraint", PART_REFUSED, NULL, "makes cells long" },
  { "LengthConstraintLocalFlex", PART_REFUSED, NULL, "makes cells long" },
  { "LocalAntiFragmentation", PART_REFUSED, NULL, LINKS },
  { "Mitosis", PART_REFUSED, NULL, DIVIDES },
  { "MitosisSimple", PART_REFUSED, NULL, DIVIDES },
  { "MolecularContact", PART_REFUSED, NULL, PULLS },
  { "OrientedContact", PART_REFUSED, NULL, PULLS },
  { "OrientedGrowth", PART_REFUSED, NULL, PULLS },
  { "OrientedGrowth2", PART_REFUSED, NULL, PULLS },
  { "PDESolverCaller", PART_REFUSED, NULL, FIELDS },
  { "PlasticityEnergy", PART_REFUSED, NULL, LINKS },
  { "Polarization23", PART_REFUSED, NULL, PULLS },
  { "Secretion", PART_REFUSED, NULL, FIELDS },
  { "SecretionLocalFlex", PART_REFUSED, NULL, FIELDS },
  { "VectorFieldPolarization", PART_REFUSED, NULL, PULLS },
  { "Viscosity", PART_REFUSED, NULL, PULLS },
  { .name = NULL }
};

static const Part steppables[] = {
  { "BlobInitializer", PART_START, epns_cc3dml_read_blob, NULL },
  { "UniformInitializer", PART_START, epns_cc3dml_read_uniform, NULL },
  { "PIFInitializer", PART_START, epns_cc3dml_read_pif, NULL },
  { "EpnsStep", PART_INERT, NULL, "only says who steps in CompuCell3D" },
  { "BoxWatcher", PART_INERT, NULL, "only narrows where CompuCell3D computes" },
  { "FieldManager", PART_INERT, NULL,
    "only declares fields, which do not act on cells by themselves" },
  { "FoamDataOutput", PART_INERT, NULL, WRITES },
  { "HeterotypicBoundaryLength", PART_INERT, NULL, "only measures" },
  { "PIFDumper", PART_INERT, NULL, WRITES },
  { "PressureCalculator", PART_INERT, NULL, "only measures" },
  { "AdvectionDiffusionSolverFE", PART_REFUSED, NULL, FIELDS },
  { "BiasVectorSteppable", PART_REFUSED, NULL, "drives cells along a direction of their own" },
  { "DictyChemotaxisSteppable", PART_REFUSED, NULL, FIELDS },
  { "DiffusionSolverFE", PART_REFUSED, NULL, FIELDS },
  { "FastDiffusionSolver2DFE", PART_REFUSED, NULL, FIELDS },
  { "FlexibleDiffusionSolverADE", PART_REFUSED, NULL, FIELDS },
  { "FlexibleDiffusionSolverFE", PART_REFUSED, NULL, FIELDS },
  { "FlexibleReactionDiffusionSolverFE", PART_REFUSED, NULL, FIELDS },
  { "FluctuationCompensator", PART_REFUSED, NULL, FIELDS },
  { "GrowthSteppable", PART_REFUSED, NULL, DIVIDES },
  { "KernelDiffusionSolver", PART_REFUSED, NULL, FIELDS },
  { "Mitosis", PART_REFUSED, NULL, DIVIDES },
  { "ObjInitializer", PART_REFUSED, NULL, "lays cells from 3D shapes" },
  { "PolygonInitializer", PART_REFUSED, NULL, "lays cells from polygons" },
  { "RandomBlobInitializer", PART_REFUSED, NULL, "grows the start at random" },
  { "RandomFieldInitializer", PART_REFUSED, NULL, "grows the start at random" },
  { "ReactionDiffusionSolverFE", PART_REFUSED, NULL, FIELDS },
  { "ReactionDiffusionSolverFVM", PART_REFUSED, NULL, FIELDS },
  { "SteadyStateDiffusionSolver", PART_REFUSED, NULL, FIELDS },
  { "SteadyStateDiffusionSolver2D", PART_REFUSED, NULL, FIELDS },
  { "TubeInitializer", PART_REFUSED, NULL, "lays cells in a tube" },
  { .name = NULL }
};

/* The two families of parts: element, the attribute that names one, the known ones. */
typedef struct {
  const char *element, *attribute;
  const Part *parts;
} Family;

static const Family families[] = { { "Plugin", "Name", plugins },
                                   { "Steppable", "Type", steppables } };

static const Part *
find_part (const Family *family, const char *name)
{
  for (const Part *part = family->parts; part->name != NULL; part++)
    if (g_str_equal (part->name, name))
      return part;
  return NULL;
}

static gboolean
refuse_unknown (const Family *family, const EpnsXmlNode *node, const char *name, GError **error)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new ();

  for (const Part *part = family->parts; part->name != NULL; part++)
    g_ptr_array_add (names, (gpointer) part->name);
  g_ptr_array_add (names, NULL);
  g_autofree char *hint = epns_suggestion (name, (const char *const *) names->pdata);
  return epns_xml_refuse (node, EPNS_FAILURE_UNSUPPORTED, error,
                          "<%s %s=\"%.60s\"> is not known to this version%s", family->element,
                          family->attribute, name,
                          *hint ? hint : "; remove it if it does not act on the cells");
}

static gboolean
is_same_reader (const Family *family, const EpnsXmlNode *a, const Part *part)
{
  const char *name = epns_xml_attribute (a, family->attribute);
  const Part *other = name ? find_part (family, name) : NULL;

  return other == part || (other != NULL && part->read != NULL && other->read == part->read);
}

/* CompuCell3D reads the first of two parts of one name, and adds up two of one meaning; neither is
 * likely to be meant. */
static gboolean
check_single (const Family *family, const EpnsXmlNode *root, const EpnsXmlNode *node,
              const Part *part, GError **error)
{
  for (const EpnsXmlNode *at = epns_xml_child (root, family->element); at != node;
       at = epns_xml_again (at))
    if (is_same_reader (family, at, part))
      return epns_xml_refuse (node, EPNS_FAILURE_FORMAT, error,
                              "<%s %s=\"%s\"> after another one in line %d; keep one",
                              family->element, family->attribute, part->name, at->line);
  return TRUE;
}

static gboolean
check_part (EpnsScenario *scenario, const Family *family, const EpnsXmlNode *root,
            const EpnsXmlNode *node, GError **error)
{
  const char *name;

  if (!epns_xml_string (node, family->attribute, &name, error))
    return FALSE;
  const Part *part = find_part (family, name);
  if (part == NULL)
    return refuse_unknown (family, node, name, error);
  if (part->kind == PART_REFUSED)
    return epns_xml_refuse (node, EPNS_FAILURE_UNSUPPORTED, error,
                            "<%s %s=\"%s\"> %s, which no step model here honours; remove it or run "
                            "this file in CompuCell3D",
                            family->element, family->attribute, name, part->what);
  if (part->kind == PART_INERT) {
    epns_scenario_note (scenario, "%s:%d: <%s %s=\"%s\"> %s; it has no effect here", node->path,
                        node->line, family->element, family->attribute, name, part->what);
    return TRUE;
  }
  return check_single (family, root, node, part, error);
}

static void
note_metadata (EpnsScenario *scenario, const EpnsXmlNode *node)
{
  const EpnsXmlNode *processors = epns_xml_child (node, "NumberOfProcessors");

  if (processors != NULL && !g_str_equal (processors->text, "1"))
    epns_cc3dml_note (scenario, processors,
                      "several threads change CompuCell3D's order of copies; results agree in "
                      "distribution");
  else
    epns_cc3dml_note (scenario, node, "only says how CompuCell3D runs");
}

/* First pass: is everything in the file known, and nothing in it beyond what is honoured? */
static gboolean
check_root (EpnsScenario *scenario, const EpnsXmlNode *root, GError **error)
{
  static const char *const known[] = {
    "Potts", "Plugin", "Steppable", "Metadata", "SkipSchemaValidation", NULL
  };

  if (root->text[0] != '\0')
    epns_cc3dml_note (scenario, root, "the text \"%.40s\" between its elements has no effect",
                      root->text);
  for (const EpnsXmlNode *node = root->children; node != NULL; node = node->next) {
    const Family *family = NULL;
    for (guint i = 0; i < G_N_ELEMENTS (families); i++)
      if (g_str_equal (node->name, families[i].element))
        family = &families[i];
    if (family != NULL) {
      if (!check_part (scenario, family, root, node, error))
        return FALSE;
    } else if (g_str_equal (node->name, "Metadata")) {
      note_metadata (scenario, node);
    } else if (!g_strv_contains (known, node->name)) {
      g_autofree char *hint = epns_suggestion (node->name, known);
      return epns_xml_refuse (node, EPNS_FAILURE_FORMAT, error,
                              "<%s> is not known inside <CompuCell3D>%s", node->name,
                              *hint ? hint : "; remove it");
    } else if (g_str_equal (node->name, "Potts") && epns_xml_child (root, "Potts") != node) {
      return epns_xml_refuse (node, EPNS_FAILURE_FORMAT, error,
                              "<Potts> is stated twice; keep one");
    }
  }
  return TRUE;
}

/* Second pass: read the parts of one kind, in their order in the file. */
static gboolean
read_parts (EpnsScenario *scenario, const EpnsXmlNode *root, PartKind kind, GError **error)
{
  const Family *family = &families[kind == PART_START];

  for (const EpnsXmlNode *node = epns_xml_child (root, family->element); node != NULL;
       node = epns_xml_again (node)) {
    const Part *part = find_part (family, epns_xml_attribute (node, family->attribute));
    if (part->kind == kind && part->read != NULL && !part->read (scenario, node, error))
      return FALSE;
  }
  return TRUE;
}

static const EpnsXmlNode *
find_plugin (const EpnsXmlNode *root, const char *name)
{
  const EpnsXmlNode *node = epns_xml_child (root, "Plugin");

  while (node != NULL && !g_str_equal (epns_xml_attribute (node, "Name"), name))
    node = epns_xml_again (node);
  return node;
}

/* Energies that the file does not have count nothing; say so, and let the step know. */
static void
fill_missing (EpnsScenario *scenario, const EpnsXmlNode *root)
{
  static const char *const names[] = { "target-volume", "volume-strength", "contact-energy" };
  guint n = scenario->types->len;
  g_autofree double *zeros = g_new0 (double, (gsize) n * n);
  epns_view view;

  for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
    gboolean pairs = i == 2;
    if (epns_scenario_parameter (scenario, names[i], &view))
      continue;
    if (i > 0)
      epns_scenario_note (scenario, "%s:%d: no <Plugin Name=\"%s\">, so it adds no energy",
                          root->path, root->line, pairs ? "Contact" : "Volume");
    epns_scenario_put (scenario, names[i], EPNS_F64, pairs ? 2 : 1, (int64_t[]) { n, n }, zeros);
  }
}

/* SurfaceTracker's own neighbourhood would change what a surface is. */
static gboolean
check_tracker (const EpnsXmlNode *root, GError **error)
{
  const EpnsXmlNode *node = find_plugin (root, "SurfaceTracker");

  if (node == NULL || node->children == NULL)
    return TRUE;
  return epns_xml_refuse (node->children, EPNS_FAILURE_UNSUPPORTED, error,
                          "<%s> of SurfaceTracker is not read; state <NeighborOrder> in <Plugin "
                          "Name=\"Surface\">",
                          node->children->name);
}

/* What a project's Python does cannot be seen from here; tell those who have such a project. */
static void
note_python (EpnsScenario *scenario, const char *path)
{
  g_autofree char *folder = g_path_get_dirname (path);
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  gboolean found = FALSE;

  for (const char *name; dir != NULL && !found && (name = g_dir_read_name (dir)) != NULL;)
    found = g_str_has_suffix (name, ".py");
  if (found)
    epns_scenario_note (scenario,
                        "%s:1: Python files lie beside it; what they add to the model is not read",
                        path);
}

static gboolean
read_root (EpnsScenario *scenario, const EpnsXmlNode *root, GError **error)
{
  const EpnsXmlNode *potts = epns_xml_child (root, "Potts");

  if (potts == NULL)
    return epns_xml_refuse (root, EPNS_FAILURE_FORMAT, error,
                            "<CompuCell3D> has no <Potts>; add it");
  if (!epns_cc3dml_read_lattice (scenario, potts, error) || !check_root (scenario, root, error)
      || !check_tracker (root, error))
    return FALSE;
  const EpnsXmlNode *types = find_plugin (root, "CellType");
  if (types == NULL)
    return epns_xml_refuse (root, EPNS_FAILURE_FORMAT, error,
                            "no <Plugin Name=\"CellType\">; add it");
  if (!epns_cc3dml_read_types (scenario, types, error)
      || !epns_cc3dml_read_potts (scenario, potts, error)
      || !read_parts (scenario, root, PART_ENERGY, error)
      || !read_parts (scenario, root, PART_START, error))
    return FALSE;
  fill_missing (scenario, root);
  return scenario->regions->len > 0
         || epns_xml_refuse (root, EPNS_FAILURE_UNSUPPORTED, error,
                             "no initialiser, the first cells are left to Python; "
                             "add BlobInitializer, UniformInitializer or PIFInitializer");
}

gboolean
epns_cc3dml_probe (const EpnsXmlNode *root)
{
  return g_str_equal (root->name, "CompuCell3D");
}

EpnsScenario *
epns_cc3dml_read (const char *path, EpnsXml *xml, GError **error)
{
  g_autoptr (EpnsScenario) scenario = epns_scenario_new (path, "CompuCell3D");

  if (!read_root (scenario, epns_xml_root (xml), error))
    return NULL;
  note_python (scenario, path);
  epns_scenario_add_model (scenario, "native", "cpm", NULL);
  return g_steal_pointer (&scenario);
}
