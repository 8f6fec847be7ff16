/* SPDX-License-Identifier: MIT */
/* A made-up tissue and a verdict. */
#include "models/epns/symmetry.h"
#include "plugin/random.h"

#include <math.h>
#include <string.h>

enum { DRAW_PLACE, DRAW_ORDER };

static double
largest_of (const float *values, gsize n)
{
  double largest = 1;

  for (gsize i = 0; i < n; i++)
    largest = fmax (largest, fabs ((double) values[i]));
  return largest;
}

void
epns_symmetry_report (const EpnsReporter *reporter, const char *name, const float *a,
                      const float *b, gsize n)
{
  double error = 0, tolerance = EPNS_SYMMETRY_TOLERANCE * largest_of (a, n);

  for (gsize i = 0; i < n; i++) {
    double difference = fabs ((double) a[i] - (double) b[i]);
    error = difference >= 0 ? fmax (error, difference) : INFINITY;
  }
  reporter->report (reporter->data, name, error, tolerance, error <= tolerance);
}

void
epns_symmetry_tissue (gint32 *id, gsize height, gsize width, guint64 seed)
{
  EpnsDrawKey key = { .seed = seed };
  double reach = (double) MIN (height, width) / 6.0;

  for (gsize i = 0; i < height * width; i++) {
    double best = reach * reach;

    id[i] = 0;
    for (gsize c = 0; c < EPNS_SYMMETRY_CELLS; c++) {
      double y = epns_random_uniform (&key, DRAW_PLACE, 2 * c) * (double) height
                 - (double) (i / width);
      double x = epns_random_uniform (&key, DRAW_PLACE, 2 * c + 1) * (double) width
                 - (double) (i % width);

      if (y * y + x * x < best) {
        best = y * y + x * x;
        id[i] = (gint32) c + 1;
      }
    }
  }
}

void
epns_symmetry_shuffle (gint32 *order, gint32 first, gint32 n, guint64 seed)
{
  EpnsDrawKey key = { .seed = seed };

  for (gint32 i = 0; i < n; i++)
    order[i] = i;
  for (gint32 i = n - 1; i > first; i--) {
    gint32 j = first
               + (gint32) (epns_random_uniform (&key, DRAW_ORDER, (guint64) i) * (i - first + 1));
    gint32 swapped = order[i];

    order[i] = order[j];
    order[j] = swapped;
  }
}

float *
epns_symmetry_reorder (const float *a, gsize n, const gint32 *order, gsize rows)
{
  gsize row = n / rows;
  float *b = g_new (float, n);

  for (gsize c = 0; c < rows; c++)
    memcpy (b + c * row, a + (gsize) order[c] * row, row * sizeof *b);
  return b;
}
