/* SPDX-License-Identifier: MIT */
/* A scenario without its host's spelling: a lattice or a space for particles, cell types, step
 * parameters by name, how it starts, what to run. Readers (adapters/cc3dml.c, adapters/native.c) fill it; the command
 * and the tests read it. A scenario that has been read is not changed any more: const functions are
 * [any]. */
#pragma once
#include "adapters/lattice-state.h"
#include "adapters/particle-state.h"

/* A cell type; its id is its index in EpnsScenario.types. On a lattice 0 is the medium; of particles
 * all are bodies' types. */
typedef struct {
  char *name; /* NULL: no type has this id */
  gboolean frozen;
} EpnsCellType;

/* A box of sites of one cell, both corners included, as a PIFF line states it; x, y, z. */
typedef struct {
  gint32 cell; /* its number in the file, >= 0; kept on the lattice where it is free */
  gint32 type;
  gint32 low[3], high[3];
} EpnsCellBox;

/* A site of a cell. Numbers above 0 are kept on the lattice where they are free; sites of one cell
 * follow each other, and a number at or below 0 makes a cell of the next new id. */
typedef struct {
  gint32 cell, type;
  gint32 site; /* [z][y][x] */
} EpnsCellSite;

typedef enum {
  EPNS_REGION_BLOB,    /* cubes on a grid from 0 whose corner lies within `radius` of `centre` */
  EPNS_REGION_UNIFORM, /* boxes on a grid from `low`, up to but excluding `high` */
  EPNS_REGION_BOXES,   /* the boxes listed, later ones over earlier ones */
  EPNS_REGION_SITES,   /* the sites listed */
  EPNS_REGION_SCATTER  /* n cells of one site each, of types[0], drawn from the sites listed */
} EpnsRegionShape;

/* One piece of the start; pieces are laid down in order, each over the ones before. Lengths in
 * sites; x, y, z. */
typedef struct {
  EpnsRegionShape shape;
  gint32 centre[3], low[3], high[3];
  double radius;
  gint32 gap, width;
  GArray *types; /* gint32 type ids as listed, one drawn for each box; a repeated one weighs more */
  GArray *boxes; /* EpnsCellBox, EPNS_REGION_BOXES only */
  GArray *sites; /* EpnsCellSite, EPNS_REGION_SITES and _SCATTER only */
  guint32 n;     /* EPNS_REGION_SCATTER only */
  gboolean over; /* EPNS_REGION_SITES only: over other cells, too; else where medium is */
} EpnsRegion;

typedef struct {
  gint32 id;                       /* -1: the next one */
  gint32 type;
  double position[3], velocity[3]; /* x, y, z */
  double mass, radius;
} EpnsBody;

typedef enum {
  EPNS_BODIES_LISTED,
  EPNS_BODIES_BALL,  /* evenly in the ball (2D: disc) of `radius` around `centre` */
  EPNS_BODIES_BOX,   /* evenly between `low` and `high` */
  EPNS_BODIES_NORMAL /* normal around `centre`, `radius` being the standard deviation by axis */
} EpnsBodiesShape;

/* One piece of a particle start; its bodies follow those of the pieces before. Of a drawn one every
 * number is a function of (seed, body, what for) alone. */
typedef struct {
  EpnsBodiesShape shape;
  GArray *listed; /* EpnsBody, EPNS_BODIES_LISTED only; all below is of drawn ones */
  guint32 n;
  double centre[3], radius, low[3], high[3]; /* x, y, z */
  double apart;         /* least distance of two of the piece's bodies */
  double speed;         /* standard deviation of each component of the velocity */
  double mass, mass_to; /* even between the two; both the same: all alike */
  double size;          /* every body's radius */
  gboolean at_rest;     /* move to the frame in which the piece's centre of mass rests at `centre`
                           (of a box: at its middle) */
  GArray *types;        /* gint32 type ids, one drawn for each body; a repeated one weighs more */
} EpnsBodies;

/* A parameter of a step model that the scenario states. */
typedef struct {
  epns_view view; /* contiguous, data owned */
} EpnsParameter;

/* One NAME=VALUE for a step model, unparsed: the model's fields say what it means. */
typedef struct {
  char *name, *value;
  int line; /* in the scenario file */
} EpnsSetting;

/* A step model to run. */
typedef struct {
  char *name;       /* of this run, unique in the plan: "native", "learned" */
  char *kind;       /* kind id: "cpm", "epns-lattice" */
  char *source;     /* file or folder, resolved against the scenario's folder; NULL: none needed */
  GArray *settings; /* EpnsSetting */
} EpnsPlanModel;

/* What to run. A host's own file gives one model of its solver's kind and the defaults. Times in MCS
 * on a lattice, of particles in the time unit of the step models. */
typedef struct {
  GPtrArray *models;  /* EpnsPlanModel, at least one */
  guint32 members;    /* default 1 */
  guint64 seed;       /* default: the host's seed; 1 where the host would take the clock's */
  double until;       /* default: the host's steps as its stock runner counts them */
  double every;       /* default: the smallest of 1, 2, 5, 10, 20... that gives at most 100 frames */
  GPtrArray *outputs; /* char *: paths, resolved against the scenario's folder; may be empty */
} EpnsRunPlan;

