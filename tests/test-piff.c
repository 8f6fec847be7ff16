/* SPDX-License-Identifier: MIT */
/* PIFF by CompuCell3D's rules, and every way of getting it wrong. */
#include "adapters/piff.h"
#include "tests/reading.h"

static EpnsScenario *
scenario_10x8 (void)
{
  static const char *const names[] = { "Medium", "A", "B" };
  EpnsScenario *scenario = epns_scenario_new ("t.xml", "epns");

  scenario->size[0] = 1, scenario->size[1] = 8, scenario->size[2] = 10;
  for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
    EpnsCellType type = { g_strdup (names[i]), FALSE };
    g_array_append_val (scenario->types, type);
  }
  return scenario;
}

static gboolean
parse (EpnsScenario *scenario, const char *text, GError **error)
{
  return epns_piff_parse ("t.piff", text, strlen (text), scenario,
                          epns_scenario_add_region (scenario, EPNS_REGION_BOXES), error);
}

static EpnsLatticeState *
start (const char *text)
{
  g_autoptr (EpnsScenario) scenario = scenario_10x8 ();

  ck_assert (parse (scenario, text, NULL));
  return epns_scenario_initial_lattice (scenario, 1, NULL);
}

static gint32
at (const EpnsLatticeState *state, int x, int y)
{
  return state->id[y * 10 + x];
}

START_TEST (boxes_and_types)
{
  g_autoptr (EpnsLatticeState)
      state = start ("1 A 0 1 0 2 0 0\n\n  7\tB 5 5 7 7 0 0  \r\n1 A 9 9 0 0 0 0");

  ck_assert_int_eq (at (state, 0, 0), 1);
  ck_assert_int_eq (at (state, 1, 2), 1);
  ck_assert_int_eq (at (state, 2, 2), 0);
  ck_assert_int_eq (at (state, 5, 7), 7);
  ck_assert_int_eq (at (state, 9, 0), 1);
  ck_assert_uint_eq (state->n_rows, 8);
  ck_assert_int_eq (state->type[1], 1);
  ck_assert_int_eq (state->type[7], 2);
}
END_TEST

START_TEST (ids_as_compucell3d_gives_them)
{
  g_autoptr (EpnsLatticeState)
      shifted = start ("0 A 0 0 0 0 0 0\n1 B 1 1 0 0 0 0\n5 A 2 2 0 0 0 0\n");
  ck_assert_int_eq (at (shifted, 0, 0), 1);
  ck_assert_int_eq (at (shifted, 1, 0), 2);
  ck_assert_int_eq (at (shifted, 2, 0), 5);

  g_autoptr (EpnsLatticeState) backwards = start ("5 A 0 0 0 0 0 0\n3 B 1 1 0 0 0 0\n");
  ck_assert_int_eq (at (backwards, 1, 0), 3);
}
END_TEST

START_TEST (later_over_earlier)
{
  /* 1 is covered whole and gone; 3 comes back to the freed number 1's place only under its own. */
  g_autoptr (EpnsLatticeState) gone = start ("1 A 0 1 0 1 0 0\n2 B 0 3 0 3 0 0\n");
  ck_assert_int_eq (at (gone, 0, 0), 2);
  ck_assert_int_eq (gone->type[1], 0);
  ck_assert_int_eq (gone->type[2], 2);

  /* 2 takes the low corner of 1, so what follows for 1 is 2's */
  g_autoptr (EpnsLatticeState)
      stolen = start ("1 A 0 3 0 0 0 0\n2 B 0 0 0 0 0 0\n1 A 0 3 1 1 0 0\n");
  ck_assert_int_eq (at (stolen, 3, 0), 1);
  ck_assert_int_eq (at (stolen, 0, 1), 2);
  ck_assert_int_eq (at (stolen, 3, 1), 2);
}
END_TEST

START_TEST (the_first_type_counts)
{
  g_autoptr (EpnsScenario) scenario = scenario_10x8 ();

  ck_assert (parse (scenario, "1 A 0 0 0 0 0 0\n1 B 1 1 0 0 0 0\n1 Unheard 2 2 0 0 0 0\n", NULL));
  ck_assert_uint_eq (scenario->notes->len, 1);
  ck_assert_ptr_nonnull (strstr (g_ptr_array_index (scenario->notes, 0),
                                 "t.piff:2: cell 1 keeps the type"));
  g_autoptr (EpnsLatticeState) state = epns_scenario_initial_lattice (scenario, 1, NULL);
  ck_assert_int_eq (state->type[1], 1);
}
END_TEST

