/* SPDX-License-Identifier: MIT */
/* What the checks of a reference file share: the network, the file, and how states and noise are
 * read from it and predictions compared with it. For one thread. */
#pragma once
#include "models/epns/comparison.h"
#include "models/epns/lattice.h"

typedef struct { /* all lent */
  const EpnsLattice *net;
  const EpnsSafetensors *file;
  EpnsComparison *comparison;
  EpnsContext *ctx;
} EpnsRecord;

/* Tensor `name`, lattices [B, 2, H, W] of ids and types, with as many slots as its ids need; of
 * the shape of `like` unless that is NULL. EPNS_FAILURE_FORMAT, EPNS_FAILURE_RANGE. */
EpnsSlots *epns_record_state (const EpnsRecord *self, const char *name, const EpnsSlots *like,
                              GError **error);
/* [B][2][H][W]: the state as such files hold it. */
void epns_record_pack (const EpnsSlots *state, gint32 *packed);
/* A predicted state beside tensor `name`: equal, except, where `logits` are given, at sites whose
 * two likeliest cells are so close that rounding decides. */
void epns_record_prediction (const EpnsRecord *self, const char *name, const EpnsSlots *predicted,
                             const EpnsTensor *logits);

/* Replay a record of training: every update of the weights and what came of each. */
gboolean epns_verify_training (const EpnsRecord *self, GError **error);
