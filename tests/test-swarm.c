/* SPDX-License-Identifier: MIT */
/* Recordings of particles, in memory and as files: what goes in comes out, whatever the format
 * keeps of it. */
#include "tests/swarm.h"
#include "tests/tissue.h"

#include <hdf5.h>
#include <math.h>

/* Write frames first to until - 1, time by time, and archives of what came. */
static void
write_frames (const char *path, gint32 axes, gboolean radii, guint32 members, guint32 frames,
              guint32 first, guint32 until)
{
  g_autoptr (EpnsTrajectoryMeta) meta = swarm_meta (axes, radii, members, frames);
  g_autoptr (GError) error = NULL;
  g_autoptr (EpnsTrajectoryWriter)
      writer = first > 0 ? epns_trajectory_writer_resume (path, meta, &error)
                         : epns_trajectory_writer_new (path, meta, &error);

  ck_assert_msg (writer != NULL, "%s", error ? error->message : "");
  for (guint32 f = first; f < until; f++)
    for (guint32 m = 0; m < members; m++) {
      g_autoptr (EpnsParticleState) state = swarm_state (axes, radii, m, f);
      ck_assert_uint_eq (epns_trajectory_writer_done (writer, m), f);
      ck_assert_msg (epns_trajectory_writer_frame (writer, m, &state->base, &error), "%s",
                     error ? error->message : "");
    }
  for (guint32 m = 0; m < members; m++) {
    g_autofree char *text = g_strdup_printf ("member %u after %u", m, until);
    g_autoptr (GBytes) archive = g_bytes_new (text, strlen (text));
    ck_assert (epns_trajectory_writer_archive (writer, m, archive, NULL));
  }
  ck_assert_msg (epns_trajectory_writer_finish (writer, &error), "%s", error ? error->message : "");
}

static EpnsTrajectory *
read_back (const char *path)
{
  g_autoptr (GError) error = NULL;
  EpnsTrajectory *self = epns_trajectory_read (path, &error);

  ck_assert_msg (self != NULL, "%s", error ? error->message : "");
  return self;
}

static void
assert_frames (const EpnsTrajectory *self, guint32 frames)
{
  gint32 axes = self->meta->space.axes;

  for (guint32 m = 0; m < self->meta->members; m++) {
    ck_assert_uint_eq (self->done[m], frames);
    for (guint32 f = 0; f < frames; f++) {
      const double *x = epns_trajectory_positions (self, m, f),
                   *v = epns_trajectory_velocities (self, m, f);
      for (gsize i = 0; i < SWARM_BODIES; i++)
        for (gint32 axis = 0; axis < axes; axis++) {
          ck_assert_double_eq (x[i * (gsize) axes + (gsize) axis], swarm_place (m, f, i, axis));
          ck_assert_double_eq (v[i * (gsize) axes + (gsize) axis],
                               -2 * swarm_place (m, f, i, axis));
        }
    }
  }
}

START_TEST (records_in_memory)
{
  g_autoptr (EpnsTrajectory) self = swarm_record (2, TRUE, 2, 3, 2);
  g_autoptr (EpnsState) frame = epns_trajectory_state (self, 1, 1);
  g_autoptr (EpnsParticleState) same = swarm_state (2, TRUE, 1, 1),
                                other = swarm_state (2, TRUE, 0, 2);
  g_autoptr (GError) error = NULL;

  assert_frames (self, 2);
  ck_assert (isnan (epns_trajectory_positions (self, 0, 2)[0]));
  ck_assert (epns_state_equal (frame, &same->base));
  ck_assert_mem_eq (((EpnsParticleState *) frame)->radius, same->radius, 3 * sizeof (double));
  ck_assert (!epns_trajectory_complete (self));
  other->mass[1] += 1;
  ck_assert (!epns_trajectory_record (self, 0, &other->base, &error));
  ck_assert_ptr_nonnull (strstr (error->message, "a body of member 0 changed its mass"));
}
END_TEST

