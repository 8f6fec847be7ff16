/* SPDX-License-Identifier: MIT */
/* Model folders: what model.xml says, typed attributes, and folders that lie. */
#include "models/description.h"
#include "tests/reading.h"

#include <math.h>

#define EMPTY_SHA256 "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

/* A folder with the example's model.xml, changed, and an empty weights file. */
static char *
folder_with (const char *from, const char *to)
{
  g_autofree char *base = reading_load ("schemas/examples/model-valid.xml"),
                  *text = reading_replace (base, from, to);
  char *folder = reading_folder ();

  g_free (reading_write (folder, "model.xml", text, -1));
  g_free (reading_write (folder, "weights.safetensors", "", 0));
  return folder;
}

START_TEST (everything_stated)
{
  g_autofree char *folder = folder_with ("file=\"weights.safetensors\"",
                                         "file=\"weights.safetensors\" sha256=\"" EMPTY_SHA256
                                         "\"");
  g_autoptr (GError) error = NULL;
  g_autoptr (EpnsModelDescription) d = epns_model_description_load (folder, &error);

  ck_assert_msg (d != NULL, "%s", error ? error->message : "");
  ck_assert_str_eq (d->name, "Sorting, 50 MCS");
  ck_assert_str_eq (d->kind, "epns-lattice");
  ck_assert (g_str_has_prefix (d->weights, folder)
             && g_str_has_suffix (d->weights, "weights.safetensors"));
  ck_assert_str_eq (d->weights_sha256, EMPTY_SHA256);
  ck_assert_uint_eq (d->n_types, 3);
  ck_assert_str_eq (d->types[2], "NonCondensing");
  ck_assert_ptr_null (d->types[3]);
  ck_assert_double_eq (d->step_length, 50.0);
  ck_assert_str_eq (d->step_unit, "MCS");
  ck_assert_int_eq (d->training.seed, 1);
  ck_assert_double_eq (d->training.minutes, 95.5);
  ck_assert_str_eq (d->training.machine, "two cores");
  ck_assert (g_str_has_prefix (d->training.text, "Adam"));
  ck_assert_double_eq (d->validity.cells.maximum, 400.0);
  ck_assert_double_eq (d->validity.volume.minimum, 10.0);
  ck_assert_str_eq (d->validity.boundary, "noflux");
  ck_assert (g_str_has_prefix (d->validity.text, "Parameters as"));
  reading_remove (folder);
}
END_TEST

/* By the names and shapes of a scenario's parameters; what is not stated is NaN. */
START_TEST (trained_parameters)
{
  g_autofree char *folder = folder_with ("min=\"10\"", "min=\"10\"");
  g_autoptr (EpnsModelDescription) d = epns_model_description_load (folder, NULL);
  const EpnsTrainedParameter *p = (const EpnsTrainedParameter *) (gpointer)
                                      d->validity.parameters->data;

  ck_assert_uint_eq (d->validity.parameters->len, 4);
  ck_assert_str_eq (p[0].name, "temperature");
  ck_assert (p[0].rank == 0 && !p[0].integer && p[0].words == NULL);
  ck_assert_double_eq (p[0].range[0].minimum, 10.0);
  ck_assert_str_eq (p[1].words, "min,max,mean");
  ck_assert (p[1].integer && p[1].range[0].minimum >= 1 && p[1].range[0].maximum <= 1);
  ck_assert_str_eq (p[2].name, "target-volume");
  ck_assert_int_eq (p[2].rank, 1);
  ck_assert (isnan (p[2].range[0].minimum) && isnan (p[2].range[2].minimum));
  ck_assert_double_eq (p[2].range[1].maximum, 25.0);
  ck_assert_int_eq (p[3].rank, 2);
  ck_assert_double_eq (p[3].range[0 * 3 + 1].minimum, 16.0);
  ck_assert_double_eq (p[3].range[1 * 3 + 0].maximum, 16.0);
  ck_assert (isnan (p[3].range[0].minimum) && isnan (p[3].range[1 * 3 + 1].minimum));
  reading_remove (folder);
}
END_TEST

