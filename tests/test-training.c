/* SPDX-License-Identifier: MIT */
/* Training plans as they are read, the data they name, and the model.xml that is written. */
#include "adapters/training.h"
#include "models/description.h"
#include "tests/saves.h"
#include "tests/swarm.h"
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
                       *read = g_ptr_array_index (plan->sources, 1),
                       *cells = g_ptr_array_index (plan->sources, 3);

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
  ck_assert_uint_eq (plan->sources->len, 4);
  ck_assert_int_eq (cells->kind, EPNS_DATA_SNAPSHOTS);
  ck_assert (cells->periodic && !cells->validation);
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

/* What a learned step of the cells that are there could not lead to. */
START_TEST (cells_that_cannot_be)
{
  static const char *const born[] = { "AAb|AA.", "AAb|AA.", "AAb|A.C" },
                    *const back[] = { "AAb|AA.", "AA.|AA.", "AAb|AA." },
                    *const gone[] = { "AAb|AA.", "AAb|AA.", "AA.|AA." };
  static const struct {
    const char *const *drawings;
    guint skip, n_types;
    const char *says;
  } cases[] = {
    { born, 0, 3, "drawn: cell 3 is in frame 2 of member 0 and not in the frame before" },
    { back, 0, 3, "drawn: cell 28 is in frame 2" },
    { back, 1, 3, "drawn: cell 28 is in frame 2" },
    { gone, 0, 2, "drawn: cell 28 of member 0 has type 2 and the plan's <types> go from 1 to 1" },
    { gone, 0, 3, NULL },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (EpnsTrainingPlan) plan = drawing_plan (10);
    g_autoptr (EpnsTrainingData) data = epns_training_data_new ();
    g_autoptr (GError) error = NULL;
    EpnsTrajectory *trajectory = tissue_record (1, 3, cases[i].drawings, tissue_closed);

    plan->skip = cases[i].skip;
    plan->train.n_types = cases[i].n_types;
    g_free (trajectory->meta->time_unit); /* a format without names of types */
    trajectory->meta->time_unit = g_strdup ("frame");
    gboolean fits = epns_training_data_add (data, plan, trajectory, "drawn", FALSE, &error);
    ck_assert (fits == (cases[i].says == NULL));
    if (!fits)
      reading_failed (&error, cases[i].says);
  }
}
END_TEST

/* Two frames of one cell as CompuCell3D leaves them; `id` is the second one's. */
static void
write_snapshots (const char *folder, const char *second, const char *id)
{
  static const char form[] = "# vtk DataFile Version 5.1\nvtk output\nASCII\n"
                             "DATASET STRUCTURED_POINTS\nDIMENSIONS 3 1 1\nSPACING 1 1 1\n"
                             "ORIGIN 0 0 0\nPOINT_DATA 3\nFIELD FieldData 2\n"
                             "CellType 1 3 unsigned_char\n0 1 1\nCellId 1 3 long\n0 %s\n";
  g_autofree char *first = g_strdup_printf (form, "5 5"), *then = g_strdup_printf (form, id);

  g_free (reading_write (folder, "Step_0000.vtk", first, -1));
  g_free (reading_write (folder, second, then, -1));
}

START_TEST (snapshots)
{
  static const struct {
    const char *second, *id, *says;
    double step;
  } cases[] = { { "Step_0050.vtk", "5 5", NULL, 50 },
                { "Step_0050.vtk", "5 5", "does not divide", 60 },
                { "Step_0050.vtk", "5 6", "cell 6 is in frame 1", 50 },
                { "Step_0050.vtk", "5 nan", "Step_0050.vtk:13: CellId is 'nan'", 50 } };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (EpnsTrainingPlan) plan = drawing_plan (cases[i].step);
    g_autoptr (EpnsTrainingData) data = epns_training_data_new ();
    g_autofree char *folder = reading_folder ();
    const EpnsDataSource source = { .kind = EPNS_DATA_SNAPSHOTS, .path = folder,
                                    .validation = TRUE, .periodic = TRUE };
    g_autoptr (GError) error = NULL;

    plan->skip = 0;
    write_snapshots (folder, cases[i].second, cases[i].id);
    gboolean fits = epns_training_data_load (data, plan, &source, &error);
    ck_assert_msg (fits == (cases[i].says == NULL), "%s", error ? error->message : "it fits");
    if (!fits)
      reading_failed (&error, cases[i].says);
    else {
      const epns_train_set *set = &g_array_index (data->sets[1], epns_train_set, 0);
      ck_assert_uint_eq (set->frames, 2);
      ck_assert_int_eq (set->periodic[0] & set->periodic[1], 1);
      ck_assert_int_eq (set->type[5], 1);
      ck_assert_uint_eq (plan->train.stride, 1);
    }
    reading_remove (folder);
  }
}
END_TEST

