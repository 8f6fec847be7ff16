/* SPDX-License-Identifier: MIT */
/* CC3DML: what the file says arrives, and every silence of CompuCell3D is broken. */
#include "adapters/cc3dml.h"
#include "tests/reading.h"

#include <glib/gstdio.h>

static EpnsScenario *
read_text (const char *text, GError **error)
{
  g_autoptr (EpnsXml) xml = epns_xml_parse ("sorting.xml", text, strlen (text), error);

  return xml ? epns_cc3dml_read ("sorting.xml", xml, error) : NULL;
}

static double
number (const EpnsScenario *scenario, const char *name)
{
  epns_view view;

  ck_assert_msg (epns_scenario_parameter (scenario, name, &view), "%s", name);
  ck_assert_int_eq (view.rank, 0);
  return view.dtype == EPNS_F64 ? *(const double *) view.data : *(const gint32 *) view.data;
}

static const double *
table (const EpnsScenario *scenario, const char *name, int32_t rank)
{
  epns_view view;

  ck_assert_msg (epns_scenario_parameter (scenario, name, &view), "%s", name);
  ck_assert_int_eq (view.rank, rank);
  ck_assert_int_eq (view.dtype, EPNS_F64);
  for (int32_t i = 0; i < rank; i++)
    ck_assert_int_eq (view.shape[i], scenario->types->len);
  return view.data;
}

static gboolean
has_note (const EpnsScenario *scenario, const char *part)
{
  for (guint i = 0; i < scenario->notes->len; i++)
    if (strstr (g_ptr_array_index (scenario->notes, i), part) != NULL)
      return TRUE;
  return FALSE;
}

START_TEST (the_whole_file)
{
  static const double energies[9] = { 0, 16, 16, 16, 2, 11, 16, 11, 14 };
  g_autofree char *text = reading_load ("examples/cell-sorting/sorting.xml");
  g_autoptr (EpnsScenario) scenario = read_text (text, NULL);
  epns_view view;

  ck_assert_int_eq (scenario->size[0], 1);
  ck_assert_int_eq (scenario->size[1], 64);
  ck_assert_int_eq (scenario->size[2], 64);
  ck_assert_uint_eq (scenario->types->len, 3);
  ck_assert_int_eq (epns_scenario_type_id (scenario, "NonCondensing"), 2);
  ck_assert_str_eq (epns_scenario_type_name (scenario, 1), "Condensing");
  ck_assert_ptr_null (epns_scenario_type_name (scenario, 3));
  ck_assert_mem_eq (table (scenario, "contact-energy", 2), energies, sizeof energies);
  ck_assert_double_eq (table (scenario, "target-volume", 1)[2], 25.0);
  ck_assert_double_eq (table (scenario, "volume-strength", 1)[1], 2.0);
  ck_assert_double_eq (number (scenario, "temperature"), 10.0);
  ck_assert_double_eq (number (scenario, "neighbor-order"), 2.0);
  ck_assert_double_eq (number (scenario, "contact-neighbor-order"), 2.0);
  ck_assert_double_eq (number (scenario, "attempts-per-site"), 1.0);
  ck_assert_double_eq (number (scenario, "boltzmann-constant"), 1.0);
  ck_assert (epns_scenario_parameter (scenario, "periodic", &view));
  ck_assert_int_eq (view.shape[0], 3);
  ck_assert (!epns_scenario_parameter (scenario, "target-surface", &view));
  ck_assert_int_eq (scenario->steps, 501);
  ck_assert_double_eq (scenario->plan.until, 500.0);
  ck_assert_double_eq (scenario->plan.every, 5.0);
  ck_assert_uint_eq (scenario->host_seed, 1);
  ck_assert_uint_eq (scenario->plan.models->len, 1);
  ck_assert_str_eq (((const EpnsPlanModel *) g_ptr_array_index (scenario->plan.models, 0))->kind,
                    "cpm");
}
END_TEST