START_TEST (mistakes)
{
  static const struct {
    const char *text, *message;
    EpnsFailure code;
  } cases[] = {
    { "\n1 A 0 0 0 0 0 0\n", "t.piff:1: \"\": the first line must hold a box",
      EPNS_FAILURE_FORMAT },
    { "# start\n1 A 0 0 0 0 0 0\n", "PIFF has no comments", EPNS_FAILURE_FORMAT },
    { "Include Clusters\n1 1 A 0 0 0 0 0 0\n", "compartments", EPNS_FAILURE_UNSUPPORTED },
    { "1 A 0 0 0 0 0\n", "a line is `cell type", EPNS_FAILURE_FORMAT },
    { "1 A 0 0 0 0 0 0 9\n", "a line is `cell type", EPNS_FAILURE_FORMAT },
    { "1 A 0 0 0 0 0 0\n2 A 0 10 0 0 0 0\n",
      "t.piff:2: \"2 A 0 10 0 0 0 0\": xHigh 10 is outside 0 to 9",
      EPNS_FAILURE_FORMAT },
    { "1 A 0 0 0 8 0 0\n", "yHigh 8 is outside 0 to 7", EPNS_FAILURE_FORMAT },
    { "1 A 0 0 0 0 0 1\n", "zHigh 1 is outside 0 to 0", EPNS_FAILURE_FORMAT },
    { "1 A -1 0 0 0 0 0\n", "xLow -1 is outside", EPNS_FAILURE_FORMAT },
    { "1 A 3 2 0 0 0 0\n", "xHigh is smaller than xLow", EPNS_FAILURE_FORMAT },
    { "1 A 0.5 2 0 0 0 0\n", "xLow \"0.5\" is not an integer", EPNS_FAILURE_FORMAT },
    { "1 A 99999999999999999999 2 0 0 0 0\n", "is outside", EPNS_FAILURE_FORMAT },
    { "-1 A 0 0 0 0 0 0\n", "cell -1 is outside", EPNS_FAILURE_FORMAT },
    { "99999999 A 0 0 0 0 0 0\n", "cell 99999999 is outside 0 to 16777216", EPNS_FAILURE_FORMAT },
    { "x A 0 0 0 0 0 0\n", "cell \"x\" is not an integer", EPNS_FAILURE_FORMAT },
    { "1 C 0 0 0 0 0 0\n", "no cell type is called \"C\"", EPNS_FAILURE_FORMAT },
    { "1 Medium 0 0 0 0 0 0\n", "a cell out of medium", EPNS_FAILURE_UNSUPPORTED },
    { "1 A\x01\xff 0 0 0 0 0 0\n", "no cell type is called", EPNS_FAILURE_FORMAT },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (EpnsScenario) scenario = scenario_10x8 ();
    g_autoptr (GError) error = NULL;
    ck_assert_msg (!parse (scenario, cases[i].text, &error), "%s is read", cases[i].text);
    ck_assert_int_eq (error->code, cases[i].code);
    ck_assert (g_str_has_prefix (error->message, "t.piff:"));
    reading_failed (&error, cases[i].message);
  }
}
END_TEST

START_TEST (zero_bytes_and_long_lines)
{
  g_autoptr (EpnsScenario) scenario = scenario_10x8 ();
  g_autoptr (GError) error = NULL;
  EpnsRegion *region = epns_scenario_add_region (scenario, EPNS_REGION_BOXES);
  g_autofree char *line = g_strnfill (1 << 20, 'x');

  ck_assert (!epns_piff_parse ("t.piff", "1 A\0 0 0", 8, scenario, region, &error));
  reading_failed (&error, "zero bytes");
  ck_assert (!epns_piff_parse ("t.piff", line, strlen (line), scenario, region, &error));
  ck_assert_uint_lt (strlen (error->message), 240);
  reading_failed (&error, "a line is `cell type");
  ck_assert (!epns_piff_read ("/nonexistent.piff", scenario, region, &error));
  reading_failed (&error, "/nonexistent.piff: cannot be read");
}
END_TEST

SUITE ("piff", boxes_and_types, ids_as_compucell3d_gives_them, later_over_earlier,
       the_first_type_counts, mistakes, zero_bytes_and_long_lines)
