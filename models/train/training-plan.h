/* SPDX-License-Identifier: MIT */
/* What a plan asks of the training loop. [any] */
#pragma once
#include "models/train/trainer.h"
#include "models/train/training.h"

/* Are its numbers in their ranges? EPNS_FAILURE_RANGE naming file and number. */
gboolean epns_training_check_plan (const epns_train_plan *plan, GError **error);

EpnsTrainerOptions epns_training_options (const epns_train_plan *plan,
                                          const EpnsObjectiveSchedule *schedule);

/* Everything that a bit of the result depends on, as one hash; `data` is the data's. Free with
 * g_free(). */
char *epns_training_identity (const EpnsTrainingKind *kind, const epns_train_plan *plan,
                              guint64 data);