#define POTTS "<Temperature>10.0</Temperature>"
#define VOLUME_ROW                                                                                 \
  "<VolumeEnergyParameters CellType=\"Condensing\" LambdaVolume=\"2.0\" TargetVolume=\"25\"/>"
#define CONTACT_ROW "<Energy Type1=\"Condensing\" Type2=\"NonCondensing\">11</Energy>"
#define CONDENSING "<CellType TypeId=\"1\" TypeName=\"Condensing\"/>"
#define FROZEN "<CellType TypeId=\"1\" TypeName=\"Condensing\" Freeze=\"\"/>"
#define CONTACT_ORDER "<NeighborOrder>2</NeighborOrder>\n  </Plugin>"
#define BEFORE_CONTACT "<Plugin Name=\"Contact\">"

/* One change to sorting.xml, and what a parameter then is. */
START_TEST (values_as_stated)
{
  static const struct {
    const char *from, *to, *parameter;
    double value;
  } cases[] = {
    { POTTS, "<Temperature> 7.5 </Temperature>", "temperature", 7.5 },
    { POTTS, "", "temperature", 0.0 },
    { POTTS, POTTS "<FluctuationAmplitude>3</FluctuationAmplitude>", "temperature", 3.0 },
    { POTTS, POTTS "<Temperature>4</Temperature>", "temperature", 10.0 },
    { POTTS, POTTS "<Offset>-2</Offset>", "acceptance-offset", -2.0 },
    { POTTS, POTTS "<KBoltzman>0.5</KBoltzman>", "boltzmann-constant", 0.5 },
    { POTTS, POTTS "<Flip2DimRatio>0.25</Flip2DimRatio>", "attempts-per-site", 0.25 },
    { POTTS,
      POTTS "<FluctuationAmplitudeFunctionName>Max</FluctuationAmplitudeFunctionName>",
      "fluctuation-combine", 1.0 },
    { "<NeighborOrder>2</NeighborOrder>", "", "neighbor-order", 1.0 },
    { "<NeighborOrder>2</NeighborOrder>", "<FlipNeighborMaxDistance>1.75</FlipNeighborMaxDistance>",
      "neighbor-order", 2.0 },
    { CONTACT_ORDER, "</Plugin>", "contact-neighbor-order", 1.0 },
    { CONTACT_ORDER, "<Depth>2</Depth></Plugin>", "contact-neighbor-order", 3.0 },
    { CONTACT_ORDER, "<Depth>2.1</Depth><NeighborOrder>9</NeighborOrder></Plugin>",
      "contact-neighbor-order", 3.0 },
    { CONTACT_ORDER, "<WeightEnergyByDistance/></Plugin>", "contact-weight-by-distance", 1.0 },
    { BEFORE_CONTACT,
      "<Plugin Name=\"Surface\"><TargetSurface>20</TargetSurface><LambdaSurface>0.5</LambdaSurface>"
      "<NeighborOrder>3</NeighborOrder></Plugin>" BEFORE_CONTACT, "surface-neighbor-order", 3.0 },
    { BEFORE_CONTACT,
      "<Plugin Name=\"SurfaceFlex\"><TargetSurface>20</TargetSurface>"
      "<LambdaSurface>0.5</LambdaSurface>"
      "<ScaleSurface>2</ScaleSurface></Plugin>" BEFORE_CONTACT, "surface-scale", 2.0 },
  };
  g_autofree char *base = reading_load ("examples/cell-sorting/sorting.xml");

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *text = reading_replace (base, cases[i].from, cases[i].to);
    g_autoptr (GError) error = NULL;
    g_autoptr (EpnsScenario) scenario = read_text (text, &error);
    ck_assert_msg (scenario != NULL, "%s: %s", cases[i].to, error ? error->message : "");
    ck_assert_double_eq (number (scenario, cases[i].parameter), cases[i].value);
  }
}
END_TEST

