/* SPDX-License-Identifier: MIT */
/* Draws by place, and the Mersenne Twister against its published sequence. */
#include "plugin/random.h"
#include "tests/suite.h"

#include <math.h>

START_TEST (mersenne_published_values)
{
  EpnsMersenne *mt = g_new (EpnsMersenne, 1);

  epns_mersenne_seed (mt, 5489u);
  ck_assert_uint_eq (epns_mersenne_next (mt), 3499211612u);
  for (int i = 1; i < 9999; i++)
    epns_mersenne_next (mt);
  ck_assert_uint_eq (epns_mersenne_next (mt), 4123659995u); /* the 10,000th, ISO C++ [rand.predef] */
  g_free (mt);
}
END_TEST

START_TEST (places_differ)
{
  const guint64 high = G_GUINT64_CONSTANT (1) << 40;
  const struct {
    EpnsDrawKey key;
    guint32 purpose;
    guint64 index;
  } places[] = {
    { { 1, 2, 3 }, 5, 7 },        { { 9, 2, 3 }, 5, 7 },        { { 1 | high, 2, 3 }, 5, 7 },
    { { 1, 9, 3 }, 5, 7 },        { { 1, 2 | high, 3 }, 5, 7 }, { { 1, 2, 9 }, 5, 7 },
    { { 1, 2, 3 | high }, 5, 7 }, { { 1, 2, 3 }, 6, 7 },        { { 1, 2, 3 }, 5, 8 },
    { { 1, 2, 3 }, 5, 7 | high },
  };
  guint32 words[G_N_ELEMENTS (places)][4], again[4];

  for (gsize i = 0; i < G_N_ELEMENTS (places); i++) {
    epns_random_words (&places[i].key, places[i].purpose, places[i].index, words[i]);
    epns_random_words (&places[i].key, places[i].purpose, places[i].index, again);
    ck_assert_mem_eq (words[i], again, sizeof again);
    for (gsize j = 0; j < i; j++)
      ck_assert_mem_ne (words[i], words[j], sizeof again);
  }
}
END_TEST

START_TEST (filling_gives_the_same_words)
{
  EpnsDrawKey key = { 1, 2, 3 };
  guint32 words[7][4], one[4];

  epns_random_fill (&key, 5, 0xfffffffdu, G_N_ELEMENTS (words), words[0]); /* across a carry */
  for (gsize i = 0; i < G_N_ELEMENTS (words); i++) {
    epns_random_words (&key, 5, 0xfffffffdu + (guint64) i, one);
    ck_assert_mem_eq (words[i], one, sizeof one);
  }
}
END_TEST

START_TEST (moments)
{
  EpnsDrawKey key = { .seed = 11 };
  double sum = 0, square = 0, uniform = 0;
  const guint n = 100000;

  for (guint i = 0; i < n; i++) {
    double x = epns_random_normal (&key, 1, i), u = epns_random_uniform (&key, 2, i);
    ck_assert (u >= 0 && u < 1 && isfinite (x));
    sum += x;
    square += x * x;
    uniform += u;
  }
  /* five standard errors */
  ck_assert_double_eq_tol (sum / n, 0, 5 / sqrt (n));
  ck_assert_double_eq_tol (square / n, 1, 5 * sqrt (2.0 / n));
  ck_assert_double_eq_tol (uniform / n, 0.5, 5 * sqrt (1.0 / 12 / n));
}
END_TEST

SUITE ("random", mersenne_published_values, places_differ, filling_gives_the_same_words, moments)
