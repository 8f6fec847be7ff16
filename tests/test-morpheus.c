/* SPDX-License-Identifier: MIT */
/* MorpheusML: what the file says arrives, what moves cells in other ways is refused, and a state
 * goes out and comes in again. */
#include "adapters/expression.h"
#include "adapters/morpheus.h"
#include "tests/reading.h"

#include <math.h>
#include <string.h>

#define SORTING "examples/hosts/morpheus/sorting.xml"
#define HEXAGONS "tests/golden/morpheus-hexagons.xml"

static EpnsScenario *
read_text (const char *text, GError **error)
{
  g_autoptr (EpnsXml) xml = epns_xml_parse ("a.xml", text, strlen (text), error);

  return xml ? epns_morpheus_read ("a.xml", xml, error) : NULL;
}

static EpnsScenario *
read_file (const char *relative)
{
  g_autofree char *text = reading_load (relative);
  g_autoptr (GError) error = NULL;
  EpnsScenario *scenario = read_text (text, &error);

  ck_assert_msg (scenario != NULL, "%s", error ? error->message : "");
  return scenario;
}

/* Element i of a parameter of any rank and type. */
static double
element (const EpnsScenario *scenario, const char *name, gsize i)
{
  epns_view view;

  ck_assert_msg (epns_scenario_parameter (scenario, name, &view), "%s", name);
  return view.dtype == EPNS_F64 ? ((const double *) view.data)[i]
                                : ((const gint32 *) view.data)[i];
}

