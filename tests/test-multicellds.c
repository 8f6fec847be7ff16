/* SPDX-License-Identifier: MIT */
/* PhysiCell's saves: rows by label, cells by ID, velocities by differences; and damaged ones. */
#include "adapters/multicellds.h"
#include "adapters/scenario.h"
#include "plugin/random.h"
#include "tests/saves.h"

#include <math.h>

START_TEST (one_save)
{
  g_autofree char *folder = reading_folder (), *path = saves_write (folder, 0);
  g_autoptr (GError) error = NULL;
  g_autoptr (EpnsMulticellds) save = epns_multicellds_read (path, &error);

  ck_assert_msg (save != NULL, "%s", error ? error->message : "");
  ck_assert (save->time == 0.0 && save->low[1] == -40.0 && save->high[2] == 10.0);
  ck_assert_uint_eq (save->n, 3);
  ck_assert_int_eq (save->id[0], 1);
  ck_assert_int_eq (save->id[2], 5);
  ck_assert_int_eq (save->type[0], 1);
  ck_assert_int_eq (save->type[2], 0);
  ck_assert_str_eq (save->type_names->pdata[0], "A");
  ck_assert (save->position[0][0] == -3.0 && save->position[2][1] == 2.0);
  ck_assert (save->radius[0] == 9.0 && save->volume[1] == 2000.0);
  ck_assert (save->motility[2][2] == 0.3);
  reading_remove (folder);
}
END_TEST

/* A recording, not a scenario; and other XML is neither a recording. */
START_TEST (what_it_is_taken_for)
{
  g_autofree char *folder = reading_folder (), *path = saves_write (folder, 0);
  g_autofree char *other = suite_source ("examples/physicell-sorting/sorting.xml");
  g_autoptr (GError) error = NULL;

  ck_assert (epns_trajectory_readable (path));
  ck_assert (!epns_trajectory_readable (other));
  ck_assert (!epns_trajectory_readable ("/nonexistent.h5"));
  ck_assert_ptr_null (epns_scenario_read (path, &error));
  reading_failed (&error, "PhysiCell's saves (MultiCellDS: a recording)");
  ck_assert_ptr_null (epns_trajectory_read (other, &error));
  reading_failed (&error, "a recording's name must end in");
  reading_remove (folder);
}
END_TEST

START_TEST (a_run)
{
  g_autofree char *folder = reading_folder ();
  g_autoptr (GError) error = NULL;

  for (int number = 0; number < 3; number++)
    g_free (saves_write (folder, number));
  g_autofree char *any = g_build_filename (folder, "output00000001.xml", NULL);
  g_autoptr (EpnsTrajectory) run = epns_trajectory_read (any, &error);
  ck_assert_msg (run != NULL, "%s", error ? error->message : "");
  ck_assert_uint_eq (run->meta->frames, 3);
  ck_assert_uint_eq (run->meta->bodies, 3);
  ck_assert_int_eq (run->meta->space.axes, 2);
  ck_assert (run->meta->time[2] == 20.0);
  ck_assert_str_eq (run->meta->time_unit, "min");
  ck_assert_str_eq (run->meta->type_names[1], "B");
  for (int frame = 0; frame < 3; frame++) {
    const double *position = run->position + frame * 6, *velocity = run->velocity + frame * 6;
    ck_assert (position[0] == -3.0 + 2.0 * frame && position[1] == 4.0);
    for (int i = 0; i < 3; i++) {
      ck_assert (velocity[2 * i] == (frame == 0 ? 0.0 : 0.2)); /* it starts at rest */
      ck_assert (velocity[2 * i + 1] == 0.0);
    }
  }
  ck_assert_int_eq (run->body[1], 3);
  g_autoptr (EpnsTrajectory) about = epns_trajectory_describe (any, &error);
  ck_assert_uint_eq (about->meta->frames, 3);
  ck_assert_ptr_null (about->position);
  reading_remove (folder);
}
END_TEST

/* Without the first save nothing says that the run starts at rest. */
START_TEST (a_piece_of_a_run)
{
  g_autofree char *folder = reading_folder ();
  g_autofree char *first = saves_write (folder, 3), *second = saves_write (folder, 4);
  g_autoptr (EpnsTrajectory) run = epns_multicellds_read_series (first, NULL);

  (void) second;
  ck_assert_uint_eq (run->meta->frames, 2);
  ck_assert (run->velocity[0] == 0.2 && run->velocity[6] == 0.2);
  reading_remove (folder);
}
END_TEST

typedef struct {
  const char *from, *to, *message;
} Replacement;

