/* SPDX-License-Identifier: MIT */
/* Snapshots as CompuCell3D writes them, folders of them, and files that are something else. */
#include "adapters/vtk.h"
#include "tests/reading.h"
#include "tests/snapshot.h"

static const char *const names[] = { "Medium", "Dark", "Light", NULL };

START_TEST (what_a_snapshot_says)
{
  g_autofree char *text = snapshot ("AAb.|AA.c");
  g_autoptr (EpnsLatticeState) drawn = tissue_draw ("AAb.|AA.c");
  g_autoptr (GError) error = NULL;
  g_autoptr (EpnsLatticeState) state = epns_vtk_parse ("Step_0.vtk", text, &error);

  ck_assert_msg (state != NULL, "%s", error ? error->message : "");
  ck_assert_mem_eq (state->size, drawn->size, sizeof drawn->size);
  ck_assert_mem_eq (state->id, drawn->id, 8 * sizeof *drawn->id);
  ck_assert_uint_eq (state->n_rows, (gsize) tissue_id ('c') + 1);
  ck_assert_int_eq (state->type[tissue_id ('A')], 1);
  ck_assert_int_eq (state->type[tissue_id ('c')], 2);
  ck_assert_int_eq (state->type[tissue_id ('B')], 0); /* not there */
}
END_TEST

/* Older releases write the types as bytes with a sign. */
START_TEST (bytes_with_a_sign)
{
  g_autofree char *text = snapshot ("AA|A.");
  g_autofree char *byte = reading_replace (text, "unsigned_char\n1 1 1", "char\n-56 -56 -56");
  g_autoptr (EpnsLatticeState) state = epns_vtk_parse ("Step_0.vtk", byte, NULL);

  ck_assert_ptr_nonnull (state);
  ck_assert_int_eq (state->type[1], 200);
}
END_TEST

