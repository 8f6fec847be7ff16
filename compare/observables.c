/* SPDX-License-Identifier: MIT */
/* The table of observables, and their values over ensembles: a new one is a file and a line. */
#include "compare/observables/all.h"

#include <math.h>
#include <string.h>

static const EpnsObservable *const observables[] = {
  &epns_observable_volume,
  &epns_observable_volume_spread,
  &epns_observable_perimeter,
  &epns_observable_aspect_ratio,
  &epns_observable_fragments,
  &epns_observable_neighbours,
  &epns_observable_clusters,
  &epns_observable_clusters_of_type,
  &epns_observable_largest_cluster,
  &epns_observable_heterotypic_boundary,
  &epns_observable_cell_boundary,
  &epns_observable_medium_boundary,
  &epns_observable_unlike_fraction,
  &epns_observable_voronoi_length,
  &epns_observable_voronoi_connections,
  &epns_observable_radial_order,
  &epns_observable_displacement,
  &epns_observable_path_length,
  &epns_observable_squared_displacement,
  &epns_observable_hamiltonian,
  &epns_observable_lost_cells,
  &epns_observable_kinetic_energy,
  &epns_observable_potential_energy,
  &epns_observable_total_energy,
  &epns_observable_momentum,
  &epns_observable_speed,
  &epns_observable_nearest_distance,
};

const EpnsObservable *const *
epns_observables (gsize *n)
{
  *n = G_N_ELEMENTS (observables);
  return observables;
}

const EpnsObservable *
epns_observable_find (const char *name)
{
  for (gsize i = 0; i < G_N_ELEMENTS (observables); i++)
    if (strcmp (observables[i]->name, name) == 0)
      return observables[i];
  return NULL;
}

static void
series_free (gpointer data)
{
  EpnsSeries *self = data;

  g_free (self->name);
  g_free (self->title);
  g_free (self->unit);
  g_free (self->value);
  g_free (self);
}

/* Of particles, a unit with the recording's own for "site" and "time", and without masses, which
 * have none; dimensionless ones drop out. */
static char *
unit_in (const char *unit, const EpnsTrajectoryMeta *meta)
{
  g_auto (GStrv) factors = g_strsplit (unit, " ", -1);
  g_autoptr (GString) text = g_string_new (NULL);

  if (meta->layout == &epns_layout_lattice)
    return g_strdup (unit);
  for (guint i = 0; factors[i] != NULL; i++) {
    gsize base = strcspn (factors[i], "-0123456789");
    const char *own = strncmp (factors[i], "site", base) == 0   ? meta->length_unit
                      : strncmp (factors[i], "time", base) == 0 ? meta->time_unit
                                                                : "1";
    if (base > 0 && strcmp (own, "1") != 0)
      g_string_append_printf (text, "%s%s%s", text->len ? " " : "", own, factors[i] + base);
  }
  return g_strdup (text->len > 0 ? text->str : "1");
}

static gboolean
is_lattice (const EpnsTrajectory *of)
{
  return of->meta->layout == &epns_layout_lattice;
}

static gboolean
applies (const EpnsObservable *observable, const EpnsTrajectory *of)
{
  if (is_lattice (of))
    return observable->on_lattice != NULL;
  return observable->on_particles != NULL && observable->radii != (of->meta->radii ? -1 : 1);
}

static void
add_series (GPtrArray *all, const EpnsObservable *observable, gint32 type, const EpnsTrajectory *of)
{
  EpnsSeries *self = g_new0 (EpnsSeries, 1);
  const gboolean typed = observable->scope == EPNS_PER_TYPE;
  const char *type_name = typed ? of->meta->type_names[type] : NULL;
  gsize n = (gsize) of->meta->members * of->meta->frames;

  self->observable = observable;
  self->type = type;
  self->name = typed ? g_strconcat (observable->name, ":", type_name, NULL)
                     : g_strdup (observable->name);
  self->title = typed ? g_strconcat (observable->title, " ", type_name, NULL)
                      : g_strdup (observable->title);
  self->unit = unit_in (observable->unit, of->meta);
  self->value = g_new (double, n);
  for (gsize i = 0; i < n; i++)
    self->value[i] = NAN;
  g_ptr_array_add (all, self);
}

/* One for each type that has a name: of a lattice all but medium, of bodies where there are two. */
static void
add_series_of_types (GPtrArray *all, const EpnsObservable *observable, const EpnsTrajectory *of)
{
  char **names = of->meta->type_names;

  if (!is_lattice (of) && g_strv_length (names) < 2)
    return;
  for (gint32 t = is_lattice (of) ? 1 : 0; names[t] != NULL; t++)
    if (*names[t] != '\0')
      add_series (all, observable, t, of);
}

static GPtrArray *
all_series (const EpnsTrajectory *of)
{
  GPtrArray *all = g_ptr_array_new_with_free_func (series_free);

  for (gsize i = 0; i < G_N_ELEMENTS (observables); i++) {
    if (!applies (observables[i], of))
      continue;
    if (observables[i]->scope != EPNS_PER_TYPE)
      add_series (all, observables[i], 0, of);
    else
      add_series_of_types (all, observables[i], of);
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
    double value = observable->on_lattice (of, c);
    if (!isnan (value)) {
      sum += value;
      n++;
    }
  }
  return n > 0 ? sum / (double) n : NAN;
}

/* One value of one frame. */
static double
value_of (const EpnsSeries *series, const EpnsMeasures *of)
{
  return series->observable->scope == EPNS_PER_CELL
             ? mean_over_cells (of, series->observable)
             : series->observable->on_lattice (of, (gsize) series->type);
}

static void
measure_lattices (GPtrArray *all, const EpnsTrajectory *of, guint32 member)
{
  g_autoptr (EpnsMeasures) measures = epns_measures_new (of, member);

  while (epns_measures_next (measures))
    for (guint i = 0; i < all->len; i++) {
      EpnsSeries *series = all->pdata[i];
      series->value[member * of->meta->frames + measures->frame] = value_of (series, measures);
    }
}

/* One value of one frame of particles: of the whole, or the mean over the bodies for which it is
 * defined. */
static double
value_of_swarm (const EpnsSeries *series, const EpnsSwarm *of)
{
  double sum = 0;
  gsize n = 0;

  if (series->observable->scope != EPNS_PER_CELL)
    return series->observable->on_particles (of, (gsize) series->type);
  for (gsize i = 0; i < of->n; i++) {
    double value = series->observable->on_particles (of, i);
    if (!isnan (value)) {
      sum += value;
      n++;
    }
  }
  return n > 0 ? sum / (double) n : NAN;
}

static void
measure_particles (GPtrArray *all, const EpnsTrajectory *of, guint32 member)
{
  g_autoptr (EpnsSwarm) swarm = epns_swarm_new (of, member);

  while (epns_swarm_next (swarm))
    for (guint i = 0; i < all->len; i++) {
      EpnsSeries *series = all->pdata[i];
      series->value[member * of->meta->frames + swarm->frame] = value_of_swarm (series, swarm);
    }
}

GPtrArray *
epns_series_measure (const EpnsTrajectory *of)
{
  GPtrArray *all = all_series (of);

  for (guint32 m = 0; m < of->meta->members; m++)
    (is_lattice (of) ? measure_lattices : measure_particles) (all, of, m);
  return all;
}
