/* SPDX-License-Identifier: MIT */
/* Parts of ensembles, and what they are called. */
#include "tools/part.h"

#include "plugin/error.h"

#include <stdio.h>
#include <string.h>

#define MOST_PARTS 1000000

/* A whole number of the environment; FALSE where it is none. */
static gboolean
environment (const char *name, guint64 *value)
{
  const char *text = g_getenv (name);

  return text != NULL && g_ascii_string_to_unsigned (text, 10, 0, G_MAXINT32, value, NULL);
}

static gboolean
of_ranks (EpnsPart *part)
{
  static const char *const names[][2]
      = { { "OMPI_COMM_WORLD_RANK", "OMPI_COMM_WORLD_SIZE" }, { "PMI_RANK", "PMI_SIZE" } };
  guint64 rank, ranks;

  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    if (environment (names[i][0], &rank) && environment (names[i][1], &ranks) && rank < ranks) {
      *part = (EpnsPart){ (guint32) rank + 1, (guint32) ranks };
      return TRUE;
    }
  return FALSE;
}

static gboolean
of_array (EpnsPart *part, GError **error)
{
  guint64 id, first, step, count;

  if (environment ("SLURM_ARRAY_TASK_ID", &id) && environment ("SLURM_ARRAY_TASK_MIN", &first)
      && environment ("SLURM_ARRAY_TASK_STEP", &step)
      && environment ("SLURM_ARRAY_TASK_COUNT", &count) && step > 0 && id >= first
      && (id - first) / step < count) {
    *part = (EpnsPart){ (guint32) ((id - first) / step) + 1, (guint32) count };
    return TRUE;
  }
  g_set_error (error, EPNS_FAILURE, EPNS_FAILURE_RANGE,
               "--part slurm: this is no task of an array (SLURM_ARRAY_TASK_ID and its MIN, STEP "
               "and COUNT); start it by sbatch --array=1-N, or give --part I/N");
  return FALSE;
}

gboolean
epns_part_parse (const char *text, EpnsPart *part, GError **error)
{
  g_auto (GStrv) words = g_strsplit (text ? text : "", "/", -1);
  guint64 number, of;

  *part = (EpnsPart){ 1, 1 };
  if (text == NULL) {
    of_ranks (part);
    return TRUE;
  }
  if (strcmp (text, "slurm") == 0)
    return of_array (part, error);
  if (g_strv_length (words) == 2
      && g_ascii_string_to_unsigned (words[1], 10, 1, MOST_PARTS, &of, NULL)
      && g_ascii_string_to_unsigned (words[0], 10, 1, of, &number, NULL)) {
    *part = (EpnsPart){ (guint32) number, (guint32) of };
    return TRUE;
  }
  g_set_error (error, EPNS_FAILURE, EPNS_FAILURE_RANGE,
               "--part '%s': give I/N, part I of N from 1 on, or slurm", text);
  return FALSE;
}

gboolean
epns_part_members (const EpnsPart *self, guint32 members, guint32 *first, guint32 *n,
                   GError **error)
{
  *first = (guint32) ((guint64) members * (self->number - 1) / self->of);
  *n = (guint32) ((guint64) members * self->number / self->of) - *first;
  if (members >= self->of)
    return TRUE;
  g_set_error (error, EPNS_FAILURE, EPNS_FAILURE_RANGE,
               "%u members are fewer than %u parts; give more --members, or fewer parts", members,
               self->of);
  return FALSE;
}

char *
epns_part_path (const EpnsPart *self, const char *path)
{
  const char *dot = strrchr (path, '.');
  const int stem = dot != NULL ? (int) (dot - path) : (int) strlen (path);
  g_autofree char *of = g_strdup_printf ("%u", self->of);

  return g_strdup_printf ("%.*s.part-%0*u-of-%s%s", stem, path, (int) strlen (of), self->number, of,
                          dot ? dot : "");
}

char *
epns_part_describe (guint32 first, guint32 n, guint32 members)
{
  return g_strdup_printf ("%u to %u of %u", first, first + n - 1, members);
}

gboolean
epns_part_described (const char *text, guint32 *first, guint32 *n, guint32 *members)
{
  guint32 last;

  if (text == NULL || sscanf (text, "%u to %u of %u", first, &last, members) != 3
      || last < *first || last >= *members)
    return FALSE;
  *n = last - *first + 1;
  return TRUE;
}