START_TEST (the_whole_file)
{
  g_autoptr (EpnsScenario) scenario = read_file (SORTING);
  static const struct {
    const char *name;
    gsize element;
    double value;
  } expected[] = {
    { "temperature", 0, 2 },          { "acceptance-offset", 0, -0.1 },
    { "neighbor-order", 0, 2 },       { "attempts-per-site", 0, 1 },
    { "last-site", 0, 1 },            { "target-volume", 1, 25 },
    { "target-volume", 2, 25 },       { "volume-strength", 2, 1 },
    { "target-surface", 1, 1 },       { "surface-strength", 1, 0.2 },
    { "surface-target", 0, 1 },       { "surface-neighbor-order", 0, 4 },
    { "surface-scale", 0, 1 / 11.0 }, { "contact-neighbor-order", 0, 4 },
    { "contact-energy", 1, 12 / 11.0 }, { "contact-energy", 2, 6 / 11.0 },
    { "contact-energy", 3, 12 / 11.0 }, { "contact-energy", 5, 16 / 11.0 },
    { "contact-energy", 8, 6 / 11.0 },  { "contact-energy", 0, 0 },
    { "connected", 1, 1 },            { "connectivity-neighbor-order", 0, 2 },
    { "periodic", 2, 1 },             { "periodic", 0, 0 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (expected); i++)
    ck_assert_double_eq_tol (element (scenario, expected[i].name, expected[i].element),
                             expected[i].value, 1e-12);
  ck_assert_int_eq (scenario->size[1], 60);
  ck_assert_str_eq (epns_scenario_type_name (scenario, 2), "blue");
  ck_assert_uint_eq (scenario->plan.seed, 1);
  ck_assert_double_eq (scenario->plan.until, 500);
}
END_TEST

/* Hexagons: norms 10.4 of order 3, borders as stated, energies negated, time in steps of a half. */
START_TEST (hexagons)
{
  g_autoptr (EpnsScenario) scenario = read_file (HEXAGONS);
  static const double border[6] = { 1, 1, 1, 2, 1, 1 };

  ck_assert_int_eq ((int) element (scenario, "grid", 0), 1);
  for (gsize i = 0; i < 6; i++)
    ck_assert_double_eq (element (scenario, "border", i), border[i]);
  ck_assert_double_eq_tol (element (scenario, "surface-scale", 0), 1 / 10.4, 1e-12);
  ck_assert_double_eq_tol (element (scenario, "contact-energy", 2 * 4 + 2), 4 / 10.4, 1e-12);
  ck_assert_double_eq_tol (element (scenario, "contact-energy", 1), -1 / 10.4, 1e-12);
  ck_assert_double_eq (element (scenario, "frozen", 1), 1);
  ck_assert_double_eq (element (scenario, "frozen", 2), 0);
  ck_assert_double_eq (scenario->plan.until, 100);
  ck_assert_str_eq (epns_scenario_type_name (scenario, 0), "Medium");
}
END_TEST

/* Where the hexagons' cells lie, worked out by hand. Cell 30 states its sites, one of them beyond
 * the periodic border. The boxes lie in row 4, where orthogonal x is 2 more than the column, so
 * that 14 to 16 are columns 12 to 14. Of seven cells round (27.5, 13), radius 8, one ring of 8 fits
 * best (|8 - 16 pi / 7| is least): one in the middle, nearest to (27.5, 13), row 15, column 20; six
 * on the ring, the first at 30 degrees: (34.43, 17) makes row 20, column 24. */
START_TEST (places)
{
  g_autoptr (EpnsScenario) scenario = read_file (HEXAGONS);
  g_autoptr (EpnsLatticeState) state = epns_scenario_initial_lattice (scenario, 1, NULL);
  static const struct {
    int x, y, id;
  } expected[] = { { 39, 0, 30 },  { 0, 0, 30 },   { 1, 1, 30 },   { 2, 0, 0 },   { 11, 4, 0 },
                   { 12, 4, 31 },  { 14, 4, 31 },  { 15, 4, 0 },   { 16, 4, 32 }, { 18, 4, 32 },
                   { 12, 3, 0 },   { 20, 15, 33 }, { 24, 20, 34 }, { 19, 15, 0 } };
  g_autofree guint32 *volumes = epns_lattice_state_volumes (state);

  for (gsize i = 0; i < G_N_ELEMENTS (expected); i++)
    ck_assert_msg (state->id[expected[i].y * 40 + expected[i].x] == expected[i].id, "%d, %d is %d",
                   expected[i].x, expected[i].y, state->id[expected[i].y * 40 + expected[i].x]);
  ck_assert_uint_eq (state->n_rows, 40);
  ck_assert_uint_eq (volumes[30], 4);
  ck_assert_uint_eq (volumes[31], 3);
  ck_assert_int_eq (state->type[30], 1);
  for (int id = 33; id < 40; id++) {
    ck_assert_uint_eq (volumes[id], 1);
    ck_assert_int_eq (state->type[id], 2);
  }
}
END_TEST

/* Scattered cells lie within the circle, one site each, elsewhere for another seed. */
START_TEST (by_chance)
{
  g_autoptr (EpnsScenario) scenario = read_file (SORTING);
  g_autoptr (EpnsLatticeState) one = epns_scenario_initial_lattice (scenario, 1, NULL),
                               again = epns_scenario_initial_lattice (scenario, 1, NULL),
                               other = epns_scenario_initial_lattice (scenario, 2, NULL);
  gsize bytes = epns_lattice_state_sites (one) * sizeof (gint32);
  int n = 0;

  ck_assert_mem_eq (one->id, again->id, bytes);
  ck_assert_mem_ne (one->id, other->id, bytes);
  for (int y = 0; y < 60; y++)
    for (int x = 0; x < 60; x++)
      if (one->id[y * 60 + x] != 0) {
        ck_assert_double_le (hypot (x - 30, y - 30), 20);
        n++;
      }
  ck_assert_int_eq (n, 40);
}
END_TEST

#define RED_CIRCLE                                                                                \
  "<InitCircle mode=\"random\" number-of-cells=\"4 * side\">\n"                                   \
  "                <Dimensions center=\"size.x/2, size.y/2, 0\" radius=\"size.x/3\"/>\n"          \
  "            </InitCircle>"

/* Red's circle exchanged for another initialiser: how many cells of red, and whose a site is. */
START_TEST (initialisers)
{
  static const struct {
    const char *text;
    guint cells, sites; /* of red */
    int x, y;           /* is one of red's */
  } cases[] = {
    /* four lines of five, 12 apart along x, 15 apart along y */
    { "<InitRectangle mode=\"regular\" number-of-cells=\"20\"><Dimensions origin=\"0,0,0\" "
      "size=\"60,60,0\"/></InitRectangle>",
      20, 20, 12, 15 },
    { "<InitRectangle mode=\"random\" number-of-cells=\"20\"><Dimensions origin=\"10,10,0\" "
      "size=\"5,4,0\"/></InitRectangle>",
      20, 20, 14, 13 },
    /* 25 sites lie nearer than 3 to a site */
    { "<InitCellObjects mode=\"distance\"><Arrangement repetitions=\"5,4,1\" "
      "displacements=\"8,8,0\"><Sphere center=\"0,0,0\" radius=\"3\"/></Arrangement>"
      "</InitCellObjects>",
      20, 500, 58, 0 },
    /* two boxes of 4 sides that share a column: by order the first has it */
    { "<InitCellObjects mode=\"order\"><Arrangement repetitions=\"20,1,1\" "
      "displacements=\"3,0,0\"><Box origin=\"0,5,0\" size=\"4,2,0\"/></Arrangement>"
      "</InitCellObjects>",
      20, 120, 3, 5 },
  };
  g_autofree char *base = reading_load (SORTING);

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *text = reading_replace (base, RED_CIRCLE, cases[i].text);
    g_autoptr (GError) error = NULL;
    g_autoptr (EpnsScenario) scenario = read_text (text, &error);
    ck_assert_msg (scenario != NULL, "%s", error ? error->message : "");
    g_autoptr (EpnsLatticeState) state = epns_scenario_initial_lattice (scenario, 1, NULL);
    g_autofree guint32 *volumes = epns_lattice_state_volumes (state);
    guint cells = 0, sites = 0;
    for (gsize id = 1; id < state->n_rows; id++)
      if (state->type[id] == 1) {
        cells++;
        sites += volumes[id];
      }
    ck_assert_msg (cells == cases[i].cells && sites == cases[i].sites, "%s: %u cells, %u sites",
                   cases[i].text, cells, sites);
    ck_assert_int_eq (state->type[state->id[cases[i].y * 60 + cases[i].x]], 1);
  }
}
END_TEST

