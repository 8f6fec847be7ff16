/* SPDX-License-Identifier: MIT */
/* The shapes of convolutions that benches take: samples, channels in and out, side, kernel. */
#pragma once
#include <glib.h>

typedef struct {
  gint64 samples, in, out, side, k;
} BenchScene;

static const BenchScene bench_scenes[] = {
  { 65, 32, 32, 100, 5 }, { 8, 32, 32, 50, 9 }, { 65, 64, 64, 25, 5 }, /* the published network */
  { 256, 16, 16, 16, 3 }, { 256, 32, 32, 8, 3 }, { 1, 26, 24, 64, 3 }, /* the local one */
};

static inline double
bench_scene_gflop (const BenchScene *self)
{
  return 2e-9 * (double) (self->samples * self->in * self->out)
         * (double) (self->side * self->side * self->k * self->k);
}

/* Free it with g_free(). */
static inline char *
bench_scene_name (const BenchScene *self, const char *what)
{
  return g_strdup_printf ("%d x %d to %d, %d, %d %s", (int) self->samples, (int) self->in,
                          (int) self->out, (int) self->side, (int) self->k, what);
}
