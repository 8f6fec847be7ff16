/* SPDX-License-Identifier: MIT */
/* The comparison in numbers. */
#pragma once
#include "compare/ensemble.h"

/* One series at one time. Samples are the members' values; what is not defined is NaN. */
typedef struct {
  const EpnsSeries *series;
  double time;
  gsize native_n, learned_n, floor_n, floor_m; /* members for which it is defined */
  double native_mean, native_deviation, learned_mean, learned_deviation;
  double ks, ks_p, wasserstein;                   /* learned against native */
  double floor_ks, floor_ks_p, floor_wasserstein; /* native against native */
} EpnsTableRow;

/* EpnsTableRow of every series at the common times of these indices. Series whose values are alike
 * and equal in both ensembles have distance 0. */
GArray *epns_table_new (const EpnsComparison *of, const guint32 *times, gsize n_times);

/* The rows as text for a terminal (ASCII but for names), as CSV with a header line, and as JSON.
 * Caller frees with g_free. */
char *epns_table_text (const EpnsComparison *of, const GArray *rows);
char *epns_table_csv (const GArray *rows);
char *epns_table_json (const EpnsComparison *of, const GArray *rows);
