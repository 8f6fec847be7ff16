/* SPDX-License-Identifier: MIT */
/* rng=compucell3d against lattices that CompuCell3D 4.8.0 wrote: not one pixel may differ.
 * tests/golden/cellsort-gg-seed01.u8 holds four planes of 64 x 64 bytes: cell ids after 0, 10 and
 * 500 MCS with RandomSeed 1, and the cells' types. The large data, where present, holds ten seeds
 * each of two starts, every 10 MCS up to 500. */
#include "tests/cpm-setup.h"
#include "tests/npz.h"
#include "tests/suite.h"

enum { SIDE = 64, SITES = SIDE * SIDE, ROWS = 256, SEEDS = 10, FRAMES = 51, MCS_PER_FRAME = 10 };

static void
start (CpmSetup *setup, CpmTissue *tissue)
{
  *setup = cpm_setup_open (NULL);
  cpm_setup_cell_sorting (setup);
  cpm_setup_number (setup, "rng", 1);
  cpm_tissue_init (tissue, 1, SIDE, SIDE, ROWS);
}

START_TEST (golden_run)
{
  g_autofree char *path = suite_source ("tests/golden/cellsort-gg-seed01.u8"), *text = NULL;
  CpmSetup setup;
  CpmTissue tissue;
  gsize length;

  ck_assert (g_file_get_contents (path, &text, &length, NULL));
  ck_assert_uint_eq (length, 4 * SITES);
  const guint8 *plane = (const guint8 *) text;
  start (&setup, &tissue);
  epns_run *run = cpm_setup_start (&setup, 1, 0);
  for (int i = 0; i < SITES; i++) {
    tissue.ids[i] = plane[i];
    tissue.types[plane[i]] = plane[3 * SITES + i];
  }
  for (int frame = 1; frame <= 2; frame++) {
    ck_assert_int_eq (cpm_tissue_step (&tissue, run, frame == 1 ? 10 : 490, NULL), EPNS_OK);
    for (int i = 0; i < SITES; i++)
      ck_assert_int_eq (tissue.ids[i], plane[frame * SITES + i]);
  }
  epns_kind_cpm.stop (run);
  cpm_tissue_clear (&tissue);
  cpm_setup_close (&setup);
}
END_TEST

/* All frames of one seed: [FRAMES][SITES][id, type]. */
static void
follow (const gint32 *frames, guint64 seed)
{
  CpmSetup setup;
  CpmTissue tissue;

  start (&setup, &tissue);
  epns_run *run = cpm_setup_start (&setup, seed, 0);
  for (int i = 0; i < SITES; i++) {
    tissue.ids[i] = frames[2 * i];
    tissue.types[frames[2 * i]] = frames[2 * i + 1];
  }
  for (int frame = 1; frame < FRAMES; frame++) {
    int differing = 0;
    ck_assert_int_eq (cpm_tissue_step (&tissue, run, MCS_PER_FRAME, NULL), EPNS_OK);
    for (int i = 0; i < SITES; i++)
      differing += tissue.ids[i] != frames[2 * (frame * SITES + i)];
    ck_assert_msg (differing == 0, "seed %u, frame %d: %d pixels differ", (guint) seed, frame,
                   differing);
  }
  epns_kind_cpm.stop (run);
  cpm_tissue_clear (&tissue);
  cpm_setup_close (&setup);
}

static void
follow_all (const char *file)
{
  g_autofree char *path = suite_data (file);
  g_autoptr (EpnsNpz) frames = path ? epns_npz_read (path, "frames", NULL) : NULL;
  const gsize per_seed = (gsize) FRAMES * SITES * 2;

  if (path == NULL)
    return;
  ck_assert_ptr_nonnull (frames);
  ck_assert_uint_eq (frames->n, SEEDS * per_seed);
  for (guint seed = 1; seed <= SEEDS; seed++)
    follow (frames->data + (seed - 1) * per_seed, seed);
}

START_TEST (ten_seeds_of_the_random_start)
{
  follow_all ("cc3d/gg_seeds01-10.npz");
}
END_TEST

START_TEST (ten_seeds_of_the_fixed_start)
{
  follow_all ("cc3d/sameinit_seeds01-10.npz");
}
END_TEST

/* A stream is another RandomSeed, and seeds of more than 32 bits there are none. */
START_TEST (streams_are_seeds)
{
  CpmSetup setup;
  CpmTissue one, other;
  epns_run *run = NULL;
  epns_error error;

  start (&setup, &one);
  cpm_tissue_init (&other, 1, SIDE, SIDE, ROWS);
  cpm_tissue_blob (&one, 20);
  cpm_tissue_blob (&other, 20);
  epns_run *a = cpm_setup_start (&setup, 7, 0), *b = cpm_setup_start (&setup, 4, 3);
  cpm_tissue_step (&one, a, 3, NULL);
  cpm_tissue_step (&other, b, 3, NULL);
  ck_assert_mem_eq (one.ids, other.ids, SITES * sizeof (gint32));
  ck_assert_int_eq (
      epns_kind_cpm.start (setup.model, setup.params, setup.n_params, G_MAXUINT32, 1, &run, &error),
      EPNS_DISCARD);
  ck_assert_ptr_null (run);
  ck_assert_ptr_nonnull (strstr (error.text, "2^32"));
  epns_kind_cpm.stop (a);
  epns_kind_cpm.stop (b);
  cpm_tissue_clear (&one);
  cpm_tissue_clear (&other);
  cpm_setup_close (&setup);
}
END_TEST

SUITE ("cpm-compucell3d", golden_run, ten_seeds_of_the_random_start, ten_seeds_of_the_fixed_start,
       streams_are_seeds)
