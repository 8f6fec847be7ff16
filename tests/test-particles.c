/* SPDX-License-Identifier: MIT */
/* Particles: their state, our own format's space and bodies, and how they start. */
#include "adapters/scenario.h"
#include "tests/reading.h"

#include <math.h>

#define EXAMPLE "schemas/examples/scenario-valid-particles.xml"

static EpnsScenario *
example (void)
{
  g_autofree char *path = suite_source (EXAMPLE);
  g_autoptr (GError) error = NULL;
  EpnsScenario *scenario = epns_scenario_read (path, &error);

  ck_assert_msg (scenario != NULL, "%s", error ? error->message : "");
  return scenario;
}

/* A scenario of these parts. */
static EpnsScenario *
scenario_of (const char *parts, GError **error)
{
  g_autofree char *folder = reading_folder ();
  g_autofree char *text = g_strdup_printf ("<scenario xmlns=\"https://epns.org/ns/scenario/1\" "
                                           "version=\"1\">%s</scenario>",
                                           parts);
  g_autofree char *path = reading_write (folder, "a.xml", text, -1);
  EpnsScenario *scenario = epns_scenario_read (path, error);

  reading_remove (folder);
  return scenario;
}

START_TEST (what_the_example_says)
{
  g_autoptr (EpnsScenario) scenario = example ();
  epns_view view;

  ck_assert_ptr_eq (scenario->layout, &epns_layout_particles);
  ck_assert_int_eq (scenario->space.axes, 2);
  ck_assert_int_eq (scenario->space.boundary, EPNS_BOUNDARY_WALLS);
  ck_assert_str_eq (epns_scenario_type_name (scenario, 0), "A");
  ck_assert (epns_scenario_parameter (scenario, "domain", &view));
  ck_assert_int_eq (view.shape[0], 2);
  ck_assert_mem_eq (view.data, ((const double[]) { -100, 100, -80, 80 }), 4 * sizeof (double));
  ck_assert (epns_scenario_parameter (scenario, "virtual-wall", &view));
  ck_assert_int_eq (*(const gint32 *) view.data, 1);
  ck_assert (epns_scenario_parameter (scenario, "periodic", &view));
  ck_assert_mem_eq (view.data, ((const gint32[]) { 0, 0 }), 2 * sizeof (gint32));
  ck_assert (epns_scenario_parameter (scenario, "motility-enabled", &view));
  ck_assert_mem_eq (view.data, ((const gint32[]) { 1, 0 }), 2 * sizeof (gint32));
  ck_assert (epns_scenario_parameter (scenario, "cell-adhesion-affinity", &view));
  ck_assert_mem_eq (view.data, ((const double[]) { 1, 0.1, 0.2, 1 }), 4 * sizeof (double));
  ck_assert (!epns_scenario_parameter (scenario, "frozen", &view));
}
END_TEST

START_TEST (how_it_starts)
{
  g_autoptr (EpnsScenario) scenario = example ();
  g_autoptr (EpnsParticleState) state = epns_scenario_initial_particles (scenario, 7, NULL);

  ck_assert_uint_eq (state->n, 18);
  ck_assert_int_eq (state->id[0], 70);
  ck_assert_int_eq (state->id[1], 1);
  ck_assert_double_eq (state->position[0], -20.5);
  ck_assert_double_eq (state->velocity[1], -2);
  ck_assert_double_eq (state->mass[0], 3);
  ck_assert_int_eq (state->type[0], 1);
  ck_assert_int_eq (state->type[1], 0);
  ck_assert_double_eq (state->radius[0], 8.5);
  for (gsize i = 2; i < 14; i++) {
    const double *p = state->position + 2 * i;
    ck_assert_double_le (hypot (p[0], p[1] + 30), 40);
    ck_assert (state->velocity[2 * i] != 0.0);
    for (gsize j = 2; j < i; j++)
      ck_assert_double_ge (hypot (p[0] - state->position[2 * j], p[1] - state->position[2 * j + 1]),
                           10);
  }
  for (gsize i = 14; i < 18; i++) {
    ck_assert (state->position[2 * i] >= -100 && state->position[2 * i] < -60);
    ck_assert (state->position[2 * i + 1] >= 40 && state->position[2 * i + 1] < 80);
    ck_assert (state->mass[i] >= 1 && state->mass[i] < 2);
    ck_assert_int_eq (state->type[i], 1);
    ck_assert_double_eq (state->velocity[2 * i], 0);
  }
}
END_TEST

