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
  EpnsMembers all;              /* of its ensembles, one behind the other */
  EpnsTrajectory *ensembles[2]; /* the second is the native floor's; NULL for the learned side */
  EpnsEnergy *energy;           /* lent: what frames are scored by; NULL: nothing */
  EpnsState **states;           /* [of all ensembles] lent, while frames are kept */
  double *energies;             /* [of all ensembles] */
  double seconds, least, most;  /* wall time of all steps; of one, over the frames */
  guint64 steps;
  guint32 members;              /* stepped together, here */
  EpnsReportGuard *guard;       /* what a guard counted; NULL: there was none */
} EpnsSide;

void epns_side_clear (EpnsSide *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (EpnsSide, epns_side_clear)

/* Open `name` for the scenario, with parameters by hand: its own, or those of the model that it is
 * set `beside` (tools/settings.h). */
gboolean epns_side_open (EpnsSide *self, const char *name, const char *const *set, gboolean beside,
                         guint32 threads, const EpnsScenario *scenario, GError **error);

/* Step all members, as many as the options say or twice as many, of which the second half goes to
 * the second ensemble; under the options' guard where `watched`. */
EpnsSimulation epns_side_step (EpnsSide *self, const EpnsEnsembleOptions *options,
                               const EpnsScenario *scenario, gboolean watched, GError **error);

/* Step a part's members and record them, or go on with what is recorded: `meta` is of the part's
 * recording at `path`. On an interrupt it holds the frames until then, if the model keeps its
 * runs; nothing lies there if not. */
EpnsSimulation epns_side_record (EpnsSide *self, const EpnsEnsembleOptions *options,
                                 const EpnsScenario *scenario, const EpnsMembers *members,
                                 const char *path, const EpnsTrajectoryMeta *meta, GError **error);

/* Room for ensembles of so many members each, as many as `whole` has in all. */
gboolean epns_side_make_room (EpnsSide *self, const EpnsTrajectoryMeta *whole, guint32 members,
                              GError **error);

/* Keep what a part recorded at `path`, as if its members, from `first` on, were stepped here. */
gboolean epns_side_read (EpnsSide *self, const char *path, guint32 first, GError **error);

EpnsCost epns_side_cost (const EpnsSide *self);
