/* SPDX-License-Identifier: MIT */
/* The same bits for any number of threads and any batch; memory that is used again; recomputation
 * that changes nothing. */
#include "models/nn/ops.h"
#include "plugin/random.h"
#include "tests/suite.h"

enum { N_PARAMETERS = 10, SIZE = 19, CHANNELS = 16 }; /* enough channels for Winograd's tiles */

static EpnsTensor *
random_tensor (EpnsContext *ctx, guint32 purpose, guint rank, const gint64 *shape)
{
  EpnsDrawKey key = { 3, 0, 0 };
  EpnsTensor *self =
      ctx != NULL ? epns_tensor_new (ctx, rank, shape) : epns_parameter_new (rank, shape);

  for (gsize i = 0; i < self->count; i++)
    self->data[i] = (float) (0.4 * epns_random_normal (&key, purpose, i));
  return self;
}

typedef struct {
  EpnsTensor *of[N_PARAMETERS];
  gboolean checkpoint;
} Net;

static Net
net_new (void)
{
  Net net = { { random_tensor (NULL, 1, EPNS_SHAPE (CHANNELS, 2, 5, 5)),
                random_tensor (NULL, 2, EPNS_SHAPE (CHANNELS)),
                random_tensor (NULL, 3, EPNS_SHAPE (CHANNELS, 4, 3, 3)),
                random_tensor (NULL, 4, EPNS_SHAPE (4)),
                random_tensor (NULL, 5, EPNS_SHAPE (2 * CHANNELS, CHANNELS)),
                random_tensor (NULL, 6, EPNS_SHAPE (2 * CHANNELS)),
                random_tensor (NULL, 7, EPNS_SHAPE (CHANNELS)),
                random_tensor (NULL, 8, EPNS_SHAPE (CHANNELS)),
                random_tensor (NULL, 10, EPNS_SHAPE (CHANNELS, CHANNELS, 5, 5)),
                random_tensor (NULL, 11, EPNS_SHAPE (CHANNELS)) },
              FALSE };
  return net;
}

static void
net_clear (Net *net)
{
  for (guint i = 0; i < N_PARAMETERS; i++)
    epns_tensor_unref (net->of[i]);
}

/* Pool, transpose, crop: [N, CHANNELS, SIZE, SIZE] -> [N, 4, SIZE, SIZE] */
static EpnsTensor *
lower_level (EpnsContext *ctx, EpnsTensor *const *in, gpointer user)
{
  const Net *net = user;
  g_autoptr (EpnsTensor) y = epns_maxpool2x2 (ctx, in[0]);

  epns_tensor_set (&y, epns_group_norm (ctx, y, net->of[6], net->of[7], 2, 1e-5f));
  epns_tensor_set (&y, epns_conv_transpose2d (ctx, y, net->of[2], net->of[3], 2, 0));
  return epns_fit2d (ctx, y, SIZE, SIZE);
}

/* x [N, 2, SIZE, SIZE] -> log-probabilities [N, 4 + CHANNELS, SIZE, SIZE] */
static EpnsTensor *
net_run (EpnsContext *ctx, Net *net, EpnsTensor *x)
{
  g_autoptr (EpnsTensor) h =
      epns_conv2d (ctx, x, net->of[0], net->of[1], epns_conv_same (5, EPNS_RELU));
  epns_tensor_set (&h, epns_conv2d (ctx, h, net->of[8], net->of[9], epns_conv_same (5, EPNS_TANH)));
  g_autoptr (EpnsTensor) mean = epns_mean_hw (ctx, h);
  g_autoptr (EpnsTensor) code = epns_linear (ctx, mean, net->of[4], net->of[5], EPNS_TANH);
  g_autoptr (EpnsTensor) gain = epns_slice (ctx, code, 1, 0, CHANNELS);
  g_autoptr (EpnsTensor) bias = epns_slice (ctx, code, 1, CHANNELS, CHANNELS);
  epns_tensor_set (&h, epns_film (ctx, h, gain, bias));
  g_autoptr (EpnsTensor) low =
      net->checkpoint ? epns_checkpoint (ctx, lower_level, net, &h, 1) : lower_level (ctx, &h, net);
  g_autoptr (EpnsTensor) y = epns_concat_of (ctx, 1, low, h);
  return epns_log_softmax (ctx, y, 1);
}

