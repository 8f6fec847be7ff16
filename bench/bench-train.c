/* SPDX-License-Identifier: MIT */
/* What training the local network costs, with either decoder, by the wall's clock. bench/torch/bench_step.py measures its PyTorch twins on the same tissue, which
 * `bench-train FOLDER` writes there as tissue.npy. */
#include "models/epns/local-train.h"
#include "models/train/trainer.h"
#include "adapters/npy.h"
#include "bench/line.h"
#include "tests/cpm-setup.h"

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
  for (guint f = 0; f < G_N_ELEMENTS (forms); f++)
    for (guint threads = 1; threads <= 2; threads++) {
      g_autofree char *what = g_strdup_printf ("a sample, %s", forms[f].name);
      bench_line ("train", what, threads, "ms",
                  1e3 / samples_a_second (&movie, &forms[f].config, threads));
    }
  g_free (movie.id);
  return 0;
}
