/* SPDX-License-Identifier: MIT */
/* epns run: step a scenario with one model and record it. */
#include "plugin/error.h"
#include "tools/command.h"
#include "tools/ensemble-options.h"
#include "tools/interrupt.h"
#include "tools/recording.h"
#include "tools/simulate.h"

#include <json-glib/json-glib.h>
#include <string.h>

typedef struct {
  EpnsEnsembleOptions ensemble;
  char *with;
  char **outputs;
  gboolean resume;
} Options;

static void
clear_options (Options *self)
{
  epns_ensemble_options_clear (&self->ensemble);
  g_free (self->with);
  g_strfreev (self->outputs);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Options, clear_options)

static gboolean
parse (Options *self, int *argc, char ***argv, GError **error)
{
  const GOptionEntry entries[] = {
    { "with", 'w', 0, G_OPTION_ARG_STRING, &self->with,
      "A kind, a model of the scenario, a model's path, or one that ships (epns list)",
      "KIND|MODEL" },
    { "output", 'o', 0, G_OPTION_ARG_FILENAME_ARRAY, &self->outputs,
      "Record to .h5, .npy, .csv or, of particles, .xyz; may be repeated", "OUT" },
    { "resume", 0, 0, G_OPTION_ARG_NONE, &self->resume, "Go on with the .h5 file where it ended",
      NULL },
    { 0 },
  };

  if (!epns_ensemble_options_parse (&self->ensemble, &epns_command_run, entries, argc, argv, error))
    return FALSE;
  if (self->ensemble.guard == NULL || self->ensemble.guard_mode != EPNS_GUARD_NATIVE
      || !self->resume)
    return TRUE;
  g_set_error (error, EPNS_FAILURE, EPNS_FAILURE_UNSUPPORTED,
               "--guard native: where its native steps stood is not kept, so --resume would not "
               "go on as before; give --guard stop, or run it anew");
  return FALSE;
}

/* A part goes into a file of its own, which can be gone on with and merged. */
static gboolean
name_part (Options *self, GError **error)
{
  if (self->ensemble.part.of == 1)
    return TRUE;
  if (self->outputs[1] != NULL || !g_str_has_suffix (self->outputs[0], ".h5")) {
    g_set_error (error, EPNS_FAILURE, EPNS_FAILURE_UNSUPPORTED,
                 "a part of an ensemble is recorded to .h5; give one -o OUT.h5, and epns merge "
                 "writes other formats");
    return FALSE;
  }
  char *whole = self->outputs[0];
  self->outputs[0] = epns_part_path (&self->ensemble.part, whole);
  self->resume = self->resume || g_file_test (self->outputs[0], G_FILE_TEST_EXISTS);
  g_free (whole);
  return TRUE;
}

/* What the command line leaves open, the scenario's plan says. */
static gboolean
apply_plan (Options *self, const EpnsScenario *scenario, GError **error)
{
  if (!epns_ensemble_options_plan (&self->ensemble, scenario, 1, G_MAXINT32, error))
    return FALSE;
  if (self->outputs == NULL && scenario->plan.outputs->len > 0) {
    self->outputs = g_new0 (char *, scenario->plan.outputs->len + 1);
    for (guint i = 0; i < scenario->plan.outputs->len; i++)
      self->outputs[i] = g_strdup (g_ptr_array_index (scenario->plan.outputs, i));
  }
  if (self->outputs == NULL) {
    g_set_error (error, EPNS_FAILURE, EPNS_FAILURE_RANGE,
                 "no output is named; give -o OUT.h5, OUT.npy or OUT.csv");
    return FALSE;
  }
  for (guint i = 0; self->outputs[i] != NULL; i++)
    if (!epns_trajectory_writer_knows (self->outputs[i], scenario->layout, error))
      return FALSE;
  return name_part (self, error);
}

static void
add_number (JsonBuilder *json, const char *name, double value)
{
  json_builder_set_member_name (json, name);
  json_builder_add_double_value (json, value);
}

static void
add_count (JsonBuilder *json, const char *name, guint64 n)
{
  json_builder_set_member_name (json, name);
  json_builder_add_int_value (json, (gint64) n);
}

static void
add_guard (JsonBuilder *json, const Options *options, const EpnsGuard *guard)
{
  const EpnsGuardCounts counts = epns_guard_total (guard);

  json_builder_set_member_name (json, "guard");
  json_builder_begin_object (json);
  json_builder_set_member_name (json, "mode");
  json_builder_add_string_value (json, options->ensemble.guard);
  add_count (json, "checked", counts.checked);
  for (guint r = 0; r < EPNS_GUARD_N_REASONS; r++)
    add_count (json, epns_guard_reasons[r], counts.found[r]);
  add_count (json, "native-steps", counts.native);
  json_builder_end_object (json);
}

