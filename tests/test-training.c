/* SPDX-License-Identifier: MIT */
/* Training plans as they are read, the data they name, and the model.xml that is written. */
#include "adapters/training.h"
#include "models/description.h"
#include "tests/reading.h"
#include "tests/tissue.h"

static const char *const drawings[] = { "AAb|AA.", "AAb|AAb", "AAb|AA.",
                                        "A.b|AA.", "Abb|A..", "Abb|Abb" };

static EpnsTrainingPlan *
example (void)
{
  g_autofree char *path = suite_source ("schemas/examples/training-valid.xml");
  g_autoptr (GError) error = NULL;
  EpnsTrainingPlan *plan = epns_training_plan_read (path, &error);

  ck_assert_msg (plan != NULL, "%s", error ? error->message : "");
  return plan;
}

START_TEST (what_a_plan_says)
{
  g_autoptr (EpnsTrainingPlan) plan = example ();
  const EpnsDataSource *made = g_ptr_array_index (plan->sources, 0),
                       *read = g_ptr_array_index (plan->sources, 1);

  ck_assert_str_eq (plan->name, "Sorting, 50 MCS");
  ck_assert_str_eq (plan->kind, "epns-lattice");
  ck_assert_uint_eq (plan->train.seed, 7);
  ck_assert_uint_eq (plan->train.n_network, 4);
  ck_assert_str_eq (plan->train.network[0].name, "window");
  ck_assert_int_eq (plan->train.network[0].line, 3);
  ck_assert_uint_eq (plan->train.n_layers, 2);
  ck_assert (g_str_has_suffix (plan->train.start, "schemas/examples/first.safetensors"));
  ck_assert_uint_eq (plan->train.n_types, 3);
  ck_assert_str_eq (plan->types[2], "NonCondensing");
  ck_assert_double_eq (plan->step_length, 50);
  ck_assert_uint_eq (plan->sources->len, 3);
  ck_assert_int_eq (made->kind, EPNS_DATA_SCENARIO);
  ck_assert_uint_eq (made->members, 24);
  ck_assert_uint_eq (made->seed, 1001);
  ck_assert_double_eq (made->until, 2000);
  ck_assert (!made->validation && read->validation && read->kind == EPNS_DATA_RECORDING);
  ck_assert_uint_eq (plan->skip, 2);
  ck_assert_uint_eq (plan->train.steps, 5000);
  ck_assert_int_eq (plan->train.schedule, EPNS_RATE_COSINE);
  ck_assert_double_eq (plan->train.rate, 2e-3);
  ck_assert_uint_eq (plan->train.n_objective, 1);
  ck_assert_str_eq (plan->train.objective[0].value, "0.1");
  ck_assert_double_eq (plan->train.average, 0.998);
  ck_assert_uint_eq (plan->validation_every, 250);
  ck_assert_uint_eq (plan->train.patience, 4);
  ck_assert (g_str_has_suffix (plan->output, "schemas/examples/trained"));
}
END_TEST

/* A plan for drawings: frames 10 MCS apart. */
static EpnsTrainingPlan *
drawing_plan (double step)
{
  EpnsTrainingPlan *plan = example ();

  g_free (plan->types[1]);
  g_free (plan->types[2]);
  plan->types[1] = g_strdup ("Dark");
  plan->types[2] = g_strdup ("Light");
  plan->step_length = step;
  plan->skip = 1;
  return plan;
}

START_TEST (frames_and_strides)
{
  g_autoptr (EpnsTrainingPlan) plan = drawing_plan (20);
  g_autoptr (EpnsTrainingData) data = epns_training_data_new ();
  g_autoptr (GError) error = NULL;

  ck_assert (epns_training_data_add (data, plan, tissue_record (1, 6, drawings, tissue_wrapped),
                                     "drawn", FALSE, &error));
  ck_assert_uint_eq (plan->train.stride, 2);
  ck_assert_uint_eq (data->sets[0]->len, 1);
  ck_assert_uint_eq (data->sets[1]->len, 0);
  const epns_train_set *set = &g_array_index (data->sets[0], epns_train_set, 0);
  ck_assert_uint_eq (set->frames, 5);
  ck_assert_uint_eq (set->members, 1);
  ck_assert_int_eq (set->periodic[1], 1);
  ck_assert_int_eq (set->id[5], tissue_id ('b')); /* of the second drawing: the first is skipped */
  ck_assert_int_eq (set->type[tissue_id ('b')], 2);
}
END_TEST