/* What each change to the file is refused for. */
START_TEST (mistakes)
{
  static const ReadingMistake cases[] = {
    { "<ConnectivityConstraint/>", "<PersistentMotion strength=\"1\"/>",
      "<PersistentMotion> moves" },
    { "<ConnectivityConstraint/>", "<Chemotaxis field=\"f\" strength=\"1\"/>",
      "a field's gradient" },
    { "<ConnectivityConstraint/>", "<CellDivision/>", "neither come nor go" },
    { "<ConnectivityConstraint/>", "<VolumConstraint/>", "did you mean VolumeConstraint" },
    { "<ConnectivityConstraint/>", "<FreezeMotion/>", "add <Condition>" },
    { "target=\"target\"", "target=\"tagret\"", "did you mean target" },
    { "target=\"target\"", "target=\"time\"", "changes in time (<TimeSymbol>" },
    { "target=\"target\"", "target=\"space.x\"", "differs from place to place" },
    { "target=\"target\"", "target=\"rand_uni(1, 2)\"", "draws a random number" },
    { "target=\"target\"", "target=\"cell.id\"", "differs from cell to cell" },
    { "target=\"target\"", "target=\"2 +\"", "no arithmetic expression" },
    { "target=\"target\"", "target=\"1/0\"", "no finite number" },
    { "target=\"target\"", "target=\"-3\"", "outside 0 to" },
    { "target=\"target\"", "target=\"size\"", "to be one number" },
    { "target=\"target\"", "target=\"share(1, 2)\"", "another number of arguments" },
    { "value=\"side^2\"", "value=\"target\"", "depends on itself" },
    { "<Constant symbol=\"side\" value=\"5\"/>",
      "<Variable symbol=\"side\" value=\"5\"/><System><Rule symbol-ref=\"side\"/></System>",
      "<Rule> in line" },
    { "mode=\"aspherity\"", "mode=\"surface\"", "state all in one mode" },
    { "mode=\"aspherity\"", "mode=\"round\"", "none of surface, aspherity" },
    { "<Lattice class=\"square\">", "<Lattice class=\"fcc\">", "none of linear, square" },
    { "<Lattice class=\"square\">", "<Lattice class=\"square\"><Domain/>", "cuts the lattice" },
    { "60, 60, 0", "60, 99999, 0", "at most 32767" },
    { "60, 60, 0", "60, 60", "one or three numbers" },
    { "<Order>2</Order>", "<Order>3</Order>", "wider than this can use" },
    { "<Distance>2.5</Distance>", "<Distance>4</Distance>", "outside 1 to 3" },
    { "temperature=\"2\"", "temperature=\"0\"", "outside 1e-300" },
    { "<Contact type1=\"red\" type2=\"medium\"", "<Contact type1=\"rad\" type2=\"medium\"",
      "did you mean red" },
    { "type2=\"medium\" value=\"12\"/>",
      "type2=\"medium\" value=\"12\"><HomophilicAdhesion/></Contact>",
      "more than the types" },
    { "yield=\"0.1\"", "yeild=\"0.1\"", "did you mean yield" },
    { "<Population type=\"red\" size=\"20\">", "<Population type=\"red\" size=\"21\">", "lays 20" },
    { "<Population type=\"red\"", "<Population type=\"green\"", "no cell type has this name" },
    { RED_CIRCLE, "<InitVoronoi/>", "a way to place cells that is not read" },
    { RED_CIRCLE, "<Cell id=\"1\"><Nodes>1,2,x</Nodes></Cell>", "is no site" },
    { RED_CIRCLE, "<Cell id=\"1\"><Nodes>1,2,9</Nodes></Cell>", "beyond the lattice" },
    { "<CPM>", "<CPM><MCSDuration value=\"1\"/>", "how older versions state it" },
    { "name=\"blue\"", "name=\"red\"", "stated twice" },
    { "</CellPopulations>", "<BoundaryValue boundary=\"x\" value=\"red\"/></CellPopulations>",
      "another type than the medium" },
    { "<StopTime value=\"500\"/>", "", "has no <StopTime>" },
  };

  reading_mistakes (SORTING, cases, G_N_ELEMENTS (cases));
}
END_TEST