START_TEST (mistakes)
{
  static const Replacement cases[] = {
    { "MultiCellDS", "Multi", ":" }, /* ill-formed */
    { "<current_time units=\"min\">0</current_time>", "", "no metadata/current_time" },
    { "units=\"min\"", "units=\"h\"", "times in min are read" },
    { ">0</current_time>", ">now</current_time>", "is not a finite number" },
    { "-50 -40 -10 50 40 10", "-50 -40 -10 50 40", "is not six numbers" },
    { "-50 -40 -10 50 40 10", "-50 -40 -10 50 -40 10", "<bounding_box> is empty" },
    { "<filename>elsewhere/", "<filename>elsewhere/no", "<filename>: " },
    { ">ID</label>", ">id</label>", "<labels> has no \"ID\"" },
    { "index=\"9\"", "index=\"10\"", "1 rows are wanted of the 10 in output00000000_cells.mat" },
    { "size=\"3\">position", "size=\"2\">position", "3 rows are wanted" },
    { "index=\"9\"", "index=\"3\"", "the ID is -3" },
    { "index=\"9\"", "index=\"0\"", "an ID that another cell has is 7" },
    { "index=\"0\" size=\"1\">cell_type", "index=\"6\" size=\"1\">cell_type", "cell_type is 0.1" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *folder = reading_folder (), *path = saves_write (folder, 0), *text = NULL;
    g_autoptr (GError) error = NULL;
    ck_assert (g_file_get_contents (path, &text, NULL, NULL));
    g_autofree char *changed = reading_replace (text, cases[i].from, cases[i].to);
    ck_assert (g_file_set_contents (path, changed, -1, NULL));
    g_autoptr (EpnsMulticellds) save = epns_multicellds_read (path, &error);
    ck_assert_msg (save == NULL, "%s is read", cases[i].to);
    ck_assert (g_str_has_prefix (error->message, path));
    reading_failed (&error, cases[i].message);
    reading_remove (folder);
  }
}
END_TEST

START_TEST (runs_that_are_none)
{
  g_autofree char *folder = reading_folder ();
  g_autofree char *first = saves_write (folder, 0), *second = saves_write (folder, 1);
  g_autofree char *text = NULL, *later = NULL;
  g_autoptr (GError) error = NULL;

  ck_assert (g_file_get_contents (second, &text, NULL, NULL));
  later = reading_replace (text, ">10<", ">0<");
  ck_assert (g_file_set_contents (second, later, -1, NULL));
  ck_assert_ptr_null (epns_multicellds_read_series (first, &error));
  reading_failed (&error, "is not later than the save before it");

  ck_assert (g_file_set_contents (second, text, -1, NULL));
  g_autofree char *matrix = g_build_filename (folder, "output00000001_cells.mat", NULL);
  g_autoptr (GByteArray) fewer = saves_matrix (SAVES_ROWS, SAVES_CELLS - 1, &saves_start[0][0]);
  ck_assert (g_file_set_contents (matrix, (const char *) fewer->data, fewer->len, NULL));
  ck_assert_ptr_null (epns_multicellds_read_series (first, &error));
  ck_assert_int_eq (error->code, EPNS_FAILURE_UNSUPPORTED);
  reading_failed (&error, "cells were born or died");
  reading_remove (folder);
}
END_TEST

/* Every prefix of a file, and every kind of header that lies. */
START_TEST (damaged_matrices)
{
  g_autofree char *folder = reading_folder ();
  g_autoptr (GByteArray) good = saves_matrix (SAVES_ROWS, SAVES_CELLS, &saves_start[0][0]);
  g_autofree char *path = NULL;
  gsize rows, columns;
  EpnsMersenne draws;

  epns_mersenne_seed (&draws, 5);
  for (int i = 0; i < 400; i++) {
    g_autofree guint8 *bytes = g_memdup2 (good->data, good->len);
    g_autoptr (GError) error = NULL;
    gsize size = good->len;
    if (i % 2 == 0)
      size = 1 + epns_random_below (epns_mersenne_next (&draws), (guint32) size - 1);
    else
      bytes[epns_random_below (epns_mersenne_next (&draws), 25)] = (guint8) epns_mersenne_next (
          &draws);
    g_free (path);
    path = reading_write (folder, "t.mat", (const char *) bytes, (gssize) size);
    g_autofree double *read = epns_multicellds_matrix (path, &rows, &columns, &error);
    if (read == NULL)
      reading_failed (&error, path);
    else
      ck_assert_uint_le (rows * columns * sizeof (double), good->len);
    ck_assert (i % 2 == 1 || read == NULL);
  }
  reading_remove (folder);
}
END_TEST

/* Five saves of PhysiCell 1.14.2, and where it recorded one cell of that run (ID 17, type B). */
START_TEST (saves_of_physicell)
{
  static const struct {
    double time, x, y;
  } known[] = { { 0.0, -32.007827, -0.588083 },
                { 0.1, -32.01664766236359, -0.5301436770485424 },
                { 0.2, -32.02338421518572, -0.4928897187997331 },
                { 1.0, -32.08607532296627, -0.21661627660917154 },
                { 5.0, -34.794933109420526, 0.08456455603420092 } };
  enum { CELL = 17 };
  g_autofree char *folder = suite_data ("physicell/multicellds");

  if (folder == NULL)
    return;
  g_autofree char *path = g_build_filename (folder, "output00000000.xml", NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (EpnsTrajectory) run = epns_trajectory_read (path, &error);
  ck_assert_msg (run != NULL, "%s", error ? error->message : "");
  ck_assert_uint_eq (run->meta->frames, G_N_ELEMENTS (known));
  ck_assert_uint_eq (run->meta->bodies, 50);
  ck_assert_int_eq (run->meta->space.axes, 2);
  ck_assert_int_eq (run->body[CELL], CELL);
  ck_assert_int_eq (run->type[CELL], 1);
  ck_assert_double_eq_tol (run->radius[CELL], 8.412710547954227, 1e-14);
  for (guint frame = 0; frame < G_N_ELEMENTS (known); frame++) {
    const double *at = run->position + (frame * 50 + CELL) * 2;
    ck_assert_double_eq_tol (run->meta->time[frame], known[frame].time, 1e-9);
    ck_assert (at[0] == known[frame].x && at[1] == known[frame].y);
  }
  ck_assert_double_eq_tol (run->velocity[(4 * 50 + CELL) * 2], -0.6772144466135632, 1e-9);
  ck_assert (run->velocity[CELL * 2] == 0.0);

  g_autofree char *alone = g_build_filename (folder, "final.xml", NULL);
  g_autoptr (EpnsTrajectory) last = epns_trajectory_read (alone, &error);
  ck_assert_uint_eq (last->meta->frames, 1);
}
END_TEST

SUITE ("multicellds", one_save, what_it_is_taken_for, a_run, a_piece_of_a_run, mistakes,
       runs_that_are_none, damaged_matrices, saves_of_physicell)
