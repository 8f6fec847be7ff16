/* SPDX-License-Identifier: MIT */
/* The published lattice network: equal to its authors' code in every stored tensor, and clear about
 * what it refuses. */
#include "models/epns/lattice-loss.h"
#include "models/epns/verify.h"
#include "plugin/error.h"
#include "tests/suite.h"

#include <glib/gstdio.h>
#include <math.h>

typedef struct {
  guint compared, failed;
  gboolean quiet;
} Tally;

static void
count (void *ctx, const char *name, double error, double tolerance, int32_t holds)
{
  Tally *tally = ctx;

  tally->compared++;
  tally->failed += !holds;
  if (!holds && !tally->quiet)
    printf ("%s: error %g, tolerance %g\n", name, error, tolerance);
}

static void
parity (const char *weights, const char *io)
{
  g_autoptr (GError) error = NULL;
  Tally tally = { 0 };

  ck_assert_msg (epns_verify_reference (weights, io, TRUE, count, &tally, &error), "%s",
                 error ? error->message : "");
  ck_assert_uint_eq (tally.failed, 0);
  ck_assert_uint_gt (tally.compared, 60);
}

/* "unet": as published, small. "sets": prior and posterior by set layers,
 * and global down-sampling. */
START_TEST (equals_the_published_code)
{
  static const char *names[] = { "unet", "sets" };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
    g_autofree char *stem = g_strdup_printf ("tests/golden/lattice-%s", names[i]);
    g_autofree char *weights_name = g_strconcat (stem, ".weights.safetensors", NULL);
    g_autofree char *io_name = g_strconcat (stem, ".io.safetensors", NULL);
    g_autofree char *weights = suite_source (weights_name), *io = suite_source (io_name);

    parity (weights, io);
  }
}
END_TEST

START_TEST (equals_the_published_code_in_every_form)
{
  static const char *names[] = { "cell_convagg_24x24", "cell_nounet_24x24", "cell_odd_25x23",
                                 "cell_unet3_24x24", "cell_unet5_24x24_b2" };
  g_autofree char *folder = suite_data ("golden");
  guint n = suite_trials (G_N_ELEMENTS (names), 1);

  for (guint i = 0; folder != NULL && i < n; i++) {
    g_autofree char *weights = g_strdup_printf ("%s/%s.weights.safetensors", folder, names[i]);
    g_autofree char *io = g_strdup_printf ("%s/%s.io.safetensors", folder, names[i]);

    parity (weights, io);
  }
}
END_TEST

/* A check that can't fail checks nothing: other weights must be noticed. */
START_TEST (other_weights_are_noticed)
{
  g_autofree char *weights = suite_source ("tests/golden/lattice-unet.weights.safetensors");
  g_autofree char *io = suite_source ("tests/golden/lattice-unet.io.safetensors");
  g_autofree char *folder = g_dir_make_tmp ("epns-lattice-XXXXXX", NULL);
  g_autofree char *other = g_build_filename (folder, "other.safetensors", NULL);
  g_autofree char *bytes = NULL;
  g_autoptr (GError) error = NULL;
  Tally tally = { .quiet = TRUE };
  gsize size;

  ck_assert (g_file_get_contents (weights, &bytes, &size, NULL));
  bytes[size - 397] ^= 0x40; /* an exponent */
  ck_assert (g_file_set_contents (other, bytes, (gssize) size, NULL));
  ck_assert (epns_verify_reference (other, io, FALSE, count, &tally, &error));
  ck_assert_uint_gt (tally.failed, 0);
  g_unlink (other);
  g_rmdir (folder);
}
END_TEST

/* The golden weights with another configuration. */
static EpnsLattice *
with_config (const char *config, GError **error)
{
  g_autofree char *path = suite_source ("tests/golden/lattice-unet.weights.safetensors");
  g_autoptr (EpnsSafetensors) golden = epns_safetensors_read (path, NULL);
  g_autofree char *folder = g_dir_make_tmp ("epns-lattice-XXXXXX", NULL);
  g_autofree char *copy = g_build_filename (folder, "w.safetensors", NULL);

  ck_assert_ptr_nonnull (golden);
  ck_assert (epns_safetensors_write (copy, epns_safetensors_nth (golden, 0),
                                     epns_safetensors_n (golden),
                                     (const char *[]){ "config", config, NULL }, NULL));
  g_autoptr (EpnsSafetensors) changed = epns_safetensors_read (copy, NULL);
  EpnsLattice *net = epns_lattice_new (changed, NULL, FALSE, error);
  g_unlink (copy);
  g_rmdir (folder);
  return net;
}

