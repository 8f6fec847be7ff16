/* SPDX-License-Identifier: MIT */
/* Training of the published lattice network: the record of its authors' code, replayed number for
 * number; and the objective where that record does not go. */
#include "models/epns/lattice-objective.h"
#include "models/epns/verify.h"
#include "models/nn/optim.h"
#include "plugin/error.h"
#include "tests/suite.h"

#include <glib/gstdio.h>

typedef struct {
  guint compared, weights_off, others_off;
} Tally;

static void
count (void *ctx, const char *name, double error, double tolerance, int32_t holds)
{
  Tally *tally = ctx;

  tally->compared++;
  if (g_str_has_prefix (name, "after_"))
    tally->weights_off += !holds;
  else
    tally->others_off += !holds;
  if (!holds && tally->weights_off + tally->others_off == 1)
    printf ("%s: error %g, tolerance %g\n", name, error, tolerance);
}

static char *
golden (const char *part)
{
  g_autofree char *name = g_strdup_printf ("tests/golden/lattice-unet.%s.safetensors", part);

  return suite_source (name);
}

/* Two one-step updates, then one of two steps: losses, KLs, predictions and all weights. */
START_TEST (a_record_of_training_is_replayed)
{
  g_autofree char *weights = golden ("weights"), *record = golden ("train");
  g_autoptr (GError) error = NULL;
  Tally tally = { 0 };

  ck_assert_msg (epns_verify_reference (weights, record, TRUE, count, &tally, &error), "%s",
                 error ? error->message : "");
  ck_assert_uint_eq (tally.compared, 203);
  ck_assert_uint_eq (tally.weights_off + tally.others_off, 0);
}
END_TEST

/* The record with other metadata, replayed. */
static gboolean
replay_as (const char *adam, const char *held, Tally *tally, GError **error)
{
  g_autofree char *weights = golden ("weights"), *path = golden ("train");
  g_autofree char *folder = g_dir_make_tmp ("epns-record-XXXXXX", NULL);
  g_autofree char *other = g_build_filename (folder, "other.safetensors", NULL);
  g_autoptr (EpnsSafetensors) record = epns_safetensors_read (path, NULL);
  const char *metadata[] = { "adam", adam, "params_without_grad", held, NULL };

  ck_assert (epns_safetensors_write (other, epns_safetensors_nth (record, 0),
                                     epns_safetensors_n (record), metadata, NULL));
  gboolean done = epns_verify_reference (weights, other, TRUE, count, tally, error);
  g_unlink (other);
  g_rmdir (folder);
  return done;
}

/* Small changes of the optimiser alone: seen in the weights. */
START_TEST (another_optimiser_is_noticed)
{
  static const char *others[] = {
    "{\"lr\": 1.05e-4, \"weight_decay\": 1e-4, \"betas\": [0.9, 0.9], \"eps\": 1e-6}",
    "{\"lr\": 1e-4, \"weight_decay\": 1e-4, \"betas\": [0.9, 0.999], \"eps\": 1e-6}",
    "{\"lr\": 1e-4, \"weight_decay\": 1e-4, \"betas\": [0.8, 0.9], \"eps\": 1e-6}",
    "{\"lr\": 1e-4, \"weight_decay\": 1, \"betas\": [0.9, 0.9], \"eps\": 1e-6}",
  };

  for (guint i = 0; i < G_N_ELEMENTS (others); i++) {
    g_autoptr (GError) error = NULL;
    Tally tally = { 0 };

    ck_assert (replay_as (others[i], "[]", &tally, &error));
    ck_assert_msg (tally.weights_off > 0, "%s", others[i]);
  }
}
END_TEST

