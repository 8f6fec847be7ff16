/* SPDX-License-Identifier: MIT */
/* What checks of symmetries share: a made-up tissue, another numbering of its cells, and a verdict
 * on two results. */
#pragma once
#include "plugin/epns_verify.h"
#include <glib.h>

#define EPNS_SYMMETRY_CELLS 9
/* Results hold to this times max (1, the largest): the order of sums over cells changes. */
#define EPNS_SYMMETRY_TOLERANCE 1e-5

typedef struct {
  epns_verify_report report;
  gpointer data;
} EpnsReporter;

void epns_symmetry_report (const EpnsReporter *reporter, const char *name, const float *a,
                           const float *b, gsize n);

/* Discs around random centres, each site to the nearest centre within reach: ids 1 ..
 * EPNS_SYMMETRY_CELLS, 0 elsewhere. */
void epns_symmetry_tissue (gint32 *id, gsize height, gsize width, guint64 seed);

/* A random order of first .. n-1; what is before stays. */
void epns_symmetry_shuffle (gint32 *order, gint32 first, gint32 n, guint64 seed);

/* Row order[c] of a[n], which has that many rows, becomes row c of the result. Free with g_free. */
float *epns_symmetry_reorder (const float *a, gsize n, const gint32 *order, gsize rows);