/* A drawn body is a function of the seed and its own number. */
START_TEST (drawn_by_place)
{
  g_autoptr (EpnsScenario)
      few = scenario_of ("<space axes='3'/><bodies><normal bodies='3' x='1' y='2' z='3' spread='2' "
                         "speed='1'/></bodies>",
                         NULL),
      many = scenario_of ("<space axes='3'/><bodies><normal bodies='4000' x='1' y='2' z='3' "
                          "spread='2' speed='1'/></bodies>",
                          NULL);
  g_autoptr (EpnsState) a = epns_scenario_initial_state (few, 5, NULL),
                        again = epns_scenario_initial_state (few, 5, NULL),
                        b = epns_scenario_initial_state (many, 5, NULL),
                        other = epns_scenario_initial_state (few, 6, NULL);
  const EpnsParticleState *more = (const EpnsParticleState *) b;
  double mean = 0, square = 0;

  ck_assert (epns_state_equal (a, again));
  ck_assert (!epns_state_equal (a, other));
  ck_assert (!epns_state_equal (a, b));
  ck_assert_mem_eq (epns_state_data (a, 0), more->position, epns_state_bytes (a, 0));
  for (gsize i = 0; i < more->n; i++) {
    mean += more->position[3 * i + 2] / (double) more->n;
    square += (more->position[3 * i + 2] - 3) * (more->position[3 * i + 2] - 3) / (double) more->n;
  }
  ck_assert_double_le (fabs (mean - 3), 4 * 2 / sqrt (4000)); /* four standard errors */
  ck_assert_double_le (fabs (square - 4), 4 * 4 * sqrt (2.0 / 4000));
  ck_assert_ptr_null (more->radius);
}
END_TEST

START_TEST (at_rest)
{
  g_autoptr (EpnsScenario)
      scenario = scenario_of ("<space axes='3'/><bodies><ball bodies='9' x='1' y='-2' z='0.5' "
                              "within='3' speed='2' mass='1' mass-to='5' "
                              "at-rest='true'/></bodies>",
                              NULL);
  g_autoptr (EpnsParticleState) state = epns_scenario_initial_particles (scenario, 1, NULL);
  const double centre[3] = { 1, -2, 0.5 };

  for (int axis = 0; axis < 3; axis++) {
    double mass = 0, moment = 0, momentum = 0;
    for (gsize i = 0; i < state->n; i++) {
      mass += state->mass[i];
      moment += state->mass[i] * state->position[3 * i + (gsize) axis];
      momentum += state->mass[i] * state->velocity[3 * i + (gsize) axis];
    }
    ck_assert_double_le (fabs (moment / mass - centre[axis]), 1e-14);
    ck_assert_double_le (fabs (momentum), 1e-12);
  }
}
END_TEST

START_TEST (views_by_name)
{
  g_autoptr (EpnsScenario) scenario = example ();
  g_autoptr (EpnsState) state = epns_scenario_initial_state (scenario, 7, NULL);
  gint position = epns_layout_find (state->layout, "position"),
       mass = epns_layout_find (state->layout, "mass");
  epns_view view = epns_state_view (state, (guint) position);

  ck_assert_int_eq (view.shape[0], 18);
  ck_assert_int_eq (view.shape[1], 2);
  ck_assert_ptr_eq (view.data, ((EpnsParticleState *) state)->position);
  ck_assert_int_eq (epns_state_view (state, (guint) mass).rank, 1);
  ck_assert_int_eq (epns_layout_find (state->layout, "cell-id"), -1);

  g_autoptr (EpnsState) copy = epns_state_copy (state);
  ck_assert (epns_state_equal (copy, state));
  ((EpnsParticleState *) copy)->velocity[35] += 1;
  ck_assert (!epns_state_equal (copy, state));
}
END_TEST

START_TEST (what_a_state_must_obey)
{
  g_autoptr (EpnsParticleState) state = epns_particle_state_new (3, 2, TRUE);
  g_autoptr (GError) error = NULL;

  ck_assert (epns_particle_state_check (state, 1, NULL));
  state->position[3] = NAN;
  ck_assert (!epns_particle_state_check (state, 1, &error));
  reading_failed (&error, "body 1 (id 1) has a position or velocity that is not finite");
  state->position[3] = 0;
  state->mass[2] = 0;
  ck_assert (!epns_particle_state_check (state, 1, &error));
  reading_failed (&error, "body 2 (id 2) has a mass that is not above 0");
  state->mass[2] = 1;
  state->radius[0] = -1;
  ck_assert (!epns_particle_state_check (state, 1, &error));
  reading_failed (&error, "a radius below 0");
  state->radius[0] = 0;
  state->type[1] = 1;
  ck_assert (!epns_particle_state_check (state, 1, &error));
  reading_failed (&error, "a type that is not known");
  state->type[1] = 0;
  state->id[2] = 0;
  ck_assert (!epns_particle_state_check (state, 1, &error));
  reading_failed (&error, "body 2 (id 0) has an id that another has, too");
}
END_TEST

