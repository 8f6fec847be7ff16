/* SPDX-License-Identifier: MIT */
/* The OpenVT table: centres, diameters, rows; and cells across a periodic border. */
#include "adapters/centres.h"
#include "adapters/openvt-csv.h"
#include "tests/tissue.h"

#include <math.h>

START_TEST (centres_on_a_closed_lattice)
{
  g_autoptr (EpnsLatticeState) state = tissue_draw ("AA.b|AAAb|...b");
  guint32 volume[TISSUE_ROWS];
  double centre[TISSUE_ROWS][3];

  epns_lattice_centres (state->size, tissue_closed, state->id, TISSUE_ROWS, volume, centre);
  ck_assert_uint_eq (volume[1], 5);
  ck_assert_double_eq_tol (centre[1][2], (0 + 1 + 0 + 1 + 2) / 5.0, 1e-15);
  ck_assert_double_eq_tol (centre[1][1], 3 / 5.0, 1e-15);
  ck_assert_double_eq (centre[1][0], 0);
  ck_assert_double_eq (centre[tissue_id ('b')][2], 3);
  ck_assert_double_eq (centre[tissue_id ('b')][1], 1);
  ck_assert (isnan (centre[2][1]));
}
END_TEST

START_TEST (centres_across_a_border)
{
  g_autoptr (EpnsLatticeState) state = tissue_draw ("A....AAA|........|bb......|.......b");
  guint32 volume[TISSUE_ROWS];
  double centre[TISSUE_ROWS][3];

  epns_lattice_centres (state->size, tissue_wrapped, state->id, TISSUE_ROWS, volume, centre);
  ck_assert_double_eq_tol (centre[1][2], 6.5, 1e-12); /* sites 5, 6, 7 and 8 = 0 */
  ck_assert_double_eq_tol (centre[1][1], 0, 1e-12);
  ck_assert_double_eq_tol (centre[tissue_id ('b')][2], 0, 1e-12); /* sites 0, 1 and -1 = 7 */
  ck_assert_double_eq_tol (centre[tissue_id ('b')][1], 7 / 3.0, 1e-12);
  ck_assert_double_eq (epns_unwrap (7.5, 0, 8), -0.5);
  ck_assert_double_eq (epns_unwrap (0.5, 23, 8), 24.5);
}
END_TEST

START_TEST (rows)
{
  g_autoptr (EpnsLatticeState) state = tissue_draw ("AAbb....|AAbb....");
  g_autoptr (GString) text = g_string_new (NULL);

  ck_assert_double_eq (epns_openvt_diameter (state), 2);
  epns_openvt_append (text, state, tissue_closed, 3, 12.5, 2);
  ck_assert_str_eq (text->str, "3,12.5,1,1,0.25,0.25\n3,12.5,28,2,1.25,0.25\n");
}
END_TEST

START_TEST (a_file)
{
  const char *const frames[] = { "AAbb|AAbb", "AAAb|AAAA", "AAAA|AAAA" }; /* b dies */
  g_autoptr (EpnsTrajectory) from = tissue_record (1, 3, frames, tissue_closed);
  g_autofree char *folder = tissue_folder (), *path = g_build_filename (folder, "out.csv", NULL),
                  *text = NULL;
  g_autoptr (EpnsTrajectoryWriter) writer = epns_trajectory_writer_new (path, from->meta, NULL);

  for (guint32 f = 0; f < 3; f++) {
    g_autoptr (EpnsLatticeState) state = epns_trajectory_lattice (from, 0, f);
    ck_assert (epns_trajectory_writer_frame (writer, 0, &state->base, NULL));
  }
  ck_assert (epns_trajectory_writer_finish (writer, NULL));
  ck_assert (g_file_get_contents (path, &text, NULL, NULL));
  ck_assert_str_eq (text, EPNS_OPENVT_HEADER "0,0,1,1,0.25,0.25\n0,0,28,2,1.25,0.25\n"
                                             "0,10,1,1,0.6428571429,0.2857142857\n0,10,28,2,1.5,0\n"
                                             "0,20,1,1,0.75,0.25\n");
  tissue_folder_end (folder, (const char *const[]){ "out.csv", NULL });
}
END_TEST

SUITE ("openvt-csv", centres_on_a_closed_lattice, centres_across_a_border, rows, a_file)
