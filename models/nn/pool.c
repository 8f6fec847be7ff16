/* SPDX-License-Identifier: MIT */
/* The pool behind tensors and scratch. */
#include "models/nn/pool.h"
#include "models/nn/tensor.h"

#define LEAST_LOG2 8 /* the smallest block has 256 bytes */
#define N_CLASSES  (8 * (48 - LEAST_LOG2))
#define LARGE      ((gsize) 1 << 20)

typedef struct _FreeBlock FreeBlock;
struct _FreeBlock { /* lies in the block itself */
  FreeBlock *next;
};

struct _EpnsPool {
  FreeBlock *free[N_CLASSES];
  guint64 misses;
  gsize held, used, peak;
  gboolean released;
};

/* Class c holds blocks of (8 + c mod 8) 2^(c / 8) times 1/8 of the smallest. */
static gsize
class_bytes (guint c)
{
  return (gsize) (8 + c % 8) << (c / 8 + LEAST_LOG2 - 3);
}

static guint
class_of (gsize bytes)
{
  bytes = MAX (bytes, (gsize) 1 << LEAST_LOG2);
  guint log2 = g_bit_storage (bytes) - 1;
  gsize eighths = (bytes + ((gsize) 1 << (log2 - 3)) - 1) >> (log2 - 3); /* 8 .. 16 */
  return (log2 - LEAST_LOG2) * 8 + (guint) (eighths - 8);
}

/* The class to serve c from: its own, or, if its blocks are large, that of the smallest free ones of
 * at most twice the size. Else a network with maps of many sizes would hold every size's most at
 * once. */
static guint
class_to_take (const EpnsPool *self, guint c)
{
  const guint most = class_bytes (c) >= LARGE ? MIN (c + 8, N_CLASSES - 1) : c;

  for (guint other = c; other <= most; other++)
    if (self->free[other] != NULL)
      return other;
  return c;
}

EpnsPool *
epns_pool_new (void)
{
  return g_new0 (EpnsPool, 1);
}

void
epns_pool_trim (EpnsPool *self)
{
  for (guint c = 0; c < N_CLASSES; c++)
    while (self->free[c] != NULL) {
      FreeBlock *block = self->free[c];
      self->free[c] = block->next;
      self->held -= class_bytes (c);
      g_aligned_free (block);
    }
}

static void
free_if_done (EpnsPool *self)
{
  if (self->released && self->used == 0) {
    epns_pool_trim (self);
    g_free (self);
  }
}

void
epns_pool_release (EpnsPool *self)
{
  self->released = TRUE;
  free_if_done (self);
}

void *
epns_pool_take (EpnsPool *self, gsize bytes, guint *size_class)
{
  guint c = class_of (bytes);
  g_assert (c < N_CLASSES);
  c = class_to_take (self, c);
  FreeBlock *block = self->free[c];

  if (block != NULL) {
    self->free[c] = block->next;
  } else {
    block = g_aligned_alloc (1, class_bytes (c), EPNS_TENSOR_ALIGN);
    self->misses++;
    self->held += class_bytes (c);
  }
  self->used += class_bytes (c);
  self->peak = MAX (self->peak, self->used);
  *size_class = c;
  return block;
}

void
epns_pool_give (EpnsPool *self, void *data, guint size_class)
{
  FreeBlock *block = data;

  block->next = self->free[size_class];
  self->free[size_class] = block;
  self->used -= class_bytes (size_class);
  free_if_done (self);
}

guint64
epns_pool_misses (const EpnsPool *self)
{
  return self->misses;
}

gsize
epns_pool_held (const EpnsPool *self)
{
  return self->held;
}

gsize
epns_pool_peak (const EpnsPool *self)
{
  return self->peak;
}