#define SIZES                                                                                      \
  "\"num_layers\": 1, \"emb_dim\": 8, \"kernel_size\": 3, \"decoder_kernel_size\": 3, "            \
  "\"num_latent_dim\": "                                                                           \
  "4, "                                                                                            \
  "\"num_cell_types\": 4, \"edge_network_downsampling_factor\": 2, \"num_node_network_layers\": "  \
  "3, "                                                                                            \
  "\"prior_and_encoder_arch\": \"conv\", \"num_prior_and_encoder_layers\": 3, \"use_unet\": true"

START_TEST (configurations_are_read_strictly)
{
  static const struct {
    const char *config, *says;
  } bad[] = {
    { "{}", "num_layers is not stated" },
    { "[]", "the config in __metadata__ is not a JSON object" },
    { "{" SIZES ", \"emb_dim\": 8}", "has a name twice" },
    { "{" SIZES ", \"emb_dimm\": 8}", "unknown setting 'emb_dimm'" },
    { "{" SIZES ", \"processor\": \"unet_modern\"}", "processor is 'unet_modern'" },
    { "{\"num_layers\": 0}", "num_layers must be a whole number from 1 to 64" },
    { "{\"num_layers\": 1.5}", "num_layers must be a whole number" },
    { "{\"num_layers\": null}", "num_layers must be a whole number" },
    { "{\"use_unet\": 1}", "use_unet must be a truth value" },
    { "{\"EPS\": -1}", "EPS must be a number from 0 to 1" },
    { "{\"prior_and_encoder_arch\": \"gnn\"}",
      "prior_and_encoder_arch must be one of conv|griddeepset" },
    { "{" SIZES ", \"edge_emb_dim\": 9}", "has shape [8, 8, 2, 2], not [9, 8, 2, 2]" },
    { "{" SIZES ", \"unet_kernel_size\": 5}", "has shape [8, 8, 3, 3], not [8, 8, 5, 5]" },
    { "{" SIZES ", \"global_downsampling_factor\": 2}",
      "'engine.global_downsampling.weight' is missing" },
    { "{" SIZES ", \"num_edge_network_layers\": 1}", "has no use for tensor" },
  };
  g_autoptr (GError) error = NULL;
  g_autoptr (EpnsLattice)
      good = with_config ("{" SIZES ", \"edge_emb_dim\": null, \"max_num_cells\": 8}", &error);

  ck_assert_msg (good != NULL, "%s", error ? error->message : "");
  ck_assert_uint_eq (epns_lattice_config (good)->edge_emb_dim, 8);
  ck_assert (isinf (epns_lattice_config (good)->clip_reconstr_loss_to));
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++) {
    g_clear_error (&error);
    ck_assert_ptr_null (with_config (bad[i].config, &error));
    ck_assert_msg (strstr (error->message, bad[i].says) != NULL, "%s: %s", bad[i].config,
                   error->message);
    ck_assert_ptr_null (strchr (error->message, '\n'));
  }
}
END_TEST

/* Whatever a configuration is changed to: a network or a refusal. */
START_TEST (configurations_can_be_mangled)
{
  const char original[] = "{" SIZES ", \"edge_emb_dim\": 8}",
             alphabet[] = "{}[]:,\"\\0123456789-e. aut";
  g_autoptr (GRand) rand = g_rand_new_with_seed (2);
  guint built = 0, trials = suite_trials (300, 30);

  for (guint trial = 0; trial < trials; trial++) {
    g_autofree char *config = g_strdup (original);
    for (guint k = 0; k < 1 + trial % 2; k++)
      config[g_rand_int_range (rand, 0, sizeof original - 1)] = alphabet[g_rand_int_range (
          rand, 0, sizeof alphabet - 1)];
    g_autoptr (GError) error = NULL;
    g_autoptr (EpnsLattice) net = with_config (config, &error);

    ck_assert ((net == NULL) == (error != NULL));
    built += net != NULL;
  }
  ck_assert_uint_lt (built, trials / 2);
}
END_TEST

