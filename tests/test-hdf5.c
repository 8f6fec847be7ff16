/* SPDX-License-Identifier: MIT */
/* HDF5 recordings: what goes in comes out, a run cut short goes on, what is damaged is refused
 * without a word from HDF5. */
#include "plugin/error.h"
#include "tests/tissue.h"

#include <hdf5.h>
#include <unistd.h>

static const char *const drawings[] = { "AAb.|AAbb|....", "AA.b|Abbb|....", ".Ab.|AAbb|..b.",
                                        "A.b.|AAbb|..b.", "AAb.|AAbb|c...", "AAAb|AAbb|c...",
                                        "AAAb|AA.b|....", "AAA.|AA.b|...." };

static void
write_frames (EpnsTrajectoryWriter *writer, const EpnsTrajectory *from, guint32 until)
{
  for (guint32 m = 0; m < from->meta->members; m++)
    while (epns_trajectory_writer_done (writer, m) < until) {
      g_autoptr (GError) error = NULL;
      g_autoptr (EpnsLatticeState)
          state = epns_trajectory_lattice (from, m, epns_trajectory_writer_done (writer, m));
      ck_assert_msg (epns_trajectory_writer_frame (writer, m, &state->base, &error), "%s",
                     error ? error->message : "");
    }
}

/* Record `until` frames of each member into `path`; an archive of each that says how far it
 * came. */
static void
write_until (const EpnsTrajectory *from, const char *path, guint32 until, gboolean resume)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (EpnsTrajectoryWriter)
      writer = resume ? epns_trajectory_writer_resume (path, from->meta, &error)
                      : epns_trajectory_writer_new (path, from->meta, &error);

  ck_assert_msg (writer != NULL, "%s", error ? error->message : "");
  write_frames (writer, from, until);
  for (guint32 m = 0; m < from->meta->members; m++) {
    g_autofree char *text = g_strdup_printf ("member %u after %u", m, until);
    g_autoptr (GBytes) archive = g_bytes_new (text, strlen (text));
    ck_assert (epns_trajectory_writer_archive (writer, m, archive, &error));
  }
  ck_assert_msg (epns_trajectory_writer_finish (writer, &error), "%s", error ? error->message : "");
}

static void
assert_same (const EpnsTrajectory *back, const EpnsTrajectory *from)
{
  const EpnsTrajectoryMeta *a = back->meta, *b = from->meta;

  ck_assert_uint_eq (a->members, b->members);
  ck_assert_uint_eq (a->frames, b->frames);
  ck_assert_mem_eq (a->size, b->size, sizeof a->size);
  ck_assert_mem_eq (a->periodic, b->periodic, sizeof a->periodic);
  ck_assert_mem_eq (a->time, b->time, a->frames * sizeof *a->time);
  ck_assert_str_eq (a->time_unit, b->time_unit);
  ck_assert_uint_eq (a->seed, b->seed);
  ck_assert (
      g_strv_equal ((const char *const *) a->type_names, (const char *const *) b->type_names));
  ck_assert_uint_eq (g_hash_table_size (a->provenance), g_hash_table_size (b->provenance));
  ck_assert_str_eq (g_hash_table_lookup (a->provenance, "scenario"), "sorting.xml");
  ck_assert_uint_eq (back->n_rows, from->n_rows);
  ck_assert_mem_eq (back->type, from->type, a->members * back->n_rows * sizeof *back->type);
  ck_assert_mem_eq (back->id, from->id,
                    a->members * a->frames * epns_trajectory_meta_sites (a) * sizeof *back->id);
}

START_TEST (everything_comes_back)
{
  g_autoptr (EpnsTrajectory) from = tissue_record (2, 4, drawings, tissue_wrapped);
  g_autofree char *folder = tissue_folder (), *path = g_build_filename (folder, "out.h5", NULL);
  g_autoptr (GError) error = NULL;

  write_until (from, path, 4, FALSE);
  g_autoptr (EpnsTrajectory) back = epns_trajectory_read (path, &error);
  ck_assert_msg (back != NULL, "%s", error ? error->message : "");
  assert_same (back, from);
  ck_assert (epns_trajectory_complete (back));
  tissue_folder_end (folder, (const char *const[]){ "out.h5", NULL });
}
END_TEST