/* 3D distances: 1, sqrt 2, sqrt 3, 2; along one line 1, 2. */
START_TEST (depth_counts_distances)
{
  EpnsScenario *scenario = epns_scenario_new ("t.xml", "epns");

  scenario->size[0] = scenario->size[1] = scenario->size[2] = 9;
  ck_assert_int_eq (epns_cc3dml_depth_order (scenario, 2.0), 4);
  ck_assert_int_eq (epns_cc3dml_depth_order (scenario, 1.42), 2);
  scenario->size[0] = 1;
  ck_assert_int_eq (epns_cc3dml_depth_order (scenario, 1.0), 1);
  ck_assert_int_eq (epns_cc3dml_depth_order (scenario, 2.24), 4);
  scenario->size[1] = 1;
  ck_assert_int_eq (epns_cc3dml_depth_order (scenario, 2.5), 2);
  epns_scenario_free (scenario);
}
END_TEST

START_TEST (amplitudes_by_type)
{
  static const char *const forms[] = {
    "<FluctuationAmplitude>"
    "<FluctuationAmplitudeParameters CellType=\"Condensing\" FluctuationAmplitude=\"0.1\"/>"
    "<FluctuationAmplitudeParameters CellType=\"NonCondensing\" FluctuationAmplitude=\"20\"/>"
    "</FluctuationAmplitude>",
    "<CellMotility><MotilityParameters CellType=\"Condensing\" Motility=\"0.1\"/>"
    "<MotilityParameters CellType=\"NonCondensing\" Motility=\"20\"/></CellMotility>"
  };
  g_autofree char *base = reading_load ("examples/cell-sorting/sorting.xml");

  for (guint i = 0; i < G_N_ELEMENTS (forms); i++) {
    g_autofree char *text = reading_replace (base, POTTS, forms[i]);
    g_autoptr (EpnsScenario) scenario = read_text (text, NULL);
    const double *amplitude = table (scenario, "fluctuation-amplitude", 1);
    ck_assert_double_eq (amplitude[1], (double) 0.1f); /* kept in single precision */
    ck_assert_double_eq (amplitude[2], 20.0);
    ck_assert (!has_note (scenario, "no Temperature"));
  }
}
END_TEST

START_TEST (boundaries_and_frozen_types)
{
  g_autofree char *base = reading_load ("examples/cell-sorting/sorting.xml");
  static const char ends[] = POTTS "<Boundary_x>Periodic</Boundary_x>"
                                   "<Boundary_y>NoFlux</Boundary_y>";
  g_autofree char *half = reading_replace (base, POTTS, ends);
  g_autofree char *text = reading_replace (half, CONDENSING, FROZEN);
  g_autoptr (EpnsScenario) scenario = read_text (text, NULL);
  epns_view view;

  ck_assert (epns_scenario_parameter (scenario, "periodic", &view));
  ck_assert_mem_eq (view.data, ((const gint32[]) { 0, 0, 1 }), 3 * sizeof (gint32));
  ck_assert (epns_scenario_parameter (scenario, "frozen", &view));
  ck_assert_mem_eq (view.data, ((const gint32[]) { 0, 1, 0 }), 3 * sizeof (gint32));
}
END_TEST

/* TypeId left out: the lowest that is free, counting those stated later. */
START_TEST (type_ids_left_out)
{
  g_autofree char *base = reading_load ("examples/cell-sorting/sorting.xml");
  g_autofree char *text = reading_replace (base, CONDENSING, "<CellType TypeName=\"Condensing\"/>");
  g_autoptr (EpnsScenario) scenario = read_text (text, NULL);

  ck_assert_int_eq (epns_scenario_type_id (scenario, "Condensing"), 1);
}
END_TEST

/* One change to sorting.xml that must be refused, and what the line says. */
typedef struct {
  const char *from, *to, *message;
} Change;

static void
all_refused (const Change *changes, gsize n)
{
  g_autofree char *base = reading_load ("examples/cell-sorting/sorting.xml");

  for (gsize i = 0; i < n; i++) {
    g_autofree char *text = reading_replace (base, changes[i].from, changes[i].to);
    g_autoptr (GError) error = NULL;
    g_autoptr (EpnsScenario) scenario = read_text (text, &error);
    ck_assert_msg (scenario == NULL, "%s is read", changes[i].to);
    ck_assert_msg (g_str_has_prefix (error->message, "sorting.xml:"), "%s", error->message);
    reading_failed (&error, changes[i].message);
  }
}

