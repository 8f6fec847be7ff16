/* SPDX-License-Identifier: MIT */
/* Tables of the OpenVT benchmark: what is read, what is refused, and the metrics of a stored entry. */
#include "compare/openvt-report.h"
#include "compare/openvt.h"
#include "plugin/error.h"
#include "tests/tissue.h"

#include <math.h>

#define HEADER "simID,time,cellID,cellType,x,y\n"

static EpnsOpenvtTable *
read_text (const char *text, GError **error)
{
  g_autofree char *folder = tissue_folder (), *path = g_build_filename (folder, "a.csv", NULL);
  const char *const names[] = { "a.csv", NULL };

  ck_assert (g_file_set_contents (path, text, -1, NULL));
  EpnsOpenvtTable *table = epns_openvt_table_read (path, error);
  tissue_folder_end (folder, names);
  return table;
}

/* Types from 0 and from 1, names, blanks, line ends of another system, rows in any order. */
START_TEST (entries_of_all_kinds)
{
  static const char *const texts[] = {
    HEADER "0,0,1,1,0,0\n0,0,2,2,1,0\n0,5,1,1,0,1\n0,5,2,2,1.5,1\n",
    "simID, time, cellID, cellType, x, y\r\nrun seven, 5.0,2,1,1.5,1\r\nrun seven,0,1,0,0,0\r\n"
    "run seven,5,1,0,0,1\r\nrun seven,0,2,1,1,0",
  };

  for (int i = 0; i < 2; i++) {
    g_autoptr (EpnsOpenvtTable) table = read_text (texts[i], NULL);
    ck_assert_ptr_nonnull (table);
    ck_assert_uint_eq (table->n_members, 1);
    ck_assert_str_eq (table->members[0], i ? "run seven" : "0");
    ck_assert_uint_eq (table->n_times, 2);
    ck_assert_double_eq (table->time[1], 5);
    ck_assert_uint_eq (table->n_cells, 2);
    ck_assert_int_eq (table->first_type, 1 - i);
    ck_assert_int_eq (table->n_types, 2);
    ck_assert_int_eq (table->type[0], 0);
    ck_assert_int_eq (table->type[1], 1);
    ck_assert_double_eq (table->at[3][0], 1.5);
  }
}
END_TEST

START_TEST (refusals)
{
  static const struct {
    const char *text, *says;
  } cases[] = {
    { "time,simID,cellID,cellType,x,y\n0,0,1,1,0,0\n", ":1: the header" },
    { HEADER, ":1: there is no row" },
    { HEADER "0,0,1,1,0\n", ":2: a row has 6 fields" },
    { HEADER "0,0,1,1,0,0\n0,0,2,2,nan,0\n", ":3: time, x and y" },
    { HEADER "0,0,1.5,1,0,0\n", ":2: cellID and cellType" },
    { HEADER "0,0,1,7,0,0\n", "from 0 or from 1" },
    { HEADER "0,0,1,1,0,0\n0,0,1,1,0,0\n", ":3: the cell has a row" },
    { HEADER "0,0,1,1,0,0\n0,1,1,2,0,0\n", ":3: the cell has had another type" },
    { HEADER "0,0,1,1,0,0\n0,1,1,1,0,0\n1,0,1,1,0,0\n", "simulation 1 has no cells at time 1" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GError) error = NULL;
    ck_assert_ptr_null (read_text (cases[i].text, &error));
    ck_assert (g_error_matches (error, EPNS_FAILURE, EPNS_FAILURE_FORMAT));
    ck_assert_msg (strstr (error->message, cases[i].says) != NULL, "'%s' lacks '%s'",
                   error->message, cases[i].says);
  }
}
END_TEST

/* Four cells of two types in a square: unlike ones share four borders. */
START_TEST (comparison)
{
  const char *text = HEADER "0,0,1,0,0,0\n0,0,2,1,1,0\n0,0,3,1,0,1\n0,0,4,0,1,1\n"
                            "0,9,1,0,0,0\n0,9,2,1,1,0\n0,9,3,1,1,1\n0,9,4,0,0,1\n";
  g_autoptr (EpnsOpenvtTable) table = read_text (text, NULL);
  g_autofree EpnsVoronoi *metrics = epns_openvt_metrics (table);
  g_autofree char *csv = epns_openvt_metrics_csv (table, metrics),
                  *words = epns_openvt_compare (table, table);

  ck_assert_uint_eq (metrics[0].unlike_connections, 4);
  ck_assert_double_eq_tol (metrics[0].unlike_length, 4 * 0.955, 1e-12);
  ck_assert_uint_eq (metrics[1].unlike_connections, 2); /* two columns now */
  ck_assert (g_str_has_prefix (csv, "time,heterotypic_voronoi_length,heterotypic_connections\n0,3.82,4\n9,"));
  ck_assert_ptr_nonnull (strstr (words, "differs by 0 on average"));
  ck_assert_ptr_nonnull (strstr (words, "One simulation is no ensemble"));
}
END_TEST

