/* SPDX-License-Identifier: MIT */
/* Counter-based and Mersenne random numbers. */
#include "plugin/random.h"

#include <math.h>
#include <string.h>

/* Random123's own headers are not written for -Wconversion. */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wconversion"
#pragma GCC diagnostic ignored "-Wsign-conversion"
#pragma GCC diagnostic ignored "-Wpedantic"
#include <Random123/philox.h>
#pragma GCC diagnostic pop
#if defined(__x86_64__)
#include <immintrin.h>
#endif

/* Philox4x32 has 64 key bits and 128 counter bits. The stream enters twice: its low word beside the purpose
 * in the counter, its high word in the key, so that distinct (seed, stream < 2^24) never share a place. */
static inline philox4x32_key_t
key_of (const EpnsDrawKey *key)
{
  const guint32 high = (guint32) (key->seed >> 32) ^ (guint32) (key->stream >> 24);

  return (philox4x32_key_t){ { (guint32) key->seed, high } };
}

static inline philox4x32_ctr_t
counter_of (const EpnsDrawKey *key, guint32 purpose, guint64 index)
{
  return (philox4x32_ctr_t) { { (guint32) index,
                           (guint32) (index >> 32) ^ ((guint32) (key->step >> 32) << 16),
                           (guint32) key->step,
                           ((guint32) key->stream & 0xffffffu) | (purpose << 24) } };
}

static inline philox4x32_ctr_t
place (const EpnsDrawKey *key, guint32 purpose, guint64 index)
{
  return philox4x32 (counter_of (key, purpose, index), key_of (key));
}

void
epns_random_words (const EpnsDrawKey *key, guint32 purpose, guint64 index, guint32 words[4])
{
  philox4x32_ctr_t r = place (key, purpose, index);

  memcpy (words, r.v, sizeof r.v);
}

/* -log (u), where u = 2^e m, sqrt (1/2) <= m < sqrt (2), log m = 2 artanh ((m - 1) / (m + 1)). */
static inline float
minus_log (float u)
{
  gint32 bits, exponent;
  float m;

  memcpy (&bits, &u, sizeof bits);
  exponent = (bits - 0x3f3504f3) >> 23;
  bits -= exponent * (1 << 23);
  memcpy (&m, &bits, sizeof m);
  const float s = (m - 1) / (m + 1), z = s * s;
  const float series = 1.0f / 3 + z * (1.0f / 5 + z * (1.0f / 7 + z * (1.0f / 9)));

  return -((float) exponent * (float) G_LN2 + 2 * s * (1 + z * series));
}

void
epns_random_exponentials (const guint32 *words, gsize n, float *drawn)
{
  for (gsize i = 0; i < n; i++)
    drawn[i] = minus_log (((float) (gint32) (words[i] >> 1) + 0.5f) * 0x1p-31f);
}

#if defined(__x86_64__)
/* Ten rounds (philox.h) for four places at a time, as many fours as n holds; how many places. A
 * place has a lane of 64 bits, whose low half counts: a product takes no more of its factors. */