START_TEST (files_that_are_something_else)
{
  static const struct {
    const char *from, *to, *says;
  } cases[] = {
    { "# vtk", "# VTK", "Step_0.vtk:1: it does not begin with" },
    { "ASCII", "BINARY", "Step_0.vtk:3: 'BINARY' is nothing that CompuCell3D writes" },
    { "STRUCTURED_POINTS", "POLYDATA", ":4: DATASET POLYDATA is no lattice" },
    { "DIMENSIONS 4 2", "DIMENSIONS 0 2", ":5: an extent of DIMENSIONS is 0" },
    { "DIMENSIONS 4 2", "DIMENSIONS 5 2", ":8: POINT_DATA says 8 sites and DIMENSIONS 10" },
    { "DIMENSIONS 4 2 1\n", "", ":7: POINT_DATA comes before DIMENSIONS" },
    { "CellType 1 8", "CellType 2 8", "CellType has 2 x 8 values" },
    { "CellId 1", "CellIds 1", "there is no array CellId" },
    { "ClusterId", "CellId", "there is a second CellId" },
    { "27", "nan", "CellId is 'nan', which is no whole number" },
    { "27", "-27", "CellId is -27, outside 0 to" },
    { "2 0", "1.5 0", "CellType is '1.5'" },
    { "27 0", "27 27", "cell 27 has type 0 at x 3, y 0" },
    { "1 1 2 0", "1 2 2 0", "cell 1 has type 2 at x 1, y 0 and another elsewhere" },
    { "FieldData 3", "FieldData 4", "the file ends with arrays of FIELD still to come" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *text = snapshot ("AAa.|AA.b");
    g_autoptr (GError) error = NULL;
    g_autofree char *changed = reading_replace (text, cases[i].from, cases[i].to);
    ck_assert_ptr_null (epns_vtk_parse ("Step_0.vtk", changed, &error));
    reading_failed (&error, cases[i].says);
  }
}
END_TEST

/* Cut anywhere, it is refused in one line or, once both arrays are whole, read. */
START_TEST (cut_anywhere)
{
  g_autofree char *whole = snapshot ("AAa.|AA.b");
  gsize n_read = 0;

  for (gsize n = 0; n < strlen (whole); n++) {
    g_autofree char *text = g_strndup (whole, n);
    g_autoptr (GError) error = NULL;
    g_autoptr (EpnsLatticeState) state = epns_vtk_parse ("Step_0.vtk", text, &error);
    n_read += state != NULL;
    if (state == NULL)
      reading_failed (&error, "Step_0.vtk");
  }
  ck_assert_uint_le (n_read, 3); /* but for the last blanks */
}
END_TEST

static void
put (const char *folder, const char *name, const char *drawing)
{
  g_autofree char *text = snapshot (drawing);

  g_free (reading_write (folder, name, text, -1));
}

START_TEST (a_folder)
{
  g_autofree char *folder = reading_folder ();
  g_autoptr (GError) error = NULL;
  g_autoptr (EpnsLatticeState) last = tissue_draw ("Abb|A..");

  put (folder, "Step_0100.vtk", "Abb|A..");
  put (folder, "Step_0000.vtk", "AAb|AA.");
  put (folder, "Step_0050.vtk", "AAb|A..");
  g_free (reading_write (folder, "StepLDF.dml", "<CompuCell3DLatticeData/>", -1));
  g_autoptr (EpnsTrajectory) read = epns_vtk_read_folder (folder, tissue_wrapped, names, &error);
  ck_assert_msg (read != NULL, "%s", error ? error->message : "");
  ck_assert_uint_eq (read->meta->frames, 3);
  ck_assert_uint_eq (read->done[0], 3);
  ck_assert_double_eq (read->meta->time[1], 50);
  ck_assert_double_eq (read->meta->time[2], 100);
  ck_assert_str_eq (read->meta->time_unit, "MCS");
  ck_assert_str_eq (read->meta->type_names[2], "Light");
  ck_assert_int_eq (read->meta->periodic[2], 1);
  ck_assert_mem_eq (epns_trajectory_frame (read, 0, 2), last->id, 6 * sizeof *last->id);
  ck_assert_int_eq (epns_trajectory_types (read, 0)[tissue_id ('b')], 2);
  reading_remove (folder);
}
END_TEST

START_TEST (folders_that_hold_something_else)
{
  static const struct {
    const char *name, *drawing, *says;
  } cases[] = {
    { "Step_1.vtk", "AAbb|AA..",
      "Step_1.vtk: it has 4 x 2 x 1 sites and the snapshots before 3 x 2 x 1" },
    { "Step_00.vtk", "AAb|AA.", "of the same MCS" },
  };
  g_autofree char *none = reading_folder ();
  g_autoptr (GError) error = NULL;

  ck_assert_ptr_null (epns_vtk_read_folder (none, tissue_closed, names, &error));
  reading_failed (&error, "there is no Step_<MCS>.vtk in it");
  put (none, "Step_.vtk", "A");
  put (none, "Step_5.vtk.bak", "A");
  ck_assert_ptr_null (epns_vtk_read_folder (none, tissue_closed, names, &error));
  reading_failed (&error, "there is no Step_<MCS>.vtk in it");
  reading_remove (none);
  ck_assert_ptr_null (epns_vtk_read_folder (none, tissue_closed, names, &error));
  reading_failed (&error, none);

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *folder = reading_folder ();
    put (folder, "Step_0.vtk", "AAb|AA.");
    put (folder, cases[i].name, cases[i].drawing);
    ck_assert_ptr_null (epns_vtk_read_folder (folder, tissue_closed, names, &error));
    reading_failed (&error, cases[i].says);
    reading_remove (folder);
  }
}
END_TEST

START_TEST (types_that_change_or_have_no_name)
{
  g_autofree char *folder = reading_folder (), *text = snapshot ("AAA|AA.");
  g_autofree char *other = reading_replace (text, "1 1 1 1 1", "2 2 2 2 2");
  const char *const dark_only[] = { "Medium", "Dark", NULL };
  g_autoptr (GError) error = NULL;

  put (folder, "Step_0.vtk", "AAA|AA.");
  g_free (reading_write (folder, "Step_1.vtk", other, -1));
  ck_assert_ptr_null (epns_vtk_read_folder (folder, tissue_closed, names, &error));
  reading_failed (&error, "Step_1.vtk: cell 1 of member 0 changed from type 1 to 2");
  ck_assert_ptr_null (epns_vtk_read_folder (folder, tissue_closed, dark_only, &error));
  reading_failed (&error, "Step_1.vtk: ");
  reading_remove (folder);
}
END_TEST

SUITE ("vtk", what_a_snapshot_says, bytes_with_a_sign, files_that_are_something_else, cut_anywhere,
       a_folder, folders_that_hold_something_else, types_that_change_or_have_no_name)
