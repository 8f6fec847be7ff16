/* SPDX-License-Identifier: MIT */
/* Areas between two distribution functions. */
#include "compare/distances.h"

#include "compare/sweep.h"

#include <math.h>

double
epns_wasserstein (const double *a, gsize n, const double *b, gsize m)
{
  g_return_val_if_fail (n > 0 && m > 0, NAN);

  EpnsSweep both = { a, b, n, m, 0, 0 };
  double from, to, gap, area = 0;
  while (epns_sweep (&both, &from, &to, &gap))
    area += fabs (gap) * (to - from);
  return area;
}

double
epns_energy_distance (const double *a, gsize n, const double *b, gsize m)
{
  g_return_val_if_fail (n > 0 && m > 0, NAN);

  EpnsSweep both = { a, b, n, m, 0, 0 };
  double from, to, gap, area = 0;
  while (epns_sweep (&both, &from, &to, &gap))
    area += gap * gap * (to - from);
  return sqrt (2 * area);
}