START_TEST (a_hybrid)
{
  g_autofree char *folder = reading_folder (),
                  *text = reading_load ("schemas/examples/model-hybrid-valid.xml"),
                  *learned = g_build_filename (folder, "../sorting-500", NULL),
                  *elsewhere = reading_replace (text, "../sorting", "/srv/sorting");
  g_autoptr (GError) error = NULL;

  g_free (reading_write (folder, "model.xml", text, -1));
  g_autoptr (EpnsModelDescription) d = epns_model_description_load (folder, &error);
  ck_assert_msg (d != NULL, "%s", error ? error->message : "");
  ck_assert_str_eq (d->kind, "hybrid");
  ck_assert_ptr_null (d->weights);
  ck_assert_str_eq (d->hybrid.learned, learned);
  ck_assert_str_eq (d->hybrid.native, "cpm");
  ck_assert_uint_eq (d->hybrid.steps, 20);
  ck_assert (!d->hybrid.relaxation);

  g_free (reading_write (folder, "model.xml", elsewhere, -1));
  g_autoptr (EpnsModelDescription) far = epns_model_description_load (folder, &error);
  ck_assert_str_eq (far->hybrid.learned, "/srv/sorting-500");
  reading_remove (folder);
}
END_TEST

START_TEST (attributes)
{
  g_autofree char *folder = folder_with ("latent=\"none\"",
                                         "latent=\"none\" dropout=\"0.25\" unet=\"true\"");
  g_autoptr (EpnsModelDescription) d = epns_model_description_load (folder, NULL);
  g_autoptr (GError) error = NULL;
  gint64 window, absent, channels[4];
  double dropout;
  gboolean unet;
  guint output;
  gsize n;

  ck_assert (epns_model_description_int (d, "window", 0, 64, 0, &window, NULL) && window == 16);
  ck_assert (epns_model_description_int (d, "layers", 1, 8, 2, &absent, NULL) && absent == 2);
  ck_assert (epns_model_description_number (d, "dropout", 0.0, 1.0, 0.0, &dropout, NULL)
             && dropout == 0.25);
  ck_assert (epns_model_description_flag (d, "unet", FALSE, &unet, NULL) && unet);
  ck_assert (epns_model_description_choice (d, "output", "independent|passes", 0, &output, NULL)
             && output == 1);
  ck_assert (epns_model_description_ints (d, "channels", 1, 512, channels, 4, &n, NULL));
  ck_assert_uint_eq (n, 3);
  ck_assert_int_eq (channels[2], 32);

  ck_assert (!epns_model_description_all_used (d, &error));
  reading_failed (&error, "model.xml:3: <network latent=\"none\">: kind \"epns-lattice\" has no "
                          "attribute of this name");
  ck_assert_str_eq (epns_model_description_text (d, "latent"), "none");
  ck_assert (epns_model_description_all_used (d, NULL));

  ck_assert (!epns_model_description_int (d, "window", 0, 8, 0, &window, &error));
  reading_failed (&error, "<network window=\"16\">: give an integer from 0 to 8");
  ck_assert (!epns_model_description_int (d, "output", 0, 8, 0, &window, &error));
  reading_failed (&error, "give an integer");
  ck_assert (!epns_model_description_number (d, "latent", 0, 8, 0, &dropout, &error));
  reading_failed (&error, "give a number from 0 to 8");
  ck_assert (!epns_model_description_choice (d, "latent", "cell|aggregate", 0, &output, &error));
  reading_failed (&error, "give one of cell|aggregate");
  ck_assert (!epns_model_description_flag (d, "latent", FALSE, &unet, &error));
  reading_failed (&error, "give one of false|true|0|1");
  ck_assert (!epns_model_description_ints (d, "channels", 1, 512, channels, 2, &n, &error));
  reading_failed (&error, "give 1 to 2 integers from 1 to 512");
  ck_assert (!epns_model_description_ints (d, "channels", 10, 512, channels, 4, &n, &error));
  reading_failed (&error, "from 10 to 512");
  reading_remove (folder);
}
END_TEST

