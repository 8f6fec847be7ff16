/* SPDX-License-Identifier: MIT */
/* PhysiCell settings: values, defaults, inheritance, and everything that is refused. The base is
 * the example; each case replaces a piece of it. */
#include "adapters/physicell.h"
#include "tests/reading.h"

#include <math.h>

#define SORTING "examples/physicell-sorting/sorting.xml"

static EpnsScenario *
read_text (const char *text, GError **error)
{
  g_autofree char *path = suite_source (SORTING);
  g_autoptr (EpnsXml) xml = epns_xml_parse (path, text, strlen (text), error);

  return xml ? epns_physicell_read (path, xml, error) : NULL;
}

/* The example with one piece replaced. */
static EpnsScenario *
read_with (const char *from, const char *to, GError **error)
{
  g_autofree char *base = reading_load (SORTING);
  g_autofree char *text = reading_replace (base, from, to);

  return read_text (text, error);
}

static double
number (const EpnsScenario *scenario, const char *name, int index)
{
  epns_view view;

  ck_assert_msg (epns_scenario_parameter (scenario, name, &view), "%s", name);
  ck_assert_int_eq (view.dtype, EPNS_F64);
  return ((const double *) view.data)[index];
}

static gint32
flag (const EpnsScenario *scenario, const char *name, int index)
{
  epns_view view;

  ck_assert_msg (epns_scenario_parameter (scenario, name, &view), "%s", name);
  ck_assert_int_eq (view.dtype, EPNS_I32);
  return ((const gint32 *) view.data)[index];
}

START_TEST (the_example)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *base = reading_load (SORTING);
  g_autoptr (EpnsScenario) scenario = read_text (base, &error);

  ck_assert_msg (scenario != NULL, "%s", error ? error->message : "");
  ck_assert_str_eq (scenario->host, "PhysiCell");
  ck_assert_int_eq (scenario->space.axes, 2);
  ck_assert_int_eq (scenario->space.boundary, EPNS_BOUNDARY_WALLS);
  ck_assert (scenario->space.low[0] == -160.0 && scenario->space.high[1] == 160.0);
  ck_assert_str_eq (epns_scenario_type_name (scenario, 0), "A");
  ck_assert_str_eq (epns_scenario_type_name (scenario, 1), "B");
  for (int type = 0; type < 2; type++) {
    ck_assert (number (scenario, "cell-cell-adhesion-strength", type) == 4.0);
    ck_assert (number (scenario, "cell-cell-repulsion-strength", type) == 10.0);
    ck_assert (number (scenario, "relative-maximum-adhesion-distance", type) == 1.5);
    ck_assert (number (scenario, "speed", type) == 0.8);
    ck_assert (number (scenario, "persistence-time", type) == 2.0);
    ck_assert (number (scenario, "migration-bias", type) == 0.0);
    ck_assert_int_eq (flag (scenario, "motility-enabled", type), 1);
    ck_assert_int_eq (flag (scenario, "use-2d", type), 1);
    for (int other = 0; other < 2; other++)
      ck_assert (number (scenario, "cell-adhesion-affinity", 2 * type + other)
                 == (type == other ? 1.0 : 0.1));
  }
  ck_assert (scenario->plan.until == 600.0 && scenario->plan.every == 10.0);
  ck_assert_uint_eq (scenario->plan.seed, 1);
  ck_assert_int_eq (scenario->steps, 6000);
  ck_assert_str_eq (scenario->time_unit, "min");
  ck_assert (number (scenario, "mechanics-dt", 0) == 0.1);
  EpnsPlanModel *model = g_ptr_array_index (scenario->plan.models, 0);
  ck_assert_str_eq (model->kind, "physicell-mechanics");
}
END_TEST

START_TEST (the_cells)
{
  g_autofree char *base = reading_load (SORTING);
  g_autoptr (EpnsScenario) scenario = read_text (base, NULL);
  g_autoptr (EpnsParticleState) state = epns_scenario_initial_particles (scenario, 1, NULL);

  ck_assert_uint_eq (state->n, 50);
  ck_assert_int_eq (state->axes, 2);
  ck_assert (state->position[0] == 0.93 && state->position[1] == 0.79);
  ck_assert_int_eq (state->type[0], 0);
  ck_assert_int_eq (state->id[49], 49);
  ck_assert_double_eq_tol (state->radius[0], 8.412710547954228, 1e-12);
  ck_assert (epns_particle_state_check (state, 2, NULL));
}
END_TEST

