/* SPDX-License-Identifier: MIT */
/* Data for training; what a scenario makes depends on its seed alone, so that it need not be kept.
 */
#include "tools/train-data.h"

#include "plugin/error.h"
#include "plugin/random.h"
#include "tools/recording.h"
#include "tools/simulate.h"

#define PURPOSE_VARY 0x80 /* of a parameter's draw: its place in the table << 32 | element */

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

typedef struct { /* a scenario under way */
  EpnsTrainingData *data;
  EpnsTrainingPlan *plan;
  const EpnsDataSource *source;
  const EpnsScenario *scenario;
  const EpnsSchedule *schedule;
  gboolean quiet;
  gboolean interrupted; /* out */
} Making;

static EpnsTrajectory *
simulate (Making *making, const EpnsSettings *settings, guint32 members, guint64 seed,
          GError **error)
{
  const EpnsMembers all = { .n = members, .seed = seed };
  g_autoptr (EpnsTrajectoryMeta)
      meta = epns_recording_meta (making->scenario, settings, making->schedule, &all);
  g_autoptr (EpnsStepper) stepper = epns_stepper_new (settings, making->scenario, &all, error);
  if (stepper == NULL)
    return NULL;
  g_autoptr (EpnsTrajectory) trajectory = epns_trajectory_new (meta, error);
  if (trajectory == NULL)
    return NULL;
  EpnsSimulator simulator = { .stepper = stepper,
                              .schedule = making->schedule,
                              .take = take,
                              .ctx = trajectory,
                              .label = making->source->validation ? "validation data"
                                                                  : "training data",
                              .quiet = making->quiet };
  EpnsSimulation went = epns_simulate (&simulator, error);
  making->interrupted = went == EPNS_INTERRUPTED;
  return went == EPNS_SIMULATED ? g_steal_pointer (&trajectory) : NULL;
}

static void
note_conditions (const Making *making, const EpnsSettings *settings)
{
  guint32 n = settings->model->n_params;
  g_autofree EpnsCondition *conditions = g_new (EpnsCondition, n);

  for (guint32 i = 0; i < n; i++)
    conditions[i] = (EpnsCondition){ settings->model->fields[i].name, &settings->views[i] };
  epns_training_data_made_with (making->data, making->source->validation, conditions, n);
}

static gboolean
make (Making *making, const EpnsSettings *settings, guint32 members, guint64 seed, GError **error)
{
  EpnsTrajectory *trajectory = simulate (making, settings, members, seed, error);

  if (trajectory == NULL
      || !epns_training_data_add (making->data, making->plan, trajectory, making->source->path,
                                  making->source->validation, error))
    return FALSE;
  note_conditions (making, settings);
  return TRUE;
}

/* Draw what varies between its bounds, for the member of this seed; of a pair of types once. */
static gboolean
vary (const EpnsDataSource *source, EpnsSettings *settings, guint64 seed, GError **error)
{
  const EpnsDrawKey key = { .seed = seed };
  const gsize n = source->least->n_types;

  for (guint p = 0; p < epns_n_known_parameters; p++) {
    const EpnsKnownParameter *about = &epns_known_parameters[p];
    const EpnsStatement *least = &source->least->of[p], *most = &source->most->of[p];
    const gboolean mirrored = about->rank == 2 && (about->of & EPNS_DIRECTED) == 0;
    for (gsize i = 0; least->any && i < n * n; i++) {
      const gsize place = mirrored ? MIN (i, i % n * n + i / n) : i;
      const double u = epns_random_uniform (&key, PURPOSE_VARY, (guint64) p << 32 | place);
      if (least->stated[i]
          && !epns_settings_put (settings, about->name, i,
                                 least->value[i] + u * (most->value[i] - least->value[i]), error))
        return FALSE;
    }
  }
  return TRUE;
}

/* Members of one set; or, where they differ by more than their starts, each by itself. */
static gboolean
make_members (Making *making, EpnsSettings *settings, GError **error)
{
  const EpnsDataSource *source = making->source;

  if (source->least == NULL)
    return make (making, settings, source->members, source->seed, error);
  if (source->least->n_types != making->scenario->types->len) { /* parameters are drawn by type */
    g_set_error (error, EPNS_FAILURE, EPNS_FAILURE_MISMATCH,
                 "%s: it has %u types and the plan's <types> %" G_GSIZE_FORMAT
                 "; make them agree, so that parameters can be drawn for each",
                 source->path, making->scenario->types->len, source->least->n_types);
    return FALSE;
  }
  for (guint32 m = 0; m < source->members; m++)
    if (!vary (source, settings, source->seed + m, error)
        || !make (making, settings, 1, source->seed + m, error))
      return FALSE;
  return TRUE;
}

static gboolean
make_scenario (EpnsTrainingData *data, EpnsTrainingPlan *plan, const EpnsDataSource *source,
               guint32 threads, gboolean quiet, gboolean *interrupted, GError **error)
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
  Making making = { data, plan, source, scenario, &schedule, quiet, FALSE };
  gboolean made = make_members (&making, settings, error);
  *interrupted = making.interrupted;
  return made;
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
              ? make_scenario (data, plan, source, threads, quiet, interrupted, error)
              : epns_training_data_load (data, plan, source, error)))
      return NULL;
  }
  return g_steal_pointer (&data);
}
