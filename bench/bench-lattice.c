/* SPDX-License-Identifier: MIT */
/* What the published lattice network costs at the published size, once: `bench-lattice step|half|update
 * THREADS`, half being a step in half precision. bench/torch/bench_lattice.py measures its PyTorch twin on the same tissue. */
#include "bench/clock.h"
#include "bench/line.h"
#include "bench/product.h"
#include "models/epns/lattice-objective.h"
#include "models/nn/optim.h"
#include "plugin/random.h"

#include <math.h>

enum { SIDE = 100, CELLS = 64, CELL_SIDE = 10, CELLS_A_ROW = 8 };

/* The published configuration (Minartz et al. 2023, published code). */
static const EpnsLatticeConfig published = { .num_layers = 1,
                                             .emb_dim = 32,
                                             .kernel_size = 9,
                                             .decoder_kernel_size = 11,
                                             .num_latent_dim = 64,
                                             .num_cell_types = 5,
                                             .edge_network_downsampling_factor = 2,
                                             .edge_emb_dim = 32,
                                             .num_edge_network_layers = 3,
                                             .num_node_network_layers = 4,
                                             .global_downsampling_factor = 1,
                                             .prior_and_encoder_arch = EPNS_LATENT_CONV,
                                             .num_prior_and_encoder_layers = 4,
                                             .use_unet = TRUE,
                                             .unet_kernel_size = 5,
                                             .EPS = 1e-6,
                                             .free_bits = 0.1175,
                                             .clip_reconstr_loss_to = INFINITY };

/* --- Multiply-adds, as many as direct sums take --- */

static double
conv (double out, double in, double k, double side)
{
  return out * in * k * k * side * side;
}

static double
unet (double width, guint levels, double k, double side)
{
  double sides[16], widths[16], sum = 0;

  for (guint i = 0; i < levels; i++) {
    sides[i] = i == 0 ? side : (double) (int) (sides[i - 1] / 2);
    widths[i] = i == 0 ? width : 2 * widths[i - 1];
    sum += conv (widths[i], i ? widths[i - 1] : width, k, sides[i])
           + conv (widths[i], widths[i], k, sides[i]);
  }
  for (guint i = levels - 1; i > 0; i--) {
    sum += conv (widths[i], widths[i - 1], k, sides[i]);
    sides[i - 1] = 2 * (sides[i] - 1) + k; /* what the transposed convolution makes of it */
    sum += conv (widths[i - 1], 2 * widths[i - 1], k, sides[i - 1])
           + conv (widths[i - 1], widths[i - 1], k, sides[i - 1]);
  }
  return sum;
}

/* Of one node; what is done once for a lattice is left out. */
static double
set_layer (const EpnsLatticeConfig *c, double channels, double k)
{
  double f = c->edge_network_downsampling_factor, fe = c->edge_emb_dim;

  return conv (fe, channels, f, SIDE / f) + c->num_edge_network_layers * conv (fe, fe, k, SIDE / f)
         + conv (c->emb_dim, channels + fe, 1, SIDE)
         + unet (c->emb_dim, c->num_node_network_layers, c->unet_kernel_size, SIDE);
}

static double
latent (const EpnsLatticeConfig *c, double channels)
{
  double k = c->kernel_size, side = SIDE - k + 1, sum = conv (c->emb_dim, channels, k, side);

  for (guint i = 1; i < c->num_prior_and_encoder_layers; i++) {
    side = side - k + 1;
    sum += conv (c->emb_dim, c->emb_dim, k, side);
    side = (double) (int) (side / 2);
  }
  return sum;
}

/* A step of all nodes, with the posterior if it is for training. */
static double
multiply_adds (gboolean training)
{
  const EpnsLatticeConfig *c = &published;
  double e = c->emb_dim, seen = 1 + c->num_cell_types;

  return (1 + CELLS)
         * (conv (e, seen, 1, SIDE) + set_layer (c, e, c->kernel_size)
            + set_layer (c, e + c->num_latent_dim, c->decoder_kernel_size) + latent (c, e)
            + (training ? latent (c, e + seen) : 0) + conv (1, e, 1, SIDE));
}

/* --- What is timed --- */

/* Square cells in rows, `shift` sites to the right. */
static EpnsSlots *
tissue (gsize shift)
{
  EpnsSlots *slots = epns_slots_new (1, 1 + CELLS, SIDE, SIDE);

  for (gint32 cell = 0; cell < CELLS; cell++)
    for (gsize i = 0; i < CELL_SIDE * CELL_SIDE; i++) {
      gsize y = (gsize) (cell / CELLS_A_ROW + 1) * CELL_SIDE + i / CELL_SIDE;
      gsize x = (gsize) (cell % CELLS_A_ROW + 1) * CELL_SIDE + i % CELL_SIDE + shift;

      slots->slot[y * SIDE + x] = cell + 1;
      slots->type[y * SIDE + x] = 1 + cell % 4;
    }
  return slots;
}

