/* SPDX-License-Identifier: MIT */
/* Randomness by place: a draw is a pure function of (seed, stream, step, purpose, index), never of history.
 * Generator: Philox4x32-10 (Salmon et al., Parallel random numbers: as easy as 1, 2, 3, SC11), from Random123.
 * Key = seed; counter = (index low, index high, step, stream and purpose mixed).  All functions [any]. */
#pragma once
#include <glib.h>

typedef struct { /* where a run stands */
  guint64 seed, stream, step;
} EpnsDrawKey;

/* Four independent 32-bit words for one place. `purpose` names what the draw is for, unique within a kind. */
void epns_random_words (const EpnsDrawKey *key, guint32 purpose, guint64 index, guint32 words[4]);

/* The words of n consecutive places: words[4 * i + j] is word j of index first + i. */
void epns_random_fill (const EpnsDrawKey *key, guint32 purpose, guint64 first, gsize n, guint32 *words);

/* A standard exponential number from each word: -log of the middle of its place among 2^31 in
 * (0, 1), to 1e-7 of itself, with the same bits everywhere. */
void epns_random_exponentials (const guint32 *words, gsize n, float *drawn);

/* Uniform in [0, 1), 53 bits. */
double epns_random_uniform (const EpnsDrawKey *key, guint32 purpose, guint64 index);

/* Standard normal (Box-Muller on one place's words). */
double epns_random_normal (const EpnsDrawKey *key, guint32 purpose, guint64 index);

/* Uniform in [0, n), n > 0, without modulo bias worth measuring (multiply-shift of 32 bits of a word). */
static inline guint32
epns_random_below (guint32 word, guint32 n)
{
  return (guint32) (((guint64) word * n) >> 32);
}

/* The Mersenne Twister MT19937 (Matsumoto and Nishimura, ACM TOMACS 8, 1998), for kinds that must follow a
 * host's own sequence draw by draw. */
typedef struct {
  guint32 state[624];
  guint32 next;
} EpnsMersenne;

void    epns_mersenne_seed (EpnsMersenne *self, guint32 seed);
guint32 epns_mersenne_next (EpnsMersenne *self);
