/* SPDX-License-Identifier: MIT */
/* epns compare: a learned ensemble beside a native one, and beside what two native ones differ
 * by. */
#include "compare/compare.h"
#include "plugin/error.h"
#include "tools/command.h"
#include "tools/compare-bound.h"
#include "tools/compare-parts.h"
#include "tools/compare-tables.h"
#include "tools/interrupt.h"
#include "tools/machine.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <json-glib/json-glib.h>
#include <string.h>

typedef struct {
  EpnsEnsembleOptions ensemble;
  char *learned, *native, *dir;
  char *command;   /* as typed */
  gint64 started; /* monotonic, microseconds */
} Options;

static void
clear_options (Options *self)
{
  epns_ensemble_options_clear (&self->ensemble);
  g_free (self->learned);
  g_free (self->native);
  g_free (self->dir);
  g_free (self->command);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Options, clear_options)

static gboolean
parse (Options *self, int *argc, char ***argv, GError **error)
{
  const GOptionEntry entries[] = {
    { "learned", 'l', 0, G_OPTION_ARG_STRING, &self->learned,
      "The model to look at: of the scenario, a path, or one that ships", "MODEL" },
    { "native", 0, 0, G_OPTION_ARG_STRING, &self->native,
      "What it is measured against (default: the scenario's first model)", "KIND|MODEL" },
    { "output", 'o', 0, G_OPTION_ARG_FILENAME, &self->dir, "Folder for pictures and tables",
      "DIR" },
    { 0 },
  };

  if (!epns_ensemble_options_parse (&self->ensemble, &epns_command_compare, entries, argc, argv,
                                    error))
    return FALSE;
  if (self->learned != NULL && self->dir != NULL)
    return TRUE;
  g_set_error (error, EPNS_FAILURE, EPNS_FAILURE_RANGE, "give %s",
               self->learned ? "-o DIR" : "--learned MODEL");
  return FALSE;
}

static gboolean
open_sides (EpnsSide *native, EpnsSide *learned, const Options *options,
            const EpnsScenario *scenario, GError **error)
{
  const char *const *set = (const char *const *) options->ensemble.set;
  guint32 threads = options->ensemble.threads;

  if (!epns_side_open (native, options->native, set, FALSE, threads, scenario, error)
      || !epns_side_open (learned, options->learned, set, TRUE, threads, scenario, error))
    return FALSE;
  if (strcmp (native->model->time_unit, learned->model->time_unit) != 0) {
    g_set_error (error, EPNS_FAILURE, EPNS_FAILURE_MISMATCH,
                 "%s: its step lasts %.10g %s, and the native one %.10g %s; state the step's "
                 "length in %s in the model's model.xml",
                 options->learned, learned->model->native_dt, learned->model->time_unit,
                 native->model->native_dt, native->model->time_unit, native->model->time_unit);
    return FALSE;
  }
  /* the learned step is the longer one: its frames are the native model's, too */
  return epns_schedule_make (&learned->schedule, learned->model, &scenario->plan,
                             options->ensemble.until, options->ensemble.every, error)
         && epns_schedule_make (&native->schedule, native->model, &scenario->plan,
                                learned->schedule.until, learned->schedule.every, error);
}

/* Do several processes share the members? */
static gboolean
shared (const Options *options)
{
  return options->ensemble.part.of > 1;
}

/* Has this process stepped both sides? A part that was finished before is not stepped again. */
static gboolean
knows_costs (const EpnsSide *native, const EpnsSide *learned)
{
  return native->steps > 0 && learned->steps > 0;
}

static void
print_times (const char *name, const EpnsSide *side, guint32 threads)
{
  const char *unit = side->model->time_unit;
  EpnsCost cost = epns_side_cost (side);

  if (strcmp (unit, "1") == 0)
    unit = "unit of time";
  g_print ("%-8s %-14s %10.4g ms a step of %.10g %s, %10.4g ms a %s (one member, wall time, %u "
           "thread%s, %u member%s)\n",
           name, side->model->kind->id, epns_cost_step (&cost), cost.dt, side->model->time_unit,
           epns_cost_unit (&cost), unit, threads, threads == 1 ? "" : "s", side->members,
           side->members == 1 ? "" : "s");
}

