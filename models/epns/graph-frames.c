/* SPDX-License-Identifier: MIT */
/* Principal axes. */
#include "models/epns/graph-frames.h"

#include <math.h>
#include <string.h>

#define EQUAL 1e-6 /* of the largest eigenvalue: nearer ones are taken for one */
#define SWEEPS 60

double
epns_frame_sign (guint dimensions, guint f, guint a)
{
  return f >> (dimensions - 1 - a) & 1 ? -1.0 : 1.0;
}

void
epns_frames_box (EpnsSystemFrames *frames)
{
  memset (frames, 0, sizeof *frames);
  for (guint a = 0; a < 3; a++)
    frames->axes[a][a] = 1;
}

/* One rotation that makes r[p][q] zero (Jacobi's method; Golub and Van Loan, Matrix Computations,
 * section 8.5). */
static void
rotate (double r[3][3], double v[3][3], guint d, guint p, guint q)
{
  if (fabs (r[p][q]) <= 0)
    return;
  const double theta = (r[q][q] - r[p][p]) / (2 * r[p][q]);
  const double t = copysign (1, theta) / (fabs (theta) + hypot (theta, 1));
  const double c = 1 / hypot (t, 1), s = t * c;

  for (guint k = 0; k < d; k++) {
    const double kp = r[k][p], kq = r[k][q];
    r[k][p] = c * kp - s * kq;
    r[k][q] = s * kp + c * kq;
  }
  for (guint k = 0; k < d; k++) {
    const double pk = r[p][k], qk = r[q][k], vp = v[k][p], vq = v[k][q];
    r[p][k] = c * pk - s * qk;
    r[q][k] = s * pk + c * qk;
    v[k][p] = c * vp - s * vq;
    v[k][q] = s * vp + c * vq;
  }
  r[p][q] = r[q][p] = 0;
}

static void
swap_axes (EpnsSystemFrames *frames, guint d, guint p, guint q)
{
  const double value = frames->values[p];

  frames->values[p] = frames->values[q];
  frames->values[q] = value;
  for (guint k = 0; k < d; k++) {
    const double component = frames->axes[k][p];
    frames->axes[k][p] = frames->axes[k][q];
    frames->axes[k][q] = component;
  }
}

static void
diagonalise (double r[3][3], guint d, EpnsSystemFrames *frames)
{
  for (guint sweep = 0; sweep < SWEEPS; sweep++)
    for (guint p = 0; p < d; p++)
      for (guint q = p + 1; q < d; q++)
        rotate (r, frames->axes, d, p, q);
  for (guint a = 0; a < d; a++)
    frames->values[a] = r[a][a];
  for (guint p = 0; p < d; p++)
    for (guint q = p + 1; q < d; q++)
      if (frames->values[q] < frames->values[p])
        swap_axes (frames, d, p, q);
}

void
epns_frames_draw (guint n, const EpnsDrawKey *key, guint32 purpose, double basis[3][3])
{
  for (guint i = 0; i < n; i++) {
    double norm = 0;
    for (guint k = 0; k < n; k++)
      basis[i][k] = epns_random_normal (key, purpose, 3 * i + k);
    for (guint j = 0; j < 2 * i; j++) { /* twice: nearly parallel ones lose digits the first time */
      double along = 0;
      for (guint k = 0; k < n; k++)
        along += basis[i][k] * basis[j % i][k];
      for (guint k = 0; k < n; k++)
        basis[i][k] -= along * basis[j % i][k];
    }
    for (guint k = 0; k < n; k++)
      norm += basis[i][k] * basis[i][k];
    for (guint k = 0; k < n; k++)
      basis[i][k] /= sqrt (norm);
  }
}

/* Axes first .. first + n - 1 become a uniformly drawn basis of the space they span. */
static void
draw_basis (EpnsSystemFrames *frames, guint d, guint first, guint n, const EpnsDrawKey *key,
            guint32 purpose)
{
  double basis[3][3]; /* [vector][coordinate in the old axes] */

  epns_frames_draw (n, key, purpose, basis);
  for (guint c = 0; c < d; c++) {
    double old[3], *row = frames->axes[c] + first;
    memcpy (old, row, n * sizeof *row);
    for (guint i = 0; i < n; i++) {
      row[i] = 0;
      for (guint k = 0; k < n; k++)
        row[i] += basis[i][k] * old[k];
    }
  }
  frames->drawn += n;
}

void
epns_frames_principal (const EpnsSystems *bodies, gsize b, const EpnsDrawKey *key, guint32 purpose,
                       EpnsSystemFrames *frames)
{
  const guint d = bodies->dimensions;
  const double *position = bodies->position + b * bodies->n * d;
  double r[3][3] = { { 0 } };

  epns_frames_box (frames);
  for (gsize i = 0; i < bodies->n; i++)
    for (guint a = 0; a < d; a++)
      frames->centre[a] += position[i * d + a] / (double) bodies->n;
  for (gsize i = 0; i < bodies->n; i++)
    for (guint p = 0; p < d; p++)
      for (guint q = 0; q < d; q++)
        r[p][q] += (position[i * d + p] - frames->centre[p])
                   * (position[i * d + q] - frames->centre[q]);
  diagonalise (r, d, frames);

  const double equal = EQUAL * frames->values[d - 1];
  for (guint first = 0, n; first < d; first += n) {
    for (n = 1;
         first + n < d && frames->values[first + n] - frames->values[first + n - 1] <= equal;)
      n++;
    if (n > 1)
      draw_basis (frames, d, first, n, key, purpose);
  }
}
