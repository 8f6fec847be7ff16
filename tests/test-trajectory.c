/* SPDX-License-Identifier: MIT */
/* Recordings in memory and as files: what goes in comes out, and a failure leaves nothing
 * behind. */
#include "config.h" /* seteuid */

#include "plugin/error.h"
#include "tests/tissue.h"

#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

static const char *const two_members[] = { "AAb.|AAbb|....", "AA.b|Abbb|....", ".Ab.|AAbb|..b.",
                                           "AAb.|AAbb|....", "AAAb|AAbb|....", NULL };

/* Write a recording's frames, time by time, to a file; FALSE and *error as the writer says. */
static gboolean
write_all (const EpnsTrajectory *from, const char *path, GError **error)
{
  g_autoptr (EpnsTrajectoryWriter) writer = epns_trajectory_writer_new (path, from->meta, error);

  if (writer == NULL)
    return FALSE;
  for (guint32 f = 0; f < from->meta->frames; f++)
    for (guint32 m = 0; m < from->meta->members; m++) {
      if (f >= from->done[m])
        continue;
      g_autoptr (EpnsLatticeState) state = epns_trajectory_lattice (from, m, f);
      if (!epns_trajectory_writer_frame (writer, m, &state->base, error))
        return FALSE;
      ck_assert_uint_eq (epns_trajectory_writer_done (writer, m), f + 1);
    }
  return epns_trajectory_writer_finish (writer, error);
}

START_TEST (records_in_memory)
{
  g_autoptr (EpnsTrajectory) self = tissue_record (2, 3, two_members, tissue_closed);
  g_autoptr (EpnsLatticeState) last = epns_trajectory_lattice (self, 1, 1);

  ck_assert_uint_eq (self->done[0], 3);
  ck_assert_uint_eq (self->done[1], 2);
  ck_assert (!epns_trajectory_complete (self));
  ck_assert_int_eq (last->id[3], tissue_id ('b'));
  ck_assert_int_eq (last->type[tissue_id ('b')], 2);
  ck_assert_int_eq (epns_trajectory_frame (self, 1, 2)[0], -1);
}
END_TEST

START_TEST (a_type_is_for_life)
{
  g_autoptr (EpnsTrajectory) self = tissue_record (2, 3, two_members, tissue_closed);
  g_autoptr (EpnsLatticeState) state = epns_trajectory_lattice (self, 1, 1);
  g_autoptr (GError) error = NULL;

  state->type[tissue_id ('b')] = 1;
  ck_assert (!epns_trajectory_record (self, 1, &state->base, &error));
  ck_assert_ptr_nonnull (strstr (error->message, "cell 28 of member 1 changed from type 2 to 1"));
}
END_TEST

START_TEST (npy_comes_back)
{
  for (guint32 members = 1; members <= 2; members++) {
    g_autoptr (EpnsTrajectory)
        self = tissue_record (members, members == 1 ? 3 : 2, two_members, tissue_closed);
    g_autofree char *folder = tissue_folder (), *path = g_build_filename (folder, "out.NPY", NULL);
    g_autoptr (GError) error = NULL;

    ck_assert_msg (write_all (self, path, &error), "%s", error ? error->message : "");
    g_autoptr (EpnsTrajectory) back = epns_trajectory_read (path, &error);
    ck_assert_msg (back != NULL, "%s", error ? error->message : "");
    ck_assert_uint_eq (back->meta->members, members);
    ck_assert_uint_eq (back->meta->frames, self->meta->frames);
    ck_assert_mem_eq (back->id, self->id, 4 * 12 * members * self->meta->frames);
    ck_assert_int_eq (epns_trajectory_types (back, members - 1)[tissue_id ('b')], 2);
    g_autoptr (EpnsTrajectory) about = epns_trajectory_describe (path, &error);
    ck_assert_ptr_null (about->id);
    tissue_folder_end (folder, (const char *const[]){ "out.NPY", NULL });
  }
}
END_TEST

START_TEST (npy_of_a_run_cut_short)
{
  g_autoptr (EpnsTrajectory)
      self = tissue_record (2, 3, two_members, tissue_closed); /* 3 and 2 frames */
  g_autofree char *folder = tissue_folder (), *path = g_build_filename (folder, "out.npy", NULL);
  g_autoptr (GError) error = NULL;

  ck_assert (write_all (self, path, &error));
  g_autoptr (EpnsTrajectory) back = epns_trajectory_read (path, &error);
  ck_assert_msg (back != NULL, "%s", error ? error->message : "");
  ck_assert_uint_eq (back->meta->frames, 2);
  for (guint32 m = 0; m < 2; m++)
    for (guint32 f = 0; f < 2; f++)
      ck_assert_mem_eq (epns_trajectory_frame (back, m, f), epns_trajectory_frame (self, m, f),
                        4 * 12);
  tissue_folder_end (folder, (const char *const[]){ "out.npy", NULL });
}
END_TEST