static void
add_times (JsonBuilder *json, const char *name, const EpnsSide *side)
{
  EpnsCost cost = epns_side_cost (side);

  json_builder_set_member_name (json, name);
  json_builder_begin_object (json);
  json_builder_set_member_name (json, "kind");
  json_builder_add_string_value (json, side->model->kind->id);
  json_builder_set_member_name (json, "step");
  json_builder_add_double_value (json, side->schedule.dt);
  if (side->steps > 0) {
    json_builder_set_member_name (json, "milliseconds-a-step");
    json_builder_add_double_value (json, epns_cost_step (&cost));
  }
  json_builder_set_member_name (json, "members");
  json_builder_add_int_value (json, side->members);
  epns_step_model_add_warnings (side->model, json);
  json_builder_end_object (json);
}

static void
print_json (const EpnsSide *native, const EpnsSide *learned, const Options *options,
            const EpnsVerdict *verdict)
{
  g_autoptr (JsonBuilder) json = json_builder_new ();

  json_builder_begin_object (json);
  json_builder_set_member_name (json, "folder");
  json_builder_add_string_value (json, options->dir);
  json_builder_set_member_name (json, "threads");
  json_builder_add_int_value (json, options->ensemble.threads);
  json_builder_set_member_name (json, "verdict");
  json_builder_add_string_value (json, epns_verdict_word (verdict->level));
  json_builder_set_member_name (json, "headline");
  json_builder_add_string_value (json, verdict->headline);
  add_times (json, "native", native);
  add_times (json, "learned", learned);
  json_builder_end_object (json);
  g_autoptr (JsonNode) root = json_builder_get_root (json);
  g_autofree char *text = json_to_string (root, TRUE);
  g_print ("%s\n", text);
}

static void
print_costs (const EpnsSide *native, const EpnsSide *learned, const Options *options)
{
  EpnsCost one = epns_side_cost (native), other = epns_side_cost (learned);

  print_times ("native", native, options->ensemble.threads);
  print_times ("learned", learned, options->ensemble.threads);
  if (shared (options))
    g_print ("(by the last of %u processes that shared the members)\n", options->ensemble.part.of);
  g_print ("the same time takes the learned model %.3g times as long as the native one; ",
           epns_cost_unit (&other) / epns_cost_unit (&one));
}

static void
print_table (const EpnsSide *native, const EpnsSide *learned, const Options *options,
             const EpnsVerdict *verdict)
{
  g_autofree char *path = g_build_filename (options->dir, "table.txt", NULL), *table = NULL;

  if (g_file_get_contents (path, &table, NULL, NULL))
    g_print ("%s\n", table);
  g_print ("%s\n%s\n\n", verdict->headline, verdict->text);
  if (knows_costs (native, learned))
    print_costs (native, learned, options);
  else
    g_print ("what steps cost is not known: these members were finished before\n");
  g_print ("pictures are in %s\n", options->dir);
}

/* Measure, judge, and write everything. */
static EpnsVerdict *
write_all (const EpnsSide *native, const EpnsSide *learned, const Options *options, GError **error)
{
  g_autoptr (EpnsComparison) of = epns_comparison_new (native->ensembles[0], native->ensembles[1],
                                                       learned->ensembles[0], error);
  g_autofree char *machine = epns_machine ();
  EpnsVerdict *verdict = NULL;

  if (of == NULL || !epns_comparison_write (of, options->dir, error))
    return NULL;
  EpnsCost one = epns_side_cost (native), other = epns_side_cost (learned);
  gboolean known = knows_costs (native, learned);
  EpnsReportBound *bound = epns_bound_measure (learned->settings, native->ensembles[0],
                                               learned->schedule.steps_a_frame);
  const EpnsReportSource source = {
    .of = of,
    .native_cost = known ? &one : NULL,
    .learned_cost = known ? &other : NULL,
    .threads = options->ensemble.threads,
    .processes = options->ensemble.part.of,
    .machine = machine,
    .command = options->command,
    .seconds = (double) (g_get_monotonic_time () - options->started) / 1e6,
    .warnings = learned->model->warnings,
    .guard = learned->guard,
    .bound = bound,
  };
  epns_report_write (&source, options->dir, &verdict, error);
  epns_report_bound_free (bound);
  return verdict;
}

static EpnsSimulation
step_sides (EpnsSide *native, EpnsSide *learned, const Options *options,
            const EpnsScenario *scenario, GError **error)
{
  const EpnsEnsembleOptions *ensemble = &options->ensemble;

  if (shared (options))
    return epns_parts_step (native, learned, ensemble, scenario, options->dir, error);
  EpnsSimulation went = epns_side_step (native, ensemble, scenario, FALSE, error);
  return went == EPNS_SIMULATED ? epns_side_step (learned, ensemble, scenario, TRUE, error) : went;
}

