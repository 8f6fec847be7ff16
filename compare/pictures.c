/* SPDX-License-Identifier: MIT */
/* Snapshots and curves of a comparison. */
#include "compare/pictures.h"

#include "compare/figure-curves.h"
#include "compare/figure-lattice.h"

#include <string.h>

static const char *const of_lattices[] = {
  "clusters", "heterotypic-boundary", "cell-boundary",
  "fragments", "displacement", "squared-displacement",
  "volume", "volume-spread", "medium-boundary", NULL
};
static const char *const of_particles[] = {
  "kinetic-energy", "potential-energy", "total-energy",
  "voronoi-length", "voronoi-connections",
  "unlike-fraction", "nearest-distance", "speed",
  "momentum", "displacement", "squared-displacement", NULL
};

const char *const *
epns_pictured_series (const EpnsComparison *of)
{
  return of->native.of->meta->layout == &epns_layout_lattice ? of_lattices : of_particles;
}

char *
epns_model_name (const EpnsTrajectory *of)
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

/* "12 native (seed 1)"; a table of the OpenVT benchmark says nothing of seeds. */
static char *
describe_members (const EpnsEnsemble *of, const char *called)
{
  const EpnsTrajectoryMeta *meta = of->of->meta;

  return g_hash_table_contains (meta->provenance, "table")
             ? g_strdup_printf ("%u %s", of->n, called)
             : g_strdup_printf ("%u %s (seed %" G_GUINT64_FORMAT ")", of->n, called, meta->seed);
}

EpnsCanvas *
epns_draw_comparison_snapshots (const EpnsComparison *of)
{
  static const double share[] = { 0, 1 / 6.0, 0.5, 1 };
  const EpnsEnsemble *const ensembles[2] = { &of->native, &of->learned };
  guint32 index[4], frames[2][4];
  double time[4];
  gsize n = epns_comparison_times (of, share, 4, index);
  const char *shades = of->native.of->meta->layout == &epns_layout_lattice ? ", shade: cell" : "";
  g_autofree char *native = epns_model_name (of->native.of),
                  *learned = epns_model_name (of->learned.of);
  g_autofree char *both = g_strdup_printf ("%s beside %s", of->forecast, of->observed);
  both[0] = g_ascii_toupper (both[0]);
  g_autofree char *title = figure_title (of, both);
  g_autofree char *one = describe_members (&of->native, of->observed),
                  *other = describe_members (&of->learned, of->forecast);
  g_autofree char *caption = g_strdup_printf ("Member 0 of %s and %s. Colour: type%s.", one, other,
                                              shades);

  for (gsize k = 0; k < n; k++) {
    time[k] = of->time[index[k]];
    for (int e = 0; e < 2; e++)
      frames[e][k] = ensembles[e]->frame[index[k]];
  }
  const EpnsSnapshotRow rows[2] = { { of->observed, native, of->native.of, 0, frames[0] },
                                    { of->forecast, learned, of->learned.of, 0, frames[1] } };
  const EpnsSnapshots what = { title, caption, rows, 2, time, n };
  return epns_draw_snapshots (&what);
}

EpnsCanvas *
epns_draw_comparison_curves (const EpnsComparison *of)
{
  g_autofree char *title = figure_title (of, "Observables over time");
  const char *caption = of->second
                            ? "Lines: median over members; bands, dotted for the second native "
                              "ensemble: 10 % to 90 % quantile."
                            : "Lines: median over members; bands: 10 % to 90 % quantile.";
  const EpnsCurves what = { title, caption, epns_pictured_series (of) };

  return epns_draw_curves (of, &what);
}
