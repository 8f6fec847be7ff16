/* SPDX-License-Identifier: MIT */
/* Every operator's values and gradients against PyTorch's (tests/golden/nn-ops.py), and what it
 * refuses. */
#include "models/nn/ops.h"
#include "models/nn/safetensors.h"
#include "tests/suite.h"

#include <math.h>

#define MAX_IN    4
#define TOLERANCE 2e-5 /* of max (1, |value|) */

typedef EpnsTensor *(*Function) (EpnsContext *ctx, EpnsTensor *const *in);

typedef struct {
  const char *name;
  Function f;
} Case;

/* clang-format off */
#define F(name, expression) \
  static EpnsTensor *name (EpnsContext *ctx, EpnsTensor *const *in) { return expression; }

F (linear_relu, epns_linear (ctx, in[0], in[1], in[2], EPNS_RELU))
F (linear_plain, epns_linear (ctx, in[0], in[1], NULL, EPNS_LINEAR))
F (matmul, epns_matmul (ctx, in[0], in[1], FALSE, FALSE))
F (matmul_ta, epns_matmul (ctx, in[0], in[1], TRUE, FALSE))
F (matmul_tb, epns_matmul (ctx, in[0], in[1], FALSE, TRUE))
F (matmul_ta_tb, epns_matmul (ctx, in[0], in[1], TRUE, TRUE))
F (conv_same5, epns_conv2d (ctx, in[0], in[1], in[2], epns_conv_same (5, EPNS_RELU)))
F (conv_same4, epns_conv2d (ctx, in[0], in[1], NULL, epns_conv_same (4, EPNS_LINEAR)))
F (conv_valid, epns_conv2d (ctx, in[0], in[1], in[2], epns_conv_valid (EPNS_TANH)))
F (conv_patch, epns_conv2d (ctx, in[0], in[1], in[2], epns_conv_strided (2, 0, EPNS_LINEAR)))
F (conv_stride2, epns_conv2d (ctx, in[0], in[1], in[2], epns_conv_strided (2, 1, EPNS_LINEAR)))
F (conv_1x1, epns_conv2d (ctx, in[0], in[1], in[2], epns_conv_valid (EPNS_RELU)))
F (conv_wide, epns_conv2d (ctx, in[0], in[1], in[2], epns_conv_same (3, EPNS_LINEAR)))
F (transpose_2, epns_conv_transpose2d (ctx, in[0], in[1], in[2], 2, 0))
F (transpose_pad, epns_conv_transpose2d (ctx, in[0], in[1], NULL, 2, 1))
F (relu, epns_relu (ctx, in[0]))
F (tanh_, epns_tanh (ctx, in[0]))
F (softplus, epns_softplus (ctx, in[0]))
F (exp_, epns_exp (ctx, in[0]))
F (log_, epns_log (ctx, in[0]))
F (affine, epns_affine (ctx, in[0], 2.5f, -1.25f))
F (clip, epns_clip (ctx, in[0], -0.5f, 0.75f))
F (add, epns_add (ctx, in[0], in[1]))
F (sub, epns_sub (ctx, in[0], in[1]))
F (mul, epns_mul (ctx, in[0], in[1]))
F (div_, epns_div (ctx, in[0], in[1]))
F (film, epns_film (ctx, in[0], in[1], in[2]))
F (concat, epns_concat_of (ctx, 1, in[0], in[1], in[2]))
F (slice, epns_slice (ctx, in[0], 2, 1, 3))
F (fit_2, epns_fit2d (ctx, in[0], 2, 6))
F (fit_3, epns_fit2d (ctx, in[0], 3, 6))
F (fit_4, epns_fit2d (ctx, in[0], 4, 6))
F (fit_5, epns_fit2d (ctx, in[0], 5, 6))
F (fit_7, epns_fit2d (ctx, in[0], 7, 6))
F (fit_8, epns_fit2d (ctx, in[0], 8, 6))
F (fit_9, epns_fit2d (ctx, in[0], 9, 6))
F (pad_wrap, epns_pad2d (ctx, in[0], 2, 0, 1, 3, TRUE))
F (pad_zero, epns_pad2d (ctx, in[0], 2, 0, 1, 3, FALSE))
F (broadcast_hw, epns_broadcast_hw (ctx, in[0], 3, 4))
F (upsample2x, epns_upsample2x (ctx, in[0]))
F (gather_rows, epns_gather_rows (ctx, in[0], 5, (const gint32[]){ 3, 0, 3, 1, 3 }))
F (maxpool2x2, epns_maxpool2x2 (ctx, in[0]))
F (norm_one, epns_group_norm (ctx, in[0], in[1], in[2], 1, 1e-5f))
F (norm_four, epns_group_norm (ctx, in[0], in[1], in[2], 4, 1e-5f))
F (sum, epns_sum (ctx, in[0]))
F (mean_hw, epns_mean_hw (ctx, in[0]))
F (mean_groups, epns_mean_groups (ctx, in[0], 2, NULL))
F (sum_groups, epns_sum_groups (ctx, in[0], 3, (const gint32[]){ 1, 3, 2 }))
F (repeat_groups, epns_repeat_groups (ctx, in[0], 6, (const gint32[]){ 1, 3, 2 }))
F (softmax, epns_softmax (ctx, in[0], 1))
F (softmax_last, epns_softmax (ctx, in[0], 2))
F (log_softmax, epns_log_softmax (ctx, in[0], 1))
F (reparameterise, epns_reparameterise (ctx, in[0], in[1], in[2]))
F (gaussian_kl, epns_gaussian_kl (ctx, in[0], in[1], in[2], in[3]))