START_TEST (hdf5_comes_back)
{
  for (guint32 members = 1; members <= 2; members++)
    for (gint32 axes = 2; axes <= 3; axes++) {
      g_autofree char *folder = tissue_folder (), *path = g_build_filename (folder, "a.h5", NULL);
      write_frames (path, axes, axes == 2, members, 4, 0, 4);
      g_autoptr (EpnsTrajectory) back = read_back (path);
      const EpnsSpace space = swarm_space (axes);
      ck_assert_ptr_eq (back->meta->layout, &epns_layout_particles);
      ck_assert_uint_eq (back->meta->members, members);
      ck_assert_int_eq (back->meta->space.boundary, space.boundary);
      ck_assert_mem_eq (back->meta->space.low, space.low, sizeof space.low);
      ck_assert_mem_eq (back->meta->space.high, space.high, sizeof space.high);
      ck_assert_str_eq (back->meta->length_unit, "micron");
      ck_assert_str_eq (back->meta->time_unit, "min");
      ck_assert_str_eq (back->meta->type_names[1], "B");
      ck_assert_str_eq (g_hash_table_lookup (back->meta->provenance, "kind"), "nbody");
      ck_assert_uint_eq (back->meta->seed, 7);
      ck_assert_double_eq (back->meta->time[3], 1.5);
      ck_assert_double_eq (back->mass[(members - 1) * SWARM_BODIES + 2], 3.5);
      ck_assert_int_eq (back->type[1], 1);
      ck_assert_int_eq (back->body[2], 72);
      ck_assert (axes == 2 ? back->radius[1] == 9 : back->radius == NULL);
      ck_assert (epns_trajectory_complete (back));
      assert_frames (back, 4);
      g_autoptr (EpnsTrajectory) about = epns_trajectory_describe (path, NULL);
      ck_assert_ptr_null (about->position);
      ck_assert_uint_eq (about->done[0], 4);
      tissue_folder_end (folder, (const char *const[]){ "a.h5", NULL });
    }
}
END_TEST

START_TEST (a_run_cut_short_goes_on)
{
  g_autofree char *folder = tissue_folder (), *path = g_build_filename (folder, "a.h5", NULL);
  g_autoptr (GError) error = NULL;

  write_frames (path, 2, TRUE, 2, 5, 0, 2);
  g_autoptr (EpnsTrajectory) half = read_back (path);
  ck_assert_uint_eq (half->planned, 5);
  assert_frames (half, 2);
  write_frames (path, 2, TRUE, 2, 5, 2, 5);
  g_autoptr (EpnsTrajectory) whole = read_back (path);
  ck_assert (epns_trajectory_complete (whole));
  assert_frames (whole, 5);
  g_autoptr (GBytes) archive = epns_trajectory_read_archive (path, 1, NULL);
  ck_assert_mem_eq (g_bytes_get_data (archive, NULL), "member 1 after 5", 16);

  g_autoptr (EpnsTrajectoryMeta) other = swarm_meta (2, TRUE, 2, 6);
  other->space.high[0] += 1;
  ck_assert_ptr_null (epns_trajectory_writer_resume (path, other, &error));
  ck_assert_ptr_nonnull (strstr (error->message, "other space or bodies"));
  g_clear_error (&error);
  g_autoptr (EpnsTrajectoryMeta) flat = swarm_meta (3, TRUE, 2, 6);
  ck_assert_ptr_null (epns_trajectory_writer_resume (path, flat, &error));
  ck_assert_ptr_nonnull (strstr (error->message, "other space or bodies"));
  tissue_folder_end (folder, (const char *const[]){ "a.h5", NULL });
}
END_TEST

/* What any reader of H5MD looks for. */
START_TEST (hdf5_is_h5md)
{
  static const char *const there[] = { "h5md/author",
                                       "h5md/creator",
                                       "particles/all/position/value",
                                       "particles/all/position/step",
                                       "particles/all/position/time",
                                       "particles/all/velocity/value",
                                       "particles/all/velocity/time",
                                       "particles/all/box/edges",
                                       "particles/all/mass",
                                       "particles/all/species",
                                       "particles/all/id" };
  g_autofree char *folder = tissue_folder (), *path = g_build_filename (folder, "a.h5", NULL);
  gint32 version[2], dimension;
  hsize_t shape[3];
  double time[3];

  write_frames (path, 2, TRUE, 1, 3, 0, 3);
  hid_t file = H5Fopen (path, H5F_ACC_RDONLY, H5P_DEFAULT);
  for (guint i = 0; i < G_N_ELEMENTS (there); i++)
    ck_assert_msg (H5Oexists_by_name (file, there[i], H5P_DEFAULT) > 0, "%s", there[i]);
  hid_t attribute = H5Aopen_by_name (file, "h5md", "version", H5P_DEFAULT, H5P_DEFAULT);
  ck_assert (H5Aread (attribute, H5T_NATIVE_INT32, version) >= 0);
  ck_assert (version[0] == 1 && version[1] == 1);
  H5Aclose (attribute);
  attribute = H5Aopen_by_name (file, "particles/all/box", "dimension", H5P_DEFAULT, H5P_DEFAULT);
  ck_assert (H5Aread (attribute, H5T_NATIVE_INT32, &dimension) >= 0 && dimension == 2);
  H5Aclose (attribute);
  hid_t set = H5Dopen2 (file, "particles/all/position/value", H5P_DEFAULT),
        space = H5Dget_space (set);
  ck_assert_int_eq (H5Sget_simple_extent_dims (space, shape, NULL), 3);
  ck_assert (shape[0] == 3 && shape[1] == SWARM_BODIES && shape[2] == 2);
  H5Sclose (space);
  H5Dclose (set);
  set = H5Dopen2 (file, "particles/all/velocity/time", H5P_DEFAULT);
  ck_assert (H5Dread (set, H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, time) >= 0);
  ck_assert_double_eq (time[2], 1.0);
  H5Dclose (set);
  H5Fclose (file);
  tissue_folder_end (folder, (const char *const[]){ "a.h5", NULL });
}
END_TEST