/* One change to the valid example that the schema may let pass and the reader must not. */
START_TEST (mistakes)
{
  static const ReadingMistake cases[] = {
    { "<space x=", "<space axes=\"2\" x=", "takes either axes" },
    { "<space x=\"-100 100\" y=\"-80 80\" boundary=\"walls\"/>", "<space boundary=\"walls\"/>",
      "takes either axes" },
    { "x=\"-100 100\"", "x=\"100 -100\"", "the lower one first" },
    { "x=\"-100 100\"", "x=\"-INF 100\"", "two finite numbers" },
    { "boundary=\"walls\"", "boundary=\"wall\"", "boundary" },
    { "name=\"motility-enabled\" type=\"A\"", "name=\"motility-enabld\" type=\"A\"",
      "did you mean motility-enabled?" },
    { "name=\"cell-cell-repulsion-strength\" type=\"A\" value=\"10\"",
      "name=\"temperature\" value=\"10\"", "is not known" },
    { "<parameter name=\"cell-adhesion-affinity\" type=\"B\" with=\"A\" value=\"0.2\"/>", "",
      "type=\"B\" with=\"A\"> is missing" },
    { "<parameter name=\"motility-enabled\" type=\"A\" value=\"true\"/>", "",
      "type=\"A\"> is missing" },
    { "x=\"20\" y=\"10\"", "x=\"200\" y=\"10\"", "<body> lies outside the space" },
    { "x=\"20\" y=\"10\"", "x=\"20\" y=\"10\" z=\"1\"", "the space is a plane; leave z out" },
    { "x=\"20\" y=\"10\"", "x=\"NaN\" y=\"10\"", "is not a finite number" },
    { "vx=\"1\"", "vx=\"1\" vz=\"1\"", "leave vz out" },
    { "type=\"B\" radius=\"8.5\"", "type=\"C\" radius=\"8.5\"", "no cell type is called" },
    { "mass=\"3\"", "mass=\"0\"", "mass" },
    { "within=\"40\"", "within=\"60\"", "<ball> lies outside the space" },
    { "types=\"A B B\"", "types=\"A Medium\"", "no cell type is called" },
    { "speed=\"0.5\"", "speed=\"0.5\" at-rest=\"true\"", "the space has sides" },
    { "x=\"-100 -60\" y=\"40 80\"", "x=\"-100 -60\" y=\"40 81\"", "<box> lies outside the space" },
    { "mass-to=\"2\"", "mass-to=\"0.5\"", "mass-to is less than mass" },
    { "<ball bodies=\"12\" x=\"0\" y=\"-30\" within=\"40\"",
      "<normal bodies=\"12\" x=\"0\" y=\"-30\" spread=\"4\"", "has no end and the space has" },
  };

  reading_mistakes (EXAMPLE, cases, G_N_ELEMENTS (cases));
}
END_TEST

/* What only drawing finds out. */
START_TEST (starts_that_cannot_be)
{
  static const struct {
    const char *bodies, *message;
  } cases[] = {
    { "<ball bodies='50' x='0' y='0' within='3' apart='2'/>", "found no place 2 apart" },
    { "<body x='0' y='0' id='2'/><body x='1' y='0'/><body x='2' y='0'/>",
      "body 2 (id 2) has an id that another has, too" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *parts = g_strdup_printf ("<space axes='2'/><bodies>%s</bodies>",
                                              cases[i].bodies);
    g_autoptr (GError) error = NULL;
    g_autoptr (EpnsScenario) scenario = scenario_of (parts, &error);
    ck_assert_msg (scenario != NULL, "%s", error ? error->message : "");
    ck_assert_ptr_null (epns_scenario_initial_state (scenario, 1, &error));
    reading_failed (&error, cases[i].message);
  }
}
END_TEST

SUITE ("particles", what_the_example_says, how_it_starts, drawn_by_place, at_rest, views_by_name,
       what_a_state_must_obey, mistakes, starts_that_cannot_be)