static void
print_guard (const EpnsGuard *guard)
{
  const EpnsGuardCounts counts = epns_guard_total (guard);
  guint64 found = 0;

  for (guint r = 0; r < EPNS_GUARD_N_REASONS; r++)
    found += counts.found[r];
  g_print ("guard: %" G_GUINT64_FORMAT " of %" G_GUINT64_FORMAT " learned steps not to be trusted",
           found, counts.checked);
  for (guint r = 0; found > 0 && r < EPNS_GUARD_N_REASONS; r++)
    g_print ("%s%s %" G_GUINT64_FORMAT, r == 0 ? " (" : ", ", epns_guard_reasons[r],
             counts.found[r]);
  g_print ("%s; %" G_GUINT64_FORMAT " steps' time taken natively\n", found > 0 ? ")" : "",
           counts.native);
}

static void
print_json (const Options *options, const EpnsMembers *members, const EpnsStepModel *model,
            const EpnsSchedule *schedule, const EpnsSimulator *ran, gboolean complete)
{
  g_autoptr (JsonBuilder) json = json_builder_new ();
  g_autofree char *seed = g_strdup_printf ("%" G_GUINT64_FORMAT,
                                           options->ensemble.seed); /* JSON's numbers end at 2^53 */

  json_builder_begin_object (json);
  json_builder_set_member_name (json, "outputs");
  json_builder_begin_array (json);
  for (guint i = 0; options->outputs[i] != NULL; i++)
    json_builder_add_string_value (json, options->outputs[i]);
  json_builder_end_array (json);
  json_builder_set_member_name (json, "complete");
  json_builder_add_boolean_value (json, complete);
  json_builder_set_member_name (json, "kind");
  json_builder_add_string_value (json, model->kind->id);
  json_builder_set_member_name (json, "model");
  json_builder_add_string_value (json, model->source ? model->source : "");
  json_builder_set_member_name (json, "time-unit");
  json_builder_add_string_value (json, model->time_unit);
  json_builder_set_member_name (json, "members");
  json_builder_add_int_value (json, members->n);
  add_count (json, "first-member", members->first);
  json_builder_set_member_name (json, "seed");
  json_builder_add_string_value (json, seed);
  json_builder_set_member_name (json, "threads");
  json_builder_add_int_value (json, options->ensemble.threads);
  add_number (json, "every", schedule->every);
  add_number (json, "until", schedule->until);
  json_builder_set_member_name (json, "steps");
  json_builder_add_int_value (json, (gint64) ran->steps);
  add_number (json, "seconds", ran->seconds);
  epns_step_model_add_warnings (model, json);
  if (ran->guard != NULL)
    add_guard (json, options, ran->guard);
  json_builder_end_object (json);
  g_autoptr (JsonNode) root = json_builder_get_root (json);
  g_autofree char *text = json_to_string (root, TRUE);
  g_print ("%s\n", text);
}

static void
print_summary (const Options *options, const EpnsMembers *members, const EpnsStepModel *model,
               const EpnsSchedule *schedule, const EpnsSimulator *ran, gboolean complete,
               gboolean resumable)
{
  g_autofree char *outputs = g_strjoinv (", ", options->outputs);

  if (options->ensemble.json)
    print_json (options, members, model, schedule, ran, complete);
  else if (complete && !options->ensemble.quiet)
    g_print ("%s: %u member%s with %s, frames every %.10g up to %.10g %s\n", outputs,
             members->n, members->n == 1 ? "" : "s",
             model->kind->id, schedule->every, schedule->until, model->time_unit);
  if (ran->guard != NULL && !options->ensemble.json && !options->ensemble.quiet)
    print_guard (ran->guard);
  if (!complete)
    g_printerr ("epns run: stopped; %s holds the frames until then%s\n", outputs,
                resumable ? "; the same command with --resume goes on" : "");
}

static void
print_notes (const EpnsScenario *scenario, const EpnsSchedule *schedule, const EpnsStepModel *model)
{
  for (guint i = 0; i < scenario->notes->len; i++)
    g_printerr ("note: %s\n", (const char *) g_ptr_array_index (scenario->notes, i));
  if (schedule->note != NULL)
    g_printerr ("note: %s\n", schedule->note);
  if (scenario->time_unit != NULL && strcmp (model->time_unit, scenario->time_unit) != 0)
    g_printerr ("note: all times count the model's own '%s': it does not say how many %s that is\n",
                model->time_unit, scenario->time_unit);
}

