/* SPDX-License-Identifier: MIT */
/* What the subcommands share: their table, exit codes, options and one-line errors. */
#pragma once
#include <glib.h>

typedef struct {
  const char *name, *arguments, *summary; /* "run", "FILE", one line for --help */
  const char *note;                       /* that --help ends with; NULL: none */
  int (*main) (int argc, char **argv);    /* argv[0] is "epns NAME"; returns the exit status */
} EpnsCommand;

extern const EpnsCommand epns_command_run, epns_command_compare, epns_command_validate,
    epns_command_verify, epns_command_inspect, epns_command_list, epns_command_doctor,
    epns_command_train, epns_command_export, epns_command_merge;

enum { /* exit statuses */
  EPNS_EXIT_OK = 0,
  EPNS_EXIT_FAILED = 1,       /* the command line, a file or the machine; one line on stderr */
  EPNS_EXIT_REFUSED = 2,      /* validate: a file does not run as it stands */
  EPNS_EXIT_DIFFERS = 3,      /* verify: a number does not hold */
  EPNS_EXIT_INTERRUPTED = 130 /* stopped by a signal; what there is is valid */
};

/* Parse and remove the options; what remains in argv[1..] are arguments, between `least` and
 * `most` of them. --help prints and ends the program. */
gboolean epns_command_parse (const EpnsCommand *self, const GOptionEntry *entries, int *argc,
                             char ***argv, int least, int most, GError **error);

/* Print "epns NAME: message" on stderr and free the error. Returns EPNS_EXIT_FAILED. */
int epns_command_fail (const EpnsCommand *self, GError *error);

/* An option's whole number, "--members 12"; NULL text gives the fallback. */
gboolean epns_command_integer (const char *option, const char *text, guint64 least, guint64 most,
                               guint64 fallback, guint64 *value, GError **error);

/* An option's time: a number above 0; NULL text gives NaN. */
gboolean epns_command_time (const char *option, const char *text, double *value, GError **error);

/* Threads: the option's, else as many as the machine has processors. */
gboolean epns_command_threads (const char *text, guint32 *threads, GError **error);