START_TEST (records_are_read_strictly)
{
  static const struct {
    const char *adam, *held, *says;
  } bad[] = {
    { "[]", "[]", "is not a JSON object" },
    { "{}", "[]", "does not state lr" },
    { "{\"lr\": -1}", "[]", "has 'lr', which must be" },
    { "{\"lr\": \"1\"}", "[]", "has 'lr', which must be" },
    { "{\"lr\": 1, \"betas\": 0.9}", "[]", "has 'betas', which must be" },
    { "{\"lr\": 1, \"betas\": [0.9, 1]}", "[]", "has 'betas', which must be" },
    { "{\"lr\": 1, \"betas\": [0.9]}", "[]", "has 'betas', which must be" },
    { "{\"lr\": 1, \"amsgrad\": false}", "[]", "has 'amsgrad', which must be" },
    { "{\"lr\": 1}", "[\"final_layer.bias\"]", "params_without_grad" },
  };
  g_autofree char *weights = golden ("weights"), *record = golden ("train");
  g_autoptr (GError) error = NULL;
  Tally tally = { 0 };

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++) {
    g_clear_error (&error);
    ck_assert_msg (!replay_as (bad[i].adam, bad[i].held, &tally, &error), "%s", bad[i].adam);
    ck_assert_msg (strstr (error->message, bad[i].says) != NULL, "%s: %s", bad[i].adam,
                   error->message);
    ck_assert_ptr_null (strchr (error->message, '\n'));
  }
  g_clear_error (&error);
  ck_assert (!epns_verify_reference (weights, record, FALSE, count, &tally, &error));
  ck_assert_ptr_nonnull (strstr (error->message, "--gradients"));
  ck_assert_uint_eq (tally.compared, 0);
}
END_TEST

/* --- The objective alone --- */

static gboolean
no_noise (gpointer user G_GNUC_UNUSED, gsize k G_GNUC_UNUSED, EpnsTensor *eps,
          GError **error G_GNUC_UNUSED)
{
  memset (eps->data, 0, eps->count * sizeof *eps->data);
  return TRUE;
}

static gboolean
second_noise_missing (gpointer user G_GNUC_UNUSED, gsize k, EpnsTensor *eps, GError **error)
{
  if (k == 0)
    return no_noise (NULL, k, eps, error);
  g_set_error (error, EPNS_FAILURE, EPNS_FAILURE_IO, "no more noise");
  return FALSE;
}

static void
keep_slots (gpointer user, gsize k, const EpnsLatticeTerms *terms, const EpnsSlots *predicted,
            const EpnsTensor *logits G_GNUC_UNUSED)
{
  gsize *slots = user;

  ck_assert (terms->loss > 0 && terms->kl >= 0);
  slots[k] = predicted->n_slots;
}

/* Stripes of cells 1 .. n - 1, the medium among them. */
static EpnsSlots *
stripes (gsize n)
{
  EpnsSlots *slots = epns_slots_new (1, n, 24, 24);

  for (gsize i = 0; i < 24 * 24; i++) {
    slots->slot[i] = (gint32) (i / 24 * n / 24);
    slots->type[i] = slots->slot[i] % 3;
  }
  return slots;
}

/* A cell that a later state has and the first has not gets a slot then; a failure leaves nothing
 * recorded behind. */
START_TEST (cells_may_appear_later)
{
  g_autofree char *path = golden ("weights");
  g_autoptr (EpnsSafetensors) weights = epns_safetensors_read (path, NULL);
  g_autoptr (EpnsLattice) net = epns_lattice_new (weights, NULL, TRUE, NULL);
  g_autoptr (EpnsContext) ctx = epns_context_new (NULL);
  g_autoptr (EpnsSlots) x = stripes (5), next = stripes (6), last = stripes (8);
  g_autoptr (GError) error = NULL;
  EpnsSlots *truths[] = { next, last };
  EpnsLatticeObjective objective = { net, ctx, 1.0 };
  gsize slots[2] = { 0, 0 };

  ck_assert (epns_lattice_learn (&objective, x, truths, 2, no_noise, keep_slots, slots, &error));
  ck_assert_uint_eq (slots[0], 6);
  ck_assert_uint_eq (slots[1], 8);
  ck_assert_uint_eq (x->n_slots, 5);
  ck_assert (
      !epns_lattice_learn (&objective, x, truths, 2, second_noise_missing, NULL, NULL, &error));
  ck_assert_str_eq (error->message, "no more noise");
  ck_assert (!epns_context_is_recording (ctx));
}
END_TEST

