/* SPDX-License-Identifier: MIT */
/* 8 lanes, 16 registers: x86-64 with AVX2 and fused multiply-add. */
#if defined(__x86_64__)
#include <immintrin.h>

#define KERNEL       avx2
#define TARGET       __attribute__ ((target ("avx2,fma")))
#define VECTOR       __m256
#define LANES        8
#define ROWS         4
#define DOT_ROWS     2
#define DOT_TAPS     3
#define LOAD(p)      _mm256_loadu_ps (p)
#define STORE(p, v)  _mm256_storeu_ps (p, v)
#define ZERO()       _mm256_setzero_ps ()
#define REPEAT(x)    _mm256_set1_ps (x)
#define FMA(a, b, c) _mm256_fmadd_ps (a, b, c)
#define MAX_OF(a, x) _mm256_max_ps (a, x)
#include "models/nn/kernel-loops.h"
#else
typedef int nothing_here;
#endif
