/* SPDX-License-Identifier: MIT */
/* What the parts of compare/report.h share. */
#pragma once
#include "compare/canvas.h"
#include "compare/report.h"

typedef struct {
  const char *name, *title; /* "curves"; "Observables over time" */
  const char *text;         /* what it shows, for who cannot see it */
  gboolean chart;           /* lines on white, not pictures: may be inverted in the dark */
  EpnsCanvas *canvas;       /* owned */
} EpnsReportFigure;

typedef struct {
  const EpnsReportSource *source;
  const EpnsComparison *of; /* the source's */
  EpnsAnalysis *analysis;   /* owned, as all below */
  EpnsVerdict *verdict;
  GPtrArray *figures;       /* EpnsReportFigure */
  GByteArray *animation;    /* NULL: none */
} EpnsReport;

char *epns_report_html (const EpnsReport *self, GError **error);
char *epns_report_json (const EpnsReport *self);
char *epns_report_csv (const EpnsReport *self);
char *epns_report_courses (const EpnsReport *self);

/* A paragraph for the methods section of a paper. */
char *epns_report_methods (const EpnsReport *self);

/* Sentences on cost and on when training pays; NULL where costs are not known. */
char *epns_report_cost (const EpnsReport *self);

/* A sentence on how long the learned ensemble can be believed. */
char *epns_report_horizon (const EpnsReport *self);

/* What was compared, for headings: the scenario's file. Free with g_free. */
char *epns_report_name (const EpnsComparison *of);

/* A sentence on the likelihood of held-out steps; NULL where the model is no trained one. */
char *epns_report_bound (const EpnsReport *self);

/* Sentences on what a guard found; NULL where none watched. */
char *epns_report_guarded (const EpnsReport *self);

/* What the guard found of a member (G_MAXUINT32: of all), steps taken natively included. */
guint64 epns_report_guard_found (const EpnsReportGuard *self, guint32 member);

/* Is it a table that somebody gave, of which no run is known? */
gboolean epns_report_is_table (const EpnsTrajectory *of);

/* A value of the provenance, or "". */
const char *epns_report_note (const EpnsTrajectory *of, const char *key);
