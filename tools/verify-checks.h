/* SPDX-License-Identifier: MIT */
/* Checks of a learned model, each with a grade, in the manner of the OpenKIM project's verification
 * checks (Tadmor and others, JOM 63, 17 (2011)): what a model claims of itself, tried. */
#pragma once
#include "adapters/scenario.h"
#include "tools/step-model.h"

typedef struct {
  const char *check;   /* "permutation" */
  gboolean mandatory;  /* does it decide the exit status? */
  char grade;          /* P, F; A (a tenth of what is accepted, or less), B (half), C (all of it), D
                          (ten times it), F; '-': does not apply, or could not be tried */
  double figure, accepted; /* NaN: there is none */
  char *of;            /* what was measured, or why it was not; owned */
} EpnsCheck;

/* The grade of an error. */
char epns_check_grade (double figure, double accepted);

/* Is this a failure? */
gboolean epns_check_failed (const EpnsCheck *self);

void epns_check_free (EpnsCheck *self);

/* Run all checks on a model, its steps being taken on `scenario`, or (NULL) on a tissue or system
 * made for it: EpnsCheck, in a fixed order. Errors: the model cannot be opened, or claims nothing
 * (EPNS_FAILURE_MISMATCH). [any] */
GPtrArray *epns_checks_run (const char *name, const EpnsScenario *scenario, GError **error);