static EpnsTensor *
train_once (EpnsContext *ctx, Net *net, gint64 n)
{
  g_autoptr (EpnsTensor) x = random_tensor (ctx, 9, EPNS_SHAPE (n, 2, SIZE, SIZE));

  for (guint i = 0; i < N_PARAMETERS; i++)
    memset (net->of[i]->grad->data, 0, net->of[i]->count * sizeof (float));
  epns_context_record (ctx, TRUE);
  EpnsTensor *y = net_run (ctx, net, x);
  g_autoptr (EpnsTensor) squares = epns_mul (ctx, y, y);
  g_autoptr (EpnsTensor) loss = epns_sum (ctx, squares);
  epns_context_backward (ctx, loss);
  epns_context_record (ctx, FALSE);
  return y;
}

static void
expect_same_bits (const EpnsTensor *a, const EpnsTensor *b)
{
  ck_assert (epns_tensor_same_shape (a, b));
  ck_assert_mem_eq (a->data, b->data, a->count * sizeof (float));
}

START_TEST (threads_change_nothing)
{
  const epns_host host = { .size = sizeof host, .threads = (guint32) _i };
  g_autoptr (EpnsContext) one = epns_context_new (NULL), many = epns_context_new (&host);
  Net a = net_new (), b = net_new ();
  g_autoptr (EpnsTensor) ya = train_once (one, &a, 21), yb = train_once (many, &b, 21);

  expect_same_bits (ya, yb);
  for (guint i = 0; i < N_PARAMETERS; i++)
    expect_same_bits (a.of[i]->grad, b.of[i]->grad);
  net_clear (&a);
  net_clear (&b);
}
END_TEST

/* A sample alone, and anywhere in a batch of any size. */
START_TEST (batches_change_nothing)
{
  g_autoptr (EpnsContext) ctx = epns_context_new (NULL);
  Net net = net_new ();
  g_autoptr (EpnsTensor) x = random_tensor (ctx, 9, EPNS_SHAPE (5, 2, SIZE, SIZE));
  g_autoptr (EpnsTensor) y = net_run (ctx, &net, x);
  const gint32 mixed[] = { 4, 2, 2, 0, 3, 1, 4 };

  g_autoptr (EpnsTensor) x_mixed = epns_gather_rows (ctx, x, G_N_ELEMENTS (mixed), mixed);
  g_autoptr (EpnsTensor) y_mixed = net_run (ctx, &net, x_mixed);
  g_autoptr (EpnsTensor) expected = epns_gather_rows (ctx, y, G_N_ELEMENTS (mixed), mixed);
  expect_same_bits (y_mixed, expected);
  for (gint32 n = 0; n < 5; n++) {
    g_autoptr (EpnsTensor) x_one = epns_gather_rows (ctx, x, 1, &n);
    g_autoptr (EpnsTensor) y_one = net_run (ctx, &net, x_one);
    g_autoptr (EpnsTensor) expected_one = epns_gather_rows (ctx, y, 1, &n);
    expect_same_bits (y_one, expected_one);
  }
  net_clear (&net);
}
END_TEST

/* Matrix kernels treat edges apart; a row must not notice where it is. */
START_TEST (rows_change_nothing)
{
  static const gint64 sizes[][2] = { { 1, 1 },   { 5, 3 },    { 29, 37 },
                                     { 32, 32 }, { 64, 131 }, { 200, 512 } };
  const gint64 m = sizes[_i][0], k = sizes[_i][1];
  g_autoptr (EpnsContext) ctx = epns_context_new (NULL);
  g_autoptr (EpnsTensor) w = random_tensor (ctx, 1, EPNS_SHAPE (m, k));
  g_autoptr (EpnsTensor) row = random_tensor (ctx, 2, EPNS_SHAPE (1, k));
  g_autoptr (EpnsTensor) alone = epns_linear (ctx, row, w, NULL, EPNS_LINEAR);
  g_autoptr (EpnsTensor) rows = epns_repeat_groups (ctx, row, 110, NULL);
  g_autoptr (EpnsTensor) y = epns_linear (ctx, rows, w, NULL, EPNS_LINEAR);

  for (gint64 r = 0; r < 110; r++)
    ck_assert_mem_eq (y->data + r * m, alone->data, (gsize) m * sizeof (float));
}
END_TEST

