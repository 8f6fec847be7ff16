/* SPDX-License-Identifier: MIT */
/* The training loop of any network: samples by place, gradients in fixed order, Adam, averaged
 * weights, validation.
 *
 * Sample i of step t has the number t * batch + i, and all its draws are functions of (seed,
 * number). Threads share the samples of a step; gradients are added in the order of the samples. So
 * a training is a function of network, options and pairs alone. One trainer belongs to one thread
 * at a time; no function is called while another runs. */
#pragma once
#include "models/nn/optim.h"
#include "models/train/schedule.h"
#include "models/train/team.h"
#include "models/train/trainable.h"

typedef struct {
  guint64 seed, steps;
  guint batch;
  gboolean symmetries; /* samples are turned and mirrored */
  EpnsRateSchedule rate;
  EpnsObjectiveSchedule objective; /* looked at only where the network has `learn` */
  EpnsAdamOptions adam;
  double clip;    /* largest norm of the gradient */
  double average; /* decay of the averaged weights */
  guint validation_samples;
  const epns_train_team *team; /* lent; NULL: one process */
  guint patience; /* judgements without a better one; 0: no limit */
} EpnsTrainerOptions;

typedef struct {     /* where a training stands: with the weights, all there is to save */
  guint64 step;      /* steps taken */
  double loss, norm; /* of the latest step: mean over the samples; gradient before clipping */
  double best;       /* the lowest figure the averaged weights were judged by; infinite: none yet */
  guint64 best_step;
  guint64 since_best; /* judgements after it */
} EpnsTrainerState;

typedef struct {
  EpnsTrainable net; /* owned */
  EpnsTrainerOptions options;
  EpnsTrainerState state;
  EpnsPairs pairs, validation; /* lent; validation may be empty */
  gsize n;                     /* parameters */
  char **names;                /* [n + 1], NULL-terminated */
  EpnsTensor **parameters;     /* [n] the net's own */
  EpnsTensor **best;           /* [n] averaged weights as they were at best_step */
  EpnsAdam *adam;
  EpnsEma *ema;
  struct EpnsTrainerLanes *lanes; /* private: threads' memory */
} EpnsTrainer;

/* Takes over net. host (may be NULL: one thread) must outlive the trainer, as must the pairs'
 * memory. */
EpnsTrainer *epns_trainer_new (EpnsTrainable net, const EpnsTrainerOptions *options,
                               const EpnsPairs *pairs, const EpnsPairs *validation,
                               const epns_host *host);
void epns_trainer_free (EpnsTrainer *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (EpnsTrainer, epns_trainer_free)

/* All steps taken, or none judged better for as long as patience lasts. */
gboolean epns_trainer_is_over (const EpnsTrainer *self);

/* Of the latest step: the learning rate; the weight of the KL divergence and the learned steps in a
 * row, NaN and 1 where the network has no `learn`. */
double epns_trainer_rate (const EpnsTrainer *self);
double epns_trainer_beta (const EpnsTrainer *self);
guint epns_trainer_steps_in_a_row (const EpnsTrainer *self);

/* One step. On failure nothing was changed: EPNS_FAILURE_RANGE where a loss or gradient is not
 * finite (step and sample are named), EPNS_FAILURE_MISMATCH where a pair does not fit the network.
 */
gboolean epns_trainer_step (EpnsTrainer *self, GError **error);

/* The likelihood of the averaged weights on pairs spread evenly over the validation set, the same
 * at every call: sums. EPNS_FAILURE_MISMATCH where there is no validation set. */
gboolean epns_trainer_validate (EpnsTrainer *self, EpnsTrainMeasure *sum, GError **error);

/* The averaged weights are worth `figure`, the lower the better; the best are kept. */
void epns_trainer_judge (EpnsTrainer *self, double figure);

/* Everything a training needs to go on, in one weights file (checkpoint.c). `identity` tells
 * trainings apart: a checkpoint of another one is refused with EPNS_FAILURE_MISMATCH. After any
 * failure to load the trainer is as it was. */
gboolean epns_trainer_save (const EpnsTrainer *self, const char *path, const char *identity,
                            GError **error);
gboolean epns_trainer_load (EpnsTrainer *self, const char *path, const char *identity,
                            GError **error);

/* The averaged weights alone: the best, where any were judged and `latest` is not asked for, or as
 * they are. */
gboolean epns_trainer_export (const EpnsTrainer *self, gboolean latest, const char *path,
                              GError **error);