static void
refused (EpnsTrainingPlan *plan, const char *names)
{
  g_autoptr (EpnsTrainingPlan) owned G_GNUC_UNUSED = plan;
  g_autoptr (EpnsTrainingData) data = epns_training_data_new ();
  g_autoptr (GError) error = NULL;

  ck_assert (!epns_training_data_add (data, plan, tissue_record (1, 6, drawings, tissue_wrapped),
                                      "drawn", FALSE, &error));
  reading_failed (&error, names);
}

START_TEST (data_that_do_not_fit)
{
  EpnsTrainingPlan *plan = drawing_plan (25);

  refused (plan, "does not divide");
  plan = drawing_plan (60);
  refused (plan, "record more");
  plan = drawing_plan (20);
  plan->skip = 6;
  refused (plan, "0 frames are left");
  plan = drawing_plan (20);
  plan->train.stride = 1;
  refused (plan, "equal times");
  plan = drawing_plan (20);
  plan->types[1][0] = 'P';
  refused (plan, "\"Park\"");
  plan = drawing_plan (20);
  plan->step_unit[0] = 'X';
  refused (plan, "XCS");
}
END_TEST

START_TEST (folders)
{
  g_autoptr (EpnsTrainingPlan) plan = drawing_plan (10);
  g_autoptr (EpnsTrainingData) data = epns_training_data_new ();
  g_autofree char *folder = reading_folder ();
  const EpnsDataSource source = { .kind = EPNS_DATA_FOLDER, .path = folder };
  g_autoptr (GError) error = NULL;

  ck_assert (!epns_training_data_load (data, plan, &source, &error));
  reading_failed (&error, "train/*.npy");
  g_autofree char *train = g_build_filename (folder, "train", NULL),
                  *val = g_build_filename (folder, "val", NULL);
  ck_assert_int_eq (g_mkdir (train, 0777), 0);
  ck_assert_int_eq (g_mkdir (val, 0777), 0);
  ck_assert (!epns_training_data_load (data, plan, &source, &error));
  reading_failed (&error, "no .npy file");
  reading_remove (train);
  reading_remove (val);
  ck_assert_int_eq (g_rmdir (folder), 0);
}
END_TEST

START_TEST (model_xml)
{
  g_autoptr (EpnsTrainingPlan) plan = drawing_plan (20);
  g_autoptr (EpnsTrainingData) data = epns_training_data_new ();
  g_autofree char *folder = reading_folder ();
  g_autofree char *weights G_GNUC_UNUSED = reading_write (folder, "weights.safetensors", "w", 1);
  g_autoptr (GError) error = NULL;

  g_free (plan->name);
  plan->name = g_strdup ("<\"&'>");
  ck_assert (epns_training_data_add (data, plan, tissue_record (1, 6, drawings, tissue_closed),
                                     "drawn", FALSE, &error));
  ck_assert (epns_training_write_model (plan, data, folder, 1.5, "1 < 2", &error));
  g_autoptr (EpnsModelDescription) model = epns_model_description_load (folder, &error);
  ck_assert_msg (model != NULL, "%s", error ? error->message : "");
  ck_assert_str_eq (model->name, plan->name);
  ck_assert_str_eq (model->types[1], "Dark");
  ck_assert_double_eq (model->step_length, 20);
  ck_assert_double_eq (model->training.minutes, 1.5);
  ck_assert_str_eq (model->training.text, "1 < 2");
  ck_assert_str_eq (model->validity.boundary, "noflux");
  ck_assert_double_eq (model->validity.cells.maximum, 2);
  ck_assert_double_eq (model->validity.lattice.minimum, 3);
  ck_assert_str_eq (epns_model_description_text (model, "window"), "16");
  reading_remove (folder);
}
END_TEST

SUITE ("training", what_a_plan_says, frames_and_strides, data_that_do_not_fit, folders, model_xml)
