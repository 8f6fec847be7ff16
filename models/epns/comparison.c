/* SPDX-License-Identifier: MIT */
/* Computed numbers beside stored ones. */
#include "models/epns/comparison.h"

#include <math.h>

typedef struct {
  gsize seen; /* elements compared or skipped so far */
  double error, tolerance;
} Verdict;

struct _EpnsComparison {
  const EpnsSafetensors *file;
  GHashTable *verdicts; /* name -> Verdict */
  GHashTable *inputs;   /* names */
};

EpnsComparison *
epns_comparison_new (const EpnsSafetensors *file)
{
  EpnsComparison *self = g_new (EpnsComparison, 1);

  self->file = file;
  self->verdicts = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  self->inputs = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  return self;
}

void
epns_comparison_free (EpnsComparison *self)
{
  if (self == NULL)
    return;
  g_hash_table_unref (self->verdicts);
  g_hash_table_unref (self->inputs);
  g_free (self);
}

gboolean
epns_comparison_wants (const EpnsComparison *self, const char *name)
{
  return epns_safetensors_find (self->file, name) != NULL;
}

static Verdict *
verdict_on (EpnsComparison *self, const char *name)
{
  Verdict *verdict = g_hash_table_lookup (self->verdicts, name);

  if (verdict == NULL) {
    verdict = g_new0 (Verdict, 1);
    g_hash_table_insert (self->verdicts, g_strdup (name), verdict);
  }
  return verdict;
}

void
epns_comparison_values (EpnsComparison *self, const char *name, const float *values, gsize first,
                        gsize count, double tolerance)
{
  const EpnsStored *stored = epns_safetensors_find (self->file, name);
  double largest = 0;

  if (stored == NULL)
    return;
  Verdict *verdict = verdict_on (self, name);
  g_autofree double *wanted = g_new (double, stored->count + 1);
  gboolean fits = first <= stored->count && count <= stored->count - first
                  && epns_stored_to_f64 (stored, wanted);

  for (gsize i = 0; fits && i < stored->count; i++)
    largest = fmax (largest, fabs (wanted[i]));
  verdict->tolerance = tolerance >= 0 ? tolerance : EPNS_COMPARISON_TOLERANCE * fmax (1, largest);
  verdict->seen = count == stored->count ? count : verdict->seen + count;
  if (!fits)
    verdict->error = INFINITY;
  for (gsize i = 0; fits && i < count; i++) {
    double error = fabs ((double) values[i] - wanted[first + i]);

    verdict->error = error >= 0 ? fmax (verdict->error, error) : INFINITY; /* not a number */
  }
}

void
epns_comparison_whole (EpnsComparison *self, const char *name, const gint32 *values, gsize count,
                       const gboolean *skip)
{
  const EpnsStored *stored = epns_safetensors_find (self->file, name);

  if (stored == NULL)
    return;
  Verdict *verdict = verdict_on (self, name);
  g_autofree gint32 *wanted = g_new (gint32, stored->count + 1);
  gboolean fits = count == stored->count && epns_stored_to_i32 (stored, wanted);

  verdict->seen = count;
  if (!fits)
    verdict->error = INFINITY;
  for (gsize i = 0; fits && i < count; i++)
    verdict->error += (skip == NULL || !skip[i]) && values[i] != wanted[i];
}

void
epns_comparison_input (EpnsComparison *self, const char *name)
{
  g_hash_table_add (self->inputs, g_strdup (name));
}

static gboolean
has_prefix_of (const char *name, const char *const *prefixes)
{
  for (; *prefixes != NULL; prefixes++)
    if (g_str_has_prefix (name, *prefixes))
      return TRUE;
  return FALSE;
}

void
epns_comparison_report (EpnsComparison *self, const char *const *except, epns_verify_report report,
                        gpointer data)
{
  for (guint i = 0; i < epns_safetensors_n (self->file); i++) {
    const EpnsStored *stored = epns_safetensors_nth (self->file, i);
    const Verdict *verdict = g_hash_table_lookup (self->verdicts, stored->name);

    if (g_hash_table_contains (self->inputs, stored->name) || has_prefix_of (stored->name, except))
      continue;
    if (verdict == NULL || verdict->seen != stored->count)
      report (data, stored->name, INFINITY, verdict ? verdict->tolerance : 0, FALSE);
    else
      report (data, stored->name, verdict->error, verdict->tolerance,
              verdict->error <= verdict->tolerance);
  }
}