START_TEST (three_axes)
{
  g_autoptr (EpnsLatticeState) state = epns_lattice_state_new ((gint32[]){ 2, 3, 4 }, 30);
  g_autoptr (EpnsTrajectoryMeta) meta = tissue_meta (state, 1, 1, tissue_closed);
  g_autofree char *folder = tissue_folder (), *path = g_build_filename (folder, "out.h5", NULL);
  g_autoptr (EpnsTrajectory) from = epns_trajectory_new (meta, NULL);

  for (gint32 i = 0; i < 24; i++) {
    state->id[i] = i;
    state->type[i] = i == 0 ? 0 : 1 + i % 2;
  }
  ck_assert (epns_trajectory_record (from, 0, &state->base, NULL));
  write_until (from, path, 1, FALSE);
  g_autoptr (EpnsTrajectory) back = epns_trajectory_read (path, NULL);
  assert_same (back, from);
  tissue_folder_end (folder, (const char *const[]){ "out.h5", NULL });
}
END_TEST

START_TEST (a_run_cut_short_goes_on)
{
  g_autoptr (EpnsTrajectory) from = tissue_record (2, 4, drawings, tissue_wrapped);
  g_autofree char *folder = tissue_folder (), *path = g_build_filename (folder, "out.h5", NULL);
  g_autoptr (GError) error = NULL;

  write_until (from, path, 2, FALSE);
  g_autoptr (EpnsTrajectory) half = epns_trajectory_read (path, &error);
  ck_assert_msg (half != NULL, "%s", error ? error->message : "");
  ck_assert (!epns_trajectory_complete (half));
  ck_assert_uint_eq (half->meta->frames, 2);
  ck_assert_uint_eq (half->planned, 4);
  g_autoptr (GBytes) archive = epns_trajectory_read_archive (path, 1, &error);
  ck_assert_mem_eq (g_bytes_get_data (archive, NULL), "member 1 after 2", 16);

  write_until (from, path, 4, TRUE);
  g_autoptr (EpnsTrajectory) whole = epns_trajectory_read (path, &error);
  ck_assert_msg (whole != NULL, "%s", error ? error->message : "");
  assert_same (whole, from);
  ck_assert (epns_trajectory_complete (whole));
  g_autoptr (GBytes) later = epns_trajectory_read_archive (path, 0, &error);
  ck_assert_mem_eq (g_bytes_get_data (later, NULL), "member 0 after 4", 16);
  ck_assert_ptr_null (epns_trajectory_read_archive (path, 2, &error));
  ck_assert_ptr_nonnull (strstr (error->message, "member 2 cannot be resumed"));
  tissue_folder_end (folder, (const char *const[]){ "out.h5", NULL });
}
END_TEST

START_TEST (another_run_is_not_continued)
{
  g_autoptr (EpnsTrajectory) from = tissue_record (2, 4, drawings, tissue_wrapped);
  g_autofree char *folder = tissue_folder (), *path = g_build_filename (folder, "out.h5", NULL),
                  *before = NULL;
  gsize size;

  write_until (from, path, 2, FALSE);
  ck_assert (g_file_get_contents (path, &before, &size, NULL));
  const char *const says[] = { "other members", "other lattice", "other seed", "other cell types",
                               "other times" };
  for (guint i = 0; i < G_N_ELEMENTS (says); i++) {
    g_autoptr (EpnsTrajectoryMeta) meta = epns_trajectory_meta_copy (from->meta);
    g_autoptr (GError) error = NULL;

    meta->members += i == 0;
    meta->periodic[2] -= i == 1;
    meta->seed += i == 2;
    meta->type_names[1][0] = i == 3 ? 'B' : 'D';
    meta->time[1] += i == 4;
    ck_assert_ptr_null (epns_trajectory_writer_resume (path, meta, &error));
    ck_assert_msg (strstr (error->message, says[i]) != NULL, "%s", error->message);
  }
  g_autofree char *after = NULL;
  ck_assert (g_file_get_contents (path, &after, &size, NULL));
  ck_assert_mem_eq (before, after, size);
  tissue_folder_end (folder, (const char *const[]){ "out.h5", NULL });
}
END_TEST

