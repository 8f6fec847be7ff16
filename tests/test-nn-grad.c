/* SPDX-License-Identifier: MIT */
/* Every operator's gradient against central differences. An operator in ops.def without a sample
 * here does not compile. */
#include "models/nn/gradcheck.h"
#include "models/nn/ops.h"
#include "plugin/random.h"
#include "tests/suite.h"

#define STEP      4e-3
#define TOLERANCE 1e-3

typedef struct { /* operands, uniform in [low, high); not differentiated if constant */
  guint rank;
  gint64 shape[EPNS_TENSOR_MAX_RANK];
  double low, high;
  gboolean constant;
} Operand;

typedef struct {
  EpnsGradFunction f;
  guint n;
  Operand in[EPNS_CONCAT_MAX];
} Sample;

/* clang-format off */
/* SAMPLE (name, operands...) { body }: the body is the function under test, of ctx and in. */
#define SAMPLE(name, ...) \
  static EpnsTensor *name##_f (EpnsContext *ctx, EpnsTensor *const *in, gpointer user); \
  static const Sample name##_sample = { \
    name##_f, sizeof ((Operand[]){ __VA_ARGS__ }) / sizeof (Operand), { __VA_ARGS__ } \
  }; \
  static EpnsTensor *name##_f (EpnsContext *ctx, EpnsTensor *const *in, gpointer user G_GNUC_UNUSED)

#define T1(a) { 1, { a }, -1, 1, FALSE }
#define T2(a, b) { 2, { a, b }, -1, 1, FALSE }
#define T3(a, b, c) { 3, { a, b, c }, -1, 1, FALSE }
#define T4(a, b, c, d) { 4, { a, b, c, d }, -1, 1, FALSE }
#define IN(low, high) { 2, { 7, 5 }, low, high, FALSE }