START_TEST (bodies)
{
  g_autoptr (EpnsTrainingPlan) plan = drawing_plan (10);
  g_autoptr (EpnsTrainingData) data = epns_training_data_new ();
  static const char *const names[] = { "A", "B", NULL };
  g_autoptr (GError) error = NULL;

  ck_assert (!epns_training_data_add (data, plan, swarm_record (3, FALSE, 2, 4, 4), "swarm.h5",
                                      FALSE, &error));
  reading_failed (&error, "swarm.h5: type 0 is called \"A\" and the plan's <types> has");
  g_strfreev (plan->types);
  plan->types = g_strdupv ((GStrv) names);
  plan->train.n_types = 2;
  g_free (plan->step_unit);
  plan->step_unit = g_strdup ("min");
  plan->step_length = 1; /* two frames */
  plan->skip = 1;
  ck_assert (epns_training_data_add (data, plan, swarm_record (3, FALSE, 2, 4, 4), "swarm.h5", TRUE,
                                     &error));
  ck_assert_uint_eq (plan->train.stride, 2);
  ck_assert_uint_eq (epns_training_data_sets (data, TRUE), 1);
  ck_assert_uint_eq (epns_training_data_sets (data, FALSE), 0);
  const epns_train_bodies *set = &g_array_index (data->bodies[1], epns_train_bodies, 0);
  g_autoptr (EpnsTrajectory) same = swarm_record (3, FALSE, 2, 4, 4);
  ck_assert (set->members == 2 && set->frames == 3 && set->bodies == SWARM_BODIES && set->axes == 3);
  for (gsize m = 0; m < 2; m++) /* the first frame of each member is gone */
    ck_assert_mem_eq (set->position + m * 3 * SWARM_BODIES * 3,
                      epns_trajectory_positions (same, (guint32) m, 1),
                      3 * SWARM_BODIES * 3 * sizeof (double));
  ck_assert (!epns_training_data_add (data, plan, swarm_record (3, FALSE, 2, 3, 3), "short.h5", TRUE,
                                      &error));
  reading_failed (&error, "short.h5: 2 frames are left after skipping 1");
  plan->train.n_types = 1;
  g_free (plan->types[1]);
  plan->types[1] = NULL;
  ck_assert (!epns_training_data_add (data, plan, swarm_record (3, FALSE, 2, 4, 4), "swarm.h5", TRUE,
                                      &error));
  reading_failed (&error, "swarm.h5: type 1 is called \"B\" and the plan's <types> has none");
}
END_TEST

/* A plan for bodies of types A and B and a step of 10 `unit`. */
static EpnsTrainingPlan *
bodies_plan (const char *unit)
{
  static const char *const names[] = { "A", "B", NULL };
  EpnsTrainingPlan *plan = drawing_plan (10);

  g_strfreev (plan->types);
  plan->types = g_strdupv ((GStrv) names);
  plan->train.n_types = 2;
  g_free (plan->step_unit);
  plan->step_unit = g_strdup (unit);
  plan->skip = 0;
  return plan;
}

#define HEADER "simID,time,cellID,cellType,x,y\n"

static const char table_text[] = HEADER "0,0,4,1,1,2\n0,0,7,2,3,4\n0,10,4,1,2,2\n0,10,7,2,3,4.5\n"
                                        "0,20,4,1,4,1\n0,20,7,2,3,5\n";

/* Cells of an OpenVT table are bodies; the first time serves velocities, by differences. */
START_TEST (tables_of_centres)
{
  static const struct {
    const char *from, *to, *says;
    double step;
  } cases[] = { { "", "", NULL, 10 },
                { "", "", "does not divide the learned step of 15", 15 },
                { "0,10,7", "0,12,7", "simulation 0", 10 },
                { "0,10,7,2,3,4.5\n", "", "cell 7 has no row at time 10", 10 },
                { "0,20,4,1,4,1\n0,20,7,2,3,5\n", "", "1 frames are left", 10 },
                { "0,0,7,2", "1,0,7,2", "simulation 1 has no cells at time 10", 10 },
                { "0,0,4,1,1,2\n0,0,7,2,3,4\n0,10,4,1,2,2\n0,10,7,2,3,4.5\n", "", "one time only",
                  10 },
                { "0,0,4,1,1,2", "0,0,9,3,1,2", "3 types of cells and there are names for 2", 10 },
                { "simID", "sim", "sorting.csv:1: the header must be", 10 } };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (EpnsTrainingPlan) plan = bodies_plan ("MCS");
    g_autoptr (EpnsTrainingData) data = epns_training_data_new ();
    g_autofree char *folder = reading_folder ();
    g_autofree char *text = reading_replace (table_text, *cases[i].from ? cases[i].from : HEADER,
                                             *cases[i].from ? cases[i].to : HEADER);
    g_autofree char *path = reading_write (folder, "sorting.csv", text, -1);
    const EpnsDataSource source = { .kind = EPNS_DATA_RECORDING, .path = path };
    g_autoptr (GError) error = NULL;

    plan->step_length = cases[i].step;
    gboolean fits = epns_training_data_load (data, plan, &source, &error);
    ck_assert_msg (fits == (cases[i].says == NULL), "case %d: %s", (int) i,
                   error ? error->message : "it fits");
    if (!fits)
      reading_failed (&error, cases[i].says);
    else {
      const epns_train_bodies *set = &g_array_index (data->bodies[0], epns_train_bodies, 0);
      const double position[] = { 2, 2, 3, 4.5, 4, 1, 3, 5 },
                   velocity[] = { 0.1, 0, 0, 0.05, 0.2, -0.1, 0, 0.05 };
      ck_assert (set->members == 1 && set->frames == 2 && set->bodies == 2 && set->axes == 2);
      ck_assert_mem_eq (set->position, position, sizeof position);
      ck_assert_mem_eq (set->velocity, velocity, sizeof velocity);
      ck_assert (set->type[0] == 0 && set->type[1] == 1 && set->mass[1] == 1);
      ck_assert_uint_eq (plan->train.stride, 1);
    }
    reading_remove (folder);
  }
}
END_TEST

