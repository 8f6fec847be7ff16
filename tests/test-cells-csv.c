/* SPDX-License-Identifier: MIT */
/* PhysiCell's files of cells, both versions, and every way of getting them wrong. */
#include "adapters/cells-csv.h"
#include "tests/reading.h"

#include <math.h>

/* Two definitions, A and "B cell", in a box of 100 by 100 by 20 around 0. */
typedef struct {
  EpnsScenario *scenario;
  EpnsPhysicellType types[2];
  double affinity[2][2];
  EpnsPhysicell about;
} Tissue;

static void
make_tissue (Tissue *self)
{
  static const char *const names[] = { "A", "B cell" };

  memset (self, 0, sizeof *self);
  self->scenario = epns_scenario_new ("t.xml", "PhysiCell");
  for (int i = 0; i < 2; i++) {
    self->types[i].name = names[i];
    self->types[i].id = 3 * i;
    self->types[i].volume = 2494.0 + i;
    self->types[i].speed = 0.8;
    self->types[i].pair[PHYSICELL_AFFINITY] = self->affinity[i];
    self->affinity[i][1 - i] = 0.25;
  }
  self->about.scenario = self->scenario;
  self->about.types = self->types;
  self->about.n_types = 2;
  for (int axis = 0; axis < 3; axis++) {
    self->about.low[axis] = axis == 2 ? -10.0 : -50.0;
    self->about.high[axis] = axis == 2 ? 10.0 : 50.0;
  }
}

static void
clear_tissue (Tissue *self)
{
  epns_scenario_free (self->scenario);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Tissue, clear_tissue)

static GArray *
parse (Tissue *self, const char *text, GError **error)
{
  return epns_cells_csv_parse ("t.csv", text, strlen (text), &self->about, error);
}

static EpnsCsvCell
cell (const GArray *cells, guint i)
{
  return g_array_index (cells, EpnsCsvCell, i);
}

START_TEST (version_1)
{
  static const char *const texts[] = {
    "1,2,3,0\n-4.5,5e0,-6,3\n",
    "1,2,3,0\n-4.5,5e0,-6,3",
    "1,2,3,0\r\n-4.5,5e0,-6,3\r\n",
    "\n1,2,3,0\n\n\n-4.5,5e0,-6,3.000e+00\n \n",
    "1, 2 ,3,0  \n -4.5,5e0,-6,3\t\r\n",
    "\xef\xbb\xbf+1,2,3,0\n-4.5,5e0,-6,3\n",
  };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++) {
    g_auto (Tissue) tissue = { 0 };
    g_autoptr (GError) error = NULL;
    make_tissue (&tissue);
    g_autoptr (GArray) cells = parse (&tissue, texts[i], &error);
    ck_assert_msg (cells != NULL, "%u: %s", i, error ? error->message : "");
    ck_assert_uint_eq (cells->len, 2);
    ck_assert (cell (cells, 0).position[2] == 3.0 && cell (cells, 1).position[0] == -4.5);
    ck_assert_int_eq (cell (cells, 0).type, 0);
    ck_assert_int_eq (cell (cells, 1).type, 1);
    ck_assert (cell (cells, 1).volume == 2495.0);
  }
}
END_TEST

START_TEST (version_2)
{
  static const char *const texts[] = {
    "x,y,z,type\n1,2,3,A\n-4.5,5,-6,B cell\n",
    "X,Y,Z,Type\r\n1,2,3,A\r\n-4.5,5,-6,B cell\r\n",
    "\xef\xbb\xbfx,y,z,type\n\n1,2,3,A\n\n-4.5,5,-6,B cell",
    "x,y,z,type,volume,migration speed\n1,2,3,A\n-4.5,5,-6,B cell,,skip\n",
    "x,y,z,type,adhesive affinity to A,is_movable,apoptosis\n1,2,3,A\n-4.5,5,-6,B cell,0.25,1,0\n",
  };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++) {
    g_auto (Tissue) tissue = { 0 };
    g_autoptr (GError) error = NULL;
    make_tissue (&tissue);
    g_autoptr (GArray) cells = parse (&tissue, texts[i], &error);
    ck_assert_msg (cells != NULL, "%u: %s", i, error ? error->message : "");
    ck_assert_uint_eq (cells->len, 2);
    ck_assert (cell (cells, 0).position[1] == 2.0 && cell (cells, 1).position[2] == -6.0);
    ck_assert_int_eq (cell (cells, 1).type, 1);
    ck_assert (cell (cells, 0).volume == 2494.0);
    ck_assert_uint_eq (tissue.scenario->notes->len, 0);
  }
}
END_TEST

START_TEST (values_of_single_cells)
{
  g_auto (Tissue) tissue = { 0 };
  make_tissue (&tissue);
  g_autoptr (GArray) cells = parse (&tissue,
                                    "x,y,z,type,volume,custom:age,sped,migration speed\n"
                                    "0,0,0,A,1000,3,1,0.8\n0,1,0,A,,4,2\n",
                                    NULL);

  ck_assert (cell (cells, 0).volume == 1000.0 && cell (cells, 1).volume == 2494.0);
  ck_assert_uint_eq (tissue.scenario->notes->len, 2); /* each column once */
  ck_assert_str_eq (g_ptr_array_index (tissue.scenario->notes, 0),
                    "t.csv:2: \"custom:age\" changes no mechanics; it has no effect");
  ck_assert_str_eq (g_ptr_array_index (tissue.scenario->notes, 1),
                    "t.csv:2: \"sped\" is no behaviour that PhysiCell knows; it has no effect");
}
END_TEST

