/* SPDX-License-Identifier: MIT */
/* Two entries of the OpenVT cell-sorting benchmark side by side. */
#pragma once
#include "adapters/openvt-table.h"
#include "compare/voronoi.h"

/* The benchmark's metrics of every simulation at every time; free with g_free: [member][time]. */
EpnsVoronoi *epns_openvt_metrics (const EpnsOpenvtTable *of);

/* The metrics as the benchmark's entries store them: time,heterotypic_voronoi_length,
 * heterotypic_connections, the mean over simulations. Free with g_free. */
char *epns_openvt_metrics_csv (const EpnsOpenvtTable *of, const EpnsVoronoi *metrics);

/* Both entries in words, for a terminal: what they are, the metrics at five times (entries of other
 * times are matched by the share of their whole), as shares of the start, too, and how far they are
 * apart; with two or more simulations in both, the KS distance at the end with its exact p. Free
 * with g_free. */
char *epns_openvt_compare (const EpnsOpenvtTable *a, const EpnsOpenvtTable *b);
