/* SPDX-License-Identifier: MIT */
/* What the parts of compare/measures.h share. */
#pragma once
#include "compare/measures.h"

static inline double
epns_squared_distance (const double a[3], const double b[3])
{
  double sum = 0;

  for (int axis = 0; axis < 3; axis++)
    sum += (a[axis] - b[axis]) * (a[axis] - b[axis]);
  return sum;
}

/* Fill aspect, neighbours, radius and voronoi; volumes, centres and cells are there already. */
void epns_measure_shapes (EpnsMeasures *self, const gint32 *id);
