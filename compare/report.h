/* SPDX-License-Identifier: MIT */
/* The whole of a comparison as one page to read, and as data. */
#pragma once
#include "compare/verdict.h"

/* What stepping one side took. Strings are lent. */
typedef struct {
  double dt;               /* one step, in time_unit */
  double seconds;          /* wall time of all steps of all members */
  double least, most;      /* of one step of all members, over the frames */
  guint64 steps;           /* each member took */
  guint32 members;         /* stepped together */
  double training_minutes; /* what the model took to train, as it says; NaN: says nothing */
} EpnsCost;

/* What a guard found in the learned members' steps. */
typedef struct {
  char *mode;                  /* "warn", "stop", "native" */
  const char *const *reasons;  /* [n_reasons], lent: static */
  guint32 n_reasons, members;
  guint64 checked;             /* learned steps of members */
  guint64 *found;              /* [members][n_reasons] steps not to be trusted; owned */
  guint64 *native;             /* [members] steps' worth of time taken natively; owned */
} EpnsReportGuard;

/* All counts 0. */
EpnsReportGuard *epns_report_guard_new (const char *mode, const char *const *reasons,
                                        guint32 n_reasons, guint32 members);
void             epns_report_guard_free (EpnsReportGuard *self);

/* How likely the learned model holds held-out native steps. */
typedef struct {
  double nats, error;     /* negative log-likelihood of a step, or a bound above it, in nats a cell
                             and step: mean over members, and its standard error; NaN: none */
  double kl;              /* the part of it that is the KL divergence of latents */
  guint32 members, steps; /* that were looked at; of each */
  char *why;              /* there is none; NULL: there is; owned */
} EpnsReportBound;

void epns_report_bound_free (EpnsReportBound *self);

typedef struct {
  const EpnsComparison *of;                   /* lent, as all below */
  const EpnsCost *native_cost, *learned_cost; /* NULL: nothing is said of cost */
  guint32 threads;
  guint32 processes;      /* that shared the members, costs being those of one; 0, 1: one did all */
  const char *machine;    /* processor and system; may be NULL */
  const char *command;    /* as typed; may be NULL */
  double seconds;         /* wall time until now; NaN: not known */
  const GPtrArray *warnings; /* char *: what the models warned of; may be NULL */
  const EpnsReportGuard *guard; /* NULL: none watched */
  const EpnsReportBound *bound; /* NULL: the model is no trained one */
} EpnsReportSource;

/* Milliseconds of one step of one member; and of one unit of host time. */
double epns_cost_step (const EpnsCost *self);
double epns_cost_unit (const EpnsCost *self);

/* Write into the folder `dir` (made where it is missing)
 *   report.html      one self-contained file: opens from disk, fetches nothing, runs no script
 *   report.json      verdict, every number, provenance
 *   report.csv       a line for each series and time
 *   courses.csv      KS at all times, ranks, leaving the floor; energy score, stability, likelihood
 *   animation.png    native and learned side by side (APNG; lattices)
 *   figures/         every chart as .png, .svg and .pdf
 * The report says what the ensembles differ by beside what two native ones do. Errors as
 * epns_compare_write. *verdict (may be NULL): free with epns_verdict_free, it outlives nothing else
 * but its two strings, level and counts; `worst` is NULL. [any] */
gboolean epns_report_write (const EpnsReportSource *source, const char *dir, EpnsVerdict **verdict,
                            GError **error);
