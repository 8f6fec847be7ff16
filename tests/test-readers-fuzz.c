/* SPDX-License-Identifier: MIT */
/* Damaged input never crashes a reader: fixtures with bytes changed, cut, doubled and exchanged,
 * from a fixed seed. A failure is one line; what is read nevertheless makes a start that holds
 * together. */
#include "adapters/cc3dml.h"
#include "adapters/cells-csv.h"
#include "adapters/morpheus.h"
#include "adapters/native.h"
#include "adapters/physicell.h"
#include "adapters/piff.h"
#include "adapters/vtk.h"
#include "plugin/random.h"
#include "tests/reading.h"

enum { ROUNDS = 400 };

static guint32
below (EpnsMersenne *draws, gsize n)
{
  return epns_random_below (epns_mersenne_next (draws), (guint32) n);
}

static void
damage_once (GString *text, EpnsMersenne *draws)
{
  static const char *const tokens[] = { "<",           ">",        "\"",   "&",
                                        "]]>",         "<!--",     "-1",   "nan",
                                        "99999999999", "0",        "\n",   "\xff",
                                        "<Region>",    "</Potts>", "<a/>", " ",
                                        "1e308",       "Medium",   "/",    "size.x/",
                                        "if(" };
  gsize at = below (draws, text->len), n = 1 + below (draws, MIN (40, text->len - at));

  switch (below (draws, 5)) {
  case 0: text->str[at] = (char) below (draws, 256); break;
  case 1: g_string_erase (text, (gssize) at, (gssize) n); break;
  case 2: {
    g_autofree char *piece = g_strndup (text->str + at, n);
    g_string_insert (text, below (draws, text->len), piece);
    break;
  }
  case 3: g_string_insert (text, (gssize) at, tokens[below (draws, G_N_ELEMENTS (tokens))]); break;
  default:
    if (below (draws, 4) == 0)
      g_string_truncate (text, at);
  }
}

static GString *
damaged (const char *base, EpnsMersenne *draws)
{
  GString *text = g_string_new (base);

  for (guint32 n = 1 + below (draws, 4); n > 0 && text->len > 0; n--)
    damage_once (text, draws);
  return text;
}

static void
check_error (GError *error)
{
  ck_assert_ptr_nonnull (error);
  ck_assert_uint_eq (error->domain, EPNS_FAILURE);
  ck_assert_ptr_null (strpbrk (error->message, "\n\r"));
  g_error_free (error);
}

static void
check_start (const EpnsScenario *scenario)
{
  gboolean lattice = scenario->layout == &epns_layout_lattice;
  gint32 n_types = (gint32) scenario->types->len;
  GError *error = NULL;

  if ((lattice && (gint64) scenario->size[0] * scenario->size[1] * scenario->size[2] > 1 << 20)
      || epns_scenario_n_bodies (scenario) > 1 << 16)
    return; /* right, but slow */
  g_autoptr (EpnsState) state = epns_scenario_initial_state (scenario, 1, &error);
  if (state == NULL)
    check_error (error);
  else if (lattice)
    ck_assert (epns_lattice_state_check ((EpnsLatticeState *) state, n_types, NULL));
  else
    ck_assert (epns_particle_state_check ((EpnsParticleState *) state, n_types, NULL));
}

static void
fuzz_xml (const char *relative,
          EpnsScenario *(*read) (const char *path, EpnsXml *xml, GError **error))
{
  g_autofree char *base = reading_load (relative), *path = suite_source (relative);
  EpnsMersenne draws;
  int wellformed = 0;

  epns_mersenne_seed (&draws, 20240229);
  for (int i = 0; i < ROUNDS; i++) {
    g_autoptr (GString) text = damaged (base, &draws);
    GError *error = NULL;
    g_autoptr (EpnsXml) xml = epns_xml_parse (path, text->str, text->len, &error);
    wellformed += xml != NULL;
    g_autoptr (EpnsScenario) scenario = xml ? read (path, xml, &error) : NULL;
    if (scenario != NULL)
      check_start (scenario);
    else
      check_error (error);
  }
  ck_assert_int_gt (wellformed, ROUNDS / 20); /* else only libxml2 was tried */
}

START_TEST (cc3dml)
{
  fuzz_xml ("examples/cell-sorting/sorting.xml", epns_cc3dml_read);
  fuzz_xml ("examples/cell-sorting/sorting_pif.xml", epns_cc3dml_read);
}
END_TEST

