/* SPDX-License-Identifier: MIT */
/* Options, arguments and errors, the same for every subcommand. */
#include "tools/command.h"

#include "plugin/error.h"

#include <math.h>

gboolean
epns_command_parse (const EpnsCommand *self, const GOptionEntry *entries, int *argc, char ***argv,
                    int least, int most, GError **error)
{
  g_autoptr (GOptionContext) context = g_option_context_new (self->arguments);
  g_autofree char *name = g_strdup_printf ("epns %s", self->name);

  g_set_prgname (name); /* what --help calls the program */
  g_option_context_set_summary (context, self->summary);
  g_option_context_set_description (context, self->note);
  g_option_context_add_main_entries (context, entries, NULL);
  if (!g_option_context_parse (context, argc, argv, error)) {
    g_prefix_error (error, "see epns help %s; ", self->name);
    return FALSE;
  }
  if (*argc - 1 >= least && *argc - 1 <= most)
    return TRUE;
  g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_FAILED, "%s argument; usage: epns %s %s",
               *argc - 1 < least ? "it needs another" : "it cannot take that many a", self->name,
               self->arguments);
  return FALSE;
}

int
epns_command_fail (const EpnsCommand *self, GError *error)
{
  g_autofree char *line = g_strdelimit (g_strdup (error ? error->message : "unknown failure"),
                                        "\n\r", ' ');

  g_printerr ("epns %s: %s\n", self->name, line);
  g_clear_error (&error);
  return EPNS_EXIT_FAILED;
}

gboolean
epns_command_integer (const char *option, const char *text, guint64 least, guint64 most,
                      guint64 fallback, guint64 *value, GError **error)
{
  *value = fallback;
  if (text == NULL || g_ascii_string_to_unsigned (text, 10, least, most, value, NULL))
    return TRUE;
  g_set_error (error, EPNS_FAILURE, EPNS_FAILURE_RANGE,
               "%s %s: give a whole number from %" G_GUINT64_FORMAT " to %" G_GUINT64_FORMAT,
               option, text, least, most);
  return FALSE;
}

gboolean
epns_command_time (const char *option, const char *text, double *value, GError **error)
{
  char *end = NULL;

  *value = NAN;
  if (text == NULL)
    return TRUE;
  *value = g_ascii_strtod (text, &end);
  if (end != text && *end == '\0' && isfinite (*value) && *value > 0)
    return TRUE;
  g_set_error (error, EPNS_FAILURE, EPNS_FAILURE_RANGE,
               "%s %s: give a number above 0, as in %s 500", option, text, option);
  return FALSE;
}

gboolean
epns_command_threads (const char *text, guint32 *threads, GError **error)
{
  guint64 value;

  if (!epns_command_integer ("--threads", text, 1, 1024, g_get_num_processors (), &value, error))
    return FALSE;
  *threads = (guint32) value;
  return TRUE;
}
