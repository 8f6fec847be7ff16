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
epns_side_open (EpnsSide *self, const char *name, const char *const *set, gboolean beside,
                guint32 threads, const EpnsScenario *scenario, GError **error)
{
  self->model = epns_step_model_find (scenario, name, threads, error);
  if (self->model != NULL)
    self->settings = (beside ? epns_settings_resolve_beside
                             : epns_settings_resolve) (self->model, scenario, set, error);
  return self->settings != NULL;
}

/* Keep n members, from `first` on, as they are at a frame: those beyond the first ensemble's go to
 * the second. */
static gboolean
keep (EpnsSide *self, guint32 first, guint32 n, guint64 frame, GError **error)
{
  const guint32 members = self->ensembles[0]->meta->members;

  if (self->energy != NULL)
    epns_energy_of (self->energy, self->states, n, self->energies);
  for (guint32 m = 0; m < n; m++) {
    EpnsTrajectory *ensemble = self->ensembles[(first + m) / members];
    guint32 at = (first + m) % members;
    if (!epns_trajectory_record (ensemble, at, self->states[m], error))
      return FALSE;
    if (self->energy != NULL)
      ensemble->hamiltonian[(gsize) at * ensemble->meta->frames + frame] = self->energies[m];
  }
  return TRUE;
}

/* An EpnsTakeFrame. */
static gboolean
take (gpointer ctx, guint64 frame, double time, EpnsStepper *stepper, GError **error)
{
  EpnsSide *self = ctx;
  const guint32 members = epns_stepper_n_members (stepper);

  (void) time;
  for (guint32 m = 0; m < members; m++)
    self->states[m] = epns_stepper_state (stepper, m);
  return keep (self, 0, members, frame, error);
}

gboolean
epns_side_make_room (EpnsSide *self, const EpnsTrajectoryMeta *whole, guint32 members,
                     GError **error)
{
  g_autoptr (EpnsTrajectoryMeta) meta = epns_trajectory_meta_copy (whole);
  gsize n = (gsize) members * meta->frames;

  meta->members = members;
  for (guint i = 0; i < whole->members / members; i++) {
    EpnsTrajectory *of = self->ensembles[i] = epns_trajectory_new (meta, error);
    if (of == NULL)
      return FALSE;
    of->hamiltonian = self->energy != NULL ? g_new (double, n) : NULL;
    for (gsize k = 0; self->energy != NULL && k < n; k++)
      of->hamiltonian[k] = NAN;
  }
  self->states = g_new0 (EpnsState *, whole->members);
  self->energies = g_new0 (double, whole->members);
  return TRUE;
}

gboolean
epns_side_read (EpnsSide *self, const char *path, guint32 first, GError **error)
{
  g_autoptr (EpnsTrajectory) part = epns_trajectory_read (path, error);
  gboolean kept = part != NULL;

  for (guint32 frame = 0; kept && frame < part->meta->frames; frame++) {
    for (guint32 m = 0; m < part->meta->members; m++)
      self->states[m] = epns_trajectory_state (part, m, frame);
    kept = keep (self, first, part->meta->members, frame, error);
    for (guint32 m = 0; m < part->meta->members; m++)
      g_clear_pointer (&self->states[m], epns_state_free);
  }
  return kept;
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

/* Step, and keep what it took. */
static EpnsSimulation
simulate (EpnsSide *self, EpnsSimulator *simulator, GError **error)
{
  simulator->schedule = &self->schedule;
  simulator->label = self->model->kind->id;
  EpnsSimulation went = epns_simulate (simulator, error);
  self->members = epns_stepper_n_members (simulator->stepper);
  self->seconds = simulator->seconds;
  self->least = simulator->least;
  self->most = simulator->most;
  self->steps = simulator->steps;
  return went;
}

EpnsSimulation
epns_side_step (EpnsSide *self, const EpnsEnsembleOptions *options, const EpnsScenario *scenario,
                gboolean watched, GError **error)
{
  g_autoptr (EpnsTrajectoryMeta)
      whole = epns_recording_meta (scenario, self->settings, &self->schedule, &self->all);
  g_autoptr (EpnsStepper) stepper = epns_stepper_new (self->settings, scenario, &self->all, error);

  if (stepper == NULL || !epns_side_make_room (self, whole, (guint32) options->members, error))
    return EPNS_SIMULATION_FAILED;
  g_autoptr (EpnsGuard) guard = NULL;
  if (watched && options->guard != NULL) {
    guard = epns_ensemble_options_guard (options, &self->all, stepper, self->settings, scenario,
                                         error);
    if (guard == NULL)
      return EPNS_SIMULATION_FAILED;
  }
  EpnsSimulator simulator = { .stepper = stepper,
                              .guard = guard,
                              .take = take,
                              .ctx = self,
                              .quiet = options->quiet };
  EpnsSimulation went = simulate (self, &simulator, error);
  if (guard != NULL)
    self->guard = report_guard (guard, options->guard, self->members);
  return went;
}

EpnsSimulation
epns_side_record (EpnsSide *self, const EpnsEnsembleOptions *options, const EpnsScenario *scenario,
                  const EpnsMembers *members, const char *path, const EpnsTrajectoryMeta *meta,
                  GError **error)
{
  const char *const paths[] = { path, NULL };
  g_autoptr (EpnsStepper) stepper = epns_stepper_new (self->settings, scenario, members, error);

  if (stepper == NULL)
    return EPNS_SIMULATION_FAILED;
  g_autoptr (EpnsRecording) recording = epns_recording_new (
      paths, meta, g_file_test (path, G_FILE_TEST_EXISTS), stepper, error);
  if (recording == NULL)
    return EPNS_SIMULATION_FAILED;
  EpnsSimulator simulator = { .stepper = stepper,
                              .first_frame = epns_recording_first_frame (recording),
                              .take = epns_recording_take,
                              .ctx = recording,
                              .quiet = options->quiet || options->part.number < options->part.of };
  EpnsSimulation went = simulate (self, &simulator, error);
  if (went == EPNS_SIMULATION_FAILED
      || (went == EPNS_INTERRUPTED && !epns_recording_resumable (recording)))
    return went;
  return epns_recording_finish (recording, error) ? went : EPNS_SIMULATION_FAILED;
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