START_TEST (spelling)
{
  static const Change changes[] = {
    { POTTS, "<Tempersture>10</Tempersture>",
      "<Tempersture> is not known inside <Potts>, CompuCell3D would ignore it; did "
      "you mean Temperature?" },
    { POTTS, POTTS "<Boundary_x>periodic</Boundary_x>", "did you mean Periodic?" },
    { POTTS, POTTS "<Boundary_x>Wall</Boundary_x>", "give one of NoFlux, Periodic" },
    { "<Plugin Name=\"Contact\">", "<Plugin Name=\"Contakt\">", "did you mean Contact?" },
    { "<Plugin Name=\"Contact\">", "<Plugin Name=\"Zebra\">", "is not known to this version" },
    { "<Plugin Name=\"Contact\">", "<Plugin>", "<Plugin> has no Name" },
    { "<Plugin Name=\"Contact\">", "<Plugin Name=\"Contact\" Nane=\"x\">", "did you mean Name?" },
    { "Type=\"BlobInitializer\"", "Type=\"BlobInitialiser\"", "did you mean BlobInitializer?" },
    { VOLUME_ROW,
      "<VolumeEnergyParameter CellType=\"Condensing\" LambdaVolume=\"2\" TargetVolume=\"25\"/>",
      "did you mean VolumeEnergyParameters?" },
    { VOLUME_ROW,
      "<VolumeEnergyParameters CellType=\"Condensing\" LamdaVolume=\"2\" TargetVolume=\"25\"/>",
      "did you mean LambdaVolume?" },
    { CONTACT_ROW, "<Energy Type1=\"Condensing\" Type2=\"NonCondensin\">11</Energy>",
      "did you mean NonCondensing?" },
    { "<Types>Condensing,NonCondensing</Types>", "<Types>Condensing,Noncondensing</Types>",
      "did you mean NonCondensing?" },
    { CONDENSING, "<CellType TypeId=\"1\" TypeName=\"Condensing\" Frozen=\"\"/>",
      "did you mean Freeze?" },
    { "<Width>5</Width>", "<Widht>5</Widht>", "did you mean Width?" },
    { POTTS, POTTS "<LatticeType>Hexagon</LatticeType>", "did you mean hexagonal?" },
  };

  all_refused (changes, G_N_ELEMENTS (changes));
}
END_TEST

