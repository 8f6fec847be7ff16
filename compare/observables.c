/* SPDX-License-Identifier: MIT */
/* The table of observables: a new one is a function and an entry. */
#include "compare/observables.h"

#include <math.h>
#include <string.h>

static double
volume (const EpnsMeasures *of, gsize cell)
{
  return of->volume[cell];
}

static double
volume_spread (const EpnsMeasures *of, gsize index G_GNUC_UNUSED)
{
  double n = of->cells, sum = 0, squares = 0;

  for (gsize c = 1; c < of->n_rows; c++)
    sum += of->volume[c];
  for (gsize c = 1; c < of->n_rows; c++)
    if (of->volume[c] > 0)
      squares += (of->volume[c] - sum / n) * (of->volume[c] - sum / n);
  return n > 1 ? sqrt (squares / (n - 1)) : NAN;
}

static double
perimeter (const EpnsMeasures *of, gsize cell)
{
  return of->perimeter[cell];
}

static double
fragments (const EpnsMeasures *of, gsize cell)
{
  return of->fragments[cell];
}

static double
clusters (const EpnsMeasures *of, gsize index G_GNUC_UNUSED)
{
  double sum = 0;

  for (gint32 t = 1; t < of->n_types; t++)
    sum += of->clusters[t];
  return sum;
}

static double
clusters_of_type (const EpnsMeasures *of, gsize type)
{
  return of->clusters[type];
}

static double
largest_cluster (const EpnsMeasures *of, gsize type)
{
  return of->type_sites[type] > 0 ? of->largest[type] / (double) of->type_sites[type] : NAN;
}

static double
heterotypic_boundary (const EpnsMeasures *of, gsize index G_GNUC_UNUSED)
{
  return (double) of->unlike;
}

static double
cell_boundary (const EpnsMeasures *of, gsize index G_GNUC_UNUSED)
{
  return (double) (of->like + of->unlike);
}

static double
medium_boundary (const EpnsMeasures *of, gsize index G_GNUC_UNUSED)
{
  return (double) of->medium;
}

static double
unlike_fraction (const EpnsMeasures *of, gsize index G_GNUC_UNUSED)
{
  guint64 all = of->like + of->unlike;

  return all > 0 ? (double) of->unlike / (double) all : NAN;
}

static double
displacement (const EpnsMeasures *of, gsize cell)
{
  return of->displacement[cell];
}

static double
path_length (const EpnsMeasures *of, gsize cell)
{
  return of->path[cell];
}

static double
squared_displacement (const EpnsMeasures *of, gsize cell)
{
  return of->squared[cell];
}

static double
lost_cells (const EpnsMeasures *of, gsize index G_GNUC_UNUSED)
{
  return of->lost;
}

#define POTTS "Graner and Glazier, Phys. Rev. Lett. 69, 2013 (1992)"
#define BY_DEFINITION "by definition"
#define EPNS_PAPER "arXiv 2305.14286, evaluation of cell sorting"
#define MOTION "by definition; periodic borders unwrapped (adapters/centres.h)"

static const EpnsObservable observables[] = {
  { "volume", "Cell volume", "site", EPNS_PER_CELL, volume, "number of the cell's sites", POTTS },
  { "volume-spread", "Spread of cell volumes", "site", EPNS_PER_FRAME, volume_spread,
    "standard deviation (n - 1) of volume over the cells of a frame", POTTS },
  { "perimeter", "Cell perimeter", "site", EPNS_PER_CELL, perimeter,
    "bonds (pairs of face neighbours) of the cell with other cells and medium, not with the "
    "border of the lattice",
    POTTS },
  { "fragments", "Fragments per cell", "1", EPNS_PER_CELL, fragments,
    "4-connected (3D: 6-connected) pieces of the cell's sites", BY_DEFINITION },
  { "clusters", "Clusters", "1", EPNS_PER_FRAME, clusters,
    "4-connected (3D: 6-connected) pieces of sites of one type, summed over the types but medium",
    EPNS_PAPER },
  { "clusters-of-type", "Clusters of", "1", EPNS_PER_TYPE, clusters_of_type,
    "4-connected (3D: 6-connected) pieces of the sites of the type", EPNS_PAPER },
  { "largest-cluster", "Largest cluster of", "1", EPNS_PER_TYPE, largest_cluster,
    "sites of the type's largest cluster / sites of the type",
    "Stauffer and Aharony, Introduction to Percolation Theory (1994): strength of the largest "
    "cluster" },
  { "heterotypic-boundary", "Heterotypic boundary", "site", EPNS_PER_FRAME, heterotypic_boundary,
    "bonds between cells of different types, medium excluded", POTTS },
  { "cell-boundary", "Boundary between cells", "site", EPNS_PER_FRAME, cell_boundary,
    "bonds between different cells, medium excluded", POTTS },
  { "medium-boundary", "Boundary to medium", "site", EPNS_PER_FRAME, medium_boundary,
    "bonds between a cell and medium", POTTS },
  { "unlike-fraction", "Unlike share of boundary", "1", EPNS_PER_FRAME, unlike_fraction,
    "heterotypic-boundary / cell-boundary", POTTS },
  { "displacement", "Displacement per frame", "site", EPNS_PER_CELL, displacement,
    "|r(k) - r(k-1)|, r(k) the centre of mass in recorded frame k", MOTION },
  { "path-length", "Path length", "site", EPNS_PER_CELL, path_length,
    "sum of displacement since frame 0", MOTION },
  { "squared-displacement", "Mean squared displacement", "site2", EPNS_PER_CELL,
    squared_displacement, "|r(k) - r(0)|^2; its mean over cells is the MSD", MOTION },
  { "lost-cells", "Lost cells", "1", EPNS_PER_FRAME, lost_cells,
    "cells that have owned a site before and own none now", BY_DEFINITION },
};

