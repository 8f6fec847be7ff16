/* SPDX-License-Identifier: MIT */
/* Our own scenario format: what the example says, and what is refused beyond the schema. */
#include "adapters/scenario.h"
#include "plugin/datadir.h"
#include "tests/reading.h"
#include "tests/snapshot.h"

static EpnsScenario *
example (const char *relative)
{
  g_autofree char *path = suite_source (relative);
  g_autoptr (GError) error = NULL;
  EpnsScenario *scenario = epns_scenario_read (path, &error);

  ck_assert_msg (scenario != NULL, "%s", error ? error->message : "");
  return scenario;
}

static const EpnsPlanModel *
model (const EpnsScenario *scenario, guint index)
{
  ck_assert_uint_lt (index, scenario->plan.models->len);
  return g_ptr_array_index (scenario->plan.models, index);
}

START_TEST (the_data_folder)
{
  g_autofree char *path = epns_data_file ("schemas/epns-scenario.xsd"),
                  *none = epns_data_file ("schemas/none.xsd");

  ck_assert (g_file_test (path, G_FILE_TEST_EXISTS));
  ck_assert (g_str_has_suffix (none, "schemas/none.xsd"));
}
END_TEST

START_TEST (a_lattice_of_its_own)
{
  g_autoptr (EpnsScenario) scenario = example ("schemas/examples/scenario-valid.xml");
  g_autoptr (EpnsLatticeState) state = epns_scenario_initial_lattice (scenario, 1, NULL);
  epns_view view;

  ck_assert_str_eq (scenario->host, "epns");
  ck_assert_mem_eq (scenario->size, ((const gint32[]) { 1, 30, 60 }), sizeof scenario->size);
  ck_assert (epns_scenario_parameter (scenario, "periodic", &view));
  ck_assert_mem_eq (view.data, ((const gint32[]) { 0, 0, 1 }), 3 * sizeof (gint32));
  ck_assert (epns_scenario_parameter (scenario, "frozen", &view));
  ck_assert_mem_eq (view.data, ((const gint32[]) { 0, 0, 0, 1 }), 4 * sizeof (gint32));
  ck_assert (epns_scenario_parameter (scenario, "contact-energy", &view));
  ck_assert_int_eq (view.shape[1], 4);
  ck_assert_double_eq (((const double *) view.data)[1 * 4 + 2], 11.0);
  ck_assert_double_eq (((const double *) view.data)[2 * 4 + 1], 11.0);
  ck_assert (epns_scenario_parameter (scenario, "fluctuation-combine", &view));
  ck_assert_int_eq (*(const gint32 *) view.data, 2);
  ck_assert (epns_scenario_parameter (scenario, "volume-strength", &view));
  ck_assert_double_eq (((const double *) view.data)[1], 1.5);
  ck_assert (!epns_scenario_parameter (scenario, "surface-scale", &view));

  ck_assert (epns_lattice_state_check (state, 4, NULL));
  ck_assert_int_eq (state->id[0], 900); /* the wall's two boxes are one cell */
  ck_assert_int_eq (state->id[29 * 60 + 59], 900);
  ck_assert_int_eq (state->type[900], 3);
  ck_assert_int_eq (state->id[5 * 60], 1);
  ck_assert_int_eq (state->id[5 * 60 + 5], 2);
}
END_TEST

START_TEST (the_plan)
{
  g_autoptr (EpnsScenario) scenario = example ("schemas/examples/scenario-valid.xml");
  const EpnsRunPlan *plan = &scenario->plan;
  const EpnsSetting *setting = &g_array_index (model (scenario, 0)->settings, EpnsSetting, 0);

  ck_assert_uint_eq (plan->models->len, 2);
  ck_assert_str_eq (setting->name, "rng");
  ck_assert_str_eq (setting->value, "compucell3d");
  ck_assert_int_eq (setting->line, 36);
  ck_assert_ptr_null (model (scenario, 0)->source);
  ck_assert_str_eq (model (scenario, 1)->kind, "epns-lattice");
  ck_assert (g_str_has_suffix (model (scenario, 1)->source, "schemas/examples/channel-model"));
  ck_assert_uint_eq (plan->members, 3);
  ck_assert_uint_eq (plan->seed, G_MAXUINT64);
  ck_assert_double_eq (plan->until, 200.0);
  ck_assert_double_eq (plan->every, 10.0);
  ck_assert_uint_eq (plan->outputs->len, 2);
  ck_assert (g_str_has_suffix (g_ptr_array_index (plan->outputs, 1),
                               "schemas/examples/channel.npy"));
}
END_TEST