START_TEST (values_out_of_range)
{
  static const Change changes[] = {
    { POTTS, "<Temperature>nan</Temperature>",
      "<Temperature>nan</Temperature> is not a finite number" },
    { POTTS, "<Temperature>inf</Temperature>", "is not a finite number" },
    { POTTS, "<Temperature>-1</Temperature>", "outside 0 to inf" },
    { POTTS, "<Temperature>10,5</Temperature>", "is not a finite number" },
    { POTTS, "<Temperature/>", "<Temperature> is empty" },
    { POTTS, "<Temperature>{{T}}</Temperature>", "fill in the template" },
    { "<Steps>501</Steps>", "<Steps>many</Steps>", "is not a finite number" },
    { "<Steps>501</Steps>", "<Steps>1.5</Steps>", "is not an integer" },
    { "x=\"64\" y=\"64\" z=\"1\"", "x=\"0\" y=\"64\" z=\"1\"", "x=0 is outside 1 to 32767" },
    { "x=\"64\" y=\"64\" z=\"1\"", "x=\"1000000\" y=\"1000000\" z=\"1\"", "outside 1 to 32767" },
    { "x=\"64\" y=\"64\" z=\"1\"", "x=\"20000\" y=\"20000\" z=\"9\"", "make 3600000000 sites" },
    { "x=\"64\" y=\"64\" z=\"1\"", "x=\"64\" y=\"64\"", "<Dimensions> has no z" },
    { "x=\"64\" y=\"64\" z=\"1\"", "x=\"{{x}}\" y=\"64\" z=\"1\"", "fill in the template" },
    { "<Dimensions x=\"64\" y=\"64\" z=\"1\"/>", "", "has no <Dimensions>" },
    { "<NeighborOrder>2</NeighborOrder>", "<NeighborOrder>0</NeighborOrder>", "outside 1 to 100" },
    { "<RandomSeed>1</RandomSeed>", "<RandomSeed>4294967296</RandomSeed>",
      "outside 0 to 4294967295" },
    { CONDENSING, "<CellType TypeId=\"256\" TypeName=\"Condensing\"/>",
      "TypeId=256 is outside 0 to 255" },
    { CONDENSING, "<CellType TypeId=\"2\" TypeName=\"Condensing\"/>",
      "<CellType TypeId=\"2\"> is \"Condensing\" already" },
    { CONDENSING, CONDENSING "<CellType TypeId=\"7\" TypeName=\"Condensing\"/>",
      "is declared twice" },
    { "TypeName=\"Medium\"", "TypeName=\"Water\"", "Medium, and nothing else, has TypeId 0" },
    { VOLUME_ROW, VOLUME_ROW VOLUME_ROW, "is stated twice" },
    { VOLUME_ROW,
      "<VolumeEnergyParameters CellType=\"Condensing\" LambdaVolume=\"2\" TargetVolume=\"-5\"/>",
      "outside 0" },
    { CONTACT_ROW, "",
      "<Energy Type1=\"Condensing\" Type2=\"NonCondensing\"> is missing from <Plugin" },
    { CONTACT_ROW, CONTACT_ROW "<Energy Type1=\"NonCondensing\" Type2=\"Condensing\">11</Energy>",
      "is stated twice" },
    { CONTACT_ROW, "<Energy Type1=\"Condensing\" Type2=\"NonCondensing\">eleven</Energy>",
      "is not a finite number" },
    { CONTACT_ROW, "<Energy Type1=\"Condensing\">11</Energy>", "<Energy> has no Type2" },
    { "<Radius>22</Radius>", "<Radius>31</Radius>", "does not fit" },
    { "<Radius>22</Radius>", "", "has no <Radius>" },
    { "<Width>5</Width>", "<Width>0</Width>", "outside 1" },
    { "<Types>Condensing,NonCondensing</Types>", "<Types>Medium</Types>", "names Medium" },
    { POTTS, POTTS "<Boundary_z>Periodic</Boundary_z>", "on an axis of one site" },
  };

  all_refused (changes, G_N_ELEMENTS (changes));
}
END_TEST

