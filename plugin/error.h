/* SPDX-License-Identifier: MIT */
/* One domain of GErrors inside, one struct at the boundary, and the way from one to the other. */
#pragma once
#include "plugin/epns_step.h"
#include <glib.h>

#define EPNS_FAILURE (epns_failure_quark ())
GQuark epns_failure_quark (void);

typedef enum {
  EPNS_FAILURE_FORMAT,      /* a file that is not what it says it is */
  EPNS_FAILURE_UNSUPPORTED, /* a scenario that asks for what no step model here honours */
  EPNS_FAILURE_MISMATCH,    /* model, scenario or state that do not fit each other */
  EPNS_FAILURE_RANGE,       /* a number outside what is accepted */
  EPNS_FAILURE_IO,          /* reading or writing failed */
  EPNS_FAILURE_PLUGIN       /* a shared object that is no plugin of ours, or a step that failed */
} EpnsFailure;

/* Fill *error (may be NULL) and return status; the text is cut at a character's end to fit, newlines become spaces.
 * member, field, axis and need are set to -1. [any] */
epns_status epns_error_set (epns_error *error, epns_status status, const char *format, ...) G_GNUC_PRINTF (3, 4);

/* The same from a GError, which is freed and set to NULL. [any] */
epns_status epns_error_take (epns_error *error, epns_status status, GError **from);