/* Nothing stated but what must be: PhysiCell's own values. */
static const char bare[] =
    "<PhysiCell_settings><domain><x_min>-100</x_min><x_max>100</x_max><y_min>-100</y_min>"
    "<y_max>100</y_max><z_min>-50</z_min><z_max>50</z_max><use_2D>no</use_2D></domain>"
    "<overall><max_time>60</max_time></overall>"
    "<cell_definitions><cell_definition name=\"one\" ID=\"0\"><phenotype>"
    "<cycle code=\"5\"><phase_transition_rates><rate start_index=\"0\" end_index=\"0\">0</rate>"
    "</phase_transition_rates></cycle><death><model code=\"100\"><death_rate>0</death_rate>"
    "</model></death></phenotype></cell_definition></cell_definitions>"
    "<user_parameters><number_of_cells>3</number_of_cells></user_parameters>"
    "</PhysiCell_settings>";

START_TEST (defaults)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (EpnsScenario) scenario = read_text (bare, &error);

  ck_assert_msg (scenario != NULL, "%s", error ? error->message : "");
  ck_assert_int_eq (scenario->space.axes, 3);
  ck_assert_int_eq (scenario->space.boundary, EPNS_BOUNDARY_NONE);
  ck_assert_int_eq (flag (scenario, "virtual-wall", 0), 0);
  ck_assert (number (scenario, "cell-cell-adhesion-strength", 0) == 0.4);
  ck_assert (number (scenario, "cell-cell-repulsion-strength", 0) == 10.0);
  ck_assert (number (scenario, "relative-maximum-adhesion-distance", 0) == 1.25);
  ck_assert (number (scenario, "cell-bm-adhesion-strength", 0) == 4.0);
  ck_assert (number (scenario, "cell-bm-repulsion-strength", 0) == 100.0);
  ck_assert (number (scenario, "cell-adhesion-affinity", 0) == 1.0);
  ck_assert (number (scenario, "speed", 0) == 1.0);
  ck_assert (number (scenario, "persistence-time", 0) == 1.0);
  ck_assert_int_eq (flag (scenario, "motility-enabled", 0), 0);
  ck_assert_int_eq (flag (scenario, "use-2d", 0), 0);
  ck_assert_uint_eq (scenario->host_seed, 0);
  ck_assert_uint_eq (scenario->plan.seed, 1);
  ck_assert (scenario->plan.every == 1.0);
  g_autoptr (EpnsParticleState) state = epns_scenario_initial_particles (scenario, 1, NULL);
  ck_assert_uint_eq (state->n, 3);
  for (gsize i = 0; i < 9; i++)
    ck_assert (fabs (state->position[i]) <= (i % 3 == 2 ? 50.0 : 100.0));
}
END_TEST

/* The second definition of the bare file as given. */
static EpnsScenario *
read_second (const char *attributes, const char *phenotype, const char *first, GError **error)
{
  g_autofree char *second = g_strdup_printf (
      "%s</phenotype></cell_definition><cell_definition name=\"two\" ID=\"1\" %s>"
      "<phenotype>%s</phenotype></cell_definition></cell_definitions>",
      first, attributes, phenotype);
  g_autofree char *text = reading_replace (
      bare, "</phenotype></cell_definition></cell_definitions>", second);

  return read_text (text, error);
}

