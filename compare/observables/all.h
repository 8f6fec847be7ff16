/* SPDX-License-Identifier: MIT */
/* The observables, one file each; compare/observables.c lists them. */
#pragma once
#include "compare/observables.h"

extern const EpnsObservable epns_observable_volume;
extern const EpnsObservable epns_observable_volume_spread;
extern const EpnsObservable epns_observable_perimeter;
extern const EpnsObservable epns_observable_aspect_ratio;
extern const EpnsObservable epns_observable_fragments;
extern const EpnsObservable epns_observable_neighbours;
extern const EpnsObservable epns_observable_clusters;
extern const EpnsObservable epns_observable_clusters_of_type;
extern const EpnsObservable epns_observable_largest_cluster;
extern const EpnsObservable epns_observable_heterotypic_boundary;
extern const EpnsObservable epns_observable_cell_boundary;
extern const EpnsObservable epns_observable_medium_boundary;
extern const EpnsObservable epns_observable_unlike_fraction;
extern const EpnsObservable epns_observable_voronoi_length;
extern const EpnsObservable epns_observable_voronoi_connections;
extern const EpnsObservable epns_observable_radial_order;
extern const EpnsObservable epns_observable_displacement;
extern const EpnsObservable epns_observable_path_length;
extern const EpnsObservable epns_observable_squared_displacement;
extern const EpnsObservable epns_observable_hamiltonian;
extern const EpnsObservable epns_observable_lost_cells;
extern const EpnsObservable epns_observable_kinetic_energy;
extern const EpnsObservable epns_observable_potential_energy;
extern const EpnsObservable epns_observable_total_energy;
extern const EpnsObservable epns_observable_momentum;
extern const EpnsObservable epns_observable_speed;
extern const EpnsObservable epns_observable_nearest_distance;
