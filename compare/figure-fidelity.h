/* SPDX-License-Identifier: MIT */
/* What an analysis says, drawn: distributions, ranks, coverage, horizon. */
#pragma once
#include "compare/analysis.h"
#include "compare/plot.h"

/* Empirical distribution functions of these series (guint) at the last time. */
EpnsCanvas *epns_draw_distributions (const EpnsAnalysis *of, const GArray *series);

/* Rank histograms of these series: where among the learned members (and among those of the second
 * native ensemble) the native ones lie. */
EpnsCanvas *epns_draw_ranks (const EpnsAnalysis *of, const GArray *series);

/* Coverage of central intervals against their level; and KS distance over time, learned and floor,
 * of all series at once; energy score over time; share of stable members over time. */
EpnsCanvas *epns_draw_horizon (const EpnsAnalysis *of);
