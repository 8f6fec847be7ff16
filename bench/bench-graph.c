/* SPDX-License-Identifier: MIT */
/* What the graph network costs, on one thread and by its clock: a step and a training update at the
 * published size (5 bodies, 128 features, 5 layers) for several systems at once, and a step a body
 * on cut-off graphs of 1,000 and 10,000 bodies. `bench-graph FOLDER` writes weights.safetensors
 * there, from which bench/torch/bench_graph.py measures PyTorch in the same run; `bench-graph FOLDER
 * 512` measures the published size alone, for 512 systems. */
#include "models/epns/graph-objective.h"
#include "models/epns/graph-step.h"
#include "models/nn/optim.h"
#include "bench/clock.h"
#include "bench/line.h"

#include <math.h>

enum { BODIES = 5 };

static const EpnsGraphConfig published = { .num_layers = 5,
                                           .emb_dim = 128,
                                           .num_latent_dim = 16,
                                           .EPS = 1e-5,
                                           .clip_reconstr_loss_to = INFINITY,
                                           .dimensions = 3,
                                           .species = 1,
                                           .edge_velocity = EPNS_VELOCITY_PUBLISHED,
                                           .node_position = TRUE,
                                           .passes = 1,
                                           .parts = 1,
                                           .scale = 10,
                                           .velocity_scale = 10 };

/* A tissue in a plane: about 20 neighbours within the cut-off, whatever the number of bodies. */
static const EpnsGraphConfig sparse = { .num_layers = 2,
                                        .emb_dim = 64,
                                        .num_latent_dim = 8,
                                        .EPS = 1e-5,
                                        .clip_reconstr_loss_to = INFINITY,
                                        .dimensions = 2,
                                        .species = 2,
                                        .cutoff = 2.5,
                                        .edge_direction = TRUE,
                                        .passes = 1,
                                        .parts = 1,
                                        .scale = 1,
                                        .velocity_scale = 1 };

static EpnsSystems *
make_bodies (gsize systems, gsize n, guint d, double extent, guint64 seed)
{
  const EpnsDrawKey key = { seed, 0, 0 };
  EpnsSystems *bodies = epns_systems_new (systems, n, d);

  for (gsize i = 0; i < systems * n * d; i++) {
    bodies->position[i] = extent * epns_random_uniform (&key, 0, i);
    bodies->velocity[i] = epns_random_normal (&key, 1, i);
  }
  return bodies;
}

static double
step_seconds (const EpnsGraph *net, const EpnsSystems *bodies, guint repeats)
{
  g_autoptr (EpnsContext) ctx = epns_context_new (NULL);
  g_autofree EpnsDrawKey *keys = g_new0 (EpnsDrawKey, bodies->n_systems);
  double best = INFINITY;

  for (guint r = 0; r <= repeats; r++) { /* the first warms up */
    g_autoptr (EpnsSystems) state = epns_systems_copy (bodies);
    g_autoptr (GError) error = NULL;
    const double began = bench_thread_seconds ();
    gint axis;
    if (!epns_graph_step (net, ctx, (EpnsGraphManner){ FALSE, FALSE }, state, keys, 1, &axis,
                          &error))
      g_error ("%s", error->message);
    if (r > 0)
      best = fmin (best, bench_thread_seconds () - began);
  }
  return best;
}

static gboolean
no_noise (gpointer user G_GNUC_UNUSED, gsize k G_GNUC_UNUSED, EpnsTensor *eps,
          GError **error G_GNUC_UNUSED)
{
  for (gsize i = 0; i < eps->count; i++)
    eps->data[i] = 0;
  return TRUE;
}

