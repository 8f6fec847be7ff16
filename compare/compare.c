/* SPDX-License-Identifier: MIT */
/* One comparison: two figures and one table in three forms. */
#include "compare/compare.h"

#include "adapters/output-file.h"
#include "compare/pictures.h"
#include "compare/table.h"
#include "plugin/error.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <string.h>

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
epns_comparison_write (const EpnsComparison *of, const char *dir, GError **error)
{
  g_autofree char *snapshots = g_build_filename (dir, "snapshots.png", NULL);
  g_autofree char *over_time = g_build_filename (dir, "curves.png", NULL);

  if (g_mkdir_with_parents (dir, 0777) != 0) {
    g_set_error (error, EPNS_FAILURE, EPNS_FAILURE_IO, "%s: the folder cannot be made: %s", dir,
                 g_strerror (errno));
    return FALSE;
  }
  g_autoptr (EpnsCanvas) tissues = epns_draw_comparison_snapshots (of),
                         courses = epns_draw_comparison_curves (of);
  return epns_canvas_write_png (tissues, snapshots, error)
         && epns_canvas_write_png (courses, over_time, error) && write_table (of, dir, error);
}

gboolean
epns_compare_write (const EpnsTrajectory *native, const EpnsTrajectory *native2,
                    const EpnsTrajectory *learned, const char *dir, GError **error)
{
  g_autoptr (EpnsComparison) of = epns_comparison_new (native, native2, learned, error);

  return of != NULL && epns_comparison_write (of, dir, error);
}
