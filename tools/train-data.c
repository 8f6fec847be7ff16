/* SPDX-License-Identifier: MIT */
/* Data for training; what a scenario makes depends on its seed alone, so that it need not be kept.
 */
#include "tools/train-data.h"

#include "tools/recording.h"
#include "tools/simulate.h"

#include <math.h>

/* An EpnsTakeFrame. */
static gboolean
take (gpointer ctx, guint64 frame G_GNUC_UNUSED, double time G_GNUC_UNUSED, EpnsStepper *stepper,
      GError **error)
{
  EpnsTrajectory *trajectory = ctx;

  for (guint32 m = 0; m < trajectory->meta->members; m++)
    if (!epns_trajectory_record (trajectory, m, epns_stepper_state (stepper, m), error))
      return FALSE;
  return TRUE;
}

static EpnsTrajectory *
simulate (const EpnsDataSource *source, const EpnsScenario *scenario, const EpnsSettings *settings,
          const EpnsSchedule *schedule, gboolean quiet, gboolean *interrupted, GError **error)
{
  const EpnsMembers members = { .n = source->members, .seed = source->seed };
  g_autoptr (EpnsTrajectoryMeta)
      meta = epns_recording_meta (scenario, settings, schedule, &members);
  g_autoptr (EpnsStepper) stepper = epns_stepper_new (settings, scenario, &members, error);
  if (stepper == NULL)
    return NULL;
  g_autoptr (EpnsTrajectory) trajectory = epns_trajectory_new (meta, error);
  if (trajectory == NULL)
    return NULL;
  EpnsSimulator simulator = { .stepper = stepper,
                              .schedule = schedule,
                              .take = take,
                              .ctx = trajectory,
                              .label = source->validation ? "validation data" : "training data",
                              .quiet = quiet };
  EpnsSimulation went = epns_simulate (&simulator, error);
  *interrupted = went == EPNS_INTERRUPTED;
  return went == EPNS_SIMULATED ? g_steal_pointer (&trajectory) : NULL;
}

static void
note_conditions (EpnsTrainingData *data, const EpnsSettings *settings)
{
  guint32 n = settings->model->n_params;
  g_autofree EpnsCondition *conditions = g_new (EpnsCondition, n);

  for (guint32 i = 0; i < n; i++)
    conditions[i] = (EpnsCondition){ settings->model->fields[i].name, &settings->views[i] };
  epns_training_data_made_with (data, conditions, n);
}

static gboolean
make (EpnsTrainingData *data, EpnsTrainingPlan *plan, const EpnsDataSource *source, guint32 threads,
      gboolean quiet, gboolean *interrupted, GError **error)
{
  g_autoptr (EpnsScenario) scenario = epns_scenario_read (source->path, error);
  g_auto (EpnsSchedule) schedule = { 0 };

  if (scenario == NULL)
    return FALSE;
  g_autoptr (EpnsStepModel) model = epns_step_model_find (scenario, source->model, threads, error);
  if (model == NULL)
    return FALSE;
  g_autoptr (EpnsSettings) settings = epns_settings_resolve (model, scenario, NULL, error);
  if (settings == NULL
      || !epns_schedule_make (&schedule, model, &scenario->plan, source->until,
                              source->every > 0 ? source->every : plan->step_length, error))
    return FALSE;
  if (!source->validation)
    note_conditions (data, settings);
  EpnsTrajectory *trajectory = simulate (source, scenario, settings, &schedule, quiet, interrupted,
                                         error);
  return trajectory != NULL
         && epns_training_data_add (data, plan, trajectory, source->path, source->validation,
                                    error);
}

EpnsTrainingData *
epns_train_data_gather (EpnsTrainingPlan *plan, guint32 threads, gboolean quiet,
                        gboolean *interrupted, GError **error)
{
  g_autoptr (EpnsTrainingData) data = epns_training_data_new ();

  *interrupted = FALSE;
  for (guint i = 0; i < plan->sources->len; i++) {
    const EpnsDataSource *source = g_ptr_array_index (plan->sources, i);
    if (!(source->kind == EPNS_DATA_SCENARIO
              ? make (data, plan, source, threads, quiet, interrupted, error)
              : epns_training_data_load (data, plan, source, error)))
      return NULL;
  }
  return g_steal_pointer (&data);
}
