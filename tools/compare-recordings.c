/* SPDX-License-Identifier: MIT */
/* Two recordings in, or three; a report out. */
#include "tools/compare-recordings.h"

#include "compare/compare.h"
#include "compare/report.h"
#include "tools/machine.h"

static char *
say (const EpnsRecordings *self, const EpnsVerdict *verdict)
{
  g_autofree char *path = g_build_filename (self->dir, "table.txt", NULL), *table = NULL;

  g_file_get_contents (path, &table, NULL, NULL);
  return g_strdup_printf ("%s\n%s\n%s\n", table ? table : "", verdict->headline, verdict->text);
}

static char *
write_all (const EpnsRecordings *self, const EpnsComparison *of, GError **error)
{
  g_autofree char *machine = epns_machine ();
  g_autoptr (EpnsVerdict) verdict = NULL;
  const EpnsReportSource source = {
    .of = of,
    .threads = 1,
    .machine = machine,
    .command = self->command,
    .seconds = (double) (g_get_monotonic_time () - self->started) / 1e6,
  };

  return epns_comparison_write (of, self->dir, error)
                 && epns_report_write (&source, self->dir, &verdict, error)
             ? say (self, verdict)
             : NULL;
}

char *
epns_compare_recordings (const EpnsRecordings *self, GError **error)
{
  g_autoptr (EpnsTrajectory) native = epns_trajectory_read (self->native, error);
  g_autoptr (EpnsTrajectory) learned = native ? epns_trajectory_read (self->learned, error) : NULL;
  g_autoptr (EpnsTrajectory) second = NULL;

  if (learned == NULL)
    return NULL;
  if (self->second != NULL) {
    second = epns_trajectory_read (self->second, error);
    if (second == NULL)
      return NULL;
  }
  g_autoptr (EpnsComparison) of = epns_comparison_new (native, second, learned, error);
  return of != NULL ? write_all (self, of, error) : NULL;
}