__attribute__ ((target ("avx2"))) static gsize
fill_fours (const EpnsDrawKey *key, guint32 purpose, guint64 first, gsize n, guint32 *words)
{
  const __m256i m0 = _mm256_set1_epi64x (PHILOX_M4x32_0);
  const __m256i m1 = _mm256_set1_epi64x (PHILOX_M4x32_1);
  const philox4x32_ctr_t c = counter_of (key, purpose, 0);
  philox4x32_key_t k = key_of (key);
  __m256i k0[10], k1[10], index = _mm256_set_epi64x (3, 2, 1, 0);

  for (int round = 0; round < 10; round++, k.v[0] += PHILOX_W32_0, k.v[1] += PHILOX_W32_1) {
    k0[round] = _mm256_set1_epi32 ((gint32) k.v[0]);
    k1[round] = _mm256_set1_epi32 ((gint32) k.v[1]);
  }
  index = _mm256_add_epi64 (index, _mm256_set1_epi64x ((gint64) first));
  for (gsize i = 0; i + 4 <= n; i += 4, words += 16) {
    __m256i x0 = index;
    __m256i x1 = _mm256_xor_si256 (_mm256_srli_epi64 (index, 32), _mm256_set1_epi64x (c.v[1]));
    __m256i x2 = _mm256_set1_epi64x (c.v[2]), x3 = _mm256_set1_epi64x (c.v[3]);
    for (int round = 0; round < 10; round++) {
      const __m256i p0 = _mm256_mul_epu32 (x0, m0), p1 = _mm256_mul_epu32 (x2, m1);
      x0 = _mm256_xor_si256 (_mm256_xor_si256 (_mm256_srli_epi64 (p1, 32), x1), k0[round]);
      x2 = _mm256_xor_si256 (_mm256_xor_si256 (_mm256_srli_epi64 (p0, 32), x3), k1[round]);
      x1 = p1;
      x3 = p0;
    }
    const __m256i front = _mm256_blend_epi32 (x0, _mm256_slli_epi64 (x1, 32), 0xaa);
    const __m256i back = _mm256_blend_epi32 (x2, _mm256_slli_epi64 (x3, 32), 0xaa);
    const __m256i even = _mm256_unpacklo_epi64 (front, back);
    const __m256i odd = _mm256_unpackhi_epi64 (front, back);
    _mm256_storeu_si256 ((void *) words, _mm256_permute2x128_si256 (even, odd, 0x20));
    _mm256_storeu_si256 ((void *) (words + 8), _mm256_permute2x128_si256 (even, odd, 0x31));
    index = _mm256_add_epi64 (index, _mm256_set1_epi64x (4));
  }
  return n - n % 4;
}

static gboolean
has_fours (void)
{
  return __builtin_cpu_supports ("avx2");
}
#else
#define has_fours() FALSE
#define fill_fours(key, purpose, first, n, words) 0
#endif

void
epns_random_fill (const EpnsDrawKey *key, guint32 purpose, guint64 first, gsize n, guint32 *words)
{
  for (gsize i = has_fours () ? fill_fours (key, purpose, first, n, words) : 0; i < n; i++) {
    philox4x32_ctr_t r = place (key, purpose, first + i);
    memcpy (words + 4 * i, r.v, sizeof r.v);
  }
}

static double
unit_interval (guint32 high, guint32 low)
{
  return (double) (((guint64) high << 21) ^ (low >> 11)) * 0x1p-53;
}

double
epns_random_uniform (const EpnsDrawKey *key, guint32 purpose, guint64 index)
{
  guint32 w[4];

  epns_random_words (key, purpose, index, w);
  return unit_interval (w[0], w[1]);
}

double
epns_random_normal (const EpnsDrawKey *key, guint32 purpose, guint64 index)
{
  guint32 w[4];

  epns_random_words (key, purpose, index, w);
  double radius = sqrt (-2.0 * log1p (-unit_interval (w[0], w[1])));
  return radius * cos (2.0 * G_PI * unit_interval (w[2], w[3]));
}

void
epns_mersenne_seed (EpnsMersenne *self, guint32 seed)
{
  self->state[0] = seed;
  for (guint32 i = 1; i < 624; i++) {
    guint32 previous = self->state[i - 1];
    self->state[i] = 1812433253u * (previous ^ (previous >> 30)) + i;
  }
  self->next = 624;
}

static void
mersenne_refill (EpnsMersenne *self)
{
  for (guint32 i = 0; i < 624; i++) {
    guint32 y = (self->state[i] & 0x80000000u) | (self->state[(i + 1) % 624] & 0x7fffffffu);
    self->state[i] = self->state[(i + 397) % 624] ^ (y >> 1) ^ ((y & 1u) ? 0x9908b0dfu : 0u);
  }
  self->next = 0;
}

guint32
epns_mersenne_next (EpnsMersenne *self)
{
  if (self->next >= 624)
    mersenne_refill (self);
  guint32 y = self->state[self->next++];
  y ^= y >> 11;
  y ^= (y << 7) & 0x9d2c5680u;
  y ^= (y << 15) & 0xefc60000u;
  return y ^ (y >> 18);
}
