/* SPDX-License-Identifier: MIT */
/* Computed numbers beside stored ones. */
#include "models/epns/comparison.h"
#include "plugin/error.h"

#include <math.h>
#include <string.h>

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

gboolean
epns_comparison_noise (EpnsComparison *self, const char *name, EpnsTensor *noise, GError **error)
{
  const EpnsStored *stored = epns_safetensors_need (self->file, name, error);

  if (stored == NULL)
    return FALSE;
  epns_comparison_input (self, name);
  if (stored->count == noise->count && epns_stored_to_f32 (stored, noise->data))
    return TRUE;
  g_autofree char *shape = epns_tensor_shape_text (noise);
  g_set_error (error, EPNS_FAILURE, EPNS_FAILURE_FORMAT, "%s: tensor '%s' must be F32 and hold %s",
               epns_safetensors_path (self->file), name, shape);
  return FALSE;
}

static double
largest_of (const EpnsStored *stored)
{
  g_autofree double *values = g_new0 (double, stored->count + 1);
  double largest = 0;

  epns_stored_to_f64 (stored, values);
  for (gsize k = 0; k < stored->count; k++)
    largest = fmax (largest, fabs (values[k]));
  return largest;
}

void
epns_comparison_gradients (EpnsComparison *self, const EpnsWeights *weights, const char *prefix)
{
  double largest = 0;

  for (guint i = 0; i < epns_safetensors_n (self->file); i++) {
    const EpnsStored *stored = epns_safetensors_nth (self->file, i);
    if (g_str_has_prefix (stored->name, "grad"))
      largest = fmax (largest, largest_of (stored));
  }
  for (guint i = 0; i < epns_weights_n (weights); i++) {
    EpnsTensor *gradient = epns_weights_tensor (weights, i)->grad;
    g_autofree char *name = g_strconcat (prefix, epns_weights_name (weights, i), NULL);
    const EpnsStored *stored = epns_safetensors_find (self->file, name);

    if (stored != NULL)
      epns_comparison_values (self, name, gradient->data, 0, gradient->count,
                              1e-4 * largest_of (stored) + 1e-6 * largest);
    memset (gradient->data, 0, gradient->count * sizeof *gradient->data);
  }
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
