/* SPDX-License-Identifier: MIT */
/* The Hamiltonian of tissues that nobody stepped, counted by hand. */
#include "tests/suite.h"
#include "tools/energy.h"

#include <math.h>

/* One square cell of 5 x 5 sites on the verdict's lattice, where contacts reach to diagonals. */
static EpnsState *
square_cell (gint32 type)
{
  EpnsLatticeState *state = epns_lattice_state_new ((const gint32[3]){ 1, 40, 40 }, 2);

  state->type[1] = type;
  for (gint32 y = 10; y < 15; y++)
    for (gint32 x = 10; x < 15; x++)
      state->id[y * 40 + x] = 1;
  return &state->base;
}

START_TEST (by_hand)
{
  g_autofree char *path = suite_source ("tests/verdict/sorting.epns.xml");
  g_autoptr (GError) error = NULL;
  g_autoptr (EpnsScenario) scenario = epns_scenario_read (path, &error);
  ck_assert_msg (scenario != NULL, "%s", error ? error->message : "");
  g_autoptr (EpnsStepModel) model = epns_step_model_find (scenario, "native", 2, &error);
  ck_assert_msg (model != NULL, "%s", error ? error->message : "");
  g_autoptr (EpnsSettings) settings = epns_settings_resolve (model, scenario, NULL, &error);
  ck_assert_msg (settings != NULL, "%s", error ? error->message : "");
  g_autoptr (EpnsEnergy) energy = epns_energy_new (settings, &epns_layout_lattice, &error);
  ck_assert_msg (energy != NULL, "%s", error ? error->message : "");
  g_autoptr (EpnsState) whole = square_cell (1), bitten = square_cell (1), stranger = square_cell (7);
  g_autoptr (EpnsState) before = epns_state_copy (whole);
  EpnsState *const states[] = { whole, stranger, bitten };
  double value[3];

  ((EpnsLatticeState *) bitten)->id[10 * 40 + 10] = 0; /* a corner: 5 bonds less, 3 more */
  epns_energy_of (energy, states, 3, value);
  ck_assert_double_eq_tol (value[0], 16 * (20 + 36), 1e-9); /* straight and diagonal contacts */
  ck_assert (isnan (value[1]));                             /* no such type */
  ck_assert_double_eq_tol (value[2], 16 * (20 + 36 - 5 + 3) + 2 * 1, 1e-9);
  ck_assert (epns_state_equal (whole, before));
}
END_TEST

/* No output, no energy, and no failure. */
START_TEST (of_bodies_there_is_none)
{
  g_autofree char *path = suite_source ("tests/conformance/nbody.epns.xml");
  g_autoptr (GError) error = NULL;
  g_autoptr (EpnsScenario) scenario = epns_scenario_read (path, &error);
  g_autoptr (EpnsStepModel) model = epns_step_model_find (scenario, "nbody", 1, &error);
  ck_assert_msg (model != NULL, "%s", error ? error->message : "");
  g_autoptr (EpnsSettings) settings = epns_settings_resolve (model, scenario, NULL, &error);

  ck_assert_ptr_null (epns_energy_new (settings, &epns_layout_particles, &error));
  ck_assert_ptr_null (error);
}
END_TEST

SUITE ("energy", by_hand, of_bodies_there_is_none)
