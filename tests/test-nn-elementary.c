/* SPDX-License-Identifier: MIT */
/* e^x and tanh x against the library's, at the ends, and wherever a number lies. */
#include "models/nn/elementary.h"
#include "tests/suite.h"

#include <math.h>

START_TEST (close_to_the_library)
{
  for (double at = -100; at < 100; at += 7e-4) {
    const float x = (float) at;
    float e, t;
    epns_exp_of (1, &x, &e);
    epns_tanh_of (1, &x, &t);
    ck_assert_double_eq_tol ((double) t, tanh ((double) x), 2e-7);
    if (at > -87 && at < 88)
      ck_assert_double_eq_tol ((double) e / exp ((double) x), 1, 2e-7);
  }
}
END_TEST

START_TEST (ends)
{
  const float x[5] = { NAN, INFINITY, -INFINITY, 1e30f, -1e30f };
  float e[5], t[5];

  epns_exp_of (5, x, e);
  epns_tanh_of (5, x, t);
  ck_assert (isnan (e[0]) && isnan (t[0]));
  for (guint i = 1; i < 5; i += 2) {
    ck_assert (isfinite (e[i]) && e[i] > 1e38f && t[i] == 1.0f);
    ck_assert (e[i + 1] == 0.0f && t[i + 1] == -1.0f);
  }
}
END_TEST

/* In place, and the same bits alone as among others. */
START_TEST (place_does_not_matter)
{
  float x[23], e[23], t[23];

  for (guint i = 0; i < 23; i++)
    x[i] = e[i] = t[i] = -11 + 0.97f * (float) i;
  epns_exp_of (23, e, e);
  epns_tanh_of (23, t, t);
  for (guint i = 0; i < 23; i++) {
    float alone;
    epns_exp_of (1, x + i, &alone);
    ck_assert (alone == e[i]);
    epns_tanh_of (1, x + i, &alone);
    ck_assert (alone == t[i]);
  }
}
END_TEST

SUITE ("nn-elementary", close_to_the_library, ends, place_does_not_matter)
