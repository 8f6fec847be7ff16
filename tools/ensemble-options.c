/* SPDX-License-Identifier: MIT */
/* Parsing what all ensemble commands take. */
#include "tools/ensemble-options.h"

#include "plugin/error.h"

void
epns_ensemble_options_clear (EpnsEnsembleOptions *self)
{
  g_free (self->members_text);
  g_free (self->seed_text);
  g_free (self->threads_text);
  g_free (self->until_text);
  g_free (self->every_text);
  g_free (self->guard);
  g_free (self->starts);
  g_free (self->pause_text);
  g_free (self->part_text);
  g_strfreev (self->set);
}

static gboolean
parse_guard (EpnsEnsembleOptions *self, GError **error)
{
  static const char *const modes[] = { "warn", "stop", "native" };
  guint mode = 0;

  self->pause = 4;
  if (self->pause_text != NULL
      && !g_ascii_string_to_signed (self->pause_text, 10, 1, 1000000, &self->pause, NULL)) {
    g_set_error (error, EPNS_FAILURE, EPNS_FAILURE_RANGE,
                 "--guard-pause '%s': give a whole number of learned steps, 1 or more",
                 self->pause_text);
    return FALSE;
  }
  while (self->guard != NULL && mode < G_N_ELEMENTS (modes)
         && !g_str_equal (self->guard, modes[mode]))
    mode++;
  self->guard_mode = (EpnsGuardMode) mode;
  if (mode == G_N_ELEMENTS (modes))
    g_set_error (error, EPNS_FAILURE, EPNS_FAILURE_RANGE,
                 "--guard '%s': give warn, stop or native", self->guard);
  else if (self->pause_text != NULL && mode != EPNS_GUARD_NATIVE)
    g_set_error (error, EPNS_FAILURE, EPNS_FAILURE_RANGE,
                 "--guard-pause is for --guard native; leave it out, or give that");
  else
    return TRUE;
  return FALSE;
}

static gboolean
parse_part (EpnsEnsembleOptions *self, GError **error)
{
  if (!epns_part_parse (self->part_text, &self->part, error))
    return FALSE;
  if (self->part.of == 1 || self->guard == NULL)
    return TRUE;
  g_set_error (error, EPNS_FAILURE, EPNS_FAILURE_UNSUPPORTED,
               "--guard: it holds all members against each other, which a part has not; run them "
               "in one process, or leave it out");
  return FALSE;
}

static gboolean
check_starts (const EpnsEnsembleOptions *self, GError **error)
{
  if (self->starts == NULL || g_str_equal (self->starts, "one")
      || g_str_equal (self->starts, "varied"))
    return TRUE;
  g_set_error (error, EPNS_FAILURE, EPNS_FAILURE_RANGE, "--starts '%s': give one or varied",
               self->starts);
  return FALSE;
}

gboolean
epns_ensemble_options_parse (EpnsEnsembleOptions *self, const EpnsCommand *command,
                             const GOptionEntry *own, int *argc, char ***argv, GError **error)
{
  const GOptionEntry shared[] = {
    { "members", 'n', 0, G_OPTION_ARG_STRING, &self->members_text, "Members of an ensemble", "N" },
    { "seed", 's', 0, G_OPTION_ARG_STRING, &self->seed_text,
      "Seed; member i depends on it and on i alone", "S" },
    { "threads", 't', 0, G_OPTION_ARG_STRING, &self->threads_text,
      "Threads; they never change a result", "T" },
    { "until", 0, 0, G_OPTION_ARG_STRING, &self->until_text,
      "Last frame's time, in the scenario's unit", "TIME" },
    { "every", 0, 0, G_OPTION_ARG_STRING, &self->every_text,
      "Time between frames, in the scenario's unit", "K" },
    { "starts", 0, 0, G_OPTION_ARG_STRING, &self->starts,
      "All members begin in one state, or member i as the scenario starts for seed S + i "
      "(default: one; varied with rng=compucell3d)",
      "one|varied" },
    { "set", 0, 0, G_OPTION_ARG_STRING_ARRAY, &self->set,
      "A parameter of the model (compare: of the native one, and what a scenario may state of the "
      "learned one, too); may be repeated",
      "NAME=VALUE" },
    { "guard", 0, 0, G_OPTION_ARG_STRING, &self->guard,
      "Check each learned step: warn, stop, or go on natively", "warn|stop|native" },
    { "guard-pause", 0, 0, G_OPTION_ARG_STRING, &self->pause_text,
      "Native time after a step that is not to be trusted, in learned steps (default 4)", "K" },
    { "part", 0, 0, G_OPTION_ARG_STRING, &self->part_text,
      "Part I of N of the members alone; slurm: this task of its array (default: this rank of "
      "mpirun, else all)",
      "I/N|slurm" },
    { "quiet", 'q', 0, G_OPTION_ARG_NONE, &self->quiet, "No progress, no notes, no summary", NULL },
    { "json", 0, 0, G_OPTION_ARG_NONE, &self->json, "The summary as JSON", NULL },
  };
  g_autoptr (GArray) entries = g_array_new (TRUE, TRUE, sizeof (GOptionEntry));

  for (; own->long_name != NULL; own++)
    g_array_append_vals (entries, own, 1);
  g_array_append_vals (entries, shared, G_N_ELEMENTS (shared));
  return epns_command_parse (command, (const GOptionEntry *) (void *) entries->data, argc, argv, 1,
                             1, error)
         && epns_command_threads (self->threads_text, &self->threads, error)
         && epns_command_time ("--until", self->until_text, &self->until, error)
         && epns_command_time ("--every", self->every_text, &self->every, error)
         && parse_guard (self, error) && parse_part (self, error) && check_starts (self, error);
}

gboolean
epns_ensemble_options_plan (EpnsEnsembleOptions *self, const EpnsScenario *scenario, guint64 fewest,
                            guint64 most, GError **error)
{
  return epns_command_integer ("--members", self->members_text, fewest, most,
                               MAX (scenario->plan.members, fewest), &self->members, error)
         && epns_command_integer ("--seed", self->seed_text, 0, G_MAXUINT64, scenario->plan.seed,
                                  &self->seed, error);
}

EpnsMembers
epns_ensemble_options_members (const EpnsEnsembleOptions *self, const EpnsSettings *native,
                               guint32 ensembles)
{
  const guint32 n = (guint32) self->members;
  const gboolean vary = self->starts != NULL ? g_str_equal (self->starts, "varied")
                                             : epns_settings_host_numbers (native);

  return (EpnsMembers){ .n = n * ensembles, .seed = self->seed, .n_starts = vary ? n : 1 };
}

EpnsGuard *
epns_ensemble_options_guard (const EpnsEnsembleOptions *self, const EpnsMembers *members,
                             EpnsStepper *learned, const EpnsSettings *settings,
                             const EpnsScenario *scenario, GError **error)
{
  return self->guard == NULL ? NULL
                             : epns_guard_new (self->guard_mode, (guint32) self->pause, members,
                                               learned, settings,
                                               (const char *const *) self->set, scenario, error);
}