static double
update_seconds (const EpnsGraph *net, EpnsSystems *bodies, EpnsSystems *next, guint repeats)
{
  g_autoptr (EpnsContext) ctx = epns_context_new (NULL);
  g_autofree EpnsDrawKey *keys = g_new0 (EpnsDrawKey, bodies->n_systems);
  const EpnsGraphObjective objective = { net, ctx, 1, keys };
  const EpnsWeights *weights = epns_graph_weights (net);
  const guint n = epns_weights_n (weights);
  g_autofree EpnsTensor **parameters = g_new (EpnsTensor *, n);
  double best = INFINITY;

  for (guint i = 0; i < n; i++)
    parameters[i] = epns_weights_tensor (weights, i);
  g_autoptr (EpnsAdam) adam = epns_adam_new (parameters, n, (EpnsAdamOptions) EPNS_ADAM_DEFAULTS);
  for (guint r = 0; r <= repeats; r++) {
    g_autoptr (GError) error = NULL;
    const double began = bench_thread_seconds ();
    epns_grads_zero (parameters, n);
    if (!epns_graph_learn (&objective, bodies, &next, 1, no_noise, NULL, NULL, &error))
      g_error ("%s", error->message);
    epns_adam_step (adam, 1e-4);
    if (r > 0)
      best = fmin (best, bench_thread_seconds () - began);
  }
  return best;
}

static void
write_weights (const EpnsGraph *net, const char *path)
{
  const EpnsWeights *weights = epns_graph_weights (net);
  g_autoptr (GArray) tensors = g_array_new (FALSE, TRUE, sizeof (EpnsStored));
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < epns_weights_n (weights); i++) {
    const EpnsTensor *tensor = epns_weights_tensor (weights, i);
    EpnsStored stored = { .name = epns_weights_name (weights, i),
                          .type = EPNS_STORED_F32,
                          .rank = tensor->rank,
                          .count = tensor->count,
                          .bytes = tensor->count * sizeof (float),
                          .data = tensor->data };
    for (guint a = 0; a < tensor->rank; a++)
      stored.shape[a] = (gsize) tensor->shape[a];
    g_array_append_val (tensors, stored);
  }
  if (!epns_safetensors_write (path, (const EpnsStored *) (gpointer) tensors->data, tensors->len,
                               NULL, &error))
    g_error ("%s", error->message);
}

/* As a host opens it: to step, not to train. */
static EpnsGraph *
read_weights (const char *path)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (EpnsSafetensors) weights = epns_safetensors_read (path, &error);
  EpnsGraph *net = weights != NULL ? epns_graph_load (&published, weights, FALSE, &error) : NULL;

  if (net == NULL)
    g_error ("%s", error->message);
  return net;
}

typedef struct {
  guint systems, repeats;
} Batch;

static void
bench_published (const char *folder, guint n, const Batch *batches)
{
  g_autofree char *path = g_build_filename (folder, "weights.safetensors", NULL);
  g_autoptr (EpnsGraph) trained = epns_graph_draw (&published, 1), opened = NULL;

  write_weights (trained, path);
  opened = read_weights (path);
  for (guint i = 0; i < n; i++) {
    g_autoptr (EpnsSystems) now = make_bodies (batches[i].systems, BODIES, 3, 10, 1),
                            next = make_bodies (batches[i].systems, BODIES, 3, 10, 2);
    g_autofree char *step = g_strdup_printf ("step of %u", batches[i].systems);
    g_autofree char *update = g_strdup_printf ("update of %u", batches[i].systems);
    bench_line ("graph", step, 1, "ms", 1e3 * step_seconds (opened, now, batches[i].repeats));
    bench_line ("graph", update, 1, "ms", 1e3 * update_seconds (trained, now, next, batches[i].repeats));
  }
}

static void
bench_sparse (void)
{
  g_autoptr (EpnsGraph) net = epns_graph_draw (&sparse, 1);

  for (gsize n = 1000; n <= 10000; n *= 10) {
    g_autoptr (EpnsSystems) bodies = make_bodies (1, n, 2, sqrt ((double) n), 1);
    g_autofree char *what = g_strdup_printf ("a body of %" G_GSIZE_FORMAT, n);
    bench_line ("graph", what, 1, "us", 1e6 * step_seconds (net, bodies, 2) / (double) n);
  }
}

int
main (int argc, char **argv)
{
  static const Batch batches[] = { { 1, 40 }, { 64, 3 } };

  if (argc == 3) {
    const Batch batch = { (guint) g_ascii_strtoull (argv[2], NULL, 10), 2 };
    bench_published (argv[1], 1, &batch);
  } else if (argc == 2) {
    bench_published (argv[1], G_N_ELEMENTS (batches), batches);
    bench_sparse ();
  } else {
    g_error ("usage: bench-graph FOLDER [SYSTEMS]");
  }
  return 0;
}
