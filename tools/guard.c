/* SPDX-License-Identifier: MIT */
/* Watching learned steps, and stepping natively where they fail. */
#include "tools/guard.h"

#include "plugin/epns_validity.h"
#include "plugin/epns_verify.h"
#include "plugin/error.h"

#include <math.h>
#include <string.h>

#define NATIVE_LATTICES "cpm"

struct _EpnsGuard {
  EpnsGuardMode mode;
  guint32 pause;
  EpnsStepper *learned; /* lent */
  const EpnsScenario *scenario;
  double dt;            /* of a learned step, in the model's time unit */
  const char *unit;
  EpnsGuardLimits limits;
  gboolean siblings;
  guint64 step;            /* learned steps' time taken */
  EpnsGuardCounts *counts; /* [members] */
  EpnsGuardMark *marks;    /* [members] scratch */
  /* of mode NATIVE */
  EpnsStepModel *model;
  EpnsSettings *settings;
  EpnsStepper *native;
  guint32 ratio;        /* native steps in a learned one */
  guint32 *left;        /* [members] learned steps' time still to be taken natively */
  EpnsState **before;   /* [members] before the step under way */
  gboolean *chosen;     /* [members] scratch */
};

static gboolean
is_learned (const EpnsStepModel *model)
{
  return model->kind->extension (EPNS_VALIDITY_EXTENSION) != NULL
         || model->kind->extension (EPNS_VERIFY_EXTENSION) != NULL;
}

static gboolean
open_native (EpnsGuard *self, const EpnsSettings *settings, const char *const *set,
             const EpnsMembers *members, GError **error)
{
  guint32 threads = settings->model->host.threads;
  gboolean lattice = self->scenario->layout == &epns_layout_lattice;

  self->model = lattice ? epns_step_model_find (NULL, NATIVE_LATTICES, threads, error)
                        : epns_step_model_find (self->scenario, NULL, threads, error);
  if (self->model == NULL)
    return FALSE;
  if (is_learned (self->model)) {
    g_set_error (error, EPNS_FAILURE, EPNS_FAILURE_MISMATCH,
                 "--guard native: the scenario's first model is %s, which is no native one; name "
                 "one there, or give --guard stop",
                 self->model->kind->id);
    return FALSE;
  }
  double ratio = self->dt / self->model->native_dt;
  if (g_strcmp0 (self->unit, self->model->time_unit) != 0 || fabs (ratio - round (ratio)) > 1e-9) {
    g_set_error (error, EPNS_FAILURE, EPNS_FAILURE_MISMATCH,
                 "--guard native: a learned step is %g %s, no whole number of %s's steps of %g %s; "
                 "give --guard stop",
                 self->dt, self->unit, self->model->kind->id, self->model->native_dt,
                 self->model->time_unit);
    return FALSE;
  }
  self->ratio = (guint32) round (ratio);
  self->settings = epns_settings_resolve_beside (self->model, self->scenario, set, error);
  if (self->settings != NULL)
    self->native = epns_stepper_new (self->settings, self->scenario, members, error);
  return self->native != NULL;
}

/* What the model says it was trained with, and else anything. */
static void
take_limits (EpnsGuardLimits *limits, const EpnsStepModel *model, const EpnsScenario *scenario)
{
  const epns_validity *validity = model->kind->extension (EPNS_VALIDITY_EXTENSION);

  *limits = (EpnsGuardLimits){ scenario, 0, INFINITY };
  if (validity != NULL)
    validity->cell_volume (model->model, &limits->low, &limits->high);
}

EpnsGuard *
epns_guard_new (EpnsGuardMode mode, guint32 pause, const EpnsMembers *members,
                EpnsStepper *learned, const EpnsSettings *settings, const char *const *set,
                const EpnsScenario *scenario, GError **error)
{
  const EpnsStepModel *model = settings->model;

  if (!is_learned (model)) {
    g_set_error (error, EPNS_FAILURE, EPNS_FAILURE_UNSUPPORTED,
                 "--guard watches learned steps, and %s is no learned model; leave it out",
                 model->kind->id);
    return NULL;
  }
  g_autoptr (EpnsGuard) self = g_new0 (EpnsGuard, 1);
  take_limits (&self->limits, model, scenario);
  self->mode = mode;
  self->pause = pause;
  self->siblings = members->n_starts == 1;
  self->learned = learned;
  self->scenario = scenario;
  self->dt = model->native_dt;
  self->unit = model->time_unit;
  self->counts = g_new0 (EpnsGuardCounts, members->n);
  self->marks = g_new0 (EpnsGuardMark, members->n);
  self->left = g_new0 (guint32, members->n);
  self->before = g_new0 (EpnsState *, members->n);
  self->chosen = g_new0 (gboolean, members->n);
  if (mode == EPNS_GUARD_NATIVE && !open_native (self, settings, set, members, error))
    return NULL;
  return g_steal_pointer (&self);
}

void
epns_guard_free (EpnsGuard *self)
{
  if (self == NULL)
    return;
  for (guint32 i = 0; self->before != NULL && i < epns_stepper_n_members (self->learned); i++)
    g_clear_pointer (&self->before[i], epns_state_free);
  g_clear_pointer (&self->native, epns_stepper_free);
  g_clear_pointer (&self->settings, epns_settings_free);
  g_clear_pointer (&self->model, epns_step_model_close);
  g_free (self->counts);
  g_free (self->marks);
  g_free (self->left);
  g_free (self->before);
  g_free (self->chosen);
  g_free (self);
}

