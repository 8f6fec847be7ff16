/* SPDX-License-Identifier: MIT */
/* Real CompuCell3D files: each is read, or refused for its true reason with its line. */
#include "adapters/scenario.h"
#include "tests/reading.h"

/* Part of the file's name, and what must be said: NULL where the file runs. */
static const struct {
  const char *file, *message;
} known[] = {
  { "Models__cellsort__cellsort_2D__", NULL },
  { "Models__cellsort__cellsort_3D__", NULL },
  { "CutomCellConstraints", "<CustomAcceptanceFunction>" },
  { "FlexCellConstraints", NULL },
  { "Models__cellsort_2_5_D", "<DimensionType>2.5D" },
  { "SimulationSettings__HexLattice", "hexagonal lattice" },
  { "GlobalBoundaryPixelTracker", "<MetropolisAlgorithm>BoundaryWalker" },
  { "ParameterScan__CellSorting__", "fill in the template" },
  { "Models__amoebae__amoebae_2D__", "<Plugin Name=\"Chemotaxis\">" },
  { "PluginDemos__FPPDemo", "<Plugin Name=\"FocalPointPlasticity\">" },
  { "connectivity_global_fast_python", "<Plugin Name=\"ConnectivityGlobal\">" },
  { "CompartmentExample__CompartmentExampleNewStyle", "compartments" },
  { "PluginDemos__AdhesionFlexXML", "<Plugin Name=\"AdhesionFlex\">" },
  { "FitzhughNagumoThreecomp", "<Steppable Type=\"ReactionDiffusionSolverFE\">" },
  { "ReactionDiffusionSolverFVM__SimpleMassConservationDemo",
    "<Steppable Type=\"ReactionDiffusionSolverFVM\">" },
  { "steppableBasedMitosis__Simulation", "to Python" },
  { "RandomFieldInitializer", "<Steppable Type=\"RandomFieldInitializer\">" },
  { "CellDistance", "no initialiser" },
  { "cellsort_test_run", "<TestRun>" },
  { "PluginDemos__elongationTest__", "<Plugin Name=\"LengthConstraint\">" },
};

static void
check_known (const char *name, const char *message, gboolean *met)
{
  for (guint i = 0; i < G_N_ELEMENTS (known); i++) {
    if (strstr (name, known[i].file) == NULL)
      continue;
    met[i] = TRUE;
    if (known[i].message == NULL)
      ck_assert_msg (message == NULL, "%s should run: %s", name, message);
    else
      ck_assert_msg (message != NULL && strstr (message, known[i].message) != NULL, "%s: %s", name,
                     message ? message : "is read");
  }
}

/* "path:LINE: reason" on one line. */
static void
check_form (const char *path, const char *message)
{
  char *end;

  ck_assert_msg (g_str_has_prefix (message, path), "%s", message);
  message += strlen (path);
  ck_assert_int_eq (*message, ':');
  ck_assert_int_gt (g_ascii_strtoll (message + 1, &end, 10), 0);
  ck_assert (g_str_has_prefix (end, ": "));
  ck_assert_ptr_null (strpbrk (end, "\r\n"));
  ck_assert_uint_gt (strlen (end), 20);
}

START_TEST (all_go_through)
{
  g_autofree char *folder = suite_data ("scenarios/cc3dml");
  gboolean met[G_N_ELEMENTS (known)] = { FALSE };
  int n = 0, run = 0;

  if (folder == NULL)
    return;
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  ck_assert_ptr_nonnull (dir);
  for (const char *name; (name = g_dir_read_name (dir)) != NULL; n++) {
    g_autofree char *path = g_build_filename (folder, name, NULL);
    g_autoptr (GError) error = NULL;
    g_autoptr (EpnsScenario) scenario = epns_scenario_read (path, &error);
    check_known (name, error ? error->message : NULL, met);
    if (scenario == NULL) {
      check_form (path, error->message);
      continue;
    }
    g_autoptr (EpnsLatticeState) state = epns_scenario_initial_lattice (scenario, 1, &error);
    ck_assert_msg (state != NULL, "%s", error ? error->message : "");
    ck_assert (epns_lattice_state_check (state, (gint32) scenario->types->len, NULL));
    run++;
  }
  printf ("%d of %d CompuCell3D files run, %d are refused\n", run, n, n - run);
  ck_assert_int_ge (run, 19);
  for (guint i = 0; i < G_N_ELEMENTS (known); i++)
    ck_assert_msg (met[i], "no file is called %s", known[i].file);
}
END_TEST

/* Other simulators' files are known for what they are. */
START_TEST (files_of_other_hosts)
{
  static const struct {
    const char *folder, *message;
  } hosts[] = { { "scenarios/morpheusml", "Morpheus" }, { "scenarios/physicell", "PhysiCell" } };

  for (guint i = 0; i < G_N_ELEMENTS (hosts); i++) {
    g_autofree char *folder = suite_data (hosts[i].folder);
    if (folder == NULL)
      continue;
    g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
    for (const char *name; (name = g_dir_read_name (dir)) != NULL;) {
      g_autofree char *path = g_build_filename (folder, name, NULL);
      g_autoptr (GError) error = NULL;
      ck_assert_ptr_null (epns_scenario_read (path, &error));
      check_form (path, error->message);
      if (g_str_has_suffix (name, ".xml") && strstr (error->message, "root") == NULL)
        reading_failed (&error, hosts[i].message);
    }
  }
}
END_TEST

SUITE ("cc3dml-scenarios", all_go_through, files_of_other_hosts)