SAMPLE (linear, T3 (2, 25, 6), T2 (5, 6), T1 (5))
{
  return epns_linear (ctx, in[0], in[1], in[2], EPNS_TANH);
}
SAMPLE (matmul, T3 (2, 4, 3), T3 (2, 4, 5)) { return epns_matmul (ctx, in[0], in[1], TRUE, FALSE); }
SAMPLE (conv2d, T4 (3, 2, 7, 6), T4 (4, 2, 3, 2), T1 (4))
{
  return epns_conv2d (ctx, in[0], in[1], in[2], epns_conv_strided (2, 1, EPNS_TANH));
}
SAMPLE (conv_transpose2d, T4 (3, 2, 4, 3), T4 (2, 3, 5, 5), T1 (3))
{
  return epns_conv_transpose2d (ctx, in[0], in[1], in[2], 2, 1);
}
SAMPLE (relu, IN (0.1, 1))
{
  g_autoptr (EpnsTensor) x = epns_affine (ctx, in[0], 2, 0);
  return epns_relu (ctx, x);
}
SAMPLE (tanh, IN (-2, 2)) { return epns_tanh (ctx, in[0]); }
SAMPLE (softplus, IN (-3, 3)) { return epns_softplus (ctx, in[0]); }
SAMPLE (exp, IN (-1, 1)) { return epns_exp (ctx, in[0]); }
SAMPLE (log, IN (0.5, 2)) { return epns_log (ctx, in[0]); }
SAMPLE (affine, IN (-1, 1)) { return epns_affine (ctx, in[0], -1.5f, 0.25f); }
SAMPLE (clip, IN (0.3, 0.9)) { return epns_clip (ctx, in[0], 0.1f, 1.0f); }
SAMPLE (add, T3 (4, 1, 5), T2 (6, 1)) { return epns_add (ctx, in[0], in[1]); }
SAMPLE (sub, T2 (4, 5), T2 (4, 5)) { return epns_sub (ctx, in[0], in[1]); }
SAMPLE (add_relu, IN (0.1, 1), IN (0.1, 1)) /* on in even columns, off in odd ones */
{
  static const float sign[5] = { 1, -1, 1, -1, 1 };
  g_autoptr (EpnsTensor) signs = epns_tensor_new_from (ctx, EPNS_SHAPE (5), sign);
  g_autoptr (EpnsTensor) a = epns_mul (ctx, in[0], signs), b = epns_mul (ctx, in[1], signs);
  return epns_add_relu (ctx, a, b);
}
SAMPLE (mul, T4 (2, 3, 4, 5), T3 (3, 1, 1)) { return epns_mul (ctx, in[0], in[1]); }
SAMPLE (div, T2 (4, 5), { 2, { 4, 5 }, 0.5, 2, FALSE }) { return epns_div (ctx, in[0], in[1]); }
SAMPLE (film, T4 (2, 3, 4, 5), T2 (2, 3), T2 (2, 3))
{
  return epns_film (ctx, in[0], in[1], in[2]);
}
SAMPLE (reshape, T2 (4, 6))
{
  g_autoptr (EpnsTensor) x = epns_reshape (ctx, in[0], EPNS_SHAPE (3, 8));
  return epns_mul (ctx, x, x);
}
SAMPLE (gate_gradient, T2 (3, 4)) /* a mask of ones; test-nn-ops.c has another */
{
  g_autoptr (EpnsTensor) mask = epns_tensor_new (ctx, 2, in[0]->shape);
  for (gsize i = 0; i < mask->count; i++)
    mask->data[i] = 1;
  return epns_gate_gradient (ctx, in[0], mask);
}
SAMPLE (concat, T3 (2, 1, 3), T3 (2, 4, 3), T3 (2, 2, 3))
{
  return epns_concat_of (ctx, 1, in[0], in[1], in[2]);
}
SAMPLE (slice, T3 (2, 5, 3)) { return epns_slice (ctx, in[0], 1, 1, 3); }
SAMPLE (channels_last, T4 (2, 3, 4, 5)) { return epns_channels_last (ctx, in[0]); }
SAMPLE (place2d, T4 (2, 2, 4, 3)) { return epns_pad2d (ctx, in[0], 2, 5, -1, 3, TRUE); }
SAMPLE (broadcast_hw, T2 (3, 2)) { return epns_broadcast_hw (ctx, in[0], 4, 5); }
SAMPLE (upsample2x, T4 (2, 2, 3, 4)) { return epns_upsample2x (ctx, in[0]); }
SAMPLE (gather_rows, T3 (4, 3, 2))
{
  return epns_gather_rows (ctx, in[0], 5, (const gint32[]){ 3, 0, 3, 1, 3 });
}
SAMPLE (pick, T2 (4, 3))
{
  return epns_pick (ctx, in[0], EPNS_SHAPE (2, 3), (const gint32[]){ 11, -1, 0, 4, 4, -1 }, 0.5f);
}
static const gint32 places[] = { 0, -1, -2, 1, 1, 1, 1, 3, 4, 0, 0, 0 };
static const EpnsWindows windows = { places, 4, 3, { TRUE, FALSE } };
SAMPLE (gather_windows, T4 (2, 3, 5, 6)) { return epns_gather_windows (ctx, in[0], &windows); }
SAMPLE (scatter_windows, T4 (4, 2, 3, 3))
{
  return epns_scatter_windows (ctx, in[0], &windows, 2, 5, 6);
}
SAMPLE (maxpool2x2, { 4, { 2, 3, 5, 6 }, -0.05, 0.05, FALSE })
{ /* spread so far apart that no step changes the order */
  g_autoptr (EpnsTensor) ramp = epns_tensor_new (ctx, 4, in[0]->shape);
  for (gsize i = 0; i < ramp->count; i++)
    ramp->data[i] = 0.125f * (float) (i * 37 % 101);
  g_autoptr (EpnsTensor) x = epns_add (ctx, in[0], ramp);
  return epns_maxpool2x2 (ctx, x);
}
SAMPLE (group_norm, T4 (3, 4, 3, 5), T1 (4), T1 (4))
{
  return epns_group_norm (ctx, in[0], in[1], in[2], 2, 1e-5f);
}
SAMPLE (sum, T3 (2, 3, 4)) { return epns_sum (ctx, in[0]); }
SAMPLE (mean_hw, T4 (2, 3, 4, 5)) { return epns_mean_hw (ctx, in[0]); }
static const gint32 sizes[] = { 1, 3, 2 };
SAMPLE (mean_groups, T2 (6, 4)) { return epns_mean_groups (ctx, in[0], 3, sizes); }
SAMPLE (sum_groups, T2 (6, 4))
{
  return epns_sum_groups (ctx, in[0], 3, NULL);
}
SAMPLE (repeat_groups, T3 (3, 2, 2)) { return epns_repeat_groups (ctx, in[0], 6, sizes); }
#define OPEN(a, b) { 2, { a, b }, 0.1, 0.5, FALSE } /* no ReLU closes; test-nn-messages.c has others */
static const gint32 starts[] = { 0, 2, 2, 5 }, senders[] = { 0, 2, 1, 1, 0 };
SAMPLE (messages, OPEN (6, 4), OPEN (6, 4), { 2, { 5, 2 }, 0.3, 1, TRUE },
        { 2, { 2, 2 }, 0.3, 1, TRUE }, OPEN (4, 3), OPEN (3, 4), { 1, { 3 }, 0.1, 0.5, FALSE })
{
  return epns_messages (ctx, in[0], in[1], in[2], in[3], in[4], in[5], in[6],
                        &(EpnsEdges){ 3, 5, starts, senders });
}
SAMPLE (softmax, T3 (3, 5, 4)) { return epns_softmax (ctx, in[0], 1); }
SAMPLE (log_softmax, T3 (3, 5, 4)) { return epns_log_softmax (ctx, in[0], 1); }
SAMPLE (reparameterise, IN (-1, 1), IN (0.1, 1), IN (-2, 2))
{
  return epns_reparameterise (ctx, in[0], in[1], in[2]);
}
SAMPLE (gaussian_kl, IN (-1, 1), IN (0.5, 1.5), IN (-1, 1), IN (0.5, 1.5))
{
  return epns_gaussian_kl (ctx, in[0], in[1], in[2], in[3]);
}
static EpnsTensor *
two_layers (EpnsContext *ctx, EpnsTensor *const *in, gpointer user)
{
  g_autoptr (EpnsTensor) y = epns_linear (ctx, in[0], in[1], NULL, EPNS_TANH);
  return epns_linear (ctx, y, user, NULL, EPNS_TANH);
}
/* clang-format on */

