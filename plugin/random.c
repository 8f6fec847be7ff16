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

/* Philox4x32 has 64 key bits and 128 counter bits. The stream enters twice: its low word beside the purpose
 * in the counter, its high word in the key, so that distinct (seed, stream < 2^24) never share a place. */
static inline philox4x32_ctr_t
place (const EpnsDrawKey *key, guint32 purpose, guint64 index)
{
  philox4x32_key_t k = { { (guint32) key->seed, (guint32) (key->seed >> 32) ^ (guint32) (key->stream >> 24) } };
  philox4x32_ctr_t c = { { (guint32) index,
                           (guint32) (index >> 32) ^ ((guint32) (key->step >> 32) << 16),
                           (guint32) key->step,
                           ((guint32) key->stream & 0xffffffu) | (purpose << 24) } };

  return philox4x32 (c, k);
}

void
epns_random_words (const EpnsDrawKey *key, guint32 purpose, guint64 index, guint32 words[4])
{
  philox4x32_ctr_t r = place (key, purpose, index);

  memcpy (words, r.v, sizeof r.v);
}

void
epns_random_fill (const EpnsDrawKey *key, guint32 purpose, guint64 first, gsize n, guint32 *words)
{
  for (gsize i = 0; i < n; i++) {
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
