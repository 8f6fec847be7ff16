/* SPDX-License-Identifier: MIT */
/* The portable kernel, in the compiler's own vectors of 4 lanes, and the choice among all. */
#include "models/nn/kernel.h"

#include <string.h>

typedef float Vector4 __attribute__ ((vector_size (16)));

static inline Vector4
load4 (const float *p)
{
  Vector4 v;

  memcpy (&v, p, sizeof v);
  return v;
}

static inline void
store4 (float *p, Vector4 v)
{
  memcpy (p, &v, sizeof v);
}

static inline Vector4
max4 (Vector4 a, Vector4 x)
{
  typedef gint32 Mask4 __attribute__ ((vector_size (16)));
  const Mask4 less = (Mask4) (x < a);

  return (Vector4) (((Mask4) a & less) | ((Mask4) x & ~less));
}

#if defined(__FMA__) || defined(__aarch64__) /* the same bits as the other kernels */
#define FUSED(a, b, c, i) __builtin_fmaf ((a)[i], (b)[i], (c)[i])
#define FMA(a, b, c)                                                                               \
  ((Vector4){ FUSED (a, b, c, 0), FUSED (a, b, c, 1), FUSED (a, b, c, 2), FUSED (a, b, c, 3) })
#else
#define FMA(a, b, c) ((a) * (b) + (c))
#endif
#define KERNEL portable
#define TARGET
#define VECTOR      Vector4
#define LANES       4
#define ROWS        4
#define DOT_ROWS    1
#define DOT_TAPS    3
#define LOAD(p)     load4 (p)
#define STORE(p, v) store4 (p, v)
#define ZERO()      ((Vector4){ 0 })
#define REPEAT(x)   ((Vector4){ (x), (x), (x), (x) })
#define MAX_OF(a, x) max4 (a, x)
#include "models/nn/kernel-loops.h"

const EpnsKernel *
epns_kernel_nth (guint i)
{
  const EpnsKernel *kernels[4] = { &epns_kernel_portable };
  guint n = 1;

#if defined(__x86_64__) && !defined(EPNS_ONLY_PORTABLE_KERNEL) /* that to test it */
  if (__builtin_cpu_supports ("avx2") && __builtin_cpu_supports ("fma"))
    kernels[n++] = &epns_kernel_avx2;
  if (__builtin_cpu_supports ("avx512f"))
    kernels[n++] = &epns_kernel_avx512;
#endif
  return i < n ? kernels[i] : NULL;
}

const EpnsKernel *
epns_kernel (void)
{
  const EpnsKernel *widest = NULL, *kernel;

  for (guint i = 0; (kernel = epns_kernel_nth (i)) != NULL; i++)
    widest = kernel;
  return widest;
}
