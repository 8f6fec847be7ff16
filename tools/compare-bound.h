/* SPDX-License-Identifier: MIT */
/* How likely a learned model holds native steps that it was not trained with. */
#pragma once
#include "compare/report.h"
#include "tools/settings.h"

/* The bound of the native members' steps, frames being `steps` learned steps apart, by what the
 * model's training minimises (plugin/epns_train.h). Some members and, of each, some steps are
 * looked at. NULL where the model is no trained one; with its `why` where it can give none. */
EpnsReportBound *epns_bound_measure (const EpnsSettings *learned, const EpnsTrajectory *native,
                                     guint32 steps);
