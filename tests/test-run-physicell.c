/* SPDX-License-Identifier: MIT */
/* Through the plugin, as the command does it: from PhysiCell's settings file to where PhysiCell
 * itself saved the cells. */
#include "adapters/multicellds.h"
#include "adapters/scenario.h"
#include "tests/suite.h"
#include "tools/stepper.h"

#include <math.h>

/* What a stepper needs as long as it lives. */
typedef struct {
  EpnsScenario *scenario;
  EpnsStepModel *model;
  EpnsSettings *settings;
  EpnsStepper *stepper;
} Host;

static void
open_host (Host *self, const char *settings_file, const char *const *overrides, guint32 members)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *path = suite_data (settings_file);

  self->scenario = epns_scenario_read (path, &error);
  ck_assert_msg (self->scenario != NULL, "%s", error ? error->message : "");
  self->model = epns_step_model_find (self->scenario, "native", 2, &error);
  ck_assert_msg (self->model != NULL, "%s", error ? error->message : "");
  self->settings = epns_settings_resolve (self->model, self->scenario, overrides, &error);
  ck_assert_msg (self->settings != NULL, "%s", error ? error->message : "");
  self->stepper = epns_stepper_new (self->settings, self->scenario,
                                    &(EpnsMembers){ .n = members, .seed = 1 }, &error);
  ck_assert_msg (self->stepper != NULL, "%s", error ? error->message : "");
}

static void
close_host (Host *self)
{
  epns_stepper_free (self->stepper);
  epns_settings_free (self->settings);
  epns_step_model_close (self->model);
  epns_scenario_free (self->scenario);
}

static const EpnsParticleState *
state_of (const Host *self, guint32 member)
{
  return (const EpnsParticleState *) epns_stepper_state (self->stepper, member);
}

static EpnsMulticellds *
read_save (const char *relative)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *path = suite_data (relative);
  EpnsMulticellds *save = epns_multicellds_read (path, &error);

  ck_assert_msg (save != NULL, "%s", error ? error->message : "");
  return save;
}

/* The first step without motility. The second-order Adams-Bashforth scheme makes 1.5 dt v of a
 * cell's first velocity, and motility is a term of it that its neighbours do not feel; so PhysiCell
 * has each cell there by 1.5 dt m, m being the motility vector it saved. */
START_TEST (the_first_step)
{
  static const char *const still[] = { "motility-enabled=0,0", NULL };
  static const double dt = 0.1;
  Host host;
  g_autofree char *there = suite_data ("physicell");
  g_autoptr (GError) error = NULL;

  if (there == NULL)
    return;
  open_host (&host, "physicell/settings_fine.xml", still, 1);
  const EpnsParticleState *state = state_of (&host, 0);
  g_autoptr (EpnsMulticellds) start = read_save ("physicell/multicellds/initial.xml");
  g_autoptr (EpnsMulticellds) next = read_save ("physicell/multicellds/output00000001.xml");
  ck_assert_uint_eq (state->n, start->n);
  for (gsize i = 0; i < start->n; i++) {
    ck_assert_int_eq (state->type[i], start->type[i]);
    ck_assert_double_eq_tol (state->radius[i], start->radius[i], 1e-14);
    for (int axis = 0; axis < 2; axis++)
      ck_assert (state->position[2 * i + axis] == start->position[i][axis]);
  }
  ck_assert_msg (epns_stepper_advance (host.stepper, 1, &error), "%s", error ? error->message : "");
  state = state_of (&host, 0);
  for (gsize i = 0; i < next->n; i++)
    for (int axis = 0; axis < 2; axis++)
      ck_assert_double_eq_tol (state->position[2 * i + axis] + 1.5 * dt * next->motility[i][axis],
                               next->position[i][axis], 1e-10);
  close_host (&host);
}
END_TEST

/* The share of unlike ones among pairs closer than three mean radii. */
static double
unlike_share (const EpnsParticleState *state)
{
  guint near = 0, unlike = 0;

  for (gsize i = 0; i < state->n; i++)
    for (gsize j = 0; j < i; j++) {
      double x = state->position[2 * i] - state->position[2 * j];
      double y = state->position[2 * i + 1] - state->position[2 * j + 1];
      if (hypot (x, y) >= 1.5 * (state->radius[i] + state->radius[j]))
        continue;
      near++;
      unlike += state->type[i] != state->type[j];
    }
  return (double) unlike / near;
}

/* Eight runs of PhysiCell from this start, seeds 1 to 8, had 0.07 to 0.21 after 300 min. */
START_TEST (cells_sort)
{
  enum { MEMBERS = 8, STEPS = 3000 };
  static const char *const none[] = { NULL };
  Host host;
  g_autofree char *there = suite_data ("physicell");
  g_autoptr (GError) error = NULL;
  double mean = 0.0;

  if (there == NULL || suite_trials (1, 0) == 0)
    return;
  open_host (&host, "physicell/settings_coarse.xml", none, MEMBERS);
  ck_assert_double_eq_tol (unlike_share (state_of (&host, 0)), 0.444, 1e-3);
  ck_assert_msg (epns_stepper_advance (host.stepper, STEPS, &error), "%s",
                 error ? error->message : "");
  for (guint32 i = 0; i < MEMBERS; i++)
    mean += unlike_share (state_of (&host, i)) / MEMBERS;
  ck_assert_double_ge (mean, 0.07);
  ck_assert_double_le (mean, 0.21);
  close_host (&host);
}
END_TEST

SUITE ("run-physicell", the_first_step, cells_sort)