static void
keep_loss (gpointer user, gsize k G_GNUC_UNUSED, const EpnsLatticeTerms *terms,
           const EpnsSlots *predicted G_GNUC_UNUSED, const EpnsTensor *logits G_GNUC_UNUSED)
{
  *(double *) user = terms->loss;
}

/* Loss of stripes moving on by one, after `n_updates` updates of a new network; its weights added
 * to `all`. */
static double
train_new (guint64 seed, guint threads, guint n_updates, GArray *all)
{
  const epns_host host = { .size = sizeof host, .threads = threads };
  g_autofree char *path = golden ("weights");
  g_autoptr (EpnsSafetensors) file = epns_safetensors_read (path, NULL);
  g_autoptr (EpnsLattice) stored = epns_lattice_new (file, NULL, FALSE, NULL);
  g_autoptr (EpnsLattice) net = epns_lattice_draw (epns_lattice_config (stored), seed);
  g_autoptr (EpnsContext) ctx = epns_context_new (&host);
  const EpnsWeights *weights = epns_lattice_weights (net);
  guint n = epns_weights_n (weights);
  g_autofree EpnsTensor **parameters = g_new (EpnsTensor *, n);
  g_autoptr (EpnsSlots) x = stripes (6), truth = stripes (6);
  EpnsLatticeObjective objective = { net, ctx, 1.0 };
  double loss = 0;

  ck_assert_uint_eq (n, epns_weights_n (epns_lattice_weights (stored)));
  for (guint i = 0; i < n; i++)
    parameters[i] = epns_weights_tensor (weights, i);
  g_autoptr (EpnsAdam) adam = epns_adam_new (parameters, n, (EpnsAdamOptions) EPNS_ADAM_DEFAULTS);
  for (guint i = 0; i < n_updates; i++) {
    epns_grads_zero (parameters, n);
    ck_assert (epns_lattice_learn (&objective, x, &truth, 1, no_noise, keep_loss, &loss, NULL));
    epns_adam_step (adam, 1e-3);
  }
  for (guint i = 0; i < n; i++)
    g_array_append_vals (all, parameters[i]->data, (guint) parameters[i]->count);
  return loss;
}

/* A new network learns, and to the same bits on any number of threads. */
START_TEST (new_networks_learn)
{
  guint updates = suite_trials (12, 2);
  g_autoptr (GArray) one = g_array_new (FALSE, FALSE, sizeof (float)),
                     three = g_array_new (FALSE, FALSE, sizeof (float)),
                     fresh = g_array_new (FALSE, FALSE, sizeof (float)),
                     other = g_array_new (FALSE, FALSE, sizeof (float));
  g_autoptr (GArray) start = g_array_new (FALSE, FALSE, sizeof (float));
  double first = train_new (1, 1, 1, start), last = train_new (1, 1, updates, one);

  ck_assert_double_lt (last, first);
  ck_assert_double_eq (train_new (1, 3, updates, three), last);
  ck_assert_uint_eq (one->len, three->len);
  ck_assert_mem_eq (one->data, three->data, one->len * sizeof (float));
  train_new (1, 1, 0, fresh);
  train_new (2, 1, 0, other);
  ck_assert_mem_ne (fresh->data, other->data, fresh->len * sizeof (float));
}
END_TEST

SUITE ("lattice-objective", a_record_of_training_is_replayed, another_optimiser_is_noticed,
       records_are_read_strictly, cells_may_appear_later, new_networks_learn)
