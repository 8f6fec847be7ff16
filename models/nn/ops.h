/* SPDX-License-Identifier: MIT */
/* The operators of the networks, with gradients. Every one returns a new tensor (the caller's
 * reference) and borrows its operands. Operands whose shapes do not fit are a programmer's error: a
 * critical message that names the operator and the shapes, and NULL; an operator given NULL returns
 * NULL. Sums over many terms are taken in double. All [run].
 *
 * Shapes: N samples (nodes, windows), C/I/O channels, H x W sites; images are [N, C, H, W].
 * Formulas and gradients are in op-*.c; ops.def lists all operators that have a gradient, and one
 * test checks them all. */
#pragma once
#include "models/nn/context.h"
#include "models/nn/tensor.h"

/* An activation applied to an operator's result, saving a pass and a map. */
typedef enum { EPNS_LINEAR, EPNS_RELU, EPNS_TANH } EpnsActivation;

/* --- Linear layers (op-linear.c) --- */

/* y[n, m] = act (sum_k x[n, k] w[m, k] + b[m]): x [..., K] (leading axes are kept), w [M, K], b [M]
 * or NULL -> [..., M]. */
EpnsTensor *epns_linear (EpnsContext *ctx, EpnsTensor *x, EpnsTensor *w, EpnsTensor *b,
                         EpnsActivation activation);

/* Before a matrix w that will never change is used by several threads: keep it packed for linear layers
 * and messages, which otherwise pack it each time. Takes as much memory again. */
void epns_linear_prepare (EpnsTensor *w);

/* The same with columns first .. first + K - 1 of a wider w [M, C], C >= first + K: a layer on joined
 * inputs is the sum of such products, none of which needs the inputs to be joined. */
EpnsTensor *epns_linear_columns (EpnsContext *ctx, EpnsTensor *x, EpnsTensor *w, gint64 first,
                                 EpnsTensor *b, EpnsActivation activation);

/* y[g] = op (a[g]) op (b[g]): a [G, M, K] ([G, K, M] if transpose_a), b [G, K, N] ([G, N, K] if
 * transpose_b) -> [G, M, N]. */
EpnsTensor *epns_matmul (EpnsContext *ctx, EpnsTensor *a, EpnsTensor *b, gboolean transpose_a,
                         gboolean transpose_b);

/* --- Convolutions (op-conv.c) --- */

typedef struct {
  gint64 stride; /* both axes, >= 1 */
  gint64 before[2],
      after[2]; /* zeros added at H and W before the first and after the last sample */
  EpnsActivation activation;
} EpnsConv;

/* stride 1, k - 1 zeros in all, floor ((k - 1) / 2) before: the result is as large as the input. */
EpnsConv epns_conv_same (gint64 k, EpnsActivation activation);
/* stride 1, no zeros. */
EpnsConv epns_conv_valid (EpnsActivation activation);
/* stride s with `pad` zeros on all four sides. epns_conv_strided (f, 0, ...) with an f x f kernel
 * maps patches. */
EpnsConv epns_conv_strided (gint64 stride, gint64 pad, EpnsActivation activation);

/* Cross-correlation. x [N, I, H, W], w [O, I, kh, kw], b [O] or NULL -> [N, O, H', W'],
 * H' = (H + before[0] + after[0] - kh) / stride + 1 (floor), W' likewise. */
EpnsTensor *epns_conv2d (EpnsContext *ctx, EpnsTensor *x, EpnsTensor *w, EpnsTensor *b,
                         EpnsConv conv);

/* Transposed convolution. x [N, I, H, W], w [I, O, kh, kw], b [O] or NULL -> [N, O, H', W'],
 * H' = (H - 1) stride + kh - 2 pad: `pad` rows and columns are cut from every side of the full
 * result. */
EpnsTensor *epns_conv_transpose2d (EpnsContext *ctx, EpnsTensor *x, EpnsTensor *w, EpnsTensor *b,
                                   gint64 stride, gint64 pad);

/* --- Elementwise, one operand (op-unary.c) --- */

EpnsTensor *epns_relu (EpnsContext *ctx, EpnsTensor *x); /* max (x, 0) */
EpnsTensor *epns_tanh (EpnsContext *ctx, EpnsTensor *x);
EpnsTensor *epns_softplus (EpnsContext *ctx, EpnsTensor *x); /* ln (1 + e^x); x itself for x > 20 */
EpnsTensor *epns_exp (EpnsContext *ctx, EpnsTensor *x);
EpnsTensor *epns_log (EpnsContext *ctx, EpnsTensor *x); /* ln x */
EpnsTensor *epns_affine (EpnsContext *ctx, EpnsTensor *x, float scale,
                         float shift); /* scale x + shift */
EpnsTensor *epns_clip (EpnsContext *ctx, EpnsTensor *x, float low,
                       float high); /* gradient 1 inside and at both ends */

/* --- Elementwise, two operands or more (op-binary.c) --- */

/* NumPy's rule: align shapes at the last axis; extents are equal, or one of them is 1 and is
 * repeated. */