START_TEST (warm_steps_allocate_nothing)
{
  g_autoptr (EpnsContext) ctx = epns_context_new (NULL);
  Net net = net_new ();

  net.checkpoint = _i == 1;
  for (guint i = 0; i < 3; i++) {
    guint64 misses = epns_context_misses (ctx);
    epns_tensor_unref (train_once (ctx, &net, 4));
    if (i == 0)
      ck_assert_uint_gt (epns_context_misses (ctx), 0);
    else
      ck_assert_uint_eq (epns_context_misses (ctx), misses);
  }
  ck_assert_uint_ge (epns_context_held (ctx), epns_context_peak (ctx));
  epns_context_trim (ctx);
  ck_assert_uint_eq (epns_context_held (ctx), 0); /* nothing was left in use */
  net_clear (&net);
}
END_TEST

START_TEST (recomputing_gives_the_same_gradients)
{
  g_autoptr (EpnsContext) ctx = epns_context_new (NULL);
  Net a = net_new (), b = net_new ();

  b.checkpoint = TRUE;
  g_autoptr (EpnsTensor) ya = train_once (ctx, &a, 3), yb = train_once (ctx, &b, 3);
  expect_same_bits (ya, yb);
  for (guint i = 0; i < N_PARAMETERS; i++)
    expect_same_bits (a.of[i]->grad, b.of[i]->grad);
  net_clear (&a);
  net_clear (&b);
}
END_TEST

/* Without the tape, a chain needs no more than two maps at a time. */
START_TEST (inference_frees_as_it_goes)
{
  g_autoptr (EpnsContext) ctx = epns_context_new (NULL);
  g_autoptr (EpnsTensor) x = epns_tensor_new_zero (ctx, EPNS_SHAPE (1000, 1000));
  const gsize map = epns_context_peak (ctx);

  for (guint i = 0; i < 10; i++)
    epns_tensor_set (&x, epns_affine (ctx, x, 1, 1));
  ck_assert_uint_le (epns_context_peak (ctx), 2 * map);
  ck_assert (x->data[999999] == 10.0f);
}
END_TEST

START_TEST (gradients_add_up_over_calls)
{
  g_autoptr (EpnsContext) ctx = epns_context_new (NULL);
  g_autoptr (EpnsTensor) w = epns_parameter_new (EPNS_SHAPE (1));

  w->data[0] = 3;
  epns_context_record (ctx, TRUE);
  for (guint i = 0; i < 2; i++) {
    g_autoptr (EpnsTensor) square = epns_mul (ctx, w, w);
    epns_context_backward (ctx, square);
    ck_assert_ptr_null (square->grad); /* intermediates keep none */
  }
  ck_assert (w->grad->data[0] == 12.0f);
  g_autoptr (EpnsTensor) forgotten = epns_mul (ctx, w, w);
  epns_context_clear (ctx);
  epns_context_backward (ctx, forgotten);
  ck_assert (w->grad->data[0] == 12.0f);
}
END_TEST

/* A tensor may outlive its context; the pool goes with the last of them. */
START_TEST (tensors_keep_their_pool)
{
  EpnsContext *ctx = epns_context_new (NULL);
  g_autoptr (EpnsTensor) x = epns_tensor_new_zero (ctx, EPNS_SHAPE (4));
  g_autoptr (EpnsTensor) view = epns_reshape (ctx, x, EPNS_SHAPE (2, 2));

  epns_context_free (ctx);
  x->data[3] = 1;
  ck_assert (view->data[3] == 1.0f);
  ck_assert_uint_eq ((gsize) (gpointer) x->data % EPNS_TENSOR_ALIGN, 0);
}
END_TEST

SUITE_CASES ("nn-context", LOOP (threads_change_nothing, 1, 5), ONCE (batches_change_nothing),
             LOOP (rows_change_nothing, 0, 6), LOOP (warm_steps_allocate_nothing, 0, 2),
             ONCE (recomputing_gives_the_same_gradients), ONCE (inference_frees_as_it_goes),
             ONCE (gradients_add_up_over_calls), ONCE (tensors_keep_their_pool))