/* More cells than sites is found where the cells are laid. */
START_TEST (no_room)
{
  g_autofree char *base = reading_load (SORTING),
                  *text = reading_replace (base, "number-of-cells=\"4 * side\"",
                                           "number-of-cells=\"2000\"");
  g_autoptr (EpnsScenario) scenario = read_text (text, NULL);
  g_autoptr (GError) error = NULL;

  ck_assert_ptr_nonnull (scenario);
  ck_assert_ptr_null (epns_scenario_initial_lattice (scenario, 1, &error));
  reading_failed (&error, "only 1257 sites are free");
}
END_TEST

static gboolean
no_name (gpointer data, const char *name, int component, double *value, gboolean *vector,
         GError **error)
{
  *vector = g_str_equal (name, "v");
  *value = *vector ? component + 1 : *(const double *) data;
  if (g_str_equal (name, "none"))
    g_set_error (error, EPNS_FAILURE, EPNS_FAILURE_FORMAT, "names none");
  return !g_str_equal (name, "none");
}

START_TEST (arithmetic)
{
  static const struct {
    const char *text;
    guint n;
    double values[3];
  } cases[] = {
    { "1e3", 1, { 1000 } },
    { "2 + 3*4^2 - -1", 1, { 51 } },
    { "if(x > 1, sqrt(16), 0)", 1, { 4 } },
    { "log(exponentiale) + floor(2.7) + mod(7, 4)", 1, { 6 } },
    { "x == 2 and not_here or true", 1, { 1 } },
    { "pi", 1, { G_PI } },
    { "1, 2+3,\n 4", 3, { 1, 5, 4 } },
    { "2*v", 3, { 2, 4, 6 } },
  };
  double x = 2, values[3];
  const EpnsNames names = { no_name, NULL, NULL, &x };
  guint n;

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GError) error = NULL;
    ck_assert_msg (epns_expression_evaluate (cases[i].text, &names, values, &n, &error), "%s: %s",
                   cases[i].text, error ? error->message : "");
    ck_assert_uint_eq (n, cases[i].n);
    for (guint k = 0; k < n; k++)
      ck_assert_double_eq_tol (values[k], cases[i].values[k], 1e-12);
  }
}
END_TEST

START_TEST (no_arithmetic)
{
  static const struct {
    const char *text, *message;
  } cases[] = {
    { "", "is empty" },
    { "1, 2", "one or three numbers" },
    { "(1", "character" },
    { "none + 1", "names none" },
    { "rand_bool()", "rand_bool" },
    { "sqrt(-1)", "no finite number" },
    { "v, 1, 2", "a whole vector among" },
    { "\"text\"", "no arithmetic" },
  };
  double x = 2, values[3];
  const EpnsNames names = { no_name, NULL, NULL, &x };
  g_autofree char *longest = g_strnfill (EPNS_EXPRESSION_LONGEST + 1, '1');
  guint n;

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GError) error = NULL;
    ck_assert_msg (!epns_expression_evaluate (cases[i].text, &names, values, &n, &error), "%s",
                   cases[i].text);
    reading_failed (&error, cases[i].message);
  }
  g_autoptr (GError) error = NULL;
  ck_assert (!epns_expression_evaluate (longest, &names, values, &n, &error));
  reading_failed (&error, "too long");
}
END_TEST

