/* SPDX-License-Identifier: MIT */
/* One model's part in a comparison: opened, stepped, its frames kept. */
#pragma once
#include "compare/report.h"
#include "tools/energy.h"
#include "tools/ensemble-options.h"
#include "tools/schedule.h"
#include "tools/simulate.h"

typedef struct {
  EpnsStepModel *model;
  EpnsSettings *settings;
  EpnsSchedule schedule;
  EpnsTrajectory *ensembles[2]; /* the second is the native floor's; NULL for the learned side */
  EpnsEnergy *energy;           /* lent: what frames are scored by; NULL: nothing */
  EpnsState **states;           /* [members] lent by the stepper, while it steps */
  double *energies;             /* [members] */
  double seconds, least, most;  /* wall time of all steps; of one, over the frames */
  guint64 steps;
  guint32 members;              /* stepped together */
  EpnsReportGuard *guard;       /* what a guard counted; NULL: there was none */
} EpnsSide;

void epns_side_clear (EpnsSide *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (EpnsSide, epns_side_clear)

/* Open `name` for the scenario, with parameters by hand. */
gboolean epns_side_open (EpnsSide *self, const char *name, const char *const *set,
                         guint32 threads, const EpnsScenario *scenario, GError **error);

/* Step these members, as many as the options say or twice as many, of which the second half goes to
 * the second ensemble; under the options' guard where `watched`. */
EpnsSimulation epns_side_step (EpnsSide *self, const EpnsEnsembleOptions *options,
                               const EpnsScenario *scenario, const EpnsMembers *members,
                               gboolean watched, GError **error);

EpnsCost epns_side_cost (const EpnsSide *self);