EpnsTensor *epns_add (EpnsContext *ctx, EpnsTensor *a, EpnsTensor *b);
EpnsTensor *epns_add_relu (EpnsContext *ctx, EpnsTensor *a, EpnsTensor *b); /* max (a + b, 0) */
EpnsTensor *epns_sub (EpnsContext *ctx, EpnsTensor *a, EpnsTensor *b);
EpnsTensor *epns_mul (EpnsContext *ctx, EpnsTensor *a, EpnsTensor *b);
EpnsTensor *epns_div (EpnsContext *ctx, EpnsTensor *a, EpnsTensor *b);

/* Feature-wise modulation (Perez et al., FiLM, AAAI 2018): x[n, c, h, w] * gain[n, c] + bias[n, c].
 */
EpnsTensor *epns_film (EpnsContext *ctx, EpnsTensor *x, EpnsTensor *gain, EpnsTensor *bias);

/* --- Shape (op-shape.c, op-fit.c, op-gather.c) --- */

/* The same values under another shape of the same count; shares memory. */
EpnsTensor *epns_reshape (EpnsContext *ctx, EpnsTensor *x, guint rank, const gint64 *shape);
/* The same values, shared, with no way back for gradients. Not recorded. */
EpnsTensor *epns_detach (EpnsContext *ctx, EpnsTensor *x);
/* y = x; gradients are multiplied by mask (same shape): free bits keep a value but not its
 * gradient. */
EpnsTensor *epns_gate_gradient (EpnsContext *ctx, EpnsTensor *x, EpnsTensor *mask);

#define EPNS_CONCAT_MAX 8
/* Join n <= EPNS_CONCAT_MAX tensors, equal in all other axes, along `axis` (1: channels), in order.
 */
EpnsTensor *epns_concat (EpnsContext *ctx, guint axis, guint n, EpnsTensor *const *parts);
/* epns_concat_of (ctx, 1, a, b, c) */
#define epns_concat_of(ctx, axis, ...)                                                             \
  epns_concat ((ctx), (axis),                                                                      \
               (guint) (sizeof ((EpnsTensor *[]){ __VA_ARGS__ }) / sizeof (EpnsTensor *)),         \
               (EpnsTensor *const[]){ __VA_ARGS__ })
/* x[..., first : first + length, ...] along axis. */
EpnsTensor *epns_slice (EpnsContext *ctx, EpnsTensor *x, guint axis, gint64 first, gint64 length);

/* [N, C, H, W] -> [N H W, C]: the channels of a site side by side. */
EpnsTensor *epns_channels_last (EpnsContext *ctx, EpnsTensor *x);

/* Centre crop or zero pad each of H, W of [N, C, H, W] to the target t. From m < t: (t - m) / 2
 * zeros before (floor), the rest after; from m > t: drop the first round_half_even ((m - t) / 2)
 * samples and keep t (1 -> 0, 3 -> 2, 5 -> 2, 7 -> 4). */
EpnsTensor *epns_fit2d (EpnsContext *ctx, EpnsTensor *x, gint64 height, gint64 width);
/* Add samples around [N, C, H, W]: zeros, or (wrap, at most the extent) those from the opposite
 * side. */
EpnsTensor *epns_pad2d (EpnsContext *ctx, EpnsTensor *x, gint64 top, gint64 bottom, gint64 left,
                        gint64 right, gboolean wrap);
/* [N, K] -> [N, K, H, W], the same everywhere. */
EpnsTensor *epns_broadcast_hw (EpnsContext *ctx, EpnsTensor *x, gint64 height, gint64 width);
/* Nearest neighbour, twice as large: [N, C, H, W] -> [N, C, 2 H, 2 W]. */
EpnsTensor *epns_upsample2x (EpnsContext *ctx, EpnsTensor *x);

/* Rows of the first axis by number: [R, ...] -> [n, ...], y[i] = x[rows[i]]. rows: [n], copied. */
EpnsTensor *epns_gather_rows (EpnsContext *ctx, EpnsTensor *x, gsize n, const gint32 *rows);
/* Single values by their place in memory order: y (any shape of that count) [i] =
 * x.data[places[i]], or fill where places[i] < 0. places is copied. */
EpnsTensor *epns_pick (EpnsContext *ctx, EpnsTensor *x, guint rank, const gint64 *shape,
                       const gint32 *places, float fill);

/* Where the windows of a lattice lie. Window i shows rows y .. y + size - 1 and columns x .. x +
 * size - 1 of sample b; places = {b, y, x} for each window; y and x may be negative or reach beyond
 * the border: there the lattice is periodic along an axis with wrap, zero without. (So a window
 * centred on (cy, cx) has y = cy - size / 2.) */
typedef struct {
  const gint32 *places; /* [n][3], copied */
  gsize n;
  gint64 size;      /* of a window's side */
  gboolean wrap[2]; /* along H, along W */
} EpnsWindows;