/* Overwrite or remove one part of a good file: it must be refused. */
START_TEST (files_that_lie)
{
  static const struct {
    const char *set;
    double value; /* NaN: removed */
    const char *says;
  } lies[] = { { "particles/all/mass", 0, "mass not above 0" },
               { "particles/all/radius", -1, "radius below 0" },
               { "particles/all/species", 2, "has type 2 of 2" },
               { "frames_done", 4, "more frames than there are" },
               { "particles/all/id", NAN, "id" },
               { "particles/all/velocity", NAN, "velocity" },
               { "particles/all/position", NAN, "position" },
               { "frames_done", NAN, "frames_done" },
               { "time", NAN, "time" } };
  g_autofree char *folder = tissue_folder (), *path = g_build_filename (folder, "a.h5", NULL);

  for (guint i = 0; i < G_N_ELEMENTS (lies); i++) {
    g_autoptr (GError) error = NULL;
    const double values[SWARM_BODIES] = { lies[i].value, 1, 1 };
    write_frames (path, 2, TRUE, 1, 3, 0, 3);
    hid_t file = H5Fopen (path, H5F_ACC_RDWR, H5P_DEFAULT);
    if (isnan (lies[i].value)) {
      ck_assert (H5Ldelete (file, lies[i].set, H5P_DEFAULT) >= 0);
    } else {
      hid_t set = H5Dopen2 (file, lies[i].set, H5P_DEFAULT);
      ck_assert (H5Dwrite (set, H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, values) >= 0);
      H5Dclose (set);
    }
    H5Fclose (file);
    ck_assert_msg (epns_trajectory_read (path, &error) == NULL, "%s is taken", lies[i].set);
    ck_assert_msg (strstr (error->message, lies[i].says) != NULL, "%s", error->message);
    ck_assert (g_str_has_prefix (error->message, path));
  }
  tissue_folder_end (folder, (const char *const[]){ "a.h5", NULL });
}
END_TEST

START_TEST (npy_comes_back)
{
  for (guint32 members = 1; members <= 2; members++)
    for (gint32 axes = 2; axes <= 3; axes++) {
      const char *before = members == 1 ? "" : "2, ";
      g_autofree char *folder = tissue_folder (), *path = g_build_filename (folder, "a.npy", NULL),
                      *head = g_strdup_printf ("(%s3, 3, %d)", before, 1 + 2 * axes), *bytes = NULL;
      gsize size;
      write_frames (path, axes, TRUE, members, 3, 0, 3);
      ck_assert (g_file_get_contents (path, &bytes, &size, NULL));
      ck_assert_uint_eq (size, 128 + members * 3 * 3 * (1 + 2 * (guint) axes) * sizeof (double));
      ck_assert_ptr_nonnull (g_strstr_len (bytes + 10, 118, "'descr': '<f8'"));
      ck_assert_ptr_nonnull (g_strstr_len (bytes + 10, 118, head));
      g_autoptr (EpnsTrajectory) back = read_back (path);
      ck_assert_int_eq (back->meta->space.axes, axes);
      ck_assert_double_eq (back->mass[1], 2.5);
      ck_assert_ptr_null (back->radius);
      assert_frames (back, 3);

      g_autoptr (GError) error = NULL;
      ((double *) (void *) (bytes + 128))[3 * (1 + 2 * axes)] = 9; /* a mass of frame 1 */
      ck_assert (g_file_set_contents (path, bytes, (gssize) size, NULL));
      ck_assert_ptr_null (epns_trajectory_read (path, &error));
      ck_assert_ptr_nonnull (strstr (error->message, "body 0 of member 0 changes its mass"));
      tissue_folder_end (folder, (const char *const[]){ "a.npy", NULL });
    }
}
END_TEST

