/* SPDX-License-Identifier: MIT */
/* Ensembles aligned in time, and the table of what they differ by, in its three forms. */
#include "compare/table.h"
#include "plugin/error.h"
#include "tests/tissue.h"

#include <json-glib/json-glib.h>
#include <math.h>

/* Volume of A at time 10: 1, 2, 3, 4 in the native members; 3, 4 in the learned ones. */
static const char *const native_frames[] = { "A...", "A...", "A...", "AA..",
                                             "A...", "AAA.", "A...", "AAAA" };
static const char *const learned_frames[] = { "A...", "AAA.", "A...", "AAAA" };

static const EpnsTableRow *
row_of (const GArray *rows, const char *name, double time)
{
  for (guint i = 0; i < rows->len; i++) {
    const EpnsTableRow *row = &g_array_index (rows, EpnsTableRow, i);
    if (strcmp (row->series->name, name) == 0 && row->time == time)
      return row;
  }
  ck_abort_msg ("no row %s at %g", name, time);
  return NULL;
}

typedef struct {
  EpnsTrajectory *native, *learned;
  EpnsComparison *of;
  GArray *rows;
} Fixture;

static Fixture
set_up (gboolean second)
{
  Fixture self = { tissue_record (4, 2, native_frames, tissue_closed),
                   tissue_record (2, 2, learned_frames, tissue_closed), NULL, NULL };
  const guint32 times[] = { 0, 1 };

  self.of = epns_comparison_new (self.native, second ? self.learned : NULL, self.learned, NULL);
  ck_assert_ptr_nonnull (self.of);
  self.rows = epns_table_new (self.of, times, 2);
  return self;
}

static void
tear_down (Fixture *self)
{
  g_array_unref (self->rows);
  epns_comparison_free (self->of);
  epns_trajectory_free (self->native);
  epns_trajectory_free (self->learned);
}

START_TEST (numbers)
{
  Fixture self = set_up (FALSE);
  const EpnsTableRow *row = row_of (self.rows, "volume", 10);

  ck_assert_uint_eq (row->native_n, 4);
  ck_assert_uint_eq (row->learned_n, 2);
  ck_assert_double_eq (row->native_mean, 2.5);
  ck_assert_double_eq_tol (row->native_deviation, sqrt (5 / 3.0), 1e-15);
  ck_assert_double_eq (row->learned_mean, 3.5);
  ck_assert_double_eq (row->ks, 0.5);
  ck_assert_double_eq (row->wasserstein, 1);
  ck_assert_double_eq (row->floor_ks, 1); /* 1, 2 against 3, 4 */
  ck_assert_double_eq (row->floor_wasserstein, 2);
  ck_assert_double_eq (row_of (self.rows, "volume", 0)->ks, 0);
  ck_assert (isnan (row_of (self.rows, "displacement", 0)->ks));
  ck_assert (isnan (row_of (self.rows, "unlike-fraction", 10)->native_mean));
  tear_down (&self);

  self = set_up (TRUE);
  ck_assert_double_eq (row_of (self.rows, "volume", 10)->floor_ks,
                       0.5); /* against the second ensemble */
  tear_down (&self);
}
END_TEST

START_TEST (text_for_a_terminal)
{
  Fixture self = set_up (FALSE);
  g_autofree char *text = epns_table_text (self.of, self.rows);
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);

  ck_assert (g_str_is_ascii (text));
  ck_assert (g_str_has_prefix (lines[0], "Observable"));
  ck_assert_uint_eq (strlen (lines[0]), strlen (lines[2]));
  ck_assert_ptr_nonnull (strstr (lines[3], " 2.50 +- 1.29"));
  ck_assert_ptr_nonnull (strstr (lines[3], " 3.50 +- 0.71"));
  ck_assert (g_str_has_suffix (lines[3], " 0.50      1.00"));
  ck_assert_ptr_nonnull (strstr (text, "the two halves of the native ensemble (2 and 2 members)"));
  tear_down (&self);
}
END_TEST

START_TEST (csv)
{
  Fixture self = set_up (FALSE);
  EpnsSeries *series = self.of->native.series->pdata[0];
  g_free (series->name);
  series->name = g_strdup ("odd, \"name\"");
  g_autofree char *text = epns_table_csv (self.rows);
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);

  ck_assert_str_eq (
      lines[0],
      "observable,unit,time,native_n,learned_n,native_mean,native_sd,learned_mean,learned_sd,"
      "ks,ks_p,wasserstein,floor_ks,floor_ks_p,floor_wasserstein");
  ck_assert (g_str_has_prefix (
      lines[2], "\"odd, \"\"name\"\"\",site,10,4,2,2.5,1.290994449,3.5,0.7071067812,0.5,"));
  ck_assert_uint_eq (g_strv_length (lines), self.rows->len + 2);
  for (guint i = 3; i <= self.rows->len; i++) {
    g_auto (GStrv) fields = g_strsplit (lines[i], ",", -1);
    ck_assert_uint_eq (g_strv_length (fields), 15);
    ck_assert_ptr_null (strstr (lines[i], "nan"));
  }
  tear_down (&self);
}
END_TEST

