/* SPDX-License-Identifier: MIT */
/* Computed numbers beside stored ones: one verdict for every tensor of a reference file. For one
 * thread. */
#pragma once
#include "models/epns/weights.h"
#include "plugin/epns_verify.h"

/* Stored forward results hold to this times max (1, the largest of them). */
#define EPNS_COMPARISON_TOLERANCE 2e-5

typedef struct _EpnsComparison EpnsComparison;

/* `file` must live as long as the comparison. */
EpnsComparison *epns_comparison_new (const EpnsSafetensors *file);
void epns_comparison_free (EpnsComparison *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (EpnsComparison, epns_comparison_free)

/* Is such a tensor stored? */
gboolean epns_comparison_wants (const EpnsComparison *self, const char *name);

/* `count` computed values that belong at element `first` of a stored tensor; nothing if there is
 * none of that name. A tensor may come in pieces. The tolerance is the one above unless given here
 * (>= 0). */
void epns_comparison_values (EpnsComparison *self, const char *name, const float *values,
                             gsize first, gsize count, double tolerance);
/* The same for whole numbers, which must be equal; elements i where skip[i] (NULL: none) are not
 * looked at. The error is how many differ. */
void epns_comparison_whole (EpnsComparison *self, const char *name, const gint32 *values,
                            gsize count, const gboolean *skip);

/* Say that a stored tensor is an input, so that it needs no verdict. */
void epns_comparison_input (EpnsComparison *self, const char *name);

/* Stored input `name` into noise, whatever its shape. EPNS_FAILURE_FORMAT where it has another
 * number of elements. */
gboolean epns_comparison_noise (EpnsComparison *self, const char *name, EpnsTensor *noise,
                                GError **error);

/* Every stored tensor PREFIX<parameter> beside that parameter's gradient, which holds within 1e-4
 * of its own largest and 1e-6 of the largest of all stored gradients; then all are zeroed. */
void epns_comparison_gradients (EpnsComparison *self, const EpnsWeights *weights,
                                const char *prefix);

/* Report every stored tensor but inputs and those whose names begin with one of `except`
 * (NULL-terminated), in the order of names. One that nothing or only a part was computed for does
 * not hold, with an infinite error. */
void epns_comparison_report (EpnsComparison *self, const char *const *except,
                             epns_verify_report report, gpointer data);