static char *
written (const char *name, gint32 axes, guint32 frames)
{
  g_autofree char *folder = tissue_folder (), *path = g_build_filename (folder, name, NULL);
  char *text;

  write_frames (path, axes, TRUE, 1, frames, 0, frames);
  ck_assert (g_file_get_contents (path, &text, NULL, NULL));
  tissue_folder_end (folder, (const char *const[]){ name, NULL });
  return text;
}

START_TEST (xyz_line_for_line)
{
  g_autofree char *plane = written ("a.xyz", 2, 2), *space = written ("a.xyz", 3, 1);
  g_auto (GStrv) lines = g_strsplit (plane, "\n", -1), in_space = g_strsplit (space, "\n", -1);

  ck_assert_uint_eq (g_strv_length (lines), 2 * (SWARM_BODIES + 2) + 1);
  ck_assert_str_eq (lines[0], "3");
  ck_assert_str_eq (lines[1],
                    "pbc=\"F F F\" Lattice=\" 200 0 0 0 100.5 0 0 0 1\" Origin=\" -100 -50 0\" "
                    "Time=0 time_unit=\"min\" length_unit=\"micron\" member=0 "
                    "Properties=species:S:1:pos:R:3:velo:R:3:mass:R:1:radius:R:1:id:I:1");
  ck_assert_str_eq (lines[3], "B 10.1 10.199999999999999 0 -20.199999999999999 "
                              "-20.399999999999999 0 2.5 9 71");
  ck_assert_ptr_nonnull (strstr (lines[6], " Time=0.5 "));
  ck_assert_ptr_null (strstr (in_space[1], "Lattice"));
  ck_assert (g_str_has_prefix (in_space[2], "A 0.10000000000000001 0.20000000000000001 0.3"));
}
END_TEST

START_TEST (csv_line_for_line)
{
  g_autofree char *text = written ("a.csv", 2, 2);
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);

  ck_assert_uint_eq (g_strv_length (lines), 1 + 2 * SWARM_BODIES + 1);
  ck_assert_str_eq (lines[0], "simID,time,cellID,cellType,x,y");
  ck_assert_str_eq (lines[2], "0,0,71,2,0.5611111111,0.5666666667"); /* a diameter is 18 */
  ck_assert (g_str_has_prefix (lines[4], "0,0.5,70,1,"));
}
END_TEST

START_TEST (what_cannot_be_written_is_said_at_once)
{
  static const struct {
    const char *name, *says;
  } cases[] = { { "a.csv", "the space has 3 axes" },
                { "a.txt", "must end in .h5, .npy, .csv or .xyz" } };
  g_autofree char *folder = tissue_folder ();
  g_autoptr (EpnsTrajectoryMeta) meta = swarm_meta (3, FALSE, 1, 1);
  g_autoptr (EpnsLatticeState) lattice = tissue_draw ("AA|AA");
  g_autoptr (EpnsTrajectoryMeta) tissue = tissue_meta (lattice, 1, 1, tissue_closed);
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *path = g_build_filename (folder, cases[i].name, NULL);
    ck_assert_ptr_null (epns_trajectory_writer_new (path, meta, &error));
    ck_assert_msg (strstr (error->message, cases[i].says) != NULL, "%s", error->message);
    g_clear_error (&error);
  }
  ck_assert_ptr_null (epns_trajectory_writer_new ("a.xyz", tissue, &error));
  ck_assert_ptr_nonnull (strstr (error->message, "must end in .h5, .npy or .csv"));
  g_clear_error (&error);
  ck_assert_ptr_null (epns_trajectory_read ("a.xyz", &error));
  ck_assert_ptr_nonnull (strstr (error->message, "is written but not read back"));
  tissue_folder_end (folder, NULL);
}
END_TEST

SUITE ("swarm", records_in_memory, hdf5_comes_back, a_run_cut_short_goes_on, hdf5_is_h5md,
       files_that_lie, npy_comes_back, xyz_line_for_line, csv_line_for_line,
       what_cannot_be_written_is_said_at_once)