/* [B, C, H, W] -> [n, C, size, size]. */
EpnsTensor *epns_gather_windows (EpnsContext *ctx, EpnsTensor *x, const EpnsWindows *windows);
/* The adjoint: [n, C, size, size] -> [B, C, H, W], overlapping windows are added in the order of
 * places. */
EpnsTensor *epns_scatter_windows (EpnsContext *ctx, EpnsTensor *x, const EpnsWindows *windows,
                                  gint64 samples, gint64 height, gint64 width);

/* --- Pooling, normalisation (op-pool.c, op-norm.c) --- */

/* Largest of each 2 x 2 block; an odd last row or column is left out: [N, C, H, W] -> [N, C, H / 2,
 * W / 2]. The gradient goes to the first maximum in row order. */
EpnsTensor *epns_maxpool2x2 (EpnsContext *ctx, EpnsTensor *x);
/* Wu and He, Group Normalization (ECCV 2018): channels in `groups` equal groups, mean and (biased)
 * variance over a group's channels and sites, y = (x - mean) / sqrt (var + eps) * gain[c] +
 * bias[c]. x [N, C, H, W], gain [C], bias [C]. */
EpnsTensor *epns_group_norm (EpnsContext *ctx, EpnsTensor *x, EpnsTensor *gain, EpnsTensor *bias,
                             guint groups, float eps);

/* --- Reductions (op-reduce.c) --- */

EpnsTensor *epns_sum (EpnsContext *ctx, EpnsTensor *x);     /* any shape -> [1] */
EpnsTensor *epns_mean_hw (EpnsContext *ctx, EpnsTensor *x); /* [N, C, H, W] -> [N, C] */

/* Means or sums over consecutive rows of the first axis: [R, ...] -> [G, ...]. sizes: [n_groups],
 * copied, > 0, adding up to R; NULL: equal groups. Nodes of a batch element: epns_mean_groups (ctx,
 * x, B, NULL). */
EpnsTensor *epns_mean_groups (EpnsContext *ctx, EpnsTensor *x, gsize n_groups, const gint32 *sizes);
EpnsTensor *epns_sum_groups (EpnsContext *ctx, EpnsTensor *x, gsize n_groups, const gint32 *sizes);
/* Back to the rows: [G, ...] -> [sum sizes, ...], row g sizes[g] times; sizes NULL: `n_rows` / G
 * times each. */
EpnsTensor *epns_repeat_groups (EpnsContext *ctx, EpnsTensor *x, gsize n_rows, const gint32 *sizes);

/* --- Message passing (op-messages.c) --- */

/* Who hears whom: the edges of receiver i are starts[i] .. starts[i + 1] - 1, edge m comes from node
 * senders[m]. */
typedef struct {
  gsize n_nodes, n_edges;
  const gint32 *starts;  /* [n_nodes + 1], from 0 up to n_edges; copied */
  const gint32 *senders; /* [n_edges], copied */
} EpnsEdges;

/* A layer of messages on N nodes seen from F frames; node i of frame f is row f * N + i:
 *
 *   y[f, i] = sum over edges m of i, j = senders[m], of relu (w2 u + b2),
 *   u = relu (to[f, i] + from[f, j] + sum_d signs[f, d] e[m, d] w1[:, d])
 *
 * to, from [F * N, H], e [M, D], signs [F, D], w1 [H, C] of which the first D columns are used, w2
 * [E, H], b2 [E] -> [F * N, E]. No edge's u or message is kept: backward makes u again, and a byte each
 * says where a message was not 0. e and signs are constants. Messages to a node are summed in the order
 * of its edges. */
EpnsTensor *epns_messages (EpnsContext *ctx, EpnsTensor *to, EpnsTensor *from, EpnsTensor *e,
                           EpnsTensor *signs, EpnsTensor *w1, EpnsTensor *w2, EpnsTensor *b2,
                           const EpnsEdges *edges);

/* --- Distributions (op-softmax.c, op-latent.c) --- */

/* e^x / sum e^x and its logarithm along an axis. Entries of -infinity are probability 0. */
EpnsTensor *epns_softmax (EpnsContext *ctx, EpnsTensor *x, guint axis);
EpnsTensor *epns_log_softmax (EpnsContext *ctx, EpnsTensor *x, guint axis);

/* z = mu + sigma eps (Kingma and Welling, Auto-Encoding Variational Bayes, ICLR 2014); all of one
 * shape. */
EpnsTensor *epns_reparameterise (EpnsContext *ctx, EpnsTensor *mu, EpnsTensor *sigma,
                                 EpnsTensor *eps);
/* KL (N (mu_q, sigma_q) || N (mu_p, sigma_p)) elementwise, r = (sigma_q / sigma_p)^2:
 * (r + ((mu_q - mu_p) / sigma_p)^2 - 1 - ln r) / 2; all of one shape. Free bits:
 * epns_gate_gradient(). */
EpnsTensor *epns_gaussian_kl (EpnsContext *ctx, EpnsTensor *mu_q, EpnsTensor *sigma_q,
                              EpnsTensor *mu_p, EpnsTensor *sigma_p);
