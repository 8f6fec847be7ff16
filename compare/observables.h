/* SPDX-License-Identifier: MIT */
/* What is compared between ensembles: one table of observables, and their values over members and
 * time. */
#pragma once
#include "compare/measures.h"
#include "compare/swarm.h"

typedef enum {
  EPNS_PER_FRAME, /* one value; index is not used */
  EPNS_PER_TYPE,  /* one for each cell type; index: type id, from 1 */
  EPNS_PER_CELL   /* one for each cell; index: cell id of a cell that owns a site */
} EpnsScope;

typedef struct {
  const char *name, *title; /* "volume"; "Cell volume" */
  const char *unit;         /* UDUNITS spelling of "site", length on a lattice and in space, and of
                               "mass" and "time" */
  EpnsScope scope;
  /* NaN: not defined there. NULL: not an observable of such a layout. Of particles, types count
   * from 0, and index is a body where it would be a cell; what is of types there is left out where
   * there is but one. */
  double (*on_lattice) (const EpnsMeasures *of, gsize index);
  double (*on_particles) (const EpnsSwarm *of, gsize index);
  int radii; /* of particles: 1 only where bodies have radii, -1 only where they have none */
  const char *formula, *source;
} EpnsObservable;

/* The table. */
const EpnsObservable *const *epns_observables (gsize *n);
const EpnsObservable *epns_observable_find (const char *name);

/* An observable over members and time; of one value for each frame. Cells are averaged within a
 * member: cells of one tissue are not independent of each other, members are. */
typedef struct {
  const EpnsObservable *observable;
  gint32 type;   /* EPNS_PER_TYPE: which */
  char *name;    /* "volume", "clusters-of-type:Dark"; owned */
  char *title;   /* "Cell volume", "Clusters of Dark"; owned */
  char *unit;    /* the observable's in the recording's own units; owned */
  double *value; /* [member][frame], NaN where not recorded or not defined; owned */
} EpnsSeries;

/* Measure all observables of the recording's layout: EpnsSeries in the order of the table, types
 * ascending. Types without a name have none. [any]; free with g_ptr_array_unref. */
GPtrArray *epns_series_measure (const EpnsTrajectory *of);