START_TEST (least_and_most_it_may_say)
{
  g_autofree char *folder = reading_folder ();
  static const char least[] = "<model xmlns=\"https://epns.org/ns/model/1\" version=\"1\" "
                              "name=\"m\">"
                              "<network kind=\"cpm\"/><weights file=\"w\"/></model>";

  g_free (reading_write (folder, "model.xml", least, -1));
  g_free (reading_write (folder, "w", "x", 1));
  g_autoptr (EpnsModelDescription) d = epns_model_description_load (folder, NULL);
  ck_assert_ptr_nonnull (d);
  ck_assert_ptr_null (d->types);
  ck_assert_double_eq (d->step_length, 0.0);
  ck_assert_int_eq (d->training.seed, -1);
  ck_assert_double_eq (d->training.minutes, -1.0);
  ck_assert (isinf (d->validity.lattice.maximum));
  ck_assert (epns_model_description_all_used (d, NULL));
  reading_remove (folder);
}
END_TEST

START_TEST (folders_that_lie)
{
  static const struct {
    const char *from, *to, *message;
  } cases[] = {
    { "<network kind=\"epns-lattice\"", "<network", "kind" },
    { "file=\"weights.safetensors\"", "file=\"../weights.safetensors\"", "model.xml:4:" },
    { "file=\"weights.safetensors\"", "file=\"/etc/passwd\"", "model.xml:4:" },
    { "file=\"weights.safetensors\"", "file=\"..\"", "model.xml:4:" },
    { "file=\"weights.safetensors\"", "file=\"other.safetensors\"", "there is no" },
    { "file=\"weights.safetensors\"", "file=\"weights.safetensors\" sha256=\"0" EMPTY_SHA256 "\"",
      "sha256" },
    { "file=\"weights.safetensors\"", "file=\"weights.safetensors\" sha256=\""
      "0000000000000000000000000000000000000000"
      "000000000000000000000000\"", "these are other weights" },
    { "<type id=\"1\"", "<type id=\"2\"", "ids count from 0 without gaps, here 1 is next" },
    { "<type id=\"1\"", "<type id=\"300\"", "model.xml:7:" },
    { "length=\"50\"", "length=\"-50\"", "length" },
    { "length=\"50\"", "length=\"INF\"", "is not a finite number" },
    { "min=\"2\" max=\"400\"", "min=\"500\" max=\"400\"", "min is larger than max" },
    { "boundary=\"noflux\"", "boundary=\"wall\"", "boundary" },
    { "name=\"temperature\"", "name=\"temprature\"",
      "model.xml:18: <parameter name=\"temprature\"> is not known; did you mean temperature?" },
    { "type=\"Condensing\" value", "type=\"condensed\" value",
      "model.xml:20: <parameter>: no cell type is called \"condensed\"" },
    { "type=\"Condensing\" value", "value", "<parameter name=\"target-volume\"> takes type=" },
    { "name=\"temperature\" value=\"10\"", "name=\"temperature\" type=\"Medium\" value=\"10\"",
      "takes neither type nor with" },
    { "value=\"10\"", "value=\"-10\"", "model.xml:18:" },
    { "value=\"10\"", "value=\"warm\"", "model.xml:18:" },
    { "value=\"max\"", "value=\"most\"", "give one of min,max,mean" },
    { "<parameter name=\"fluctuation-combine\" value=\"max\"/>",
      "<parameter name=\"temperature\" value=\"11\"/>", "is stated twice here" },
    { "<parameter name=\"temperature\" value=\"10\"/>", "<parameter name=\"temperature\"/>",
      "value" },
    { "version=\"1\" name", "version=\"7\" name", "version" },
    { "https://epns.org/ns/model/1", "https://epns.org/ns/scenario/1", "model.xml:2:" },
    { "</model>", "", "model.xml:" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *folder = folder_with (cases[i].from, cases[i].to);
    g_autoptr (GError) error = NULL;
    ck_assert_msg (epns_model_description_load (folder, &error) == NULL, "%s is read", cases[i].to);
    ck_assert (g_str_has_prefix (error->message, folder));
    reading_failed (&error, cases[i].message);
    reading_remove (folder);
  }
  g_autoptr (GError) error = NULL;
  ck_assert_ptr_null (epns_model_description_load ("/nonexistent", &error));
  reading_failed (&error, "/nonexistent/model.xml: cannot be read");
}
END_TEST

SUITE ("model-xml", everything_stated, trained_parameters, a_hybrid, attributes,
       least_and_most_it_may_say, folders_that_lie)
