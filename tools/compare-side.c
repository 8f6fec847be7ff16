/* SPDX-License-Identifier: MIT */
/* Stepping one side of a comparison. */
#include "tools/compare-side.h"

#include "adapters/training-cost.h"
#include "tools/recording.h"

#include <math.h>

void
epns_side_clear (EpnsSide *self)
{
  g_clear_pointer (&self->ensembles[0], epns_trajectory_free);
  g_clear_pointer (&self->ensembles[1], epns_trajectory_free);
  g_clear_pointer (&self->settings, epns_settings_free);
  g_clear_pointer (&self->model, epns_step_model_close);
  g_clear_pointer (&self->states, g_free);
  g_clear_pointer (&self->energies, g_free);
  g_clear_pointer (&self->guard, epns_report_guard_free);
  epns_schedule_clear (&self->schedule);
}

gboolean
epns_side_open (EpnsSide *self, const char *name, const char *const *set, guint32 threads,
                const EpnsScenario *scenario, GError **error)
{
  self->model = epns_step_model_find (scenario, name, threads, error);
  if (self->model != NULL)
    self->settings = epns_settings_resolve (self->model, scenario, set, error);
  return self->settings != NULL;
}

/* An EpnsTakeFrame: members beyond the first ensemble's go to the second. */
static gboolean
take (gpointer ctx, guint64 frame, double time, EpnsStepper *stepper, GError **error)
{
  EpnsSide *self = ctx;

  (void) time;
  for (guint32 m = 0; m < self->members; m++)
    self->states[m] = epns_stepper_state (stepper, m);
  if (self->energy != NULL)
    epns_energy_of (self->energy, self->states, self->members, self->energies);
  for (guint32 m = 0; m < self->members; m++) {
    guint32 first = self->ensembles[0]->meta->members, at = m < first ? m : m - first;
    EpnsTrajectory *ensemble = self->ensembles[m >= first];
    if (!epns_trajectory_record (ensemble, at, self->states[m], error))
      return FALSE;
    if (self->energy != NULL)
      ensemble->hamiltonian[at * ensemble->meta->frames + frame] = self->energies[m];
  }
  return TRUE;
}

static gboolean
make_ensembles (EpnsSide *self, const EpnsTrajectoryMeta *meta, guint ensembles, GError **error)
{
  gsize n = (gsize) meta->members * meta->frames;

  for (guint i = 0; i < ensembles; i++) {
    EpnsTrajectory *of = self->ensembles[i] = epns_trajectory_new (meta, error);
    if (of == NULL)
      return FALSE;
    of->hamiltonian = self->energy != NULL ? g_new (double, n) : NULL;
    for (gsize k = 0; self->energy != NULL && k < n; k++)
      of->hamiltonian[k] = NAN;
  }
  self->states = g_new0 (EpnsState *, self->members);
  self->energies = g_new0 (double, self->members);
  return TRUE;
}

/* What the report is to say of the guard. */
static EpnsReportGuard *
report_guard (const EpnsGuard *guard, const char *mode, guint32 members)
{
  EpnsReportGuard *self = epns_report_guard_new (mode, epns_guard_reasons, EPNS_GUARD_N_REASONS,
                                                 members);

  for (guint32 m = 0; m < members; m++) {
    EpnsGuardCounts counts = epns_guard_counts (guard, m);
    self->checked += counts.checked;
    self->native[m] = counts.native;
    for (guint r = 0; r < EPNS_GUARD_N_REASONS; r++)
      self->found[m * EPNS_GUARD_N_REASONS + r] = counts.found[r];
  }
  return self;
}

EpnsSimulation
epns_side_step (EpnsSide *self, const EpnsEnsembleOptions *options, const EpnsScenario *scenario,
                const EpnsMembers *members, gboolean watched, GError **error)
{
  EpnsMembers ensemble = *members;
  ensemble.n = (guint32) options->members;
  g_autoptr (EpnsTrajectoryMeta)
      meta = epns_recording_meta (scenario, self->settings, &self->schedule, &ensemble);

  self->members = members->n;
  g_autoptr (EpnsStepper) stepper = epns_stepper_new (self->settings, scenario, members, error);
  if (stepper == NULL || !make_ensembles (self, meta, members->n / ensemble.n, error))
    return EPNS_SIMULATION_FAILED;
  g_autoptr (EpnsGuard) guard = NULL;
  if (watched && options->guard != NULL) {
    guard = epns_ensemble_options_guard (options, members, stepper, self->settings, scenario,
                                         error);
    if (guard == NULL)
      return EPNS_SIMULATION_FAILED;
  }
  EpnsSimulator simulator = { .stepper = stepper,
                              .guard = guard,
                              .schedule = &self->schedule,
                              .take = take,
                              .ctx = self,
                              .label = self->model->kind->id,
                              .quiet = options->quiet };
  EpnsSimulation went = epns_simulate (&simulator, error);
  self->seconds = simulator.seconds;
  self->least = simulator.least;
  self->most = simulator.most;
  self->steps = simulator.steps;
  if (guard != NULL)
    self->guard = report_guard (guard, options->guard, self->members);
  return went;
}

EpnsCost
epns_side_cost (const EpnsSide *self)
{
  return (EpnsCost){ .dt = self->schedule.dt,
                     .seconds = self->seconds,
                     .least = self->least,
                     .most = self->most,
                     .steps = self->steps,
                     .members = self->members,
                     .training_minutes = epns_training_minutes (self->model->source) };
}
