/* SPDX-License-Identifier: MIT */
/* The same convolutions and product by oneDNN, in the layouts that it likes best and without what
 * bringing maps into them costs. Set OMP_NUM_THREADS to 1. */
#include "bench/clock.h"
#include "bench/line.h"
#include "bench/scenes.h"

#include <dnnl.h>

enum { REPEATS = 3, PRODUCT = 512 };
enum { SOURCE, WEIGHTS, BIAS, TARGET, N_MEMORIES };

static void
must (dnnl_status_t status)
{
  if (status != dnnl_success)
    g_error ("oneDNN answers %d", (int) status);
}

static dnnl_memory_desc_t
any_layout (int rank, const dnnl_dims_t dims)
{
  dnnl_memory_desc_t md;

  must (dnnl_memory_desc_init_by_tag (&md, rank, dims, dnnl_f32,
                                      rank == 1 ? dnnl_x : dnnl_format_tag_any));
  return md;
}

static dnnl_primitive_desc_t
convolution (dnnl_engine_t engine, const BenchScene *scene)
{
  const dnnl_dims_t ones = { 1, 1 }, pads = { scene->k / 2, scene->k / 2 };
  const dnnl_memory_desc_t source = any_layout (
      4, (dnnl_dims_t){ scene->samples, scene->in, scene->side, scene->side });
  const dnnl_memory_desc_t weights
      = any_layout (4, (dnnl_dims_t){ scene->out, scene->in, scene->k, scene->k });
  const dnnl_memory_desc_t bias = any_layout (1, (dnnl_dims_t){ scene->out });
  const dnnl_memory_desc_t target = any_layout (
      4, (dnnl_dims_t){ scene->samples, scene->out, scene->side, scene->side });
  dnnl_convolution_desc_t about;
  dnnl_primitive_desc_t desc;

  must (dnnl_convolution_forward_desc_init (&about, dnnl_forward_inference,
                                            dnnl_convolution_direct, &source, &weights, &bias,
                                            &target, ones, pads, pads));
  must (dnnl_primitive_desc_create (&desc, &about, NULL, engine, NULL));
  return desc;
}

/* Best time in seconds of a layer. */
static double
seconds (dnnl_engine_t engine, dnnl_stream_t stream, const BenchScene *scene)
{
  static const dnnl_query_t queries[] = { dnnl_query_src_md, dnnl_query_weights_md,
                                          dnnl_query_weights_md, dnnl_query_dst_md };
  static const int index[] = { 0, 0, 1, 0 };
  static const int as[] = { DNNL_ARG_SRC, DNNL_ARG_WEIGHTS, DNNL_ARG_BIAS, DNNL_ARG_DST };
  dnnl_primitive_desc_t desc = convolution (engine, scene);
  dnnl_exec_arg_t args[N_MEMORIES];
  dnnl_primitive_t layer;
  double best = G_MAXDOUBLE;

  for (int m = 0; m < N_MEMORIES; m++) {
    const dnnl_memory_desc_t *md = dnnl_primitive_desc_query_md (desc, queries[m], index[m]);
    void *data;
    args[m].arg = as[m];
    must (dnnl_memory_create (&args[m].memory, md, engine, DNNL_MEMORY_ALLOCATE));
    must (dnnl_memory_get_data_handle (args[m].memory, &data));
    for (gsize i = 0; i < dnnl_memory_desc_get_size (md) / sizeof (float); i++)
      ((float *) data)[i] = (float) (i % 17) / 17 - 0.5f;
  }
  must (dnnl_primitive_create (&layer, desc));
  for (int repeat = 0; repeat <= REPEATS; repeat++) { /* the first warms up */
    const double began = bench_thread_seconds ();
    must (dnnl_primitive_execute (layer, stream, N_MEMORIES, args));
    must (dnnl_stream_wait (stream));
    if (repeat > 0)
      best = MIN (best, bench_thread_seconds () - began);
  }
  for (int m = 0; m < N_MEMORIES; m++)
    must (dnnl_memory_destroy (args[m].memory));
  must (dnnl_primitive_destroy (layer));
  must (dnnl_primitive_desc_destroy (desc));
  return best;
}

static double
product_gflops (void)
{
  const gsize n = PRODUCT;
  g_autofree float *a = g_new0 (float, n * n), *b = g_new0 (float, n * n), *c = g_new0 (float, n * n);
  double best = 0;

  for (int repeat = 0; repeat < 10 * REPEATS; repeat++) {
    const double began = bench_thread_seconds ();
    must (dnnl_sgemm ('N', 'N', PRODUCT, PRODUCT, PRODUCT, 1, a, PRODUCT, b, PRODUCT, 0, c,
                      PRODUCT));
    best = MAX (best, 2e-9 * (double) (n * n * n) / (bench_thread_seconds () - began));
  }
  return best;
}

int
main (void)
{
  const double most = product_gflops ();
  dnnl_engine_t engine;
  dnnl_stream_t stream;

  must (dnnl_engine_create (&engine, dnnl_cpu, 0));
  must (dnnl_stream_create (&stream, engine, dnnl_stream_default_flags));
  bench_line ("dnnl", "product of 512 x 512", 1, "GFLOP/s", most);
  for (gsize s = 0; s < G_N_ELEMENTS (bench_scenes); s++) {
    g_autofree char *what = bench_scene_name (&bench_scenes[s], "forward");
    bench_line ("dnnl", what, 1, "ms", 1e3 * seconds (engine, stream, &bench_scenes[s]));
  }
  must (dnnl_stream_destroy (stream));
  must (dnnl_engine_destroy (engine));
  return 0;
}
