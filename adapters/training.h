/* SPDX-License-Identifier: MIT */
/* TRAINING.xml (schemas/epns-training.xsd) as a plain struct, and the trajectories that it names.
 * What a network's attributes mean is left to its kind. */
#pragma once
#include "adapters/parameters.h"
#include "adapters/trajectory.h"
#include "plugin/epns_train.h"

typedef enum {
  EPNS_DATA_RECORDING,
  EPNS_DATA_FOLDER,
  EPNS_DATA_SNAPSHOTS,
  EPNS_DATA_SCENARIO
} EpnsDataSourceKind;

typedef struct {
  EpnsDataSourceKind kind;
  char *path;          /* resolved against the plan's folder */
  int line;            /* in the plan */
  gboolean validation; /* recording, snapshots, scenario; a folder has both */
  gboolean periodic;   /* snapshots: along x and y */
  /* scenario: */
  char *model; /* NULL: the scenario's first */
  guint32 members;
  guint64 seed;
  double until;
  double every; /* from frame to frame; 0: a learned step */
  EpnsStatements *least, *most; /* what is drawn anew for every member; NULL: nothing */
} EpnsDataSource;

typedef enum {
  EPNS_SCALING_SHARE,
  EPNS_SCALING_NONE,
  EPNS_SCALING_SQRT,
  EPNS_SCALING_LINEAR
} EpnsScaling;

typedef struct {
  char *path, *name, *kind, *output; /* of the file; of the model; kind id; folder, resolved */
  GPtrArray *sources;                /* EpnsDataSource */
  char **types; /* [train.n_types] names by id, NULL-terminated; of lattices [0] is the medium */
  double step_length;
  char *step_unit;
  char *judged;             /* train.judged */
  guint32 skip;             /* frames left out at the start of each trajectory */
  guint32 frames;           /* that a learned step spans in recordings without times */
  guint64 validation_every; /* steps */
  guint32 rollouts, rollout_steps, rollout_every; /* members, 0: none; learned steps; validations */
  gboolean by_rollout;      /* weights are judged by rollouts; else by nats */
  EpnsScaling scaling; /* of batch and rate with the number of processes; share: neither */
  epns_train_plan
      train; /* all else, owned; folder is `output`; stride is set when data are found */
} EpnsTrainingPlan;

/* Read and validate. One line in *error, "path:line: ...". [any] */
EpnsTrainingPlan *epns_training_plan_read (const char *path, GError **error);
void epns_training_plan_free (EpnsTrainingPlan *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (EpnsTrainingPlan, epns_training_plan_free)

/* Trajectories, for training and for validation. */
typedef struct {
  GArray *sets[2];         /* epns_train_set, of lattices; [1] are for validation */
  GArray *bodies[2];       /* epns_train_bodies, likewise */
  GPtrArray *trajectories; /* EpnsTrajectory: what the sets point into */
  GPtrArray *made;         /* arrays and numbers that parameters of sets point into */
} EpnsTrainingData;

EpnsTrainingData *epns_training_data_new (void);
void epns_training_data_free (EpnsTrainingData *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (EpnsTrainingData, epns_training_data_free)

/* Add what a recording or folder holds, without the frames that are skipped. The plan's stride
 * follows from the times that are stated, and must be the same everywhere. EPNS_FAILURE_IO,
 * EPNS_FAILURE_FORMAT; EPNS_FAILURE_MISMATCH where types, frames or times do not fit the plan. */
gboolean epns_training_data_load (EpnsTrainingData *self, EpnsTrainingPlan *plan,
                                  const EpnsDataSource *source, GError **error);

/* A learned step moves the cells there are: from frame `first` on, each cell has a type from 1 to
 * n_types - 1, and none is there that was not there a frame before. EPNS_FAILURE_MISMATCH. [any] */
gboolean epns_training_check_cells (const EpnsTrajectory *trajectory, guint32 first,
                                    guint32 n_types, const char *name, GError **error);

/* The same of the bodies there are: their types are among the plan's and positions and velocities
 * are known. EPNS_FAILURE_MISMATCH. [any] */
gboolean epns_training_check_bodies (const EpnsTrajectory *trajectory, guint32 first,
                                     guint32 n_types, const char *name, GError **error);

/* Sets of either sort for training, or for validation. */
guint epns_training_data_sets (const EpnsTrainingData *self, gboolean validation);

/* Add a trajectory, taking it over; `name` stands for it in messages. Errors as above. */
gboolean epns_training_data_add (EpnsTrainingData *self, EpnsTrainingPlan *plan,
                                 EpnsTrajectory *trajectory, const char *name, gboolean validation,
                                 GError **error);

/* The trajectory added last was made with these parameters by name: the step's PARAMs as they were
 * set, of which those that our files may state are kept. */
typedef struct {
  const char *name;
  const epns_view *view; /* data NULL: left to the step */
} EpnsCondition;
void epns_training_data_made_with (EpnsTrainingData *self, gboolean validation,
                                   const EpnsCondition *conditions, gsize n);

/* <parameter> elements of all that training sets were made with, into xml, as one number or, of
 * what is no word, a range; types by id. None where any set was not made but read. */
void epns_training_put_conditions (GString *xml, const EpnsTrainingData *self,
                                   const char *const *types, gsize n_types);

/* Write FOLDER/model.xml beside weights.safetensors, which is there: the plan's network, types and
 * step; where, how long and from what it was trained and a text on how it went; and as its validity
 * the cells, volumes, lattices, borders and parameters that were learned from, or the numbers of
 * bodies. EPNS_FAILURE_IO; nothing is left behind then. */
gboolean epns_training_write_model (const EpnsTrainingPlan *plan, const EpnsTrainingData *data,
                                    const char *folder, double minutes, const char *text,
                                    GError **error);
