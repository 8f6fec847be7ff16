/* SPDX-License-Identifier: MIT */
/* e^x = 2^k e^r, k the whole number next to x / ln 2, and Taylor's series of e^r, |r| <= ln 2 / 2,
 * to r^7 / 7!, whose rest is below 6e-9. tanh x = 1 - 2 / (e^(2 x) + 1). */
#include "models/nn/elementary.h"

#include <string.h>

enum { LANES = 4 };

typedef float Floats __attribute__ ((vector_size (4 * LANES)));
typedef gint32 Ints __attribute__ ((vector_size (4 * LANES)));

/* Where mask, a; else b. */
static inline Floats
choose (Ints mask, Floats a, Floats b)
{
  return (Floats) ((mask & (Ints) a) | (~mask & (Ints) b));
}

static inline Floats
exp_of (Floats x)
{
  const Floats zero = { 0 }, low = zero - 87.0f, high = zero + 88.0f;
  const Floats inside = choose (x < low, low, choose (x > high, high, x));
  const float whole = 12582912.0f; /* 1.5 2^23: what is added to it is rounded to a whole number */
  const Floats shifted = inside * 1.44269504f + whole, k = shifted - whole;
  const Floats r = (inside - k * 0.693359375f) - k * -2.12194440e-4f; /* ln 2 in two parts */
  Floats sum = r * (1.0f / 5040) + 1.0f / 720;

  sum = sum * r + 1.0f / 120;
  sum = sum * r + 1.0f / 24;
  sum = sum * r + 1.0f / 6;
  sum = sum * r + 0.5f;
  sum = sum * r + 1.0f;
  sum = sum * r + 1.0f;
  const Floats power = (Floats) (((Ints) shifted << 23) + (127 << 23));
  return choose (x < low, zero, sum * power);
}

static inline Floats
tanh_of (Floats x)
{
  return 1.0f - 2.0f / (exp_of (x + x) + 1.0f);
}

static inline Floats
load (gsize n, const float *x)
{
  Floats v = { 0 };

  memcpy (&v, x, n * sizeof *x);
  return v;
}

#define OF(name)                                                                                   \
  void epns_##name (gsize n, const float *x, float *to)                                            \
  {                                                                                                \
    const gsize whole = n / LANES * LANES;                                                         \
    for (gsize i = 0; i < whole; i += LANES) {                                                     \
      const Floats v = name (load (LANES, x + i));                                                 \
      memcpy (to + i, &v, sizeof v);                                                               \
    }                                                                                              \
    if (whole < n) {                                                                               \
      const Floats v = name (load (n - whole, x + whole));                                         \
      memcpy (to + whole, &v, (n - whole) * sizeof *to);                                           \
    }                                                                                              \
  }

OF (exp_of)
OF (tanh_of)
