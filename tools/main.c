/* SPDX-License-Identifier: MIT */
/* epns: run scenarios with mechanistic and learned step models, compare them, and look after the
 * files involved. */
#include "tools/command.h"

#include <config.h>
#include <locale.h>
#include <string.h>

static const EpnsCommand *const commands[] = {
  &epns_command_run,     &epns_command_compare, &epns_command_validate, &epns_command_verify,
  &epns_command_inspect, &epns_command_list,    &epns_command_doctor,   &epns_command_train,
  &epns_command_export,  &epns_command_merge,
};

static const EpnsCommand *
find (const char *name)
{
  for (gsize i = 0; i < G_N_ELEMENTS (commands); i++)
    if (strcmp (commands[i]->name, name) == 0)
      return commands[i];
  return NULL;
}

static void
print_help (void)
{
  g_print ("Usage: epns COMMAND [OPTION...] [ARGUMENT...]\n\n");
  for (gsize i = 0; i < G_N_ELEMENTS (commands); i++)
    g_print ("  %-9s %s\n", commands[i]->name, commands[i]->summary);
  g_print ("  %-9s %s\n\n", "help", "Show a command's options: epns help run");
  g_print ("epns --version shows the version; the manual is epns(1).\n");
}

static int
run_command (const EpnsCommand *command, int argc, char **argv)
{
  g_autofree char *program = g_strdup_printf ("epns %s", command->name);
  g_autofree char **rest = g_new0 (char *, (gsize) argc + 1);

  memcpy (rest, argv, (gsize) argc * sizeof *argv);
  rest[0] = program;
  return command->main (argc, rest);
}

static int
help (const char *name)
{
  const EpnsCommand *command = find (name);
  char *help_argv[] = { NULL, (char *) "--help", NULL };

  if (command != NULL)
    return run_command (command, 2, help_argv);
  g_printerr ("epns: there is no command '%s'; epns --help lists them\n", name);
  return EPNS_EXIT_FAILED;
}

int
main (int argc, char **argv)
{
  const char *word = argc > 1 ? argv[1] : "";

  setlocale (LC_ALL, ""); /* of messages; numbers are read and written the C way everywhere */
  if (strcmp (word, "--version") == 0) {
    g_print ("epns %s\n", PACKAGE_VERSION);
    return EPNS_EXIT_OK;
  }
  if (strcmp (word, "help") == 0 && argc > 2)
    return help (argv[2]);
  if (strcmp (word, "--help") == 0 || strcmp (word, "-h") == 0 || strcmp (word, "help") == 0) {
    print_help ();
    return EPNS_EXIT_OK;
  }
  const EpnsCommand *command = find (word);
  if (command != NULL)
    return run_command (command, argc - 1, argv + 1);
  g_printerr ("epns: %s%s%s; epns --help lists the commands\n",
              *word ? "there is no command '" : "no command was given", word, *word ? "'" : "");
  return EPNS_EXIT_FAILED;
}
