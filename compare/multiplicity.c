/* SPDX-License-Identifier: MIT */
/* Step-down and step-up adjustment of p-values. */
#include "compare/multiplicity.h"

#include <math.h>

typedef struct {
  double p;
  gsize at;
} Ranked;

static int
by_p (gconstpointer a, gconstpointer b)
{
  double x = ((const Ranked *) a)->p, y = ((const Ranked *) b)->p;

  return (x > y) - (x < y);
}

/* The tests there are, by ascending p. */
static GArray *
rank (const double *p, gsize n)
{
  GArray *ranked = g_array_new (FALSE, FALSE, sizeof (Ranked));

  for (gsize i = 0; i < n; i++)
    if (!isnan (p[i])) {
      Ranked test = { p[i], i };
      g_array_append_val (ranked, test);
    }
  g_array_sort (ranked, by_p);
  return ranked;
}

void
epns_adjust_holm (const double *p, double *adjusted, gsize n)
{
  g_autoptr (GArray) ranked = rank (p, n);
  double most = 0;

  for (gsize i = 0; i < n; i++)
    adjusted[i] = p[i];
  for (guint k = 0; k < ranked->len; k++) {
    const Ranked *test = &g_array_index (ranked, Ranked, k);
    most = fmax (most, fmin (1, (double) (ranked->len - k) * test->p));
    adjusted[test->at] = most;
  }
}

void
epns_adjust_fdr (const double *p, double *adjusted, gsize n)
{
  g_autoptr (GArray) ranked = rank (p, n);
  double least = 1;

  for (gsize i = 0; i < n; i++)
    adjusted[i] = p[i];
  for (guint k = ranked->len; k-- > 0;) {
    const Ranked *test = &g_array_index (ranked, Ranked, k);
    least = fmin (least, (double) ranked->len / (double) (k + 1) * test->p);
    adjusted[test->at] = least;
  }
}