START_TEST (a_host_file)
{
  g_autoptr (EpnsScenario) scenario = example ("examples/cell-sorting/sorting.epns.xml");
  epns_view view;

  ck_assert_str_eq (scenario->host, "CompuCell3D");
  ck_assert (g_str_has_suffix (scenario->path, "sorting.epns.xml"));
  ck_assert (g_str_has_suffix (scenario->host_path, "examples/cell-sorting/sorting.xml"));
  ck_assert (epns_scenario_parameter (scenario, "contact-energy", &view));
  ck_assert_uint_eq (scenario->plan.members, 4);
  ck_assert_double_eq (scenario->plan.every, 10.0);
  ck_assert_uint_eq (scenario->plan.models->len, 2); /* those of the file alone */
}
END_TEST

START_TEST (how_often_by_default)
{
  ck_assert_double_eq (epns_scenario_default_every (0.0), 1.0);
  ck_assert_double_eq (epns_scenario_default_every (100.0), 1.0);
  ck_assert_double_eq (epns_scenario_default_every (101.0), 2.0);
  ck_assert_double_eq (epns_scenario_default_every (500.0), 5.0);
  ck_assert_double_eq (epns_scenario_default_every (99999.0), 1000.0);
  ck_assert_double_ge (epns_scenario_default_every (1e30), 1e9);
}
END_TEST

/* One change to the valid example that the schema may let pass and the reader must not. */
START_TEST (mistakes)
{
  static const ReadingMistake cases[] = {
    { "periodic=\"x\"", "periodic=\"x z\"", "z has one site only" },
    { "x=\"60\" y=\"30\"", "x=\"30000\" y=\"30000\"", "sites; at most" },
    { "<type name=\"Stiff\"/>", "<type name=\"Soft\"/>", "is there already" },
    { "<type name=\"Stiff\"/>", "<type name=\"Medium\"/>", "is there already" },
    { "name=\"temperature\" value=\"10\"", "name=\"temperture\" value=\"10\"",
      "did you mean temperature?" },
    { "name=\"temperature\" value=\"10\"", "name=\"temperature\" value=\"NaN\"",
      "is not a finite number" },
    { "name=\"temperature\" value=\"10\"", "name=\"temperature\" type=\"Soft\" value=\"10\"",
      "takes neither type nor with" },
    { "<parameter name=\"temperature\" value=\"10\"/>", "", "<parameters> has no temperature" },
    { "name=\"neighbor-order\" value=\"2\"", "name=\"neighbor-order\" value=\"2.5\"",
      "is not an integer" },
    { "value=\"mean\"", "value=\"median\"", "give one of min,max,mean" },
    { "<parameter name=\"target-volume\" type=\"Stiff\" value=\"16\"/>", "",
      "type=\"Stiff\"> is missing" },
    { "<parameter name=\"contact-energy\" type=\"Soft\" with=\"Wall\" value=\"30\"/>", "",
      "type=\"Soft\" with=\"Wall\"> is missing" },
    { "type=\"Soft\" with=\"Wall\" value=\"30\"", "type=\"Soft\" with=\"Wal\" value=\"30\"",
      "did you mean Wall?" },
    { "type=\"Soft\" with=\"Wall\" value=\"30\"", "type=\"Stiff\" with=\"Soft\" value=\"30\"",
      "is stated twice" },
    { "from=\"0 5 0\" to=\"20 25 1\"", "from=\"0 5 0\" to=\"20 31 1\"",
      "lies outside the lattice" },
    { "from=\"0 5 0\" to=\"20 25 1\"", "from=\"0 5 0\" to=\"20 25 0\"", "holds no site" },
    { "to=\"59 1 0\"", "to=\"60 1 0\"", "lies outside the lattice" },
    { "to=\"59 29 0\"", "to=\"59 27 0\"", "holds no site; exchange them" },
    { "types=\"Soft Stiff\"", "types=\"Soft Medium\"", "Medium is no cell" },
    { "<box cell=\"900\" type=\"Wall\"", "<box cell=\"900\" type=\"Medium\"", "Medium is no cell" },
    { "<box cell=\"900\" type=\"Wall\" from=\"0 0 0\" to=\"59 1 0\"/>",
      "<piff href=\"none.piff\"/>", "none.piff: cannot be read" },
    { "name=\"learned\"", "name=\"native\"", "is there already" },
    { "seed=\"18446744073709551615\"", "seed=\"18446744073709551616\"", "seed" },
    { "until=\"200\"", "until=\"-1\"", "until" },
    { "members=\"3\"", "members=\"99999999\"", "outside 1 to 1048576" },
    { "<blob ", "<ball ", "ball" },
  };

  reading_mistakes ("schemas/examples/scenario-valid.xml", cases, G_N_ELEMENTS (cases));
}
END_TEST

