/* SPDX-License-Identifier: MIT */
/* All that is said of a comparison in numbers: every series at a few times, its course over all
 * times, and the same for two native ensembles, which is what perfection would score. */
#pragma once
#include "compare/ensemble.h"
#include "compare/horizon.h"

#define EPNS_COVERAGE_LEVELS 4
#define EPNS_RANK_BINS 10
#define EPNS_ANALYSIS_LEVEL 0.05 /* of the tests, for all of them together */

extern const double epns_coverage_levels[EPNS_COVERAGE_LEVELS]; /* 0.5, 0.8, 0.9, 0.95 */

/* One ensemble as a forecast of another. NaN: not defined. */
typedef struct {
  double ks, p;     /* p: exact; NaN where all values of both are one value, which is no test */
  double holm, fdr; /* p adjusted for all tests of the analysis */
  double wasserstein, energy_distance; /* in the unit, in its square root */
  double crps, spread_skill;           /* fair, in the unit; share */
  double coverage[EPNS_COVERAGE_LEVELS];
} EpnsContrast;

/* One series at one time. */
typedef struct {
  guint series;        /* index into the comparison's series */
  guint32 time;        /* index of a common time */
  gsize native_n, learned_n; /* members for which it is defined */
  double native_mean, native_deviation, learned_mean, learned_deviation;
  double shift; /* |difference of means| in native standard deviations; infinite where these are 0 */
  EpnsContrast learned; /* the learned ensemble forecasts the native one */
  EpnsContrast floor;   /* a second native one does */
} EpnsFinding;

/* The course of one series. */
typedef struct {
  double *ks, *floor_ks;       /* [n_times]; owned */
  double ranks[EPNS_RANK_BINS], floor_ranks[EPNS_RANK_BINS]; /* counts over the chosen times */
  double unevenness, floor_unevenness;
  double coverage[EPNS_COVERAGE_LEVELS], floor_coverage[EPNS_COVERAGE_LEVELS]; /* mean over these */
  guint32 leaves; /* first common time at which KS has left the floor; n_times: never. compare/horizon.h */
} EpnsCourse;

typedef struct {
  const EpnsComparison *of; /* lent */
  guint32 index[4];         /* the chosen times: about 25, 50, 75 and 100 % of the whole */
  gsize n_index;
  GArray *findings;     /* EpnsFinding, series by series, times ascending */
  GPtrArray *courses;   /* EpnsCourse, one for each series */
  double *energy_score, *floor_energy_score; /* [n_times], 1: of standardised series; owned */
  guint n_scored;       /* series in the energy score at the last time */
  gsize n_tests;        /* of each kind that count for the adjustment */
  double least_p;       /* what one test can reach with these members */
  double detectable;    /* the least KS that all tests together would still reject; above 1: none */
  EpnsStability stability, native_stability; /* NULL curve where recordings are no lattices */
} EpnsAnalysis;

/* Analyse; the comparison is lent. [any] */
EpnsAnalysis *epns_analysis_new (const EpnsComparison *of);
void          epns_analysis_free (EpnsAnalysis *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (EpnsAnalysis, epns_analysis_free)

const EpnsSeries *epns_analysis_series (const EpnsAnalysis *self, guint series);
double            epns_analysis_time (const EpnsAnalysis *self, guint32 time);