START_TEST (what_cannot_be_written_is_said_at_once)
{
  static const struct {
    const char *name, *says;
    gint32 planes;
  } cases[] = {
    { "out.txt", "must end in .h5, .npy or .csv", 1 },
    { ".h5", "must end in", 1 },
    { "none/out.h5", "there is no folder", 1 },
    { "folder.npy", "is a folder", 1 },
    { "out.npy", "has 2 planes", 2 },
    { "out.csv", "has 2 planes", 2 },
  };
  g_autofree char *folder = tissue_folder (),
                  *inner = g_build_filename (folder, "folder.npy", NULL);

  ck_assert_int_eq (g_mkdir (inner, 0777), 0);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *path = i == 1 ? g_strdup (".h5")
                                   : g_build_filename (folder, cases[i].name, NULL);
    g_autoptr (EpnsLatticeState)
        like = epns_lattice_state_new ((gint32[]){ cases[i].planes, 3, 4 }, 2);
    g_autoptr (EpnsTrajectoryMeta) meta = tissue_meta (like, 1, 2, tissue_closed);
    g_autoptr (GError) error = NULL;

    ck_assert_ptr_null (epns_trajectory_writer_new (path, meta, &error));
    ck_assert_msg (strstr (error->message, cases[i].says) != NULL, "%s", error->message);
    ck_assert (g_str_has_prefix (error->message, path));
  }
  g_rmdir (inner);
  tissue_folder_end (folder, NULL);
}
END_TEST

static const char *const suffixes[] = { "out.h5", "out.npy", "out.csv" };

START_TEST (unfinished_files_vanish)
{
  g_autofree char *folder = tissue_folder ();
  g_autofree char *path = g_build_filename (folder, suffixes[_i], NULL);
  g_autoptr (EpnsLatticeState) state = tissue_draw (two_members[0]);
  g_autoptr (EpnsTrajectoryMeta) meta = tissue_meta (state, 1, 2, tissue_closed);
  g_autoptr (EpnsTrajectoryWriter) writer = epns_trajectory_writer_new (path, meta, NULL);

  ck_assert (epns_trajectory_writer_frame (writer, 0, &state->base, NULL));
  g_clear_pointer (&writer, epns_trajectory_writer_free);
  tissue_folder_end (folder, NULL);
}
END_TEST

/* In a child that may write `limit` bytes to a file, as on a full disk. Exit status: 0 where the
 * writer refuses in one line. */
static int
write_with_room (const EpnsTrajectory *self, const char *path, rlim_t limit)
{
  g_autoptr (GError) error = NULL;

  signal (SIGXFSZ, SIG_IGN);
  setrlimit (RLIMIT_FSIZE, &(struct rlimit){ limit, limit });
  if (write_all (self, path, &error))
    return 1;
  return g_error_matches (error, EPNS_FAILURE, EPNS_FAILURE_IO)
                 && g_str_has_prefix (error->message, path) && strchr (error->message, '\n') == NULL
             ? 0
             : 2;
}

START_TEST (full_disk)
{
  g_autoptr (EpnsTrajectory) self = tissue_record (1, 3, two_members, tissue_closed);
  g_autofree char *folder = tissue_folder (), *path = g_build_filename (folder, suffixes[_i], NULL);
  int status;

  ck_assert (g_file_set_contents (path, "before", -1, NULL));
  for (rlim_t limit = 0; limit < 250; limit += 50) {
    pid_t child = fork ();
    if (child == 0)
      exit (write_with_room (self, path,
                             limit)); /* HDF5's own end of program must get through as well */
    ck_assert_int_eq (waitpid (child, &status, 0), child);
    ck_assert_msg (WIFEXITED (status) && WEXITSTATUS (status) == 0, "room for %d: status %d",
                   (int) limit, status);
  }
  g_autofree char *kept = NULL;
  ck_assert (g_file_get_contents (path, &kept, NULL, NULL));
  ck_assert_str_eq (kept, "before");
  tissue_folder_end (folder, (const char *const[]){ suffixes[_i], NULL });
}
END_TEST