START_TEST (mistakes)
{
  static const struct {
    const char *text, *message;
    EpnsFailure code;
  } cases[] = {
    { "\n\n", "holds no cell, PhysiCell would crash", EPNS_FAILURE_FORMAT },
    { "x,y,z,type\n", "holds no cell", EPNS_FAILURE_FORMAT },
    { "x,y,z,type", "holds no cell", EPNS_FAILURE_FORMAT },
    { "ID,x,y,z\n1,2,3,0\n", "is neither the header x,y,z,type nor", EPNS_FAILURE_FORMAT },
    { "1,2,3\n", "t.csv:1: 3 values; a line without a header is x,y,z,typeID",
      EPNS_FAILURE_FORMAT },
    { "1,2,3,0\n1,2,3,0,5\n", "t.csv:2: 5 values", EPNS_FAILURE_FORMAT },
    { "1,2,3,1\n", "no cell definition has the ID 1", EPNS_FAILURE_FORMAT },
    { "1,2,3,1e300\n", "no cell definition has the ID", EPNS_FAILURE_FORMAT },
    { "1,2,,0\n", "z \"\" is not a finite number", EPNS_FAILURE_FORMAT },
    { "1,2,nan,0\n", "z \"nan\" is not a finite number", EPNS_FAILURE_FORMAT },
    { "1,2 3,3,0\n", "y \"2 3\" is not", EPNS_FAILURE_FORMAT },
    { "50.5,2,3,0\n", "x = 50.5 is outside the domain, -50 to 50; PhysiCell would freeze",
      EPNS_FAILURE_RANGE },
    { "x,y,type,z\n0,0,A,0\n", "column 3 is \"type\"; a header begins x,y,z,type",
      EPNS_FAILURE_FORMAT },
    { "x,y,z\n0,0,0\n", "column 4 is \"\"", EPNS_FAILURE_FORMAT },
    { "x,y,z,type\n0,0,0\n", "t.csv:2: 3 values; a line begins x,y,z,type", EPNS_FAILURE_FORMAT },
    { "x,y,z,type\n0,0,0,A,5\n", "5 values for 4 columns", EPNS_FAILURE_FORMAT },
    { "x,y,z,type\n0,0,0,C\n", "no cell definition is called \"C\"", EPNS_FAILURE_FORMAT },
    { "x,y,z,type\n0,0,0,B cel\n", "did you mean B cell?", EPNS_FAILURE_FORMAT },
    { "x,y,z,type,volume\n0,0,0,A,big\n", "volume \"big\" is not a finite number",
      EPNS_FAILURE_FORMAT },
    { "x,y,z,type,volume\n0,0,0,A,0\n", "volume 0 is not above 0", EPNS_FAILURE_RANGE },
    { "x,y,z,type,migration speed\n0,0,0,A,2\n",
      "migration speed = 2 of a single cell is not honoured, its definition \"A\" has 0.8",
      EPNS_FAILURE_UNSUPPORTED },
    { "x,y,z,type,adhesive affinity to cell type 3\n0,0,0,A,1\n", "its definition \"A\" has 0.25",
      EPNS_FAILURE_UNSUPPORTED },
    { "x,y,z,type,apoptosis\n0,0,0,A,1\n", "apoptosis = 1 of a single cell",
      EPNS_FAILURE_UNSUPPORTED },
    { "x,y,z,type,is_movable\n0,0,0,A,0\n", "is_movable = 0 of a single cell",
      EPNS_FAILURE_UNSUPPORTED },
    { "x,y,z,type\n0,0,0,\xff\xfe\n", "no cell definition is called", EPNS_FAILURE_FORMAT },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_auto (Tissue) tissue = { 0 };
    g_autoptr (GError) error = NULL;
    make_tissue (&tissue);
    g_autoptr (GArray) cells = parse (&tissue, cases[i].text, &error);
    ck_assert_msg (cells == NULL, "%s is read", cases[i].text);
    ck_assert_int_eq (error->code, cases[i].code);
    ck_assert (g_str_has_prefix (error->message, "t.csv:"));
    reading_failed (&error, cases[i].message);
  }
}
END_TEST

START_TEST (zero_bytes_and_missing_files)
{
  g_auto (Tissue) tissue = { 0 };
  g_autoptr (GError) error = NULL;
  make_tissue (&tissue);

  ck_assert_ptr_null (epns_cells_csv_parse ("t.csv", "1,2\0,3,0", 9, &tissue.about, &error));
  reading_failed (&error, "t.csv:1: holds zero bytes");
  ck_assert_ptr_null (epns_cells_csv_read ("/nonexistent.csv", &tissue.about, &error));
  reading_failed (&error, "/nonexistent.csv: cannot be read");
}
END_TEST

SUITE ("cells-csv", version_1, version_2, values_of_single_cells, mistakes,
       zero_bytes_and_missing_files)
