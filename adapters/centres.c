/* SPDX-License-Identifier: MIT */
/* Volumes and centres of mass in one pass over the sites, two where a border is periodic. */
#include "adapters/centres.h"

#include <math.h>
#include <string.h>

double
epns_unwrap (double a, double b, double period)
{
  return a - period * floor ((a - b) / period + 0.5);
}

/* Runs `body` for every site: s its index, c its cell, p its position z, y, x. */
#define FOR_SITES(body)                                                                            \
  for (gsize z = 0, s = 0; z < (gsize) size[0]; z++)                                               \
    for (gsize y = 0; y < (gsize) size[1]; y++)                                                    \
      for (gsize x = 0; x < (gsize) size[2]; x++, s++) {                                           \
        const gint32 c = id[s], p[3] = { (gint32) z, (gint32) y, (gint32) x };                     \
        body                                                                                       \
      }

/* Sums of positions along one axis: plain, or about an anchor. */
static void
sum_axis (const gint32 size[3], const gint32 *id, int axis, const double *anchor, double period,
          double (*centre)[3])
{
  FOR_SITES (centre[c][axis] += anchor ? epns_unwrap (p[axis], anchor[c], period) : p[axis];)
}

/* The circular mean of each cell's positions along one axis. */
static double *
circular_means (const gint32 size[3], const gint32 *id, gsize n_rows, int axis)
{
  gint32 length = size[axis];
  g_autofree double *cosine = g_new (double, length), *sine = g_new (double, length);
  g_autofree double *across = g_new0 (double, n_rows);
  double *along = g_new0 (double, n_rows);

  for (gint32 i = 0; i < length; i++) {
    cosine[i] = cos (2 * G_PI * i / length);
    sine[i] = sin (2 * G_PI * i / length);
  }
  FOR_SITES (along[c] += cosine[p[axis]]; across[c] += sine[p[axis]];)
  for (gsize c = 0; c < n_rows; c++)
    along[c] = atan2 (across[c], along[c]) * length / (2 * G_PI);
  return along;
}

void
epns_lattice_centres (const gint32 size[3], const gint32 periodic[3], const gint32 *id,
                      gsize n_rows, guint32 *volume, double (*centre)[3])
{
  gsize sites = (gsize) size[0] * (gsize) size[1] * (gsize) size[2];

  memset (volume, 0, n_rows * sizeof *volume);
  memset (centre, 0, n_rows * sizeof *centre);
  for (gsize s = 0; s < sites; s++)
    volume[id[s]]++;
  for (int axis = 0; axis < 3; axis++) {
    if (size[axis] == 1)
      continue;
    g_autofree double *anchor = periodic[axis] ? circular_means (size, id, n_rows, axis) : NULL;
    sum_axis (size, id, axis, anchor, size[axis], centre);
  }
  for (gsize c = 0; c < n_rows; c++)
    for (int axis = 0; axis < 3; axis++) {
      double mean = volume[c] > 0 ? centre[c][axis] / volume[c] : NAN;
      centre[c][axis] = periodic[axis] ? epns_unwrap (mean, size[axis] / 2.0 - 0.5, size[axis])
                                       : mean;
    }
}
