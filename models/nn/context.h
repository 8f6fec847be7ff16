/* SPDX-License-Identifier: MIT */
/* What operators need besides their operands: memory, threads, and the tape that gradients run back
 * along.
 *
 * One context serves one run or one training loop, from one thread at a time [run]. Its tensors may
 * outlive it.
 *
 * Memory: a tensor's block returns to the pool with its last reference and is handed out again by
 * size class (eight to a doubling). So the second of two equal steps asks malloc for nothing;
 * epns_context_misses() shows it.
 *
 * Threads: operators split their work by sample, row or window and never change the order of a sum.
 * Results are the same bits for any number of threads, and a sample's are the same in any batch.
 *
 * Tape: while recording, operators with an operand that requires a gradient note themselves and
 * keep their operands. While not, intermediates are freed by unref alone. */
#pragma once
#include "models/nn/kernel.h"
#include "models/nn/tensor.h"
#include "plugin/epns_step.h"

/* host (may be NULL: serial) lends its threads and must outlive the context. Use NULL where members
 * are already stepped in parallel: parallel loops do not nest. */
EpnsContext *epns_context_new (const epns_host *host);
void epns_context_free (EpnsContext *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (EpnsContext, epns_context_free)

/* Start or stop recording. Stopping keeps what has been recorded. Initially off. */
void epns_context_record (EpnsContext *self, gboolean on);
gboolean epns_context_is_recording (const EpnsContext *self);

/* Convolutions round to bfloat16 (half.h) while nothing is recorded. Initially they do not. */
void epns_context_set_half (EpnsContext *self, gboolean on);
/* By what they are to, now; NULL: they do not. */
EpnsHalfFunction epns_context_half (const EpnsContext *self);

/* Add d loss / d t to the gradient of every t that requires one and that loss (count 1) was
 * computed from, in the reverse order of recording. The tape and the gradients of intermediates are
 * released on the way: only parameters (and tensors that were given requires_grad by hand) have
 * theirs afterwards. Several calls accumulate. */
void epns_context_backward (EpnsContext *self, EpnsTensor *loss);
/* Forget what was recorded, without gradients. */
void epns_context_clear (EpnsContext *self);

/* Recompute instead of remember: run segment (inputs) without recording its inside, and run it
 * again when backward comes by. The segment must be a pure function of inputs, user and parameters
 * reached through user; user must live until backward. Returns what segment returned; it must be
 * one new tensor. When not recording: just calls segment. */
typedef EpnsTensor *(*EpnsSegment) (EpnsContext *ctx, EpnsTensor *const *inputs, gpointer user);
EpnsTensor *epns_checkpoint (EpnsContext *self, EpnsSegment segment, gpointer user,
                             EpnsTensor *const *inputs, guint n_inputs);

/* For operators: body (arg, i, scratch) once for each i < n, in any order, each with `scratch`
 * bytes of its own (64-byte aligned, not initialised; NULL if 0). cost: about how many
 * floating-point operations one i takes; little work is not spread over threads. Bodies must not
 * touch the context. */
typedef void (*EpnsBody) (void *arg, gsize i, void *scratch);
void epns_context_each (EpnsContext *self, gsize n, double cost, gsize scratch, EpnsBody body,
                        void *arg);

/* Pool statistics: blocks asked of malloc so far; bytes now asked of malloc; the most bytes ever in
 * use at once. */
guint64 epns_context_misses (const EpnsContext *self);
gsize epns_context_held (const EpnsContext *self);
gsize epns_context_peak (const EpnsContext *self);
/* Give unused blocks back to malloc. */
void epns_context_trim (EpnsContext *self);