START_TEST (dynamics_not_honoured)
{
  static const Change changes[] = {
    { BEFORE_CONTACT, "<Plugin Name=\"Chemotaxis\"/>" BEFORE_CONTACT,
      "<Plugin Name=\"Chemotaxis\"> pulls cells" },
    { BEFORE_CONTACT, "<Plugin Name=\"FocalPointPlasticity\"/>" BEFORE_CONTACT,
      "no step model here honours" },
    { BEFORE_CONTACT, "<Plugin Name=\"Contact\"/>" BEFORE_CONTACT, "after another one in line" },
    { BEFORE_CONTACT, "<Plugin Name=\"VolumeFlex\"/>" BEFORE_CONTACT, "after another one in line" },
    { BEFORE_CONTACT, "<Plugin Name=\"Surface\"/>" BEFORE_CONTACT,
      "leaves TargetSurface and LambdaSurface to Python" },
    { BEFORE_CONTACT, "<Plugin Name=\"Surface\"><TargetSurface>20</TargetSurface></Plugin>"
      BEFORE_CONTACT,
      "<TargetSurface> without <LambdaSurface>" },
    { BEFORE_CONTACT,
      "<Plugin Name=\"SurfaceTracker\"><MaxNeighborOrder>3</MaxNeighborOrder></Plugin>"
      BEFORE_CONTACT,
      "<MaxNeighborOrder> of SurfaceTracker is not read" },
    { "</CompuCell3D>", "<Steppable Type=\"DiffusionSolverFE\"/></CompuCell3D>",
      "works on chemical fields" },
    { "Type=\"BlobInitializer\"", "Type=\"RandomFieldInitializer\"", "grows the start at random" },
    { POTTS, POTTS "<LatticeType>Hexagonal</LatticeType>", "is a hexagonal lattice" },
    { POTTS, POTTS "<MetropolisAlgorithm>BoundaryWalker</MetropolisAlgorithm>",
      "draws copies in another way" },
    { POTTS, POTTS "<AcceptanceFunctionName>FirstOrderExpansion</AcceptanceFunctionName>",
      "accepts copies by another law" },
    { POTTS, POTTS "<DimensionType>2.5D</DimensionType>", "keeps copies inside planes" },
    { POTTS, POTTS "<CustomAcceptanceFunction/>", "accepts copies by an expression" },
    { POTTS, POTTS "<TestRun/>", "replays recorded copies" },
    { POTTS, "<FluctuationAmplitude unit=\"K\">10</FluctuationAmplitude>",
      "does not know this attribute" },
    { CONTACT_ORDER, "<WeightEnergyByDistance>false</WeightEnergyByDistance></Plugin>",
      "switches it on" },
    { VOLUME_ROW, VOLUME_ROW "<VolumeEnergyExpression/>", "is an energy by an expression" },
    { "<Region>", "<Engulfment/><Region>", "types cells by where they lie" },
    { "</CompuCell3D>",
      "<Steppable Type=\"PIFInitializer\"><PIFName>none.piff</PIFName></Steppable></CompuCell3D>",
      "neither none.piff nor ../none.piff exists" },
    { "</CompuCell3D>",
      "<Steppable Type=\"PIFInitializer\"><PIFName>/a.piff</PIFName></Steppable></CompuCell3D>",
      "give a relative path" },
    { "</CompuCell3D>", "<Steppable Type=\"PIFInitializer\"/></CompuCell3D>", "has no <PIFName>" },
  };

  all_refused (changes, G_N_ELEMENTS (changes));
}
END_TEST

/* One change that is accepted and must leave a note. */
START_TEST (notes)
{
  static const Change changes[] = {
    { POTTS, POTTS "<Anneal>10</Anneal>", "<Anneal>" },
    { POTTS, POTTS "<Temperature>4</Temperature>", "CompuCell3D takes the first" },
    { POTTS, POTTS "stray", "the text \"stray\" between its elements" },
    { POTTS, "", "no Temperature; CompuCell3D takes 0" },
    { POTTS, "<Temperature id=\"T\">10</Temperature>", "lets Python steer this value" },
    { POTTS, POTTS "<Flip2DimRatio>0.0</Flip2DimRatio>", "the cells stand still" },
    { POTTS, POTTS "<RandomNumberGenerator Name=\"Legacy\"/>", "own sequence is not reproduced" },
    { "<RandomSeed>1</RandomSeed>", "", "takes one from the clock" },
    { "<RandomSeed>1</RandomSeed>", "<RandomSeed>0</RandomSeed>", "takes one from the clock" },
    { "<NumberOfProcessors>1<", "<NumberOfProcessors>4<", "agree in distribution" },
    { BEFORE_CONTACT, "<Plugin Name=\"CenterOfMass\"/>" BEFORE_CONTACT,
      "<Plugin Name=\"CenterOfMass\"> only keeps book" },
    { "</CompuCell3D>", "<Steppable Type=\"PIFDumper\"/></CompuCell3D>", "only writes files" },
    { "</CompuCell3D>", "<Steppable Type=\"EpnsStep\"/></CompuCell3D>", "only says who steps" },
    { CONDENSING, "<CellType TypeId=\"1\" TypeName=\"Condensing\" Freeze=\"false\"/>",
      "Freeze=\"false\" freezes Condensing" },
    { VOLUME_ROW, "", "Condensing has no row of <VolumeEnergyParameters>" },
  };
  g_autofree char *base = reading_load ("examples/cell-sorting/sorting.xml");

  for (guint i = 0; i < G_N_ELEMENTS (changes); i++) {
    g_autofree char *text = reading_replace (base, changes[i].from, changes[i].to);
    g_autoptr (GError) error = NULL;
    g_autoptr (EpnsScenario) scenario = read_text (text, &error);
    ck_assert_msg (scenario != NULL, "%s: %s", changes[i].to, error ? error->message : "");
    ck_assert_msg (has_note (scenario, changes[i].message), "no note says %s", changes[i].message);
  }
}
END_TEST