/* A parameter that the segment reaches by itself gets its gradient, too. */
SAMPLE (checkpoint, T2 (5, 3), T2 (4, 3), T2 (2, 4))
{
  return epns_checkpoint (ctx, two_layers, in[2], in, 2);
}

typedef struct {
  const char *name;
  const Sample *sample;
} Entry;

static const Entry entries[] = {
#define EPNS_OP(name) { #name, &name##_sample },
#include "models/nn/ops.def"
#undef EPNS_OP
};

START_TEST (gradient_is_right)
{
  const Sample *sample = entries[_i].sample;
  EpnsDrawKey key = { 7, (guint64) _i, 0 };
  g_autoptr (EpnsContext) ctx = epns_context_new (NULL);
  EpnsTensor *in[EPNS_CONCAT_MAX] = { NULL };

  for (guint k = 0; k < sample->n; k++) {
    const Operand *operand = &sample->in[k];
    in[k] = epns_tensor_new (ctx, operand->rank, operand->shape);
    in[k]->requires_grad = !operand->constant;
    for (gsize i = 0; i < in[k]->count; i++)
      in[k]->data[i] = (float) (operand->low +
                                (operand->high - operand->low) * epns_random_uniform (&key, k, i));
  }
  double error = epns_gradcheck (ctx, sample->f, NULL, in, sample->n, STEP, 1);
  ck_assert_msg (error < TOLERANCE, "%s: gradient off by %g", entries[_i].name, error);
  for (guint k = 0; k < sample->n; k++)
    epns_tensor_unref (in[k]);
}
END_TEST

SUITE_CASES ("nn-grad", LOOP (gradient_is_right, 0, G_N_ELEMENTS (entries)))
