/* SPDX-License-Identifier: MIT */
/* The lattice network checked: against numbers its authors' code computed, and against the
 * symmetries it claims. */
#pragma once
#include "plugin/epns_verify.h"
#include <glib.h>

/* Every tensor stored in the reference file beside what the weights at `source` (a model folder or
 * a weights file) give for its inputs x, x_true, eps_prior, eps_post. Names as in the golden files
 * ("h", "prior.mu", "infer_mean.logits"); gradients ("grad.*") only if asked for. A file whose
 * __metadata__ has `adam` is a record of training: the updates in it are replayed, with gradients
 * only, and losses, predictions and the weights after them compared. Results come through `report`; FALSE only if nothing could be compared. One line naming file and
 * tensor. [any] */
gboolean epns_verify_reference (const char *source, const char *reference, gboolean gradients,
                                epns_verify_report report, gpointer data, GError **error);

/* Cell permutation and, as far as the network has them, lattice symmetries, on a lattice made from
 * `seed`. [any] */
gboolean epns_verify_equivariance (const char *source, guint64 seed, epns_verify_report report,
                                   gpointer data, GError **error);

/* What a kind's extension answers by either sort of check: EPNS_DISCARD where it fails. [any] */
typedef gboolean (*EpnsVerifyCompare) (const char *source, const char *reference,
                                       gboolean gradients, epns_verify_report report,
                                       gpointer data, GError **error);
epns_status epns_verify_compare (EpnsVerifyCompare how, const char *source, const char *reference,
                                 int32_t gradients, epns_verify_report report, void *ctx,
                                 epns_error *error);
typedef gboolean (*EpnsVerifyTry) (const char *source, guint64 seed, epns_verify_report report,
                                   gpointer data, GError **error);
epns_status epns_verify_try (EpnsVerifyTry how, const char *source, guint64 seed,
                             epns_verify_report report, void *ctx, epns_error *error);

/* What extension ("epns.verify/1") returns. */
extern const epns_verify epns_lattice_verify;
