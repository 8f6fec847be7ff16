/* SPDX-License-Identifier: MIT */
/* What kinds that run learned models share. */
#pragma once
#include "models/nn/safetensors.h"
#include "plugin/epns_step.h"
#include "plugin/random.h"

/* A refusal that names field, axis and what would do there (-1: none). EPNS_DISCARD. [any] */
epns_status epns_refuse (epns_error *error, gint32 field, gint32 axis, gint64 need,
                         const char *format, ...) G_GNUC_PRINTF (5, 6);

/* All members' refusal of a dt that is not the model's. */
epns_status epns_refuse_dt (epns_frame *frames, guint32 n, double dt, double native,
                            const char *unit, epns_error *error);

/* The member whose status is the gravest, of n >= 1; the first of equals. [any] */
guint32 epns_gravest_member (const epns_frame *frames, guint32 n);

/* epns_about.kernel of kinds that compute with models/nn. [any] */
const char *epns_learned_kernel (const epns_model *model);

/* The values of an optional parameter, contiguous; NULL where absent. Free with g_free(). [any] */
gpointer epns_param_values (const epns_view *view);

/* The 0 or 1 of parameter `which` of `fields`, or its fallback; what they mean its `values` say. */
epns_status epns_param_choice (const epns_field *fields, const epns_view *params, gint32 which,
                               gboolean *value, epns_error *error);

/* A hash of all weights, which tells models apart. [any] */
guint64 epns_weights_fingerprint (const EpnsSafetensors *weights);

/* Save or load a run that is nothing but its place among the draws, and the weights it was made
 * with: EPNS_DISCARD where those loaded are others. [run] */
epns_status epns_learned_archive (const char *kind, guint64 fingerprint, EpnsDrawKey *key,
                                  const epns_archive *archive, epns_error *error);
