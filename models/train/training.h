/* SPDX-License-Identifier: MIT */
/* A training as a host asks for it through plugin/epns_train.h, whatever the network: plan in,
 * weights out. A kind brings the network that a plan asks for. */
#pragma once
#include "models/description.h"
#include "models/train/trainable.h"
#include "models/train/schedule.h"
#include "plugin/epns_train.h"

typedef struct {
  const char *id;  /* of the kind */
  gboolean bodies; /* learns from bodies; else from lattices */
  /* The network that the plan asks for, able to learn from pairs[0] and be validated on pairs[1], and the schedule of its
   * objective (see epns_training_read_schedule()). EPNS_FAILURE_*, one line. */
  gboolean (*make) (const epns_train_plan *plan, const EpnsPairs *pairs, EpnsTrainable *net,
                    EpnsObjectiveSchedule *schedule, GError **error);
} EpnsTrainingKind;

/* What the plan states as <network>, <layers> or <objective>, to be read like a model's attributes.
 * Free with epns_model_description_free(). [any] */
EpnsModelDescription *epns_training_values (const EpnsTrainingKind *kind,
                                            const epns_train_plan *plan,
                                            const epns_train_value *values, guint n);

/* Attributes beta, ramp, cycles, epoch, multi-step-after, multi-step-every and multi-step-most of
 * <objective>; what is not stated stays as *schedule says, but for the epoch (as many samples as
 * there are trajectories), their number, and the most steps in a row (a third of the longest
 * trajectory, as published). EPNS_FAILURE_*. [any] */
gboolean epns_training_read_schedule (EpnsModelDescription *objective, const epns_train_plan *plan,
                                      const EpnsPairs *pairs, EpnsObjectiveSchedule *schedule,
                                      GError **error);

/* The functions of an epns_train. */
epns_status epns_training_begin (const EpnsTrainingKind *kind, const epns_host *host,
                                 const epns_train_plan *plan, const epns_train_data *data,
                                 const epns_train_data *validation, epns_training **training,
                                 epns_error *error);
void epns_training_progress (const epns_training *self, epns_train_progress *progress);
epns_status epns_training_advance (epns_training *self, guint32 n, epns_error *error);
epns_status epns_training_validate (epns_training *self, epns_train_score *score,
                                    epns_error *error);
void epns_training_judge (epns_training *self, double figure);
epns_status epns_training_checkpoint (epns_training *self, epns_error *error);
epns_status epns_training_weights (const epns_training *self, gint32 latest, const char *path,
                                   epns_error *error);
void epns_training_end (epns_training *self);

/* The epns_train of a kind, `begin_` being a function of its own that hands its EpnsTrainingKind to
 * epns_training_begin(). */
#define EPNS_TRAINING(begin_)                                                                      \
  {                                                                                                \
    .size = sizeof (epns_train), .begin = begin_, .progress = epns_training_progress,              \
    .advance = epns_training_advance, .validate = epns_training_validate,                          \
    .judge = epns_training_judge, .checkpoint = epns_training_checkpoint,                          \
    .weights = epns_training_weights, .end = epns_training_end                                     \
  }
