/* SPDX-License-Identifier: MIT */
/* Real PhysiCell settings files: each is read, or refused for its true reason with its line. */
#include "adapters/scenario.h"
#include "tests/scenarios.h"

#include <math.h>

/* Part of the file's name, and what must be said. */
static const ScenarioExpectation known[] = {
  { "asymmetric_division", "<ruleset> is enabled" },
  { "episode", "<cycle> of cell definition \"celltype_a\": cells grow and divide" },
  { "mymodel_hinge", "cells follow a chemical gradient" },
  { "mymodel_fibre_degradation", "cells follow a chemical gradient" },
  { "mymodel_matrix_degradation", "<cycle> of cell definition \"cell\"" },
  { "mymodel_initialisation_maze", "cells follow a chemical gradient" },
  { "mymodel_neighbours", "cells follow a chemical gradient" },
  { "rules_sample", "<ruleset> is enabled" },
  { "virus_macrophage", "<motility> of cell definition \"macrophage\"" },
  { "worm", "<motility> of cell definition \"worm\"" },
  { "cancer_invasion", "a model inside each cell steers it" },
  { "cell_cycle", "a model inside each cell steers it" },
  { "differentiation", "<ruleset> is enabled" },
  { "simple_tnf", "a model inside each cell steers it" },
};

START_TEST (all_go_through)
{
  scenarios_check ("scenarios/physicell", "PhysiCell", known, G_N_ELEMENTS (known), 0);
}
END_TEST

/* The files that PhysiCell itself was run with; its first save says where the cells were. */
START_TEST (runs_of_physicell)
{
  static const char *const files[] = { "settings_fine.xml", "settings_coarse.xml" };
  g_autofree char *folder = suite_data ("physicell");

  for (guint i = 0; folder != NULL && i < G_N_ELEMENTS (files); i++) {
    g_autofree char *path = g_build_filename (folder, files[i], NULL);
    g_autoptr (GError) error = NULL;
    g_autoptr (EpnsScenario) scenario = epns_scenario_read (path, &error);
    ck_assert_msg (scenario != NULL, "%s", error ? error->message : "");
    g_autoptr (EpnsParticleState) state = epns_scenario_initial_particles (scenario, 1, &error);
    ck_assert_msg (state != NULL, "%s", error ? error->message : "");
    ck_assert_uint_eq (state->n, 50);
    ck_assert_uint_eq (scenario->plan.seed, 42);
    ck_assert (scenario->plan.until == (i == 0 ? 5.0 : 600.0));
    ck_assert (state->position[0] == -0.352334 && state->position[1] == -0.698302);
    ck_assert_int_eq (state->type[0], 1);
    ck_assert_int_eq (state->type[1], 0);
    ck_assert (epns_particle_state_check (state, 2, NULL));
  }
}
END_TEST

SUITE ("physicell-scenarios", all_go_through, runs_of_physicell)