START_TEST (what_is_inherited)
{
  static const char
      moving[] = "<mechanics><cell_cell_adhesion_strength>7</cell_cell_adhesion_strength>"
                 "<cell_adhesion_affinities><cell_adhesion_affinity name=\"two\">0.5"
                 "</cell_adhesion_affinity></cell_adhesion_affinities></mechanics>"
                 "<volume><total>1000</total></volume>"
                 "<motility><speed>3</speed><options><enabled>true</enabled></options>"
                 "</motility>";
  g_autoptr (GError) error = NULL;
  g_autoptr (EpnsScenario) copied = read_second ("", "", moving, &error);
  ck_assert_msg (copied != NULL, "%s", error ? error->message : "");
  ck_assert (number (copied, "cell-cell-adhesion-strength", 1) == 7.0);
  ck_assert (number (copied, "cell-adhesion-affinity", 3) == 0.5); /* two to two, from one to two */
  ck_assert (number (copied, "speed", 1) == 3.0);
  ck_assert_int_eq (flag (copied, "motility-enabled", 0), 1);
  ck_assert_int_eq (flag (copied, "motility-enabled", 1), 0); /* at rest unless it has a parent */

  g_autoptr (EpnsScenario) child = read_second ("parent_type=\"one\"", "", moving, &error);
  ck_assert_int_eq (flag (child, "motility-enabled", 1), 1);

  g_autoptr (EpnsScenario) own = read_second (
      "", "<mechanics><cell_cell_adhesion_strength>2</cell_cell_adhesion_strength></mechanics>",
      moving, &error);
  ck_assert (number (own, "cell-cell-adhesion-strength", 0) == 7.0);
  ck_assert (number (own, "cell-cell-adhesion-strength", 1) == 2.0);
  g_autoptr (EpnsParticleState) state = epns_scenario_initial_particles (own, 1, NULL);
  ck_assert_double_eq_tol (state->radius[5], cbrt (750.0 / G_PI), 1e-12);
}
END_TEST

START_TEST (the_legacy_copy)
{
  static const char
      moving[] = "<motility><options><enabled>true</enabled></options></motility></phenotype>"
                 "</cell_definition><cell_definition name=\"two\" ID=\"1\"><phenotype>"
                 "</phenotype></cell_definition></cell_definitions>"
                 "<options><legacy_cell_defaults_copy>true</legacy_cell_defaults_copy></options>";
  g_autofree char *text = reading_replace (
      bare, "</phenotype></cell_definition></cell_definitions>", moving);
  g_autoptr (EpnsScenario) scenario = read_text (text, NULL);

  ck_assert_int_eq (flag (scenario, "motility-enabled", 1), 1);
}
END_TEST

