/* SPDX-License-Identifier: MIT */
/* What a network is told of the step that it replaces, and that all of it bears on the law. */
#include "models/epns/local-train.h"
#include "tests/suite.h"
#include "tests/training-data.h"

#include <math.h>

enum { TYPES = 3, INPUTS = 5 + 2 + 2 };

static const double contact[TYPES * TYPES] = { 0, 16, 8, 16, 2, 11, 8, 11, 14 },
                    strength[TYPES] = { 0, 2, 3 }, target[TYPES] = { 0, 25, 30 };

static EpnsLocalConfig
config_of (EpnsLocalDecoder decoder, EpnsLocalLatent latent)
{
  return (EpnsLocalConfig){ .passes = 12, .window = 8, .n_types = TYPES, .target_volume = 20,
                            .decoder = decoder, .reach = 2, .temperature = 1, .attempts = 1,
                            .inputs = EPNS_LOCAL_INPUTS_ENERGIES, .latent = latent,
                            .latent_size = 3 };
}

START_TEST (energies_over_temperature)
{
  const EpnsLocalConfig config = config_of (EPNS_LOCAL_DECODER_SITES, EPNS_LOCAL_LATENT_NONE);
  static const float wanted[INPUTS] = { 1.6f, 0.8f, 0.2f, 1.1f, 1.4f, 0.2f, 0.3f, 1.25f, 1.5f };
  const double temperature = 10;
  const double *values[] = { &temperature, contact, strength, target };
  float inputs[INPUTS];

  ck_assert_uint_eq (epns_local_n_inputs (&config), INPUTS);
  ck_assert (epns_local_inputs (&config, values, inputs, NULL));
  for (guint i = 0; i < INPUTS; i++)
    ck_assert_float_eq_tol (inputs[i], wanted[i], 1e-6f);
}
END_TEST

START_TEST (nothing_is_told_without)
{
  EpnsLocalConfig config = config_of (EPNS_LOCAL_DECODER_SITES, EPNS_LOCAL_LATENT_NONE);

  config.inputs = EPNS_LOCAL_INPUTS_NONE;
  ck_assert_uint_eq (epns_local_n_inputs (&config), 0);
}
END_TEST

START_TEST (unusable_numbers)
{
  const EpnsLocalConfig config = config_of (EPNS_LOCAL_DECODER_SITES, EPNS_LOCAL_LATENT_NONE);
  const double broken[TYPES] = { 0, NAN, 1 }, cold = 0, warm = 1;
  const double *values[] = { &cold, contact, strength, target };
  float inputs[INPUTS];
  g_autoptr (GError) error = NULL, other = NULL;

  ck_assert (!epns_local_inputs (&config, values, inputs, &error));
  ck_assert_ptr_nonnull (strstr (error->message, "temperature is 0"));
  values[EPNS_TOLD_TEMPERATURE] = &warm;
  values[EPNS_TOLD_STRENGTH] = broken;
  ck_assert (!epns_local_inputs (&config, values, inputs, &other));
  ck_assert_ptr_nonnull (strstr (other->message, "not finite"));
}
END_TEST

/* The measured bound of one pair, told so. */
static double
nats_of (const EpnsLocalConfig *config, double temperature, const double *energies)
{
  const EpnsLocalWidths widths = { 5, 4, 6, 5, 16 };
  const EpnsLocalObjective objective = { .later_weight = 0.15 };
  const epns_train_parameter told[] = { { "temperature", &temperature, 1, 0 },
                                        { "contact-energy", energies, TYPES * TYPES, 2 },
                                        { "volume-strength", strength, TYPES, 1 },
                                        { "target-volume", target, TYPES, 1 } };
  const EpnsDrawKey key = { .seed = 3 };
  Movie movie = movie_new (1, 3, 5);
  EpnsTrainMeasure sum = { 0 };
  GError *error = NULL;

  movie.set.parameters = told;
  movie.set.n_parameters = G_N_ELEMENTS (told);
  EpnsTrainable net = epns_local_trainable (epns_local_network_draw (config, &widths, 11),
                                            &objective);
  gpointer worker = net.form->worker_new (net.net);
  EpnsContext *ctx = epns_context_new (NULL);
  const EpnsPair pair = epns_pairs_nth (
      &(EpnsPairs){ .sets = &movie.set, .n_sets = 1, .stride = 1 }, 1, 1);
  ck_assert_msg (net.form->measure (worker, ctx, &pair, &key, &sum, &error), "%s",
                 error ? error->message : "");
  net.form->worker_free (worker);
  net.form->free (net.net);
  epns_context_free (ctx);
  movie_free (&movie);
  return sum.nats;
}

/* Decoders of both sorts, with and without latents. */
START_TEST (every_form_listens)
{
  const EpnsLocalConfig config = config_of (_i % 2 ? EPNS_LOCAL_DECODER_SITES
                                                   : EPNS_LOCAL_DECODER_WINDOWS,
                                            _i / 2 ? EPNS_LOCAL_LATENT_CELL
                                                   : EPNS_LOCAL_LATENT_NONE);
  double other[TYPES * TYPES];

  memcpy (other, contact, sizeof other);
  const double plain = nats_of (&config, 10, contact), warm = nats_of (&config, 12, contact);
  other[1 * TYPES + 2] = 5; /* below the diagonal nothing is looked at: pairs have no order */
  const double drawn = nats_of (&config, 10, other);
  other[1 * TYPES + 2] = contact[1 * TYPES + 2];
  other[2 * TYPES + 1] = 5;
  ck_assert (fabs (warm - plain) > 1e-6 * plain);
  ck_assert (fabs (drawn - plain) > 1e-6 * plain);
  ck_assert_double_eq (nats_of (&config, 10, other), plain);
}
END_TEST

START_TEST (data_must_say)
{
  const EpnsLocalConfig config = config_of (EPNS_LOCAL_DECODER_SITES, EPNS_LOCAL_LATENT_NONE);
  const double temperature = 10;
  const epns_train_parameter told[] = { { "temperature", &temperature, 1, 0 },
                                        { "contact-energy", contact, TYPES * TYPES, 2 },
                                        { "volume-strength", strength, 2, 1 } };
  g_autoptr (GError) error = NULL;
  float inputs[INPUTS];

  ck_assert (!epns_local_train_inputs (&config, told, G_N_ELEMENTS (told), inputs, &error));
  ck_assert_ptr_nonnull (strstr (error->message, "volume-strength"));
}
END_TEST

SUITE_CASES ("local-inputs", ONCE (energies_over_temperature), ONCE (nothing_is_told_without),
             ONCE (unusable_numbers), ONCE (data_must_say), LOOP (every_form_listens, 0, 4))
