/* SPDX-License-Identifier: MIT */
/* Rows of numbers, and the three ways they are written. */
#include "compare/table.h"

#include "compare/distances.h"
#include "compare/ks.h"
#include "compare/statistics.h"
#include "compare/table-parts.h"

#include <math.h>
#include <string.h>

#define LEVEL 0.05 /* of the critical values */

static EpnsTableRow
make_row (const EpnsComparison *of, guint series, guint32 time)
{
  const EpnsEnsemble *const ensembles[4] = { &of->native, &of->learned, &of->floor_a,
                                             &of->floor_b };
  double *sample[4];
  gsize n[4];

  for (int i = 0; i < 4; i++) {
    sample[i] = g_new (double, ensembles[i]->n);
    n[i] = epns_ensemble_sample (ensembles[i], series, time, sample[i]);
  }
  EpnsTableRow row = {
    .series = of->native.series->pdata[series],
    .time = of->time[time],
    .native_n = n[0],
    .learned_n = n[1],
    .floor_n = n[2],
    .floor_m = n[3],
    .native_mean = epns_mean (sample[0], n[0]),
    .native_deviation = epns_deviation (sample[0], n[0]),
    .learned_mean = epns_mean (sample[1], n[1]),
    .learned_deviation = epns_deviation (sample[1], n[1]),
    .ks = NAN,
    .ks_p = NAN,
    .wasserstein = NAN,
    .floor_ks = NAN,
    .floor_ks_p = NAN,
    .floor_wasserstein = NAN,
  };
  if (n[0] > 0 && n[1] > 0) {
    row.ks = epns_ks (sample[0], n[0], sample[1], n[1]);
    row.ks_p = epns_ks_p (sample[0], n[0], sample[1], n[1]);
    row.wasserstein = epns_wasserstein (sample[0], n[0], sample[1], n[1]);
  }
  if (n[2] > 0 && n[3] > 0) {
    row.floor_ks = epns_ks (sample[2], n[2], sample[3], n[3]);
    row.floor_ks_p = epns_ks_p (sample[2], n[2], sample[3], n[3]);
    row.floor_wasserstein = epns_wasserstein (sample[2], n[2], sample[3], n[3]);
  }
  for (int i = 0; i < 4; i++)
    g_free (sample[i]);
  return row;
}

GArray *
epns_table_new (const EpnsComparison *of, const guint32 *times, gsize n_times)
{
  GArray *rows = g_array_new (FALSE, FALSE, sizeof (EpnsTableRow));

  for (guint series = 0; series < of->native.series->len; series++)
    for (gsize t = 0; t < n_times; t++) {
      EpnsTableRow row = make_row (of, series, times[t]);
      g_array_append_val (rows, row);
    }
  return rows;
}

/* The columns of numbers, by name, in the order of CSV and JSON. */
static const struct {
  const char *name;
  gsize offset;
} numbers[] = {
  { "native_mean", G_STRUCT_OFFSET (EpnsTableRow, native_mean) },
  { "native_sd", G_STRUCT_OFFSET (EpnsTableRow, native_deviation) },
  { "learned_mean", G_STRUCT_OFFSET (EpnsTableRow, learned_mean) },
  { "learned_sd", G_STRUCT_OFFSET (EpnsTableRow, learned_deviation) },
  { "ks", G_STRUCT_OFFSET (EpnsTableRow, ks) },
  { "ks_p", G_STRUCT_OFFSET (EpnsTableRow, ks_p) },
  { "wasserstein", G_STRUCT_OFFSET (EpnsTableRow, wasserstein) },
  { "floor_ks", G_STRUCT_OFFSET (EpnsTableRow, floor_ks) },
  { "floor_ks_p", G_STRUCT_OFFSET (EpnsTableRow, floor_ks_p) },
  { "floor_wasserstein", G_STRUCT_OFFSET (EpnsTableRow, floor_wasserstein) },
};

static double
number_of (const EpnsTableRow *row, gsize column)
{
  return *(const double *) (const void *) ((const char *) row + numbers[column].offset);
}

/* Digits behind the point that suit both means of a row. */
static int
decimals (const EpnsTableRow *row)
{
  double size = fmax (fabs (row->native_mean), fabs (row->learned_mean));

  return size == 0 ? 0 : size < 1 ? 3 : size < 100 ? 2 : size < 1000 ? 1 : 0;
}

/* "mean +- deviation", "-" where not defined. */
static void
append_spread (GString *text, double mean, double deviation, int places)
{
  char format[8], number[G_ASCII_DTOSTR_BUF_SIZE];

  g_snprintf (format, sizeof format, "%%.%df", places);
  g_ascii_formatd (number, sizeof number, format, mean);
  g_string_append_printf (text, "%11s +- ", isnan (mean) ? "-" : number);
  g_ascii_formatd (number, sizeof number, format, deviation);
  g_string_append_printf (text, "%-7s", isnan (deviation) ? "-" : number);
}

/* A distance, starred where members of one distribution would rarely lie as far apart. */
static void
append_distance (GString *text, double ks, double p)
{
  char number[G_ASCII_DTOSTR_BUF_SIZE];

  g_ascii_formatd (number, sizeof number, "%.2f", ks);
  g_string_append_printf (text, "%9s%c", isnan (ks) ? "-" : number, p < LEVEL ? '*' : ' ');
}