/* Members that stop at different frames. */
START_TEST (uneven_members)
{
  const char *const uneven[] = { "AAb.|AAbb", "AA.b|Abbb", NULL,
                                 "AAb.|AAbb", "AAAb|AAbb", "AA..|AAbb" };
  g_autoptr (EpnsTrajectory) from = tissue_record (2, 3, uneven, tissue_closed);
  g_autofree char *folder = tissue_folder (), *path = g_build_filename (folder, "out.h5", NULL);
  g_autoptr (EpnsTrajectoryWriter) writer = epns_trajectory_writer_new (path, from->meta, NULL);

  for (guint32 m = 0; m < 2; m++)
    for (guint32 f = 0; f < from->done[m]; f++) {
      g_autoptr (EpnsLatticeState) state = epns_trajectory_lattice (from, m, f);
      ck_assert (epns_trajectory_writer_frame (writer, m, &state->base, NULL));
    }
  ck_assert (epns_trajectory_writer_finish (writer, NULL));
  g_autoptr (EpnsTrajectory) back = epns_trajectory_read (path, NULL);
  ck_assert_uint_eq (back->done[0], 2);
  ck_assert_uint_eq (back->done[1], 3);
  assert_same (back, from);
  tissue_folder_end (folder, (const char *const[]){ "out.h5", NULL });
}
END_TEST

/* Overwrite a dataset or attribute and read: it must be refused with this text. */
static void
assert_refused (const char *path, const char *says)
{
  g_autoptr (GError) error = NULL;
  EpnsTrajectory *self = epns_trajectory_read (path, &error);

  ck_assert_msg (self == NULL, "taken, though %s", says);
  ck_assert_msg (strstr (error->message, says) != NULL, "%s", error->message);
  ck_assert (g_str_has_prefix (error->message, path));
  ck_assert_ptr_null (strchr (error->message, '\n'));
}

