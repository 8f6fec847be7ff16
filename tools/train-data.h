/* SPDX-License-Identifier: MIT */
/* The trajectories that a training plan names: read from files, or made now by a step model. */
#pragma once
#include "adapters/training.h"

/* All of them. Sets *interrupted, and returns NULL without an error, where a signal came. */
EpnsTrainingData *epns_train_data_gather (EpnsTrainingPlan *plan, guint32 threads, gboolean quiet,
                                          gboolean *interrupted, GError **error);
