/* SPDX-License-Identifier: MIT */
/* 16 lanes, 32 registers: x86-64 with AVX-512. */
#if defined(__x86_64__)
#include <immintrin.h>

#define KERNEL       avx512
#define TARGET       __attribute__ ((target ("avx512f")))
#define VECTOR       __m512
#define LANES        16
#define ROWS         8
#define DOT_ROWS     4
#define DOT_TAPS     6
#define LOAD(p)      _mm512_loadu_ps (p)
#define STORE(p, v)  _mm512_storeu_ps (p, v)
#define ZERO()       _mm512_setzero_ps ()
#define REPEAT(x)    _mm512_set1_ps (x)
#define FMA(a, b, c) _mm512_fmadd_ps (a, b, c)
#define MAX_OF(a, x) _mm512_max_ps (a, x)
#include "models/nn/kernel-loops.h"
#else
typedef int nothing_here;
#endif