/* a = r ((1 - s/2) / (1 - s/(2f)))^2 */
START_TEST (distances_of_balance)
{
  static const struct {
    const char *option;
    double adhesion;
  } cases[] = {
    { "<set_relative_equilibrium_distance enabled=\"true\">1.8</set_relative_equilibrium_distance>",
      0.0625 * 10.0 },
    { "<set_relative_equilibrium_distance enabled=\"true\">3</set_relative_equilibrium_distance>",
      0.0 },
    { "<set_relative_equilibrium_distance enabled=\"false\">1</set_relative_equilibrium_distance>",
      4.0 },
    { "<set_absolute_equilibrium_distance enabled=\"true\">15.14287898631761"
      "</set_absolute_equilibrium_distance>",
      0.0625 * 10.0 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *to = g_strdup_printf ("<options>%s</options></mechanics>", cases[i].option);
    g_autoptr (GError) error = NULL;
    g_autoptr (EpnsScenario) scenario = read_with ("</mechanics>", to, &error);
    ck_assert_msg (scenario != NULL, "%s", error ? error->message : "");
    ck_assert_double_eq_tol (number (scenario, "cell-cell-adhesion-strength", 0), cases[i].adhesion,
                             1e-12);
  }
}
END_TEST

START_TEST (seeds)
{
  static const struct {
    const char *text, *user;
    guint64 host, plan;
  } cases[] = {
    { "42", "", 42, 42 },
    { "random", "", 0, 1 },
    { "system_clock", "", 0, 1 },
    { "", "", 0, 1 },
    { "0", "", 0, 0 },
    { "5", "<random_seed>9</random_seed>", 9, 9 },
    { "", "<random_seed>9</random_seed>", 9, 9 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *base = reading_load (SORTING);
    g_autofree char *seed = g_strdup_printf ("<random_seed>%s</random_seed>", cases[i].text);
    g_autofree char *user = g_strconcat ("<user_parameters>", cases[i].user, NULL);
    g_autofree char *once = reading_replace (base, "<random_seed>1</random_seed>", seed);
    g_autofree char *text = reading_replace (once, "<user_parameters>", user);
    g_autoptr (EpnsScenario) scenario = read_text (text, NULL);
    ck_assert_uint_eq (scenario->host_seed, cases[i].host);
    ck_assert_uint_eq (scenario->plan.seed, cases[i].plan);
  }
}
END_TEST

/* What is noted and has no effect. */
START_TEST (notes)
{
  static const struct {
    const char *from, *to, *note;
  } cases[] = {
    { "<max_time units=\"min\">600</max_time>", "<max_time>600</max_time><max_time>5</max_time>",
      "takes the first" },
    { "<time_units>min", "<time_units>h", "a label only; numbers count as min" },
    { "<user_parameters>", "<user_parameters><my_rate>4</my_rate>", "1 parameter that only" },
    { "<variable name=\"oxygen\"", "<variable name=\"glucose\"", "chemical fields" },
    { "</phenotype>",
      "<cell_interactions><attack_rates><attack_rate name=\"B\">1</attack_rate></attack_rates>"
      "</cell_interactions></phenotype>",
      "attacks do damage" },
    { "</phenotype>",
      "<cell_interactions><fusion_rates><fusion_rate name=\"C\">1</fusion_rate></fusion_rates>"
      "</cell_interactions></phenotype>",
      "no cell definition is called \"C\"" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (EpnsScenario) scenario = read_with (cases[i].from, cases[i].to, &error);
    gboolean found = FALSE;
    ck_assert_msg (scenario != NULL, "%s", error ? error->message : "");
    for (guint n = 0; n < scenario->notes->len; n++)
      found = found || strstr (g_ptr_array_index (scenario->notes, n), cases[i].note) != NULL;
    ck_assert_msg (found, "no note says \"%s\"", cases[i].note);
  }
}
END_TEST

/* What is never going to happen, or happens to nobody, does not keep a file from running. */
START_TEST (harmless)
{
  static const struct {
    const char *from, *to;
  } cases[] = {
    { "<phase_transition_rates units=\"1/min\">",
      "<phase_durations><duration index=\"0\">9e99</duration></phase_durations>"
      "<phase_transition_rates>" },
    { "<death_rate units=\"1/min\">0<", "<death_rate>1e-12<" },
    { "<calculate_gradients>false", "<calculate_gradients>true" },
    { "<enabled>true</enabled>",
      "<enabled>true</enabled><chemotaxis><enabled>true</enabled></chemotaxis>" },
    { "</phenotype>",
      "<secretion><substrate name=\"oxygen\"><uptake_rate>10</uptake_rate></substrate></secretion>"
      "</phenotype>" },
    { "</phenotype>",
      "<cell_interactions><dead_phagocytosis_rate>1</dead_phagocytosis_rate></cell_interactions>"
      "</phenotype>" },
    { "</phenotype>",
      "<cell_transformations><transformation_rates><transformation_rate name=\"A\">1"
      "</transformation_rate></transformation_rates></cell_transformations></phenotype>" },
    { "</mechanics>", "<attachment_rate>1</attachment_rate></mechanics>" },
    { "</phenotype>", "</phenotype><initial_parameter_distributions enabled=\"false\">"
                      "<distribution/></initial_parameter_distributions>" },
    { "<initial_conditions>",
      "<cell_rules><rulesets><ruleset enabled=\"false\"/></rulesets></cell_rules>"
      "<initial_conditions>" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (EpnsScenario) scenario = read_with (cases[i].from, cases[i].to, &error);
    ck_assert_msg (scenario != NULL, "%s: %s", cases[i].to, error ? error->message : "");
  }
}
END_TEST

static const struct {
  const char *from, *to, *message;
  EpnsFailure code;
} refusals[] = {
  { "<domain>", "<domian>", ":", EPNS_FAILURE_FORMAT }, /* ill-formed */
  { "</options>", "<option></options>", ":", EPNS_FAILURE_FORMAT },
  { "<parallel>", "<paralel/><parallel>",
    "<paralel> is not known inside <PhysiCell_settings>, "
    "PhysiCell would ignore it; did you mean parallel?",
    EPNS_FAILURE_FORMAT },
  { "cell_cell_adhesion_strength units=\"micron/min\">4</cell_cell_adhesion_strength",
    "cell_cell_adhesion_strenght>4</cell_cell_adhesion_strenght",
    "did you mean cell_cell_adhesion_strength?", EPNS_FAILURE_FORMAT },
  { "<x_min>-160</x_min>", "", "<domain> has no <x_min>, which PhysiCell would take for 0; add it",
    EPNS_FAILURE_FORMAT },
  { "<dz>20</dz>", "", "<domain> has no <dz>", EPNS_FAILURE_FORMAT },
  { "<x_min>-160", "<x_min>160", "x_min = 160 is not below x_max = 160", EPNS_FAILURE_RANGE },
  { "<max_time units=\"min\">600</max_time>", "", "<overall> has no <max_time>",
    EPNS_FAILURE_FORMAT },
  { ">600<", ">ten<", "<max_time>ten</max_time> is not a finite number", EPNS_FAILURE_FORMAT },
  { "<use_2D>true", "<use_2D>si", "neither true nor false", EPNS_FAILURE_FORMAT },
  { "<random_seed>1<", "<random_seed>-1<", "outside 0 to 4294967295", EPNS_FAILURE_RANGE },
  { "<random_seed>1<", "<random_seed>1x<", "is not a", EPNS_FAILURE_FORMAT },
  { "name=\"B\" ID=\"1\"", "name=\"A\" ID=\"1\"", "after one of the same name",
    EPNS_FAILURE_FORMAT },
  { "<cell_definition name=\"B\"",
    "<cell_definition name=\"default\" ID=\"2\"/>"
    "<cell_definition name=\"B\"",
    "mean the same", EPNS_FAILURE_FORMAT },
  { "parent_type=\"A\"", "parent_type=\"AA\"", "no definition before it has this name",
    EPNS_FAILURE_FORMAT },
  { "parent_type=\"A\"", "parent_type=\"B\"", "move it further down", EPNS_FAILURE_FORMAT },
  { "affinity name=\"A\"", "affinity name=\"C\"", "no cell definition has this name",
    EPNS_FAILURE_FORMAT },
  { ">0.8<", ">-0.8<", "<speed> -0.8 is outside 0", EPNS_FAILURE_RANGE },
  { "<migration_bias>0", "<migration_bias>2", "outside 0 to 1", EPNS_FAILURE_RANGE },
  { "cycle code=\"5\"", "cycle code=\"17\"", "outside 0 to 7", EPNS_FAILURE_RANGE },
  { "</mechanics>",
    "<options><set_relative_equilibrium_distance enabled=\"true\">1.8"
    "</set_relative_equilibrium_distance></options><relative_maximum_adhesion_distance>0.5"
    "</relative_maximum_adhesion_distance></mechanics>",
    NULL, EPNS_FAILURE_RANGE }, /* the first one counts, 1.5: it is read */
  { "fixed_duration=\"false\">0<", "fixed_duration=\"false\">0.001<",
    "<cycle> of cell definition \"A\": cells grow and divide", EPNS_FAILURE_UNSUPPORTED },
  { "<death_rate units=\"1/min\">0<", "<death_rate>5e-5<",
    "<death> of cell definition \"A\": cells die, which no step model here honours; set every "
    "death_rate to 0 or run this file in PhysiCell",
    EPNS_FAILURE_UNSUPPORTED },
  { "<model code=\"100\" name=\"apoptosis\">", "<model code=\"101\" name=\"again\">", "cells die",
    EPNS_FAILURE_UNSUPPORTED }, /* apoptosis has a rate where none is stated */
  { "</phenotype>", "<intracellular type=\"maboss\"/></phenotype>", "a model inside each cell",
    EPNS_FAILURE_UNSUPPORTED },
  { "</phenotype>",
    "<cell_interactions><live_phagocytosis_rates><phagocytosis_rate name=\"B\">0.1"
    "</phagocytosis_rate></live_phagocytosis_rates></cell_interactions></phenotype>",
    "cells eat others", EPNS_FAILURE_UNSUPPORTED },
  { "</phenotype>",
    "<cell_interactions><fusion_rates><fusion_rate name=\"B\">0.1</fusion_rate></fusion_rates>"
    "</cell_interactions></phenotype>",
    "cells fuse", EPNS_FAILURE_UNSUPPORTED },
  { "</phenotype>",
    "<cell_transformations><transformation_rates><transformation_rate name=\"B\">0.1"
    "</transformation_rate></transformation_rates></cell_transformations></phenotype>",
    "cells change their type", EPNS_FAILURE_UNSUPPORTED },
  { "</phenotype>",
    "</phenotype><initial_parameter_distributions><distribution/>"
    "</initial_parameter_distributions>",
    "draws a value for each cell", EPNS_FAILURE_UNSUPPORTED },
  { "<initial_conditions>",
    "<cell_rules><rulesets><ruleset enabled=\"true\"/></rulesets></cell_rules>"
    "<initial_conditions>",
    "rules change cells", EPNS_FAILURE_UNSUPPORTED },
  { "type=\"csv\" enabled=\"true\"", "type=\"csv\" enabled=\"false\"",
    "the first cells are left to the project's C++", EPNS_FAILURE_UNSUPPORTED },
  { "type=\"csv\"", "type=\"matlab\"", "PhysiCell reads csv only", EPNS_FAILURE_UNSUPPORTED },
  { "cells.csv", "none.csv", "the cells' file is neither at", EPNS_FAILURE_IO },
  { "<filename>cells.csv</filename>", "", "has no <filename>", EPNS_FAILURE_FORMAT },
  { "<filename>", "<file>a</file><filename>", "<file> is not known inside <cell_positions>",
    EPNS_FAILURE_FORMAT },
  { "<initial_conditions>", "<initial_conditions><substrates/>",
    "<substrates> is not known inside <initial_conditions>", EPNS_FAILURE_FORMAT },
};

START_TEST (what_is_refused)
{
  for (guint i = 0; i < G_N_ELEMENTS (refusals); i++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (EpnsScenario) scenario = read_with (refusals[i].from, refusals[i].to, &error);
    if (refusals[i].message == NULL) {
      ck_assert_msg (scenario != NULL, "%s", error ? error->message : "");
      continue;
    }
    ck_assert_msg (scenario == NULL, "%s is read", refusals[i].to);
    ck_assert_int_eq (error->code, refusals[i].code);
    reading_failed (&error, refusals[i].message);
  }
}
END_TEST

/* Two things at once: chemotaxis acts only where there are gradients and a bias. */
START_TEST (chemotaxis)
{
  g_autofree char *base = reading_load (SORTING);
  g_autofree char *graded = reading_replace (base, "<calculate_gradients>false",
                                             "<calculate_gradients>true");
  g_autofree char *biased = reading_replace (graded, "<migration_bias>0", "<migration_bias>0.5");
  g_autofree char *text = reading_replace (
      biased, "<enabled>true</enabled>\n            <use_2D>",
      "<enabled>true</enabled><advanced_chemotaxis><enabled>true</enabled></advanced_chemotaxis>"
      "<use_2D>");
  g_autoptr (GError) error = NULL;

  ck_assert_ptr_null (read_text (text, &error));
  ck_assert_int_eq (error->code, EPNS_FAILURE_UNSUPPORTED);
  reading_failed (&error, "cells follow a chemical gradient");
}
END_TEST

START_TEST (springs)
{
  g_autofree char *base = reading_load (SORTING);
  g_autofree char *sticky = reading_replace (base, "</mechanics>",
                                             "<attachment_rate>1</attachment_rate></mechanics>");
  g_autofree char *text = reading_replace (sticky, "<disable_automated_spring_adhesions>true",
                                           "<disable_automated_spring_adhesions>false");
  g_autoptr (GError) error = NULL;

  ck_assert_ptr_null (read_text (text, &error));
  reading_failed (&error, "cells attach to others by springs");
}
END_TEST

SUITE ("physicell", the_example, the_cells, defaults, what_is_inherited, the_legacy_copy,
       distances_of_balance, seeds, notes, harmless, what_is_refused, chemotaxis, springs)