static const gint32 places[] = { 0, -2, -3, 1, 1, 1, 1, 3, 4, 0, 0, 0 };
F (windows_wrap, epns_gather_windows (ctx, in[0], &(EpnsWindows){ places, 4, 4, { TRUE, TRUE } }))
F (windows_mixed, epns_gather_windows (ctx, in[0], &(EpnsWindows){ places, 4, 4, { FALSE, TRUE } }))

static EpnsTensor *
reshape (EpnsContext *ctx, EpnsTensor *const *in)
{
  g_autoptr (EpnsTensor) x = epns_reshape (ctx, in[0], EPNS_SHAPE (6, 4));
  return epns_mul (ctx, x, x);
}

static const Case cases[] = {
  { "linear_relu", linear_relu }, { "linear_plain", linear_plain },
  { "matmul", matmul }, { "matmul_ta", matmul_ta },
  { "matmul_tb", matmul_tb }, { "matmul_ta_tb", matmul_ta_tb },
  { "conv_same5", conv_same5 }, { "conv_same4", conv_same4 }, { "conv_valid", conv_valid },
  { "conv_patch", conv_patch }, { "conv_stride2", conv_stride2 }, { "conv_1x1", conv_1x1 },
  { "conv_wide", conv_wide },
  { "transpose_2", transpose_2 }, { "transpose_5", transpose_2 },
  { "transpose_pad", transpose_pad },
  { "relu", relu }, { "tanh", tanh_ }, { "softplus", softplus }, { "exp", exp_ },
  { "log", log_ },
  { "affine", affine }, { "clip", clip },
  { "add", add }, { "sub", sub }, { "mul", mul }, { "div", div_ }, { "film", film },
  { "reshape", reshape }, { "concat", concat }, { "slice", slice },
  { "fit_4_9", fit_9 }, { "fit_4_7", fit_7 }, { "fit_9_8", fit_8 }, { "fit_8_5", fit_5 },
  { "fit_9_4", fit_4 },
  { "fit_10_3", fit_3 }, { "fit_10_4", fit_4 }, { "fit_12_2", fit_2 }, { "fit_5_5", fit_5 },
  { "pad_wrap", pad_wrap }, { "pad_zero", pad_zero },
  { "broadcast_hw", broadcast_hw }, { "upsample2x", upsample2x }, { "gather_rows", gather_rows },
  { "windows_wrap", windows_wrap }, { "windows_mixed", windows_mixed },
  { "maxpool2x2", maxpool2x2 }, { "maxpool_ties", maxpool2x2 },
  { "norm_one", norm_one }, { "norm_four", norm_four },
  { "sum", sum }, { "mean_hw", mean_hw },
  { "mean_groups", mean_groups }, { "sum_groups", sum_groups }, { "repeat_groups", repeat_groups },
  { "softmax", softmax }, { "softmax_last", softmax_last }, { "log_softmax", log_softmax },
  { "reparameterise", reparameterise }, { "gaussian_kl", gaussian_kl },
};
/* clang-format on */

static EpnsSafetensors *
golden (void)
{
  g_autofree char *path = suite_source ("tests/golden/nn-ops.safetensors");
  g_autoptr (GError) error = NULL;
  EpnsSafetensors *file = epns_safetensors_read (path, &error);

  ck_assert_msg (file != NULL, "%s", error != NULL ? error->message : "");
  return file;
}

