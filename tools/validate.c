/* SPDX-License-Identifier: MIT */
/* epns validate: does a scenario run as it stands? */
#include "tools/command.h"
#include "tools/schedule.h"
#include "tools/stepper.h"

#include <math.h>

/* Everything up to the first step, with one member: what then fails is no longer the file's
 * fault. */
static gboolean
try_model (const EpnsScenario *scenario, const EpnsPlanModel *planned, GError **error)
{
  g_auto (EpnsSchedule) schedule = { 0 };
  g_autoptr (EpnsStepModel) model = epns_step_model_find (scenario, planned->name, 1, error);

  if (model == NULL || !epns_schedule_make (&schedule, model, &scenario->plan, NAN, NAN, error))
    return FALSE;
  g_autoptr (EpnsSettings) settings = epns_settings_resolve (model, scenario, NULL, error);
  if (settings == NULL)
    return FALSE;
  g_autoptr (EpnsStepper)
      stepper = epns_stepper_new (settings, scenario,
                                  &(EpnsMembers){ .n = 1, .seed = scenario->plan.seed }, error);
  return stepper != NULL;
}

static gboolean
try_file (const char *path, gboolean verbose, GError **error)
{
  g_autoptr (EpnsScenario) scenario = epns_scenario_read (path, error);

  if (scenario == NULL)
    return FALSE;
  for (guint i = 0; i < scenario->plan.models->len; i++)
    if (!try_model (scenario, g_ptr_array_index (scenario->plan.models, i), error)) {
      if (!g_str_has_prefix ((*error)->message, path))
        g_prefix_error (error, "%s: ", path);
      return FALSE;
    }
  for (guint i = 0; verbose && i < scenario->notes->len; i++)
    g_print ("%s\n", (const char *) g_ptr_array_index (scenario->notes, i));
  return TRUE;
}

static int
validate (int argc, char **argv)
{
  gboolean verbose = FALSE;
  const GOptionEntry entries[] = {
    { "verbose", 'v', 0, G_OPTION_ARG_NONE, &verbose, "Also print what has no effect here, and why",
      NULL },
    { 0 },
  };
  GError *error = NULL;
  int status = EPNS_EXIT_OK;

  if (!epns_command_parse (&epns_command_validate, entries, &argc, &argv, 1, G_MAXINT, &error))
    return epns_command_fail (&epns_command_validate, error);
  if (!epns_step_model_any_plugin ()) { /* no file's fault */
    g_printerr ("epns validate: no step plugin was found; set EPNS_PLUGIN_PATH (epns list -v says "
                "where it was sought)\n");
    return EPNS_EXIT_FAILED;
  }
  for (int i = 1; i < argc; i++) {
    g_autoptr (GError) why = NULL;
    if (try_file (argv[i], verbose, &why))
      continue;
    g_autofree char *line = g_strdelimit (g_strdup (why->message), "\n\r", ' ');
    g_printerr ("%s\n", line);
    status = EPNS_EXIT_REFUSED;
  }
  return status;
}

const EpnsCommand epns_command_validate = {
  .name = "validate",
  .arguments = "FILE...",
  .summary = "Say whether scenarios run as they stand: exit 0, or 2 and one line for each refused",
  .main = validate,
};
