/* SPDX-License-Identifier: MIT */
/* Something for a model to step where no scenario is given. */
#pragma once
#include "adapters/scenario.h"
#include "tools/step-model.h"

/* A tissue of square cells of the volume the model was trained with, of all its types, in a lattice
 * of medium; or seven bodies around the middle of free space. It states what the model must be told,
 * as it was in training, and no other parameter, so that the model's own values hold. */
EpnsScenario *epns_verify_subject (const EpnsStepModel *model);