static void
host_refused (const char *folder, const char *href, const char *message)
{
  g_autofree char *text = g_strdup_printf ("<scenario xmlns=\"https://epns.org/ns/scenario/1\" "
                                           "version=\"1\">"
                                           "<host format=\"cc3dml\" href=\"%s\"/></scenario>",
                                           href);
  g_autofree char *path = reading_write (folder, "a.xml", text, -1);
  g_autoptr (GError) error = NULL;

  ck_assert_ptr_null (epns_scenario_read (path, &error));
  reading_failed (&error, message);
}

/* It starts as the snapshot stands, site by site, with its numbers of cells. */
START_TEST (from_a_snapshot)
{
  static const struct {
    const char *lattice, *type, *says;
  } cases[] = { { "x=\"4\" y=\"3\"", "2", NULL },
                { "x=\"4\" y=\"2\"", "2", "Step_5.vtk has 4 x 3 x 1 sites and the lattice 4 x 2 x 1" },
                { "x=\"4\" y=\"3\"", "9", "Step_5.vtk: " } };
  g_autofree char *base = reading_load ("schemas/examples/scenario-valid.xml"),
                  *folder = reading_folder (), *vtk = snapshot ("bAA.|AAA.|.A.C");
  g_autoptr (EpnsLatticeState) drawn = tissue_draw ("bAA.|AAA.|.A.C");
  g_auto (GStrv) around = g_strsplit (base, "cells>", 3);
  g_autofree char *whole = g_strconcat (around[0], "cells><snapshot href=\"Step_5.vtk\"/></cells>",
                                        around[2], NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *text = reading_replace (whole, "x=\"60\" y=\"30\"", cases[i].lattice);
    g_autofree char *first = g_strconcat ("unsigned_char\n", cases[i].type, NULL);
    g_autofree char *step = reading_replace (vtk, "unsigned_char\n2", first);
    g_autofree char *path = reading_write (folder, "a.xml", text, -1);
    g_autoptr (GError) error = NULL;
    g_free (reading_write (folder, "Step_5.vtk", step, -1));
    g_autoptr (EpnsScenario) scenario = epns_scenario_read (path, &error);
    ck_assert_msg ((scenario != NULL) == (cases[i].says == NULL), "%s", error ? error->message : "");
    if (scenario == NULL) {
      reading_failed (&error, cases[i].says);
      continue;
    }
    g_autoptr (EpnsState) start = epns_scenario_initial_state (scenario, 1, NULL);
    const EpnsLatticeState *state = (const EpnsLatticeState *) start;
    ck_assert_mem_eq (state->id, drawn->id, 12 * sizeof *drawn->id);
    for (gsize site = 0; site < 12; site++)
      ck_assert_int_eq (state->type[state->id[site]], drawn->type[drawn->id[site]]);
  }
  reading_remove (folder);
}
END_TEST

/* A settings file of PhysiCell, and more to run on it. */
START_TEST (another_host)
{
  g_autofree char *folder = reading_folder ();
  g_autofree char *host = suite_source ("examples/physicell-sorting/sorting.xml");
  g_autofree char *text = g_strdup_printf ("<scenario xmlns=\"https://epns.org/ns/scenario/1\" "
                                           "version=\"1\">"
                                           "<host format=\"physicell\" href=\"%s\"/>"
                                           "<run members=\"3\" until=\"20\"/></scenario>",
                                           host);
  g_autofree char *path = reading_write (folder, "a.xml", text, -1);
  g_autoptr (GError) error = NULL;
  g_autoptr (EpnsScenario) scenario = epns_scenario_read (path, &error);

  ck_assert_msg (scenario != NULL, "%s", error ? error->message : "");
  ck_assert_str_eq (scenario->path, path);
  ck_assert_str_eq (scenario->host_path, host);
  ck_assert_uint_eq (scenario->plan.members, 3);
  ck_assert (scenario->plan.until == 20.0);
  ck_assert_uint_eq (scenario->plan.models->len, 1);
  reading_remove (folder);
}
END_TEST

START_TEST (hosts_that_are_none)
{
  g_autofree char *folder = reading_folder ();

  host_refused (folder, "absent.xml", "absent.xml: cannot be read");
  host_refused (folder, "a.xml", "is <scenario>; correct format or href"); /* itself */
  reading_remove (folder);
}
END_TEST

SUITE ("native", the_data_folder, a_lattice_of_its_own, the_plan, a_host_file, how_often_by_default,
       mistakes, from_a_snapshot, another_host, hosts_that_are_none)
