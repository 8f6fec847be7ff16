/* SPDX-License-Identifier: MIT */
/* One comparison: two figures and one table in three forms. */
#include "compare/compare.h"

#include "adapters/output-file.h"
#include "compare/figure-curves.h"
#include "compare/figure-lattice.h"
#include "compare/table.h"
#include "plugin/error.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <string.h>

static const char *const curves[] = { "clusters",  "heterotypic-boundary", "cell-boundary",
                                      "fragments", "displacement",         "squared-displacement",
                                      "volume",    "volume-spread",        "medium-boundary",
                                      NULL };

/* What a step model is called in a figure: its file's name, or its kind's title up to the first
 * comma, and id. */
static char *
model_name (const EpnsTrajectory *of)
{
  const char *model = g_hash_table_lookup (of->meta->provenance, "model");
  const char *kind = g_hash_table_lookup (of->meta->provenance, "kind");
  const char *title = g_hash_table_lookup (of->meta->provenance, "kind-title");

  if (model != NULL && *model != '\0')
    return g_path_get_basename (model);
  return title && kind ? g_strdup_printf ("%.*s (%s)", (int) strcspn (title, ","), title, kind)
                       : g_strdup (kind);
}

static char *
figure_title (const EpnsComparison *of, const char *what)
{
  const char *scenario = g_hash_table_lookup (of->native.of->meta->provenance, "scenario");
  g_autofree char *name = scenario ? g_path_get_basename (scenario) : NULL;

  return name ? g_strdup_printf ("%s: %s", what, name) : g_strdup (what);
}

static gboolean
write_snapshots (const EpnsComparison *of, const char *path, GError **error)
{
  static const double share[] = { 0, 1 / 6.0, 0.5, 1 };
  const EpnsEnsemble *const ensembles[2] = { &of->native, &of->learned };
  guint32 index[4], frames[2][4];
  double time[4];
  gsize n = epns_comparison_times (of, share, 4, index);
  g_autofree char *native = model_name (of->native.of), *learned = model_name (of->learned.of);
  g_autofree char *title = figure_title (of, "Native beside learned");
  g_autofree char *caption = g_strdup_printf (
      "Member 0 of %u native (seed %" G_GUINT64_FORMAT ") and %u learned (seed %" G_GUINT64_FORMAT
      "). Colour: type, shade: cell.",
      of->native.n, of->native.of->meta->seed, of->learned.n, of->learned.of->meta->seed);

  for (gsize k = 0; k < n; k++) {
    time[k] = of->time[index[k]];
    for (int e = 0; e < 2; e++)
      frames[e][k] = ensembles[e]->frame[index[k]];
  }
  const EpnsSnapshotRow rows[2] = { { "native", native, of->native.of, 0, frames[0] },
                                    { "learned", learned, of->learned.of, 0, frames[1] } };
  const EpnsSnapshots what = { title, caption, rows, 2, time, n };
  return epns_figure_snapshots (path, &what, error);
}

static gboolean
write_curves (const EpnsComparison *of, const char *path, GError **error)
{
  g_autofree char *title = figure_title (of, "Observables over time");
  const char *caption = of->second
                            ? "Lines: median over members; bands, dotted for the second native "
                              "ensemble: 10 % to 90 % quantile."
                            : "Lines: median over members; bands: 10 % to 90 % quantile.";
  const EpnsCurves what = { title, caption, curves };

  return epns_figure_curves (path, of, &what, error);
}

static gboolean
write_table (const EpnsComparison *of, const char *dir, GError **error)
{
  static const double share[] = { 0.25, 0.5, 0.75, 1 };
  guint32 index[4];
  gsize n = epns_comparison_times (of, share, 4, index);
  g_autoptr (GArray) rows = epns_table_new (of, index, n);
  g_autofree char *text = epns_table_text (of, rows), *csv = epns_table_csv (rows),
                  *json = epns_table_json (of, rows);
  g_autofree char *text_path = g_build_filename (dir, "table.txt", NULL);
  g_autofree char *csv_path = g_build_filename (dir, "table.csv", NULL);
  g_autofree char *json_path = g_build_filename (dir, "table.json", NULL);

  return epns_output_write (text_path, text, strlen (text), error)
         && epns_output_write (csv_path, csv, strlen (csv), error)
         && epns_output_write (json_path, json, strlen (json), error);
}

gboolean
epns_compare_write (const EpnsTrajectory *native, const EpnsTrajectory *native2,
                    const EpnsTrajectory *learned, const char *dir, GError **error)
{
  g_autoptr (EpnsComparison) of = epns_comparison_new (native, native2, learned, error);
  g_autofree char *snapshots = g_build_filename (dir, "snapshots.png", NULL);
  g_autofree char *over_time = g_build_filename (dir, "curves.png", NULL);

  if (of == NULL)
    return FALSE;
  if (g_mkdir_with_parents (dir, 0777) != 0) {
    g_set_error (error, EPNS_FAILURE, EPNS_FAILURE_IO, "%s: the folder cannot be made: %s", dir,
                 g_strerror (errno));
    return FALSE;
  }
  return write_snapshots (of, snapshots, error) && write_curves (of, over_time, error)
         && write_table (of, dir, error);
}
