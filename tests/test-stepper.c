/* SPDX-License-Identifier: MIT */
/* Which members an ensemble has, and where they begin. */
#include "adapters/lattice-state.h"
#include "tests/suite.h"
#include "tools/stepper.h"

#define STEPS 3

typedef struct {
  EpnsScenario *scenario;
  EpnsStepModel *model;
  EpnsSettings *settings;
} Subject;

static void
subject_init (Subject *self)
{
  g_autofree char *path = suite_source ("examples/cell-sorting/sorting.xml");
  g_autoptr (GError) error = NULL;

  self->scenario = epns_scenario_read (path, &error);
  ck_assert_msg (self->scenario != NULL, "%s", error ? error->message : "");
  self->model = epns_step_model_find (self->scenario, "cpm", 1, &error);
  ck_assert_msg (self->model != NULL, "%s", error ? error->message : "");
  self->settings = epns_settings_resolve (self->model, self->scenario, NULL, &error);
  ck_assert_msg (self->settings != NULL, "%s", error ? error->message : "");
}

static void
subject_clear (Subject *self)
{
  epns_settings_free (self->settings);
  epns_step_model_close (self->model);
  epns_scenario_free (self->scenario);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Subject, subject_clear)

static EpnsStepper *
begin (const Subject *self, EpnsMembers members)
{
  EpnsStepper *stepper = epns_stepper_new (self->settings, self->scenario, &members, NULL);

  ck_assert (stepper != NULL);
  return stepper;
}

static gboolean
alike (EpnsStepper *a, guint32 i, EpnsStepper *b, guint32 j)
{
  const EpnsLatticeState *one = (const EpnsLatticeState *) epns_stepper_state (a, i),
                         *other = (const EpnsLatticeState *) epns_stepper_state (b, j);

  return epns_state_equal (&one->base, &other->base) && one->n_rows == other->n_rows
         && memcmp (one->type, other->type, one->n_rows * sizeof *one->type) == 0;
}

START_TEST (starts_are_one_or_come_round)
{
  g_auto (Subject) self;

  subject_init (&self);
  g_autoptr (EpnsStepper) one = begin (&self, (EpnsMembers){ .n = 4, .seed = 7, .n_starts = 1 });
  g_autoptr (EpnsStepper) two = begin (&self, (EpnsMembers){ .n = 4, .seed = 7, .n_starts = 2 });
  g_autoptr (EpnsStepper) own = begin (&self, (EpnsMembers){ .n = 4, .seed = 7 });
  for (guint32 i = 0; i < 4; i++) {
    ck_assert (alike (one, i, own, 0));
    ck_assert (alike (two, i, own, i % 2));
    ck_assert_int_eq (i == 0, alike (own, i, own, 0));
  }
  ck_assert (epns_stepper_advance (one, STEPS, NULL));
  ck_assert (!alike (one, 0, one, 1)); /* their dynamics differ */
}
END_TEST

START_TEST (any_part_of_an_ensemble_is_the_same)
{
  g_auto (Subject) self;

  subject_init (&self);
  for (guint32 n_starts = 0; n_starts < 3; n_starts++) {
    EpnsMembers some = { .n = 5, .seed = 3, .n_starts = n_starts };
    g_autoptr (EpnsStepper) all = begin (&self, some);
    some.n = 2;
    some.first = 3;
    g_autoptr (EpnsStepper) part = begin (&self, some);
    ck_assert (alike (part, 0, all, 3) && alike (part, 1, all, 4));
    ck_assert (epns_stepper_advance (all, STEPS, NULL));
    ck_assert (epns_stepper_advance (part, STEPS, NULL));
    ck_assert (alike (part, 0, all, 3) && alike (part, 1, all, 4));
    ck_assert (!alike (part, 0, all, 0));
  }
}
END_TEST

SUITE ("stepper", starts_are_one_or_come_round, any_part_of_an_ensemble_is_the_same)
