/* SPDX-License-Identifier: MIT */
/* The transforms of Winograd's tiles, for kernel-loops.h: the algorithm of Toom and Cook for short
 * correlations (Winograd, Arithmetic Complexity of Computations, 1980; for convolutional networks
 * Lavin & Gray 2016, arXiv 1509.09308, section 4).
 *
 * Four outputs of a filter of five taps need eight points: 0, 1, -1, 2, -2, 1/2, -1/2 and
 * infinity, in this order (of the small fractions tried those that round least). In the input's
 * matrix the row of a point holds the coefficients of the product of all (x - q), q the other
 * finite points, in the filter's its powers over the product of its distances to those, in the
 * output's its column holds its powers. Infinity has the product of all (x - q), the last tap, and
 * the last power. Points come in pairs of opposite sign, so that both need one even and one odd
 * part. */

#define TIMES(a, x, b) FMA (REPEAT (a), x, b) /* a x + b */

INLINE void
both (VECTOR even, VECTOR odd, VECTOR *y)
{
  y[0] = even + odd;
  y[1] = even - odd;
}

INLINE void
image_to_points (const VECTOR *d, VECTOR *y)
{
  y[0] = TIMES (5.25f, d[2] - d[4], d[6] - d[0]);
  both (TIMES (-4.25f, d[4], d[2] + d[6]), TIMES (-4.25f, d[3], d[1] + d[5]), y + 1);
  both (TIMES (0.25f, d[2], TIMES (-1.25f, d[4], d[6])),
        TIMES (0.5f, d[1], TIMES (-2.5f, d[3], d[5] + d[5])), y + 3);
  both (TIMES (4.0f, d[2], TIMES (-5.0f, d[4], d[6])),
        TIMES (0.5f, d[5], TIMES (-2.5f, d[3], d[1] + d[1])), y + 5);
  y[7] = TIMES (5.25f, d[3] - d[5], d[7] - d[1]);
}

INLINE void
points_to_sites (const VECTOR *m, VECTOR *y)
{
  const VECTOR even1 = m[1] + m[2], even2 = m[3] + m[4], even3 = m[5] + m[6];
  const VECTOR odd1 = m[1] - m[2], odd2 = m[3] - m[4], odd3 = m[5] - m[6];

  y[0] = (m[0] + even1) + (even2 + even3);
  y[1] = TIMES (0.5f, odd3, TIMES (2.0f, odd2, odd1));
  y[2] = TIMES (0.25f, even3, TIMES (4.0f, even2, even1));
  y[3] = TIMES (0.125f, odd3, TIMES (8.0f, odd2, odd1)) + m[7];
}

INLINE void
sites_to_points (const VECTOR *y, VECTOR *m)
{
  m[0] = y[0];
  both (y[0] + y[2], y[1] + y[3], m + 1);
  both (TIMES (4.0f, y[2], y[0]), TIMES (8.0f, y[3], y[1] + y[1]), m + 3);
  both (TIMES (0.25f, y[2], y[0]), TIMES (0.125f, y[3], REPEAT (0.5f) * y[1]), m + 5);
  m[7] = y[3];
}

INLINE void
taps_to_points (const VECTOR *g, VECTOR *u)
{
  const VECTOR at1 = REPEAT (-2.0f / 9.0f), at2 = REPEAT (1.0f / 90.0f),
               at_half = REPEAT (32.0f / 45.0f);

  u[0] = ZERO () - g[0];
  both (at1 * ((g[0] + g[2]) + g[4]), at1 * (g[1] + g[3]), u + 1);
  both (at2 * TIMES (16.0f, g[4], TIMES (4.0f, g[2], g[0])), at2 * TIMES (8.0f, g[3], g[1] + g[1]),
        u + 3);
  both (at_half * TIMES (0.0625f, g[4], TIMES (0.25f, g[2], g[0])),
        at_half * TIMES (0.125f, g[3], REPEAT (0.5f) * g[1]), u + 5);
  u[7] = g[4];
}

INLINE void
points_to_taps (const VECTOR *u, VECTOR *g)
{
  const VECTOR at1 = REPEAT (-2.0f / 9.0f), at2 = REPEAT (1.0f / 90.0f),
               at_half = REPEAT (32.0f / 45.0f);
  const VECTOR even1 = at1 * (u[1] + u[2]), odd1 = at1 * (u[1] - u[2]);
  const VECTOR even2 = at2 * (u[3] + u[4]), odd2 = at2 * (u[3] - u[4]);
  const VECTOR even3 = at_half * (u[5] + u[6]), odd3 = at_half * (u[5] - u[6]);

  g[0] = (even1 - u[0]) + (even2 + even3);
  g[1] = TIMES (0.5f, odd3, TIMES (2.0f, odd2, odd1));
  g[2] = TIMES (0.25f, even3, TIMES (4.0f, even2, even1));
  g[3] = TIMES (0.125f, odd3, TIMES (8.0f, odd2, odd1));
  g[4] = TIMES (0.0625f, even3, TIMES (16.0f, even2, even1)) + u[7];
}

#define SWEEP(name, n_from, n_to) \
  TARGET static void sweep_##name (const EpnsSweep *sweep, const float *restrict from, \
                                   float *restrict to) \
  { \
    VECTOR in[n_from], out[n_to]; \
    for (gsize r = 0; r < sweep->runs; r++, from += sweep->from_run, to += sweep->to_run) \
      for (gsize l = 0; l < sweep->lanes; l += LANES) { \
        UNROLL for (gsize e = 0; e < n_from; e++) \
          in[e] = LOAD (from + e * sweep->from_step + l); \
        name (in, out); \
        UNROLL for (gsize o = 0; o < n_to; o++) \
          STORE (to + o * sweep->to_step + l, out[o]); \
      } \
  }
SWEEP (image_to_points, 8, 8)
SWEEP (points_to_sites, 8, 4)
SWEEP (sites_to_points, 4, 8)
SWEEP (taps_to_points, 5, 8)
SWEEP (points_to_taps, 8, 5)
