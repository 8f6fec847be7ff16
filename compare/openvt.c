/* SPDX-License-Identifier: MIT */
/* Metrics of the OpenVT benchmark, and two entries compared by them. */
#include "compare/openvt.h"

#include "compare/ks.h"
#include "compare/statistics.h"
#include "compare/words.h"

#include <math.h>

EpnsVoronoi *
epns_openvt_metrics (const EpnsOpenvtTable *of)
{
  gsize frames = (gsize) of->n_members * of->n_times, n = of->n_cells;
  EpnsVoronoi *metrics = g_new (EpnsVoronoi, frames);
  g_autofree double (*at)[2] = g_malloc_n (n, sizeof *at);
  g_autofree gint32 *type = g_new (gint32, n);

  for (gsize f = 0; f < frames; f++) {
    gsize present = 0;
    for (gsize c = 0; c < n; c++) {
      const double *here = of->at[f * n + c];
      if (isnan (here[0]))
        continue;
      at[present][0] = here[0];
      at[present][1] = here[1];
      type[present++] = of->type[f / of->n_times * n + c];
    }
    epns_voronoi ((const double (*)[2]) at, type, present, &metrics[f]);
  }
  return metrics;
}

/* A time's mean over simulations: of length and connections. */
static void
mean_at (const EpnsOpenvtTable *of, const EpnsVoronoi *metrics, guint32 time, double mean[2])
{
  mean[0] = mean[1] = 0;
  for (guint32 m = 0; m < of->n_members; m++) {
    const EpnsVoronoi *here = &metrics[(gsize) m * of->n_times + time];
    mean[0] += here->unlike_length / of->n_members;
    mean[1] += (double) here->unlike_connections / of->n_members;
  }
}

char *
epns_openvt_metrics_csv (const EpnsOpenvtTable *of, const EpnsVoronoi *metrics)
{
  GString *text = g_string_new ("time,heterotypic_voronoi_length,heterotypic_connections\n");
  char number[G_ASCII_DTOSTR_BUF_SIZE];

  for (guint32 t = 0; t < of->n_times; t++) {
    double mean[2];
    mean_at (of, metrics, t, mean);
    g_string_append (text, g_ascii_formatd (number, sizeof number, "%.15g", of->time[t]));
    for (int k = 0; k < 2; k++)
      g_string_append_printf (text, ",%s",
                              g_ascii_formatd (number, sizeof number, "%.15g", mean[k]));
    g_string_append_c (text, '\n');
  }
  return g_string_free (text, FALSE);
}

/* One entry with its metrics. */
typedef struct {
  const EpnsOpenvtTable *of;
  EpnsVoronoi *metrics;
  double start[2];
} Entry;

static void
append_entry (GString *text, const char *label, const Entry *entry)
{
  const EpnsOpenvtTable *of = entry->of;

  g_string_append_printf (text,
                          "%s: %s, %u simulation%s, %u cells, %u times from %.10g to %.10g, types "
                          "from %d\n",
                          label, of->path, of->n_members, of->n_members == 1 ? "" : "s",
                          of->n_cells,
                          of->n_times, of->time[0], of->time[of->n_times - 1], of->first_type);
}

/* The time of an entry at a share of its whole. */
static guint32
time_at (const EpnsOpenvtTable *of, double share)
{
  return (guint32) lrint (share * (of->n_times - 1));
}

static void
append_number (GString *text, double value, const char *format)
{
  char number[G_ASCII_DTOSTR_BUF_SIZE];

  g_ascii_formatd (number, sizeof number, format, value);
  g_string_append_printf (text, "%11s", isnan (value) ? "-" : number);
}

static void
append_times (GString *text, const Entry *a, const Entry *b)
{
  g_string_append (text, "\n share   length A   length B   of start A of start B  connect. A "
                         "connect. B\n");
  for (int quarter = 0; quarter <= 4; quarter++) {
    double share = quarter / 4.0, at_a[2], at_b[2];
    mean_at (a->of, a->metrics, time_at (a->of, share), at_a);
    mean_at (b->of, b->metrics, time_at (b->of, share), at_b);
    g_string_append_printf (text, "%4.0f %%", 100 * share);
    append_number (text, at_a[0], "%.2f");
    append_number (text, at_b[0], "%.2f");
    append_number (text, at_a[0] / a->start[0], "%.3f");
    append_number (text, at_b[0] / b->start[0], "%.3f");
    append_number (text, at_a[1], "%.1f");
    append_number (text, at_b[1], "%.1f");
    g_string_append_c (text, '\n');
  }
}

/* The mean over 101 shares of the whole of |length as a share of its start, A less B|. */
static double
mean_gap (const Entry *a, const Entry *b)
{
  double sum = 0;

  for (int k = 0; k <= 100; k++) {
    double at_a[2], at_b[2];
    mean_at (a->of, a->metrics, time_at (a->of, k / 100.0), at_a);
    mean_at (b->of, b->metrics, time_at (b->of, k / 100.0), at_b);
    sum += fabs (at_a[0] / a->start[0] - at_b[0] / b->start[0]) / 101;
  }
  return sum;
}

/* The simulations' lengths at the end as shares of their starts, ascending. */
static double *
ends (const Entry *entry)
{
  const EpnsOpenvtTable *of = entry->of;
  double *values = g_new (double, of->n_members);

  for (guint32 m = 0; m < of->n_members; m++)
    values[m] = entry->metrics[(gsize) (m + 1) * of->n_times - 1].unlike_length
                / entry->metrics[(gsize) m * of->n_times].unlike_length;
  epns_sort (values, of->n_members);
  return values;
}

static void
append_test (GString *text, const Entry *a, const Entry *b)
{
  guint32 n = a->of->n_members, m = b->of->n_members;

  if (n < 2 || m < 2) {
    g_string_append (text,
                     "One simulation is no ensemble: whether the entries differ by more than chance "
                     "cannot be said; give tables with several simIDs.\n");
    return;
  }
  g_autofree double *x = ends (a), *y = ends (b);
  g_autofree char *ks = epns_words_number (epns_ks (x, n, y, m), 3),
                  *p = epns_words_p (epns_ks_p (x, n, y, m));
  g_string_append_printf (text, "At the end, over simulations: KS %s, exact p %s.\n", ks, p);
}

char *
epns_openvt_compare (const EpnsOpenvtTable *a, const EpnsOpenvtTable *b)
{
  GString *text = g_string_new (NULL);
  Entry one = { .of = a, .metrics = epns_openvt_metrics (a) },
        other = { .of = b, .metrics = epns_openvt_metrics (b) };

  mean_at (a, one.metrics, 0, one.start);
  mean_at (b, other.metrics, 0, other.start);
  append_entry (text, "A", &one);
  append_entry (text, "B", &other);
  append_times (text, &one, &other);
  g_autofree char *gap = epns_words_number (mean_gap (&one, &other), 3);
  g_string_append_printf (text,
                          "\nHeterotypic Voronoi length in cell diameters and its connections, "
                          "means over simulations.\n"
                          "The share of its start differs by %s on average over time.\n",
                          gap);
  append_test (text, &one, &other);
  g_free (one.metrics);
  g_free (other.metrics);
  return g_string_free (text, FALSE);
}
