/* SPDX-License-Identifier: MIT */
/* The mechanics of PhysiCell 1.14.2 (Ghaffarizadeh et al., PLoS Comput. Biol. 14, 2018; core/
 * PhysiCell_standard_models.cpp, standard_update_cell_velocity; core/PhysiCell_cell.cpp,
 * add_potentials, update_position, update_motility_vector): cells as soft spheres without inertia.
 * Lengths in micron, times in minutes. The velocity of cell i, of radius R_i and type t_i, is
 *
 *   v_i = wall_i + SUM_j c_ij (x_i - x_j) / d + motility_i,      d = max (|x_i - x_j|, 1e-5)
 *   c_ij = sqrt (r_i r_j) (1 - d / R)^2            where d <= R = R_i + R_j
 *        - sqrt (a_i A[t_i,t_j] a_j A[t_j,t_i]) (1 - d / S)^2   where d < S = f_i R_i + f_j R_j
 *   wall_i = 100 (1 - d / R_i)^2 inward, where d, to the nearest side of the domain, is below R_i
 *
 * and positions follow by the second-order Adams-Bashforth rule, x += h (1.5 v - 0.5 v_before),
 * with v_before 0 at first. Motility is kept until it is drawn anew, which happens in a step with
 * probability h / persistence-time: bias times the direction of bias and (1 - bias) times a
 * direction drawn uniformly (in the plane of x and y where use-2d is set or space has two axes),
 * scaled to the speed. Neighbours are all within S; PhysiCell looks no further than the voxels
 * of 30 micron around its own, which is the same unless S exceeds 30, or unless a voxel's reach
 * (is_neighbor_voxel; set where cells are put, not where they move to) leaves a pair out.
 *
 * Parameters, by type where PhysiCell has them in a cell definition; [] are their defaults there:
 *   cell-cell-adhesion-strength [0.4], cell-cell-repulsion-strength [10]    f64 type, micron/min
 *   relative-maximum-adhesion-distance [1.25]                               f64 type
 *   cell-adhesion-affinity [1]             f64 type,type: of the first type for the second
 *   motility-enabled [0], use-2d [0]                                        i32 type
 *   speed [1] micron/min, persistence-time [1] min, migration-bias [0]      f64 type
 *   migration-bias-direction [0]           f64 type,axis: where bias points, constant here
 *   domain [free space]                    f64 axis,side: lower and upper end of x, y[, z]
 *   virtual-wall [0]                       i32; needs a domain
 *   periodic [0]                           i32 axis: refused where 1
 *   mechanics-dt [0.1]                     f64, min
 * PhysiCell's virtual wall overwrites cell_BM_repulsion_strength by 100 and never reads
 * cell_BM_adhesion_strength, so neither is a parameter. Radii not given are 8.4127 micron. */
#pragma once
#include "models/reference/particles.h"
#include "models/reference/params.h"
#include "plugin/near.h"
#include "plugin/random.h"

extern const epns_kind epns_kind_physicell_mechanics;

#define EPNS_PHYSICELL_RADIUS 8.412710547954228 /* of a volume of 2494 micron^3 */

typedef struct {
  double adhesion_reach; /* f: in radii */
  gboolean motile, flat; /* flat: moves of its own accord in x and y only */
  double speed, persistence, bias, direction[3];
} EpnsPhysicellType;

typedef struct {
  EpnsPhysicellType *types; /* [n_types] */
  double *repulsion, *adhesion; /* [n_types][n_types] sqrt of the products above */
  guint n_types;
  gboolean any_type;     /* no parameter is given by type: all types are like type 0 */
  gint axes;             /* of the domain; 0: free space */
  double domain[3][2];   /* [axis] low, high */
  gboolean wall;
  double dt;             /* of mechanics */
} EpnsPhysicellRules;

/* The kind's parameters. */
extern const EpnsParamField epns_physicell_fields[];
extern const guint epns_physicell_n_fields;

/* Rules from checked parameters; NULL and EPNS_DISCARD where they contradict each other. [any] */
EpnsPhysicellRules *epns_physicell_rules_new (const EpnsParams *params, epns_error *error);
void epns_physicell_rules_free (EpnsPhysicellRules *self);

/* The first axis along which a point lies beyond the domain, or -1. [any] */
gint epns_physicell_outside (const EpnsPhysicellRules *self, const double *point);

/* What a run remembers from one step to the next. */
typedef struct {
  gsize n; /* bodies; 0: no step has been taken */
  gint axes;
  double *velocity; /* [n][axes] of the step before */
  double *motility; /* [n][axes] as last drawn, or given */
  guint32 *gone;    /* [n] 1: left the domain, so stays where it is and touches nobody, for good */
  gsize room;
} EpnsPhysicellHistory;

/* The velocities' scratch. */
typedef struct {
  EpnsNear *near;
  double *position; /* [n][axes] of those not gone */
  guint32 *body;    /* [n] which those are */
  gpointer sorted;  /* [n] by cell */
  gsize room;
} EpnsPhysicellScratch;

/* velocity [n][axes] of all bodies under the law above, 0 for those gone. [run] */
void epns_physicell_velocities (const EpnsPhysicellRules *rules, const EpnsParticles *bodies,
                                const EpnsPhysicellHistory *history, EpnsPhysicellScratch *scratch,
                                double *velocity);
void epns_physicell_scratch_clear (EpnsPhysicellScratch *self);

/* Draw motility anew where it is due: body i takes the words of index i at the key's place.
 * [run] */
void epns_physicell_motility (const EpnsPhysicellRules *rules, const EpnsParticles *bodies,
                              const EpnsDrawKey *key, EpnsPhysicellHistory *history);
