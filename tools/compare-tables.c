/* SPDX-License-Identifier: MIT */
/* Two tables in, their metrics and differences out. */
#include "tools/compare-tables.h"

#include "adapters/output-file.h"
#include "compare/openvt.h"
#include "plugin/error.h"
#include "tools/command.h"

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

static gboolean
write_all (const EpnsOpenvtTable *a, const EpnsOpenvtTable *b, const char *dir, const char *text,
           GError **error)
{
  g_autofree char *path = g_build_filename (dir, "comparison.txt", NULL);

  if (g_mkdir_with_parents (dir, 0777) != 0) {
    g_set_error (error, EPNS_FAILURE, EPNS_FAILURE_IO,
                 "%s: the folder cannot be made: %s; name another with -o", dir, g_strerror (errno));
    return FALSE;
  }
  return write_metrics (a, dir, "metrics-a.csv", error) && write_metrics (b, dir, "metrics-b.csv", error)
         && epns_output_write (path, text, strlen (text), error);
}

static gboolean
compare_files (const char *a_path, const char *b_path, const char *dir, gboolean quiet, GError **error)
{
  g_autoptr (EpnsOpenvtTable) a = epns_openvt_table_read (a_path, error);
  g_autoptr (EpnsOpenvtTable) b = a ? epns_openvt_table_read (b_path, error) : NULL;

  if (b == NULL)
    return FALSE;
  g_autofree char *text = epns_openvt_compare (a, b);
  if (dir != NULL && !write_all (a, b, dir, text, error))
    return FALSE;
  if (!quiet)
    g_print ("%s", text);
  return TRUE;
}

int
epns_compare_tables (int argc, char **argv)
{
  g_autofree char *a = NULL, *b = NULL, *dir = NULL;
  gboolean quiet = FALSE;
  GError *error = NULL;
  const GOptionEntry entries[] = {
    { "a", 0, 0, G_OPTION_ARG_FILENAME, &a, "One table of the OpenVT benchmark", "A.csv" },
    { "b", 0, 0, G_OPTION_ARG_FILENAME, &b, "The other", "B.csv" },
    { "output", 'o', 0, G_OPTION_ARG_FILENAME, &dir, "Folder for both entries' metrics", "DIR" },
    { "quiet", 'q', 0, G_OPTION_ARG_NONE, &quiet, "Print nothing", NULL },
    { 0 },
  };

  if (!epns_command_parse (&epns_command_compare, entries, &argc, &argv, 0, 0, &error))
    return epns_command_fail (&epns_command_compare, error);
  if (a == NULL || b == NULL)
    g_set_error (&error, EPNS_FAILURE, EPNS_FAILURE_RANGE, "give both tables: --a A.csv --b B.csv");
  if (error != NULL || !compare_files (a, b, dir, quiet, &error))
    return epns_command_fail (&epns_command_compare, error);
  return EPNS_EXIT_OK;
}