/* NAME.PART, or NULL where the file has none. */
static EpnsTensor *
load (const EpnsSafetensors *file, EpnsContext *ctx, const char *name, const char *part, guint i)
{
  g_autofree char *key = g_strdup_printf (i < MAX_IN ? "%s.%s%u" : "%s.%s", name, part, i);
  const EpnsStored *stored = epns_safetensors_find (file, key);
  gint64 shape[EPNS_TENSOR_MAX_RANK];

  if (stored == NULL)
    return NULL;
  for (guint k = 0; k < stored->rank; k++)
    shape[k] = (gint64) stored->shape[k];
  EpnsTensor *tensor = epns_tensor_new (ctx, stored->rank, shape);
  ck_assert (epns_stored_to_f32 (stored, tensor->data));
  return tensor;
}

static void
expect_close (const char *name, const char *what, const EpnsTensor *got, const EpnsTensor *expected)
{
  ck_assert_msg (got != NULL && expected != NULL, "%s: no %s", name, what);
  ck_assert_msg (epns_tensor_same_shape (got, expected), "%s: %s has another shape", name, what);
  for (gsize i = 0; i < got->count; i++) {
    double error = fabs ((double) got->data[i] - (double) expected->data[i]);
    ck_assert_msg (error <= TOLERANCE * fmax (1.0, fabs ((double) expected->data[i])),
                   "%s: %s[%" G_GSIZE_FORMAT "] is %.9g, not %.9g", name, what, i,
                   (double) got->data[i], (double) expected->data[i]);
  }
}

START_TEST (agrees_with_pytorch)
{
  const char *name = cases[_i].name;
  g_autoptr (EpnsSafetensors) file = golden ();
  g_autoptr (EpnsContext) ctx = epns_context_new (NULL);
  EpnsTensor *in[MAX_IN] = { NULL };

  epns_context_record (ctx, TRUE);
  for (guint i = 0; i < MAX_IN; i++)
    if ((in[i] = load (file, ctx, name, "in", i)) != NULL)
      in[i]->requires_grad = TRUE;
  g_autoptr (EpnsTensor) y = cases[_i].f (ctx, in);
  g_autoptr (EpnsTensor) expected = load (file, ctx, name, "out", MAX_IN);
  expect_close (name, "result", y, expected);

  g_autoptr (EpnsTensor) dy = load (file, ctx, name, "dy", MAX_IN);
  g_autoptr (EpnsTensor) product = epns_mul (ctx, y, dy);
  g_autoptr (EpnsTensor) loss = epns_sum (ctx, product);
  epns_context_backward (ctx, loss);
  for (guint i = 0; i < MAX_IN && in[i] != NULL; i++) {
    g_autoptr (EpnsTensor) grad = load (file, ctx, name, "grad", i);
    g_autofree char *what = g_strdup_printf ("gradient of operand %u", i);
    expect_close (name, what, in[i]->grad, grad);
    epns_tensor_unref (in[i]);
  }
}
END_TEST

/* No case of the file is forgotten here. */
START_TEST (knows_every_case)
{
  g_autoptr (EpnsSafetensors) file = golden ();
  guint n = 0;

  for (guint i = 0; i < epns_safetensors_n (file); i++)
    n += g_str_has_suffix (epns_safetensors_nth (file, i)->name, ".out");
  ck_assert_uint_eq (n, G_N_ELEMENTS (cases));
}
END_TEST

START_TEST (picks_and_fills)
{
  g_autoptr (EpnsContext) ctx = epns_context_new (NULL);
  g_autoptr (EpnsTensor) x = epns_tensor_new_from (ctx, EPNS_SHAPE (2, 2), (float[]){ 1, 2, 3, 4 });
  g_autoptr (EpnsTensor) y =
      epns_pick (ctx, x, EPNS_SHAPE (1, 4), (const gint32[]){ 3, -1, 0, 3 }, -9.0f);
  const float expected[] = { 4, -9, 1, 4 };

  ck_assert_int_eq (y->rank, 2);
  ck_assert_mem_eq (y->data, expected, sizeof expected);
}
END_TEST

/* Two overlapping windows of ones on a lattice that is periodic along its width. */
START_TEST (scatters_windows)
{
  g_autoptr (EpnsContext) ctx = epns_context_new (NULL);
  g_autoptr (EpnsTensor) ones = epns_tensor_new (ctx, EPNS_SHAPE (2, 1, 2, 2));
  for (gsize i = 0; i < ones->count; i++)
    ones->data[i] = 1;
  const EpnsWindows windows = { (const gint32[]){ 0, -1, 2, 0, 0, 2 }, 2, 2, { FALSE, TRUE } };
  g_autoptr (EpnsTensor) y = epns_scatter_windows (ctx, ones, &windows, 1, 2, 3);
  const float expected[] = { 2, 0, 2, 1, 0, 1 };

  ck_assert_uint_eq (y->count, 6);
  ck_assert_mem_eq (y->data, expected, sizeof expected);
}
END_TEST