/* A state goes out and comes in with the same cells, ids, types; all else in the model stays. */
static void
check_round (const char *relative, const char *kept)
{
  g_autofree char *text = reading_load (relative);
  g_autoptr (EpnsScenario) scenario = read_text (text, NULL);
  g_autoptr (EpnsLatticeState) state = epns_scenario_initial_lattice (scenario, 3, NULL);
  g_autoptr (EpnsXml) model = epns_xml_parse ("a.xml", text, strlen (text), NULL);
  g_autoptr (GPtrArray) names = g_ptr_array_new ();
  g_autoptr (GError) error = NULL;

  for (guint type = 0; type < scenario->types->len; type++)
    g_ptr_array_add (names, (gpointer) epns_scenario_type_name (scenario, (gint32) type));
  g_ptr_array_add (names, NULL);
  g_autofree char *written = epns_morpheus_write (
      state, scenario->periodic, (const char *const *) names->pdata, model, &error);
  ck_assert_msg (written != NULL, "%s", error ? error->message : "");
  ck_assert (strstr (written, kept) != NULL);
  g_autoptr (EpnsScenario) again = read_text (written, &error);
  ck_assert_msg (again != NULL, "%s", error ? error->message : "");
  g_autoptr (EpnsLatticeState) back = epns_scenario_initial_lattice (again, 99, NULL);
  ck_assert_uint_eq (back->n_rows, state->n_rows);
  ck_assert_mem_eq (back->id, state->id, epns_lattice_state_sites (state) * sizeof (gint32));
  ck_assert_mem_eq (back->type, state->type, state->n_rows * sizeof (gint32));
  ck_assert_double_eq (element (again, "temperature", 0), element (scenario, "temperature", 0));
}

START_TEST (there_and_back)
{
  check_round (SORTING, "<!-- A picture every 100 MCS -->");
  check_round (HEXAGONS, "<Expression>cell.id</Expression>");
}
END_TEST

/* A cell across a periodic border is written in one piece, as Morpheus keeps it. */
START_TEST (one_piece)
{
  static const char *const names[] = { "medium", "red", NULL };
  g_autoptr (EpnsLatticeState) state
      = epns_lattice_state_new ((const gint32[3]) { 1, 4, 10 }, 2);
  g_autoptr (GError) error = NULL;

  state->type[1] = 1;
  state->id[9] = state->id[0] = state->id[30] = state->id[8] = 1;
  g_autofree char *around = epns_morpheus_write (state, (const gint32[3]) { 0, 1, 1 }, names, NULL,
                                                 &error);
  ck_assert (strstr (around, "<Nodes>0,0,0;-2,0,0;-1,0,0;0,-1,0</Nodes>") != NULL);
  g_autofree char *walls = epns_morpheus_write (state, (const gint32[3]) { 0, 0, 0 }, names, NULL,
                                                &error);
  ck_assert (strstr (walls, "<Nodes>0,0,0;8,0,0;9,0,0;0,3,0</Nodes>") != NULL);
  ck_assert (strstr (walls, "<CellType class=\"medium\" name=\"medium\"/>") != NULL);
}
END_TEST

/* A model of another size, or without a type that has cells, is not filled. */
START_TEST (wrong_model)
{
  static const char *const names[] = { "medium", "green", NULL };
  g_autofree char *text = reading_load (SORTING);
  g_autoptr (EpnsXml) model = epns_xml_parse ("a.xml", text, strlen (text), NULL);
  const gint32 sizes[2][3] = { { 1, 4, 10 }, { 1, 60, 60 } };
  static const char *const messages[2] = { "the cells lie on 10 x 4 x 1",
                                           "has no biological \"green\"" };

  for (int i = 0; i < 2; i++) {
    g_autoptr (EpnsLatticeState) state = epns_lattice_state_new (sizes[i], 2);
    g_autoptr (GError) error = NULL;
    state->type[1] = 1;
    state->id[3] = 1;
    ck_assert_ptr_null (
        epns_morpheus_write (state, (const gint32[3]) { 0 }, names, model, &error));
    reading_failed (&error, messages[i]);
  }
}
END_TEST

SUITE ("morpheus", the_whole_file, hexagons, places, by_chance, initialisers, mistakes, no_room,
       arithmetic, no_arithmetic, there_and_back, one_piece, wrong_model)