const EpnsObservable *
epns_observables (gsize *n)
{
  *n = G_N_ELEMENTS (observables);
  return observables;
}

const EpnsObservable *
epns_observable_find (const char *name)
{
  for (gsize i = 0; i < G_N_ELEMENTS (observables); i++)
    if (strcmp (observables[i].name, name) == 0)
      return &observables[i];
  return NULL;
}

static void
series_free (gpointer data)
{
  EpnsSeries *self = data;

  g_free (self->name);
  g_free (self->title);
  g_free (self->value);
  g_free (self);
}

static void
add_series (GPtrArray *all, const EpnsObservable *observable, gint32 type, const EpnsTrajectory *of)
{
  EpnsSeries *self = g_new0 (EpnsSeries, 1);
  const char *type_name = of->meta->type_names[type];
  gsize n = (gsize) of->meta->members * of->meta->frames;

  self->observable = observable;
  self->type = type;
  self->name = type ? g_strconcat (observable->name, ":", type_name, NULL)
                    : g_strdup (observable->name);
  self->title = type ? g_strconcat (observable->title, " ", type_name, NULL)
                     : g_strdup (observable->title);
  self->value = g_new (double, n);
  for (gsize i = 0; i < n; i++)
    self->value[i] = NAN;
  g_ptr_array_add (all, self);
}

static GPtrArray *
all_series (const EpnsTrajectory *of)
{
  GPtrArray *all = g_ptr_array_new_with_free_func (series_free);

  for (gsize i = 0; i < G_N_ELEMENTS (observables); i++) {
    if (observables[i].scope != EPNS_PER_TYPE)
      add_series (all, &observables[i], 0, of);
    else
      for (gint32 t = 1; of->meta->type_names[t] != NULL; t++)
        if (*of->meta->type_names[t] != '\0')
          add_series (all, &observables[i], t, of);
  }
  return all;
}

/* The mean over the cells for which it is defined. */
static double
mean_over_cells (const EpnsMeasures *of, const EpnsObservable *observable)
{
  double sum = 0;
  gsize n = 0;

  for (gsize c = 1; c < of->n_rows; c++) {
    if (of->volume[c] == 0)
      continue;
    double value = observable->value (of, c);
    if (!isnan (value)) {
      sum += value;
      n++;
    }
  }
  return n > 0 ? sum / (double) n : NAN;
}

GPtrArray *
epns_series_measure (const EpnsTrajectory *of)
{
  GPtrArray *all = all_series (of);

  for (guint32 m = 0; m < of->meta->members; m++) {
    g_autoptr (EpnsMeasures) measures = epns_measures_new (of, m);
    while (epns_measures_next (measures))
      for (guint i = 0; i < all->len; i++) {
        EpnsSeries *series = all->pdata[i];
        series->value[m * of->meta->frames + measures->frame] = series->observable->scope
                                                                        == EPNS_PER_CELL
                                                                    ? mean_over_cells (
                                                                        measures,
                                                                        series->observable)
                                                                    : series->observable->value (
                                                                        measures,
                                                                        (gsize) series->type);
      }
  }
  return all;
}
