/* SPDX-License-Identifier: MIT */
/* What training the local network costs: samples per second and multiply-adds per second, with
 * either decoder. bench/torch/bench_step.py measures its PyTorch twins on the same tissue, which
 * `bench-train FOLDER` writes there as tissue.npy. */
#include "models/epns/local-train.h"
#include "models/train/trainer.h"
#include "adapters/npy.h"
#include "tests/cpm-setup.h"

#include <stdio.h>

enum { SIDE = 64, ROWS = 100, FRAMES = 9, APART = 50, BATCH = 8, WARM_UP = 2, REPEATS = 5 };

typedef struct {
  gint32 *id; /* [FRAMES][SIDE][SIDE] */
  gint32 type[ROWS];
  gint32 cells;
} Movie;

static void
movie_make (Movie *movie)
{
  const gsize sites = SIDE * SIDE;
  CpmSetup setup = cpm_setup_open (NULL);
  CpmTissue tissue;

  cpm_setup_cell_sorting (&setup);
  cpm_tissue_init (&tissue, 1, SIDE, SIDE, ROWS);
  movie->cells = cpm_tissue_blob (&tissue, 22);
  tissue.views[2].data = NULL;
  epns_run *run = cpm_setup_start (&setup, 1, 0);
  movie->id = g_new (gint32, FRAMES * sites);
  for (gsize f = 0; f < FRAMES; f++) {
    cpm_tissue_step (&tissue, run, f == 0 ? 2 * APART : APART, NULL);
    memcpy (movie->id + f * sites, tissue.ids, sites * sizeof *tissue.ids);
  }
  memcpy (movie->type, tissue.types, sizeof movie->type);
  epns_kind_cpm.stop (run);
  cpm_tissue_clear (&tissue);
  cpm_setup_close (&setup);
}

/* (time, y, x, [id, type]) for the twin. */
static void
movie_write (const Movie *movie, const char *folder)
{
  g_autofree char *path = g_build_filename (folder, "tissue.npy", NULL);
  const EpnsNpyShape shape = { 4, { FRAMES, SIDE, SIDE, 2 }, EPNS_I32 };
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  char header[EPNS_NPY_HEADER];

  epns_npy_format (header, &shape);
  g_byte_array_append (bytes, (const guint8 *) header, sizeof header);
  for (gsize s = 0; s < FRAMES * SIDE * SIDE; s++) {
    const gint32 site[2] = { movie->id[s], movie->type[movie->id[s]] };
    g_byte_array_append (bytes, (const guint8 *) site, sizeof site);
  }
  if (!g_file_set_contents (path, (const char *) bytes->data, (gssize) bytes->len, NULL))
    g_error ("%s cannot be written", path);
}

static const struct {
  const char *name;
  EpnsLocalConfig config;
} forms[] = {
  { "windows", EPNS_LOCAL_CONFIG_DEFAULT },
  { "sites",
    { .passes = 12,
      .window = 20,
      .n_types = 3,
      .target_volume = 23,
      .decoder = EPNS_LOCAL_DECODER_SITES,
      .reach = 5 } },
};

static const EpnsLocalWidths widths = {
  .trunk = 24, .width = 16, .film_hidden = 32, .volume_hidden = 24, .site_hidden = 48
};

/* Multiply-adds of the convolutions, and of the sites' perceptrons, for one sample, forward. */
static double
multiply_adds (const EpnsLocalConfig *config, double cells)
{
  double sites = SIDE * SIDE, window = cells * (double) (config->window * config->window);
  double t = (double) widths.trunk, c = (double) widths.width, coarse = window / 4;
  double in = (double) epns_local_cell_channels (config), bid = 1, perceptron = 0;

  if (config->decoder == EPNS_LOCAL_DECODER_SITES) {
    bid = (double) widths.site_hidden + 1;
    perceptron = (window + sites) * (double) (widths.site_hidden * widths.site_hidden);
  }
  return 9 * sites * t * ((double) epns_local_lattice_channels (config) + t + t + c)
         + window * c * (in * 25 + 2 * 9 * c + bid) + coarse * 2 * c * (9 * c + 2 * 9 * 2 * c + c)
         + perceptron;
}

static double
samples_a_second (const Movie *movie, const EpnsLocalConfig *config, guint threads)
{
  const epns_host host = { .size = sizeof host, .threads = threads };
  const epns_train_set set = { .id = movie->id,
                               .type = movie->type,
                               .members = 1,
                               .frames = FRAMES,
                               .height = SIDE,
                               .width = SIDE,
                               .n_ids = ROWS };
  const EpnsPairs pairs = { .sets = &set, .n_sets = 1, .stride = 1 };
  const EpnsTrainerOptions options = { .seed = 1,
                                       .steps = WARM_UP + REPEATS,
                                       .batch = BATCH,
                                       .symmetries = TRUE,
                                       .rate = { .first = 1e-3, .steps = 1 },
                                       .adam = EPNS_ADAM_DEFAULTS,
                                       .clip = 1,
                                       .average = 0.99 };
  const EpnsLocalObjective objective = { .later_weight = 0.15, .start_weight = 0.1 };
  EpnsLocalNetwork *network = epns_local_network_draw (config, &widths, 1);
  g_autoptr (EpnsTrainer) trainer = epns_trainer_new (epns_local_trainable (network, &objective),
                                                      &options, &pairs, &pairs, &host);
  gint64 best = G_MAXINT64;

  for (int i = 0; i < WARM_UP + REPEATS; i++) {
    gint64 began = g_get_monotonic_time ();
    g_autoptr (GError) error = NULL;
    if (!epns_trainer_step (trainer, &error))
      g_error ("%s", error->message);
    if (i >= WARM_UP)
      best = MIN (best, g_get_monotonic_time () - began);
  }
  return BATCH * 1e6 / (double) best;
}

int
main (int argc, char **argv)
{
  Movie movie;

  movie_make (&movie);
  if (argc > 1)
    movie_write (&movie, argv[1]);
  printf ("training the local network, %d x %d, %d cells, batches of %d, best of %d\n", SIDE, SIDE,
          movie.cells, BATCH, REPEATS);
  printf ("%8s %7s %8s %12s %12s %14s\n", "decoder", "window", "threads", "samples/s", "ms/sample",
          "10^9 mult-add/s");
  for (guint f = 0; f < G_N_ELEMENTS (forms); f++)
    for (guint threads = 1; threads <= 2; threads++) {
      double work = 3 * multiply_adds (&forms[f].config, movie.cells); /* forward and back */
      double speed = samples_a_second (&movie, &forms[f].config, threads);
      printf ("%8s %7d %8u %12.1f %12.2f %14.1f\n", forms[f].name, (int) forms[f].config.window,
              threads, speed, 1e3 / speed, speed * work / 1e9);
    }
  g_free (movie.id);
  return 0;
}