typedef struct _EpnsScenario {
  char *path;        /* the file that was read */
  char *host_path;   /* the host's file: another one where `path` is ours and names it */
  const char *host;  /* "CompuCell3D", "epns"... */
  const EpnsLayout *layout; /* of its states: epns_layout_lattice (default) or _particles */
  gint32 size[3];    /* of a lattice: z, y, x: sites */
  gint32 periodic[3];/* of a lattice: z, y, x: 1 periodic, 0 no-flux */
  GPtrArray *regions;/* of a lattice: EpnsRegion */
  EpnsSpace space;   /* of particles */
  gboolean radii;    /* of particles: have the bodies radii? */
  GPtrArray *bodies; /* of particles: EpnsBodies */
  GArray *types;     /* EpnsCellType by id */
  const char *time_unit; /* static, of the plan's times: "MCS" (default); NULL: the step models' own */
  gint64 steps;      /* as the host's file states them, MCS */
  guint64 host_seed; /* 0: the host would take the clock */
  GPtrArray *notes;  /* char *: one line each, "file:line: what has no effect here, and why" */
  EpnsRunPlan plan;
  GHashTable *parameters; /* char * -> EpnsParameter; see epns_scenario_parameter */
} EpnsScenario;

/* Read a scenario file of any known format (adapters/reader.c has the table): a host simulator's or
 * our own (schemas/epns-scenario.xsd). NULL with one line in *error, "file:line: what is wrong; what
 * to do", when the file is not well-formed, not valid, or asks for something that changes the
 * dynamics and is not honoured. [any] */
EpnsScenario *epns_scenario_read (const char *path, GError **error);

/* An empty scenario for a reader to fill; plan with defaults and no model. */
EpnsScenario *epns_scenario_new (const char *path, const char *host);
void          epns_scenario_free (EpnsScenario *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (EpnsScenario, epns_scenario_free)

/* A kind's PARAM of this name as the scenario states it: *view is lent by the scenario, not to be
 * written through. FALSE where the scenario leaves it to the kind's default. Files state those of
 * the table in adapters/parameters.c, of rank 0, [type] or [type,type]; and there follow
 *   from a lattice         periodic i32 [3] (z, y, x), frozen i32 [type]
 *   from a bounded space   domain f64 [axis,2] (low, high), periodic i32 [axis], virtual-wall i32 [];
 *                          axes x, y[, z]                                                    [any] */
gboolean epns_scenario_parameter (const EpnsScenario *self, const char *name, epns_view *view);

/* State a parameter; the data (row-major) is copied. A second one of the same name replaces the
 * first. */
void epns_scenario_put (EpnsScenario *self, const char *name, int32_t dtype, int32_t rank,
                        const int64_t *shape, const void *data);
void epns_scenario_put_number (EpnsScenario *self, const char *name, double value);
void epns_scenario_put_integer (EpnsScenario *self, const char *name, gint32 value);

/* The id of a type's name, or -1. [any] */
gint32 epns_scenario_type_id (const EpnsScenario *self, const char *name);

/* The name of a type's id, or NULL. [any] */
const char *epns_scenario_type_name (const EpnsScenario *self, gint32 id);

/* Append a note; the scenario takes the text. */
void epns_scenario_note (EpnsScenario *self, const char *format, ...) G_GNUC_PRINTF (2, 3);

/* Append a region of this shape and return it for filling. */
EpnsRegion *epns_scenario_add_region (EpnsScenario *self, EpnsRegionShape shape);

/* Append a piece of this shape to a particle start and return it for filling: mass 1, all else 0. */
EpnsBodies *epns_scenario_add_bodies (EpnsScenario *self, EpnsBodiesShape shape);

/* State the space: it makes the scenario one of particles and puts the parameters that follow from
 * it. */
void epns_scenario_set_space (EpnsScenario *self, const EpnsSpace *space);

/* Append a model to the plan and return it; the strings are copied, source may be NULL. */
EpnsPlanModel *epns_scenario_add_model (EpnsScenario *self, const char *name, const char *kind,
                                        const char *source);

/* The default of plan.every for a plan of this length. [any] */
double epns_scenario_default_every (double until);

/* How the scenario starts, of its own layout: one of the two below. [any] */
EpnsState *epns_scenario_initial_state (const EpnsScenario *self, guint64 seed, GError **error);

/* The lattice the host starts from. Types left to chance are drawn as CompuCell3D 4.8.0 draws them:
 * one MT19937 number for each box of a region that names types, one sequence for the whole start,
 * seeded with the low 32 bits of `seed`; so a host's RandomSeed gives the host's own start. Cells
 * that are scattered are drawn from the same sequence. EPNS_FAILURE_RANGE when there would be more
 * than 2^24 cells or fewer sites than cells to scatter, EPNS_FAILURE_FORMAT when no cell
 * results. Implemented by adapters/initial-state.c. [any] */
EpnsLatticeState *epns_scenario_initial_lattice (const EpnsScenario *self, guint64 seed,
                                                 GError **error);

/* How many bodies a particle scenario starts with. [any] */
gsize epns_scenario_n_bodies (const EpnsScenario *self);

/* The bodies a particle scenario starts with, listed ones as they are, drawn ones by place
 * (plugin/random.h) from `seed`. EPNS_FAILURE_RANGE where bodies that are to lie apart find no
 * room, EPNS_FAILURE_FORMAT where there is no body or two have one id. Implemented by
 * adapters/initial-bodies.c. [any] */
EpnsParticleState *epns_scenario_initial_particles (const EpnsScenario *self, guint64 seed,
                                                    GError **error);