START_TEST (no_permission)
{
  g_autofree char *folder = tissue_folder (), *path = g_build_filename (folder, suffixes[_i], NULL);
  g_autoptr (EpnsLatticeState) state = tissue_draw (two_members[0]);
  g_autoptr (EpnsTrajectoryMeta) meta = tissue_meta (state, 1, 2, tissue_closed);
  g_autoptr (GError) error = NULL;

  ck_assert_int_eq (g_chmod (folder, 0555), 0);
  gboolean root = geteuid () == 0; /* who may write anywhere: be nobody for a moment */
  ck_assert (!root || seteuid (65534) == 0);
  ck_assert_ptr_null (epns_trajectory_writer_new (path, meta, &error));
  ck_assert (!root || seteuid (0) == 0);
  ck_assert_ptr_nonnull (strstr (error->message, "cannot be created: Permission denied"));
  g_chmod (folder, 0700);
  tissue_folder_end (folder, NULL);
}
END_TEST

START_TEST (npy_that_does_not_fit_itself)
{
  g_autoptr (EpnsTrajectory) self = tissue_record (1, 3, two_members, tissue_closed);
  g_autofree char *folder = tissue_folder (), *path = g_build_filename (folder, "out.npy", NULL),
                  *file = NULL;
  gsize size;

  ck_assert (write_all (self, path, NULL));
  ck_assert (g_file_get_contents (path, &file, &size, NULL));
  ck_assert_uint_eq (size, 128 + 3 * 12 * 8);
  for (gsize cut = 0; cut < size; cut += 7) {
    g_autoptr (GError) error = NULL;
    ck_assert (g_file_set_contents (path, file, (gssize) cut, NULL));
    ck_assert_ptr_null (epns_trajectory_read (path, &error));
    ck_assert (g_str_has_prefix (error->message, path));
  }
  static const struct {
    gint32 id, type;
    const char *says;
  } wrong[] = { { -1, 1, "holds cell -1" },        { 1, -1, "of type -1" },
                { 0, 1, "medium is 0, 0" },        { 5, 0, "medium is 0, 0" },
                { 5, 256, "of type 256" },         { 1, 2, "both type 1 and type 2" },
                { 2000000000, 1, "number cells" }, { G_MAXINT32, 1, "holds cell" } };
  for (guint i = 0; i < G_N_ELEMENTS (wrong); i++) {
    g_autoptr (GError) error = NULL;
    g_autofree char *bad = g_memdup2 (file, size);
    memcpy (bad + size - 8, (gint32[]){ GINT32_TO_LE (wrong[i].id), GINT32_TO_LE (wrong[i].type) },
            8);
    ck_assert (g_file_set_contents (path, bad, (gssize) size, NULL));
    ck_assert_ptr_null (epns_trajectory_read (path, &error));
    ck_assert_msg (strstr (error->message, wrong[i].says) != NULL, "%s", error->message);
  }
  tissue_folder_end (folder, (const char *const[]){ "out.npy", NULL });
}
END_TEST

START_TEST (only_hdf5_resumes)
{
  g_autoptr (EpnsLatticeState) state = tissue_draw (two_members[0]);
  g_autoptr (EpnsTrajectoryMeta) meta = tissue_meta (state, 1, 2, tissue_closed);
  g_autoptr (GError) error = NULL;

  ck_assert_ptr_null (epns_trajectory_writer_resume ("out.npy", meta, &error));
  ck_assert_ptr_nonnull (strstr (error->message, "only .h5 recordings can be resumed"));
  g_clear_error (&error);
  ck_assert_ptr_null (epns_trajectory_read ("out.csv", &error));
  ck_assert_ptr_nonnull (strstr (error->message, "holds no lattices"));
  ck_assert (epns_trajectory_writer_knows ("a/b.csv", &epns_layout_lattice, NULL));
  ck_assert (!epns_trajectory_writer_knows ("a.h5/b", &epns_layout_lattice, NULL));
}
END_TEST

SUITE_CASES ("trajectory", ONCE (records_in_memory), ONCE (a_type_is_for_life),
             ONCE (npy_comes_back), ONCE (npy_of_a_run_cut_short),
             ONCE (what_cannot_be_written_is_said_at_once),
             LOOP (unfinished_files_vanish, 0, G_N_ELEMENTS (suffixes)),
             LOOP (full_disk, 0, G_N_ELEMENTS (suffixes)),
             LOOP (no_permission, 0, G_N_ELEMENTS (suffixes)), ONCE (npy_that_does_not_fit_itself),
             ONCE (only_hdf5_resumes))