/* The stored metrics of the benchmark's Chaste entry. */
/* As recordings entries have the benchmark's metrics; a cell without a row is lost; entries of
 * other times are matched by shares. */
START_TEST (entries_as_ensembles)
{
  static const char *const texts[] = {
    HEADER "0,0,1,1,0,0\n0,0,2,2,1,0\n0,0,3,1,0,1\n0,0,4,2,1,1\n0,8,1,1,0,0\n0,8,2,2,1,0\n"
           "0,8,3,1,0,1\n0,8,4,2,1.2,1.1\n",
    HEADER "0,0,1,0,0,0\n0,0,2,1,1,0\n0,0,3,0,0,1\n0,0,4,0,1,1\n0,3,1,0,0,0\n0,3,2,1,1,0\n"
           "0,3,3,0,0,1\n",
  };
  g_autoptr (EpnsOpenvtTable) a = read_text (texts[0], NULL), b = read_text (texts[1], NULL);
  EpnsTrajectory *own[2];
  g_autoptr (EpnsComparison) of = epns_openvt_comparison (a, b, own, NULL);
  const EpnsOpenvtTable *const tables[2] = { a, b };
  const EpnsEnsemble *const sides[2] = { &of->native, &of->learned };

  ck_assert_uint_eq (of->n_times, 2);
  ck_assert_double_eq (of->time[1], 100);
  ck_assert_str_eq (own[0]->meta->time_unit, "%");
  for (int e = 0; e < 2; e++) {
    g_autofree EpnsVoronoi *metrics = epns_openvt_metrics (tables[e]);
    guint found = 0;
    for (guint s = 0; s < sides[e]->series->len; s++) {
      const EpnsSeries *series = sides[e]->series->pdata[s];
      for (guint t = 0; t < 2 && g_str_equal (series->name, "voronoi-length"); t++, found++)
        ck_assert_double_eq_tol (series->value[t], metrics[t].unlike_length, 1e-12);
      if (g_str_equal (series->name, "lost-cells"))
        ck_assert_double_eq (series->value[1], e);
      if (g_str_equal (series->name, "speed"))
        ck_assert_double_nan (series->value[1]);
    }
    ck_assert_uint_eq (found, 2);
    ck_assert_double_gt (metrics[0].unlike_length, 0);
  }
  epns_trajectory_free (own[0]);
  epns_trajectory_free (own[1]);
}
END_TEST

START_TEST (a_stored_entry)
{
  g_autofree char *raw = suite_data ("openvt/chaste_potts_sorting_raw_data.csv"), *stored = NULL;

  if (raw == NULL)
    return;
  g_autofree char *path = suite_data ("openvt/chaste_potts_sorting_fractional_length.csv");
  g_autoptr (EpnsOpenvtTable) table = epns_openvt_table_read (raw, NULL);
  ck_assert_ptr_nonnull (table);
  g_autofree EpnsVoronoi *metrics = epns_openvt_metrics (table);
  ck_assert (g_file_get_contents (path, &stored, NULL, NULL));
  g_auto (GStrv) lines = g_strsplit (stored, "\n", -1);
  ck_assert_uint_eq (table->n_times, 101);
  for (guint t = 0; t < 101; t++) {
    g_auto (GStrv) field = g_strsplit (lines[t + 1], ",", -1);
    double length = g_ascii_strtod (field[1], NULL);
    ck_assert_double_eq (g_ascii_strtod (field[0], NULL), table->time[t]);
    ck_assert_double_eq_tol (metrics[t].unlike_length, length, 1e-9 * length);
    ck_assert_uint_eq (metrics[t].unlike_connections, (guint) g_ascii_strtod (field[2], NULL));
  }
}
END_TEST

START_TEST (the_other_numbering)
{
  g_autofree char *path = suite_data ("openvt/Artistoo_1_data_sort-new.csv");

  if (path == NULL)
    return;
  g_autoptr (EpnsOpenvtTable) table = epns_openvt_table_read (path, NULL);
  ck_assert_ptr_nonnull (table);
  ck_assert_int_eq (table->first_type, 1);
  ck_assert_uint_eq (table->n_times, 101);
  ck_assert_uint_eq (table->n_cells, 100);
}
END_TEST

SUITE ("OpenVT", entries_of_all_kinds, refusals, comparison, entries_as_ensembles, a_stored_entry,
       the_other_numbering)