static gboolean
draw_noise (gpointer user G_GNUC_UNUSED, gsize k, EpnsTensor *eps, GError **error G_GNUC_UNUSED)
{
  const EpnsDrawKey key = { 1, 0, k };

  for (gsize i = 0; i < eps->count; i++)
    eps->data[i] = (float) epns_random_normal (&key, 0, i);
  return TRUE;
}

static void
step (const EpnsLattice *net, EpnsContext *ctx, EpnsAdam *adam G_GNUC_UNUSED)
{
  g_autoptr (EpnsSlots) x = tissue (0);
  EpnsPass pass = epns_lattice_pass (net, ctx, x);
  g_auto (EpnsLatticeEncoding) encoding = { .e = NULL };

  epns_lattice_encode (net, &pass, x, &encoding);
  g_autoptr (EpnsTensor) logits = epns_lattice_decode (net, &pass, &encoding, encoding.mu);
  g_autofree gint32 *predicted = g_new (gint32, SIDE * SIDE);
  epns_lattice_argmax (logits, predicted);
}

static void
half (const EpnsLattice *net, EpnsContext *ctx, EpnsAdam *adam)
{
  epns_context_set_half (ctx, TRUE);
  step (net, ctx, adam);
}

static void
update (const EpnsLattice *net, EpnsContext *ctx, EpnsAdam *adam)
{
  g_autoptr (EpnsSlots) x = tissue (0), truth = tissue (1);
  EpnsLatticeObjective objective = { net, ctx, 64.0 };

  epns_grads_zero (adam->parameters, adam->n);
  if (!epns_lattice_learn (&objective, x, &truth, 1, draw_noise, NULL, NULL, NULL))
    g_error ("the published size does not fit the published network");
  epns_adam_step (adam, 1e-4);
}

static const struct {
  const char *what;
  void (*run) (const EpnsLattice *net, EpnsContext *ctx, EpnsAdam *adam);
  gboolean training;
  double times; /* an update goes forward twice, the second time to recompute, and back as twice */
} works[] = { { "step", step, FALSE, 1 }, { "half", half, FALSE, 1 }, { "update", update, TRUE, 4 } };

static void
measure (const EpnsLattice *net, EpnsAdam *adam, guint work, guint threads)
{
  const epns_host host = { .size = sizeof host, .threads = threads };
  g_autoptr (EpnsContext) ctx = epns_context_new (&host);
  const double most = bench_product_gflops (ctx);
  const double gflop = 2e-9 * works[work].times * multiply_adds (works[work].training);
  const char *what = works[work].what;
  g_autofree char *processor = g_strconcat (what, ", processor", NULL);
  g_autofree char *part = g_strconcat (what, ", of the product", NULL);
  g_autofree char *memory = g_strconcat (what, ", memory", NULL);
  double wall = bench_wall_seconds (), cpu = bench_process_seconds ();

  works[work].run (net, ctx, adam);
  wall = bench_wall_seconds () - wall;
  cpu = bench_process_seconds () - cpu;
  bench_line ("lattice", what, threads, "s", wall);
  bench_line ("lattice", processor, threads, "s", cpu);
  bench_line ("lattice", part, threads, "%", 100.0 * gflop / cpu / most);
  bench_peak ("lattice", memory, threads);
}

int
main (int argc, char **argv)
{
  g_autoptr (EpnsLattice) net = epns_lattice_draw (&published, 1);
  const EpnsWeights *weights = epns_lattice_weights (net);
  guint n = epns_weights_n (weights);
  g_autofree EpnsTensor **parameters = g_new (EpnsTensor *, n);

  for (guint i = 0; i < n; i++)
    parameters[i] = epns_weights_tensor (weights, i);
  g_autoptr (EpnsAdam)
      adam = epns_adam_new (parameters, n, (EpnsAdamOptions){ 0.9, 0.9, 1e-6, 1e-4 });
  for (guint work = 0; argc == 3 && work < G_N_ELEMENTS (works); work++)
    if (g_str_equal (argv[1], works[work].what)) {
      measure (net, adam, work, (guint) g_ascii_strtoull (argv[2], NULL, 10));
      return 0;
    }
  g_printerr ("usage: bench-lattice step|half|update THREADS\n");
  return 2;
}