START_TEST (files_that_lie)
{
  g_autoptr (EpnsTrajectory) from = tissue_record (1, 2, drawings, tissue_closed);
  g_autofree char *folder = tissue_folder (), *path = g_build_filename (folder, "out.h5", NULL);
  static const struct {
    const char *set;
    gint32 value;
    const char *says;
  } lies[] = {
    { "frames_done", 3, "more frames than there are" },
    { "cell_type", 3, "has type 3 of 3" },
    { "cell_type", -1, "has type -1" },
    { "cell_id", TISSUE_ROWS, "there is no cell 53" },
    { "cell_id", -1, "there is no cell -1" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (lies); i++) {
    write_until (from, path, 2, FALSE);
    hid_t file = H5Fopen (path, H5F_ACC_RDWR, H5P_DEFAULT),
          set = H5Dopen2 (file, lies[i].set, H5P_DEFAULT);
    gint32 values[TISSUE_ROWS] = { 0 };
    values[0] = lies[i].value;
    ck_assert (H5Dwrite (set, H5T_NATIVE_INT32, H5S_ALL, H5S_ALL, H5P_DEFAULT, values) >= 0);
    H5Dclose (set);
    H5Fclose (file);
    assert_refused (path, lies[i].says);
  }
  const char *const parts[] = { "cell_id",    "cell_type",   "time",
                                "type_names", "frames_done", "provenance" };
  for (guint i = 0; i < G_N_ELEMENTS (parts); i++) {
    write_until (from, path, 2, FALSE);
    hid_t file = H5Fopen (path, H5F_ACC_RDWR, H5P_DEFAULT);
    H5Ldelete (file, parts[i], H5P_DEFAULT);
    H5Fclose (file);
    assert_refused (path, parts[i]);
  }
  tissue_folder_end (folder, (const char *const[]){ "out.h5", NULL });
}
END_TEST

/* Frames that take no room in the file, as anyone can claim them. */
START_TEST (sizes_that_are_claimed)
{
  static const hsize_t shapes[][4] = { { 1, 1 << 30, 3, 4 },
                                       { 1 << 30, 1, 3, 4 },
                                       { 1, 2, 1 << 30, 1 << 30 } };
  g_autoptr (EpnsTrajectory) from = tissue_record (1, 2, drawings, tissue_closed);
  g_autofree char *folder = tissue_folder (), *path = g_build_filename (folder, "out.h5", NULL);
  static const char *const says[] = { "more frames or members than", "more frames or members than",
                                      "memory" };

  for (guint i = 0; i < G_N_ELEMENTS (shapes); i++) {
    write_until (from, path, 2, FALSE);
    hid_t file = H5Fopen (path, H5F_ACC_RDWR, H5P_DEFAULT),
          space = H5Screate_simple (4, shapes[i], NULL);
    hid_t list = H5Pcreate (H5P_DATASET_CREATE);
    H5Pset_chunk (list, 4, (const hsize_t[]){ 1, 1, 1, 1 });
    H5Ldelete (file, "cell_id", H5P_DEFAULT);
    hid_t set = H5Dcreate2 (file, "cell_id", H5T_STD_I32LE, space, H5P_DEFAULT, list, H5P_DEFAULT);
    ck_assert (set >= 0);
    H5Dclose (set);
    H5Pclose (list);
    H5Sclose (space);
    H5Fclose (file);
    assert_refused (path, says[i]);
  }
  tissue_folder_end (folder, (const char *const[]){ "out.h5", NULL });
}
END_TEST

START_TEST (files_that_are_none)
{
  g_autoptr (EpnsTrajectory) from = tissue_record (1, 2, drawings, tissue_closed);
  g_autofree char *folder = tissue_folder (), *path = g_build_filename (folder, "out.h5", NULL),
                  *bytes = NULL;
  gsize size;

  assert_refused (path, "there is no such file");
  write_until (from, path, 2, FALSE);
  ck_assert (g_file_get_contents (path, &bytes, &size, NULL));
  for (gsize cut = 0; cut < size; cut += 1 + size / 97) {
    ck_assert (g_file_set_contents (path, bytes, (gssize) cut, NULL));
    assert_refused (path, "cannot be read as HDF5");
  }
  hid_t other = H5Fcreate (path, H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT);
  H5Fclose (other);
  assert_refused (path, "attribute format is missing");
  tissue_folder_end (folder, (const char *const[]){ "out.h5", NULL });
}
END_TEST

static herr_t
own_printer (hid_t stack G_GNUC_UNUSED, void *data)
{
  ++*(int *) data;
  return 0;
}

START_TEST (hdf5_speaks_as_before)
{
  int calls = 0;
  H5E_auto2_t printer;
  void *data;

  H5Eset_auto2 (H5E_DEFAULT, own_printer, &calls);
  ck_assert_ptr_null (epns_trajectory_read ("/nowhere.h5", NULL));
  ck_assert_ptr_null (epns_trajectory_read_archive ("/nowhere.h5", 0, NULL));
  ck_assert_int_eq (calls, 0);
  H5Eget_auto2 (H5E_DEFAULT, &printer, &data);
  ck_assert (printer == own_printer && data == &calls);
}
END_TEST

SUITE ("hdf5", everything_comes_back, three_axes, a_run_cut_short_goes_on,
       another_run_is_not_continued, uneven_members, files_that_lie, sizes_that_are_claimed,
       files_that_are_none, hdf5_speaks_as_before)
