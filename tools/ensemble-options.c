/* SPDX-License-Identifier: MIT */
/* Parsing what all ensemble commands take. */
#include "tools/ensemble-options.h"

void
epns_ensemble_options_clear (EpnsEnsembleOptions *self)
{
  g_free (self->members_text);
  g_free (self->seed_text);
  g_free (self->threads_text);
  g_free (self->until_text);
  g_free (self->every_text);
  g_strfreev (self->set);
}

gboolean
epns_ensemble_options_parse (EpnsEnsembleOptions *self, const EpnsCommand *command, const GOptionEntry *own, int *argc,
                             char ***argv, GError **error)
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
    { "set", 0, 0, G_OPTION_ARG_STRING_ARRAY, &self->set,
      "A parameter of the model (compare: the native one); may be repeated", "NAME=VALUE" },
    { "quiet", 'q', 0, G_OPTION_ARG_NONE, &self->quiet, "No progress, no notes, no summary", NULL },
    { "json", 0, 0, G_OPTION_ARG_NONE, &self->json, "The summary as JSON", NULL },
  };
  g_autoptr (GArray) entries = g_array_new (TRUE, TRUE, sizeof (GOptionEntry));

  for (; own->long_name != NULL; own++)
    g_array_append_vals (entries, own, 1);
  g_array_append_vals (entries, shared, G_N_ELEMENTS (shared));
  return epns_command_parse (command, (const GOptionEntry *) (void *) entries->data, argc, argv, 1, 1, error)
         && epns_command_threads (self->threads_text, &self->threads, error)
         && epns_command_time ("--until", self->until_text, &self->until, error)
         && epns_command_time ("--every", self->every_text, &self->every, error);
}

gboolean
epns_ensemble_options_plan (EpnsEnsembleOptions *self, const EpnsScenario *scenario, guint64 fewest, guint64 most,
                            GError **error)
{
  return epns_command_integer ("--members", self->members_text, fewest, most, MAX (scenario->plan.members, fewest),
                               &self->members, error)
         && epns_command_integer ("--seed", self->seed_text, 0, G_MAXUINT64, scenario->plan.seed, &self->seed, error);
}
