/* SPDX-License-Identifier: MIT */
/* One evaluation of the lattice network: where it computes, how many nodes at a time, and who
 * watches.
 *
 * Nodes (a map each of the whole lattice) are the first axis. Between the means over nodes they are
 * independent, so when nothing is recorded they are taken in chunks and the big intermediate maps
 * exist for one chunk only. A node's numbers do not depend on the chunk it is in. */
#pragma once
#include "models/epns/weights.h"
#include "models/nn/ops.h"

/* Sees an intermediate result: `name` as in the golden files ("debug.proc.0.down"), rows first ..
 * of all nodes. Everything is lent. */
typedef void (*EpnsProbe) (gpointer data, const char *name, EpnsTensor *tensor, gsize first);

typedef struct {
  EpnsContext *ctx;
  gsize n_batch, n_nodes; /* B, N = B*C */
  gsize chunk;            /* nodes at a time while nothing is recorded */
  EpnsProbe probe;        /* or NULL */
  gpointer probe_data;
} EpnsPass;

/* For B lattices of C slots and maps of `floats` numbers a node: chunks of as many nodes as fit
 * 16 MiB of such maps. */
EpnsPass epns_pass (EpnsContext *ctx, gsize n_batch, gsize n_slots, gsize floats);

/* Report an intermediate result, if anyone watches. */
void epns_pass_saw (const EpnsPass *pass, EpnsTensor *tensor, gsize first, const char *format, ...)
    G_GNUC_PRINTF (4, 5);

/* Build a tensor of all nodes [N, ...] from body (pass, first, count, user) -> [count, ...], chunk
 * by chunk. */
typedef EpnsTensor *(*EpnsNodeBody) (const EpnsPass *pass, gsize first, gsize count, gpointer user);
EpnsTensor *epns_pass_nodes (const EpnsPass *pass, EpnsNodeBody body, gpointer user);

/* Rows first .. first+count-1 of x: a new reference, x itself where that is all of it. */
EpnsTensor *epns_pass_rows (const EpnsPass *pass, EpnsTensor *x, gsize first, gsize count);

/* Mean over the nodes of each lattice: [N, ...] -> [B, ...]; and back, copied to every node. */
EpnsTensor *epns_pass_mean (const EpnsPass *pass, EpnsTensor *x);
EpnsTensor *epns_pass_repeat (const EpnsPass *pass, EpnsTensor *x);

/* Layers: conv with k - 1 zeros in all; with none; patches of k x k; and back from those. */
EpnsTensor *epns_pass_same (const EpnsPass *pass, EpnsTensor *x, EpnsAffine layer,
                            EpnsActivation activation);
EpnsTensor *epns_pass_valid (const EpnsPass *pass, EpnsTensor *x, EpnsAffine layer,
                             EpnsActivation activation);
EpnsTensor *epns_pass_patches (const EpnsPass *pass, EpnsTensor *x, EpnsAffine layer);
EpnsTensor *epns_pass_unpatch (const EpnsPass *pass, EpnsTensor *x, EpnsAffine layer,
                               gint64 stride);
EpnsTensor *epns_pass_linear (const EpnsPass *pass, EpnsTensor *x, EpnsAffine layer,
                              EpnsActivation activation);