START_TEST (sizes_that_do_not_fit_are_named)
{
  static const struct {
    gsize height, width, need;
    int axis;
  } sizes[] = { { 25, 24, 26, 0 }, { 24, 23, 24, 1 }, { 8, 100, 12, 0 } };
  g_autoptr (EpnsLattice) net = with_config ("{" SIZES "}", NULL);
  gsize need;
  int axis;

  ck_assert (epns_lattice_takes (net, 12, 24, &axis, &need, NULL));
  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++) {
    g_autoptr (GError) error = NULL;
    ck_assert (!epns_lattice_takes (net, sizes[i].height, sizes[i].width, &axis, &need, &error));
    ck_assert_int_eq (axis, sizes[i].axis);
    ck_assert_uint_eq (need, sizes[i].need);
    ck_assert (g_error_matches (error, EPNS_FAILURE, EPNS_FAILURE_MISMATCH));
  }
}
END_TEST

/* Nodes taken in chunks give the same bits as all at once. */
START_TEST (chunks_change_nothing)
{
  g_autoptr (EpnsLattice) net = with_config ("{" SIZES "}", NULL);
  g_autoptr (EpnsContext) ctx = epns_context_new (NULL);
  g_autoptr (EpnsSlots) slots = epns_slots_new (2, 5, 24, 24);
  g_autofree float *first = NULL;

  for (gsize i = 0; i < 2 * 24 * 24; i++) {
    slots->slot[i] = (gint32) (i / 24 / 6 % 5);
    slots->type[i] = slots->slot[i] % 4;
  }
  for (gsize chunk = 10; chunk > 0; chunk -= 3) { /* 10, 7, 4, 1 of 10 nodes */
    EpnsPass pass = epns_lattice_pass (net, ctx, slots);
    g_auto (EpnsLatticeEncoding) encoding = { .e = NULL };

    pass.chunk = chunk;
    epns_lattice_encode (net, &pass, slots, &encoding);
    g_autoptr (EpnsTensor) logits = epns_lattice_decode (net, &pass, &encoding, encoding.mu);
    if (first == NULL)
      first = g_memdup2 (logits->data, logits->count * sizeof (float));
    ck_assert_mem_eq (first, logits->data, logits->count * sizeof (float));
    if (chunk == 1)
      break;
  }
}
END_TEST

/* Rounded factors move logits a little: by some of bfloat16's 1/256, never not at all. */
START_TEST (half_precision_is_close)
{
  g_autoptr (EpnsLattice) net = with_config ("{" SIZES "}", NULL);
  g_autoptr (EpnsContext) ctx = epns_context_new (NULL);
  g_autoptr (EpnsSlots) slots = epns_slots_new (1, 5, 24, 24);
  EpnsTensor *logits[2];
  double largest = 0, difference = 0;

  for (gsize i = 0; i < 24 * 24; i++) {
    slots->slot[i] = (gint32) (i / 24 / 6 % 5);
    slots->type[i] = slots->slot[i] % 4;
  }
  for (guint half = 0; half < 2; half++) {
    EpnsPass pass = epns_lattice_pass (net, ctx, slots);
    g_auto (EpnsLatticeEncoding) encoding = { .e = NULL };

    epns_context_set_half (ctx, (gboolean) half);
    epns_lattice_encode (net, &pass, slots, &encoding);
    logits[half] = epns_lattice_decode (net, &pass, &encoding, encoding.mu);
  }
  for (gsize i = 0; i < logits[0]->count; i++) {
    const double single = (double) logits[0]->data[i];
    largest = fmax (largest, fabs (single));
    difference = fmax (difference, fabs (single - (double) logits[1]->data[i]));
  }
  ck_assert_double_lt (difference, 0.02 * largest);
  ck_assert_double_gt (difference, 1e-5 * largest);
  epns_tensor_unref (logits[0]);
  epns_tensor_unref (logits[1]);
}
END_TEST

START_TEST (references_are_read_strictly)
{
  g_autofree char *weights = suite_source ("tests/golden/lattice-unet.weights.safetensors");
  g_autoptr (GError) error = NULL;
  Tally tally = { 0 };

  ck_assert (
      !epns_verify_reference (weights, weights, FALSE, count, &tally, &error)); /* has no x */
  ck_assert_ptr_nonnull (strstr (error->message, "tensor 'x' is missing"));
  g_clear_error (&error);
  ck_assert (!epns_verify_reference ("/nonexistent", weights, FALSE, count, &tally, &error));
  ck_assert_ptr_nonnull (strstr (error->message, "/nonexistent"));
  ck_assert_uint_eq (tally.compared, 0);
}
END_TEST

SUITE ("lattice", equals_the_published_code, equals_the_published_code_in_every_form,
       other_weights_are_noticed, configurations_are_read_strictly, configurations_can_be_mangled,
       sizes_that_do_not_fit_are_named, chunks_change_nothing,
       half_precision_is_close, references_are_read_strictly)
