/* SPDX-License-Identifier: MIT */
/* Two tables in; their metrics, differences and a report out. Or two recordings. */
#include "tools/compare-tables.h"

#include "adapters/output-file.h"
#include "compare/openvt.h"
#include "compare/openvt-report.h"
#include "compare/report.h"
#include "plugin/error.h"
#include "tools/command.h"
#include "tools/compare-recordings.h"
#include "tools/machine.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <string.h>

gboolean
epns_compare_is_tables (int argc, char **argv)
{
  for (int i = 1; i < argc && strcmp (argv[i], "--") != 0; i++)
    if (strcmp (argv[i], "--a") == 0 || strcmp (argv[i], "--b") == 0
        || g_str_has_prefix (argv[i], "--a=") || g_str_has_prefix (argv[i], "--b="))
      return TRUE;
  return FALSE;
}

static gboolean
write_metrics (const EpnsOpenvtTable *of, const char *dir, const char *name, GError **error)
{
  g_autofree EpnsVoronoi *metrics = epns_openvt_metrics (of);
  g_autofree char *text = epns_openvt_metrics_csv (of, metrics),
                  *path = g_build_filename (dir, name, NULL);

  return epns_output_write (path, text, strlen (text), error);
}

typedef struct {
  char *a, *b, *second, *dir;
  gboolean quiet;
  const char *command; /* as typed */
  gint64 started;      /* monotonic, microseconds */
} Options;

static void
clear_options (Options *self)
{
  g_free (self->a);
  g_free (self->b);
  g_free (self->second);
  g_free (self->dir);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Options, clear_options)

/* The report that the main form writes, of two tables. */
static EpnsVerdict *
write_report (const EpnsOpenvtTable *a, const EpnsOpenvtTable *b, const Options *options,
              GError **error)
{
  EpnsTrajectory *own[2] = { NULL, NULL };
  EpnsComparison *of = epns_openvt_comparison (a, b, own, error);
  EpnsVerdict *verdict = NULL;
  g_autofree char *machine = epns_machine ();

  if (of != NULL) {
    const EpnsReportSource source = {
      .of = of,
      .threads = 1,
      .machine = machine,
      .command = options->command,
      .seconds = (double) (g_get_monotonic_time () - options->started) / 1e6,
    };
    epns_report_write (&source, options->dir, &verdict, error);
  }
  epns_comparison_free (of);
  epns_trajectory_free (own[0]);
  epns_trajectory_free (own[1]);
  return verdict;
}

static gboolean
write_all (const EpnsOpenvtTable *a, const EpnsOpenvtTable *b, const Options *options,
           GString *text, GError **error)
{
  g_autofree char *path = g_build_filename (options->dir, "comparison.txt", NULL);

  if (g_mkdir_with_parents (options->dir, 0777) != 0) {
    g_set_error (error, EPNS_FAILURE, EPNS_FAILURE_IO,
                 "%s: the folder cannot be made: %s; name another with -o", options->dir,
                 g_strerror (errno));
    return FALSE;
  }
  g_autoptr (EpnsVerdict) verdict = write_report (a, b, options, error);
  if (verdict == NULL)
    return FALSE;
  g_string_append_printf (text, "\n%s\n%s\n", verdict->headline, verdict->text);
  return write_metrics (a, options->dir, "metrics-a.csv", error)
         && write_metrics (b, options->dir, "metrics-b.csv", error)
         && epns_output_write (path, text->str, text->len, error);
}

/* Recordings and tables go by what the first one is. */
static gboolean
compare_recordings (const Options *options, GError **error)
{
  const EpnsRecordings recordings = { options->a,       options->second, options->b, options->dir,
                                      options->command, options->started };

  if (options->dir == NULL) {
    g_set_error (error, EPNS_FAILURE, EPNS_FAILURE_RANGE, "give -o DIR for the report");
    return FALSE;
  }
  g_autofree char *text = epns_compare_recordings (&recordings, error);
  if (text != NULL && !options->quiet)
    g_print ("%s", text);
  return text != NULL;
}

static gboolean
compare_files (const Options *options, GError **error)
{
  g_autoptr (EpnsOpenvtTable) a = epns_openvt_table_read (options->a, error);
  g_autoptr (EpnsOpenvtTable) b = a ? epns_openvt_table_read (options->b, error) : NULL;

  if (b == NULL)
    return FALSE;
  g_autofree char *metrics = epns_openvt_compare (a, b);
  g_autoptr (GString) text = g_string_new (metrics);
  if (options->dir != NULL && !write_all (a, b, options, text, error))
    return FALSE;
  if (!options->quiet)
    g_print ("%s", text->str);
  return TRUE;
}

int
epns_compare_tables (int argc, char **argv, const char *command)
{
  g_auto (Options) self = { .command = command, .started = g_get_monotonic_time () };
  GError *error = NULL;
  const GOptionEntry entries[] = {
    { "a", 0, 0, G_OPTION_ARG_FILENAME, &self.a,
      "One table of the OpenVT benchmark, or a recorded native ensemble", "A.csv|A.h5" },
    { "b", 0, 0, G_OPTION_ARG_FILENAME, &self.b, "The other, or a recorded learned ensemble",
      "B.csv|B.h5" },
    { "second", 0, 0, G_OPTION_ARG_FILENAME, &self.second,
      "A second native ensemble (default: the halves of A are the floor)", "A2.h5" },
    { "output", 'o', 0, G_OPTION_ARG_FILENAME, &self.dir,
      "Folder for the report and both entries' metrics", "DIR" },
    { "quiet", 'q', 0, G_OPTION_ARG_NONE, &self.quiet, "Print nothing", NULL },
    { 0 },
  };

  if (!epns_command_parse (&epns_command_compare, entries, &argc, &argv, 0, 0, &error))
    return epns_command_fail (&epns_command_compare, error);
  if (self.a == NULL || self.b == NULL)
    g_set_error (&error, EPNS_FAILURE, EPNS_FAILURE_RANGE,
                 "give both tables: --a A.csv --b B.csv; or both recordings");
  else if (self.second != NULL && !epns_trajectory_readable (self.a))
    g_set_error (&error, EPNS_FAILURE, EPNS_FAILURE_RANGE,
                 "--second is a recording beside recordings; leave it out of tables");
  if (error != NULL
      || !(epns_trajectory_readable (self.a) ? compare_recordings
                                             : compare_files) (&self, &error))
    return epns_command_fail (&epns_command_compare, error);
  return EPNS_EXIT_OK;
}