/* The value passes, the gradient only where the mask says so; after detach nothing passes. */
START_TEST (gates_gradients)
{
  g_autoptr (EpnsContext) ctx = epns_context_new (NULL);
  g_autoptr (EpnsTensor) x = epns_tensor_new_from (ctx, EPNS_SHAPE (3), (float[]){ 1, 2, 3 });
  g_autoptr (EpnsTensor) mask = epns_tensor_new_from (ctx, EPNS_SHAPE (3), (float[]){ 1, 0, 1 });
  const float expected[] = { 1, 0, 1 };

  epns_context_record (ctx, TRUE);
  x->requires_grad = TRUE;
  g_autoptr (EpnsTensor) y = epns_gate_gradient (ctx, x, mask);
  g_autoptr (EpnsTensor) off = epns_detach (ctx, x);
  g_autoptr (EpnsTensor) both = epns_add (ctx, y, off);
  g_autoptr (EpnsTensor) loss = epns_sum (ctx, both);
  ck_assert (epns_tensor_item (loss) == 12.0f);
  epns_context_backward (ctx, loss);
  ck_assert_mem_eq (x->grad->data, expected, sizeof expected);
}
END_TEST

START_TEST (softmax_takes_minus_infinity)
{
  g_autoptr (EpnsContext) ctx = epns_context_new (NULL);
  g_autoptr (EpnsTensor) x =
      epns_tensor_new_from (ctx, EPNS_SHAPE (1, 3), (float[]){ 0, -INFINITY, 0 });
  g_autoptr (EpnsTensor) p = epns_softmax (ctx, x, 1), l = epns_log_softmax (ctx, x, 1);
  const float expected[] = { 0.5f, 0.0f, 0.5f };

  ck_assert_mem_eq (p->data, expected, sizeof expected);
  ck_assert (l->data[1] == -INFINITY);
  ck_assert_double_eq_tol ((double) l->data[0], -0.69314718, 1e-7);
}
END_TEST

static void
count_criticals (const char *domain G_GNUC_UNUSED, GLogLevelFlags level G_GNUC_UNUSED,
                 const char *text, gpointer data)
{
  GString *seen = data;

  g_string_append_printf (seen, "%s\n", text);
}

START_TEST (names_operands_that_do_not_fit)
{
  g_autoptr (EpnsContext) ctx = epns_context_new (NULL);
  g_autoptr (EpnsTensor) a = epns_tensor_new_zero (ctx, EPNS_SHAPE (2, 3));
  g_autoptr (EpnsTensor) b = epns_tensor_new_zero (ctx, EPNS_SHAPE (4, 5));
  g_autoptr (GString) seen = g_string_new (NULL);
  GLogFunc old = g_log_set_default_handler (count_criticals, seen);

  ck_assert_ptr_null (epns_add (ctx, a, b));
  ck_assert_ptr_null (epns_linear (ctx, a, b, NULL, EPNS_LINEAR));
  ck_assert_ptr_null (epns_mean_hw (ctx, a));
  ck_assert_ptr_null (epns_slice (ctx, a, 1, 2, 2));
  ck_assert_ptr_null (epns_gather_rows (ctx, a, 1, (const gint32[]){ 2 }));
  ck_assert_ptr_null (epns_relu (ctx, NULL)); /* and says nothing more */
  g_log_set_default_handler (old, NULL);
  ck_assert_str_eq (seen->str, "add: the operands' shapes do not fit: [2, 3] [4, 5]\n"
                               "linear: the operands' shapes do not fit: [2, 3] [4, 5] none\n"
                               "mean_hw: the operands' shapes do not fit: [2, 3]\n"
                               "slice: the operands' shapes do not fit: [2, 3]\n"
                               "gather_rows: the operands' shapes do not fit: [2, 3] [1]\n");
}
END_TEST

SUITE_CASES ("nn-ops", LOOP (agrees_with_pytorch, 0, G_N_ELEMENTS (cases)), ONCE (knows_every_case),
             ONCE (picks_and_fills), ONCE (scatters_windows), ONCE (gates_gradients),
             ONCE (softmax_takes_minus_infinity), ONCE (names_operands_that_do_not_fit))
