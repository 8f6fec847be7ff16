/* SPDX-License-Identifier: MIT */
/* Sums of products of bfloat16 by tiles of registers (AMX): x86-64 Linux. */
#include <config.h>

#include "models/nn/kernel.h"

#if defined(__x86_64__) && defined(__linux__) && !defined(EPNS_ONLY_PORTABLE_KERNEL)
#include <cpuid.h>
#include <immintrin.h>
#include <sys/syscall.h>
#include <unistd.h>

#define TARGET         __attribute__ ((target ("amx-tile,amx-bf16")))
#define ASK_PERMISSION 0x1023 /* ARCH_REQ_XCOMP_PERM of arch_prctl(2) */
#define TILE_DATA      18
#define SIDE           16 /* rows of a tile, and words of a row */

typedef struct { /* what LDTILECFG reads */
  guint8 palette, start_row, reserved[14];
  guint16 row_bytes[16];
  guint8 rows[16];
} Configuration;

enum { SUMS, LEFT = 4, RIGHT = 6, N_TILES = 8 };

/* 2 x 2 tiles of sums, or 1 x 2. The numbers of registers are part of the instructions. */
TARGET static void
half (gsize n, gsize pairs, gsize rows, const guint32 *left, const guint32 *right,
      const gint32 *offsets, gsize plane, float *tile)
{
  Configuration configuration = { .palette = 1 };
  const gsize left_pitch = pairs * sizeof *left, right_pitch = plane * sizeof *right,
              pitch = EPNS_HALF_SIDE * sizeof *tile;

  for (guint i = 0; i < N_TILES; i++) {
    configuration.rows[i] = (guint8) (i < RIGHT ? SIDE : pairs);
    configuration.row_bytes[i] =
        (guint16) (i < LEFT || i >= RIGHT ? SIDE * sizeof *left : left_pitch);
  }
  _tile_loadconfig (&configuration);
  _tile_zero (0);
  _tile_zero (1);
  _tile_zero (2);
  _tile_zero (3);
  for (gsize k = 0; k < n; k++, left += EPNS_HALF_SIDE * pairs) {
    const guint32 *line = right + (gsize) offsets[k];
    _tile_loadd (6, line, right_pitch);
    _tile_loadd (7, line + SIDE, right_pitch);
    _tile_loadd (4, left, left_pitch);
    _tile_dpbf16ps (0, 4, 6);
    _tile_dpbf16ps (1, 4, 7);
    if (rows > SIDE) {
      _tile_loadd (5, left + SIDE * pairs, left_pitch);
      _tile_dpbf16ps (2, 5, 6);
      _tile_dpbf16ps (3, 5, 7);
    }
  }
  _tile_stored (0, tile, pitch);
  _tile_stored (1, tile + SIDE, pitch);
  if (rows > SIDE) {
    _tile_stored (2, tile + SIDE * EPNS_HALF_SIDE, pitch);
    _tile_stored (3, tile + SIDE * EPNS_HALF_SIDE + SIDE, pitch);
  }
  _tile_release ();
}

EpnsHalfFunction
epns_kernel_half_tiles (void)
{
  const guint tiles = 1u << 24, bfloat16 = 1u << 22; /* of leaf 7's EDX */
  guint eax, ebx, ecx, edx;

  if (!__get_cpuid_count (7, 0, &eax, &ebx, &ecx, &edx) || (edx & tiles) == 0 ||
      (edx & bfloat16) == 0)
    return NULL;
  return syscall (SYS_arch_prctl, ASK_PERMISSION, TILE_DATA) == 0 ? half : NULL;
}
#else
EpnsHalfFunction
epns_kernel_half_tiles (void)
{
  return NULL;
}
#endif
