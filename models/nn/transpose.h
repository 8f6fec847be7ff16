/* SPDX-License-Identifier: MIT */
/* Rows to columns, four by four. */
#pragma once
#include <glib.h>
#if defined(__SSE__)
#include <xmmintrin.h>

/* Four rows of four, `across` apart, to four columns, `width` apart. */
static inline void
epns_transpose_four (const float *from, gsize across, float *to, gsize width)
{
  __m128 a = _mm_loadu_ps (from), b = _mm_loadu_ps (from + across),
         c = _mm_loadu_ps (from + 2 * across), d = _mm_loadu_ps (from + 3 * across);

  _MM_TRANSPOSE4_PS (a, b, c, d);
  _mm_storeu_ps (to, a);
  _mm_storeu_ps (to + width, b);
  _mm_storeu_ps (to + 2 * width, c);
  _mm_storeu_ps (to + 3 * width, d);
}
#else
static inline void
epns_transpose_four (const float *from, gsize across, float *to, gsize width)
{
  for (gsize i = 0; i < 4; i++)
    for (gsize l = 0; l < 4; l++)
      to[l * width + i] = from[i * across + l];
}
#endif
