/* SPDX-License-Identifier: MIT */
/* epns doctor: is everything in its place on this machine? One line a question, with the next
 * action where it is not. */
#include "plugin/datadir.h"
#include "tools/command.h"
#include "tools/machine.h"
#include "tools/shipped.h"
#include "tools/step-model.h"

#include <config.h>
#include <string.h>
#include <unistd.h>

typedef enum { FINE, DOUBTFUL, WRONG } Verdict;

static Verdict say (Verdict verdict, const char *format, ...) G_GNUC_PRINTF (2, 3);

static Verdict
say (Verdict verdict, const char *format, ...)
{
  static const char *const words[] = { "ok  ", "warn", "fail" };
  va_list args;

  va_start (args, format);
  g_autofree char *text = g_strdup_vprintf (format, args);
  va_end (args);
  g_print ("%s  %s\n", words[verdict], g_strdelimit (text, "\n\r", ' '));
  return verdict;
}

static int
first_plugin (void *ctx, const char *path, const epns_plugin *plugin, const char *refusal)
{
  Verdict *verdict = ctx;
  g_autoptr (GString) kinds = g_string_new (NULL);

  if (plugin == NULL) {
    const char *asked = g_getenv ("EPNS_PLUGIN_PATH");
    /* the user's own folder need not be there; what somebody asked for must */
    if (g_file_test (path, G_FILE_TEST_EXISTS) || (asked != NULL && strstr (asked, path) != NULL))
      say (DOUBTFUL, "plugin: %s is not used: %s", path, refusal);
    return 0;
  }
  for (guint32 i = 0; i < plugin->n_kinds; i++)
    g_string_append_printf (kinds, " %s", plugin->kinds[i]->id);
  gboolean same = strcmp (plugin->version, PACKAGE_VERSION) == 0
                  || strcmp (plugin->vendor, "epns") != 0;
  *verdict = say (same ? FINE : DOUBTFUL, "plugin: %s, %s %s, kinds:%s%s", path, plugin->vendor,
                  plugin->version, kinds->str,
                  same ? "" : "; its version is not this command's, reinstall both");
  return 1;
}

static Verdict
check_plugin (void)
{
  Verdict verdict = WRONG;

  /* where the first entries of the search path are missing that is no fault, as long as one
   * plugin is found */
  if (epns_visit_plugins (NULL, first_plugin, &verdict) == 0)
    say (WRONG, "plugin: none was found; set EPNS_PLUGIN_PATH to the folder that holds epns.so");
  return verdict;
}

static Verdict
check_processor (void)
{
  g_autofree char *processor = epns_machine_processor ();

  if (processor == NULL)
    return say (DOUBTFUL, "processor: /proc/cpuinfo cannot be read");
  return say (FINE, "processor: %s", processor);
}

static Verdict
check_data (void)
{
  g_autofree char *schema = epns_data_file ("schemas/epns-scenario.xsd");

  if (g_file_test (schema, G_FILE_TEST_IS_REGULAR))
    return say (FINE, "data: %s", schema);
  return say (
      WRONG,
      "data: %s is missing; reinstall, or set EPNS_DATADIR to the folder that holds schemas/",
      schema);
}

static Verdict
check_models (void)
{
  g_auto (GStrv) names = epns_shipped_models ();
  Verdict worst = FINE;

  if (names[0] == NULL)
    return say (DOUBTFUL,
                "models: none ships with this build; give --with the path of one of yours");
  for (guint i = 0; names[i] != NULL; i++) {
    g_autoptr (GError) why = NULL;
    g_autoptr (EpnsStepModel) model = epns_step_model_find (NULL, names[i], 1, &why);
    Verdict verdict = model ? say (FINE, "model %s: opens, %g %s a step", names[i],
                                   model->native_dt, model->time_unit)
                            : say (WRONG, "model %s: %s", names[i], why->message);
    worst = MAX (worst, verdict);
  }
  return worst;
}

static Verdict
check_temporary (void)
{
  g_autofree char *path = g_build_filename (g_get_tmp_dir (), "epns-doctor-XXXXXX", NULL);
  int file = g_mkstemp (path);

  if (file < 0)
    return say (WRONG, "temporary files: %s takes none; free space there, or set TMPDIR",
                g_get_tmp_dir ());
  close (file);
  unlink (path);
  return say (FINE, "temporary files: %s", g_get_tmp_dir ());
}

static int
doctor (int argc, char **argv)
{
  const GOptionEntry entries[] = { { 0 } };
  Verdict (*const checks[]) (void) = { check_plugin, check_data, check_models, check_processor,
                                       check_temporary };
  GError *error = NULL;
  Verdict worst = FINE;

  if (!epns_command_parse (&epns_command_doctor, entries, &argc, &argv, 0, 0, &error))
    return epns_command_fail (&epns_command_doctor, error);
  say (FINE, "epns %s, GLib %u.%u.%u", PACKAGE_VERSION, glib_major_version, glib_minor_version,
       glib_micro_version);
  for (gsize i = 0; i < G_N_ELEMENTS (checks); i++) {
    Verdict verdict = checks[i]();
    worst = MAX (worst, verdict);
  }
  return worst == WRONG ? EPNS_EXIT_FAILED : EPNS_EXIT_OK;
}

const EpnsCommand epns_command_doctor = {
  .name = "doctor",
  .arguments = "",
  .summary = "Look whether everything is in its place on this machine",
  .main = doctor,
};