static void
append_padded (GString *text, const char *name, glong width)
{
  g_string_append (text, name);
  for (glong i = g_utf8_strlen (name, -1); i < width; i++)
    g_string_append_c (text, ' ');
}

static char *
label_of (const EpnsSeries *series)
{
  return strcmp (series->unit, "1") == 0
             ? g_strdup (series->title)
             : g_strdup_printf ("%s [%s]", series->title, series->unit);
}

char *
epns_table_text (const EpnsComparison *of, const GArray *rows)
{
  GString *text = g_string_new (NULL);
  const char *unit = of->native.of->meta->time_unit;
  const EpnsSeries *last = NULL;
  glong width = 10;

  for (guint i = 0; i < rows->len; i++) {
    g_autofree char *label = label_of (g_array_index (rows, EpnsTableRow, i).series);
    width = MAX (width, g_utf8_strlen (label, -1));
  }
  append_padded (text, "Observable", width);
  g_string_append_printf (text, " %8s%15s       %15s       %9s %9s\n", unit, "native", "learned",
                          "KS", "KS floor");
  for (gsize i = text->len - 1; i > 0; i--)
    g_string_append_c (text, '-');
  g_string_append_c (text, '\n');
  for (guint i = 0; i < rows->len; i++) {
    const EpnsTableRow *row = &g_array_index (rows, EpnsTableRow, i);
    g_autofree char *label = label_of (row->series);
    char when[G_ASCII_DTOSTR_BUF_SIZE];

    append_padded (text, row->series == last ? "" : label, width);
    g_string_append_printf (text, " %8s", g_ascii_formatd (when, sizeof when, "%.7g", row->time));
    append_spread (text, row->native_mean, row->native_deviation, decimals (row));
    append_spread (text, row->learned_mean, row->learned_deviation, decimals (row));
    append_distance (text, row->ks, row->ks_p);
    append_distance (text, row->floor_ks, row->floor_ks_p);
    if (text->str[text->len - 1] == ' ')
      g_string_truncate (text, text->len - 1);
    g_string_append_c (text, '\n');
    last = row->series;
  }
  g_string_append_printf (text,
                          "\nMean +- standard deviation over members (native %u, learned %u); "
                          "cells are averaged within a member.\n"
                          "KS: two-sample Kolmogorov-Smirnov statistic, learned against native.\n"
                          "KS floor: %s (%u and %u members), what two equal models differ by.\n"
                          "*: above the %g %% critical value.\n",
                          of->native.n, of->learned.n,
                          of->second ? "two native ensembles"
                                     : "the two halves of the native ensemble",
                          of->floor_a.n, of->floor_b.n, 100 * LEVEL);
  return g_string_free (text, FALSE);
}

char *
epns_table_csv (const GArray *rows)
{
  GString *text = g_string_new ("observable,unit,time,native_n,learned_n");
  char number[G_ASCII_DTOSTR_BUF_SIZE];

  for (gsize k = 0; k < G_N_ELEMENTS (numbers); k++)
    g_string_append_printf (text, ",%s", numbers[k].name);
  g_string_append_c (text, '\n');
  for (guint i = 0; i < rows->len; i++) {
    const EpnsTableRow *row = &g_array_index (rows, EpnsTableRow, i);
    epns_csv_append (text, row->series->name);
    g_string_append_printf (text, ",%s,%s,%zu,%zu", row->series->unit,
                            g_ascii_formatd (number, sizeof number, "%.15g", row->time),
                            row->native_n, row->learned_n);
    for (gsize k = 0; k < G_N_ELEMENTS (numbers); k++) {
      double value = number_of (row, k);
      g_ascii_formatd (number, sizeof number, "%.10g", value);
      g_string_append_printf (text, ",%s", isnan (value) ? "" : number);
    }
    g_string_append_c (text, '\n');
  }
  return g_string_free (text, FALSE);
}

static void
add_row (JsonBuilder *builder, const EpnsTableRow *row)
{
  json_builder_begin_object (builder);
  epns_json_text (builder, "observable", row->series->name);
  epns_json_text (builder, "title", row->series->title);
  epns_json_text (builder, "unit", row->series->unit);
  epns_json_number (builder, "time", row->time);
  epns_json_count (builder, "native_n", row->native_n);
  epns_json_count (builder, "learned_n", row->learned_n);
  for (gsize k = 0; k < G_N_ELEMENTS (numbers); k++)
    epns_json_number (builder, numbers[k].name, number_of (row, k));
  json_builder_end_object (builder);
}

char *
epns_table_json (const EpnsComparison *of, const GArray *rows)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();

  json_builder_begin_object (builder);
  epns_json_text (builder, "time_unit", of->native.of->meta->time_unit);
  epns_json_text (builder, "floor", of->second ? "second ensemble" : "halves");
  epns_json_provenance (builder, "native", of->native.of->meta);
  if (of->second)
    epns_json_provenance (builder, "native2", of->floor_b.of->meta);
  epns_json_provenance (builder, "learned", of->learned.of->meta);
  json_builder_set_member_name (builder, "rows");
  json_builder_begin_array (builder);
  for (guint i = 0; i < rows->len; i++)
    add_row (builder, &g_array_index (rows, EpnsTableRow, i));
  json_builder_end_array (builder);
  json_builder_end_object (builder);
  return epns_json_end (builder);
}