START_TEST (native)
{
  fuzz_xml ("schemas/examples/scenario-valid.xml", epns_native_read);
  fuzz_xml ("schemas/examples/scenario-valid-particles.xml", epns_native_read);
}
END_TEST

START_TEST (morpheus)
{
  fuzz_xml ("examples/hosts/morpheus/sorting.xml", epns_morpheus_read);
  fuzz_xml ("tests/golden/morpheus-hexagons.xml", epns_morpheus_read);
}
END_TEST

START_TEST (physicell) { fuzz_xml ("examples/physicell-sorting/sorting.xml", epns_physicell_read); }
END_TEST

/* Both versions of a file of cells, through the definitions of the example. */
START_TEST (cells_csv)
{
  static const char version_1[] = "0,1.5,0,0\r\n-20,3e1,0,1.0e+00\n\n7,7,0,1";
  g_autofree char *version_2 = reading_load ("examples/physicell-sorting/cells.csv");
  const char *const bases[] = { version_1, version_2 };
  EpnsPhysicellType types[2] = { { .name = "A", .volume = 1.0 }, { .name = "B", .id = 1 } };
  EpnsMersenne draws;
  int read = 0;

  epns_mersenne_seed (&draws, 11);
  for (int i = 0; i < 4 * ROUNDS; i++) {
    g_autoptr (GString) text = damaged (bases[i % 2], &draws);
    g_autoptr (EpnsScenario) scenario = epns_scenario_new ("t.xml", "PhysiCell");
    EpnsPhysicell about = { .scenario = scenario,
                            .low = { -160, -160, -10 },
                            .high = { 160, 160, 10 },
                            .n_types = 2,
                            .types = types };
    GError *error = NULL;
    g_autoptr (GArray) cells = epns_cells_csv_parse ("t.csv", text->str, text->len, &about, &error);
    if (cells == NULL)
      check_error (error);
    else
      read++;
    for (guint n = 0; cells != NULL && n < cells->len; n++)
      ck_assert_int_lt (g_array_index (cells, EpnsCsvCell, n).type, 2);
  }
  ck_assert_int_gt (read, ROUNDS / 20);
}
END_TEST

START_TEST (piff)
{
  g_autofree char *base = reading_load ("examples/cell-sorting/fixed_init.piff");
  g_autofree char *xml_text = reading_load ("examples/cell-sorting/sorting_pif.xml");
  g_autofree char *path = suite_source ("examples/cell-sorting/sorting_pif.xml");
  EpnsMersenne draws;

  epns_mersenne_seed (&draws, 7);
  for (int i = 0; i < 4 * ROUNDS; i++) {
    g_autoptr (EpnsXml) xml = epns_xml_parse (path, xml_text, strlen (xml_text), NULL);
    g_autoptr (EpnsScenario) scenario = epns_cc3dml_read (path, xml, NULL);
    g_autoptr (GString) text = damaged (base, &draws);
    GError *error = NULL;
    if (epns_piff_parse ("t.piff", text->str, text->len, scenario,
                         epns_scenario_add_region (scenario, EPNS_REGION_BOXES), &error))
      check_start (scenario);
    else
      check_error (error);
  }
}
END_TEST

START_TEST (vtk)
{
  static const char base[] = "# vtk DataFile Version 5.1\nvtk output\nASCII\n"
                             "DATASET STRUCTURED_POINTS\nDIMENSIONS 3 2 1\nSPACING 1 1 1\n"
                             "ORIGIN 0 0 0\nPOINT_DATA 6\nFIELD FieldData 2\n"
                             "CellType 1 6 unsigned_char\n0 1 1 0 2 2\nMETADATA\nINFORMATION 0\n\n"
                             "CellId 1 6 long\n0 5 5 0 7 7\n";
  EpnsMersenne draws;
  int n_read = 0;

  epns_mersenne_seed (&draws, 20240301);
  for (int i = 0; i < 10 * ROUNDS; i++) {
    g_autoptr (GString) text = damaged (base, &draws);
    GError *error = NULL;
    g_autoptr (EpnsLatticeState) state = epns_vtk_parse ("Step_0.vtk", text->str, &error);
    n_read += state != NULL;
    if (state == NULL)
      check_error (error);
    else
      ck_assert (epns_lattice_state_check (state, 256, NULL));
  }
  ck_assert_int_gt (n_read, ROUNDS / 20);
}
END_TEST

SUITE ("readers-fuzz", cc3dml, native, morpheus, physicell, cells_csv, piff, vtk)
