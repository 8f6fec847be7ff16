/* SPDX-License-Identifier: MIT */
/* Watching learned steps, and stepping natively where they fail. */
#include "tools/guard.h"

#include "compare/components.h"
#include "plugin/epns_validity.h"
#include "plugin/error.h"

#include <math.h>
#include <string.h>

#define NATIVE_KIND "cpm"

const char *const epns_guard_reasons[EPNS_GUARD_N_REASONS] = { "lost", "volume", "broken" };

struct _EpnsGuard {
  EpnsGuardMode mode;
  guint32 pause;
  EpnsStepper *learned; /* lent */
  const EpnsScenario *scenario;
  double dt;            /* of a learned step, in the model's time unit */
  const char *unit;
  double low, high;     /* sites of a cell */
  guint64 step;         /* learned steps' time taken */
  EpnsGuardCounts counts;
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
open_native (EpnsGuard *self, const EpnsSettings *settings, guint64 seed, GError **error)
{
  guint32 members = epns_stepper_n_members (self->learned);

  self->model = epns_step_model_find (NULL, NATIVE_KIND, settings->model->host.threads, error);
  if (self->model == NULL)
    return FALSE;
  double ratio = self->dt / self->model->native_dt;
  if (g_strcmp0 (self->unit, self->model->time_unit) != 0 || fabs (ratio - round (ratio)) > 1e-9) {
    g_set_error (error, EPNS_FAILURE, EPNS_FAILURE_MISMATCH,
                 "--guard native: a learned step is %g %s, no whole number of %s's steps of %g %s; "
                 "give --guard stop",
                 self->dt, self->unit, NATIVE_KIND, self->model->native_dt, self->model->time_unit);
    return FALSE;
  }
  self->ratio = (guint32) round (ratio);
  self->settings = epns_settings_resolve (self->model, self->scenario, NULL, error);
  if (self->settings != NULL)
    self->native = epns_stepper_new (self->settings, self->scenario, members, seed, FALSE, error);
  return self->native != NULL;
}

EpnsGuard *
epns_guard_new (EpnsGuardMode mode, guint32 pause, EpnsStepper *learned,
                const EpnsSettings *settings, const EpnsScenario *scenario, guint64 seed,
                GError **error)
{
  g_autoptr (EpnsGuard) self = g_new0 (EpnsGuard, 1);
  const EpnsStepModel *model = settings->model;
  const epns_validity *validity = model->kind->extension (EPNS_VALIDITY_EXTENSION);
  guint32 members = epns_stepper_n_members (learned);

  if (validity == NULL || scenario->layout != &epns_layout_lattice) {
    g_set_error (error, EPNS_FAILURE, EPNS_FAILURE_UNSUPPORTED,
                 "--guard watches learned steps of lattices, and %s is none; leave it out",
                 model->kind->id);
    return NULL;
  }
  validity->cell_volume (model->model, &self->low, &self->high);
  self->mode = mode;
  self->pause = pause;
  self->learned = learned;
  self->scenario = scenario;
  self->dt = model->native_dt;
  self->unit = model->time_unit;
  self->left = g_new0 (guint32, members);
  self->before = g_new0 (EpnsState *, members);
  self->chosen = g_new0 (gboolean, members);
  if (mode == EPNS_GUARD_NATIVE && !open_native (self, settings, seed, error))
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

const EpnsGuardCounts *
epns_guard_counts (const EpnsGuard *self)
{
  return &self->counts;
}

/* Looking at a step */

static gboolean
too_many (guint32 some, guint32 cells)
{
  return some * 64 > cells * 12;
}

typedef struct { /* of the cells that have sites */
  guint32 cells, outside, broken;
  gint32 lost; /* a cell that has none any more, or 0 */
} Look;

static Look
look_at (const EpnsGuard *self, const EpnsLatticeState *before, const EpnsLatticeState *now)
{
  gsize sites = epns_lattice_state_sites (now);
  g_autofree guint32 *was = g_new0 (guint32, now->n_rows), *volume = g_new0 (guint32, now->n_rows);
  g_autofree guint32 *pieces = g_new0 (guint32, now->n_rows);
  g_autofree guint32 *largest = g_new0 (guint32, now->n_rows);
  g_autofree guint32 *scratch = g_new (guint32, 2 * sites);
  Look look = { 0 };

  for (gsize i = 0; i < sites; i++) {
    was[before->id[i]]++;
    volume[now->id[i]]++;
  }
  epns_components (now->size, self->scenario->periodic, now->id, now->n_rows, scratch, pieces,
                   largest);
  for (gsize cell = 1; cell < now->n_rows; cell++) {
    if (volume[cell] == 0) {
      look.lost = was[cell] > 0 && look.lost == 0 ? (gint32) cell : look.lost;
      continue;
    }
    look.cells++;
    look.outside += volume[cell] < self->low || volume[cell] > self->high;
    look.broken += 4 * largest[cell] < 3 * volume[cell];
  }
  return look;
}

/* What is wrong with the step, one clause; NULL where nothing is. */
static char *
find_fault (const Look *look, const EpnsGuard *self, EpnsGuardReason *reason)
{
  if (look->lost > 0) {
    *reason = EPNS_GUARD_LOST;
    return g_strdup_printf ("cell %d has lost its last site", look->lost);
  }
  if (too_many (look->outside, look->cells)) {
    *reason = EPNS_GUARD_VOLUME;
    return g_strdup_printf ("%u of %u cells lie outside the model's %g to %g sites", look->outside,
                            look->cells, self->low, self->high);
  }
  *reason = EPNS_GUARD_BROKEN;
  return too_many (look->broken, look->cells)
             ? g_strdup_printf ("%u of %u cells are broken into pieces", look->broken, look->cells)
             : NULL;
}

/* Acting on it */

static gboolean
act (EpnsGuard *self, guint32 member, const char *fault, GError **error)
{
  g_autofree char *what = g_strdup_printf ("step %" G_GUINT64_FORMAT " (%g %s), member %u: %s",
                                           self->step + 1, (double) (self->step + 1) * self->dt,
                                           self->unit, member, fault);

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
    g_printerr ("guard: %s; the step is undone, and %s takes over for %g %s\n", what, NATIVE_KIND,
                self->pause * self->dt, self->unit);
    epns_stepper_set_state (self->learned, member, self->before[member]);
    self->left[member] = self->pause;
    return TRUE;
  }
}

static gboolean
check_members (EpnsGuard *self, GError **error)
{
  for (guint32 i = 0; i < epns_stepper_n_members (self->learned); i++) {
    EpnsGuardReason reason;
    if (self->left[i] > 0)
      continue;
    Look look = look_at (self, (const EpnsLatticeState *) self->before[i],
                         (const EpnsLatticeState *) epns_stepper_state (self->learned, i));
    g_autofree char *fault = find_fault (&look, self, &reason);
    self->counts.checked++;
    if (fault == NULL)
      continue;
    self->counts.found[reason]++;
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
    n++;
  }
  if (n == 0)
    return TRUE;
  if (!epns_stepper_advance_chosen (self->native, self->chosen, self->ratio, error))
    return FALSE;
  for (guint32 i = 0; i < members; i++)
    if (self->chosen[i])
      epns_stepper_set_state (self->learned, i, epns_stepper_state (self->native, i));
  self->counts.native += n;
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