/* Two frozen types need no energy between them; a frozen and a moving one do. */
START_TEST (pairs_that_never_change)
{
  g_autofree char *base = reading_load ("examples/cell-sorting/sorting.xml");
  static const char own[] = "<Energy Type1=\"Condensing\" Type2=\"Condensing\">2</Energy>";
  static const char medium[] = "<Energy Type1=\"Medium\" Type2=\"Medium\">0</Energy>";
  g_autofree char *frozen = reading_replace (base, CONDENSING, FROZEN);
  g_autofree char *less = reading_replace (frozen, own, "");
  g_autofree char *text = reading_replace (less, medium, "");
  g_autoptr (EpnsScenario) scenario = read_text (text, NULL);

  ck_assert_ptr_nonnull (scenario);
}
END_TEST

/* The blob in the form without Region: in the middle of the lattice, types 1 and 2 evenly. */
START_TEST (the_old_blob)
{
  g_autofree char *base = reading_load ("examples/cell-sorting/sorting.xml");
  g_auto (GStrv) parts = g_strsplit (base, "<Steppable", 2);
  static const char start[] = "<Steppable Type=\"BlobInitializer\"><Gap>0</Gap><Width>5</Width>"
                              "<CellSortInit>yes</CellSortInit><Radius>22</Radius></Steppable>";
  g_autofree char *text = g_strconcat (parts[0], start, "</CompuCell3D>", NULL);
  g_autoptr (EpnsScenario) old = read_text (text, NULL), new = read_text (base, NULL);
  g_autoptr (EpnsLatticeState) a = epns_scenario_initial_lattice (old, 3, NULL),
                               b = epns_scenario_initial_lattice (new, 3, NULL);

  ck_assert_mem_eq (a->id, b->id, epns_lattice_state_sites (a) * sizeof *a->id);
  for (gsize id = 1; id < a->n_rows; id++)
    ck_assert_int_eq (a->type[id], 3 - b->type[id]); /* "1, 2" there, "2, 1" here */
}
END_TEST

/* PIFName counts from the XML's folder, or from the one above it. */
START_TEST (piff_above_the_folder)
{
  g_autofree char *folder = reading_folder (),
                  *inside = g_build_filename (folder, "Simulation", NULL);
  g_autofree char *base = reading_load ("examples/cell-sorting/sorting_pif.xml");
  g_autofree char *piff = reading_load ("examples/cell-sorting/fixed_init.piff");

  ck_assert_int_eq (g_mkdir (inside, 0700), 0);
  g_free (reading_write (folder, "fixed_init.piff", piff, -1));
  g_free (reading_write (inside, "a.py", "", 0));
  g_autofree char *path = reading_write (inside, "a.xml", base, -1);
  g_autoptr (GError) error = NULL;
  g_autoptr (EpnsScenario) scenario = epns_scenario_read (path, &error);
  ck_assert_msg (scenario != NULL, "%s", error ? error->message : "");
  ck_assert (has_note (scenario, "Python files lie beside it"));
  reading_remove (inside);
  reading_remove (folder);
}
END_TEST

SUITE ("cc3dml", the_whole_file, values_as_stated, depth_counts_distances, amplitudes_by_type,
       boundaries_and_frozen_types, type_ids_left_out, spelling, values_out_of_range,
       dynamics_not_honoured, notes, pairs_that_never_change, the_old_blob, piff_above_the_folder)