START_TEST (json)
{
  Fixture self = set_up (TRUE);
  g_autofree char *text = epns_table_json (self.of, self.rows);
  g_autoptr (JsonParser) parser = json_parser_new ();

  ck_assert (json_parser_load_from_data (parser, text, -1, NULL));
  JsonObject *root = json_node_get_object (json_parser_get_root (parser));
  JsonArray *rows = json_object_get_array_member (root, "rows");
  JsonObject *row = json_array_get_object_element (rows, 1);
  ck_assert_str_eq (json_object_get_string_member (root, "floor"), "second ensemble");
  ck_assert_str_eq (
      json_object_get_string_member (json_object_get_object_member (root, "native2"), "kind"),
      "cpm");
  ck_assert_uint_eq (json_array_get_length (rows), self.rows->len);
  ck_assert_str_eq (json_object_get_string_member (row, "observable"), "volume");
  ck_assert_double_eq (json_object_get_double_member (row, "native_mean"), 2.5);
  ck_assert (json_object_get_null_member (json_array_get_object_element (rows, 2), "ks")
             == isnan (g_array_index (self.rows, EpnsTableRow, 2).ks));
  tear_down (&self);
}
END_TEST

/* Only the times that all have are compared. */
START_TEST (times_in_common)
{
  const char *const long_frames[] = { "A...", "AA..", "AAA.", "AAAA" }, *const ends[] = { "A...",
                                                                                          "AAA." };
  g_autoptr (EpnsTrajectory) native = tissue_record (1, 4, long_frames, tissue_closed);
  g_autoptr (EpnsTrajectory) learned = tissue_record (1, 2, ends, tissue_closed);
  const double share[] = { 0, 0.1, 1 };
  guint32 index[3];
  double value;

  learned->meta->time[1] = 20;
  g_autoptr (EpnsComparison) of = epns_comparison_new (native, NULL, learned, NULL);
  ck_assert_uint_eq (of->n_times, 2);
  ck_assert_double_eq (of->time[1], 20);
  ck_assert_uint_eq (of->native.frame[1], 2);
  ck_assert_uint_eq (of->learned.frame[1], 1);
  ck_assert_uint_eq (epns_ensemble_sample (&of->native, 0, 1, &value), 1);
  ck_assert_double_eq (value, 3);
  ck_assert_uint_eq (epns_comparison_times (of, share, 3, index), 2);
  ck_assert_uint_eq (index[1], 1);
}
END_TEST

START_TEST (what_cannot_be_compared)
{
  const char *const wide[] = { "A....", "AA..." };
  g_autoptr (EpnsTrajectory) native = tissue_record (4, 2, native_frames, tissue_closed);
  g_autoptr (EpnsTrajectory) other = tissue_record (1, 2, wide, tissue_closed);
  g_autoptr (EpnsTrajectory) wrapped = tissue_record (2, 2, learned_frames, tissue_wrapped);
  g_autoptr (EpnsTrajectory) late = tissue_record (2, 2, learned_frames, tissue_closed);
  g_autoptr (EpnsTrajectory) named = tissue_record (2, 2, learned_frames, tissue_closed);

  late->meta->time[1] = 11;
  named->meta->type_names[1][0] = 'B';
  const struct {
    const EpnsTrajectory *native2, *learned;
    const char *says;
  } cases[] = { { NULL, other, "learned recording differ in the size of the lattice" },
                { NULL, wrapped, "borders" },
                { NULL, named, "cell types" },
                { other, native, "second native recording differ in the size" },
                { NULL, late, "1 times in common" } };
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GError) error = NULL;
    ck_assert_ptr_null (epns_comparison_new (native, cases[i].native2, cases[i].learned, &error));
    ck_assert (g_error_matches (error, EPNS_FAILURE, EPNS_FAILURE_MISMATCH));
    ck_assert_msg (strstr (error->message, cases[i].says) != NULL, "%s", error->message);
  }
}
END_TEST

SUITE ("table", numbers, text_for_a_terminal, csv, json, times_in_common, what_cannot_be_compared)
