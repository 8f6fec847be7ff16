/* SPDX-License-Identifier: MIT */
/* The check of gradients: right ones hold, and wrong ones are found, of a loss made by hand. */
#include "models/epns/verify-gradient.h"
#include "tests/suite.h"

#include <math.h>

#define N 6

/* L = 3 + sum_i sin (a_i) + sum_i b_i^2 |b_i - 2|, with a kink that the values of b are near; of a
 * the gradient is `lie` times what it should be, of b the first component is left out. */
typedef struct {
  EpnsTensor *parameter[2];
  double lie;
  gboolean omits, fails;
} Made;

static EpnsTensor *
parameter (gpointer of, gsize i)
{
  return ((Made *) of)->parameter[i];
}

static char *
name (gpointer of G_GNUC_UNUSED, gsize i)
{
  return g_strdup (i == 0 ? "a" : "b");
}

static gboolean
evaluate (gpointer of, double *loss, GError **error)
{
  Made *self = of;

  *loss = 3;
  for (gsize i = 0; i < N; i++) {
    const double a = (double) self->parameter[0]->data[i],
                 b = (double) self->parameter[1]->data[i], away = b - 2;
    *loss += sin (a) + b * b * fabs (away);
    self->parameter[0]->grad->data[i] += (float) (self->lie * cos (a));
    if (i > 0 || !self->omits)
      self->parameter[1]->grad->data[i]
          += (float) (2 * b * fabs (away) + b * b * copysign (1, away));
  }
  if (self->fails)
    g_set_error_literal (error, G_FILE_ERROR, G_FILE_ERROR_FAILED, "no loss");
  return !self->fails;
}

typedef struct {
  double error[2];
  int32_t holds[2];
} Told;

static void
tell (void *ctx, const char *what, double error, double tolerance, int32_t holds)
{
  Told *told = ctx;
  const int i = g_str_equal (what, "gradient of b");

  ck_assert (i || g_str_equal (what, "gradient of a"));
  ck_assert_int_eq (holds, error <= tolerance);
  told->error[i] = error;
  told->holds[i] = holds;
}

static gboolean
check (Made *made, Told *told, GError **error)
{
  const EpnsLossOf loss = { made, 2, parameter, name, evaluate };
  const EpnsReporter reporter = { tell, told };
  gboolean done;

  for (gsize k = 0; k < 2; k++) {
    made->parameter[k] = epns_parameter_new (EPNS_SHAPE (N));
    for (gsize i = 0; i < N; i++)
      made->parameter[k]->data[i] = k == 0 ? 0.2f * (float) i : 2.02f - 0.3f * (float) i;
  }
  done = epns_verify_gradient_of (&loss, 1, &reporter, error);
  for (gsize k = 0; k < 2; k++) {
    for (gsize i = 0; i < N; i++) { /* as before */
      ck_assert (made->parameter[k]->data[i]
                 == (k == 0 ? 0.2f * (float) i : 2.02f - 0.3f * (float) i));
      ck_assert (made->parameter[k]->grad->data[i] == 0);
    }
    epns_tensor_unref (made->parameter[k]);
  }
  return done;
}

START_TEST (right_gradients_hold)
{
  Made made = { .lie = 1 };
  Told told = { { NAN, NAN }, { 0, 0 } };

  ck_assert (check (&made, &told, NULL));
  ck_assert (told.holds[0] && told.holds[1]);
  ck_assert_double_le (told.error[0], 0.005);
}
END_TEST

START_TEST (wrong_gradients_do_not)
{
  static const double lies[] = { -1, 0, 0.9, 1.1, 2, 100 };
  Told told;

  for (gsize i = 0; i < G_N_ELEMENTS (lies); i++) {
    Made made = { .lie = lies[i] };
    ck_assert (check (&made, &told, NULL));
    ck_assert_msg (!told.holds[0], "%g times the gradient holds", lies[i]);
  }
  Made made = { .lie = 1, .omits = TRUE };
  ck_assert (check (&made, &told, NULL));
  ck_assert (told.holds[0] && !told.holds[1]);
}
END_TEST

START_TEST (no_loss_is_an_error)
{
  g_autoptr (GError) error = NULL;
  Made made = { .lie = 1, .fails = TRUE };
  Told told;

  ck_assert (!check (&made, &told, &error));
  ck_assert_str_eq (error->message, "no loss");
}
END_TEST

SUITE ("verify-gradient", right_gradients_hold, wrong_gradients_do_not, no_loss_is_an_error)