static int
compare_sides (const Options *options, const EpnsScenario *scenario, GError **error)
{
  g_auto (EpnsSide) native = { 0 }, learned = { 0 };
  const gboolean gathers = epns_parts_gathers (&options->ensemble.part);

  if (!open_sides (&native, &learned, options, scenario, error))
    return EPNS_EXIT_FAILED;
  if (!options->ensemble.quiet && gathers && learned.schedule.note != NULL)
    g_printerr ("note: %s\n", learned.schedule.note);
  native.all = epns_ensemble_options_members (&options->ensemble, native.settings, 2);
  learned.all = epns_ensemble_options_members (&options->ensemble, native.settings, 1);
  g_autoptr (EpnsEnergy) energy = epns_energy_new (native.settings, scenario->layout, error);
  if (*error != NULL)
    return EPNS_EXIT_FAILED;
  native.energy = learned.energy = energy;
  EpnsSimulation went = step_sides (&native, &learned, options, scenario, error);
  if (went == EPNS_INTERRUPTED) {
    g_printerr ("epns compare: stopped; %s\n",
                shared (options) ? "the same command goes on with what the parts have recorded"
                                 : "nothing was written");
    return EPNS_EXIT_INTERRUPTED;
  }
  if (went == EPNS_SIMULATED && !gathers)
    return EPNS_EXIT_OK;
  g_autoptr (EpnsVerdict) verdict = went == EPNS_SIMULATED
                                         ? write_all (&native, &learned, options, error)
                                         : NULL;
  if (verdict == NULL)
    return EPNS_EXIT_FAILED;
  if (options->ensemble.json)
    print_json (&native, &learned, options, verdict);
  else if (!options->ensemble.quiet)
    print_table (&native, &learned, options, verdict);
  return EPNS_EXIT_OK;
}

/* The folder is made before hours of stepping, and taken away again where nothing came to lie in
 * it. */
static int
compare_in_folder (const Options *options, const EpnsScenario *scenario, GError **error)
{
  gboolean was_there = g_file_test (options->dir, G_FILE_TEST_EXISTS);

  if (g_mkdir_with_parents (options->dir, 0777) != 0
      || !g_file_test (options->dir, G_FILE_TEST_IS_DIR)) {
    g_set_error (error, EPNS_FAILURE, EPNS_FAILURE_IO,
                 "%s: the folder cannot be made: %s; name another with -o", options->dir,
                 g_strerror (errno));
    return EPNS_EXIT_FAILED;
  }
  int status = compare_sides (options, scenario, error);
  if (status != EPNS_EXIT_OK && !was_there)
    g_rmdir (options->dir);
  return status;
}

/* The command as it was typed, before its words are taken apart. */
static char *
join_command (int argc, char **argv)
{
  GString *text = g_string_new ("epns compare");

  static const char plain_letters[] = "-_./=:,+%@0123456789abcdefghijklmnopqrstuvwxyz"
                                      "ABCDEFGHIJKLMNOPQRSTUVWXYZ";

  for (int i = 1; i < argc; i++) {
    g_autofree char *quoted = g_shell_quote (argv[i]);
    gboolean plain = argv[i][strspn (argv[i], plain_letters)] == '\0';
    g_string_append_printf (text, " %s", plain ? argv[i] : quoted);
  }
  return g_string_free (text, FALSE);
}

static int
compare (int argc, char **argv)
{
  g_auto (Options) options = { .command = join_command (argc, argv),
                               .started = g_get_monotonic_time () };
  GError *error = NULL;

  if (epns_compare_is_tables (argc, argv))
    return epns_compare_tables (argc, argv, options.command);
  if (!parse (&options, &argc, &argv, &error))
    return epns_command_fail (&epns_command_compare, error);
  g_autoptr (EpnsScenario) scenario = epns_scenario_read (argv[1], &error);
  if (scenario == NULL
      || !epns_ensemble_options_plan (&options.ensemble, scenario, 2, G_MAXINT32 / 2, &error))
    return epns_command_fail (&epns_command_compare, error);
  epns_interrupt_watch ();
  int status = compare_in_folder (&options, scenario, &error);
  return error != NULL ? epns_command_fail (&epns_command_compare, error) : status;
}

const EpnsCommand epns_command_compare = {
  .name = "compare",
  .arguments = "FILE",
  .summary = "Measure a learned model against the native one, with pictures and a table",
  .note = "What was recorded before, or two tables of the OpenVT benchmark:\n"
          "  epns compare --a A.h5 --b B.h5 [--second A2.h5] -o DIR\n"
          "  epns compare --a A.csv --b B.csv [-o DIR]",
  .main = compare,
};