void
epns_guard_resume (EpnsGuard *self, guint64 steps)
{
  self->step = steps;
}

EpnsGuardCounts
epns_guard_counts (const EpnsGuard *self, guint32 member)
{
  return self->counts[member];
}

EpnsGuardCounts
epns_guard_total (const EpnsGuard *self)
{
  EpnsGuardCounts total = { 0 };

  for (guint32 i = 0; i < epns_stepper_n_members (self->learned); i++) {
    total.checked += self->counts[i].checked;
    total.native += self->counts[i].native;
    for (guint r = 0; r < EPNS_GUARD_N_REASONS; r++)
      total.found[r] += self->counts[i].found[r];
  }
  return total;
}

/* Acting on it */

static gboolean
act (EpnsGuard *self, guint32 member, const char *fault, GError **error)
{
  const char *unit = strcmp (self->unit, "1") == 0 ? "units of time" : self->unit;
  g_autofree char *what = g_strdup_printf ("step %" G_GUINT64_FORMAT " (%g %s), member %u: %s",
                                           self->step + 1, (double) (self->step + 1) * self->dt,
                                           unit, member, fault);

  switch (self->mode) {
  case EPNS_GUARD_STOP:
    g_set_error (error, EPNS_FAILURE, EPNS_FAILURE_RANGE,
                 "guard: %s; choose a model trained for this, or give --guard native", what);
    return FALSE;
  case EPNS_GUARD_WARN:
    g_printerr ("guard: %s; its frames from here on are not to be trusted, choose a model trained "
                "for this, or give --guard native\n",
                what);
    return TRUE;
  default:
    g_printerr ("guard: %s; the step is undone, and %s takes over for %g %s\n", what,
                self->model->kind->id, self->pause * self->dt, unit);
    epns_stepper_set_state (self->learned, member, self->before[member]);
    self->left[member] = self->pause;
    return TRUE;
  }
}

/* What is wrong with a member's step, by itself or beside its siblings. */
static char *
find_fault (const EpnsGuard *self, guint32 member, EpnsGuardReason *reason)
{
  guint32 members = epns_stepper_n_members (self->learned);
  char *fault = epns_guard_find_fault (&self->limits, self->before[member],
                                       epns_stepper_state (self->learned, member), reason);

  if (fault != NULL || !self->siblings
      || epns_guard_apart (self->marks, members, member) <= EPNS_GUARD_FAR)
    return fault;
  *reason = EPNS_GUARD_APART;
  return g_strdup_printf ("%s, %g, is far from that of the other members, which began alike",
                          self->marks[member].of, self->marks[member].value);
}

static gboolean
check_members (EpnsGuard *self, GError **error)
{
  guint32 members = epns_stepper_n_members (self->learned);

  for (guint32 i = 0; i < members && self->siblings; i++)
    self->marks[i] = epns_guard_mark (&self->limits, epns_stepper_state (self->learned, i));
  for (guint32 i = 0; i < members; i++) {
    EpnsGuardReason reason;
    if (self->left[i] > 0)
      continue;
    g_autofree char *fault = find_fault (self, i, &reason);
    self->counts[i].checked++;
    if (fault == NULL)
      continue;
    self->counts[i].found[reason]++;
    if (!act (self, i, fault, error))
      return FALSE;
  }
  return TRUE;
}

/* One learned step's time with the members that are to take it natively. */
static gboolean
step_natively (EpnsGuard *self, GError **error)
{
  guint32 members = epns_stepper_n_members (self->learned), n = 0;

  for (guint32 i = 0; i < members; i++) {
    self->chosen[i] = self->left[i] > 0;
    if (!self->chosen[i])
      continue;
    epns_stepper_set_state (self->native, i, epns_stepper_state (self->learned, i));
    self->left[i]--;
    self->counts[i].native++;
    n++;
  }
  if (n == 0)
    return TRUE;
  if (!epns_stepper_advance_chosen (self->native, self->chosen, self->ratio, error))
    return FALSE;
  for (guint32 i = 0; i < members; i++)
    if (self->chosen[i])
      epns_stepper_set_state (self->learned, i, epns_stepper_state (self->native, i));
  return TRUE;
}

static gboolean
step_once (EpnsGuard *self, GError **error)
{
  for (guint32 i = 0; i < epns_stepper_n_members (self->learned); i++) {
    self->chosen[i] = self->left[i] == 0;
    g_clear_pointer (&self->before[i], epns_state_free);
    self->before[i] = epns_state_copy (epns_stepper_state (self->learned, i));
  }
  if (!epns_stepper_advance_chosen (self->learned, self->chosen, 1, error)
      || !check_members (self, error) || !step_natively (self, error))
    return FALSE;
  self->step++;
  return TRUE;
}

gboolean
epns_guard_advance (EpnsGuard *self, guint32 n_steps, GError **error)
{
  for (guint32 s = 0; s < n_steps; s++)
    if (!step_once (self, error))
      return FALSE;
  return TRUE;
}