/* A folder that PhysiCell saved in is one recording, by its name or by that of any of its saves. */
START_TEST (folders_of_saves)
{
  g_autoptr (EpnsTrainingPlan) plan = bodies_plan ("min");
  g_autoptr (EpnsTrainingData) data = epns_training_data_new ();
  g_autofree char *folder = reading_folder (), *save = NULL;
  EpnsDataSource source = { .kind = EPNS_DATA_RECORDING, .path = folder };
  g_autoptr (GError) error = NULL;

  ck_assert (!epns_training_data_load (data, plan, &source, &error));
  reading_failed (&error, "there is no save of PhysiCell");
  for (int number = 0; number < 3; number++) {
    g_free (save);
    save = saves_write (folder, number);
  }
  for (guint i = 0; i < 2; i++) {
    ck_assert_msg (epns_training_data_load (data, plan, &source, &error), "%s",
                   error ? error->message : "");
    const epns_train_bodies *set = &g_array_index (data->bodies[0], epns_train_bodies, i);
    ck_assert (set->frames == 3 && set->bodies == SAVES_CELLS && set->axes == 2);
    ck_assert (set->velocity[6] == 0.2 && set->position[6] == -1 && set->type[0] == 1);
    source.path = save;
  }
  reading_remove (folder);
}
END_TEST

START_TEST (folders)
{
  g_autoptr (EpnsTrainingPlan) plan = bodies_plan ("min");
  g_autoptr (EpnsTrainingData) data = epns_training_data_new ();
  g_autofree char *folder = reading_folder ();
  g_autofree char *train = g_build_filename (folder, "train", NULL),
                  *val = g_build_filename (folder, "val", NULL),
                  *run = g_build_filename (train, "run-1", NULL);
  const EpnsDataSource source = { .kind = EPNS_DATA_FOLDER, .path = folder };
  g_autoptr (GError) error = NULL;

  ck_assert (!epns_training_data_load (data, plan, &source, &error));
  reading_failed (&error, "give a folder with recordings in train/ and val/");
  ck_assert_int_eq (g_mkdir (train, 0777), 0);
  ck_assert_int_eq (g_mkdir (val, 0777), 0);
  g_free (reading_write (train, "README", "no recording", -1));
  ck_assert (!epns_training_data_load (data, plan, &source, &error));
  reading_failed (&error, "train: there is no recording in it");
  ck_assert_int_eq (g_mkdir (run, 0777), 0);
  ck_assert (!epns_training_data_load (data, plan, &source, &error));
  reading_failed (&error, "run-1: there is no save of PhysiCell");
  for (int number = 0; number < 3; number++) {
    g_free (saves_write (run, number));
    g_free (saves_write (val, number));
  }
  g_free (reading_write (train, "a.csv", table_text, -1));
  ck_assert_msg (epns_training_data_load (data, plan, &source, &error), "%s",
                 error ? error->message : "");
  ck_assert_uint_eq (epns_training_data_sets (data, FALSE), 2);
  ck_assert_uint_eq (epns_training_data_sets (data, TRUE), 1);
  ck_assert_uint_eq (g_array_index (data->bodies[0], epns_train_bodies, 0).bodies, 2); /* by name */
  ck_assert_uint_eq (g_array_index (data->bodies[0], epns_train_bodies, 1).bodies, SAVES_CELLS);
  reading_remove (run);
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

SUITE ("training", what_a_plan_says, frames_and_strides, data_that_do_not_fit,
       cells_that_cannot_be, snapshots, bodies, tables_of_centres, folders_of_saves, folders,
       model_xml)
