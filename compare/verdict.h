/* SPDX-License-Identifier: MIT */
/* What an analysis comes to, in one word and two sentences. */
#pragma once
#include "compare/analysis.h"

typedef enum {
  EPNS_VERDICT_EQUAL,     /* no test rejects */
  EPNS_VERDICT_CLOSE,     /* some do, but no mean lies a native standard deviation or more away */
  EPNS_VERDICT_DIFFERENT, /* some do, and one lies that far */
  EPNS_VERDICT_UNDECIDED  /* with these few members no test can reject */
} EpnsVerdictLevel;

typedef struct {
  EpnsVerdictLevel level;
  gsize rejected, tests;   /* Holm, family-wise level EPNS_ANALYSIS_LEVEL */
  gsize floor_rejected;    /* the same between two native ensembles: 0 but for one time in 20 */
  const EpnsFinding *worst; /* of the rejected (EQUAL: of all) the furthest away; NULL: none */
  guint shown[3], n_shown;  /* the series, at most 3, that show it most, worst first */
  char *headline;          /* "Different: ..."; owned */
  char *text;              /* the numbers behind it; owned */
} EpnsVerdict;

/* The word: "equal", "close", "different", "undecided". */
const char *epns_verdict_word (EpnsVerdictLevel level);

/* Judge; the findings stay the analysis's. [any] */
EpnsVerdict *epns_verdict_new (const EpnsAnalysis *of);
void         epns_verdict_free (EpnsVerdict *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (EpnsVerdict, epns_verdict_free)