static int
run_members (const Options *options, const EpnsScenario *scenario, const EpnsSettings *settings,
             const EpnsSchedule *schedule, GError **error)
{
  const EpnsPart *part = &options->ensemble.part;
  EpnsMembers members = epns_ensemble_options_members (&options->ensemble, settings, 1);
  g_autoptr (EpnsTrajectoryMeta)
      whole = epns_recording_meta (scenario, settings, schedule, &members);
  g_autoptr (EpnsTrajectoryMeta) meta = epns_recording_part (whole, part, &members.first, error);
  if (meta == NULL)
    return EPNS_EXIT_FAILED;
  members.n = meta->members;
  if (part->of > 1 && epns_recording_finished (options->outputs[0], meta, error)) {
    if (!options->ensemble.quiet)
      g_print ("%s: finished before, members %s\n", options->outputs[0],
               (const char *) g_hash_table_lookup (meta->provenance, EPNS_PART_KEY));
    return EPNS_EXIT_OK;
  }
  if (*error != NULL)
    return EPNS_EXIT_FAILED;
  g_autoptr (EpnsStepper) stepper = epns_stepper_new (settings, scenario, &members, error);
  if (stepper == NULL)
    return EPNS_EXIT_FAILED;
  g_autoptr (EpnsRecording) recording = epns_recording_new ((const char *const *) options->outputs,
                                                            meta, options->resume, stepper, error);
  if (recording == NULL)
    return EPNS_EXIT_FAILED;
  if (!options->ensemble.quiet && part->number == 1)
    print_notes (scenario, schedule, settings->model);
  g_autoptr (EpnsGuard) guard = epns_ensemble_options_guard (&options->ensemble, &members, stepper,
                                                             settings, scenario, error);
  if (options->ensemble.guard != NULL && guard == NULL)
    return EPNS_EXIT_FAILED;
  if (guard != NULL)
    epns_guard_resume (guard, epns_recording_first_frame (recording) * schedule->steps_a_frame);
  EpnsSimulator simulator = { .stepper = stepper,
                              .guard = guard,
                              .schedule = schedule,
                              .take = epns_recording_take,
                              .ctx = recording,
                              .first_frame = epns_recording_first_frame (recording),
                              .label = settings->model->kind->id,
                              .quiet = options->ensemble.quiet };
  EpnsSimulation went = epns_simulate (&simulator, error);
  if (went == EPNS_SIMULATION_FAILED || !epns_recording_finish (recording, error))
    return EPNS_EXIT_FAILED;
  print_summary (options, &members, settings->model, schedule, &simulator, went == EPNS_SIMULATED,
                 epns_recording_resumable (recording)
                     && (guard == NULL || options->ensemble.guard_mode != EPNS_GUARD_NATIVE));
  return went == EPNS_SIMULATED ? EPNS_EXIT_OK : EPNS_EXIT_INTERRUPTED;
}

static int
run_file (Options *options, const char *path, GError **error)
{
  g_auto (EpnsSchedule) schedule = { 0 };
  g_autoptr (EpnsScenario) scenario = epns_scenario_read (path, error);

  if (scenario == NULL || !apply_plan (options, scenario, error))
    return EPNS_EXIT_FAILED;
  g_autoptr (EpnsStepModel)
      model = epns_step_model_find (scenario, options->with, options->ensemble.threads, error);
  if (model == NULL
      || !epns_schedule_make (&schedule, model, &scenario->plan, options->ensemble.until,
                              options->ensemble.every, error))
    return EPNS_EXIT_FAILED;
  const char *const *set = (const char *const *) options->ensemble.set;
  g_autoptr (EpnsSettings) settings = epns_settings_resolve (model, scenario, set, error);
  return settings ? run_members (options, scenario, settings, &schedule, error) : EPNS_EXIT_FAILED;
}

static int
run (int argc, char **argv)
{
  g_auto (Options) options = { 0 };
  GError *error = NULL;

  if (!parse (&options, &argc, &argv, &error))
    return epns_command_fail (&epns_command_run, error);
  epns_interrupt_watch ();
  int status = run_file (&options, argv[1], &error);
  return error != NULL ? epns_command_fail (&epns_command_run, error) : status;
}

const EpnsCommand epns_command_run = {
  .name = "run",
  .arguments = "FILE",
  .summary = "Step a scenario with one model and record it",
  .main = run,
};
