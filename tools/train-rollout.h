/* SPDX-License-Identifier: MIT */
/* Learned trajectories from the starts of the validation data, while a training goes on. */
#pragma once
#include "adapters/training.h"
#include "compare/rollout.h"
#include "plugin/epns_loader.h"

typedef struct _EpnsTrainRollout EpnsTrainRollout;

/* From the first validation data, of lattices or of bodies: as many members and learned steps as the plan asks
 * for and the data have. NULL without an error where the plan asks for none or there are none. */
EpnsTrainRollout *epns_train_rollout_new (const EpnsTrainingPlan *plan,
                                          const EpnsTrainingData *data, guint32 threads,
                                          GError **error);
void epns_train_rollout_free (EpnsTrainRollout *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (EpnsTrainRollout, epns_train_rollout_free)

/* Step the model of a folder, member m with stream m of the plan's seed, and measure. */
gboolean epns_train_rollout_run (EpnsTrainRollout *self, const char *folder, EpnsRollout *rollout,
                                 GError **error);

/* The latest run beside what was held out, as PNG. */
gboolean epns_train_rollout_draw (const EpnsTrainRollout *self, const char *path, GError **error);

/* A table for people: name, learned, held out, KS. Free with g_free(). */
char *epns_train_rollout_table (const EpnsTrainRollout *self, const EpnsRollout *rollout);
