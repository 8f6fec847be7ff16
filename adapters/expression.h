/* SPDX-License-Identifier: MIT */
/* Arithmetic in scenario files, by muParser, which only expression.c includes. Names and further
 * functions are the caller's. Numbers are read the C way whatever the locale. All functions [any].
 * */
#pragma once
#include <glib.h>

typedef struct {
  /* The value of a name, or of component 0..2 of a vector, which sets *vector. FALSE with a reason
   * in *error. */
  gboolean (*name) (gpointer data, const char *name, int component, double *value,
                    gboolean *vector, GError **error);
  /* The value of one of `functions`. */
  gboolean (*call) (gpointer data, const char *function, const double *arguments, guint n,
                    double *value, GError **error);
  char **functions; /* NULL-terminated; NULL: none */
  gpointer data;
} EpnsNames;

#define EPNS_EXPRESSION_LONGEST 4096 /* characters */

/* One number, or three with commas between; one made of whole vectors is worked out for each
 * component and gives three. How many goes to *n. The functions and constants are those Morpheus
 * adds to muParser's own (log is the natural logarithm); its random functions are refused.
 * EPNS_FAILURE_FORMAT, EPNS_FAILURE_UNSUPPORTED, or what `names` refused with; the message begins
 * in mid-sentence, after the expression. */
gboolean epns_expression_evaluate (const char *text, const EpnsNames *names, double values[3],
                                   guint *n, GError **error);
